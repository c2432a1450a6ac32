package templates

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"
)

const outcomeSupplemented = "supplemented"

// ChangeDoc is what a decision letter on a request to change data is made of: rectification (art 16) or erasure (art 17).
// It is given out when what was decided has been carried out.
type ChangeDoc struct {
	LetterDoc
	Right   string   // rectification or erasure
	Changes []Change // what is corrected, added or erased
	Kept    []Withheld
}

// Change is what is done with data in one system.
type Change struct{ System, What string }

// ChangeLetter is the decision letter as an HTML document that needs nothing from outside. Equal input gives equal bytes.
// The neutral letter says the same whatever was found.
func (s *Set) ChangeLetter(lang string, d ChangeDoc) ([]byte, error) {
	page, err := s.changePage(d)
	if err != nil {
		return nil, err
	}
	return s.document(lang, changeLetter, page)
}

// ChangeLetterPDF writes the same letter as a PDF: what is sealed and sent. A character that the fonts lack is a
// *pdf.MissingError.
func (s *Set) ChangeLetterPDF(dst io.Writer, lang string, d ChangeDoc) (Made, error) {
	page, err := s.changePage(d)
	if err != nil {
		return Made{}, err
	}
	return s.pdf(dst, lang, changeLetter, page, page.sheet())
}

const changeLetter = "letters/change"

func (s *Set) changePage(d ChangeDoc) (changePage, error) {
	if err := d.check(); err != nil {
		return changePage{}, fmt.Errorf("letter %s: %w", d.Number, err)
	}
	return changePage{d.normal(), s.look, s.style}, s.grounds(d.Number, d.Kept)
}

type changePage struct {
	ChangeDoc
	Look  Look
	Style template.CSS
}

func (d ChangeDoc) check() error {
	c := d.Controller
	if d.Right == "" {
		return errors.New("the right is needed")
	}
	if !d.whole() {
		return errors.New("number, date, receipt, controller, addressee and decision maker are needed")
	}
	if !d.masksRightly() {
		return errors.New("an authority may leave names out, and then names nobody")
	}
	if err := d.checkRemedy(); err != nil {
		return err
	}
	changed, kept, against := len(d.Changes) > 0, len(d.Kept) > 0, d.Remedy != remedyNone
	switch {
	case d.Outcome == outcomeGranted && changed && !kept && !against:
	case d.Outcome == outcomeSupplemented && changed && !kept && against && strings.TrimSpace(d.Reasons) != "":
	case d.Outcome == outcomePartial && changed && kept && against:
	case d.Outcome == outcomeRefused && !changed && (kept || strings.TrimSpace(d.Reasons) != "") && against:
	case d.Outcome == outcomeNothing && !c.Sensitive && !changed && !kept && !against:
	case d.Outcome == outcomeNeutral && c.Sensitive && !changed && against:
	default:
		return fmt.Errorf("the outcome %q does not fit what is changed, kept and said, or the remedy", d.Outcome)
	}
	return nil
}

// normal leaves out what a letter must not depend on.
func (d ChangeDoc) normal() ChangeDoc {
	d.LetterDoc = d.LetterDoc.normal()
	if d.Outcome == outcomeNeutral {
		d.Kept = nil
	}
	return d
}

// Heading is the key of the document's title.
func (d ChangeDoc) Heading() string { return d.Key("title") }

// Key is the key of a text of the right's own.
func (d ChangeDoc) Key(end string) string { return "letter." + d.Right + "." + end }

// Secrecy reports whether anything is kept as secret.
func (d ChangeDoc) Secrecy() bool { return LetterDoc{Withheld: d.Kept}.Secrecy() }
