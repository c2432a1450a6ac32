package models_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"insyn/internal/postgres"
	"insyn/models"
)

// actorsOf are the actors of the matrix: staff hold their role at the first controller, the resident is the first subject.
func actorsOf(w *world) map[string]models.Actor {
	actors := map[string]models.Actor{"anonymous": {}, "resident": w.resident(), "inquirer": w.inquirer(), "system": models.SystemActor()}
	for _, role := range models.Roles() {
		actors[string(role)] = w.actor(role)
	}
	return actors
}

// TestRowLevelSecurityMatrix tries every verb on every kind of row at both controllers and of both subjects, as every
// actor, by raw SQL under the runtime role.
func TestRowLevelSecurityMatrix(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	kinds := slices.Sorted(maps.Keys(policies()))
	for _, kind := range kinds {
		if kind != "goose_db_version" {
			w.seedForMatrix(kind)
		}
	}
	w.seeds["goose_db_version"] = [4]record{{"id": 1}, {"id": 1}, {"id": 1}, {"id": 1}}
	keys := primaryKeys(t, w)
	for name, actor := range actorsOf(w) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &attempt{t: t, w: w, conn: connect(t, w.db.RuntimeURL), name: name, actor: actor, keys: keys}
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

// seedForMatrix stores a row of the kind at each full place, or takes one that withPlaces made.
func (w *world) seedForMatrix(kind string) {
	w.t.Helper()
	var made [4]record
	for i, p := range w.full {
		switch kind {
		case "cases":
			made[i] = record{"id": p.kase}
		case "requests":
			made[i] = record{"id": p.request}
		case "subjects":
			made[i] = record{"id": p.subject}
		case "addressees:subject":
			made[i] = record{"request_id": p.request, "controller_id": p.controller}
		case "addressees:servicecenter":
			// A request of its own, since the full one has addressed both controllers.
			w.requests++
			at := place{subject: p.subject, number: w.requests, request: id(), kase: id(), controller: p.controller}
			w.put("requests", w.row("requests", at, uuid.Nil).with(record{"id": at.request}))
			made[i] = w.row(kind, at, uuid.Nil)
			w.put("addressees", made[i])
		case "filings", "representations":
			// One to a request, and the full one's controllers share theirs.
			w.requests++
			at := place{subject: p.subject, number: w.requests, request: id()}
			w.put("requests", w.row("requests", at, uuid.Nil).with(record{"id": at.request}))
			made[i] = w.row(kind, at, w.colleague)
			w.put(kind, made[i])
		default:
			w.seed(kind)
			return
		}
	}
	w.seeds[kind] = made
}

// attempt is one actor's tries.
type attempt struct {
	t     *testing.T
	w     *world
	conn  *pgx.Conn
	name  string
	actor models.Actor
	keys  map[string][]string
	hides func(kind, verb string, place int) bool // what is hidden from the actor of what its role lets it reach; nil: nothing
}

// expect tries the verb on the kind's row at each place and compares with what the actor should reach.
func (a *attempt) expect(kind, verb, want string) {
	a.t.Helper()
	scope := ""
	for part := range strings.FieldsSeq(want) {
		if who, set, _ := strings.Cut(part, "="); who == a.name {
			scope = set
		}
	}
	for i := range a.w.full {
		should := scope == "*" || (scope == "A" && i/2 == 0) || (scope == "P" && i%2 == 0) || (scope == "I" && i == 0)
		should = should && (a.hides == nil || !a.hides(kind, verb, i))
		got, err := a.try(kind, verb, i)
		if err != nil {
			a.t.Errorf("%s %s as %s at %s: %v", verb, kind, a.name, placeName(i), err)
			continue
		}
		if got != should {
			a.t.Errorf("%s %s as %s at %s: reached %v, want %v", verb, kind, a.name, placeName(i), got, should)
		}
	}
}

func placeName(i int) string {
	return []string{"own controller", "other controller"}[i/2] + ", " + []string{"own subject", "other subject"}[i%2]
}

// try runs one statement in a transaction of the actor that is rolled back, and tells whether it reached the row.
func (a *attempt) try(kind, verb string, i int) (bool, error) {
	ctx := context.Background()
	tx := begin(a.t, a.conn, a.actor)
	defer func() { _ = tx.Rollback(ctx) }()
	table := tableOf(kind)
	var sql string
	target := a.w.seeds[kind][i]
	switch verb {
	case "select":
		sql = fmt.Sprintf("select from %s where %s", table, a.key(table))
	case "update":
		sql = fmt.Sprintf("update %s set %s where %s", table, a.change(kind), a.key(table))
	case "delete":
		sql = fmt.Sprintf("delete from %s where %s", table, a.key(table))
	case "insert":
		target = a.fresh(kind, i)
		sql = insertSQL(table, target)
	}
	tag, err := tx.Exec(ctx, sql, target.json(a.t))
	if code, _ := postgres.ErrorCode(err); code == postgres.CodeInsufficientRights {
		return false, nil
	}
	return err == nil && tag.RowsAffected() == 1, err
}

// fresh is a row the actor would write: in its own name, where there is none yet.
func (a *attempt) fresh(kind string, i int) record {
	p := a.w.bare[i]
	switch {
	case kind == "cases":
		p = a.w.coming[i]
	case strings.HasPrefix(kind, "addressees"):
		p = a.w.empty[i]
	case strings.HasPrefix(kind, "inquiry"), strings.HasPrefix(kind, "jobs:inquiry"):
		p = a.w.full[i] // where the inquirer's own is
	}
	by := a.w.colleague
	if a.actor.Kind == models.StaffKind {
		by = a.actor.Staff.UUID()
	}
	if tableOf(kind) == "assignments" {
		by = a.w.colleague // nobody gives themselves a role
	}
	r := a.w.row(kind, p, by)
	if kind == "read_log" {
		r["actor_kind"], r["staff_id"], r["subject_actor"] = cmpKind(a.actor), null(a.actor.Staff.String()), null(a.actor.Subject.String())
	}
	if strings.HasPrefix(kind, "events") {
		r["seq"] = 1 << 20
	}
	return r
}

func cmpKind(a models.Actor) string {
	if a.Kind == "" {
		return string(models.AnonymousKind)
	}
	return string(a.Kind)
}

// null is nil for empty text.
func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// key is the condition that picks the row given as the parameter.
func (a *attempt) key(table string) string {
	cols := strings.Join(a.keys[table], ", ")
	return fmt.Sprintf("(%s) = (select %s from jsonb_populate_record(null::%s, $1::jsonb))", cols, cols, table)
}

// change is a harmless change of the row, in a column that the runtime role may change if there is one.
func (a *attempt) change(kind string) string {
	if kind == "files:draft" {
		return "draft_id = null" // what sending the draft does
	}
	table := tableOf(kind)
	column := "at" // of the read log; every other table may have its key tried
	if table != "read_log" {
		column = a.keys[table][0]
	}
	row := a.conn.QueryRow(context.Background(), `select quote_ident(attname) from pg_attribute where attrelid = $1::regclass and attnum > 0
		and not attisdropped and has_column_privilege(attrelid, attnum, 'UPDATE') order by attnum limit 1`, table)
	if err := row.Scan(&column); err != nil && !errors.Is(err, pgx.ErrNoRows) {
		a.t.Fatal(err)
	}
	return column + " = " + column
}

// begin opens a transaction of the actor with the settings that the product sets.
func begin(t testing.TB, conn *pgx.Conn, actor models.Actor) pgx.Tx {
	t.Helper()
	ctx := context.Background()
	tx, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var calls []string
	for _, s := range models.ActorSettings(actor) {
		calls = append(calls, fmt.Sprintf("set_config('%s', '%s', true)", s[0], s[1]))
	}
	if _, err := tx.Exec(ctx, "select "+strings.Join(calls, ", ")); err != nil {
		t.Fatal(err)
	}
	return tx
}

// primaryKeys are the key columns of every table in the schema.
func primaryKeys(t *testing.T, w *world) map[string][]string {
	t.Helper()
	rows, err := w.owner.Query(context.Background(), `select c.relname::text, array(select a.attname::text from pg_attribute a
			where a.attrelid = c.oid and a.attnum = any (i.indkey) order by a.attnum)
		from pg_class c join pg_index i on i.indrelid = c.oid and i.indisprimary where c.relnamespace = 'public'::regnamespace`)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string][]string{}
	var table string
	var columns []string
	if _, err := pgx.ForEachRow(rows, []any{&table, &columns}, func() error { keys[table] = columns; return nil }); err != nil {
		t.Fatal(err)
	}
	return keys
}

// TestEveryTableIsProtected fails for a new table until it has rows in rows_test.go, rights in policies_test.go, and
// row-level security or a reason to have none.
func TestEveryTableIsProtected(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rows, err := w.owner.Query(context.Background(), `select relname::text, relrowsecurity, (select count(*) from pg_policy where polrelid = c.oid)
		from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')`)
	if err != nil {
		t.Fatal(err)
	}
	expected := map[string]bool{}
	for kind := range policies() {
		expected[tableOf(kind)] = true
	}
	var table string
	var enabled bool
	var count int
	if _, err := pgx.ForEachRow(rows, []any{&table, &enabled, &count}, func() error {
		if !expected[table] {
			t.Errorf("%s has no rights in policies_test.go", table)
		}
		delete(expected, table)
		_, excused := unprotected()[table]
		if protected := enabled && count > 0; protected == excused {
			t.Errorf("%s: row-level security %v with %d policies, excused %v", table, enabled, count, excused)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for table := range expected {
		t.Errorf("policies_test.go speaks of %s, which is not there", table)
	}
}
