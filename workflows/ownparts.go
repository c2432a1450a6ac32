package workflows

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/templates"
)

// ownParts are the municipality's own parts of a kind of document that a controller sends today, in one query. They depend on
// the controller, the language and the day, and on nothing that was found or decided: the same text stands in every letter of the
// kind (domain P3). Where a controller says something of its own in a place, that stands instead of what the municipality says.
// A company or foundation is somebody else than the municipality (domain P12) and says only what is its own.
func ownParts(tx *models.Tx, ctl models.Controller, lang, document string, day calendar.Date) (templates.OwnParts, error) {
	rows, err := tx.OwnPartsOn(ctl.ID, day)
	if err != nil {
		return templates.OwnParts{}, err
	}
	return resolveParts(rows, ctl, lang).In(document), nil
}

// noticeParts are the own parts of letters that are no decisions; each letter takes those it has places for. The municipality's
// alone are had for a controller without an id.
func noticeParts(tx *models.Tx, ctl models.Controller, lang string, day calendar.Date) (templates.OwnParts, error) {
	rows, err := tx.OwnPartsOn(ctl.ID, day)
	return resolveParts(rows, ctl, lang), err
}

// resolveParts takes of every place the controller's own text, or else the municipality's.
func resolveParts(rows []models.OwnPart, ctl models.Controller, lang string) templates.OwnParts {
	out := templates.OwnParts{Texts: map[templates.Slot]templates.OwnPart{}}
	for _, own := range []bool{false, true} {
		for _, p := range rows {
			if p.ControllerID.IsZero() == own || !own && !ctl.Kind.Authority() || p.Text(lang) == "" {
				continue
			}
			out.Texts[templates.Slot(p.Slot)] = templates.OwnPart{Version: p.Version, Text: p.Text(lang)}
		}
	}
	return out
}

const eventOwnPart = "own-part-changed"

// NewOwnPart is what an administrator has written for a place.
type NewOwnPart struct {
	Slot    string
	Prefix  string // of the controller that says it; empty: the municipality
	Swedish string
	English string
	From    calendar.Date // zero: today
	Base    int64         // the newest version when the form was drawn; 0: there was none
	Warned  string        // the digest of what the administrator has been warned of, see OwnWarned
}

// OwnWarned is answered instead of saving a text for the first time when something in it probably is a slip. A form that carries
// Digest is saved as it is.
type OwnWarned struct {
	Warnings []OwnWarning
	Digest   string
}

// Error counts the warnings.
func (w OwnWarned) Error() string { return fmt.Sprintf("%d warnings", len(w.Warnings)) }

// SaveOwnPart adds a version of what is said in a place. Letters made from its first day have it; those that are made already do
// not change. ErrConflict: somebody else has changed the place since the form was drawn. Faults stand at swedish, english, from.
func (s *Service) SaveOwnPart(ctx context.Context, actor models.Actor, in NewOwnPart) (version int64, err error) {
	err = s.administer(ctx, actor, func(tx *models.Tx) error {
		if err := tx.LockAdministration(); err != nil {
			return err
		}
		v, err := ownSlot(tx, in.Slot, in.Prefix)
		if err != nil {
			return err
		}
		if err := in.check(v); err != nil {
			return err
		}
		if v.Latest() != in.Base {
			return ErrConflict
		}
		version, err = addOwnPart(tx, v, in)
		return err
	})
	return version, err
}

// RestoreOwnPart says again what an earlier version said, as a new version from today. base is as in NewOwnPart.
func (s *Service) RestoreOwnPart(ctx context.Context, actor models.Actor, slot, prefix string, earlier, base int64) (version int64, err error) {
	err = s.administer(ctx, actor, func(tx *models.Tx) error {
		if err := tx.LockAdministration(); err != nil {
			return err
		}
		v, err := ownSlot(tx, slot, prefix)
		if err != nil {
			return err
		}
		old, ok := v.Version(earlier)
		if !ok {
			return ErrNotFound
		}
		if v.Latest() != base {
			return ErrConflict
		}
		in := NewOwnPart{Slot: slot, Prefix: prefix, Swedish: old.Swedish, English: old.English, From: v.Today, Base: base}
		in.Warned = in.digest() // it has been said before
		if err := in.check(v); err != nil {
			var wrong Invalid
			if errors.As(err, &wrong) {
				return Refusal{Key: wrong.Fields[0].Key, Args: wrong.Fields[0].Args}
			}
			return err
		}
		version, err = addOwnPart(tx, v, in)
		return err
	})
	return version, err
}

func addOwnPart(tx *models.Tx, v OwnSlot, in NewOwnPart) (int64, error) {
	p := models.OwnPart{Slot: in.Slot, ControllerID: v.Controller.ID, Swedish: in.Swedish, English: in.English, ActiveFrom: in.From, StaffID: tx.Actor.Staff}
	if err := tx.InsertOwnPart(&p); err != nil {
		return 0, err
	}
	return p.Version, organisationEvent(tx, eventOwnPart, organisationData{Controller: p.ControllerID, Slot: p.Slot, Version: p.Version, From: p.ActiveFrom.String(), SHA256: in.digest()})
}

// check tidies what was written and finds what is wrong with it; then what probably is.
func (in *NewOwnPart) check(v OwnSlot) error {
	in.Swedish, in.English = tidyOwnText(in.Swedish), tidyOwnText(in.English)
	if in.From.IsZero() {
		in.From = v.Today
	}
	wrong, warn := in.examine(v.Slot)
	if in.From.Before(v.Today) {
		wrong = append(wrong, FieldError{Field: fieldFrom, Key: "error.own.from-past"})
	}
	if limit := v.Today.AddDays(366); in.From.After(limit) {
		wrong = append(wrong, FieldError{Field: fieldFrom, Key: "error.own.from-far"})
	}
	if len(wrong) == 0 && in.saysNothingNew(v) {
		wrong = append(wrong, FieldError{Field: fieldSwedish, Key: "error.own.same"})
	}
	switch {
	case len(wrong) > 0:
		return Invalid{wrong}
	case len(warn) > 0 && in.Warned != in.digest():
		return OwnWarned{warn, in.digest()}
	default:
		return nil
	}
}

// saysNothingNew tells whether the texts would be the same on every day to come.
func (in *NewOwnPart) saysNothingNew(v OwnSlot) bool {
	last := OwnVersion{}
	for i := len(v.Versions) - 1; i >= 0; i-- { // what stands on the day it would begin; the oldest first
		if x := v.Versions[i]; !x.ActiveFrom.After(in.From) && !x.ActiveFrom.Before(last.ActiveFrom) {
			last = x
		}
	}
	return last.Swedish == in.Swedish && last.English == in.English
}

// examine checks both texts. Both languages are needed: who has chosen English is to be told the same.
func (in *NewOwnPart) examine(slot templates.Slot) (wrong []FieldError, warn []OwnWarning) {
	for _, f := range []struct{ field, text, other string }{{fieldSwedish, in.Swedish, in.English}, {fieldEnglish, in.English, in.Swedish}} {
		if f.text == "" && f.other != "" {
			wrong = append(wrong, FieldError{Field: f.field, Key: "error.own." + f.field + "-missing"})
		}
		w, n := checkOwnText(slot, f.field, f.text)
		wrong, warn = append(wrong, w...), append(warn, n...)
	}
	return wrong, warn
}

// digest is the SHA-256 of the texts. The event carries it, so that the chain tells if a version were altered.
func (in *NewOwnPart) digest() string {
	sum := sha256.Sum256([]byte(in.Swedish + "\x00" + in.English))
	return hex.EncodeToString(sum[:])
}
