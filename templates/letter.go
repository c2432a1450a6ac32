package templates

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"

	"insyn/internal/calendar"
)

// The outcomes of a decision on an access request, as models.Outcome has them.
const (
	outcomeGranted = "granted"
	outcomePartial = "partial"
	outcomeNothing = "nothing-found"
	outcomeNeutral = "neutral"
	outcomeRefused = "refused"
)

// The remedies, as models.Remedy has them.
const (
	remedyNone  = "none"
	remedyCourt = "forvaltningsratt"
	remedyIMY   = "imy-and-court"
)

// LetterDoc is what a decision letter on an access request is made of. One letter, one controller, one decision.
type LetterDoc struct {
	Controller Controller
	Number     string        // of the case, INS-2027-00042-SN
	Diary      string        // the controller's own diary number; empty until it is known
	Date       calendar.Date // of the decision
	ToName     string
	For        string        // the person it is about, where it is addressed to who acts for them; else empty
	ToAddress  string        // lines parted by line breaks or commas; empty when the letter goes through the portal
	Protected  bool          // the person has protected personal data: no address, and none is asked for
	Outcome    string        // granted, partial, nothing-found, neutral or refused
	Received   calendar.Date // of the request

	Released    int           // pieces of material that are released
	Searched    int           // systems
	NotSearched []NotSearched // systems that were not searched
	Withheld    []Withheld
	Reasons     string // free text; demanded for refused when nothing is in Withheld

	Post       bool          // the person gets the data on paper, else in the portal
	Desk       bool          // on paper, and fetches it at the servicecenter
	FetchUntil calendar.Date // last day to fetch them in the portal; zero: not said

	DecidedBy        string        // empty when Masked
	Title            string        // of who decided
	Masked           bool          // the names of officials are left out (33 § fjärde stycket förvaltningslagen); never why
	DelegationNumber string        // “4.3” in the list of delegations; empty when the body itself decided
	MeetingOn        calendar.Date // of the body itself
	MeetingParagraph string        // “18”

	ReviewOffered bool   // the DPO was offered the extract; never said by sensitive controllers
	Remedy        string // none, forvaltningsratt or imy-and-court
	// AppealUntil is the last day an appeal may come in, counted from the day the decision was served; zero while that is not
	// known, and the letter then says how the day is counted.
	AppealUntil calendar.Date

	Extended    bool // by two further months, and the person was told (art 12.3)
	Late        bool // after the due date
	LateRefusal bool // a refusal, whole or partial, later than one month from receipt: art 12.4 knows no extension

	Parts OwnParts // the municipality's own
}

// NotSearched is a system that was not searched, and why.
type NotSearched struct{ System, Why string }

// Withheld is a piece of material that is not released.
type Withheld struct {
	Title       string // what it is, without revealing what it says
	Explanation string // why, in plain words
	Ground      string // a code that has the texts ground.<code>.name, .law and .help
}

// Letter is the decision letter as an HTML document that needs nothing from outside. Equal input gives equal bytes.
//
// The neutral letter says the same whatever was found: of what was searched, withheld, released, reviewed and reasoned
// nothing is read. It is an error to let a sensitive controller say that nothing was found, or that everything is secret,
// in any other words (domain P3); to refuse without reasons; and to name a remedy that the controller's kind does not have.
func (s *Set) Letter(lang string, d LetterDoc) ([]byte, error) {
	page, err := s.letterPage(d)
	if err != nil {
		return nil, err
	}
	return s.document(lang, decisionLetter, page)
}

// LetterPDF writes the same letter as a PDF: what is sealed and sent. A character that the fonts lack is a *pdf.MissingError.
func (s *Set) LetterPDF(dst io.Writer, lang string, d LetterDoc) (Made, error) {
	page, err := s.letterPage(d)
	if err != nil {
		return Made{}, err
	}
	return s.pdf(dst, lang, decisionLetter, page, page.sheet())
}

const decisionLetter = "letters/decision"

func (s *Set) letterPage(d LetterDoc) (letterPage, error) {
	if err := d.check(); err != nil {
		return letterPage{}, fmt.Errorf("letter %s: %w", d.Number, err)
	}
	return letterPage{d.normal(), s.look, s.style}, s.grounds(d.Number, d.Withheld)
}

// grounds tells whether every ground has its words.
func (s *Set) grounds(number string, all []Withheld) error {
	for _, w := range all {
		if !s.texts.Has("ground." + w.Ground + ".law") {
			return fmt.Errorf("letter %s: no ground %q", number, w.Ground)
		}
	}
	return nil
}

type letterPage struct {
	LetterDoc
	Look  Look
	Style template.CSS
}

// Heading is the title of the document.
func (letterPage) Heading() string { return "letter.title" }

func (d LetterDoc) check() error {
	c := d.Controller
	switch {
	case !d.whole():
		return errors.New("number, date, receipt, controller, addressee and decision maker are needed")
	case !d.masksRightly():
		return errors.New("an authority may leave names out, and then names nobody")
	case c.Sensitive && (d.Outcome == outcomeNothing || d.Outcome == outcomeRefused && len(d.Withheld) > 0):
		return errors.New("a sensitive controller answers neutrally")
	}
	if err := d.checkRemedy(); err != nil {
		return err
	}
	switch d.Outcome {
	case outcomeGranted, outcomeNothing:
		if d.Remedy != remedyNone || len(d.Withheld) > 0 || (d.Outcome == outcomeGranted) != (d.Released > 0) {
			return errors.New("a granted request releases something and has no remedy; what is not found is neither released nor withheld")
		}
	case outcomePartial:
		if d.Remedy == remedyNone || len(d.Withheld) == 0 || d.Released == 0 {
			return errors.New("a partial refusal needs what is released, what is withheld and a remedy")
		}
	case outcomeRefused:
		if d.Remedy == remedyNone || d.Released > 0 || len(d.Withheld) == 0 && strings.TrimSpace(d.Reasons) == "" {
			return errors.New("a refusal releases nothing and needs reasons and a remedy")
		}
	case outcomeNeutral:
		if d.Remedy == remedyNone || !c.Sensitive {
			return errors.New("the neutral answer is a sensitive controller's, and needs a remedy")
		}
	default:
		return fmt.Errorf("no outcome %q", d.Outcome)
	}
	return nil
}

// whole tells whether what every letter needs is there.
func (d LetterDoc) whole() bool {
	return d.Number != "" && !d.Date.IsZero() && !d.Received.IsZero() && d.Controller.Name != "" && d.ToName != "" && (d.DecidedBy != "" || d.Masked)
}

// masksRightly tells whether names are left out by somebody who may (no company applies förvaltningslagen), and wholly.
func (d LetterDoc) masksRightly() bool {
	return !d.Masked || d.Controller.Authority() && d.DecidedBy == ""
}

// sheet is what the letter's PDF is told beside its text.
func (d LetterDoc) sheet() sheet {
	return sheet{controller: d.Controller, number: d.Number, made: d.Date, parts: d.Parts}
}

// checkRemedy tells whether the controller's kind has the remedy.
func (d LetterDoc) checkRemedy() error {
	switch c := d.Controller; {
	case d.Remedy == remedyCourt && (!c.Authority() || c.Court == ""):
		return errors.New("only an authority with a court can be appealed against")
	case d.Remedy == remedyIMY && c.Authority():
		return errors.New("the decisions of an authority are appealed")
	default:
		return nil
	}
}

// normal leaves out what a letter must not depend on.
func (d LetterDoc) normal() LetterDoc {
	if d.Controller.Sensitive {
		d.ReviewOffered = false
	}
	if d.Outcome == outcomeNeutral {
		d.Searched, d.NotSearched, d.Withheld, d.Released = 0, nil, nil, 0
		d.Reasons, d.ReviewOffered, d.LateRefusal = "", false, false
	}
	return d
}

// To is the address line by line; a protected person has none.
func (d LetterDoc) To() []string {
	if d.Protected {
		return nil
	}
	return lines(d.ToAddress)
}

// Ref is the number to name in an appeal: the controller's own diary number when it is known.
func (d LetterDoc) Ref() string {
	if d.Diary != "" {
		return d.Diary
	}
	return d.Number
}

// Secrecy reports whether anything is withheld as secret, so that the letter says what follows for an extract.
func (d LetterDoc) Secrecy() bool {
	for _, w := range d.Withheld {
		if strings.HasPrefix(w.Ground, "osl-") {
			return true
		}
	}
	return false
}
