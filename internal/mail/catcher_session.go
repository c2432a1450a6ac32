package mail

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Faults is how a catcher misbehaves, for fault tests. The zero value behaves.
type Faults struct {
	// FromCode, ToCode, DataCode answer MAIL, RCPT or the end of DATA with this
	// reply code, such as 451 or 550. A mail refused at DataCode is not kept.
	FromCode, ToCode, DataCode int
	// Hang stops answering at this step until the faults change: StageFrom,
	// StageTo, StageData (before the message is read) or StageAccept (after it
	// has been kept).
	Hang Stage
	// Drop cuts the connection at this step; the same choices as Hang.
	Drop Stage
	// Times is how many mails misbehave before all is well again; 0 is all.
	Times int
}

// SetFaults changes how it misbehaves from the next command on, and lets go of
// sessions that hang.
func (c *Catcher) SetFaults(f Faults) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.faults = f
	close(c.release)
	c.release = make(chan struct{})
}

// catching is one client's session.
type catching struct {
	c        *Catcher
	conn     *smtp.Conn
	loggedIn bool
	to       []string
	// faults are those of this mail; taken at MAIL so that Times counts mails.
	faults  Faults
	release chan struct{}
}

func (c *Catcher) session(conn *smtp.Conn) (smtp.Session, error) {
	return &catching{c: c, conn: conn}, nil
}

// AuthMechanisms implements smtp.AuthSession.
func (s *catching) AuthMechanisms() []string {
	if s.c.options.Username == "" {
		return nil
	}
	return []string{s.c.mechanism()}
}

func (c *Catcher) mechanism() string {
	if c.options.Mechanism == "" {
		return sasl.Plain
	}
	return c.options.Mechanism
}

// Auth implements smtp.AuthSession.
func (s *catching) Auth(mech string) (sasl.Server, error) {
	switch {
	case mech != s.c.mechanism():
		return nil, smtp.ErrAuthUnknownMechanism
	case mech == sasl.Plain:
		return sasl.NewPlainServer(func(_, user, password string) error { return s.check(user, password) }), nil
	}
	return &loginServer{check: s.check}, nil
}

func (s *catching) check(user, password string) error {
	u := subtle.ConstantTimeCompare([]byte(user), []byte(s.c.options.Username))
	p := subtle.ConstantTimeCompare([]byte(password), []byte(s.c.options.Password))
	if u&p != 1 {
		return smtp.ErrAuthFailed
	}
	s.loggedIn = true
	return nil
}

// loginServer asks for a user name and a password, as AUTH LOGIN does.
type loginServer struct {
	check func(user, password string) error
	step  int
	user  string
}

// Next implements sasl.Server.
func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	l.step++
	switch l.step {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.user = string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(response))
}

// Mail implements smtp.Session.
func (s *catching) Mail(string, *smtp.MailOptions) error {
	if s.c.options.Username != "" && !s.loggedIn {
		return smtp.ErrAuthRequired
	}
	s.takeFaults()
	return s.misbehave(StageFrom, s.faults.FromCode)
}

// Rcpt implements smtp.Session.
func (s *catching) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.misbehave(StageTo, s.faults.ToCode); err != nil {
		return err
	}
	s.to = append(s.to, to)
	return nil
}

// Data implements smtp.Session.
func (s *catching) Data(r io.Reader) error {
	if err := s.misbehave(StageData, 0); err != nil {
		return err
	}
	raw, err := io.ReadAll(io.LimitReader(r, catcherLimit))
	if err != nil {
		return fmt.Errorf("receive a mail: %w", err)
	}
	if s.faults.DataCode != 0 {
		return reply(s.faults.DataCode)
	}
	if err := s.c.keep(s.to, raw); err != nil {
		return reply(451)
	}
	return s.misbehave(StageAccept, 0)
}

// Reset implements smtp.Session.
func (s *catching) Reset() { s.to = nil }

// Logout implements smtp.Session.
func (s *catching) Logout() error { return nil }

func (s *catching) takeFaults() {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.faults, s.release = s.c.faults, s.c.release
	if s.c.faults.Times > 0 {
		if s.c.faults.Times--; s.c.faults.Times == 0 {
			s.c.faults = Faults{}
		}
	}
}

func (s *catching) misbehave(at Stage, code int) error {
	if code != 0 {
		return reply(code)
	}
	if s.faults.Hang == at {
		<-s.release
		_ = s.conn.Conn().Close()
		return errCut
	}
	if s.faults.Drop == at {
		_ = s.conn.Conn().Close()
		return errCut
	}
	return nil
}

var errCut = errors.New("connection cut on purpose")

// reply makes a refusal that repeats an address, as real servers do: nothing
// of it may show up in our logs.
func reply(code int) error {
	return &smtp.SMTPError{
		Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1},
		Message: "<secret.person@mottagare.example>: refused on purpose",
	}
}
