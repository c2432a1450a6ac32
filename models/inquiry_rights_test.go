package models_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"insyn/internal/postgres"
	"insyn/models"
)

// TestEventsOfInquiriesByTier: who has the inquiry writes its history, and nobody who does not see it.
func TestEventsOfInquiriesByTier(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	w.seed("inquiries:ombud", "inquiries:dso", "inquiries:direct")
	conn := connect(t, w.db.RuntimeURL)
	want := map[string][]string{
		"inquiries:ombud":  {"servicecenter", "ombud", "resident", "system"},
		"inquiries:dso":    {"servicecenter", "dso", "resident", "system"},
		"inquiries:direct": {"dso", "resident", "system"},
	}
	for name, actor := range actorsOf(w) {
		for kind, may := range want {
			for i, p := range w.full {
				tx := begin(t, conn, actor)
				_, err := tx.Exec(context.Background(), "select append_event('inquiry', $1, null, $2, 'tried', 'staff', '{}', now())", w.seeds[kind][i]["id"], p.subject)
				_ = tx.Rollback(context.Background())
				should := false
				for _, m := range may {
					everywhere := m == "system" || m == "servicecenter"
					should = should || (m == name && (everywhere || (m == "resident" && i%2 == 0) || (m != "resident" && i/2 == 0)))
				}
				if code, _ := postgres.ErrorCode(err); (err == nil) != should || (err != nil && code != postgres.CodeInsufficientRights) {
					t.Errorf("event on %s as %s at %s: got %v, want %v", kind, name, placeName(i), err, should)
				}
			}
		}
	}
	// The inquirer writes on the inquiry whose code was shown, and on no other.
	for i, p := range w.full {
		tx := begin(t, conn, w.inquirer())
		_, err := tx.Exec(context.Background(), "select append_event('inquiry', $1, null, null, 'tried', 'staff', '{}', now())", p.inquiry)
		_ = tx.Rollback(context.Background())
		if (err == nil) != (i == 0) {
			t.Errorf("the inquirer at %s: %v", placeName(i), err)
		}
	}
}

// TestMessagesOfInquiriesCannotBePlanted: a message belongs to the tier that the inquiry is in, and hangs on an inquiry of the
// writer's own.
func TestMessagesOfInquiriesCannotBePlanted(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	w.seed("inquiries:ombud", "inquiries:direct")
	conn := connect(t, w.db.RuntimeURL)
	plant := func(actor models.Actor, kind string, changes record) {
		t.Helper()
		r := w.row(kind, w.full[0], actor.Staff.UUID()).with(changes)
		refused(t, conn, actor, postgres.CodeInsufficientRights, insertSQL("inquiry_messages", r), r.json(t))
	}
	mine, theirs, direct := w.seeds["inquiries:ombud"][0]["id"], w.seeds["inquiries:ombud"][2]["id"], w.seeds["inquiries:direct"][0]["id"]
	ombud, central := w.actor(models.RoleOmbud), w.actor(models.RoleServicecenter)
	ok := w.row("inquiry_messages:ombud", w.full[0], ombud.Staff.UUID()).with(record{"inquiry_id": mine})
	tx := begin(t, conn, ombud)
	if _, err := tx.Exec(context.Background(), insertSQL("inquiry_messages", ok), ok.json(t)); err != nil {
		t.Errorf("the ombud answers: %v", err)
	}
	_ = tx.Rollback(context.Background())
	plant(ombud, "inquiry_messages:ombud", record{"inquiry_id": theirs})
	plant(ombud, "inquiry_messages:ombud", record{"inquiry_id": direct})
	plant(ombud, "inquiry_messages:to-asker", record{"inquiry_id": mine})                       // in the servicecenter's tier
	plant(ombud, "inquiry_messages:ombud", record{"inquiry_id": mine, "staff_id": w.colleague}) // in a colleague's name
	plant(central, "inquiry_messages:to-asker", record{"inquiry_id": mine})
	plant(central, "inquiry_messages:to-asker", record{"inquiry_id": direct})
	plant(w.resident(), "inquiry_messages:from-asker", record{"inquiry_id": w.full[1].question})
	plant(w.inquirer(), "inquiry_messages:anonymous", record{"inquiry_id": w.full[1].inquiry})
	plant(w.inquirer(), "inquiry_messages:from-asker", nil)
}

// TestTheAskerDoesNotRoute: what the asker's own row lets them change is its state, not who reads it.
func TestTheAskerDoesNotRoute(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	conn := connect(t, w.db.RuntimeURL)
	for _, set := range []string{"tier = 2, controller_id = '" + w.controllers[0].String() + "'", "dpo_controller_id = '" + w.controllers[0].String() + "'",
		"offer = '{}'", "mail_failed_at = now()", "state = 'converted', closed_at = now(), request_id = '" + w.full[0].request.String() + "'"} {
		refused(t, conn, w.resident(), postgres.CodeInsufficientRights, "update inquiries set "+set+" where id = $1", w.full[0].question)
		refused(t, conn, w.inquirer(), postgres.CodeInsufficientRights, "update inquiries set "+set+" where id = $1", w.full[0].inquiry)
	}
	refused(t, conn, w.actor(models.RoleServicecenter), postgres.CodeInsufficientRights, `update inquiries set contact = '\x01' where id = $1`, w.full[0].question)
	// The servicecenter hands nothing to itself that went straight to the DSO, and takes nothing back.
	w.seed("inquiries:direct", "inquiries:ombud")
	for _, kind := range []string{"inquiries:direct", "inquiries:ombud"} {
		tx := begin(t, conn, w.actor(models.RoleServicecenter))
		tag, err := tx.Exec(context.Background(), "update inquiries set state = 'open' where id = $1", w.seeds[kind][0]["id"])
		_ = tx.Rollback(context.Background())
		if err != nil || tag.RowsAffected() != 0 {
			t.Errorf("%s: %d rows, %v", kind, tag.RowsAffected(), err)
		}
	}
}

// TestTheSeriesOfDirectInquiriesIsNotForStaff: how many have gone straight to the DSO cannot be counted by numbers.
func TestTheSeriesOfDirectInquiriesIsNotForStaff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.put("counters", record{"series": "DSO", "year": 2026, "last": 7})
	w.put("counters", record{"series": "FRG", "year": 2026, "last": 9})
	conn := connect(t, w.db.RuntimeURL)
	for name, actor := range actorsOf(w) {
		tx := begin(t, conn, actor)
		n := count(t, tx, "counters where series = 'DSO'")
		_ = tx.Rollback(context.Background())
		if want := name == "resident" || name == "inquirer" || name == "system"; (n == 1) != want {
			t.Errorf("%s sees %d counters of the series", name, n)
		}
	}
	r := w.row("counters", place{}, uuid.Nil).with(record{"series": "DSO", "year": 2027})
	refused(t, conn, w.actor(models.RoleServicecenter), postgres.CodeInsufficientRights, insertSQL("counters", r), r.json(t))
}
