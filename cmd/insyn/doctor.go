package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/clock"
	"insyn/internal/config"
	"insyn/internal/crypto"
	"insyn/internal/files"
	"insyn/internal/mail"
	"insyn/internal/pack"
	"insyn/internal/postgres"
	"insyn/internal/queue"
	"insyn/migrations"
	"insyn/models"
)

type doctorCmd struct {
	Quick bool `help:"Only ask the serve process of this machine whether it is ready (for container health checks)."`
}

// Run prints one line per thing the service stands on.
func (d doctorCmd) Run(ctx context.Context, env environment, out io.Writer) error {
	c, err := env.config()
	if err != nil {
		return err
	}
	if d.Quick {
		return askReady(ctx, c.Addr)
	}
	bad := 0
	for _, check := range doctorChecks(c) {
		what, err := check.name, check.ask(ctx)
		if err != nil {
			bad++
			fmt.Fprintf(out, "wrong  %-14s %s\n", what, err)
			continue
		}
		fmt.Fprintf(out, "right  %s\n", what)
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d are wrong", bad, len(doctorChecks(c)))
	}
	return nil
}

type doctorCheck struct {
	name string
	ask  func(ctx context.Context) error
}

func doctorChecks(c config.Config) []doctorCheck {
	return []doctorCheck{
		{"configuration", func(context.Context) error {
			return c.Require(append(needed(), "RESIDENT_OIDC_ISSUER", "RESIDENT_OIDC_CLIENT_ID", "STAFF_OIDC_ISSUER", "STAFF_OIDC_CLIENT_ID")...)
		}},
		{"database role", func(ctx context.Context) error { return checkDatabase(ctx, c, false) }},
		{"schema version", func(ctx context.Context) error { return checkDatabase(ctx, c, true) }},
		{"administrator", func(ctx context.Context) error { return checkAdministrator(ctx, c) }},
		{"redis policy", func(ctx context.Context) error {
			if err := c.Require("REDIS_URL"); err != nil {
				return err
			}
			return named("INSYN_REDIS_URL", queue.Policy(ctx, c.RedisURL))
		}},
		{"file store", func(ctx context.Context) error {
			if err := c.Require("FILES_URL"); err != nil {
				return err
			}
			store, err := files.OpenDir(c.FilesURL)
			if err == nil {
				err = store.Check(ctx)
			}
			return named("INSYN_FILES_URL", err)
		}},
		{"key store", func(ctx context.Context) error { return checkKeys(ctx, c) }},
		{"signing key", func(context.Context) error {
			if err := c.Require("SIGNING_KEY"); err != nil {
				return err
			}
			_, err := pack.ParseKeys(c.SigningKey, c.SigningFormer)
			return err
		}},
		{"smtp", func(ctx context.Context) error {
			if err := c.Require("SMTP_URL"); err != nil {
				return err
			}
			sender, err := mail.New(c.SMTPURL)
			if err == nil {
				err = sender.Check(ctx)
			}
			return named("INSYN_SMTP_URL", err)
		}},
		{"resident login", func(ctx context.Context) error { return checkLogin(ctx, "resident", c.Resident, true) }},
		{"staff login", func(ctx context.Context) error { return checkLogin(ctx, "staff", c.Staff, false) }},
	}
}

func named(variable string, err error) error {
	if err != nil && !strings.HasPrefix(err.Error(), variable) {
		return fmt.Errorf("%s: %w", variable, err)
	}
	return err
}

func checkDatabase(ctx context.Context, c config.Config, schema bool) (err error) {
	if err := c.Require("DATABASE_URL"); err != nil {
		return err
	}
	db, err := postgres.Open(ctx, c.DatabaseURL, postgres.Options{Now: clock.System().Now, Application: "insyn-doctor", MaxConnections: 1})
	if err != nil {
		return named("INSYN_DATABASE_URL", err)
	}
	defer func() { err = errors.Join(err, postgres.Close(db)) }()
	if schema {
		return named("INSYN_DATABASE_URL", postgres.CheckSchema(ctx, db, migrations.FS))
	}
	return named("INSYN_DATABASE_URL", postgres.CheckRuntimeRole(ctx, db))
}

// checkAdministrator finds out whether somebody can administer the organisation today.
func checkAdministrator(ctx context.Context, c config.Config) (err error) {
	if err := c.Require("DATABASE_URL"); err != nil {
		return err
	}
	db, err := postgres.Open(ctx, c.DatabaseURL, postgres.Options{Now: clock.System().Now, Application: "insyn-doctor", MaxConnections: 1})
	if err != nil {
		return named("INSYN_DATABASE_URL", err)
	}
	defer func() { err = errors.Join(err, postgres.Close(db)) }()
	return models.NewStore(db, nil, clock.System()).InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		admins, err := tx.StaffWith(models.RoleAdmin, models.ControllerID{}, calendar.DateOf(tx.Now))
		if err == nil && len(admins) == 0 {
			err = errors.New(`nobody is administrator today; run: insyn staff grant ADDRESS admin --name "FIRST LAST"`)
		}
		return err
	})
}

func checkKeys(ctx context.Context, c config.Config) error {
	if err := c.Require("KEYS_URL", "KEK"); err != nil {
		return err
	}
	keks, err := crypto.ParseKEKs(c.KEK)
	if err != nil {
		return err
	}
	keys, err := crypto.OpenExistingKeyDir(c.KeysURL, keks)
	if err == nil {
		err = keys.Check(ctx)
	}
	return named("INSYN_KEYS_URL", err)
}

func checkLogin(ctx context.Context, name string, o config.OIDC, number bool) error {
	if o.Issuer == "" {
		return fmt.Errorf("INSYN_%s_OIDC_ISSUER: missing", strings.ToUpper(name))
	}
	client, err := loginClient(name, o, clock.System(), number)
	if err == nil {
		err = named("INSYN_"+strings.ToUpper(name)+"_OIDC_ISSUER", client.Check(ctx))
	}
	return err
}

// askReady asks the serve process on this machine; an address that means every interface is asked by loopback.
func askReady(ctx context.Context, addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return errors.New("INSYN_ADDR: this must be host:port")
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+port+"/readyz", nil)
	if err != nil {
		return errors.New("INSYN_ADDR: this must be host:port")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return errors.New("serve does not answer")
	}
	defer func() { _ = res.Body.Close() }() // nothing more to read
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("serve is not ready (status %d)", res.StatusCode)
	}
	return nil
}
