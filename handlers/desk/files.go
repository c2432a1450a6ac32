package desk

import (
	"errors"
	"fmt"
	"net/http"
	"path"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/models"
	"insyn/workflows"
)

// documentPolicy lets a document of ours be looked at and nothing in it run, send or fetch from elsewhere.
const documentPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// letter shows the decision letter as it would be sealed now: as a page, or with som=pdf as the very file. With namn=utan the
// names of officials are left out. What cannot be printed is told on the decision page.
func (s *desk) letter(c *gin.Context) error {
	w, _ := whoIs(c)
	number := c.Param("number")
	as := workflows.PreviewForm{PDF: c.Query("som") == "pdf", Masked: c.Query("namn") == "utan"}
	b, err := s.Service.Preview(c.Request.Context(), w.actor, number, as)
	var unprintable workflows.Invalid
	if errors.As(err, &unprintable) {
		return s.decisionRefused(c, "beslut", nil, err)
	}
	if err != nil {
		return err
	}
	if as.PDF {
		web.ShowPDF(c.Writer.Header(), "Beslut "+path.Base(number)+".pdf")
		c.Data(http.StatusOK, web.PDF, b)
		return nil
	}
	c.Header("Content-Security-Policy", documentPolicy)
	c.Data(http.StatusOK, "text/html; charset=utf-8", b)
	return nil
}

// extract shows the extract as it would be released now: the PDF, sent as it is drawn.
func (s *desk) extract(c *gin.Context) error {
	w, _ := whoIs(c)
	number := c.Param("number")
	write, err := s.Service.PreviewExtract(c.Request.Context(), w.actor, number)
	if err != nil {
		return err
	}
	return write(&shownPDF{c.Writer, "Registerutdrag " + path.Base(number) + ".pdf"})
}

// shownPDF says what it is with its first byte, so that what fails before that gets a page of its own.
type shownPDF struct {
	to   gin.ResponseWriter // not embedded: nothing but Write may write
	name string
}

func (p *shownPDF) Write(b []byte) (int, error) {
	if !p.to.Written() {
		web.ShowPDF(p.to.Header(), p.name)
	}
	return p.to.Write(b) //nolint:wrapcheck // a writer's own error
}

// file sends one of a case's files as a download: never shown in the page's own origin, under a name that says nothing of
// a person.
func (s *desk) file(c *gin.Context) error {
	w, _ := whoIs(c)
	number := c.Param("number")
	id, err := models.ParseID[models.File](c.Param("file"))
	if err != nil {
		return workflows.ErrNotFound
	}
	body, f, err := s.Service.CaseFile(c.Request.Context(), w.actor, number, id)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", documentPolicy)
	h.Set("Content-Type", f.MediaType)
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", neutralName(number, f)))
	// The hash lets an interrupted download go on where it stopped.
	h.Set("ETag", `"`+f.SHA256+`"`)
	http.ServeContent(c.Writer, c.Request, "", s.Clock.Now(), body)
	return nil
}

// neutralName is the case's number, the end of the file's id and an ending that fits the kind: INS-2026-00042-SN-1f2e3d.pdf.
func neutralName(number string, f workflows.FileView) string {
	const shown = 6
	id := f.ID.String()
	return path.Base(number) + "-" + id[max(0, len(id)-shown):] + workflows.Ending(f.MediaType, f.Name)
}
