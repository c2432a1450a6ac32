package workflows

import (
	"errors"
	"strings"
	"unicode"

	"insyn/models"
)

// Officials' names may be left out of the notification of a decision when they risk violence, threats or harassment (FL 33 §
// fourth paragraph). The record keeps them, and the desk shows them. From the decision on nothing that the person can open in
// the case names them: the letter, its metadata, the pages of the portal and what is written to the person.

// mask reads the choice to leave officials' names out.
func (w *work) mask(a *authority, in Decide) error {
	if !in.Mask {
		return nil
	}
	if !w.ctl.Kind.Authority() {
		return invalid("mask", "error.mask-company") // förvaltningslagen is for authorities
	}
	reason, err := text("mask-reason", in.MaskReason)
	if err != nil {
		var fault Invalid
		if errors.As(err, &fault) && fault.Fields[0].Key == "error.text-missing" {
			return invalid("mask-reason", "error.mask-reason-missing")
		}
		return err
	}
	a.masked, a.maskReason = true, reason
	return nil
}

// nameless refuses a letter that leaves the official's name out of the signature but has it in what the staff have written.
func (d draft) nameless(a authority) error {
	if !a.masked {
		return nil
	}
	for _, t := range d.texts() {
		if t.place != "name" && t.place != "address" && names(t.text, a.by.Name) {
			return invalid("letter", "error.mask-place")
		}
	}
	return nil
}

// maskedOfficial is who decided the case, where that name is left out of what the person gets; else nil. Every letter and message
// of a decided case asks.
func (w *work) maskedOfficial() (*models.Staff, error) {
	d, err := w.tx.Decision(w.c.ID)
	if errors.Is(err, ErrNotFound) || err == nil && !d.OfficialsMasked {
		return nil, nil //nolint:nilnil // nobody's name is left out
	}
	if err != nil {
		return nil, err
	}
	by, err := w.tx.StaffByID(d.DecidedBy)
	return &by, err
}

// officialUnnamed refuses a text to the person that names who decided the case, where that name is left out.
func (w *work) officialUnnamed(field, body string) error {
	by, err := w.maskedOfficial()
	if err == nil && by != nil && names(body, by.Name) {
		return invalid(field, "error.official-named")
	}
	return err
}

// names tells whether a text has a person's whole name, or the surname with its capital, as words of their own.
func names(text, name string) bool {
	parts := words(name)
	if len(parts) == 0 {
		return false
	}
	surname := parts[len(parts)-1]
	body := words(text)
	for i := range body {
		if body[i] == surname || body[i] == surname+"s" {
			return true
		}
		if i+len(parts) <= len(body) && strings.EqualFold(strings.Join(body[i:i+len(parts)], " "), strings.Join(parts, " ")) {
			return true
		}
	}
	return false
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' })
}
