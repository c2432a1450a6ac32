package models_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"insyn/models"
)

// TestRegistryCases: what a registrator has left to do, oldest first and page by page, at each of their controllers.
func TestRegistryCases(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	store, _ := w.store(t)
	w.do("update cases set diary_number = 'D', state = 'searching', handler_id = $1", w.colleague) // nothing is left to do, until …
	released := `state = 'released', outcome = 'granted', proposal = '\x01', proposed_by = handler_id, proposed_at = now(), manifest_sha = '\x01',
		decided_at = now(), released_at = timestamptz '2026-02-10 12:00Z'`
	at := func(p place, days int, change string) string {
		w.do(fmt.Sprintf("update cases set received_at = received_at + interval '%d days', %s where id = '%s'", days, change, p.kase))
		return p.kase.String()
	}
	own, other := []place{w.full[0], w.full[1], w.bare[0], w.bare[1]}, w.full[2]
	want := []string{
		at(own[2], -3, "diary_number = null"),
		at(own[0], -2, released+", answer_by_post = true"),
		at(own[1], -1, released+", diary_number = null"), // both: listed once
	}
	at(own[3], 0, released+", appeal_until = '2026-03-20', answer_by_post = true") // served
	at(other, 0, "diary_number = null")
	registrator := w.actor(models.RoleRegistrator)
	both := []models.ControllerID{models.IDFrom[models.Controller](w.controllers[0]), models.IDFrom[models.Controller](w.controllers[1])}
	list := func(unopened time.Time, limit int) (got []string) {
		t.Helper()
		q := models.RegistryQuery{Controllers: both, Unopened: unopened, Limit: limit}
		for {
			var rows []models.Case
			inTx(t, store, registrator, func(tx *models.Tx) (err error) { rows, err = tx.RegistryCases(q); return err })
			if len(rows) == 0 {
				return got
			}
			for _, c := range rows {
				got = append(got, c.ID.String())
			}
			q.After, q.AfterID = rows[len(rows)-1].ReceivedAt, rows[len(rows)-1].ID
		}
	}
	early := time.Date(2026, time.February, 9, 0, 0, 0, 0, time.UTC)
	for _, limit := range []int{1, 2, 50} {
		if got := list(early, limit); !slices.Equal(got, want) {
			t.Errorf("by %d: %v, want %v", limit, got, want)
		}
	}
	w.do("update cases set answer_by_post = false, diary_number = 'D'")
	if got := list(early, 50); len(got) != 0 {
		t.Errorf("%v are to be posted the day they are released", got)
	}
	if got := list(noon(), 50); !slices.Equal(got, want[1:]) {
		t.Errorf("unopened: %v, want %v", got, want[1:])
	}
	w.do("update cases set diary_number = null, state = 'withdrawn', closed_at = now(), decided_at = null, released_at = null, appeal_until = null")
	if got := list(noon(), 50); len(got) != 0 {
		t.Errorf("%v are taken back, and to be registered", got)
	}
}

// TestReadNumbers: whoever reads a row of the log reads the numbers in it, and nobody others.
func TestReadNumbers(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	store, _ := w.store(t)
	number := func(of string, id uuid.UUID) (n string) {
		if err := w.owner.QueryRow(t.Context(), "select number from "+of+" where id = $1", id).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	here, there := w.full[0], w.full[2]
	mine, theirs, request := number("cases", here.kase), number("cases", there.kase), number("requests", here.request)
	alone := w.empty[2].request // goes nowhere
	// One row of everything: a case at each controller, the file of one, a request, a draft's id, and one that is nobody's.
	ombud, center := w.actor(models.RoleOmbud), w.actor(models.RoleServicecenter)
	read := func(a models.Actor, page string, c models.ControllerID, shown ...uuid.UUID) (r models.Reading) {
		inTx(t, store, a, func(tx *models.Tx) error { return tx.LogReading(page, c, shown...) })
		if err := w.owner.QueryRow(t.Context(), "select max(id) from read_log").Scan(&r.ID); err != nil {
			t.Fatal(err)
		}
		return r
	}
	own, elsewhere := models.IDFrom[models.Controller](w.controllers[0]), models.IDFrom[models.Controller](w.controllers[1])
	rows := []models.Reading{
		read(ombud, "case", own, here.kase), read(ombud, "file", own, here.kase, here.letter), read(center, "intake", models.ControllerID{}, here.request, alone),
		read(models.SystemActor(), "case", elsewhere, there.kase), read(w.resident(), "my-request", models.ControllerID{}, here.kase, there.kase),
		read(center, "intake", models.ControllerID{}, here.draft, id()),
	}
	ask := func(a models.Actor) (got [6][]string) {
		inTx(t, store, a, func(tx *models.Tx) error {
			numbers, err := tx.ReadNumbers(rows)
			for i, r := range rows {
				got[i] = numbers[r.ID]
			}
			return err
		})
		return got
	}
	requests := []string{request, number("requests", alone)}
	cases := []string{mine, theirs}
	slices.Sort(requests)
	slices.Sort(cases)
	all := [6][]string{{mine}, {mine}, requests, {theirs}, cases}
	for name, c := range map[string]struct {
		actor models.Actor
		want  [6][]string
	}{
		"log reviewer":  {w.actor(models.RoleLogReviewer), all},
		"system":        {models.SystemActor(), all},
		"dso":           {w.actor(models.RoleDSO), [6][]string{{mine}, {mine}, {request}, nil, {mine}}},
		"ombud":         {ombud, [6][]string{{mine}, {mine}}},
		"servicecenter": {center, [6][]string{2: requests}},
		"decider":       {w.actor(models.RoleDecider), [6][]string{}},
		"registrator":   {w.actor(models.RoleRegistrator), [6][]string{}},
		"administrator": {w.actor(models.RoleAdmin), [6][]string{}},
		"person":        {w.resident(), [6][]string{}},
		"nobody":        {models.Actor{}, [6][]string{}},
	} {
		if got := ask(c.actor); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s reads %v, want %v", name, got, c.want)
		}
	}
}
