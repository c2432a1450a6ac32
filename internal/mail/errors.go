package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strconv"
)

// The two kinds of failure. Every error from Send is one of them, by errors.Is.
var (
	// ErrTemporary: try again later.
	ErrTemporary = errors.New("mail: temporary failure")
	// ErrPermanent: this message will never be accepted; a person must look.
	ErrPermanent = errors.New("mail: permanent failure")
)

// Stage is the step of the conversation that failed.
type Stage string

// The steps, in order.
const (
	StageCompose  Stage = "compose"
	StageDial     Stage = "dial"
	StageGreeting Stage = "greeting"
	StageHello    Stage = "hello"
	StageStartTLS Stage = "starttls"
	StageAuth     Stage = "auth"
	StageFrom     Stage = "from"
	StageTo       Stage = "to"
	StageData     Stage = "data"
	// StageAccept is after the last line of the message: the server had all of
	// it, but its answer did not come or was a refusal.
	StageAccept Stage = "accept"
)

// Error is what Send and Check return. It says where it stopped and with which
// reply code, and nothing that a person or a server wrote.
type Error struct {
	Stage Stage
	// Code is the server's three-digit reply, 0 when there was none.
	Code int
	// Temporary: another attempt later may succeed.
	Temporary bool
	// Uncertain: the server had the whole message when contact was lost, so it
	// may have been delivered. The next attempt carries the same Message-ID.
	Uncertain bool

	cause error // only our own errors and the context's
}

// Error implements error.
func (e *Error) Error() string {
	kind := "permanent"
	if e.Temporary {
		kind = "temporary"
	}
	s := "mail: " + string(e.Stage) + " failed (" + kind
	if e.Code != 0 {
		s += ", code " + strconv.Itoa(e.Code)
	}
	if e.Uncertain {
		s += ", perhaps delivered"
	}
	s += ")"
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap makes errors.Is work for the two kinds and for the context's errors.
func (e *Error) Unwrap() []error {
	kind := ErrPermanent
	if e.Temporary {
		kind = ErrTemporary
	}
	if e.cause == nil {
		return []error{kind}
	}
	return []error{kind, e.cause}
}

// Reasons that are ours to tell; they hold no text from outside.
var (
	errTimeout   = errors.New("no answer in time")
	errClosed    = errors.New("connection closed")
	errNetwork   = errors.New("network error")
	errNoTLS     = errors.New("server does not offer STARTTLS")
	errTLS       = errors.New("TLS was not agreed or the certificate is not trusted")
	errNoAuth    = errors.New("server offers neither PLAIN nor LOGIN")
	errPlainAuth = errors.New("will not send a password without TLS")
	errProtocol  = errors.New("the answer is not SMTP")
)

// failure turns whatever went wrong at a stage into an Error.
//
// 5xx counts as permanent only where it is about the message (sender,
// recipient, content). Before that it is about us and the server — a changed
// password must not make a waiting mail undeliverable.
func failure(ctx context.Context, stage Stage, err error) error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	e := &Error{Stage: stage, Temporary: true}
	var reply *textproto.Error
	if errors.As(err, &reply) && reply.Code >= 100 && reply.Code <= 599 {
		e.Code = reply.Code
		e.Temporary = reply.Code < 500 || !aboutMessage(stage) || aboutUs(reply.Code)
		return e
	}
	e.Uncertain = stage == StageAccept
	e.cause = reason(ctx, err)
	return e
}

func aboutMessage(s Stage) bool {
	return s == StageFrom || s == StageTo || s == StageData || s == StageAccept
}

// aboutUs: 530, 534, 535, 538 say that our login is missing or wrong, whichever
// command they answer (RFC 4954).
func aboutUs(code int) bool {
	return code == 530 || code == 534 || code == 535 || code == 538
}

func reason(ctx context.Context, err error) error {
	if ctxErr := ctx.Err(); ctxErr != nil {
		return ctxErr
	}
	var ne net.Error
	var proto textproto.ProtocolError
	switch {
	case errors.As(err, &ne) && ne.Timeout():
		return fmt.Errorf("%w: %w", errTimeout, context.DeadlineExceeded)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return errClosed
	case errors.As(err, &proto):
		return errProtocol
	}
	for _, own := range []error{errNoTLS, errTLS, errNoAuth, errPlainAuth} {
		if errors.Is(err, own) {
			return own
		}
	}
	return errNetwork
}
