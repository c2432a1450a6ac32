package workflows

import (
	"context"
	"log/slog"
	"time"

	"insyn/internal/clock"
	"insyn/internal/crypto"
	"insyn/internal/files"
	"insyn/internal/mail"
	"insyn/internal/pack"
	"insyn/models"
	"insyn/templates"
)

// Mailer sends one mail; internal/mail's Sender in production.
type Mailer interface {
	Send(ctx context.Context, m mail.Message) error
}

// Settings are the municipality's own rules. The zero value is not usable; see DefaultSettings.
type Settings struct {
	Municipality string
	BaseURL      string // without a trailing slash; where mails point
	MailFrom     string
	AskWithin    int   // days from receipt within which a question may stop the clock (domain 2.1)
	RollEves     bool  // whether response deadlines pass over midsummer, Christmas and New Year's Eve
	UploadMax    int64 // bytes of one file
	UploadCount  int   // files of one addressee in a draft, of a mandate or of an appeal; a case may have any number of items
	// MailLease is how long the conversation about one mail keeps other workers from beginning it anew; it may last half as long.
	MailLease time.Duration
}

// DefaultSettings are the cautious defaults of domain.md.
func DefaultSettings() Settings {
	return Settings{Municipality: "Exempelby kommun", AskWithin: 5, UploadMax: 50_000_000, UploadCount: 200, MailLease: 2 * time.Minute}
}

// Deps is what the use cases stand on.
type Deps struct {
	Store     *models.Store
	Sealer    *crypto.Sealer
	Lookup    *crypto.LookupKey
	Vault     *files.Vault
	Clock     clock.Clock
	Templates *templates.Set
	Mailer    Mailer
	Log       *slog.Logger
	Settings  Settings
	// Signing are the keys of packages: one signs, those before it are only shown.
	Signing pack.Keys
	// Failpoint is called with the name of each step between a change and its receipt. It is nil outside fault tests.
	Failpoint func(name string)
}

// Service is every use case. It is safe for concurrent use; all state is in the database and the stores.
type Service struct {
	Deps
}

// New returns the use cases on their ground.
func New(d Deps) *Service {
	if d.Failpoint == nil {
		d.Failpoint = func(string) {}
	}
	return &Service{Deps: d}
}
