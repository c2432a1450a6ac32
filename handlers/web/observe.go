package web

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"

	"insyn/models"
)

// requestState is what the layers of one request tell each other.
type requestState struct {
	id         string
	route      string
	door       *Door
	actor      models.Actor
	identified bool
	lang       string
	back       string
}

type stateKey struct{}

// state is the request's own; a request that did not pass observe gets an empty one.
func state(ctx context.Context) *requestState {
	if st, ok := ctx.Value(stateKey{}).(*requestState); ok {
		return st
	}
	return &requestState{}
}

// RequestID names the request in the log and on error pages. It is made here: one from outside could carry anything into
// the log.
func RequestID(c *gin.Context) string { return state(c.Request.Context()).id }

// observe is the outermost layer: the request's id, the headers of every answer, the access log and the metrics. The log
// has the route's pattern, never the path or the query, and no address.
func (s *Site) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := s.clock.Now()
		st := &requestState{id: rand.Text()[:16]}
		r = r.WithContext(context.WithValue(r.Context(), stateKey{}, st))
		ww := &watchedWriter{ResponseWriter: w, status: http.StatusOK}
		w.Header().Set("X-Request-Id", st.id)
		s.headers.set(w.Header())
		completed := false
		defer func() {
			if !completed {
				ww.status = 499 // cut off on purpose, see fail
			}
			took := s.clock.Now().Sub(started)
			method, route := knownMethod(r.Method), st.route
			if route == "" {
				route = "none"
			}
			s.metrics.observe(method, route, ww.status, took)
			s.o.Log.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("request_id", st.id),
				slog.String("method", method), slog.String("route", route), slog.Int("status", ww.status),
				slog.Int64("bytes", ww.bytes), slog.Float64("ms", float64(took.Microseconds())/1000))
		}()
		next.ServeHTTP(ww, r)
		completed = true
	})
}

// knownMethod keeps invented methods out of log and metrics.
func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return m
	}
	return "other"
}

// watchedWriter remembers status and size.
type watchedWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
	begun  bool
}

// WriteHeader implements http.ResponseWriter.
func (w *watchedWriter) WriteHeader(status int) {
	if !w.begun && status >= http.StatusOK {
		w.status, w.begun = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *watchedWriter) Write(b []byte) (int, error) {
	w.begun = true
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Flush implements http.Flusher, which Gin asserts without asking.
func (w *watchedWriter) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

// Unwrap lets http.ResponseController reach the server's own writer.
func (w *watchedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// sameSite refuses a form that another site sent (Fetch metadata, and Origin from browsers that have none).
func (s *Site) sameSite(c *gin.Context) error {
	if s.cross.Check(c.Request) != nil {
		return ErrCrossSite
	}
	return nil
}
