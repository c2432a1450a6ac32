package desk

import (
	"io"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
)

// receiptFile sends a request's receipt, to be printed and handed over or posted.
func (s *desk) receiptFile(c *gin.Context) error {
	w, _ := whoIs(c)
	body, f, err := s.Service.ReceiptFile(c.Request.Context(), w.actor, c.Param("number"))
	return s.sendNotice(c, body, f, err)
}

// noticeFile sends one of the servicecenter's letters about a request.
func (s *desk) noticeFile(c *gin.Context) error {
	w, _ := whoIs(c)
	id, err := models.ParseID[models.File](c.Param("file"))
	if err != nil {
		return workflows.ErrNotFound
	}
	body, f, err := s.Service.IntakeNotice(c.Request.Context(), w.actor, c.Param("number"), id)
	return s.sendNotice(c, body, f, err)
}

// sendNotice shows a letter of our own making, to be read and printed.
func (s *desk) sendNotice(c *gin.Context, body io.ReadSeekCloser, f workflows.FileView, err error) error {
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // read only
	h := c.Writer.Header()
	web.ShowPDF(h, f.Name)
	h.Set("ETag", `"`+f.SHA256+`"`)
	http.ServeContent(c.Writer, c.Request, "", s.Clock.Now(), body)
	return nil
}

// forwardRequest records that the servicecenter sent something in a request on.
func (s *desk) forwardRequest(c *gin.Context) error {
	return s.onRequest(c, "skicka-vidare", "desk.notice.forwarded", "", func(number string, version int, v url.Values) error {
		w, _ := whoIs(c)
		r := &reader{values: v}
		in := readForward(r)
		if err := r.invalid(); err != nil {
			return err
		}
		return s.Service.ForwardRequest(c.Request.Context(), w.actor, number, version, in)
	})
}

// ForwardKinds are the kinds of what is sent on.
func (casePage) ForwardKinds() []string { return models.ForwardKinds() }

// ForwardKinds are the kinds of what is sent on.
func (intakePage) ForwardKinds() []string { return models.ForwardKinds() }

// AnswerBy is until when the person may answer, as the form proposes it.
func (p casePage) AnswerBy() calendar.Date { return workflows.AnswerBy(p.Today) }

// AnswerBy is until when the person may answer, as the form proposes it.
func (p intakePage) AnswerBy() calendar.Date { return workflows.AnswerBy(p.Today) }

// NoticePath is the address of one of the servicecenter's letters.
func (p intakePage) NoticePath(f workflows.FileView) string { return p.Path("brev/" + f.ID.String()) }

// Letters tells whether the letters that are no decisions stand on the page.
func (p casePage) Letters() bool {
	return len(p.Notices) > 0 || len(p.Forwardings) > 0 || p.May("forward")
}

// Protected tells whether the person has protected personal data.
func (p casePage) Protected() bool { return p.Case.Protected }

// Protected tells whether the person has protected personal data.
func (p intakePage) Protected() bool { return p.Request.Protected }

// SensitiveEnd ends the key of a hint that is another where there being anything at all may be secret.
func (p casePage) SensitiveEnd() string {
	if p.Controller.Sensitive {
		return "-neutral"
	}
	return ""
}

// CanForward tells whether the servicecenter works with the request, and so may send something in it on.
func (p intakePage) CanForward() bool {
	return p.Request.State == models.RequestActive || p.Request.State == models.RequestAwaiting
}
