package portal

import (
	"errors"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/calendar"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// The answers to whom a request is for, beside the kinds of representation.
const (
	forSelf  = "self"
	forChild = "child"
	forOther = "other"
)

type behalfPage struct {
	step
	Kind   string // self, or a kind of representation; empty until it is chosen
	Behalf workflows.Behalf
	Kinds  []templates.Option
	Files  []workflows.FileView
	Max    int64
}

// startBehalf notes what was answered on the first page about whom the request is for, and is where that leads.
func (p *portal) startBehalf(c *gin.Context, id models.RequestID, answer string) (string, error) {
	b := workflows.Behalf{}
	switch answer {
	case forChild:
		b.Kind = models.RepGuardian
	case forOther:
	default:
		return draftPath(id.String(), "namnder"), nil
	}
	err := p.Service.SaveDraft(c.Request.Context(), actor(c), id, 1, func(f *workflows.DraftForm) { f.Behalf = &b })
	return draftPath(id.String(), "vem"), err
}

func (p *portal) behalfStep(c *gin.Context, d draft) step {
	return p.step(c, d, "vem", "/mina", 1)
}

// behalfPage asks whom the request is for, when somebody acts for another.
func (p *portal) behalfPage(c *gin.Context, d draft) error {
	s, kind, b := p.behalfStep(c, d), forSelf, workflows.Behalf{}
	if d.Form.Behalf != nil {
		b = *d.Form.Behalf
		kind = string(b.Kind)
	}
	kept, ok, err := p.restore(c, s.Action)
	if err != nil {
		return err
	}
	if ok {
		kind, b = readBehalf(kept)
		s.Notice, s.Then = "portal.notice.kept", then(kept.Get("sedan"))
	}
	return p.showBehalf(c, http.StatusOK, d, s, kind, b, nil)
}

func (p *portal) showBehalf(c *gin.Context, status int, d draft, s step, kind string, b workflows.Behalf, faults templates.Faults) error {
	s.Total = 0
	data := behalfPage{step: s, Kind: kind, Behalf: b, Files: d.Mandate, Max: p.UploadMax,
		Kinds: []templates.Option{{Value: forSelf, Label: p.Texts.T(web.Lang(c), "portal.behalf.self", nil)}}}
	for _, k := range models.RepresentationKinds() {
		data.Kinds = append(data.Kinds, templates.Option{Value: string(k), Label: p.Texts.T(web.Lang(c), "portal.behalf.kind."+string(k), nil)})
	}
	return p.show(c, status, view{page: "portal/vem", title: "portal.behalf.title", faults: faults, data: data})
}

func readBehalf(form url.Values) (string, workflows.Behalf) {
	kind := form.Get("kind")
	return kind, workflows.Behalf{Kind: models.RepresentationKind(kind), Name: clip(form.Get("name")), Number: clip(form.Get("number")), Mandate: clip(form.Get("mandate"))}
}

// saveBehalf takes the answer, with a power of attorney if there is one. What is wrong is said at its field, and what was typed
// is kept in the draft all the same.
func (p *portal) saveBehalf(c *gin.Context, d draft) error {
	form, faults, err := p.receiveMandate(c, d)
	if err != nil {
		return err
	}
	kind, b := readBehalf(form)
	s := p.behalfStep(c, d)
	s.Then = then(form.Get("sedan"))
	ctx := c.Request.Context()
	v, _ := p.visitor(c)
	switch {
	case kind == forSelf:
	case !slices.Contains(models.RepresentationKinds(), b.Kind):
		faults = append(faults, fault("kind", "error.choose-one"))
	case form.Get("spara") == "" && !form.Has("lagg-till") && !form.Has("ta-bort"):
		for _, e := range workflows.CheckBehalf(b, v.who.Number, calendar.DateOf(p.Clock.Now())) {
			faults = append(faults, templates.Fault{Field: e.Field, Key: e.Key, Args: e.Args})
		}
	}
	err = p.Service.SaveDraft(ctx, actor(c), d.ID, version(form), func(f *workflows.DraftForm) {
		f.Behalf = &b
		if kind == forSelf {
			f.Behalf = nil
		}
	})
	if errors.Is(err, workflows.ErrConflict) {
		return p.conflict(c, func(now draft) error {
			s := p.behalfStep(c, now)
			s.Then, s.Conflict = then(form.Get("sedan")), true
			return p.showBehalf(c, http.StatusConflict, now, s, kind, b, nil)
		})
	}
	if err != nil {
		return err
	}
	if remove, err := models.ParseID[models.File](form.Get("ta-bort")); err == nil {
		if err := p.Service.DetachMandate(ctx, actor(c), d.ID, remove); err != nil && !errors.Is(err, workflows.ErrNotFound) {
			return err
		}
	}
	if len(faults) > 0 {
		return p.conflict(c, func(now draft) error {
			again := p.behalfStep(c, now)
			again.Then = s.Then
			return p.showBehalf(c, http.StatusUnprocessableEntity, now, again, kind, b, faults)
		})
	}
	if form.Has("ta-bort") || form.Has("lagg-till") {
		return web.SeeOther(c, s.Action+"#file")
	}
	return p.onward(c, d, form, d.path("namnder"))
}

// receiveMandate reads the form and attaches its files, for the servicecenter alone.
func (p *portal) receiveMandate(c *gin.Context, d draft) (url.Values, templates.Faults, error) {
	var faults templates.Faults
	form, err := web.Upload(c, func(_ url.Values, part *multipart.Part) error {
		if part.FormName() != "file" {
			return web.ErrBadForm
		}
		_, err := p.Service.AttachMandate(c.Request.Context(), actor(c), d.ID, workflows.IncomingFile{Name: part.FileName(), Body: part})
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
	if errors.Is(err, web.ErrTooLarge) && form.Has("version") {
		tooLarge := templates.Fault{Field: "file", Key: "portal.error.files-too-large", Args: map[string]any{"max": uploadsAtOnce * p.UploadMax}}
		return form, append(faults, tooLarge), nil
	}
	return form, faults, err
}
