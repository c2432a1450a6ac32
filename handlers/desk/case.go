package desk

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// showCase is the case page.
func (s *desk) showCase(c *gin.Context) error {
	return s.drawCase(c, http.StatusOK, posted{}, outcome{})
}

// outcome is what came of a posted form that was not taken.
type outcome struct {
	Conflict bool               // somebody else was first
	Refused  *workflows.Refusal // a guard said no
}

// drawCase draws the case as it is now, with the form that was posted.
func (s *desk) drawCase(c *gin.Context, status int, p posted, o outcome) error {
	w, _ := whoIs(c)
	number := c.Param("number")
	at := materialAt(c)
	if p.Row != "" {
		at.Open, _ = models.ParseID[models.Item](p.Row) // a row that is no item opens none
	}
	v, err := s.Service.CasePage(c.Request.Context(), w.actor, number, at)
	if err != nil {
		return err
	}
	page := newCasePage(v, p, c.Query("andra"))
	page.Conflict, page.Refused = o.Conflict, o.Refused
	page.Protection = caseProtection(w.actor, v.Case, page.Form("skydd"))
	page.Notice = s.takeNotice(c)
	return s.page(c, status, "case", "", templates.View{
		Title: s.t(c, "desk.case.title", map[string]any{"number": v.Case.Number}), Faults: p.Faults, Data: page,
	})
}

// materialParam is the page of the material that is asked for.
const materialParam = "sida"

// materialAt is the page of the material that is asked for, or the one with the item that is opened.
func materialAt(c *gin.Context) workflows.MaterialAt {
	page, _ := strconv.Atoi(c.Query(materialParam))          // what is no number is the first page
	open, _ := models.ParseID[models.Item](c.Query("andra")) // it may be a search's, or nothing
	return workflows.MaterialAt{Page: page, Open: open}
}

// takeNotice is the key of what was just done, once, on a page that was asked for.
func (s *desk) takeNotice(c *gin.Context) string {
	if c.Request.Method != http.MethodGet {
		return ""
	}
	return s.Sessions.TakeNotice(c.Request.Context())
}

// onCase says which case a form is for and the version it was drawn from. A form without a version has lost the race
// already: 0 would mean an action without a form. The id in the form gives no right; workflows asks who acts.
func onCase(values url.Values) (workflows.On, error) {
	id, err := models.ParseID[models.Case](values.Get("case"))
	if err != nil {
		return workflows.On{}, workflows.ErrNotFound
	}
	version, err := strconv.Atoi(values.Get("version"))
	if err != nil || version < 1 {
		return workflows.On{}, workflows.ErrConflict
	}
	return workflows.On{Case: id, Version: version}, nil
}

// submit is the handler of one form of the case page.
func (s *desk) submit(f caseForm) func(*gin.Context) error {
	return func(c *gin.Context) error {
		values, err := web.Form(c)
		if err != nil {
			return err
		}
		err = s.perform(c, f, values)
		if err == nil {
			s.Sessions.SetNotice(c.Request.Context(), f.notice)
			return web.SeeOther(c, afterwards(c.Param("number"), f, values))
		}
		return s.caseRefused(c, f.name, values.Get(f.row), values, err)
	}
}

// afterwards is where a form leads when it was taken: the next row when that was asked for, else its section.
func afterwards(number string, f caseForm, values url.Values) string {
	to := casePath(number)
	if _, err := models.ParseID[models.Search](values.Get("next")); err == nil && f.row != "" {
		return to + "?andra=" + values.Get("next") + "#" + f.section
	}
	if f.section != "" {
		to += "#" + f.section
	}
	return to
}

func (s *desk) perform(c *gin.Context, f caseForm, values url.Values) error {
	w, _ := whoIs(c)
	on, err := onCase(values)
	if err != nil {
		return err
	}
	r := &reader{values: values}
	in := f.read(r)
	if err := r.invalid(); err != nil {
		return err
	}
	if f.transition {
		return s.Service.Apply(c.Request.Context(), w.actor, on, in)
	}
	return s.Service.Record(c.Request.Context(), w.actor, on, in)
}

// caseRefused draws the case page again with the form as it was posted: what was wrong with it (422), that somebody else
// was first, or why it cannot be done (409). Anything else is for the one place that maps errors.
func (s *desk) caseRefused(c *gin.Context, name, row string, values url.Values, err error) error {
	status, wrong, o, ok := refused(err)
	web.BackTo(c, casePath(c.Param("number")))
	if !ok {
		return err
	}
	return s.drawCase(c, status, newPosted(name, row, values, wrong), o)
}

// refused sorts the errors that a form is shown again for.
func refused(err error) (status int, wrong templates.Faults, o outcome, ok bool) {
	var refusal workflows.Refusal
	faults, invalid := web.AsFaults(err)
	switch {
	case invalid:
		return http.StatusUnprocessableEntity, faults, o, true
	case errors.Is(err, workflows.ErrConflict):
		return http.StatusConflict, nil, outcome{Conflict: true}, true
	case errors.As(err, &refusal):
		return http.StatusConflict, nil, outcome{Refused: &refusal}, true
	default:
		return 0, nil, o, false
	}
}

// addItem adds a text or a file to the material. The file streams through to the store; the fields come before it in the
// form.
func (s *desk) addItem(c *gin.Context) error {
	w, _ := whoIs(c)
	ctx := c.Request.Context()
	taken := false
	add := func(values url.Values, file *workflows.IncomingFile) error {
		on, err := onCase(values)
		if err != nil {
			return err
		}
		taken = true
		r := &reader{values: values}
		return s.Service.Record(ctx, w.actor, on, workflows.AddItem{Search: id[models.Search](r, "search"), Title: r.text("title"), Text: r.text("text"), File: file})
	}
	values, err := web.Upload(c, func(values url.Values, part *multipart.Part) error {
		if taken || part.FormName() != "file" {
			return web.ErrBadForm
		}
		return add(values, &workflows.IncomingFile{Name: part.FileName(), Body: part})
	})
	if err == nil && !taken {
		err = add(values, nil)
	}
	if err == nil {
		s.Sessions.SetNotice(ctx, "desk.notice.added")
		return web.SeeOther(c, casePath(c.Param("number"))+"#underlag")
	}
	// A browser that is still sending reads no answer: take the rest, within the route's limit, and throw it away.
	_, _ = io.Copy(io.Discard, c.Request.Body)
	var tooLarge *http.MaxBytesError
	if errors.Is(err, web.ErrTooLarge) || errors.As(err, &tooLarge) {
		err = workflows.Invalid{Fields: []workflows.FieldError{
			{Field: "file", Key: "error.file-too-large", Args: map[string]any{"max": s.UploadMax}}}}
	}
	return s.caseRefused(c, "underlag", "", values, err)
}
