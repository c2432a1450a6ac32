package models_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"insyn/internal/clock"
	"insyn/internal/postgres"
	"insyn/models"
)

// refused runs a statement as the actor and wants the SQLSTATE.
func refused(t *testing.T, conn *pgx.Conn, actor models.Actor, code, sql string, args ...any) {
	t.Helper()
	tx := begin(t, conn, actor)
	defer func() { _ = tx.Rollback(context.Background()) }()
	_, err := tx.Exec(context.Background(), sql, args...)
	if got, _ := postgres.ErrorCode(err); got != code {
		t.Errorf("%.90s: got %v, want SQLSTATE %s", sql, err, code)
	}
}

func TestTheRuntimeRoleCannotChangeTheHouse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	conn := connect(t, w.db.RuntimeURL)
	denied := func(sql string) {
		t.Helper()
		refused(t, conn, models.SystemActor(), postgres.CodeInsufficientRights, sql)
	}
	seen := map[string]bool{}
	for kind := range policies() {
		table := tableOf(kind)
		if seen[table] {
			continue
		}
		seen[table] = true
		denied("truncate " + table)
		denied("drop table " + table)
		denied("alter table " + table + " disable row level security")
		denied("alter table " + table + " add column more text")
		denied("create trigger more before insert on " + table + " for each row execute function cases_guard()")
		if _, excused := unprotected()[table]; !excused {
			denied("create policy more on " + table + " using (true)")
		}
	}
	for _, table := range []string{"events", "event_heads", "decisions", "read_log", "read_log_seals", "services", "extensions", "manifests", "notes"} {
		denied("delete from " + table)
		column := map[string]string{"events": "data", "event_heads": "hash", "read_log_seals": "hash", "read_log": "page"}[table]
		if column == "" {
			column = "controller_id"
		}
		denied("update " + table + " set " + column + " = " + column)
	}
	denied("insert into events select * from events")
	denied("insert into event_heads select * from event_heads")
	denied("insert into read_log_seals select * from read_log_seals")
	denied("set role " + postgres.OwnerRole)
	denied("create table mine (n int)")
	denied("create or replace function actor_kind() returns text language sql as $$ select 'system' $$")
	denied("alter function append_event(text, uuid, uuid, uuid, text, text, jsonb, timestamptz) security invoker")
	denied("drop policy cases_read on cases")
}

// TestOnlyFactsCanBeChanged: whose a row is, and what somebody wrote, is out of reach of every change.
func TestOnlyFactsCanBeChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := map[string]string{
		"cases": "appeal_until clock_event closed_at decided_at derivation diary_number due_hard due_on extended handler_id manifest_sha outcome " +
			"proposal proposed_at proposed_by released_at state state_since version",
		"case_public": "done due_on", "pauses": "to_date", "messages": "read_at", "requests": "closed_at state state_since version",
		"searches": "attested_at attested_by hits reason result", "reviews": "closed_at outcome remarks reply reviewer_id",
		"files": "appeal_id draft_id number released_at", "items": "disposition draft_since explanation ground", "measures": "done_at done_by receipt", "request_pauses": "answer to_date",
		"drafts": "form submitted_at updated_at version", "jobs": "attempt done_at enqueued_at error_code failures result run_at sent_at",
		"filings": "identity identity_at identity_by", "representations": "checked_at checked_by how reason state valid_until", "mandates": "sent_at",
		"envelopes":        "handed_at handed_by identity returned_at returned_by served_at",
		"inquiries":        "answered_at closed_at contact controller_id dpo_controller_id mail_failed_at offer request_id state state_since tier version",
		"inquiry_messages": "controller_id dpo_controller_id", "inquiry_codes": "attempts consumed_at",
		"subjects": "", "addressees": "", "concerns": "", "extensions": "", "notes": "", "manifests": "", "decisions": "", "services": "",
		"deliveries": "", "search_tokens": "", "events": "", "event_heads": "", "read_log": "", "read_log_seals": "", "key_stores": "",
		"appeals": "", "import_trials": "end_missing", "organisation_events": "", "own_parts": "",
		"postings": "batch_id broken_at dropped_at extract_pages letter_pages place sent_at sent_by sent_how sent_on", "print_batches": "", "printings": "",
		"request_notices": "opened_at", "forwardings": "",
	}
	rows, err := w.owner.Query(context.Background(), `select c.relname::text, coalesce(string_agg(a.attname, ' ' order by a.attname)
			filter (where has_column_privilege($1, c.oid, a.attnum, 'UPDATE')), '')
		from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
		where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' group by 1`, postgres.AppRole)
	if err != nil {
		t.Fatal(err)
	}
	free := []string{"controllers", "staff", "assignments", "delegations", "systems", "activities", "counters", "rate_limits", "sessions", "goose_db_version"}
	var table, columns string
	if _, err := pgx.ForEachRow(rows, []any{&table, &columns}, func() error {
		expected, known := want[table]
		switch {
		case slices.Contains(free, table):
		case !known:
			t.Errorf("%s: say here which of its columns may change", table)
		case expected != columns:
			t.Errorf("%s: %q may change, want %q", table, columns, expected)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// TestSettingsDoNotLeak: the next user of a pooled connection has no actor, however the transaction before ended.
func TestSettingsDoNotLeak(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	pool, err := postgres.Open(t.Context(), w.db.RuntimeURL, postgres.Options{Now: noon, MaxConnections: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = postgres.Close(pool) })
	store := models.NewStore(pool, nil, clock.NewSettable(noon()))
	for name, end := range map[string]func(tx *models.Tx) error{
		"commit":   func(*models.Tx) error { return nil },
		"rollback": func(*models.Tx) error { return errors.New("no") },
		"error":    func(tx *models.Tx) error { return tx.DB().Exec("select 1/0").Error },
	} {
		_ = store.InTx(t.Context(), models.SystemActor(), func(tx *models.Tx) error {
			var n int
			if err := tx.DB().Raw("select count(*) from cases").Scan(&n).Error; err != nil || n != 8 {
				t.Errorf("the system sees %d cases, %v", n, err)
			}
			return end(tx)
		})
		for _, table := range []string{"cases", "requests", "staff", "events", "files"} {
			var n int
			if err := pool.Raw("select count(*) from " + table).Scan(&n).Error; err != nil || n != 0 {
				t.Errorf("after %s %d rows of %s are seen, %v", name, n, table, err)
			}
		}
	}
}

type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func count(t testing.TB, q querier, table string) (n int) {
	t.Helper()
	if err := q.QueryRow(context.Background(), "select count(*) from "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestOddSettingsOpenNothing: a malformed setting is an error or nothing, and settings of another kind of actor do not count.
func TestOddSettingsOpenNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	conn := connect(t, w.db.RuntimeURL)
	a := w.controllers[0].String()
	for _, settings := range []map[string]string{
		{}, {"kind": ""}, {"kind": "SYSTEM"}, {"kind": "system "}, {"kind": "owner"}, {"kind": "resident"}, {"kind": "staff"},
		{"kind": "staff", "content": "{"}, {"kind": "staff", "content": a}, {"kind": "staff", "content": "{null}"}, {"kind": "staff", "content": "*"},
		{"kind": "staff", "intake": "perhaps"}, {"kind": "staff", "intake": "no"}, {"kind": "resident", "subject": "everybody"},
		{"kind": "resident", "content": "{" + a + "}"}, {"kind": "anonymous", "content": "{" + a + "}"}, {"content": "{" + a + "}", "intake": "true"},
		{"kind": "staff", "subject": w.subjects[0].String()}, {"subject": w.subjects[0].String()}, {"kind": "staff", "handle": "{" + a + "}"},
		{"kind": "resident", "intake": "true"},
	} {
		for _, table := range []string{"cases", "requests", "subjects", "searches"} {
			tx := begin(t, conn, models.Actor{})
			for name, value := range settings {
				if _, err := tx.Exec(context.Background(), "select set_config($1, $2, true)", "insyn."+name, value); err != nil {
					t.Fatal(err)
				}
			}
			var n int
			if err := tx.QueryRow(context.Background(), "select count(*) from "+table).Scan(&n); err == nil && n > 0 {
				t.Errorf("%v opens %d rows of %s", settings, n, table)
			}
			_ = tx.Rollback(context.Background())
		}
	}
}

// TestRowsCannotBePlanted: a row carries the actor's own controller or subject, as the policies want, but hangs on
// somebody else's case, request or file.
func TestRowsCannotBePlanted(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	conn := connect(t, w.db.RuntimeURL)
	ombud, resident := w.actor(models.RoleOmbud), w.resident()
	mine, theirs := w.bare[0], w.bare[2] // the same subject's case at the other controller
	hers := w.bare[1]                    // the other subject's case at the same controller
	plant := func(actor models.Actor, code, kind string, changes record) {
		t.Helper()
		r := w.row(kind, mine, actor.Staff.UUID()).with(changes)
		refused(t, conn, actor, code, insertSQL(tableOf(kind), r), r.json(t))
	}
	const absent, denied = postgres.CodeForeignKeyViolation, postgres.CodeInsufficientRights
	for _, kind := range []string{"notes", "messages:to-subject", "pauses", "extensions", "searches", "items", "measures", "manifests", "reviews", "decisions", "files:item"} {
		plant(ombud, absent, kind, record{"case_id": theirs.kase})
	}
	plant(ombud, denied, "jobs:case", record{"case_id": theirs.kase, "request_id": theirs.request})
	plant(ombud, absent, "items", record{"search_id": hers.search})
	plant(ombud, absent, "decisions", record{"letter_id": hers.letter})
	for _, kind := range []string{"messages:from-subject", "services:portal", "appeals:portal", "deliveries", "concerns"} {
		plant(resident, absent, kind, record{"case_id": hers.kase})
	}
	plant(resident, absent, "deliveries", record{"file_id": theirs.letter})
	plant(resident, absent, "addressees:subject", record{"request_id": w.empty[1].request, "case_id": id()})
	plant(resident, absent, "files:draft", record{"draft_id": hers.draft})
	plant(resident, denied, "jobs:request", record{"request_id": hers.request})
	plant(resident, denied, "jobs:case", record{"case_id": hers.kase})
	plant(w.actor(models.RoleRegistrator), absent, "services:post", record{"case_id": theirs.kase})
	plant(w.actor(models.RoleRegistrator), absent, "appeals:letter", record{"case_id": theirs.kase})
	plant(w.actor(models.RoleRegistrator), absent, "files:appeal", record{"appeal_id": theirs.appeal})
	plant(ombud, denied, "files:pending", record{})
	plant(resident, absent, "files:pending", record{"case_id": hers.kase})

	// A draft's file that names another person's case is nowhere to be seen, and cannot be sent there.
	r := w.row("files:draft", mine, uuid.Nil).with(record{"case_id": hers.kase})
	w.put("files", r)
	refused(t, conn, resident, absent, "update files set draft_id = null where id = $1", r["id"])
	tx := begin(t, conn, ombud)
	if err := tx.QueryRow(context.Background(), "select id from files where id = $1", r["id"]).Scan(new(uuid.UUID)); !errors.Is(err, pgx.ErrNoRows) {
		t.Errorf("the ombud sees a file of a draft: %v", err)
	}
	_ = tx.Rollback(context.Background())
}

// TestWhoWritesIsWhoSigns: nobody writes in a colleague's name, and a page view is logged in one's own.
func TestWhoWritesIsWhoSigns(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	conn := connect(t, w.db.RuntimeURL)
	forge := func(actor models.Actor, kind string) {
		t.Helper()
		r := w.row(kind, w.bare[0], w.colleague)
		refused(t, conn, actor, postgres.CodeInsufficientRights, insertSQL(tableOf(kind), r), r.json(t))
	}
	for _, kind := range []string{"notes", "messages:to-subject", "extensions", "items", "measures", "decisions", "read_log"} {
		forge(w.actor(models.RoleOmbud), kind)
	}
	forge(w.actor(models.RoleRegistrator), "services:post")
	forge(w.actor(models.RoleRegistrator), "appeals:letter")
	forge(w.actor(models.RoleRegistrator), "envelopes")
	forge(w.actor(models.RoleServicecenter), "filings")
	forge(w.resident(), "read_log")
	forge(models.SystemActor(), "read_log")
	sealed := w.row("read_log", w.bare[0], w.staff[models.RoleOmbud]).with(record{"seal_id": 1})
	refused(t, conn, w.actor(models.RoleOmbud), postgres.CodeInsufficientRights, insertSQL("read_log", sealed), sealed.json(t))
}

// TestCaseFactsByActor: a policy says whose case may be changed; this says what in it.
func TestCaseFactsByActor(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	conn := connect(t, w.db.RuntimeURL)
	changes := map[string]string{
		"take": "handler_id = '" + w.colleague.String() + "'", "diary": "diary_number = 'SN 2026/1'", "appeal": "appeal_until = '2026-05-01'",
		"state": "state = 'withdrawn', closed_at = now()", "extend": "extended = true, due_on = '2026-06-02'", "close": "state = 'withdrawn', closed_at = now()",
		"decide":  "state = 'decided', decided_at = now(), handler_id = '" + w.colleague.String() + "', " + proposed(w),
		"propose": proposed(w), "version": "version = version + 1", "release": "released_at = now()",
	}
	may := map[string]string{
		"resident": "appeal state close version", "ombud": "take diary appeal state extend close decide propose version",
		"decider": "take diary appeal state extend close decide propose version", "dso": "version", "registrator": "diary appeal version",
		"system": "take diary appeal state extend close decide propose version",
	}
	for name, actor := range actorsOf(w) {
		for change, set := range changes {
			tx := begin(t, conn, actor)
			tag, err := tx.Exec(context.Background(), "update cases set "+set+" where id = $1", w.bare[0].kase)
			_ = tx.Rollback(context.Background())
			code, constraint := postgres.ErrorCode(err)
			if change == "release" && name == "system" {
				if constraint != "cases_released_fact" {
					t.Errorf("release out of turn: %v", err)
				}
				continue
			}
			reached := err == nil && tag.RowsAffected() == 1
			if err != nil && code != postgres.CodeInsufficientRights {
				t.Errorf("%s as %s: %v", change, name, err)
			}
			if want := slices.Contains(strings.Fields(may[name]), change); reached != want {
				t.Errorf("%s as %s: reached %v, want %v", change, name, reached, want)
			}
		}
	}
	// The DSO's remarks take a proposal back and open the search again; the DSO still decides nothing.
	w.do("update cases set state = 'in-review', handler_id = $2, "+proposed(w)+" where id = $1", w.bare[0].kase, w.colleague)
	tx := begin(t, conn, w.actor(models.RoleDSO))
	if _, err := tx.Exec(context.Background(), `update cases set state = 'searching', outcome = null, proposal = null, proposed_by = null, proposed_at = null,
		manifest_sha = null where id = $1`, w.bare[0].kase); err != nil {
		t.Errorf("the DSO's remarks: %v", err)
	}
	_ = tx.Rollback(context.Background())
	refused(t, conn, w.actor(models.RoleDSO), postgres.CodeInsufficientRights, "update cases set outcome = 'refused' where id = $1", w.bare[0].kase)
}

func proposed(w *world) string {
	return fmt.Sprintf(`outcome = 'granted', proposal = '\x01', proposed_by = '%s', proposed_at = now(), manifest_sha = '\x01'`, w.colleague)
}

// TestAppendEventByActor tries the only door to the chains for every actor, stream and place.
func TestAppendEventByActor(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	conn := connect(t, w.db.RuntimeURL)
	want := map[string]map[string]string{
		"case":    {"resident": "P", "ombud": "A", "decider": "A", "dso": "A", "registrator": "A", "system": "*"},
		"request": {"resident": "P", "servicecenter": "*", "system": "*"},
		"inquiry": {"resident": "P", "servicecenter": "*", "system": "*"},
	}
	call := func(actor models.Actor, stream string, id uuid.UUID, controller any, subject uuid.UUID) error {
		tx := begin(t, conn, actor)
		defer func() { _ = tx.Rollback(context.Background()) }()
		_, err := tx.Exec(context.Background(), "select append_event($1, $2, $3, $4, 'tried', 'staff', '{}', now())", stream, id, controller, subject)
		return err
	}
	for name, actor := range actorsOf(w) {
		for i, p := range w.full {
			for stream, by := range want {
				id, controller := p.kase, any(p.controller)
				switch stream {
				case "request":
					id, controller = p.request, nil
				case "inquiry":
					id, controller = p.question, nil
				}
				err := call(actor, stream, id, controller, p.subject)
				scope := by[name]
				should := scope == "*" || (scope == "A" && i/2 == 0) || (scope == "P" && i%2 == 0)
				code, _ := postgres.ErrorCode(err)
				if (err == nil) != should || (err != nil && code != postgres.CodeInsufficientRights) {
					t.Errorf("event on a %s as %s at %s: got %v, want %v", stream, name, placeName(i), err, should)
				}
			}
		}
		// One's own controller or subject as a pretext for somebody else's stream.
		other := w.full[3]
		if err := call(actor, "case", other.kase, w.controllers[0], w.subjects[0]); err == nil {
			t.Errorf("%s writes on another's stream under their own name", name)
		}
		if err := call(actor, "request", other.request, nil, w.subjects[0]); err == nil {
			t.Errorf("%s writes on another's request under their own name", name)
		}
		if err := call(actor, "inquiry", other.question, nil, w.subjects[0]); err == nil {
			t.Errorf("%s writes on another's inquiry under their own name", name)
		}
		if err := call(actor, "case", id(), w.controllers[0], w.subjects[0]); err == nil {
			t.Errorf("%s begins a chain of nothing", name)
		}
	}
}
