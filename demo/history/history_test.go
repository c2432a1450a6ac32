package history_test

import (
	"testing"

	"insyn/demo"
	"insyn/demo/history"
	"insyn/internal/clock"
	"insyn/internal/testkit"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// The desks get every stage, everything the past promised is done, nobody is sent a mail, and nothing lies in the future.
func TestHistoryFillsTheDesks(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	files, err := workflows.ImportFolder(demo.Files)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := workflows.Import(t.Context(), w.Store, files, workflows.ImportOptions{Apply: true}); err != nil || len(r.Faults) > 0 {
		t.Fatalf("import: %v %v", r.Faults, err)
	}
	const closed = 30
	until := w.Clock.Now()
	made, err := history.Make(t.Context(), lanes(w), history.Options{Until: until, Closed: closed})
	if err != nil {
		t.Fatal(err)
	}
	count := counter(t, w)
	if n := count("select count(*) from requests"); n != made {
		t.Errorf("%d requests, %d made", n, made)
	}
	if n := count("select count(*) from cases where state in ('closed', 'withdrawn')"); n < closed {
		t.Errorf("%d cases are over, want %d at least", n, closed)
	}
	for _, s := range []models.CaseState{models.CaseAssigned, models.CaseSearching, models.CaseAwaiting, models.CaseInReview, models.CaseReady,
		models.CaseExecuting, models.CaseReleased, models.CaseClosed, models.CaseWithdrawn} {
		if count("select count(*) from cases where state = ?", s) == 0 {
			t.Errorf("no case is %s", s)
		}
	}
	for what, where := range map[string]string{
		"overdue":         "due_on < date '2026-09-10'",
		"due soon":        "due_on between date '2026-09-10' and date '2026-09-15'",
		"extended":        "extended and state = 'searching'",
		"without a diary": "diary_number is null",
	} {
		if count("select count(*) from cases where released_at is null and state <> 'withdrawn' and "+where) == 0 {
			t.Errorf("no open case is %s", what)
		}
	}
	if n := count("select count(*) from jobs where done_at is null and run_at <= ?", until); n > 0 {
		t.Errorf("%d jobs are left", n)
	}
	var failed []string
	if err := w.DB.Owner.Raw("select kind || ' ' || error_code || ' ' || key || data::text from jobs where failures > 0 or error_code is not null").Scan(&failed).Error; err != nil || len(failed) > 0 {
		t.Errorf("jobs failed: %v %v", failed, err)
	}
	if n := count("select count(*) from events where at >= ?", until); n > 0 {
		t.Errorf("%d events are not of the past", n)
	}
	if sent := w.Mails.All(); len(sent) > 0 {
		t.Errorf("%d mails were sent", len(sent))
	}
}

// counter counts rows as the owner of the database.
func counter(t *testing.T, w *workflowtest.World) func(sql string, args ...any) int {
	t.Helper()
	return func(sql string, args ...any) int {
		t.Helper()
		n := 0
		if err := w.DB.Owner.Raw(sql, args...).Scan(&n).Error; err != nil {
			t.Fatal(err)
		}
		return n
	}
}

// lanes are two who make history side by side.
func lanes(w *workflowtest.World) []history.Lane {
	var out []history.Lane
	for range 2 {
		clk := clock.NewSettable(w.Clock.Now())
		svc := w.Another(w.DB, func(d *workflows.Deps) {
			d.Clock, d.Mailer, d.Store = clk, history.Silence{}, models.NewStore(w.DB.Runtime, d.Sealer, clk)
		})
		out = append(out, history.Lane{Service: svc, Clock: clk})
	}
	return out
}
