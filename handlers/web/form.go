package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"insyn/internal/clock"
)

// slowRequest is how long an upload or a download may take.
const slowRequest = 15 * time.Minute

// limit bounds the body and, for slow routes, widens the time.
func (s *Site) limit(r Route) gin.HandlerFunc {
	return func(c *gin.Context) {
		if r.Body == noBody {
			c.Request.Body = http.NoBody
		} else {
			c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, r.Body)
		}
		if r.Slow {
			until := clock.System().Now().Add(slowRequest)
			rc := http.NewResponseController(c.Writer)
			// Recorders of tests have no deadlines; a real connection always has.
			_ = rc.SetReadDeadline(until)
			_ = rc.SetWriteDeadline(until)
		}
	}
}

// Form reads a form sent as application/x-www-form-urlencoded, within the route's limit. The query is not part of it.
func Form(c *gin.Context) (url.Values, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, formError(err)
	}
	return c.Request.PostForm, nil
}

func formError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return ErrTooLarge
	}
	return ErrBadForm
}

// fieldLimit is the largest text field next to an upload, and fieldCount how many there may be.
const (
	fieldLimit = 64 << 10
	fieldCount = 64
)

// Upload reads a form with files as a stream: fields are gathered in values, and each file that was chosen is handed to
// take while it arrives. A field that comes after a file in the form is not known yet when take is called. take may stop
// reading early. Nothing is written to disk and no file is held in memory.
func Upload(c *gin.Context, take func(values url.Values, part *multipart.Part) error) (url.Values, error) {
	values := url.Values{}
	mr, err := c.Request.MultipartReader()
	if err != nil {
		return values, ErrBadForm
	}
	for n := 0; ; n++ {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return values, nil
		}
		if err != nil || n > fieldCount {
			return values, formError(err)
		}
		if err := takePart(values, part, take); err != nil {
			return values, err
		}
	}
}

func takePart(values url.Values, part *multipart.Part, take func(url.Values, *multipart.Part) error) error {
	defer func() { _ = part.Close() }()
	if part.FileName() != "" {
		return take(values, part)
	}
	b, err := io.ReadAll(io.LimitReader(part, fieldLimit+1))
	if err != nil {
		return formError(err)
	}
	if len(b) > fieldLimit {
		return ErrTooLarge
	}
	// A file field where nothing was chosen is a part with an empty file name.
	if part.Header.Get("Content-Type") == "" {
		values.Add(part.FormName(), string(b))
	}
	return nil
}
