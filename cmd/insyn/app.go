package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"gorm.io/gorm"

	"insyn/internal/clock"
	"insyn/internal/config"
	"insyn/internal/crypto"
	"insyn/internal/files"
	"insyn/internal/mail"
	"insyn/internal/oidc"
	"insyn/internal/pack"
	"insyn/internal/postgres"
	"insyn/migrations"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
)

// app is what serve and worker stand on.
type app struct {
	config  config.Config
	log     *slog.Logger
	clock   clock.Clock
	db      *gorm.DB
	keys    *crypto.KeyDir
	store   *files.Dir
	texts   *templates.Set
	mailer  *mail.Sender
	service *workflows.Service
}

// needed are the settings that serve and worker cannot do without.
func needed() []string {
	return []string{"BASE_URL", "DATABASE_URL", "REDIS_URL", "FILES_URL", "KEYS_URL", "KEK", "SIGNING_KEY", "SMTP_URL", "MAIL_FROM"}
}

// newApp opens what the configuration names. Errors name the variable.
func newApp(ctx context.Context, c config.Config, clk clock.Clock, log *slog.Logger) (*app, error) {
	if err := c.Require(needed()...); err != nil {
		return nil, err
	}
	a := &app{config: c, log: log, clock: clk}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

func (a *app) open(ctx context.Context) error {
	keks, err := crypto.ParseKEKs(a.config.KEK)
	if err != nil {
		return err
	}
	signing, err := pack.ParseKeys(a.config.SigningKey, a.config.SigningFormer)
	if err != nil {
		return err
	}
	if a.db, err = postgres.Open(ctx, a.config.DatabaseURL, postgres.Options{Now: a.clock.Now, Application: "insyn", Log: a.log}); err != nil {
		return fmt.Errorf("INSYN_DATABASE_URL: %w", err)
	}
	if err := postgres.CheckRuntimeRole(ctx, a.db); err != nil {
		return fmt.Errorf("INSYN_DATABASE_URL: %w", err)
	}
	if err := postgres.CheckSchema(ctx, a.db, migrations.FS); err != nil {
		return fmt.Errorf("INSYN_DATABASE_URL: %w", err)
	}
	if a.keys, err = crypto.OpenKeyDir(a.config.KeysURL, keks); err != nil {
		return fmt.Errorf("INSYN_KEYS_URL: %w", err)
	}
	if a.store, err = files.OpenDir(a.config.FilesURL); err != nil {
		return fmt.Errorf("INSYN_FILES_URL: %w", err)
	}
	if a.mailer, err = mail.New(a.config.SMTPURL); err != nil {
		return fmt.Errorf("INSYN_SMTP_URL: %w", err)
	}
	if a.texts, err = templates.New(lookOf(a.config)); err != nil {
		return err
	}
	sealer := crypto.NewSealer(a.keys)
	settings := workflows.DefaultSettings()
	settings.Municipality, settings.BaseURL, settings.MailFrom = a.config.Municipality, strings.TrimSuffix(a.config.BaseURL, "/"), a.config.MailFrom
	settings.AskWithin, settings.RollEves, settings.UploadMax = a.config.AskWithinDays, a.config.RollEves, a.config.UploadMaxMB*1_000_000
	a.service = workflows.New(workflows.Deps{Store: models.NewStore(a.db, sealer, a.clock), Sealer: sealer, Lookup: a.keys.LookupKey(),
		Vault: files.NewVault(a.store, sealer), Clock: a.clock, Templates: a.texts, Mailer: a.mailer, Log: a.log, Settings: settings, Signing: signing})
	return a.checkKeyStore(ctx)
}

// checkKeyStore refuses a key store that is not the one this database is used with: an empty folder where a disk was not
// mounted would otherwise be filled with new keys, and nothing could be read.
func (a *app) checkKeyStore(ctx context.Context) error {
	return a.service.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		known, err := tx.KeyStoreInUse(a.keys.ID())
		if err == nil && known != a.keys.ID() {
			err = errors.New("INSYN_KEYS_URL: this is not the key store that the database is used with; is its disk mounted?")
		}
		return err
	})
}

// lookOf is the municipality's name and how to reach it.
func lookOf(c config.Config) templates.Look {
	l := templates.DefaultLook(c.Municipality)
	l.Phone, l.PhoneHours, l.PhoneHoursEN, l.ProtectedPhone, l.Visit, l.Postal = c.Phone, c.PhoneHours, c.PhoneHoursEN, c.ProtectedPhone, c.Visit, c.Postal
	return l
}

func (a *app) close() error {
	if a.db == nil {
		return nil
	}
	return postgres.Close(a.db)
}

// newLog writes structured lines to w.
func newLog(w io.Writer, level string) *slog.Logger {
	var l slog.Level
	if l.UnmarshalText([]byte(level)) != nil {
		l = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: l}))
}

// loginClient makes the client of one identity provider.
func loginClient(name string, o config.OIDC, clk clock.Clock, number bool) (*oidc.Client, error) {
	c := oidc.Config{Name: name, Issuer: o.Issuer, ClientID: o.ClientID, ClientSecret: o.ClientSecret, PrivateKeyPEM: []byte(o.PrivateKey), AuthMethod: o.AuthMethod,
		Scopes: o.Scopes, ACRValues: o.ACRValues, RequireNumber: number}
	if o.NumberClaim != "" {
		c.Claims.Number = o.NumberClaim
	}
	c.RequiredClaim, c.RequiredValue, _ = strings.Cut(o.RequiredClaim, "=")
	client, err := oidc.New(c, clk, nil)
	if err != nil {
		return nil, fmt.Errorf("INSYN_%s_OIDC_*: %w", strings.ToUpper(name), err)
	}
	return client, nil
}
