package tasks_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"insyn/internal/mail"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// system reads as the system does.
func system[T any](t testing.TB, s *workflows.Service, f func(tx *models.Tx) (T, error)) T {
	t.Helper()
	var out T
	if err := s.Store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) (err error) {
		out, err = f(tx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// query reads rows under the owner, past row-level security.
func query[T any](t testing.TB, w *workflowtest.World, sql string, args ...any) []T {
	t.Helper()
	var out []T
	if err := w.DB.Owner.Raw(sql, args...).Scan(&out).Error; err != nil {
		t.Fatal(err)
	}
	return out
}

// jobRow is what the tests look at in a job.
type jobRow struct {
	ID        models.JobID
	Kind, Key string
	RunAt     time.Time
	ErrorCode *string
	Failures  int
	Attempt   int
	DoneAt    *time.Time
	Result    *string
}

func jobs(t testing.TB, w *workflowtest.World, where string, args ...any) []jobRow {
	t.Helper()
	return query[jobRow](t, w, "select * from jobs where "+where+" order by id", args...)
}

// barrier lets n copies of a job begin together: none goes on before all have begun.
type barrier struct{ begun *sync.WaitGroup }

func (b *barrier) hit(name string) {
	if name == "job-begun" {
		b.begun.Done()
		b.begun.Wait()
	}
}

// copiesAtOnce runs n copies of a job so that all have begun before any goes on.
func (b *barrier) copiesAtOnce(t testing.TB, s *workflows.Service, n int, id models.JobID) {
	t.Helper()
	b.begun = new(sync.WaitGroup)
	b.begun.Add(n)
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			if err := s.RunJob(context.Background(), id); err != nil {
				t.Errorf("run job: %v", err)
			}
		})
	}
	all.Wait()
}

func TestManyCopiesOfAJobMakeOneEffect(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	var b barrier
	s := w.Another(w.DB, func(d *workflows.Deps) { d.Failpoint = b.hit })
	number := w.SendRequest(w.Resident("197701172392"), "KS", "BUN")
	claimAll := func() {
		if _, err := w.Claim(context.Background(), 100); err != nil {
			t.Fatal(err)
		}
	}
	// Every kind of job that the way to a released case has, each by eight copies at once.
	kinds := map[string]int{}
	drain := func() {
		for range 20 {
			claimAll()
			open := jobs(t, w, "done_at is null")
			if len(open) == 0 {
				return
			}
			for _, j := range open {
				kinds[j.Kind]++
				b.copiesAtOnce(t, s, 8, j.ID)
				if after := jobs(t, w, "id = ?", j.ID)[0]; after.DoneAt == nil || *after.Result != models.JobDone {
					t.Errorf("%s is not done after eight copies", j.Key)
				}
			}
		}
		t.Fatal("jobs promise jobs without end")
	}
	drain()
	for _, p := range []string{"KS", "BUN"} {
		if p == "KS" {
			w.SearchNothing(p, number+"-"+p)
			w.Propose(p, number+"-"+p, models.OutcomeNothingFound)
		} else {
			w.SearchOne(p, number+"-"+p, models.Release, "")
			w.Propose(p, number+"-"+p, models.OutcomeGranted)
		}
		w.Decide(p, number+"-"+p)
	}
	drain()
	for _, kind := range []workflows.JobKind{workflows.JobFanOut, workflows.JobNotify, workflows.JobMailPerson, workflows.JobMailStaff, workflows.JobRelease} {
		if kinds[string(kind)] == 0 {
			t.Errorf("no job of kind %s ran", kind)
		}
	}
	assertWhole(t, w, []string{number}, 2)
	assertReleasedOnce(t, w, 2)
	sent := map[string]int{}
	for _, m := range w.Mails.All() {
		sent[m.ID]++
	}
	for _, j := range jobs(t, w, "kind in ('mail-person', 'mail-staff')") {
		if sent[j.ID.String()] != 1 {
			t.Errorf("%s was sent %d times, want once", j.Key, sent[j.ID.String()])
		}
	}
}

// assertWhole: one case and one search list for each addressee, every job done, no broken chain.
func assertWhole(t testing.TB, w *workflowtest.World, numbers []string, addressees int) {
	t.Helper()
	for _, number := range numbers {
		for _, r := range query[struct {
			Prefix                                     string
			Cases, Searches, Systems, Opened, Concerns int
		}](t, w, `select k.prefix, (select count(*) from cases c where c.request_id = a.request_id and c.controller_id = a.controller_id) as cases,
			(select count(*) from searches s where s.case_id = a.case_id) as searches,
			(select count(*) from systems y where y.controller_id = a.controller_id) as systems,
			(select count(*) from events e where e.stream_id = a.case_id and e.kind = 'fanned-out') as opened,
			(select count(*) from concerns n where n.case_id = a.case_id) as concerns
			from addressees a join controllers k on k.id = a.controller_id join requests r on r.id = a.request_id where r.number = ?`, number) {
			if r.Cases != 1 || r.Opened != 1 || r.Searches != r.Systems || r.Systems == 0 || r.Concerns != 1 {
				t.Errorf("%s-%s: %d cases opened %d times, %d searches of %d systems, %d concerns", number, r.Prefix, r.Cases, r.Opened, r.Searches, r.Systems, r.Concerns)
			}
		}
		n := query[int](t, w, "select count(*) from addressees a join requests r on r.id = a.request_id where r.number = ?", number)[0]
		if n != addressees {
			t.Errorf("%s: %d addressees, want %d", number, n, addressees)
		}
		if n := query[int](t, w, "select count(*) from events e join requests r on r.id = e.stream_id where r.number = ? and e.kind = 'fanned-out'", number)[0]; n != 1 {
			t.Errorf("%s: fanned out %d times", number, n)
		}
	}
	for _, j := range jobs(t, w, "done_at is null or result <> 'done'") {
		t.Errorf("job %s (%s) did not end as done: %+v", j.Key, j.Kind, j)
	}
	faults := system(t, w.Service, func(tx *models.Tx) ([]models.Fault, error) {
		faults, n, err := tx.VerifyEvents()
		if n == 0 {
			t.Error("there are no events")
		}
		return faults, err
	})
	for _, f := range faults {
		t.Errorf("event chain: %+v", f)
	}
}

// assertReleasedOnce: so many cases are released, each by one event and one decision, its files at that one instant.
func assertReleasedOnce(t testing.TB, w *workflowtest.World, want int) {
	t.Helper()
	rows := query[struct {
		Number                     string
		Events, Decided, Decisions int
		Letters, Files, Instants   int
		Same                       bool
	}](t, w, `select c.number, (select count(*) from events e where e.stream_id = c.id and e.kind = 'released') as events,
		(select count(*) from events e where e.stream_id = c.id and e.kind = 'decided') as decided,
		(select count(*) from decisions d where d.case_id = c.id) as decisions,
		count(*) filter (where f.purpose = 'letter') as letters, count(*) as files, count(distinct f.released_at) as instants,
		bool_and(f.released_at = c.released_at) as same
		from cases c join files f on f.case_id = c.id where c.state = 'released' and f.released_at is not null group by c.id, c.number`)
	if len(rows) != want {
		t.Errorf("%d cases are released, want %d", len(rows), want)
	}
	for _, r := range rows {
		if r.Events != 1 || r.Decided != 1 || r.Decisions != 1 || r.Letters != 1 || r.Instants != 1 || !r.Same {
			t.Errorf("released not once and whole: %+v", r)
		}
	}
}

func TestFourRelaysClaimEachJobOnce(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	const n = 120
	if err := w.DB.Owner.Exec(`insert into jobs (id, kind, key, run_at, created_at)
		select gen_random_uuid(), 'settle', 'claim-test:' || g, ?::timestamptz, ?::timestamptz from generate_series(1, ?) g`, workflowtest.Start(), workflowtest.Start(), n).Error; err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var got []models.JobID
	start := make(chan struct{})
	var all sync.WaitGroup
	for range 4 {
		s := w.Another(w.DB)
		all.Go(func() {
			<-start
			for {
				claimed, err := s.Claim(context.Background(), 7)
				if err != nil {
					t.Errorf("claim: %v", err)
					return
				}
				if len(claimed) == 0 {
					return
				}
				mu.Lock()
				for _, j := range claimed {
					got = append(got, j.ID)
				}
				mu.Unlock()
			}
		})
	}
	close(start)
	all.Wait()
	distinct := map[models.JobID]bool{}
	for _, id := range got {
		distinct[id] = true
	}
	if len(got) != n || len(distinct) != n {
		t.Errorf("%d claims of %d jobs, want each of %d once", len(got), len(distinct), n)
	}
	for _, j := range jobs(t, w, "key like 'claim-test:%' and attempt <> 1") {
		t.Errorf("%s has attempt %d", j.Key, j.Attempt)
	}
}

func TestMailThatFailsForNowIsTriedAgainLaterAndLater(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	var log bytes.Buffer
	var attempts atomic.Int32
	w.Mails.Fail = func(m mail.Message) error {
		if strings.HasPrefix(m.To, "maja") && attempts.Add(1) <= 3 {
			return fmt.Errorf("talk to %s: %w", m.To, &mail.Error{Stage: mail.StageTo, Code: 451, Temporary: true})
		}
		return nil
	}
	s := w.Another(w.DB, func(d *workflows.Deps) { d.Log = slog.New(slog.NewJSONHandler(&log, nil)) })
	w.SendRequest(w.Resident("197701172392"), "KS")
	run := func() {
		for {
			claimed, err := s.Claim(context.Background(), 10)
			if err != nil {
				t.Fatal(err)
			}
			if len(claimed) == 0 {
				return
			}
			for _, j := range claimed {
				if err := s.RunJob(context.Background(), j.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	receipt := func() jobRow { return jobs(t, w, "key like 'mail:receipt:%'")[0] }
	for i, wait := range []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second} {
		run()
		j := receipt()
		if j.DoneAt != nil || j.Failures != i+1 || j.ErrorCode == nil || *j.ErrorCode != "mail-to" || !j.RunAt.Equal(w.Clock.Now().Add(wait)) {
			t.Fatalf("after failure %d: %+v, want code mail-to and the next attempt in %s", i+1, j, wait)
		}
		run() // not yet
		if got := receipt(); got.Failures != i+1 {
			t.Fatalf("tried again before its time: %d failures", got.Failures)
		}
		w.Clock.Advance(wait)
	}
	run()
	if j := receipt(); j.DoneAt == nil || j.ErrorCode != nil || attempts.Load() != 4 {
		t.Errorf("after the fourth attempt (%d): %+v", attempts.Load(), j)
	}
	if n := len(slices.DeleteFunc(w.Mails.All(), func(m mail.Message) bool { return !strings.HasPrefix(m.To, "maja") })); n != 1 {
		t.Errorf("%d mails to the person, want one", n)
	}
	if n := strings.Count(log.String(), `"code":"mail-to"`); n != 3 {
		t.Errorf("%d lines in the log, want one for each failure:\n%s", n, log.String())
	}
	noPerson(t, "log", log.String())
	noPerson(t, "jobs", dump(t, w, "jobs"))
}

// noPerson fails if a text says anything of the tests' person.
func noPerson(t testing.TB, what, text string) {
	t.Helper()
	for _, secret := range []string{"maja", "Lindqvist", "197701172392", "7701172392", "770117-2392", "post.example", "Allt ni har"} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(secret)) {
			t.Errorf("%s: holds %q", what, secret)
		}
	}
}

// dump is a table as text, row by row.
func dump(t testing.TB, w *workflowtest.World, table string) string {
	t.Helper()
	rows := query[string](t, w, "select row_to_json(x)::text from "+table+" x")
	if len(rows) == 0 {
		t.Fatalf("%s is empty: nothing was looked at", table)
	}
	return strings.Join(rows, "\n")
}

func TestMailRefusedForGoodIsGivenUpAndSeen(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	w.Mails.Fail = func(m mail.Message) error {
		if strings.HasPrefix(m.To, "maja") {
			return &mail.Error{Stage: mail.StageTo, Code: 550}
		}
		return nil
	}
	number := w.Request(w.Resident("197701172392"), "BUN")
	w.Answer("BUN", number+"-BUN", models.OutcomeGranted)
	for key, stream := range map[string]string{"mail:receipt:%": number, "mail:answer-available:%": number + "-BUN"} {
		rows := jobs(t, w, "key like ?", key)
		if len(rows) != 1 || rows[0].DoneAt == nil || *rows[0].Result != models.JobGivenUp {
			t.Fatalf("%s: %+v, want one job that was given up", key, rows)
		}
		events := query[string](t, w, `select e.data->>'job' from events e where e.kind = 'mail-failed' and e.audience = 'staff'
			and e.stream_id in (select id from requests where number = ? union select id from cases where number = ?)`, stream, stream)
		if !slices.Equal(events, []string{rows[0].ID.String()}) {
			t.Errorf("%s: mail-failed events %v, want one for job %s", stream, events, rows[0].ID)
		}
	}
	if open := jobs(t, w, "done_at is null"); len(open) > 0 {
		t.Errorf("jobs are left: %+v", open)
	}
}
