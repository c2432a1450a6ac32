package desk

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/models"
	"insyn/workflows"
)

// appealList is the appeals that somebody must act on.
type appealList struct {
	Rows    []appealRow
	Several bool // rows name their controller
}

// appealRow is an appeal in the list.
type appealRow struct {
	workflows.AppealItem
	Path string
}

// openAppeals loads the appeals of the controller worked for; nil when there are none.
func (s *desk) openAppeals(c *gin.Context, w who) (*appealList, error) {
	at := models.ControllerID{}
	if k := w.controller(); k != nil {
		at = k.ID
	}
	items, err := s.Service.OpenAppeals(c.Request.Context(), w.actor, at)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	out := &appealList{Several: w.at == everywhere}
	for _, i := range items {
		out.Rows = append(out.Rows, appealRow{AppealItem: i, Path: casePath(i.Number)})
	}
	return out, nil
}

// AppealsShown tells whether the section of appeals stands on the page: once there is a decision.
func (p casePage) AppealsShown() bool {
	return len(p.Appeals) > 0 || p.May("register-appeal") || p.Case.ReleasedAt != nil
}

// Nth is the number of a row that is counted from zero.
func (p casePage) Nth(i int) int { return i + 1 }

// registerAppeal writes down an appeal that came in another way than through the portal, with the paper if it is scanned.
func (s *desk) registerAppeal(c *gin.Context) error {
	w, _ := whoIs(c)
	ctx := c.Request.Context()
	taken := false
	register := func(values url.Values, file *workflows.IncomingFile) error {
		on, err := onCase(values)
		if err != nil {
			return err
		}
		taken = true
		r := &reader{values: values}
		in := workflows.RegisterAppeal{Channel: r.text("channel"), ArrivedOn: r.date("arrived-on"), Text: r.text("text"), File: file}
		if err := r.invalid(); err != nil {
			return err
		}
		return s.Service.Record(ctx, w.actor, on, in)
	}
	values, err := web.Upload(c, func(values url.Values, part *multipart.Part) error {
		if taken || part.FormName() != "file" {
			return web.ErrBadForm
		}
		return register(values, &workflows.IncomingFile{Name: part.FileName(), Body: part})
	})
	if err == nil && !taken {
		err = register(values, nil)
	}
	if err == nil {
		s.Sessions.SetNotice(ctx, "desk.notice.appeal")
		return web.SeeOther(c, casePath(c.Param("number"))+"#overklagande")
	}
	// A browser that is still sending reads no answer: take the rest, within the route's limit, and throw it away.
	_, _ = io.Copy(io.Discard, c.Request.Body)
	var tooLarge *http.MaxBytesError
	if errors.Is(err, web.ErrTooLarge) || errors.As(err, &tooLarge) {
		err = workflows.Invalid{Fields: []workflows.FieldError{{Field: "file", Key: "error.file-too-large", Args: map[string]any{"max": s.UploadMax}}}}
	}
	return s.caseRefused(c, "overklagande", "", values, err)
}

// takePaper has the servicecenter enter when and how a paper for one of the controllers came in, and nothing of what it says.
func (s *desk) takePaper(c *gin.Context) error {
	return s.onRequest(c, "papper", "desk.notice.paper", "", func(number string, version int, v url.Values) error {
		w, _ := whoIs(c)
		r := &reader{values: v}
		in := workflows.Paper{Case: id[models.Case](r, "case"), Channel: r.text("channel"), ArrivedOn: r.date("arrived-on")}
		if in.Case.IsZero() {
			r.wrong("case", "error.choose-one")
		}
		if err := r.invalid(); err != nil {
			return err
		}
		return s.Service.PassOnAppeal(c.Request.Context(), w.actor, number, version, in)
	})
}
