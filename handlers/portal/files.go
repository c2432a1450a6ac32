package portal

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/oidc"
	"insyn/internal/session"
	"insyn/models"
	"insyn/workflows"
)

// A released file is opened after a fresh login with the e-ID, each time. The login is bound to the one file: its answer
// leaves a ticket in the session, good for five minutes and for one opening. The opening itself is a POST, since it is a
// fact in law: the decision counts as served when its letter is opened (domain.md P9), which no prefetch may bring about. The
// bytes come by the GET that it leads to; see download.go.

func ticketState(file models.FileID) string { return "ticket " + file.String() }

func ticket(file models.FileID, now time.Time) session.Pending {
	return session.Pending{Flow: oidc.Flow{State: ticketState(file), StartedAt: now}}
}

// fileOf is the file that a login was made for.
func fileOf(p session.Pending) (models.FileID, bool) {
	_, name, ok := strings.Cut(p.ReturnTo, "/fil/")
	if !ok || p.Flow.Prompt != "login" {
		return models.FileID{}, false
	}
	id, err := models.ParseID[models.File](name)
	return id, err == nil
}

// answerOf finds a released file among the person's own answers; anything else is not found.
func (p *portal) answerOf(c *gin.Context) (workflows.MyRequest, workflows.MyCase, workflows.AnswerFile, error) {
	r, err := p.Service.MyRequest(c.Request.Context(), actor(c), c.Param("number"))
	if err != nil {
		return r, workflows.MyCase{}, workflows.AnswerFile{}, err
	}
	id, err := models.ParseID[models.File](c.Param("file"))
	if err != nil {
		return r, workflows.MyCase{}, workflows.AnswerFile{}, workflows.ErrNotFound
	}
	for _, k := range r.Cases {
		if k.Letter != nil && k.Letter.ID == id {
			return r, k, *k.Letter, nil
		}
		if k.Package != nil && k.Package.ID == id {
			return r, k, *k.Package, nil
		}
		for _, f := range slices.Concat(k.Extract, k.Notices) {
			if f.ID == id {
				return r, k, f, nil
			}
		}
	}
	for _, f := range r.Notices {
		if f.ID == id {
			return r, workflows.MyCase{}, f, nil // of the request as a whole
		}
	}
	return r, workflows.MyCase{}, workflows.AnswerFile{}, workflows.ErrNotFound
}

func filePath(number string, id models.FileID) string {
	return requestPath(number) + "/fil/" + id.String()
}

// askAgain sends the person to the e-ID provider for one file.
func (p *portal) askAgain(c *gin.Context) error {
	r, _, f, err := p.answerOf(c)
	if err != nil {
		return err
	}
	return p.beginLogin(c, filePath(r.Number, f.ID), oidc.Options{Prompt: "login", MaxAge: freshMax, UILocale: web.Lang(c)})
}

type openPage struct {
	Number     string
	Controller string
	File       fileRow
	// LetterOpened tells that the decision has been opened before, alone or in the package.
	LetterOpened bool
	Action       string
	Back         string
}

// filePage is where the login for a file ends: the button that opens it, and the way back. Without it the browser would be
// left on the provider's page while a file is downloaded.
func (p *portal) filePage(c *gin.Context) error {
	r, k, f, err := p.answerOf(c)
	if err != nil {
		return err
	}
	from := k.Controller.Name
	if k.ID.IsZero() {
		from = p.Texts.T(web.Lang(c), "notice.servicecenter", nil)
	}
	return p.show(c, http.StatusOK, view{page: "portal/oppna", title: "portal.open.title", current: "requests", data: openPage{
		Number: r.Number, Controller: from, File: rowOf(r.Number, f),
		LetterOpened: k.Letter != nil && k.Letter.OpenedAt != nil,
		Action:       filePath(r.Number, f.ID), Back: requestPath(r.Number),
	}})
}

// openFile takes the ticket and opens the file: read log, receipt and service are committed before the answer leads to its
// bytes. Pressed again while they may be fetched it is the same opening.
func (p *portal) openFile(c *gin.Context) error {
	r, k, f, err := p.answerOf(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	t, ok, err := p.Sessions.TakePending(ctx, ticketState(f.ID))
	if err != nil {
		return err
	}
	if !ok || p.Clock.Now().Sub(t.Flow.StartedAt) > freshFor {
		if p.granted(c, f.ID) {
			return web.SeeOther(c, downloadPath(r.Number, f.ID))
		}
		return web.SeeOther(c, filePath(r.Number, f.ID))
	}
	open := func() (io.ReadSeekCloser, workflows.FileView, error) {
		return p.Service.OpenAnswer(ctx, actor(c), f.ID)
	}
	if k.ID.IsZero() {
		open = func() (io.ReadSeekCloser, workflows.FileView, error) {
			return p.Service.OpenNotice(ctx, actor(c), r.Number, f.ID)
		}
	}
	body, file, err := open()
	if err != nil {
		return err
	}
	if err := body.Close(); err != nil {
		return fmt.Errorf("close opened file: %w", err)
	}
	p.opened(c, file)
	return web.SeeOther(c, downloadPath(r.Number, f.ID))
}

// fileHeaders says what the file is. Only what the service has made itself is shown in the browser: letters, as PDF, and
// pages, in a sandbox; whatever else is there came from a person and is saved, never shown.
func (p *portal) fileHeaders(c *gin.Context, f workflows.FileView) {
	h := c.Writer.Header()
	h.Set("Cache-Control", "no-store")
	switch {
	case made(f.Purpose) && f.MediaType == web.PDF:
		web.ShowPDF(h, f.Name)
		return
	case shown(f):
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "+
			"form-action 'none'; frame-ancestors 'none'")
		h.Set("Content-Disposition", disposition("inline", f.Name))
		return
	case made(f.Purpose):
		h.Set("Content-Type", f.MediaType)
	default:
		h.Set("Content-Type", "application/octet-stream")
	}
	h.Set("Content-Disposition", disposition("attachment", f.Name))
}

// disposition is how a file is to be taken, with its name if it can be written.
func disposition(kind, name string) string {
	if v := mime.FormatMediaType(kind, map[string]string{"filename": name}); v != "" {
		return v
	}
	return kind
}

// made tells whether the service made the file.
func made(purpose string) bool {
	switch purpose {
	case models.FileLetter, models.FileExtractHTML, models.FileExtractPDF, models.FileExtractJSON, models.FileExtractCSV, models.FileManifest:
		return true
	}
	return purpose == models.NoticeReceipt || models.IsNotice(purpose)
}

// shown tells whether the file is a page to read in the browser.
func shown(f workflows.FileView) bool {
	return made(f.Purpose) && strings.HasPrefix(f.MediaType, "text/html")
}
