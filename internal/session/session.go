// Package session keeps who is logged in, in PostgreSQL, for one kind of user
// at a time. Residents and staff have a Manager each with its own cookie; a
// token of one is worth nothing at the other, since the name of the cookie is
// part of what is stored.
//
// A session holds our own ids and the state of a login under way. It holds no
// name and no identity number, and the database holds a hash of the token, not
// the token: a copy of the table lets nobody in.
package session

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
)

// Names of the cookies. With https they get the prefix __Host-, which makes
// the browser hold them to this host, path / and TLS.
const (
	ResidentCookie = "insyn"
	StaffCookie    = "insyn-desk"
)

// Idle times: a resident may sit at a library computer, staff work all day.
const (
	ResidentIdle = 30 * time.Minute
	StaffIdle    = 60 * time.Minute
	// DefaultLifetime is the longest a login lasts, busy or not.
	DefaultLifetime = 8 * time.Hour
)

// Options is how a Manager behaves.
type Options struct {
	// CookieName is ResidentCookie or StaffCookie, without prefix.
	CookieName string
	// Secure says that the service is reached by https.
	Secure bool
	// IdleTimeout ends a session that is not used; default ResidentIdle.
	IdleTimeout time.Duration
	// Lifetime ends any session; default DefaultLifetime.
	Lifetime time.Duration
	// Log gets failures of the store; default slog's.
	Log *slog.Logger
	// Failed writes the page when the store fails; default is a bare 500.
	Failed http.HandlerFunc
}

// Manager is the sessions of one kind of user.
type Manager struct {
	scs    *scs.SessionManager
	store  *store
	log    *slog.Logger
	failed http.HandlerFunc
}

// New makes a Manager over the table sessions(token, data, expiry). It starts
// nothing; see DeleteExpired.
func New(db *sql.DB, o Options) (*Manager, error) {
	if db == nil || o.CookieName == "" {
		return nil, errors.New("session: a database and a cookie name are needed")
	}
	if o.IdleTimeout == 0 {
		o.IdleTimeout = ResidentIdle
	}
	if o.Lifetime == 0 {
		o.Lifetime = DefaultLifetime
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Failed == nil {
		o.Failed = func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		}
	}
	// Not scs.New: it starts a goroutine, for a store of its own, that cannot be
	// stopped without a race. What New gives besides, a context key that no other
	// manager has, own makes up for.
	m := &Manager{scs: &scs.SessionManager{}, store: &store{db: db, realm: o.CookieName}}
	m.scs.Store = m.store
	m.scs.Codec = codec{}
	m.scs.IdleTimeout = o.IdleTimeout
	m.scs.Lifetime = o.Lifetime
	c := &m.scs.Cookie
	c.Name = o.CookieName
	if o.Secure {
		c.Name = "__Host-" + o.CookieName
	}
	c.Path, c.HttpOnly, c.Secure, c.SameSite = "/", true, o.Secure, http.SameSiteLaxMode
	// The cookie ends with the browser; the times above are the server's.
	c.Persist = false
	m.log, m.failed = o.Log, o.Failed
	return m, nil
}

// CookieName is the cookie's full name.
func (m *Manager) CookieName() string { return m.scs.Cookie.Name }

// Login is who is logged in, by our own ids.
type Login struct {
	// UserID is our id of the resident's account or the staff member.
	UserID string
	// At is when the login was made here.
	At time.Time
	// AuthTime is when the provider says that the person authenticated; zero if
	// it did not say.
	AuthTime time.Time
	// ACR is the level of assurance.
	ACR string
}

// Login makes the session that of a user. The token changes (so that a token
// planted before the login is worth nothing), the lifetime begins anew, and
// whatever the session held before is gone but the language.
func (m *Manager) Login(ctx context.Context, l Login) error {
	if l.UserID == "" {
		return errors.New("session: a login needs a user id")
	}
	m.own(ctx)
	if err := m.scs.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew the session: %w", err)
	}
	m.set(ctx, data{Login: &l, Locale: m.get(ctx).Locale})
	return nil
}

// Current is who is logged in, and whether anyone is.
func (m *Manager) Current(ctx context.Context) (Login, bool) {
	if l := m.get(ctx).Login; l != nil {
		return *l, true
	}
	return Login{}, false
}

// Logout ends the session here and now; a request under way in another tab
// cannot bring it back.
func (m *Manager) Logout(ctx context.Context) error {
	m.own(ctx)
	if err := m.scs.Destroy(ctx); err != nil {
		return fmt.Errorf("end the session: %w", err)
	}
	return nil
}

// SetLocale remembers the language chosen, "sv" or "en".
func (m *Manager) SetLocale(ctx context.Context, locale string) {
	d := m.get(ctx)
	if d.Locale != locale {
		d.Locale = locale
		m.set(ctx, d)
	}
}

// Locale is the language chosen, or "".
func (m *Manager) Locale(ctx context.Context) string { return m.get(ctx).Locale }

// SetNotice leaves a translation key to be shown on the next page.
func (m *Manager) SetNotice(ctx context.Context, key string) {
	d := m.get(ctx)
	d.Notice = key
	m.set(ctx, d)
}

// TakeNotice returns the key left by SetNotice, once.
func (m *Manager) TakeNotice(ctx context.Context) string {
	d := m.get(ctx)
	key := d.Notice
	if key != "" {
		d.Notice = ""
		m.set(ctx, d)
	}
	return key
}

// DeleteExpired removes sessions of every kind that have ended, and returns
// how many. To be called now and then; ended sessions are not valid meanwhile.
func DeleteExpired(ctx context.Context, db *sql.DB) (int64, error) {
	r, err := db.ExecContext(ctx, "DELETE FROM sessions WHERE expiry <= current_timestamp")
	if err != nil {
		return 0, fmt.Errorf("delete ended sessions: %w", err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("count ended sessions: %w", err)
	}
	return n, nil
}
