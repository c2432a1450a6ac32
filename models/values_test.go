package models_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/internal/crypto"
	"insyn/models"
)

// TestSealedTextStaysInItsPlace: ciphertext opens at its own table, column and row, under its own key, and nowhere else.
func TestSealedTextStaysInItsPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store, sealer := w.store(t)
	key, other, row := id(), id(), id()
	for _, k := range []uuid.UUID{key, other} {
		if err := sealer.CreateKey(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
	const secret = "Det som står här är hemligt – åäö"
	inTx(t, store, models.SystemActor(), func(tx *models.Tx) error {
		sealed, err := tx.Seal(key, "notes", "body", row, secret)
		if err != nil {
			return err
		}
		if strings.Contains(string(sealed), "hemligt") {
			t.Error("the text stands in the ciphertext")
		}
		if text, err := tx.Open(key, "notes", "body", row, sealed); err != nil || text != secret {
			t.Errorf("opened %q, %v", text, err)
		}
		broken := slices.Clone(sealed)
		broken[len(broken)-1] ^= 1
		for name, open := range map[string]func() (string, error){
			"another row":    func() (string, error) { return tx.Open(key, "notes", "body", id(), sealed) },
			"another column": func() (string, error) { return tx.Open(key, "notes", "title", row, sealed) },
			"another table":  func() (string, error) { return tx.Open(key, "messages", "body", row, sealed) },
			"another key":    func() (string, error) { return tx.Open(other, "notes", "body", row, sealed) },
			"shifted names":  func() (string, error) { return tx.Open(key, "notesb", "ody", row, sealed) },
			"altered":        func() (string, error) { return tx.Open(key, "notes", "body", row, broken) },
			"plain text":     func() (string, error) { return tx.Open(key, "notes", "body", row, models.Sealed(secret)) },
		} {
			text, err := open()
			if !errors.Is(err, crypto.ErrTampered) || text != "" {
				t.Errorf("%s: %q, %v", name, text, err)
			}
			if err != nil && strings.Contains(err.Error(), "hemligt") {
				t.Errorf("%s: the error repeats the text", name)
			}
		}
		if _, err := tx.Open(id(), "notes", "body", row, sealed); !errors.Is(err, crypto.ErrKeyMissing) {
			t.Errorf("no key: %v", err)
		}
		if s, err := tx.Seal(id(), "notes", "body", row, ""); s != nil || err != nil {
			t.Errorf("empty text: %v, %v", s, err)
		}
		if text, err := tx.Open(id(), "notes", "body", row, nil); text != "" || err != nil {
			t.Errorf("NULL: %q, %v", text, err)
		}
		return nil
	})
}

// TestMovedCiphertextIsRefused moves sealed columns between stored rows, as somebody with the database alone could, and
// reads them through the room's own queries.
func TestMovedCiphertextIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	store, sealer := w.store(t)
	c, ombud := caseOf(w.full[0]), w.actor(models.RoleOmbud)
	if err := sealer.CreateKey(t.Context(), c.ID.UUID()); err != nil {
		t.Fatal(err)
	}
	notes := []models.ID[models.Note]{models.NewID[models.Note](), models.NewID[models.Note]()}
	read := func() error {
		return store.InTx(context.Background(), ombud, func(tx *models.Tx) error {
			rows, err := tx.Notes(c.ID)
			if err == nil && (len(rows) != 2 || rows[0].Text != "text 1" || rows[1].Text != "text 0") {
				t.Errorf("read back %+v", rows)
			}
			return err
		})
	}
	inTx(t, store, ombud, func(tx *models.Tx) error {
		for i, n := range notes {
			if err := tx.InsertNote(&models.Note{ID: n, CaseID: c.ID, ControllerID: c.ControllerID, StaffID: ombud.Staff, Text: "text " + string(rune('0'+i))}); err != nil {
				return err
			}
		}
		return tx.InsertMessage(&models.Message{ID: models.NewID[models.Message](), CaseID: c.ID, ControllerID: c.ControllerID, SubjectID: c.SubjectID,
			Direction: models.ToSubject, StaffID: ombud.Staff, Text: "message"})
	})
	if err := read(); err != nil {
		t.Fatal(err)
	}
	w.do("update notes set body = (select body from messages) where id = $1", notes[0].UUID())
	if err := read(); !errors.Is(err, crypto.ErrTampered) {
		t.Errorf("a message's text in a note: %v", err)
	}
	w.do("update notes set body = (select body from notes where id = $1) where id = $2", notes[1].UUID(), notes[0].UUID())
	if err := read(); !errors.Is(err, crypto.ErrTampered) {
		t.Errorf("one note's text in another: %v", err)
	}
	if err := sealer.DestroyKey(t.Context(), c.ID.UUID()); err != nil {
		t.Fatal(err)
	}
	if err := read(); !errors.Is(err, crypto.ErrKeyDestroyed) {
		t.Errorf("after the key was destroyed: %v", err)
	}
}

// TestValuesComeBackAsTheyWere writes and reads ids, dates, arrays and instants through the room.
func TestValuesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store, _ := w.store(t)
	staff, controller := models.IDFrom[models.Staff](w.colleague), models.IDFrom[models.Controller](w.controllers[0])
	central := models.Assignment{ID: models.NewID[models.Assignment](), StaffID: staff, Role: models.RoleAdmin, ValidFrom: calendar.New(2024, 2, 29)}
	local := models.Assignment{ID: models.NewID[models.Assignment](), StaffID: staff, Role: models.RoleOmbud, ControllerID: controller,
		ValidFrom: calendar.New(2024, 2, 29), ValidTo: calendar.New(2026, 3, 2)}
	kinds := models.TextArray{"access-grant", "access-neutral"}
	inTx(t, store, models.SystemActor(), func(tx *models.Tx) error {
		if err := tx.SaveAssignments([]models.Assignment{central, local}); err != nil {
			return err
		}
		return tx.SaveDelegations([]models.Delegation{{ID: models.NewID[models.Delegation](), ControllerID: controller, Number: "9.9", Text: "å", DecisionKinds: kinds,
			StaffID: staff, PositionTitle: "ä", AdoptedOn: calendar.New(2025, 12, 31), Paragraph: "§ 1", ValidFrom: calendar.New(2026, 1, 1)}})
	})
	inTx(t, store, models.SystemActor(), func(tx *models.Tx) error {
		o, err := tx.LockOrganisation()
		for _, want := range []models.Assignment{central, local} {
			if !slices.Contains(o.Assignments, want) {
				t.Errorf("%+v is not among %+v", want, o.Assignments)
			}
		}
		var null bool
		if err := w.owner.QueryRow(t.Context(), "select controller_id is null and valid_to is null from assignments where id = $1", central.ID.String()).Scan(&null); err != nil || !null {
			t.Errorf("the zero id and the zero date are not NULL: %v", err)
		}
		found, err2 := tx.DelegationsFor(controller, "access-neutral", calendar.New(2026, 1, 1))
		if len(found) != 1 || !slices.Equal(found[0].DecisionKinds, kinds) || !found[0].ValidTo.IsZero() || found[0].AdoptedOn != calendar.New(2025, 12, 31) {
			t.Errorf("delegation came back as %+v", found)
		}
		before, err3 := tx.DelegationsFor(controller, "access-neutral", calendar.New(2025, 12, 31))
		if len(before) > 0 {
			t.Error("a delegation counts before its first day")
		}
		return errors.Join(err, err2, err3)
	})
	// A right ends the day its assignment ends, not the day after and not before.
	for day, want := range map[calendar.Date]int{calendar.New(2024, 2, 28): 0, calendar.New(2024, 2, 29): 2, calendar.New(2026, 3, 2): 2, calendar.New(2026, 3, 3): 1} {
		inTx(t, store, models.SystemActor(), func(tx *models.Tx) error {
			grants, err := tx.GrantsOn(staff, day)
			if len(grants) != want {
				t.Errorf("%s: grants %v", day, grants)
			}
			return err
		})
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	var zero models.CaseID
	if v, err := zero.Value(); v != nil || err != nil || zero.String() != "" {
		t.Errorf("the zero id is written as %v, %v", v, err)
	}
	c := models.NewID[models.Case]()
	if err := c.Scan(nil); err != nil || !c.IsZero() {
		t.Errorf("NULL is read as %v, %v", c, err)
	}
	c = models.NewID[models.Case]()
	v, err := c.Value()
	var back models.CaseID
	if err := errors.Join(err, back.Scan(v)); err != nil || back != c {
		t.Errorf("%v came back as %v, %v", c, back, err)
	}
	for _, bad := range []string{"", "1", "not-an-id", c.String() + "0"} {
		if _, err := models.ParseID[models.Case](bad); err == nil || (bad != "" && strings.Contains(err.Error(), bad)) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if parsed, err := models.ParseID[models.Case](c.String()); err != nil || parsed != c {
		t.Errorf("parsed %v, %v", parsed, err)
	}
	var a models.TextArray
	for _, src := range []string{"{}", "{one}", "{one,two-three}"} {
		if err := a.Scan(src); err != nil {
			t.Error(err)
		}
		if v, err := a.Value(); err != nil || v != src {
			t.Errorf("%s came back as %v, %v", src, v, err)
		}
	}
	if err := a.Scan(7); err == nil {
		t.Error("a number passes for text[]")
	}
}
