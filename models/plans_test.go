package models_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
)

// manySQL fills two controllers with cases: two in a hundred open, two released, the rest an archive. $1 and $2 are the
// controllers, $3 somebody who handles them.
const manySQL = `
with n as materialized (select generate_series(1, 25000) as n),
s as (insert into subjects select ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, sha256(n::text::bytea), now() from n where n <= 5000 returning 1),
r as (insert into requests (id, number, subject_id, "right", state, version, language, person, received_at, received_on, state_since, closed_at)
	select ('01910000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'INS-2025-' || lpad(n::text, 5, '0'),
		('01900000-0000-7000-8000-' || lpad(to_hex(1 + n % 5000), 12, '0'))::uuid, 'access', case when n % 100 < 2 then 'active' else 'closed' end, 1, 'sv', '\x01',
		timestamptz '2025-01-01' + n * interval '20 min', '2025-01-01', now(), case when n % 100 < 2 then null else now() end from n returning 1),
c as (select n, k, 2 * n + k as m, case when n % 100 < 2 then 'assigned' when n % 100 < 4 then 'released' else 'withdrawn' end as state from n, generate_series(0, 1) k)
insert into cases (id, number, request_id, controller_id, subject_id, "right", state, person, language, received_at, received_on, due_hard, due_on, derivation,
	clock_rule, state_since, handler_id, outcome, proposal, proposed_by, proposed_at, manifest_sha, decided_at, released_at, closed_at, appeal_until)
select ('01920000-0000-7000-8000-' || lpad(to_hex(m), 12, '0'))::uuid, 'INS-2025-' || lpad(n::text, 5, '0') || '-' || k,
	('01910000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, case k when 0 then $1::uuid else $2::uuid end,
	('01900000-0000-7000-8000-' || lpad(to_hex(1 + n % 5000), 12, '0'))::uuid, 'access', state, '\x01', 'sv', timestamptz '2025-01-01' + n * interval '20 min', '2025-01-01',
	date '2026-01-01' + n % 90, date '2026-01-01' + n % 90, '[]', 'test', now(), case when state = 'released' then $3::uuid end,
	case when state = 'released' then 'granted' end, case when state = 'released' then '\x01'::bytea end, case when state = 'released' then $3::uuid end,
	case when state = 'released' then now() end, case when state = 'released' then '\x01'::bytea end,
	case when state = 'released' then now() end, case when state = 'released' then timestamptz '2026-02-01' + n * interval '1 min' end,
	case when state = 'withdrawn' then now() end, case when state = 'released' and n % 2 = 0 then date '2026-02-20' + n % 60 end from c`

// TestQueriesOfTheArchiveUseIndexes runs the room's own queries over fifty thousand cases, as the actors who ask them, and
// reads from the server's counters how they were answered. Each runs often enough to be planned without its values too.
func TestQueriesOfTheArchiveUseIndexes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store, _ := w.store(t)
	w.do(manySQL, w.controllers[0], w.controllers[1], w.colleague)
	w.do("insert into search_tokens select controller_id, sha256(subject_id::text::bytea), id from cases")
	w.do("insert into search_tokens select controller_id, sha256('anna'), id from cases where right(number, 3) = '1-0'")
	w.do("analyze")
	own := models.IDFrom[models.Controller](w.controllers[0])
	both := []models.ControllerID{own, models.IDFrom[models.Controller](w.controllers[1])}
	ombud, registrator := w.actor(models.RoleOmbud), w.actor(models.RoleRegistrator)
	wide := models.StaffActor(ombud.Staff, models.Grant{Role: models.RoleOmbud, Controller: both[0]}, models.Grant{Role: models.RoleDSO, Controller: both[1]})
	resident := models.ResidentActor(must(models.ParseID[models.Subject]("01900000-0000-7000-8000-000000000007")))
	asked := []models.RequestID{must(models.ParseID[models.Request]("01910000-0000-7000-8000-000000000006"))}
	token := make([]byte, 32)
	if err := w.owner.QueryRow(t.Context(), "select sha256('01900000-0000-7000-8000-000000000007'::bytea)").Scan(&token); err != nil {
		t.Fatal(err)
	}
	today := calendar.New(2026, time.March, 2)
	list := func(q models.CaseQuery, want int) func(tx *models.Tx) (int, int, error) {
		return func(tx *models.Tx) (int, int, error) { rows, err := tx.Cases(q); return len(rows), want, err }
	}
	for _, q := range []struct {
		name  string
		actor models.Actor
		index string
		reads int64 // rows of cases that one run may fetch
		run   func(tx *models.Tx) (got, want int, err error)
	}{
		{"queue", ombud, "cases_queue_idx", 60, list(models.CaseQuery{Controllers: both[:1], Limit: 51}, 51)},
		{"queue, next page", ombud, "cases_queue_idx", 600, list(models.CaseQuery{Controllers: both[:1], AfterDue: today, AfterID: models.NewID[models.Case](), Limit: 51}, 51)},
		{"queue of two controllers", wide, "", 1100, list(models.CaseQuery{Controllers: both, Limit: 51}, 51)},
		{"done", ombud, "cases_done_idx", 60, list(models.CaseQuery{Controllers: both[:1], Done: true, Limit: 51}, 51)},
		{"done, of two controllers", wide, "cases_done_idx", 120, list(models.CaseQuery{Controllers: both, Done: true, Limit: 51}, 51)},
		{"done, next page", ombud, "cases_done_idx", 120, list(models.CaseQuery{Controllers: both[:1], Done: true,
			AfterID: must(models.ParseID[models.Case]("01920000-0000-7000-8000-000000004000")), Limit: 51}, 51)},
		{"search", ombud, "cases_pkey", 60, func(tx *models.Tx) (int, int, error) {
			rows, err := tx.FindCases(own, [][]byte{token}, 50)
			return len(rows), 5, err
		}},
		{"search elsewhere", ombud, "", 60, func(tx *models.Tx) (int, int, error) {
			rows, err := tx.FindCases(both[1], [][]byte{token}, 50)
			return len(rows), 0, err
		}},
		{"number", ombud, "cases_number_key", 1, func(tx *models.Tx) (int, int, error) {
			_, err := tx.CaseByNumber("INS-2025-00700-0")
			return 1, 1, err
		}},
		{"due watch", models.SystemActor(), "", 1100, func(tx *models.Tx) (int, int, error) {
			rows, err := tx.DueCases(calendar.New(2026, time.January, 5), models.CaseID{}, 200)
			return len(rows), min(len(rows), 200), err
		}},
		{"past appeal", models.SystemActor(), "cases_appeal_idx", 400, func(tx *models.Tx) (int, int, error) {
			rows, err := tx.CasesPastAppeal(today, 200)
			return min(len(rows), 1), 1, err
		}},
		{"unopened", models.SystemActor(), "cases_released_idx", 400, func(tx *models.Tx) (int, int, error) {
			rows, err := tx.UnopenedSince(noon(), "mail:reminder-unopened:", 200)
			return len(rows), 200, err
		}},
		{"unattended", ombud, "cases_queue_idx", 1100, func(tx *models.Tx) (int, int, error) {
			n, err := tx.Unattended(both[:1])
			return n, 500, err
		}},
		{"counts", ombud, "cases_queue_idx", 600, func(tx *models.Tx) (int, int, error) {
			n, err := tx.CountCases(models.CaseQuery{Controllers: both[:1]}, today, today.AddDays(5))
			return n["late"] + n["soon"] + n["mine"] + n["others"], 500, err
		}},
		{"counts of two controllers", wide, "", 1100, func(tx *models.Tx) (int, int, error) {
			n, err := tx.CountCases(models.CaseQuery{Controllers: both}, today, today.AddDays(5))
			return n["late"] + n["soon"] + n["mine"] + n["others"], 1000, err
		}},
		{"steps of a page", ombud, "cases_pkey", 60, func(tx *models.Tx) (int, int, error) {
			ids := make([]models.CaseID, 50)
			for i := range ids {
				ids[i] = must(models.ParseID[models.Case](fmt.Sprintf("01920000-0000-7000-8000-%012x", 200*(i+1))))
			}
			rows, err := tx.CaseSteps(ids)
			return len(rows), 50, err
		}},
		{"registry", registrator, "cases_unregistered_idx", 160, func(tx *models.Tx) (int, int, error) {
			rows, err := tx.RegistryCases(models.RegistryQuery{Controllers: both[:1], Unopened: noon(), Limit: 51})
			return len(rows), 51, err
		}},
		{"registry, next page", registrator, "cases_unserved_idx", 160, func(tx *models.Tx) (int, int, error) {
			rows, err := tx.RegistryCases(models.RegistryQuery{Controllers: both[:1], Unopened: noon(), After: noon().AddDate(-1, -3, 0), AfterID: models.NewID[models.Case](), Limit: 51})
			return len(rows), 51, err
		}},
		{"own cases", resident, "", 20, func(tx *models.Tx) (int, int, error) {
			rows, err := tx.CasesOfSubject(asked)
			return len(rows), 2, err
		}},
		{"own requests", resident, "", 0, func(tx *models.Tx) (int, int, error) {
			rows, err := tx.OwnRequests(50)
			return len(rows), 5, err
		}},
	} {
		// One after the other: the counters are the database's.
		const runs = 7
		before := w.usage(t, q.index)
		for range runs {
			got, want := 0, 0
			inTx(t, store, q.actor, func(tx *models.Tx) (err error) {
				got, want, err = q.run(tx)
				return errors.Join(err, tx.DB().Exec("select pg_stat_force_next_flush()").Error)
			})
			if got != want {
				t.Fatalf("%s: %d rows, want %d", q.name, got, want)
			}
		}
		after := w.usage(t, q.index)
		if after.scans != before.scans {
			t.Errorf("%s reads tables from end to end", q.name)
		}
		if q.index != "" && after.index-before.index < runs {
			t.Errorf("%s: %s was used %d times in %d runs", q.name, q.index, after.index-before.index, runs)
		}
		if each := (after.fetched - before.fetched) / runs; each > q.reads {
			t.Errorf("%s fetches %d cases a run, at most %d are needed", q.name, each, q.reads)
		}
	}
}

type usage struct{ scans, fetched, index int64 }

// usage tells how often cases, requests and search tokens were read whole, how many cases were fetched by an index, and how often one index was used.
func (w *world) usage(t *testing.T, index string) (u usage) {
	t.Helper()
	err := w.owner.QueryRow(context.Background(), `select (select sum(seq_scan) from pg_stat_user_tables where relname in ('cases', 'requests', 'search_tokens')),
		(select idx_tup_fetch from pg_stat_user_tables where relname = 'cases'),
		coalesce((select idx_scan from pg_stat_user_indexes where indexrelname = $1), 0)`, index).Scan(&u.scans, &u.fetched, &u.index)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
