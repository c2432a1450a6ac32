package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"insyn/demo"
	"insyn/handlers/web"
	"insyn/internal/calendar"
	"insyn/internal/clock"
	"insyn/internal/config"
	"insyn/internal/crypto"
	"insyn/internal/demoidp"
	"insyn/internal/mail"
	"insyn/internal/pack"
	"insyn/internal/postgres"
	"insyn/internal/queue"
	"insyn/migrations"
	"insyn/models"
	"insyn/workflows"
)

// stackOptions says how the whole service is run in one process: for the demo and the tour. The code paths are those of an
// installation; only where things are differs.
type stackOptions struct {
	Dir   string // everything is written below
	Addr  string // of the service; with a port other than 0 provider and catcher come next to it
	Clock clock.Clock
	Log   io.Writer // structured log
	Say   io.Writer // what takes time, in a line each
	Fresh bool      // throw away what is there
	// History makes two years of requests at the first start; see package demo/history.
	History bool
}

// stack is a running service with all it stands on.
type stack struct {
	*app
	BaseURL    string
	MailURL    string // the caught mails as a page
	MailDir    string
	OwnerURL   string
	MetricsURL string
	Catcher    *mail.Catcher
	IdP        *demoidp.Server
	Roster     []models.RosterRow // who can log in at the desk, by role

	history bool // this start makes the past
	cluster *postgres.Private
	redis   *queue.Embedded
	group   *errgroup.Group
	stop    context.CancelFunc
	closers []func() error
}

const demoDatabase = "insyn"

// startStack starts all of it; what was started is stopped again on an error.
func startStack(ctx context.Context, o stackOptions) (*stack, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("INSYN_VAR: %w", err)
	}
	o.Dir = dir
	if o.Fresh {
		if err := removeStack(ctx, dir); err != nil {
			return nil, err
		}
	}
	// Passable, not readable: started by root, the server runs as another user and must reach its own folder in here. What
	// is secret lies in folders of mode 0700.
	if err := os.MkdirAll(dir, 0o711); err != nil { //nolint:gosec // G301: see above
		return nil, fmt.Errorf("INSYN_VAR: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	s := &stack{group: group, stop: stop, MailDir: filepath.Join(dir, "mail")}
	if err := s.start(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// removeStack throws away what an earlier run left, and nothing else in the folder.
func removeStack(ctx context.Context, dir string) error {
	if err := postgres.RemovePrivate(ctx, filepath.Join(dir, "postgres")); err != nil {
		return fmt.Errorf("INSYN_VAR: %w", err)
	}
	for _, name := range []string{"files", "keys", "mail", "kek", "signing", historyFile} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("INSYN_VAR: %w", err)
		}
	}
	return nil
}

func (s *stack) start(ctx context.Context, o stackOptions) (err error) {
	if s.history, err = wantsHistory(o); err != nil {
		return err
	}
	site, err := listen(ctx, o.Addr)
	if err != nil {
		return err
	}
	s.closers = append(s.closers, func() error {
		if err := site.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	s.BaseURL = "http://" + site.Addr().String()
	log := newLog(o.Log, "info")
	if err := s.startDatabase(ctx, o); err != nil {
		return err
	}
	if s.redis, err = queue.StartEmbedded(); err != nil {
		return err
	}
	s.closers = append(s.closers, func() error { s.redis.Close(); return nil })
	if err := s.startMail(ctx, o, log); err != nil {
		return err
	}
	c, err := s.configure(o)
	if err != nil {
		return err
	}
	if s.app, err = newApp(ctx, c, o.Clock, log); err != nil {
		return err
	}
	s.closers = append(s.closers, s.close)
	if err := s.importDemo(ctx); err != nil {
		return err
	}
	if err := s.startLogin(ctx, o); err != nil {
		return err
	}
	if err := s.writeOwnTexts(ctx); err != nil {
		return err
	}
	return s.run(ctx, site, log, s.makeHistory(ctx, o))
}

// startDatabase starts a cluster of its own and brings its schema up to date.
func (s *stack) startDatabase(ctx context.Context, o stackOptions) (err error) {
	if s.cluster, err = postgres.StartPrivate(ctx, postgres.PrivateOptions{Dir: filepath.Join(o.Dir, "postgres"), Fsync: true, Log: o.Say}); err != nil {
		return err
	}
	s.closers = append(s.closers, s.cluster.Stop)
	if err := s.cluster.EnsureDatabase(ctx, demoDatabase); err != nil {
		return err
	}
	s.OwnerURL = s.cluster.OwnerURL(demoDatabase)
	m, err := postgres.NewMigrator(ctx, s.OwnerURL, migrations.FS)
	if err != nil {
		return err
	}
	_, err = m.Up(ctx)
	return errors.Join(err, m.Close())
}

// startMail starts the catcher and its page.
func (s *stack) startMail(ctx context.Context, o stackOptions, log *slog.Logger) (err error) {
	if s.Catcher, err = mail.StartCatcher(beside(o.Addr, 3), s.MailDir); err != nil {
		return err
	}
	s.closers = append(s.closers, s.Catcher.Close)
	l, err := listen(ctx, beside(o.Addr, 2))
	if err != nil {
		return err
	}
	s.MailURL = "http://" + l.Addr().String()
	s.group.Go(func() error {
		return serveHTTP(ctx, web.Server(s.Catcher.Handler(calendar.Stockholm()), log), l)
	})
	return nil
}

// beside is the address n ports after another; after port 0 any free port.
func beside(addr string, n int) string {
	host, port, err := net.SplitHostPort(addr)
	p, perr := strconv.Atoi(port)
	if err != nil || perr != nil || p == 0 {
		return net.JoinHostPort(host, "0")
	}
	return net.JoinHostPort(host, strconv.Itoa(p+n))
}

// configure makes the configuration an operator would write.
func (s *stack) configure(o stackOptions) (config.Config, error) {
	kek, err := demoSecret(filepath.Join(o.Dir, "kek"), func() (string, error) { return crypto.GenerateKEK("demo") })
	if err != nil {
		return config.Config{}, err
	}
	signing, err := demoSecret(filepath.Join(o.Dir, "signing"), func() (string, error) { return pack.GenerateSigningKey(), nil })
	if err != nil {
		return config.Config{}, err
	}
	c, err := config.Load(nil)
	if err != nil {
		return c, err
	}
	c.Addr, c.BaseURL, c.DatabaseURL, c.RedisURL = o.Addr, s.BaseURL, s.cluster.RuntimeURL(demoDatabase), s.redis.URL()
	c.FilesURL, c.KeysURL, c.KEK = fileURL(filepath.Join(o.Dir, "files")), fileURL(filepath.Join(o.Dir, "keys")), kek
	c.SigningKey = signing
	c.SMTPURL, c.MailFrom = s.Catcher.URL(), "Insyn Exempelby kommun <insyn@exempelby.example>"
	c.Phone, c.PhoneHours, c.PhoneHoursEN, c.ProtectedPhone = "0980-31 92 00", "Vardagar kl. 8–16.30", "Weekdays 8–16.30", "0980-31 92 10"
	c.Visit, c.Postal = "Stadshuset, Torggatan 1", "Exempelby kommun, 999 99 Exempelby"
	return c, nil
}

// startLogin starts the identity provider with the demo's residents and whoever is imported.
func (s *stack) startLogin(ctx context.Context, o stackOptions) (err error) {
	err = s.storeOf().InTx(ctx, models.SystemActor(), func(tx *models.Tx) (err error) {
		s.Roster, err = tx.Roster(calendar.DateOf(tx.Now))
		return err
	})
	if err != nil {
		return err
	}
	secret := rand.Text()
	s.IdP, err = demoidp.Start(ctx, demoidp.Options{Addr: beside(o.Addr, 1), Residents: demoResidents(), Staff: demoStaff(s.Roster), ClientID: "insyn", ClientSecret: secret,
		RedirectPrefixes: []string{s.BaseURL + "/"}, Clock: o.Clock})
	if err != nil {
		return err
	}
	s.closers = append(s.closers, s.IdP.Close)
	s.config.Resident = config.OIDC{Issuer: s.IdP.ResidentIssuer(), ClientID: "insyn", ClientSecret: secret, AuthMethod: "client_secret_basic"}
	s.config.Staff = config.OIDC{Issuer: s.IdP.StaffIssuer(), ClientID: "insyn", ClientSecret: secret, AuthMethod: "client_secret_basic"}
	return nil
}

func fileURL(path string) string { return "file://" + filepath.ToSlash(path) }

// demoSecret reads a secret of the demo's own, or makes it at the first start.
func demoSecret(path string, generate func() (string, error)) (string, error) {
	if b, err := os.ReadFile(path); err == nil { //nolint:gosec // below INSYN_VAR
		return string(b), nil
	}
	secret, err := generate()
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
		return "", fmt.Errorf("INSYN_VAR: %w", err)
	}
	return secret, nil
}

func (s *stack) storeOf() *models.Store {
	return models.NewStore(s.db, crypto.NewSealer(s.keys), s.clock)
}

// importDemo loads Exempelby from its spreadsheets; a second start changes nothing.
func (s *stack) importDemo(ctx context.Context) error {
	sheets, err := workflows.ImportFolder(demo.Files)
	if err != nil {
		return err
	}
	report, err := workflows.Import(ctx, s.storeOf(), sheets, workflows.ImportOptions{Apply: true})
	if err == nil && len(report.Faults) > 0 {
		err = errors.New("the demo's spreadsheets have faults; run insyn import demo")
	}
	return err
}

// run starts serve, and worker as soon as the past is made.
func (s *stack) run(ctx context.Context, l net.Listener, log *slog.Logger, past <-chan struct{}) error {
	registry := newRegistry()
	registry.MustRegister(newJobMetrics(s.app))
	site, err := s.site(registry)
	if err != nil {
		return err
	}
	handler, err := site.Handler()
	if err != nil {
		return err
	}
	metrics, err := listen(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.MetricsURL = "http://" + metrics.Addr().String() + "/metrics"
	s.group.Go(func() error { return serveHTTP(ctx, web.Server(handler, log), l) })
	s.group.Go(func() error { return serveHTTP(ctx, web.Server(metricsHandler(registry), log), metrics) })
	s.group.Go(func() error {
		select {
		case <-ctx.Done():
			return nil
		case <-past:
			return s.work(ctx)
		}
	})
	s.group.Go(func() error { return s.expireSessions(ctx) })
	s.group.Go(func() error {
		select {
		case <-ctx.Done():
			return nil
		case <-s.cluster.Exited():
			return errors.New("the private PostgreSQL ended by itself; its log is postgres.log below INSYN_VAR")
		}
	})
	return s.ready(ctx)
}

// ready waits until the service answers that it is.
func (s *stack) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.BaseURL+"/readyz", nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return errors.New("the service did not become ready")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Wait returns when something ends by itself, or the context does.
func (s *stack) Wait() error { return s.group.Wait() }

// Close stops everything that was started, the last first.
func (s *stack) Close() error {
	s.stop()
	err := s.group.Wait()
	for i := len(s.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, s.closers[i]())
	}
	s.closers = nil
	return err
}
