package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/smtp"
	"time"
)

// Sender sends mail to one SMTP server, one connection per message. It keeps
// no state and is safe for concurrent use.
type Sender struct {
	c config
}

// New reads an SMTP URL (see parseURL) and opens nothing.
func New(rawURL string) (*Sender, error) {
	c, err := parseURL(rawURL)
	if err != nil {
		return nil, err
	}
	return &Sender{c: c}, nil
}

// Send delivers one message to the server and returns when the server has
// accepted it. The error is an *Error and is ErrTemporary or ErrPermanent.
func (s *Sender) Send(ctx context.Context, m Message) error {
	msg, err := compose(m)
	if err != nil {
		return err
	}
	cv, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer cv.close()
	if err := cv.step(StageFrom, func() error { return cv.client.Mail(msg.from) }); err != nil {
		return err
	}
	if err := cv.step(StageTo, func() error { return cv.client.Rcpt(msg.to) }); err != nil {
		return err
	}
	if err := cv.data(msg.raw); err != nil {
		return err
	}
	// Accepted. Whatever happens to QUIT changes nothing, and must not take long.
	_ = cv.within(StageAccept, quitTimeout, cv.client.Quit)
	return nil
}

// Check speaks with the server up to and including the login, and sends
// nothing. For `insyn doctor`.
func (s *Sender) Check(ctx context.Context) error {
	cv, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer cv.close()
	return cv.within(StageHello, quitTimeout, cv.client.Quit)
}

const quitTimeout = 2 * time.Second

// conversation is one connection with its deadlines.
type conversation struct {
	ctx    context.Context //nolint:containedctx // lives for one Send only
	c      config
	conn   net.Conn
	client *smtp.Client
	stop   func() bool
}

// open dials, greets, encrypts and logs in.
func (s *Sender) open(ctx context.Context) (*conversation, error) {
	dialCtx, cancel := context.WithTimeout(ctx, s.c.dialTimeout)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(dialCtx, "tcp", s.c.addr)
	if err != nil {
		return nil, failure(ctx, StageDial, err)
	}
	cv := &conversation{ctx: ctx, c: s.c, conn: conn}
	// Closing is the one way to stop a blocked read that no later step undoes.
	cv.stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
	if err := cv.begin(); err != nil {
		cv.close()
		return nil, err
	}
	return cv, nil
}

func (cv *conversation) begin() error {
	if cv.c.mode == tlsImplicit {
		if err := cv.step(StageStartTLS, cv.wrapTLS); err != nil {
			return err
		}
	}
	err := cv.step(StageGreeting, func() (err error) {
		cv.client, err = smtp.NewClient(cv.conn, cv.c.host)
		return err
	})
	if err != nil {
		return err
	}
	if err := cv.step(StageHello, func() error { return cv.client.Hello(cv.c.hello) }); err != nil {
		return err
	}
	if err := cv.step(StageStartTLS, cv.startTLS); err != nil {
		return err
	}
	return cv.step(StageAuth, cv.login)
}

func (cv *conversation) wrapTLS() error {
	tc := tls.Client(cv.conn, cv.c.tls)
	if err := tc.HandshakeContext(cv.ctx); err != nil {
		return tlsError(err)
	}
	cv.conn = tc
	return nil
}

func (cv *conversation) startTLS() error {
	if cv.c.mode != tlsRequired && cv.c.mode != tlsOpportunistic {
		return nil
	}
	if ok, _ := cv.client.Extension("STARTTLS"); !ok {
		if cv.c.mode == tlsRequired {
			return errNoTLS
		}
		return nil
	}
	// A certificate we do not trust stops us in opportunistic mode too: an
	// operator who wants plain text says none, and we never guess downwards.
	if err := cv.client.StartTLS(cv.c.tls); err != nil {
		return tlsError(err)
	}
	return nil
}

// tlsError keeps time-outs and replies as they are and calls the rest a TLS
// failure.
func tlsError(err error) error {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	if errors.As(err, &certificate) || errors.As(err, &record) || errors.As(err, &alert) {
		return errTLS
	}
	return err
}

func (cv *conversation) login() error {
	if cv.c.user == "" {
		return nil
	}
	_, encrypted := cv.client.TLSConnectionState()
	if !encrypted && !loopback(cv.conn) {
		return errPlainAuth
	}
	auth := chooseAuth(cv.client, cv.c.user, cv.c.password)
	if auth == nil {
		return errNoAuth
	}
	return cv.client.Auth(auth)
}

// data sends the message. The stages differ by what the server can have done:
// before the last line it has nothing, after it it may have everything.
func (cv *conversation) data(raw []byte) error {
	stage := StageData
	err := cv.within(StageData, 2*cv.c.stepTimeout, func() error {
		w, err := cv.client.Data()
		if err != nil {
			return err
		}
		if _, err := w.Write(raw); err != nil {
			return err
		}
		stage = StageAccept
		return w.Close()
	})
	if err != nil {
		var e *Error
		if errors.As(err, &e) && stage == StageAccept {
			e.Stage = StageAccept
			e.Uncertain = e.Code == 0
		}
		return err
	}
	return nil
}

func (cv *conversation) step(stage Stage, f func() error) error {
	return cv.within(stage, cv.c.stepTimeout, f)
}

// within runs one step with a deadline on the connection: the step's own or
// the caller's, whichever comes first.
func (cv *conversation) within(stage Stage, limit time.Duration, f func() error) error {
	ctx, cancel := context.WithTimeout(cv.ctx, limit)
	defer cancel()
	if deadline, ok := ctx.Deadline(); ok {
		if err := cv.conn.SetDeadline(deadline); err != nil {
			return failure(cv.ctx, stage, err)
		}
	}
	if err := f(); err != nil {
		return failure(cv.ctx, stage, err)
	}
	return nil
}

func (cv *conversation) close() {
	cv.stop()
	_ = cv.conn.Close()
}

func loopback(c net.Conn) bool {
	a, ok := c.RemoteAddr().(*net.TCPAddr)
	return ok && a.IP.IsLoopback()
}
