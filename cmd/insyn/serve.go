package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/sync/errgroup"

	"insyn/handlers/desk"
	"insyn/handlers/portal"
	"insyn/handlers/web"
	"insyn/internal/clock"
	"insyn/internal/session"
)

type serveCmd struct{}

// Run serves until it is told to stop.
func (serveCmd) Run(ctx context.Context, env environment, out io.Writer) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	if err := c.Require("RESIDENT_OIDC_ISSUER", "RESIDENT_OIDC_CLIENT_ID", "STAFF_OIDC_ISSUER", "STAFF_OIDC_CLIENT_ID"); err != nil {
		return err
	}
	log := newLog(out, c.LogLevel)
	slog.SetDefault(log) // for the few lines of libraries and of texts that are missing
	a, err := newApp(ctx, c, clock.System(), log)
	if err != nil {
		return err
	}
	defer func() { _ = a.close() }() // requests are finished
	l, err := listen(ctx, c.Addr)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	registry := newRegistry()
	site, err := a.site(registry)
	if err != nil {
		return err
	}
	handler, err := site.Handler()
	if err != nil {
		return err
	}
	g.Go(func() error { return serveHTTP(ctx, web.Server(handler, log), l) })
	g.Go(func() error { return serveMetrics(ctx, c.MetricsAddr, registry, log) })
	g.Go(func() error { return a.expireSessions(ctx) })
	log.InfoContext(ctx, "serving", slog.String("addr", l.Addr().String()), slog.String("version", version))
	return g.Wait()
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("INSYN_ADDR: %s cannot be listened on; is another program there?", addr)
	}
	return l, nil
}

func newRegistry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// site puts the doors on their ground.
func (a *app) site(metrics prometheus.Registerer) (*web.Site, error) {
	site, err := web.New(web.Options{BaseURL: a.config.BaseURL, FormTargets: origins(a.config.Resident.Issuer, a.config.Staff.Issuer),
		Pages: a.texts, Log: a.log, Metrics: metrics, Ready: a.checks()})
	if err != nil {
		return nil, err
	}
	db, err := a.db.DB()
	if err != nil {
		return nil, err
	}
	residents, err := session.New(db, session.Options{CookieName: session.ResidentCookie, Secure: site.Secure(), IdleTimeout: session.ResidentIdle, Log: a.log})
	if err != nil {
		return nil, err
	}
	staff, err := session.New(db, session.Options{CookieName: session.StaffCookie, Secure: site.Secure(), IdleTimeout: session.StaffIdle, Log: a.log})
	if err != nil {
		return nil, err
	}
	residentLogin, err := loginClient("resident", a.config.Resident, a.clock, true)
	if err != nil {
		return nil, err
	}
	staffLogin, err := loginClient("staff", a.config.Staff, a.clock, false)
	if err != nil {
		return nil, err
	}
	site.Mount("/assets/", a.texts.Assets())
	if err := portal.Register(site, portal.Deps{Service: a.service, Sessions: residents, Login: residentLogin, Texts: a.texts, Clock: a.clock, Log: a.log,
		UploadMax: a.service.Settings.UploadMax, DPOURL: a.config.DPOURL, PackageKeys: a.service.Signing}); err != nil {
		return nil, err
	}
	return site, desk.Register(site, desk.Deps{Service: a.service, Login: staffLogin, Sessions: staff, Texts: a.texts, Clock: a.clock, Log: a.log,
		UploadMax: a.service.Settings.UploadMax})
}

// origins are the addresses that a form may lead to by redirect.
func origins(issuers ...string) []string {
	var out []string
	for _, i := range issuers {
		if u, err := url.Parse(i); err == nil && u.Host != "" {
			out = append(out, u.Scheme+"://"+u.Host)
		}
	}
	return out
}

// checks are what readiness means: the database answers and the key store is there.
func (a *app) checks() []web.Check {
	return []web.Check{
		{Name: "database", Ask: func(ctx context.Context) error {
			db, err := a.db.DB()
			if err != nil {
				return err
			}
			return db.PingContext(ctx)
		}},
		{Name: "keys", Ask: a.keys.Check},
		{Name: "files", Ask: a.store.Check},
	}
}

// expireSessions removes sessions that have ended.
func (a *app) expireSessions(ctx context.Context) error {
	db, err := a.db.DB()
	if err != nil {
		return err
	}
	tick := time.NewTicker(10 * time.Minute)
	defer tick.Stop()
	for {
		if _, err := session.DeleteExpired(ctx, db); err != nil && ctx.Err() == nil {
			a.log.WarnContext(ctx, "expired sessions were not removed; it will be tried again")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// serveHTTP serves until the context ends, then lets running requests finish.
func serveHTTP(ctx context.Context, s *http.Server, l net.Listener) error {
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := s.Shutdown(stop)
	if err != nil {
		err = s.Close()
	}
	if served := <-done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// serveMetrics serves /metrics on a port of its own; an empty address serves nothing.
func serveMetrics(ctx context.Context, addr string, r *prometheus.Registry, log *slog.Logger) error {
	if addr == "" {
		return nil
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("INSYN_METRICS_ADDR: %s cannot be listened on; is another program there?", addr)
	}
	return serveHTTP(ctx, web.Server(metricsHandler(r), log), l)
}

func metricsHandler(r *prometheus.Registry) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.HandlerFor(r, promhttp.HandlerOpts{}))
	return mux
}

// jobMetrics counts what is promised and not done.
type jobMetrics struct {
	a    *app
	jobs *prometheus.Desc
}

func newJobMetrics(a *app) *jobMetrics {
	return &jobMetrics{a, prometheus.NewDesc("insyn_jobs", "Promised effects that are not done, by where they are.", []string{"at"}, nil)}
}

// Describe implements prometheus.Collector.
func (m *jobMetrics) Describe(ch chan<- *prometheus.Desc) { ch <- m.jobs }

// Collect implements prometheus.Collector.
func (m *jobMetrics) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	waiting, claimed, failing, err := m.a.service.JobCounts(ctx)
	if err != nil {
		return
	}
	for at, n := range map[string]int64{"waiting": waiting, "queue": claimed, "failing": failing} {
		ch <- prometheus.MustNewConstMetric(m.jobs, prometheus.GaugeValue, float64(n), at)
	}
}
