package web

import (
	"bytes"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/gin-gonic/gin"

	"insyn/templates"
)

// Handle makes a gin handler of a func that returns an error: the error becomes the answer that failure.go says. It stands
// for routes that are tested alone; a Door does the same for the routes it registers.
func (s *Site) Handle(h func(*gin.Context) error) gin.HandlerFunc { return s.wrap(h) }

func (s *Site) wrap(h func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler { //nolint:errorlint // net/http compares it the same way
				panic(v)
			}
			s.fail(c, panicked{value: fmt.Sprintf("%T", v), stack: string(debug.Stack())})
		}()
		if err := h(c); err != nil {
			s.fail(c, err)
		}
	}
}

// panicked is a panic on its way to the log: the type of its value and where, never the value.
type panicked struct{ value, stack string }

// Error says that there was a panic.
func (p panicked) Error() string { return "panic of type " + p.value }

// fail answers an error. When the answer has begun already the connection is cut, so that half a page or half a file is
// not taken for a whole one.
func (s *Site) fail(c *gin.Context, err error) {
	c.Abort()
	f := classify(err)
	f.RequestID, f.Back = RequestID(c), state(c.Request.Context()).back
	s.logFailure(c, f, err)
	if c.Writer.Written() {
		panic(http.ErrAbortHandler)
	}
	noStore(c)
	if f.quiet {
		c.Status(f.Status)
		return
	}
	if s.failurePage(c, f) != nil {
		c.Data(f.Status, "text/plain; charset=utf-8", []byte(http.StatusText(f.Status)+"\n"+f.RequestID+"\n"))
	}
}

// failurePage shows the door's error page.
func (s *Site) failurePage(c *gin.Context, f Failure) error {
	d := state(c.Request.Context()).door
	if d == nil || d.ErrorPage == "" {
		return errNoRoute
	}
	var shell any
	if d.Shell != nil {
		shell = d.Shell(c)
	}
	return s.Render(c, f.Status, d.ErrorPage, templates.View{
		Lang: Lang(c), Title: s.o.Pages.T(Lang(c), f.Title, nil), Data: f, Shell: shell, Faults: f.Faults,
	})
}

// Render writes a page with a status. The page is made whole before the first byte is sent: a template that fails gives an
// error and not half a page.
func (s *Site) Render(c *gin.Context, status int, page string, v templates.View) error {
	var b bytes.Buffer
	if v.Lang == "" {
		v.Lang = Lang(c)
	}
	if err := s.o.Pages.Page(&b, page, v); err != nil {
		return fmt.Errorf("render %s: %w", page, err)
	}
	c.Header("Content-Language", v.Lang)
	c.Writer.Header().Add("Vary", "Accept-Language, Cookie")
	c.Data(status, "text/html; charset=utf-8", b.Bytes())
	return nil
}

// SeeOther sends the browser on with a GET, the way every form that succeeds ends.
func SeeOther(c *gin.Context, to string) error {
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

// BackTo says where the link on an error page leads, for instance the page whose form was sent.
func BackTo(c *gin.Context, path string) { state(c.Request.Context()).back = path }
