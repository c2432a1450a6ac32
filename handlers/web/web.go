// Package web is the HTTP ground that the doors stand on: routes with their access rules, one place where errors become
// answers, headers, limits, languages, the access log and the metrics.
//
// A handler is a func(*gin.Context) error. It renders a page, redirects or returns an error; it never writes a status for
// an error itself. What an error looks like from outside is decided in failure.go and nowhere else, so that “not found”
// and “not yours” cannot come to differ.
package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"insyn/internal/clock"
	"insyn/internal/i18n"
	"insyn/templates"
)

// Options is how a Site behaves.
type Options struct {
	// BaseURL is the address browsers use, without a path. Its scheme decides about HSTS and secure cookies, and a form
	// from its origin is one of ours also behind a proxy that changes the host.
	BaseURL string
	// FormTargets are further origins that a form may end up at by redirect: those of the OIDC issuers.
	FormTargets []string
	// Pages renders the templates.
	Pages Pages
	// Log gets the access log and failures; default slog's.
	Log *slog.Logger
	// Metrics is where the counters are registered; nil keeps none.
	Metrics prometheus.Registerer
	// Ready are what /readyz asks.
	Ready []Check
}

// Pages draws pages and knows texts; *templates.Set does.
type Pages interface {
	Page(w io.Writer, name string, v templates.View) error
	T(lang, key string, args i18n.Args) string
}

// Site is the router with its doors. Add doors and routes, then take Handler once.
type Site struct {
	o       Options
	base    *url.URL
	engine  *gin.Engine
	doors   []*Door
	routes  []RouteInfo
	metrics *metrics
	headers headers
	cross   *http.CrossOriginProtection
	clock   clock.Clock // of the machine: durations and socket deadlines are about the machine, not about the demo's day
	faults  []error
}

// New makes a site without routes but the health checks. It fails on options that cannot work.
func New(o Options) (*Site, error) {
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, errors.New("web: the base address must be a web address")
	}
	if o.Pages == nil {
		return nil, errors.New("web: the templates are missing")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	gin.SetMode(gin.ReleaseMode)
	s := &Site{o: o, base: base, engine: gin.New(), clock: clock.System(), headers: newHeaders(base, o.FormTargets),
		cross: http.NewCrossOriginProtection()}
	if err := s.cross.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		return nil, fmt.Errorf("web: trusted origin: %w", err)
	}
	// A path is matched as it is or not at all: a redirect to a corrected path would tell which paths exist.
	s.engine.RedirectTrailingSlash, s.engine.RedirectFixedPath = false, false
	if err := s.engine.SetTrustedProxies(nil); err != nil {
		return nil, fmt.Errorf("web: trusted proxies: %w", err)
	}
	if s.metrics, err = newMetrics(o.Metrics); err != nil {
		return nil, err
	}
	s.engine.Use(s.language, s.wrap(s.sameSite))
	s.engine.NoRoute(s.wrap(func(*gin.Context) error { return errNoRoute }))
	health := s.Door(Door{Name: "health", Prefix: "/healthz"})
	health.Get("/healthz", Public(), s.healthz)
	ready := s.Door(Door{Name: "ready", Prefix: "/readyz"})
	ready.Get("/readyz", Public(), s.readyz)
	return s, nil
}

// Secure tells whether browsers reach the service by https.
func (s *Site) Secure() bool { return s.base.Scheme == "https" }

// URL is the absolute address of a path of ours.
func (s *Site) URL(path string) string { return strings.TrimSuffix(s.o.BaseURL, "/") + path }

// Handler finishes the site: every route has a rule that its door can keep, or it is an error.
func (s *Site) Handler() (http.Handler, error) {
	if err := errors.Join(append(s.faults, s.unruled()...)...); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	return s.observe(s.sessions(s.engine)), nil
}

// Server is an http.Server for the handler with time limits that routes may widen (see Route.Slow).
func Server(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		// net/http writes client addresses and panics here; the latter never come this far.
		ErrorLog: slog.NewLogLogger(discardText{log.Handler()}, slog.LevelWarn),
	}
}

// discardText keeps that the server complained but not what it said: the text holds client addresses.
type discardText struct{ slog.Handler }

// Handle implements slog.Handler.
func (d discardText) Handle(ctx context.Context, r slog.Record) error {
	return d.Handler.Handle(ctx, slog.NewRecord(r.Time, r.Level, "http server complained", r.PC))
}
