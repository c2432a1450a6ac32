package mail

import (
	"errors"
	"net/smtp"
	"strings"
)

// chooseAuth picks PLAIN, else LOGIN, among what the server offers; nil when
// it offers neither. Whether a password may be sent at all is decided before,
// by conversation.login.
func chooseAuth(c *smtp.Client, user, password string) smtp.Auth {
	_, offered := c.Extension("AUTH")
	for mech := range strings.FieldsSeq(strings.ToUpper(offered)) {
		if mech == "PLAIN" {
			return plainAuth{user, password}
		}
	}
	for mech := range strings.FieldsSeq(strings.ToUpper(offered)) {
		if mech == "LOGIN" {
			return &loginAuth{user: user, password: password}
		}
	}
	return nil
}

// plainAuth is RFC 4616. The one in net/smtp decides by host name whether the
// connection is safe; ours has been decided by its remote address already.
type plainAuth struct{ user, password string }

func (a plainAuth) Start(*smtp.ServerInfo) (string, []byte, error) {
	return "PLAIN", []byte("\x00" + a.user + "\x00" + a.password), nil
}

func (a plainAuth) Next(_ []byte, more bool) ([]byte, error) {
	if more {
		return nil, errUnexpectedAuth
	}
	return nil, nil
}

// loginAuth is the old two-question mechanism that Exchange still offers
// alone. The questions differ between servers, their order does not.
type loginAuth struct {
	user, password string
	asked          int
}

func (a *loginAuth) Start(*smtp.ServerInfo) (string, []byte, error) {
	return "LOGIN", nil, nil
}

func (a *loginAuth) Next(_ []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	a.asked++
	switch a.asked {
	case 1:
		return []byte(a.user), nil
	case 2:
		return []byte(a.password), nil
	}
	return nil, errUnexpectedAuth
}

var errUnexpectedAuth = errors.New("unexpected question during login")
