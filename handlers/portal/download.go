package portal

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"insyn/handlers/web"
	"insyn/internal/session"
	"insyn/models"
	"insyn/workflows"
)

// A file is opened by a POST, once, with a ticket from a fresh login: that is the fact in law, with receipt and service. What
// the POST leads to is a GET of the same file, which the same session may repeat for a while, whole or in ranges, so that a
// download that broke off goes on where it was. Every GET asks again who it is, whether they may still, and whether they have
// opened the file; each is in the read log, none is a receipt. A GET without an opening leads to the login, so that nothing a
// browser fetches ahead opens anything (decision 23).

const (
	// repeatFor is how long after an opening the file may be fetched again.
	repeatFor = 30 * time.Minute
	// slowLine is what a person's line does at the least, in bytes per second: a large file may be fetched for as long as it takes
	// on a line of two megabits per second besides.
	slowLine = 250_000
)

func downloadPath(number string, id models.FileID) string { return filePath(number, id) + "/hamta" }

// opened remembers in the session that a file has been opened, and until when it may be fetched.
func (p *portal) opened(c *gin.Context, f workflows.FileView) {
	until := p.Clock.Now().Add(repeatFor + time.Duration(f.Size/slowLine)*time.Second)
	p.Sessions.PutGrant(c.Request.Context(), session.Grant{Name: grantName(f.ID), Until: until})
}

func grantName(id models.FileID) string { return "file " + id.String() }

// granted tells whether this session has opened the file and may still fetch it.
func (p *portal) granted(c *gin.Context, id models.FileID) bool {
	name, now := grantName(id), p.Clock.Now()
	for _, g := range p.Sessions.Grants(c.Request.Context()) {
		if g.Name == name && now.Before(g.Until) {
			return true
		}
	}
	return false
}

// grantsOf are what the session has opened, if it is that person's: a login for one file leaves the download of another alone,
// and somebody else's login begins with nothing.
func (p *portal) grantsOf(c *gin.Context, subject models.SubjectID) []session.Grant {
	if v, ok := p.visitor(c); !ok || v.subject != subject {
		return nil
	}
	return p.Sessions.Grants(c.Request.Context())
}

// download sends a file that this session has opened, or ranges of it.
func (p *portal) download(c *gin.Context) error {
	id, err := models.ParseID[models.File](c.Param("file"))
	if err != nil {
		return workflows.ErrNotFound
	}
	if !p.granted(c, id) {
		r, _, f, err := p.answerOf(c)
		if err != nil {
			return err
		}
		return web.SeeOther(c, filePath(r.Number, f.ID))
	}
	body, file, err := p.Service.ReopenAnswer(c.Request.Context(), actor(c), id)
	if errors.Is(err, workflows.ErrNotFound) {
		// A letter about the request as a whole is no file of a case.
		body, file, err = p.Service.OpenNotice(c.Request.Context(), actor(c), c.Param("number"), id)
	}
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // read only
	p.fileHeaders(c, file)
	return serve(c, body, file)
}

// serve sends a file or the ranges that are asked for. What was sent before stays valid as long as the bytes are the same,
// which their hash tells.
func serve(c *gin.Context, body io.ReadSeeker, f workflows.FileView) error {
	if f.SHA256 != "" {
		c.Header("ETag", `"`+f.SHA256+`"`)
	}
	content := &watched{ReadSeeker: body}
	http.ServeContent(web.Steady(c), c.Request, "", time.Time{}, content)
	if content.err != nil {
		return fmt.Errorf("send file: %w", content.err)
	}
	return nil
}

// watched remembers why the reading ended: http.ServeContent, which has told the length already, does not say.
type watched struct {
	io.ReadSeeker
	err error
}

// Read implements [io.Reader].
func (w *watched) Read(b []byte) (int, error) {
	n, err := w.ReadSeeker.Read(b)
	if err != nil && err != io.EOF { //nolint:errorlint // readers end with a bare io.EOF
		w.err = err
	}
	return n, err
}
