package models_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"insyn/internal/clock"
	"insyn/internal/crypto"
	"insyn/internal/testkit"
	"insyn/models"
)

// noon is when everything in these tests happens unless a test says otherwise.
func noon() time.Time { return time.Date(2026, time.March, 2, 11, 0, 0, 0, time.UTC) }

// record is one row as JSON values; PostgreSQL reads them by the types of the table's columns.
type record map[string]any

// with returns the record with some values changed.
func (r record) with(changes record) record {
	out := maps.Clone(r)
	maps.Copy(out, changes)
	return out
}

// json is the record as a parameter.
func (r record) json(t testing.TB) string {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// insertSQL is the statement that stores a record with these columns given as its one parameter.
func insertSQL(table string, r record) string {
	cols := slices.Sorted(maps.Keys(r))
	for i := range cols {
		cols[i] = pgx.Identifier{cols[i]}.Sanitize()
	}
	list := strings.Join(cols, ", ")
	overriding := ""
	if _, given := r["id"]; given && table == "read_log" {
		overriding = " overriding system value"
	}
	return fmt.Sprintf("insert into %s (%s)%s select %s from jsonb_populate_record(null::%s, $1::jsonb)", table, list, overriding, list, table)
}

// place is where a case lies: one request of one subject at one controller.
type place struct {
	controller, subject uuid.UUID
	request, draft      uuid.UUID
	kase                uuid.UUID
	search, letter      uuid.UUID // of the case
	appeal              uuid.UUID // of the case
	batch               uuid.UUID // of the controller's letters
	notice              uuid.UUID // of the request: the servicecenter's letter
	system, spare       uuid.UUID // of the controller; spare is on no search list yet
	delegation          uuid.UUID
	question            uuid.UUID // the subject's inquiry
	inquiry             uuid.UUID // one of somebody without a login
	number              int
}

// world is a municipality of two controllers and two subjects. At each of the four pairs there is a full place (a case
// with a row of everything), a bare one (a case with a search list and a letter only), a coming one (addressed, no case
// yet) and an empty one (a request that does not go there).
type world struct {
	t           testing.TB
	db          *testkit.Database
	owner       *pgx.Conn
	controllers [2]uuid.UUID
	subjects    [2]uuid.UUID
	staff       map[models.Role]uuid.UUID // each holds its role at the first controller
	colleague   uuid.UUID                 // somebody else
	full        [4]place
	bare        [4]place
	coming      [4]place
	empty       [4]place
	seeds       map[string][4]record // by kind of row, in the order of the places
	requests    int
	days        atomic.Int64
}

func id() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// connect opens a bare connection that closes with the test.
func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// newWorld makes the municipality without any content.
func newWorld(t testing.TB) *world {
	t.Helper()
	db := testkit.DB(t)
	w := &world{t: t, db: db, owner: connect(t, db.OwnerURL), staff: map[models.Role]uuid.UUID{}, colleague: id(), seeds: map[string][4]record{}}
	w.put("staff", staffRow(w.colleague))
	for i := range w.controllers {
		w.controllers[i], w.subjects[i] = id(), id()
		w.put("controllers", controllerRow(w.controllers[i], []string{"AA", "BB"}[i]))
		w.put("subjects", record{"id": w.subjects[i], "number_token": bytea(fmt.Sprint(i)), "created_at": noon()})
	}
	for _, role := range models.Roles() {
		w.staff[role] = id()
		w.put("staff", staffRow(w.staff[role]))
	}
	for c := range w.controllers {
		p := place{controller: w.controllers[c], system: id(), spare: id(), delegation: id()}
		w.put("systems", record{"id": p.system, "controller_id": p.controller, "name": "system"})
		w.put("systems", record{"id": p.spare, "controller_id": p.controller, "name": "spare"})
		w.put("delegations", w.row("delegations", p, w.colleague).with(record{"id": p.delegation}))
		for s := range w.subjects {
			p.subject = w.subjects[s]
			w.full[2*c+s], w.bare[2*c+s], w.coming[2*c+s], w.empty[2*c+s] = p, p, p, p
		}
	}
	return w
}

// withPlaces makes the requests and cases.
func (w *world) withPlaces() *world {
	w.t.Helper()
	for _, places := range []*[4]place{&w.full, &w.bare, &w.coming, &w.empty} {
		for s := range w.subjects {
			w.requests++
			draft, request := id(), id()
			p := place{subject: w.subjects[s], request: request, draft: draft, number: w.requests}
			w.put("drafts", w.row("drafts", p, uuid.Nil).with(record{"id": draft}))
			w.put("requests", w.row("requests", p, uuid.Nil).with(record{"id": request}))
			for c := range w.controllers {
				at := &places[2*c+s]
				at.request, at.draft, at.number, at.kase, at.search, at.letter, at.inquiry, at.question = request, draft, w.requests, id(), id(), id(), id(), id()
				at.appeal, at.batch, at.notice = id(), id(), id()
			}
		}
	}
	for _, places := range [][4]place{w.full, w.bare, w.coming} {
		for _, p := range places {
			w.put("addressees", w.row("addressees:subject", p, uuid.Nil))
		}
	}
	for _, places := range [][4]place{w.full, w.bare} {
		for _, p := range places {
			w.put("inquiries", w.row("inquiries:own", p, uuid.Nil).with(record{"id": p.question}))
			w.put("inquiries", w.row("inquiries:anonymous", p, uuid.Nil).with(record{"id": p.inquiry}))
			w.put("cases", w.row("cases", p, uuid.Nil))
			w.put("searches", w.row("searches", p, w.colleague).with(record{"id": p.search, "system_id": p.system}))
			w.put("files", w.row("files:letter", p, uuid.Nil).with(record{"id": p.letter}))
			w.put("appeals", w.row("appeals:letter", p, w.colleague).with(record{"id": p.appeal}))
			w.put("print_batches", w.row("print_batches:controller", p, w.colleague).with(record{"id": p.batch}))
			w.put("request_notices", w.row("request_notices:asked", p, w.colleague).with(record{"id": p.notice}))
		}
	}
	return w
}

// seed stores one row of the kind at each full place.
func (w *world) seed(kinds ...string) {
	w.t.Helper()
	for _, kind := range kinds {
		var rows [4]record
		for i, p := range w.full {
			rows[i] = w.row(kind, p, w.colleague)
			if kind == "read_log" {
				rows[i]["id"] = 1<<30 + i // clear of what the identity column hands out
			}
			w.put(tableOf(kind), rows[i])
		}
		w.seeds[kind] = rows
	}
}

// put stores a row as the owner, past row-level security.
func (w *world) put(table string, r record) {
	w.t.Helper()
	if _, err := w.owner.Exec(context.Background(), insertSQL(table, r), r.json(w.t)); err != nil {
		w.t.Fatalf("fixture %s: %v", table, err)
	}
}

// do runs a statement as the owner.
func (w *world) do(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.owner.Exec(context.Background(), sql, args...); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
}

// actor is the member of staff with the role at the first controller, or with a role that has none.
func (w *world) actor(role models.Role) models.Actor {
	grant := models.Grant{Role: role}
	switch role {
	case models.RoleServicecenter, models.RoleLogReviewer, models.RoleAdmin:
	case models.RoleOmbud, models.RoleDecider, models.RoleDSO, models.RoleRegistrator:
		grant.Controller = models.IDFrom[models.Controller](w.controllers[0])
	}
	return models.StaffActor(models.IDFrom[models.Staff](w.staff[role]), grant)
}

// resident is the first subject.
func (w *world) resident() models.Actor {
	return models.ResidentActor(models.IDFrom[models.Subject](w.subjects[0]))
}

// inquirer is whoever has shown the code of the inquiry at the first full place.
func (w *world) inquirer() models.Actor {
	return models.InquirerActor(models.IDFrom[models.Inquiry](w.full[0].inquiry))
}

// store opens the world through the room's own door, with a real key store.
func (w *world) store(t testing.TB) (*models.Store, *crypto.Sealer) {
	t.Helper()
	kek, err := crypto.GenerateKEK("test")
	if err != nil {
		t.Fatal(err)
	}
	keks, err := crypto.ParseKEKs(kek)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := crypto.OpenKeyDir("file://"+t.TempDir(), keks)
	if err != nil {
		t.Fatal(err)
	}
	sealer := crypto.NewSealer(keys)
	return models.NewStore(w.db.Runtime, sealer, clock.NewSettable(noon())), sealer
}

func tableOf(kind string) string { table, _, _ := strings.Cut(kind, ":"); return table }

// bytea writes bytes as PostgreSQL reads them.
func bytea(s string) string { return fmt.Sprintf(`\x%x`, s) }

// sum stands for a SHA-256.
func sum(s string) string { return bytea((s + strings.Repeat(".", 32))[:32]) }
