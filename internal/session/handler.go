package session

import (
	"log/slog"
	"net/http"

	"github.com/alexedwards/scs/v2"
)

// Handler loads the session before next and keeps it just before the first
// byte of the answer; what is changed after that byte is lost. Everything below
// needs a context from here.
//
// It stands in for scs's LoadAndSave, which sets the cookie with every answer:
// an answer that was slow and carries an old token would log a person out who
// has just logged in in another tab. Here the cookie is set when the token
// changes and at no other time.
func (m *Manager) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Cookie")
		token := ""
		if c, err := r.Cookie(m.scs.Cookie.Name); err == nil {
			token = c.Value
		}
		ctx, err := m.store.begin(r.Context())
		if err == nil {
			ctx, err = m.scs.Load(ctx, token)
		}
		if err != nil {
			m.fail(w, r, err)
			return
		}
		r = r.WithContext(ctx)
		kw := &keepingWriter{ResponseWriter: w, m: m, r: r, came: token}
		next.ServeHTTP(kw, r)
		kw.keep()
	})
}

func (m *Manager) fail(w http.ResponseWriter, r *http.Request, err error) {
	m.log.ErrorContext(r.Context(), "session store failed", slog.Any("error", err))
	m.failed(w, r)
}

// keep writes the session and, when its token has changed, the cookie.
func (m *Manager) keep(w http.ResponseWriter, r *http.Request, came string) error {
	ctx := r.Context()
	switch m.scs.Status(ctx) {
	case scs.Modified:
		token, expiry, err := m.scs.Commit(ctx)
		if err != nil {
			return err
		}
		if token != came {
			m.scs.WriteSessionCookie(ctx, w, token, expiry)
		}
	case scs.Destroyed:
		m.clearCookie(w)
	case scs.Unmodified:
	}
	return nil
}

func (m *Manager) clearCookie(w http.ResponseWriter) {
	c := m.scs.Cookie
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // G124: the attributes of the cookie that it clears, see New
		Name: c.Name, Path: c.Path, MaxAge: -1, HttpOnly: c.HttpOnly, Secure: c.Secure, SameSite: c.SameSite,
	})
}

// keepingWriter keeps the session when the answer begins. When that fails, the
// handler's answer is not sent: it may say that something was done which the
// session does not know.
type keepingWriter struct {
	http.ResponseWriter
	m      *Manager
	r      *http.Request
	came   string
	kept   bool
	failed bool
}

func (w *keepingWriter) keep() {
	if w.kept {
		return
	}
	w.kept = true
	if err := w.m.keep(w.ResponseWriter, w.r, w.came); err != nil {
		w.failed = true
		w.m.fail(w.ResponseWriter, w.r, err)
	}
}

// WriteHeader implements http.ResponseWriter.
func (w *keepingWriter) WriteHeader(status int) {
	// 1xx is not the answer yet.
	if status >= http.StatusContinue && status < http.StatusOK && status != http.StatusSwitchingProtocols {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.keep()
	if !w.failed {
		w.ResponseWriter.WriteHeader(status)
	}
}

// Write implements http.ResponseWriter.
func (w *keepingWriter) Write(b []byte) (int, error) {
	w.keep()
	if w.failed {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// Flush implements http.Flusher, which Gin asserts without asking.
func (w *keepingWriter) Flush() {
	w.keep()
	if !w.failed {
		_ = http.NewResponseController(w.ResponseWriter).Flush()
	}
}

// Unwrap lets http.ResponseController reach the server's own writer.
func (w *keepingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
