package portal

import (
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/calendar"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// appealPage is the form of an appeal against one controller's decision; or, where there is no appeal, what one can do instead.
type appealPage struct {
	workflows.MyCase
	Action, Back string
	Appeal       models.AppealID // chosen here, so that a form sent twice is one appeal
	Wanted, Why  string
	Late         bool
	Notice       string
	Max          int64
}

func appealPath(number, prefix string) string {
	return requestPath(number) + "/overklaga/" + url.PathEscape(prefix)
}

// decided finds the person's case at the controller in the address. One without a decision has nothing to appeal.
func (p *portal) decided(c *gin.Context) (workflows.MyRequest, workflows.MyCase, error) {
	r, err := p.Service.MyRequest(c.Request.Context(), actor(c), c.Param("number"))
	if err != nil {
		return r, workflows.MyCase{}, err
	}
	for _, k := range r.Cases {
		if k.Controller.Prefix == c.Param("prefix") {
			if k.Remedy == "" {
				web.BackTo(c, requestPath(r.Number))
				return r, k, workflows.ErrConflict
			}
			return r, k, nil
		}
	}
	return r, workflows.MyCase{}, workflows.ErrNotFound
}

// appealPage asks how the decision should be changed, and why.
func (p *portal) appealPage(c *gin.Context) error {
	r, k, err := p.decided(c)
	if err != nil {
		return err
	}
	kept, ok, err := p.restore(c, appealPath(r.Number, k.Controller.Prefix))
	if err != nil {
		return err
	}
	notice := p.Sessions.TakeNotice(c.Request.Context())
	if ok {
		notice = "portal.notice.kept"
	}
	return p.showAppeal(c, http.StatusOK, r, k, kept, notice, nil)
}

func (p *portal) showAppeal(c *gin.Context, status int, r workflows.MyRequest, k workflows.MyCase, form url.Values, notice string, faults templates.Faults) error {
	data := appealPage{MyCase: k, Action: appealPath(r.Number, k.Controller.Prefix), Back: requestPath(r.Number) + "#overklagande-" + url.PathEscape(k.Controller.Prefix),
		Wanted: form.Get("wanted"), Why: form.Get("why"), Notice: notice, Max: p.UploadMax}
	data.Late = !k.AppealUntil.IsZero() && calendar.DateOf(p.Clock.Now()).After(k.AppealUntil)
	var err error
	if data.Appeal, err = models.ParseID[models.Appeal](form.Get("overklagande")); err != nil {
		data.Appeal = models.NewID[models.Appeal]()
	}
	title := "portal.appeal.title.page"
	if !k.CanAppeal {
		title = "portal.appeal.not.title"
	}
	return p.show(c, status, view{page: "portal/overklaga", title: title, args: map[string]any{"number": r.Number}, current: "requests", faults: faults, data: data})
}

// appeal takes the appeal with its files in one stream. What is wrong is said with everything that was typed in its place, and
// the files that arrived are kept.
func (p *portal) appeal(c *gin.Context) error {
	r, k, err := p.decided(c)
	if err != nil {
		return err
	}
	form, faults, err := p.appealFiles(c, k)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	more := form.Has("lagg-till") || form.Has("ta-bort")
	if remove, err := models.ParseID[models.File](form.Get("ta-bort")); err == nil {
		if err := p.Service.DetachAppeal(ctx, actor(c), k.ID, remove); err != nil && !errors.Is(err, workflows.ErrNotFound) {
			return err
		}
	}
	if !more {
		id, _ := models.ParseID[models.Appeal](form.Get("overklagande"))
		if id.IsZero() {
			id = models.NewID[models.Appeal]()
		}
		if len(faults) == 0 {
			faults, err = p.sendAppeal(ctx, actor(c), k, workflows.Appeal{ID: id, Wanted: clip(form.Get("wanted")), Why: clip(form.Get("why"))})
			if err != nil {
				return err
			}
		}
		if len(faults) == 0 {
			p.Sessions.SetNotice(ctx, "portal.notice.appealed")
			return web.SeeOther(c, requestPath(r.Number)+"#overklagande-"+url.PathEscape(k.Controller.Prefix))
		}
	}
	// The files are another number now.
	if r, k, err = p.decided(c); err != nil {
		return err
	}
	status, notice := http.StatusOK, "portal.notice.kept-files"
	switch {
	case len(faults) > 0:
		status, notice = http.StatusUnprocessableEntity, ""
	case form.Has("ta-bort"):
		notice = ""
	}
	return p.showAppeal(c, status, r, k, form, notice, faults)
}

func (p *portal) sendAppeal(ctx context.Context, a models.Actor, k workflows.MyCase, in workflows.Appeal) (templates.Faults, error) {
	err := p.Service.Record(ctx, a, workflows.On{Case: k.ID}, in)
	if faults, invalid := web.AsFaults(err); invalid {
		return faults, nil
	}
	return nil, err
}

// appealFiles reads the form and keeps its files with the appeal that is being written.
func (p *portal) appealFiles(c *gin.Context, k workflows.MyCase) (url.Values, templates.Faults, error) {
	var faults templates.Faults
	form, err := web.Upload(c, func(_ url.Values, part *multipart.Part) error {
		if part.FormName() != "file" {
			return web.ErrBadForm
		}
		_, err := p.Service.AttachAppeal(c.Request.Context(), actor(c), k.ID, workflows.IncomingFile{Name: part.FileName(), Body: part})
		var over *http.MaxBytesError
		if errors.As(err, &over) {
			return web.ErrTooLarge
		}
		if f, ok := web.AsFaults(err); ok {
			faults = append(faults, f...)
			return nil
		}
		return err
	})
	if errors.Is(err, web.ErrTooLarge) && form.Has("overklagande") {
		tooLarge := templates.Fault{Field: "file", Key: "portal.error.files-too-large", Args: map[string]any{"max": uploadsAtOnce * p.UploadMax}}
		return form, append(faults, tooLarge), nil
	}
	return form, faults, err
}
