package models_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"insyn/internal/clock"
	"insyn/models"
)

// caseOf is as much of a case as its chain asks for.
func caseOf(p place) models.Case {
	return models.Case{ID: models.IDFrom[models.Case](p.kase), RequestID: models.IDFrom[models.Request](p.request),
		ControllerID: models.IDFrom[models.Controller](p.controller), SubjectID: models.IDFrom[models.Subject](p.subject)}
}

func requestOf(p place) models.Request {
	return models.Request{ID: models.IDFrom[models.Request](p.request), SubjectID: models.IDFrom[models.Subject](p.subject)}
}

// chained gives every request, case and inquiry of the world a chain of n events.
func chained(t *testing.T, n int) (*world, *models.Store) {
	t.Helper()
	w := newWorld(t).withPlaces()
	store, _ := w.store(t)
	inTx(t, store, models.SystemActor(), func(tx *models.Tx) error {
		for k := range n {
			for _, places := range [][4]place{w.full, w.bare, w.coming, w.empty} {
				for i, p := range places {
					if i < 2 { // one place of each request
						if _, err := tx.RequestEvent(requestOf(p), "moved", models.ForSubject, map[string]any{"n": k}); err != nil {
							return err
						}
					}
				}
			}
			for _, p := range slices.Concat(w.full[:], w.bare[:]) {
				for id, of := range map[uuid.UUID]models.SubjectID{p.inquiry: {}, p.question: models.IDFrom[models.Subject](p.subject)} {
					q := models.Inquiry{ID: models.IDFrom[models.Inquiry](id), SubjectID: of}
					if _, err := tx.InquiryEvent(q, "moved", models.ForSubject, map[string]any{"n": k}); err != nil {
						return err
					}
				}
				if _, err := tx.CaseEvent(caseOf(p), "moved", models.ForStaff, map[string]any{"n": k, "on": "2026-03-02"}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return w, store
}

// inTx runs a transaction that must succeed.
func inTx(t testing.TB, store *models.Store, actor models.Actor, fn func(tx *models.Tx) error) {
	t.Helper()
	if err := store.InTx(context.Background(), actor, fn); err != nil {
		t.Fatal(err)
	}
}

func verify(t *testing.T, store *models.Store) (faults []models.Fault, n int64) {
	t.Helper()
	inTx(t, store, models.SystemActor(), func(tx *models.Tx) (err error) {
		faults, n, err = tx.VerifyEvents()
		return err
	})
	return faults, n
}

func TestChainsVerifyUnderConcurrentAppenders(t *testing.T) {
	t.Parallel()
	w, store := chained(t, 20)
	const appenders, each = 16, 8
	seqs := make(chan int64, appenders*each)
	var wg sync.WaitGroup
	for range appenders {
		wg.Go(func() {
			for range each {
				err := store.InTx(context.Background(), w.actor(models.RoleOmbud), func(tx *models.Tx) error {
					seq, err := tx.CaseEvent(caseOf(w.full[0]), "moved", models.ForStaff, nil)
					seqs <- seq
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	close(seqs)
	got := slices.Sorted(func(yield func(int64) bool) {
		for s := range seqs {
			if !yield(s) {
				return
			}
		}
	})
	for i, s := range got {
		if s != int64(21+i) {
			t.Fatalf("the numbers have a gap: %v", got)
		}
	}
	if faults, n := verify(t, store); len(faults) > 0 || n != 20*32+appenders*each {
		t.Errorf("%d events, faults %v", n, faults)
	}
}

// TestTamperingIsFound lets the owner, who can, change history.
func TestTamperingIsFound(t *testing.T) {
	t.Parallel()
	w, store := chained(t, 8)
	restore := w.keep("events", "event_heads")
	at := "stream_kind = 'case' and stream_id = $1"
	for name, c := range map[string]struct {
		does []string
		want []string // what, by event
	}{
		"data":       {[]string{`update events set data = '{"n": 4, "on": "2026-03-01"}' where seq = 4 and ` + at}, []string{"altered 4"}},
		"kind":       {[]string{"update events set kind = 'closed' where seq = 4 and " + at}, []string{"altered 4"}},
		"instant":    {[]string{"update events set at = at - interval '1 microsecond' where seq = 4 and " + at}, []string{"altered 4"}},
		"staff":      {[]string{"update events set staff_id = gen_random_uuid() where seq = 4 and " + at}, []string{"altered 4"}},
		"actor":      {[]string{"update events set actor_kind = 'staff' where seq = 4 and " + at}, []string{"altered 4"}},
		"audience":   {[]string{"update events set audience = 'subject' where seq = 4 and " + at}, []string{"altered 4"}},
		"subject":    {[]string{"update events set subject_id = gen_random_uuid() where seq = 4 and " + at}, []string{"altered 4"}},
		"controller": {[]string{"update events set controller_id = gen_random_uuid() where seq = 4 and " + at}, []string{"altered 4"}},
		"rehashed": {[]string{"update events set kind = 'closed' where seq = 4 and " + at, `update events set hash = event_digest(prev_hash, stream_kind, stream_id, seq,
			controller_id, subject_id, kind, audience, actor_kind, staff_id, data, at) where seq = 4 and ` + at}, []string{"reordered 5"}},
		"middle removed": {[]string{"delete from events where seq = 4 and " + at}, []string{"missing 5"}},
		"first removed":  {[]string{"delete from events where seq = 1 and " + at}, []string{"missing 2"}},
		"last removed":   {[]string{"delete from events where seq = 8 and " + at}, []string{"head 8"}},
		"swapped": {[]string{"update events set seq = 100 where seq = 4 and " + at, "update events set seq = 4 where seq = 5 and " + at,
			"update events set seq = 5 where seq = 100 and " + at}, []string{"altered 4", "altered 5", "reordered 4", "reordered 5", "reordered 6"}},
		"forged last": {[]string{`insert into events select stream_kind, stream_id, seq + 1, controller_id, subject_id, kind, audience, actor_kind, staff_id, data, at, hash,
			event_digest(hash, stream_kind, stream_id, seq + 1, controller_id, subject_id, kind, audience, actor_kind, staff_id, data, at)
			from events where seq = 8 and ` + at}, []string{"head 8"}},
		"forged in the middle": {[]string{"delete from events where seq = 4 and " + at, `insert into events select stream_kind, stream_id, 4, controller_id, subject_id,
			'forged', audience, actor_kind, staff_id, data, at, hash, sha256('x') from events where seq = 3 and ` + at}, []string{"altered 4", "reordered 5"}},
		"head gone":    {[]string{"delete from event_heads where " + at}, []string{"missing 1", "unheaded 8"}},
		"events gone":  {[]string{"delete from events where " + at}, []string{"head 8"}},
		"stream gone":  {[]string{"delete from events where " + at, "delete from event_heads where " + at}, []string{"missing 1"}},
		"moved stream": {[]string{"update events set stream_id = gen_random_uuid() where seq = 8 and " + at}, []string{"altered 8", "head 8", "missing 8", "unheaded 8"}},
	} {
		t.Run(name, func(t *testing.T) { // one after the other, in one database that is put right again
			restore()
			if faults, n := verify(t, store); len(faults) > 0 || n != 8*32 {
				t.Fatalf("before: %d events, faults %v", n, faults)
			}
			for _, sql := range c.does {
				w.do(sql, w.full[0].kase)
			}
			faults, _ := verify(t, store)
			var got []string
			for _, f := range faults {
				if f.StreamKind != "case" || (f.StreamID != w.full[0].kase && name != "moved stream") {
					t.Errorf("a fault in an untouched stream: %v", f)
				}
				got = append(got, fmt.Sprintf("%s %d", f.What, f.Seq))
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
}

// TestRequestWithoutChainIsFound: a chain that was removed whole leaves its request behind.
func TestRequestWithoutChainIsFound(t *testing.T) {
	t.Parallel()
	w, store := chained(t, 2)
	w.do("delete from events where stream_id = $1", w.full[0].request)
	w.do("delete from event_heads where stream_id = $1", w.full[0].request)
	if faults, _ := verify(t, store); len(faults) != 1 || faults[0] != (models.Fault{StreamKind: "request", StreamID: w.full[0].request, Seq: 1, What: "missing"}) {
		t.Errorf("found %v", faults)
	}
}

// TestInquiryWithoutChainIsFound: the same for an inquiry, whose events have no controller and may have no subject.
func TestInquiryWithoutChainIsFound(t *testing.T) {
	t.Parallel()
	w, store := chained(t, 2)
	w.do("delete from events where stream_id = $1", w.full[0].inquiry)
	w.do("delete from event_heads where stream_id = $1", w.full[0].inquiry)
	if faults, _ := verify(t, store); len(faults) != 1 || faults[0] != (models.Fault{StreamKind: "inquiry", StreamID: w.full[0].inquiry, Seq: 1, What: "missing"}) {
		t.Errorf("found %v", faults)
	}
}

// TestReadLogSeals: what was sealed cannot be altered, removed or added to unseen.
func TestReadLogSeals(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	hands := clock.NewSettable(noon())
	store := models.NewStore(w.db.Runtime, nil, hands)
	for range 3 {
		for _, actor := range []models.Actor{w.actor(models.RoleOmbud), w.resident(), models.SystemActor()} {
			inTx(t, store, actor, func(tx *models.Tx) error {
				return tx.LogReading("case", models.IDFrom[models.Controller](w.controllers[0]), w.full[0].kase, uuid.New())
			})
		}
		seal(t, store, noon().Add(-time.Hour), 0) // too young to be sealed
		hands.Advance(time.Minute)
		seal(t, store, hands.Now(), 3)
		seal(t, store, hands.Now(), 0)
	}
	restore := w.keep("read_log", "read_log_seals")
	for name, c := range map[string]struct {
		does   string
		broken []int64
	}{
		"nothing":       {"select 1", nil},
		"page altered":  {"update read_log set page = 'other' where seal_id = 2 and id = (select min(id) from read_log where seal_id = 2)", []int64{2}},
		"reader":        {"update read_log set staff_id = gen_random_uuid() where seal_id = 1 and actor_kind = 'staff'", []int64{1}},
		"shown":         {"update read_log set shown = '{}' where seal_id = 3", []int64{3}},
		"row removed":   {"delete from read_log where id = (select max(id) from read_log where seal_id = 2)", []int64{2}},
		"row added":     {"insert into read_log (at, actor_kind, page, shown, seal_id) values (now(), 'system', 'x', '{}', 2)", []int64{2}},
		"row moved":     {"update read_log set seal_id = 3 where id = (select max(id) from read_log where seal_id = 2)", []int64{2, 3}},
		"row let go":    {"update read_log set seal_id = null where id = (select max(id) from read_log where seal_id = 2)", []int64{2}},
		"seal removed":  {"delete from read_log_seals where id = 2", []int64{2, 3}},
		"last seal":     {"delete from read_log_seals where id = 3", []int64{3}},
		"seal altered":  {"update read_log_seals set hash = sha256('x') where id = 2", []int64{2, 3}},
		"seal's number": {"update read_log_seals set rows = 2 where id = 1", []int64{1}},
	} {
		t.Run(name, func(t *testing.T) {
			restore()
			w.do(c.does)
			inTx(t, store, models.SystemActor(), func(tx *models.Tx) error {
				broken, _, err := tx.VerifyReadings()
				if !slices.Equal(broken, c.broken) {
					t.Errorf("broken %v, want %v", broken, c.broken)
				}
				return err
			})
			if err := store.InTx(context.Background(), w.actor(models.RoleLogReviewer), func(tx *models.Tx) error {
				_, err := tx.SealReadings(noon())
				return err
			}); err == nil {
				t.Error("the log reviewer seals the log")
			}
		})
	}
}

// keep puts the rows of tables aside and returns what brings them back.
func (w *world) keep(tables ...string) (restore func()) {
	w.t.Helper()
	for _, table := range tables {
		w.do("create table kept_" + table + " as table " + table)
	}
	return func() {
		w.t.Helper()
		for _, table := range tables {
			w.do("delete from " + table)
			w.do("insert into " + table + " overriding system value select * from kept_" + table)
		}
	}
}

func seal(t *testing.T, store *models.Store, before time.Time, want int64) {
	t.Helper()
	inTx(t, store, models.SystemActor(), func(tx *models.Tx) error {
		n, err := tx.SealReadings(before)
		if n != want {
			t.Errorf("sealed %d readings, want %d", n, want)
		}
		return err
	})
}
