package models_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"insyn/internal/postgres"
	"insyn/models"
)

// race runs the same move sixteen times at once and wants one winner; the others lose by ErrConflict.
func race(t *testing.T, move func() error) {
	t.Helper()
	var wins atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			switch err := move(); {
			case err == nil:
				wins.Add(1)
			case !errors.Is(err, models.ErrConflict):
				t.Errorf("lost by %v", err)
			}
		})
	}
	wg.Wait()
	if n := wins.Load(); n != 1 {
		t.Errorf("%d winners", n)
	}
}

func TestMoveCaseHasOneWinner(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	store, _ := w.store(t)
	ombud := w.actor(models.RoleOmbud)
	var c models.Case
	inTx(t, store, ombud, func(tx *models.Tx) (err error) {
		c, err = tx.Case(caseOf(w.full[0]).ID)
		return err
	})
	race(t, func() error {
		mine := c
		mine.State, mine.HandlerID = models.CaseSearching, ombud.Staff
		return store.InTx(context.Background(), ombud, func(tx *models.Tx) error { return tx.MoveCase(&mine, models.CaseAssigned) })
	})
	inTx(t, store, ombud, func(tx *models.Tx) (err error) {
		c, err = tx.Case(c.ID)
		return err
	})
	if c.Version != 2 || c.State != models.CaseSearching {
		t.Errorf("version %d, state %s", c.Version, c.State)
	}
	for name, stale := range map[string]func(c models.Case) (models.Case, models.CaseState){
		"old version":   func(c models.Case) (models.Case, models.CaseState) { c.Version = 1; return c, models.CaseSearching },
		"wrong state":   func(c models.Case) (models.Case, models.CaseState) { return c, models.CaseAssigned },
		"later version": func(c models.Case) (models.Case, models.CaseState) { c.Version = 3; return c, models.CaseSearching },
		"no such case": func(c models.Case) (models.Case, models.CaseState) {
			c.ID = models.NewID[models.Case]()
			return c, models.CaseSearching
		},
	} {
		moved, from := stale(c)
		if err := store.InTx(context.Background(), ombud, func(tx *models.Tx) error { return tx.MoveCase(&moved, from) }); !errors.Is(err, models.ErrConflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Not yours and not there are alike.
	if err := store.InTx(context.Background(), models.ResidentActor(models.IDFrom[models.Subject](w.subjects[1])), func(tx *models.Tx) error {
		return tx.MoveCase(&c, models.CaseSearching)
	}); !errors.Is(err, models.ErrConflict) {
		t.Errorf("another person's case: %v", err)
	}
}

func TestMoveRequestHasOneWinner(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	store, _ := w.store(t)
	var r models.Request
	inTx(t, store, models.SystemActor(), func(tx *models.Tx) (err error) {
		r, err = tx.Request(requestOf(w.full[0]).ID)
		return err
	})
	race(t, func() error {
		mine := r
		return store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) error { return tx.MoveRequest(&mine, models.RequestActive) })
	})
	race(t, func() error {
		mine := r
		mine.Version = 2
		return store.InTx(context.Background(), w.actor(models.RoleServicecenter), func(tx *models.Tx) error { return tx.TouchRequest(&mine) })
	})
	r.Version = 3 // and a state that has passed
	if err := store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) error { return tx.MoveRequest(&r, models.RequestClosed) }); !errors.Is(err, models.ErrConflict) {
		t.Errorf("wrong state: %v", err)
	}
}

// breaks makes writes of one table fail for one row, as a full disk or a dropped connection would.
func (w *world) breaks(table, verb, when string) {
	w.t.Helper()
	w.do(`create function broken() returns trigger language plpgsql as $$ begin raise exception 'broken' using errcode = 'XX001'; end $$`)
	w.do("create trigger broken before " + verb + " on " + table + " for each row when (" + when + ") execute function broken()")
}

// TestAFailingDatabaseIsNoConflict: whoever merges the two would tell the person that somebody else was first.
func TestAFailingDatabaseIsNoConflict(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	store, _ := w.store(t)
	w.breaks("cases", "update", "new.id = '"+w.full[0].kase.String()+"'")
	w.do("create trigger broken before update on requests for each row execute function broken()")
	for i, broken := range []bool{true, false} {
		err := store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) error {
			c, err := tx.Case(caseOf(w.full[2*i]).ID)
			if err != nil {
				return err
			}
			return tx.MoveCase(&c, c.State)
		})
		code, _ := postgres.ErrorCode(err)
		if broken && (code != "XX001" || errors.Is(err, models.ErrConflict)) {
			t.Errorf("broken case: %v", err)
		}
		if !broken && err != nil {
			t.Errorf("the other case: %v", err)
		}
	}
	err := store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) error {
		r, err := tx.Request(requestOf(w.full[0]).ID)
		if err != nil {
			return err
		}
		return tx.MoveRequest(&r, models.RequestActive)
	})
	if code, _ := postgres.ErrorCode(err); code != "XX001" || errors.Is(err, models.ErrConflict) {
		t.Errorf("broken request: %v", err)
	}
}

// TestAllOrNothing: a change, its event and its job commit together or not at all (invariant 1).
func TestAllOrNothing(t *testing.T) {
	t.Parallel()
	fail := errors.New("the use case changed its mind")
	for name, c := range map[string]struct {
		breaks func(w *world)
		end    func() error
	}{
		"fn fails":               {end: func() error { return fail }},
		"fn panics":              {end: func() error { panic(fail) }},
		"the third insert fails": {breaks: func(w *world) { w.breaks("jobs", "insert", "new.key = 'third'") }},
		"the event fails":        {breaks: func(w *world) { w.breaks("events", "insert", "true") }},
		"the commit fails": {breaks: func(w *world) {
			w.do(`create function broken() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$`)
			w.do("create constraint trigger broken after insert on jobs deferrable initially deferred for each row execute function broken()")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).withPlaces()
			store, _ := w.store(t)
			if c.breaks != nil {
				c.breaks(w)
			}
			if failed := allThings(store, w, c.end); !failed {
				t.Error("nothing failed")
			}
			for _, table := range []string{"events", "event_heads", "jobs", "notes"} {
				if n := count(t, w.owner, table); n != 0 {
					t.Errorf("%d rows of %s stayed", n, table)
				}
			}
			var version int
			if err := w.owner.QueryRow(t.Context(), "select version from cases where id = $1", w.full[0].kase).Scan(&version); err != nil || version != 1 {
				t.Errorf("the case is at version %d, %v", version, err)
			}
			// The connection is whole: the next transaction of the pool works.
			inTx(t, store, w.actor(models.RoleOmbud), func(tx *models.Tx) error { _, err := tx.Case(caseOf(w.full[0]).ID); return err })
		})
	}
}

// allThings changes a case, with a note, an event and three jobs, and then ends as it is told.
func allThings(store *models.Store, w *world, end func() error) (failed bool) {
	defer func() {
		if recover() != nil {
			failed = true
		}
	}()
	c := caseOf(w.full[0])
	err := store.InTx(context.Background(), w.actor(models.RoleOmbud), func(tx *models.Tx) error {
		if err := tx.DB().Exec(`insert into notes (id, case_id, controller_id, staff_id, body, created_at) values (?, ?, ?, ?, '\x01', now())`,
			models.NewID[models.Note](), c.ID, c.ControllerID, tx.Actor.Staff).Error; err != nil {
			return err
		}
		if _, err := tx.CaseEvent(c, "taken", models.ForStaff, nil); err != nil {
			return err
		}
		for _, key := range []string{"first", "second", "third"} {
			if err := tx.Promise(models.Job{Kind: "notify", Key: key, RequestID: c.RequestID, CaseID: c.ID, ControllerID: c.ControllerID}); err != nil {
				return err
			}
		}
		stored, err := tx.Case(c.ID)
		if err != nil {
			return err
		}
		if err := tx.MoveCase(&stored, stored.State); err != nil || end == nil {
			return err
		}
		return end()
	})
	return err != nil
}
