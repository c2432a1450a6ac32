package templates

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
	"insyn/internal/pdf"
)

// NoticeHead is what every letter that is no decision begins with. One letter, one sender.
type NoticeHead struct {
	Controller Controller    // the sender; see Set.Servicecenter for the letters about a request as a whole
	Number     string        // of the case, INS-2027-00042-SN, or of the request
	Diary      string        // the controller's own diary number; empty until it is known
	Date       calendar.Date // of the letter
	ToName     string
	For        string // the person it is about, where it is addressed to who acts for them; else empty
	ToAddress  string // lines parted by line breaks or commas
	Protected  bool   // the person has protected personal data: no address, and none is asked for
	Right      string // access, rectification or erasure
	Received   calendar.Date
	Parts      OwnParts // the municipality's own
}

// To is the address line by line; a protected person has none.
func (h NoticeHead) To() []string {
	if h.Protected {
		return nil
	}
	return lines(h.ToAddress)
}

// Ref is the number to name in an answer: the controller's own diary number when it is known.
func (h NoticeHead) Ref() string {
	if h.Diary != "" {
		return h.Diary
	}
	return h.Number
}

// Asked is the key of the sentence that says what the person asked for.
func (h NoticeHead) Asked() string {
	if h.Right == "access" {
		return "letter.asked"
	}
	return "letter." + h.Right + ".asked"
}

// Own is what the municipality says in its own words in a slot of the letter.
func (h NoticeHead) Own(slot string) []OwnBlock { return h.Parts.On(slot) }

func (h NoticeHead) head() NoticeHead { return h }

// ownDocument is the kind of document that a letter's slots are listed under.
func ownDocument(kind string) string {
	switch kind {
	case "completion":
		return "complete"
	case "receipt":
		return kind
	default:
		return "notice"
	}
}

func (h NoticeHead) check() error {
	if h.Number == "" || h.Date.IsZero() || h.Controller.Name == "" || h.ToName == "" || h.Right == "" || h.Received.IsZero() {
		return errors.New("number, date, sender, addressee, right and receipt are needed")
	}
	return nil
}

// Notice is a letter that is no decision.
type Notice interface {
	Heading() string // key of its title
	kind() string    // of its template
	head() NoticeHead
	check() error
}

// Notice is a letter that is no decision as an HTML document that needs nothing from outside: for a screen. Equal input gives
// equal bytes.
func (s *Set) Notice(lang string, n Notice) ([]byte, error) {
	if err := checkNotice(n); err != nil {
		return nil, err
	}
	return s.document(lang, "letters/"+n.kind(), noticePage(n, s.look, s.style))
}

// NoticePDF writes the same letter as a PDF: what is sealed and sent. A character that the fonts lack is spelled out: what was
// typed in Insyn is asked for it at its field, and a name from elsewhere must not hold a letter up.
func (s *Set) NoticePDF(dst io.Writer, lang string, n Notice) (Made, error) {
	if err := checkNotice(n); err != nil {
		return Made{}, err
	}
	h := n.head()
	return s.pdf(dst, lang, "letters/"+n.kind(), noticePage(n, s.look, s.style),
		sheet{controller: h.Controller, number: h.Number, made: h.Date, missing: pdf.Spell, parts: h.Parts.In(ownDocument(n.kind()))})
}

func checkNotice(n Notice) error {
	if err := n.check(); err != nil {
		return fmt.Errorf("%s %s: %w", n.kind(), n.head().Number, err)
	}
	return nil
}

// noticePage puts the letter on a page: the fields of the letter itself are read through the dot.
func noticePage(n Notice, look Look, style template.CSS) any {
	type page struct {
		Look  Look
		Style template.CSS
	}
	p := page{look, style}
	switch d := n.(type) {
	case ExtensionDoc:
		return struct {
			ExtensionDoc
			page
		}{d, p}
	case CompletionDoc:
		return struct {
			CompletionDoc
			page
		}{d, p}
	case ReceiptDoc:
		return struct {
			ReceiptDoc
			page
		}{d, p}
	case ForwardingDoc:
		return struct {
			ForwardingDoc
			page
		}{d, p}
	case ServiceDoc:
		return struct {
			ServiceDoc
			page
		}{d, p}
	default:
		return n
	}
}

// Servicecenter is the sender of the letters about a request as a whole. The municipality answers for them; each controller
// answers for its own case.
func (s *Set) Servicecenter(lang string) Controller {
	return Controller{Name: s.T(lang, "notice.servicecenter", nil), Kind: "namnd",
		Address: s.look.postalAddress(), Phone: s.look.Phone}
}

// ExtensionDoc is what the notice of an extension is made of (art 12.3).
type ExtensionDoc struct {
	NoticeHead
	Before, Until calendar.Date   // the last day for the answer, as it was and as it is
	Steps         []deadline.Step // how Until came about
	Ground        string          // complexity or number
	Reason        string          // free text. A sensitive controller's letter does not say it

	DecidedBy        string // empty when Masked
	Title            string
	Masked           bool   // the names of officials are left out (33 § fjärde stycket förvaltningslagen); never why
	DelegationNumber string // “4.5”
	// MeetingOn and MeetingParagraph are never set: an extension is decided under a delegation. The part that signs asks.
	MeetingOn        calendar.Date
	MeetingParagraph string
}

// Heading is the key of the title.
func (ExtensionDoc) Heading() string { return "notice.extension.title" }
func (ExtensionDoc) kind() string    { return "extension" }

// Why is the key of the reason in words of our own. Where there being anything at all may be secret they say what holds for
// everybody who asks there.
func (d ExtensionDoc) Why() string {
	if d.Controller.Sensitive {
		return "notice.extension." + d.Ground + "-neutral"
	}
	return "notice.extension." + d.Ground
}

// Told is the free text that the letter says.
func (d ExtensionDoc) Told() string {
	if d.Controller.Sensitive {
		return ""
	}
	return d.Reason
}

func (d ExtensionDoc) check() error {
	switch {
	case d.Ground != "complexity" && d.Ground != "number", d.Reason == "":
		return errors.New("an extension needs its reasons")
	case !d.Until.After(d.Before):
		return errors.New("the new last day is not later")
	case d.Masked == (d.DecidedBy != ""), d.Masked && !d.Controller.Authority():
		return errors.New("who decided is needed, or an authority leaves the name out")
	}
	return d.NoticeHead.check()
}

// CompletionDoc is what a request to complete is made of (FL 20 §).
type CompletionDoc struct {
	NoticeHead
	Reason   string // identity, specification or request
	Question string
	AnswerBy calendar.Date
	Portal   bool // the person has the e-service
}

// Heading is the key of the title.
func (CompletionDoc) Heading() string { return "notice.completion.title" }
func (CompletionDoc) kind() string    { return "completion" }

// Why is the key of why we ask.
func (d CompletionDoc) Why() string { return "notice.completion.why." + d.Reason }

func (d CompletionDoc) check() error {
	switch {
	case d.Reason != "identity" && d.Reason != "specification" && d.Reason != "request":
		return fmt.Errorf("no reason %q", d.Reason)
	case strings.TrimSpace(d.Question) == "" || !d.AnswerBy.After(d.Date):
		return errors.New("what is needed and until when must be said")
	}
	return d.NoticeHead.check()
}

// ReceiptDoc is what the receipt of a request is made of.
type ReceiptDoc struct {
	NoticeHead
	Due         calendar.Date
	Steps       []deadline.Step
	Addressees  []string // names, in order
	Answer      string   // portal, post or desk
	Unchecked   bool     // the identity of whoever asks is still to be checked
	MandateOpen bool     // the right to act for somebody else is still to be checked
}

// Heading is the key of the title.
func (ReceiptDoc) Heading() string { return "notice.receipt.title" }
func (ReceiptDoc) kind() string    { return "receipt" }

func (d ReceiptDoc) check() error {
	switch {
	case len(d.Addressees) == 0 || d.Due.IsZero() || len(d.Steps) == 0:
		return errors.New("who answers, when and why then must be said")
	case d.Answer != "portal" && d.Answer != "post" && d.Answer != "desk":
		return fmt.Errorf("no way to answer %q", d.Answer)
	}
	return d.NoticeHead.check()
}

// ForwardingDoc is what the word of something that was sent on is made of (FL 6–8 §§).
type ForwardingDoc struct {
	NoticeHead
	Kind        string // documents, insight, journal or other
	What        string // in the words of what the person sent
	SentTo      string
	SentAddress string
	SentOn      calendar.Date
}

// Heading is the key of the title.
func (ForwardingDoc) Heading() string { return "notice.forwarding.title" }
func (ForwardingDoc) kind() string    { return "forwarding" }

// Receiver is the address line by line of whom it was sent to.
func (d ForwardingDoc) Receiver() []string { return lines(d.SentAddress) }

// Means is the key of what the kind means; a company's letter names no law that is none of its own.
func (d ForwardingDoc) Means() string {
	if d.Kind == "other" && !d.Controller.Authority() {
		return "notice.forwarding.other-company"
	}
	return "notice.forwarding." + d.Kind
}

func (d ForwardingDoc) check() error {
	switch {
	case d.Kind != "documents" && d.Kind != "insight" && d.Kind != "journal" && d.Kind != "other":
		return fmt.Errorf("no kind %q", d.Kind)
	case d.What == "" || d.SentTo == "" || d.SentAddress == "" || d.SentOn.IsZero():
		return errors.New("what was sent, to whom and when must be said")
	}
	return d.NoticeHead.check()
}

// ServiceDoc is what the notice of service is made of: when the person counts as having got the decision, and the last day to
// appeal.
type ServiceDoc struct {
	NoticeHead
	DecidedOn calendar.Date
	Method    string          // post, simplified or handed-over
	On        calendar.Date   // the day it reached the person; by simplified service the day it was sent
	Served    calendar.Date   // the day that counts for this way
	Earlier   calendar.Date   // it had been served before, on that day, which counts; zero: not
	Until     calendar.Date   // last day to appeal; zero: cannot be appealed
	Steps     []deadline.Step // how Until came about
}

// Heading is the key of the title.
func (ServiceDoc) Heading() string { return "notice.service.title" }
func (ServiceDoc) kind() string    { return "service" }

func (d ServiceDoc) check() error {
	switch {
	case d.Method != "post" && d.Method != "simplified" && d.Method != "handed-over":
		return fmt.Errorf("no method %q", d.Method)
	case d.DecidedOn.IsZero() || d.On.IsZero() || d.Served.Before(d.On):
		return errors.New("the decision, the way and the day are needed")
	case !d.Until.IsZero() && !d.Controller.Authority():
		return errors.New("only an authority's decision can be appealed")
	}
	return d.NoticeHead.check()
}
