package workflows

import (
	"context"
	"slices"

	"insyn/internal/calendar"
	"insyn/internal/lix"
	"insyn/models"
	"insyn/templates"
)

// OwnVersion is a version of an own part as pages show it.
type OwnVersion struct {
	models.OwnPart
	By      string // name of who wrote it
	Current bool   // it is what letters say today
	Coming  bool   // it has not begun
	LIX     int    // of the Swedish text
}

// OwnLIX tells how hard a text is to read, as it would be saved.
func OwnLIX(text string) int { return lix.Of(tidyOwnText(text)) }

// Silent tells whether the version says nothing: the place is left out of the letter, or falls back to the municipality's text.
func (v OwnVersion) Silent() bool { return v.Swedish == "" }

// OwnDocument is a kind of document with its parts in their order.
type OwnDocument struct {
	Name  string
	Parts []OwnDocumentPart
}

// OwnDocumentPart is a required part, or a slot with what is said in it today.
type OwnDocumentPart struct {
	templates.DocumentPart
	Now   OwnVersion // the municipality's; without a version when it says nothing
	Apart []OwnApart // the controllers that say something of their own here
}

// OwnApart is a controller that says something of its own.
type OwnApart struct{ Prefix, Name string }

// OwnDocuments shows every kind of document that has slots, with what is said in them today. It is for the administrator, who
// changes it, and for the DSO.
func (s *Service) OwnDocuments(ctx context.Context, actor models.Actor) ([]OwnDocument, error) {
	if !seesOwnParts(actor) {
		return nil, ErrForbidden
	}
	var out []OwnDocument
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		rows, err := tx.OwnPartsEverywhereOn(calendar.DateOf(tx.Now))
		if err != nil {
			return err
		}
		versions, err := ownVersions(tx, rows)
		if err != nil {
			return err
		}
		controllers, err := tx.Controllers()
		if err != nil {
			return err
		}
		for _, d := range templates.DocumentParts() {
			doc := OwnDocument{Name: d.Name}
			for _, p := range d.Parts {
				doc.Parts = append(doc.Parts, ownDocumentPart(p, versions, controllers))
			}
			out = append(out, doc)
		}
		return nil
	})
	return out, err
}

func seesOwnParts(a models.Actor) bool {
	return a.HasRole(models.RoleAdmin) || a.HasRole(models.RoleDSO)
}

func ownDocumentPart(p templates.DocumentPart, now []OwnVersion, controllers []models.Controller) OwnDocumentPart {
	out := OwnDocumentPart{DocumentPart: p}
	for _, v := range now {
		if p.Slot == "" || v.Slot != string(p.Slot) {
			continue
		}
		if v.ControllerID.IsZero() {
			out.Now = v
		} else if i := slices.IndexFunc(controllers, func(c models.Controller) bool { return c.ID == v.ControllerID }); i >= 0 && !v.Silent() {
			out.Apart = append(out.Apart, OwnApart{controllers[i].Prefix, controllers[i].Name})
		}
	}
	return out
}

// ownVersions gives versions their authors' names, in one query.
func ownVersions(tx *models.Tx, rows []models.OwnPart) ([]OwnVersion, error) {
	var people []models.StaffID
	for _, r := range rows {
		people = append(people, r.StaffID)
	}
	names, err := tx.StaffNames(people)
	if err != nil {
		return nil, err
	}
	today := calendar.DateOf(tx.Now)
	out := make([]OwnVersion, len(rows))
	for i, r := range rows {
		out[i] = OwnVersion{OwnPart: r, By: names[r.StaffID], Coming: r.ActiveFrom.After(today), LIX: lix.Of(r.Swedish)}
	}
	return out, nil
}

// OwnSlot is one place, of the municipality or of one controller, with all its versions.
type OwnSlot struct {
	Slot         templates.Slot
	Controller   models.Controller   // zero: the municipality
	Controllers  []models.Controller // that could say something of their own
	Versions     []OwnVersion        // the newest first
	Now          OwnVersion          // what the place's own versions say today; without a version when there is none
	Municipality OwnVersion          // of a controller's place: what stands there when the controller says nothing
	Today        calendar.Date
}

// Latest is the number of the newest version, whether it has begun or not; 0 when there is none. A form carries it.
func (v OwnSlot) Latest() int64 {
	if len(v.Versions) == 0 {
		return 0
	}
	return v.Versions[0].Version
}

// Coming is the version that has not begun yet and will stand next, if there is one.
func (v OwnSlot) Coming() *OwnVersion {
	var next *OwnVersion
	for i := range v.Versions { // of versions that begin on the same day, the newest stands
		if c := &v.Versions[i]; c.Coming && (next == nil || c.ActiveFrom.Before(next.ActiveFrom)) {
			next = c
		}
	}
	return next
}

// Version finds a version by its number.
func (v OwnSlot) Version(number int64) (OwnVersion, bool) {
	for _, x := range v.Versions {
		if x.Version == number {
			return x, true
		}
	}
	return OwnVersion{}, false
}

// OwnSlot shows a place with its versions. prefix is a controller's; empty: the municipality's.
func (s *Service) OwnSlot(ctx context.Context, actor models.Actor, slot, prefix string) (OwnSlot, error) {
	if !seesOwnParts(actor) {
		return OwnSlot{}, ErrForbidden
	}
	var v OwnSlot
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		v, err = ownSlot(tx, slot, prefix)
		return err
	})
	return v, err
}

func ownSlot(tx *models.Tx, slot, prefix string) (OwnSlot, error) {
	v := OwnSlot{Slot: templates.Slot(slot), Today: calendar.DateOf(tx.Now)}
	if !slices.Contains(templates.Slots(), v.Slot) {
		return v, ErrNotFound
	}
	var err error
	if v.Controllers, err = tx.ControllersOn(v.Today); err != nil {
		return v, err
	}
	if prefix != "" {
		if v.Controller, err = tx.ControllerByPrefix(prefix); err != nil {
			return v, err
		}
	}
	if v.Versions, v.Now, err = ownHistory(tx, slot, v.Controller.ID); err != nil || prefix == "" || !v.Controller.Kind.Authority() {
		return v, err
	}
	_, v.Municipality, err = ownHistory(tx, slot, models.ControllerID{})
	return v, err
}

// ownHistory lists the versions of a place and marks the one that stands today.
func ownHistory(tx *models.Tx, slot string, c models.ControllerID) (all []OwnVersion, now OwnVersion, err error) {
	rows, err := tx.OwnPartVersions(slot, c)
	if err != nil {
		return nil, now, err
	}
	if all, err = ownVersions(tx, rows); err != nil {
		return nil, now, err
	}
	current := -1
	for i, v := range all { // the newest first
		if !v.Coming && (current < 0 || v.ActiveFrom.After(all[current].ActiveFrom)) {
			current = i
		}
	}
	if current >= 0 {
		all[current].Current = true
		now = all[current]
	}
	return all, now, nil
}
