package web

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"insyn/internal/clock"
)

// steadyRate is how fast a download must be to go on beyond the time that a slow request has: half a megabit per second.
const steadyRate = 64 << 10 // bytes per second

// Steady is the answer's writer for a large download: it may last as long as it moves. A slow request has its quarter of an
// hour, and a second more for every 64 KiB that get through.
func Steady(c *gin.Context) http.ResponseWriter {
	return &steady{ResponseWriter: c.Writer, since: clock.System().Now()}
}

// steady has no ReadFrom: what is sent must pass Write.
type steady struct {
	http.ResponseWriter
	since time.Time
	sent  int64
}

// Write implements [io.Writer].
func (s *steady) Write(b []byte) (int, error) {
	until := s.since.Add(slowRequest + time.Duration(s.sent/steadyRate)*time.Second)
	// Recorders of tests have no deadlines; a real connection always has.
	_ = http.NewResponseController(s.ResponseWriter).SetWriteDeadline(until)
	n, err := s.ResponseWriter.Write(b)
	s.sent += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the server's own writer.
func (s *steady) Unwrap() http.ResponseWriter { return s.ResponseWriter }
