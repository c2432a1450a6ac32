package models_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"insyn/internal/postgres"
	"insyn/models"
)

// openForProtected are the tables that speak of a request, a case or a person and do not hide protected people, and why.
func openForProtected() map[string]string {
	return map[string]string{
		"drafts":        "the person's alone",
		"subjects":      "the person's alone",
		"inquiry_codes": "a hash, read by the system alone",
	}
}

// TestEveryTableOfPeopleHidesTheProtected fails for a new table whose rows hang on a case, a request or a person until its
// migration calls hide_protected.
func TestEveryTableOfPeopleHidesTheProtected(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rows, err := w.owner.Query(context.Background(), `select k.relname::text,
			exists (select from pg_policy p where p.polrelid = k.oid and not p.polpermissive and pg_get_expr(p.polqual, k.oid) ~ '^\(*\(?NOT protected'),
			exists (select from pg_trigger g where g.tgrelid = k.oid and g.tgname = 'copy_protected' and g.tgenabled = 'O')
		from pg_class k where k.relnamespace = 'public'::regnamespace and k.relkind = 'r' and exists (select from pg_attribute a
			where a.attrelid = k.oid and not a.attisdropped and (a.attname in ('case_id', 'request_id', 'subject_id', 'inquiry_id', 'protected') or k.relname = 'requests'))`)
	if err != nil {
		t.Fatal(err)
	}
	excused := openForProtected()
	var table string
	var hides, copies bool
	if _, err := pgx.ForEachRow(rows, []any{&table, &hides, &copies}, func() error {
		_, open := excused[table]
		delete(excused, table)
		if !open && (!hides || !copies) {
			t.Errorf("%s shows protected people (policy %v, trigger %v): its migration must call hide_protected", table, hides, copies)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for table := range excused {
		t.Errorf("%s is excused and not there", table)
	}
}

// protects sets or lifts the protection of a place's person, as the system.
func (w *world) protects(p place, protected bool) {
	w.t.Helper()
	ctx := context.Background()
	tx, err := w.owner.Begin(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(ctx) }()
	for _, sql := range []string{"select set_config('insyn.kind', 'system', true)"} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			w.t.Fatal(err)
		}
	}
	if _, err := tx.Exec(ctx, "select protect($1, null, $2, null, $3)", p.request, protected, noon()); err != nil {
		w.t.Fatal(err)
	}
	if err := tx.Commit(ctx); err != nil {
		w.t.Fatal(err)
	}
}

// cleared is the actor with clearance in every role it holds.
func cleared(a models.Actor) models.Actor {
	a.Grants = slices.Clone(a.Grants)
	for i := range a.Grants {
		a.Grants[i].Cleared = true
	}
	return a
}

// hiddenTables are the tables with the flag.
func hiddenTables(t *testing.T, w *world) []string {
	t.Helper()
	rows, err := w.owner.Query(context.Background(), "select tgrelid::regclass::text from pg_trigger where tgname = 'copy_protected'")
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

// hiddenFrom tells what an actor does not reach once the first subject is protected. The others' rights are as before, and
// so is every right to the second subject's rows.
func hiddenFrom(actor models.Actor, cleared bool, hidden []string) func(kind, verb string, place int) bool {
	return func(kind, verb string, place int) bool {
		table := tableOf(kind)
		switch {
		case strings.HasSuffix(kind, "anonymous"):
			return false // nobody known, whom nobody can protect
		case place%2 == 1 || !slices.Contains(hidden, table) || actor.Kind != models.StaffKind:
			return false
		case kind == "addressees:servicecenter" && verb == "insert":
			return true // whom a protected person's request goes to, the person says
		case table == "read_log":
			return verb == "select" && !cleared && !actor.HasRole(models.RoleLogReviewer)
		}
		return !cleared
	}
}

// TestProtectedPeopleMatrix asks the row-level security matrix again with one of the two subjects protected: every verb on
// every kind of row, as every actor with and without clearance. The flag is set in one database when the rows are there, and
// in the other before there are any.
func TestProtectedPeopleMatrix(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"flagged after", "flagged before"} {
		w := newWorld(t)
		if when == "flagged before" {
			w.do("update subjects set protected = true where id = $1", w.subjects[0])
		}
		w.withPlaces()
		kinds := slices.DeleteFunc(slices.Sorted(maps.Keys(policies())), func(kind string) bool { return kind == "goose_db_version" || kind == "event_heads" })
		for _, kind := range kinds {
			w.seedForMatrix(kind)
		}
		if when == "flagged after" {
			w.do("delete from events") // made by hand, where append_event would go on
			w.protects(w.full[0], true)
			w.do("delete from events")
			for _, kind := range kinds {
				if tableOf(kind) == "events" {
					w.seedForMatrix(kind)
				}
			}
		}
		keys, hidden := primaryKeys(t, w), hiddenTables(t, w)
		for name, actor := range actorsOf(w) {
			for _, clear := range []bool{false, true} {
				who := actor
				if clear {
					who = cleared(actor)
				}
				t.Run(when+"/"+name+map[bool]string{true: " cleared"}[clear], func(t *testing.T) {
					t.Parallel()
					a := &attempt{t: t, w: w, conn: connect(t, w.db.RuntimeURL), name: name, actor: who, keys: keys, hides: hiddenFrom(who, clear, hidden)}
					for _, kind := range kinds {
						want := policies()[kind]
						a.expect(kind, "select", want.sees)
						a.expect(kind, "insert", want.adds)
						a.expect(kind, "update", want.changes)
						a.expect(kind, "delete", want.removes)
					}
				})
			}
		}
	}
}

// TestProtectionIsSetAndLiftedWhole: everything about the person and nothing about others, and back again.
func TestProtectionIsSetAndLiftedWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	for kind := range policies() {
		if kind != "goose_db_version" && kind != "event_heads" && tableOf(kind) != "events" {
			w.seedForMatrix(kind)
		}
	}
	flagged := func() map[string]int {
		out := map[string]int{}
		for _, table := range append(hiddenTables(t, w), "subjects") {
			out[table] = count(t, w.owner, table+" where protected")
		}
		return out
	}
	for table, n := range flagged() {
		if n != 0 {
			t.Errorf("%s: %d rows are protected before anybody is", table, n)
		}
	}
	w.protects(w.full[0], true)
	for table, n := range flagged() {
		of := map[string]string{"inquiries": " where subject_id is not null", "inquiry_messages": " where subject_id is not null", "jobs": " where inquiry_id is null"}
		all := count(t, w.owner, table+of[table])
		if table != "events" && (n == 0 || 2*n != all) {
			t.Errorf("%s: %d of %d rows are protected, want half: one subject of two", table, n, all)
		}
	}
	if n := flagged()["subjects"]; n != 1 {
		t.Errorf("%d subjects are remembered", n)
	}
	w.protects(w.full[0], false)
	for table, n := range flagged() {
		if n != 0 {
			t.Errorf("%s: %d rows are still protected", table, n)
		}
	}
	if n := count(t, w.owner, "events where kind in ('protected-set', 'protected-unset') and stream_kind = 'request'"); n != 2 {
		t.Errorf("%d events tell of it", n)
	}
}

// TestWhoMayProtect: the person, who coordinates and who handles the case may set it; lifting it takes clearance.
func TestWhoMayProtect(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	conn := connect(t, w.db.RuntimeURL)
	ombud, central := w.actor(models.RoleOmbud), w.actor(models.RoleServicecenter)
	other := models.ResidentActor(models.IDFrom[models.Subject](w.subjects[1]))
	no := uuid.Nil
	try := func(p place, kase uuid.UUID, on bool, actor models.Actor, want bool) {
		t.Helper()
		tx := begin(t, conn, actor)
		defer func() { _ = tx.Rollback(context.Background()) }()
		var done bool
		err := tx.QueryRow(context.Background(), "select protect($1, nullif($2, '00000000-0000-0000-0000-000000000000'::uuid), $3, 'mistake', $4)", p.request, kase, on, noon()).Scan(&done)
		code, _ := postgres.ErrorCode(err)
		if (err == nil && done) != want || (err != nil && code != postgres.CodeInsufficientRights) {
			t.Errorf("protect(case %v, %v) as %s %v: %v %v, want %v", kase != no, on, actor.Kind, actor.Grants, done, err, want)
		}
	}
	mine, theirs := w.full[0], w.full[2]
	try(mine, no, true, w.resident(), true)
	try(mine, no, true, other, false)
	try(mine, no, true, models.Actor{}, false)
	try(mine, no, true, central, true)
	try(mine, mine.kase, true, central, false)
	try(mine, mine.kase, true, ombud, true)
	try(mine, no, true, ombud, false)
	try(theirs, theirs.kase, true, ombud, false)
	try(w.full[1], mine.kase, true, ombud, false) // another request's
	for _, role := range []models.Role{models.RoleDSO, models.RoleRegistrator, models.RoleLogReviewer, models.RoleAdmin} {
		try(mine, mine.kase, true, cleared(w.actor(role)), false)
		try(mine, no, true, cleared(w.actor(role)), false)
	}
	w.protects(mine, true)
	try(mine, no, false, w.resident(), false)
	try(mine, no, false, central, false)
	try(mine, mine.kase, false, ombud, false)
	try(mine, mine.kase, false, cleared(w.actor(models.RoleDSO)), false)
	try(theirs, theirs.kase, false, cleared(ombud), false)
	try(mine, mine.kase, false, cleared(ombud), true)
	try(mine, no, false, cleared(central), true)
}

// TestReadingsOfTheProtected: a view that showed protected people among others is kept as two rows, and the numbers are
// for the cleared and the log reviewer.
func TestReadingsOfTheProtected(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	store, _ := w.store(t)
	hidden, plain := w.full[0], w.full[1]
	ombud, dso := w.actor(models.RoleOmbud), w.actor(models.RoleDSO)
	own := models.IDFrom[models.Controller](w.controllers[0])
	inTx(t, store, ombud, func(tx *models.Tx) error { return tx.LogReading("before", own, hidden.kase, plain.kase) })
	w.protects(hidden, true)
	inTx(t, store, cleared(ombud), func(tx *models.Tx) error { return tx.LogReading("after", own, hidden.kase, plain.kase) })
	for _, c := range []struct {
		name  string
		actor models.Actor
		want  string
	}{
		{"dso", dso, "after 1, before 1"},
		{"cleared dso", cleared(dso), "after 1, after 1, before 2"},
		{"log reviewer", w.actor(models.RoleLogReviewer), "after 1, after 1, before 2"},
	} {
		inTx(t, store, c.actor, func(tx *models.Tx) error {
			readings, err := tx.ReadingsBy(models.StaffID{}, 0, 10)
			if err != nil {
				return err
			}
			numbers, err := tx.ReadNumbers(readings)
			var got []string
			for _, r := range readings {
				got = append(got, r.Page+" "+string(rune('0'+len(numbers[r.ID]))))
			}
			slices.Sort(got)
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("%s sees %s, want %s", c.name, s, c.want)
			}
			return err
		})
	}
}

// TestARequestBeingSentIsNotPassedOver: the person is flagged while a further request of theirs is being stored.
func TestARequestBeingSentIsNotPassedOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	sending := begin(t, connect(t, w.db.RuntimeURL), w.resident())
	r := w.row("requests", w.full[0], uuid.Nil)
	if _, err := sending.Exec(t.Context(), insertSQL("requests", r), r.json(t)); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); w.protects(w.full[0], true) }()
	watcher := connect(t, w.db.OwnerURL)
	for n := 0; n == 0; {
		if err := watcher.QueryRow(t.Context(), "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like 'select protect%'").Scan(&n); err != nil {
			t.Fatal(err)
		}
		if deadline, ok := t.Deadline(); ok && time.Now().After(deadline) {
			t.Fatal("nobody waits")
		}
	}
	if err := sending.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-done
	if n := count(t, watcher, "requests where not protected and subject_id = '"+w.subjects[0].String()+"'"); n != 0 {
		t.Errorf("%d requests of the protected person are open", n)
	}
}
