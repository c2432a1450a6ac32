// Package mail composes and sends the service's e-mail, and catches it in the
// demo and in tests.
//
// Composing is left to jordan-wright/email. The SMTP conversation is our own
// over net/smtp, because a mail is sent by a job that may be killed and must
// never hang: every step has a deadline, the whole has the caller's, and the
// outcome is one of two kinds, temporary or permanent. Errors carry a step and
// a reply code only. They never carry an address or what the server wrote,
// since servers like to repeat the recipient's address in their answers.
//
// A message carries no content of a case: that is the caller's duty, this
// package only sees text.
package mail

import (
	"errors"
	"fmt"
	stdmail "net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jordan-wright/email"
	"golang.org/x/net/idna"
)

// Message is one mail to one person.
type Message struct {
	// ID is the local part of the Message-ID and names the promise behind the
	// mail (the id of its job). It is the same at every attempt, so that a
	// receiver can tell a repeat from a new mail. Letters, digits, dot, hyphen
	// and underscore only.
	ID string
	// From may carry a display name, `Exempelkommun <insyn@kommun.example>`.
	From string
	// To is one address, with or without a display name.
	To string
	// Subject is one line of plain text in any language.
	Subject string
	// Text is the plain body. At least one of Text and HTML is needed; Text
	// should always be there.
	Text string
	// HTML is the same content as a page; may be empty.
	HTML string
	// Date is when the mail was promised, in the zone it is to be shown in.
	Date time.Time
}

// maxHeader bounds what a sender, recipient or subject may measure in bytes;
// anything longer is a mistake, and long headers are a way to trouble servers.
const maxHeader = 500

var (
	idPattern    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)
	localPattern = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")
)

// composed is a message ready for the wire.
type composed struct {
	from, to string // bare envelope addresses, ASCII
	raw      []byte
}

// compose validates the message and turns it into bytes. What it refuses can
// never be sent, so its errors are permanent; they name the field and never
// its value.
func compose(m Message) (composed, error) {
	from, err := parseAddress("from", m.From)
	if err != nil {
		return composed{}, err
	}
	to, err := parseAddress("to", m.To)
	if err != nil {
		return composed{}, err
	}
	if err := checkFields(m); err != nil {
		return composed{}, err
	}
	domain := from.Address[strings.LastIndexByte(from.Address, '@')+1:]
	e := &email.Email{
		From:    from.String(),
		To:      []string{to.String()},
		Subject: m.Subject,
		Text:    []byte(m.Text),
		HTML:    []byte(m.HTML),
		Headers: textproto.MIMEHeader{
			"Message-Id": {"<" + m.ID + "@" + domain + ">"},
			"Date":       {m.Date.Format(time.RFC1123Z)},
			// RFC 3834: keeps absence notes and ticket robots from answering.
			"Auto-Submitted": {"auto-generated"},
			// The same wish in the words Exchange understands.
			"X-Auto-Response-Suppress": {"All"},
		},
	}
	raw, err := e.Bytes()
	if err != nil {
		return composed{}, invalid("body")
	}
	return composed{from: from.Address, to: to.Address, raw: raw}, nil
}

func checkFields(m Message) error {
	switch {
	case !idPattern.MatchString(m.ID):
		return invalid("id")
	case m.Date.IsZero():
		return invalid("date")
	case strings.TrimSpace(m.Subject) == "" || !cleanLine(m.Subject):
		return invalid("subject")
	case m.Text == "" && m.HTML == "":
		return invalid("body")
	case !utf8.ValidString(m.Text) || !utf8.ValidString(m.HTML):
		return invalid("body")
	}
	return nil
}

// ValidAddress tells whether a person's address can be written to: one
// mailbox, a plain local part, a domain that has an ASCII form. It says
// nothing about whether anyone reads it.
func ValidAddress(address string) bool {
	_, err := parseAddress("to", address)
	return err == nil
}

// parseAddress reads one mailbox. Quoted local parts (`"a b"@…`) and
// non-ASCII ones are refused: they are legal, hardly exist, and are where
// injection tricks live.
func parseAddress(field, s string) (*stdmail.Address, error) {
	if !cleanLine(s) {
		return nil, invalid(field)
	}
	a, err := stdmail.ParseAddress(s)
	if err != nil || !cleanLine(a.Name) {
		return nil, invalid(field)
	}
	at := strings.LastIndexByte(a.Address, '@')
	if at < 1 || at > 64 || !localPattern.MatchString(a.Address[:at]) {
		return nil, invalid(field)
	}
	domain, err := idna.Lookup.ToASCII(a.Address[at+1:])
	if err != nil || domain == "" {
		return nil, invalid(field)
	}
	a.Address = a.Address[:at+1] + domain
	if len(a.Address) > 254 {
		return nil, invalid(field)
	}
	return a, nil
}

// cleanLine refuses everything that could end a header or hide in one.
func cleanLine(s string) bool {
	if len(s) > maxHeader || !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	})
}

func invalid(field string) error {
	return &Error{Stage: StageCompose, cause: fmt.Errorf("%w: %s", ErrInvalid, field)}
}

// ErrInvalid says that a message has a field that cannot be sent.
var ErrInvalid = errors.New("mail: invalid message")
