package workflows_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/internal/crypto"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// day moves the world to noon in Stockholm of a civil date.
func day(t *testing.T, w *workflowtest.World, s string) {
	t.Helper()
	d, err := calendar.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Set(d.In(calendar.Stockholm()).Add(12 * time.Hour))
}

// watch does what follows from the date, thrice, as several processes would, and the work it promises.
func watch(t *testing.T, w *workflowtest.World) {
	t.Helper()
	for range 3 {
		if err := w.Watch(context.Background()); err != nil {
			t.Fatal(err)
		}
		w.Work()
	}
}

// keys counts the jobs whose key begins so.
func keys(t *testing.T, w *workflowtest.World, prefix string) int {
	t.Helper()
	return count(t, w, "select count(*) from jobs where starts_with(key, ?)", prefix)
}

func count(t *testing.T, w *workflowtest.World, sql string, args ...any) int {
	t.Helper()
	var n int
	if err := w.DB.Owner.Raw(sql, args...).Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

// mailsOf counts the mails of a kind that were sent.
func mailsOf(t *testing.T, w *workflowtest.World, mail string) int {
	t.Helper()
	n := 0
	for _, m := range w.Mails.All() {
		n += count(t, w, "select count(*) from jobs where id = ?::uuid and data->>'mail' = ?", m.ID, mail)
	}
	return n
}

func TestEachDueDateRemindsOnce(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	number := w.Request(w.Resident("197701172392"), "SN") + "-SN" // received 2026-09-10, due 2026-10-12 (the 10th is a Saturday)
	w.Do("ombud SN", number, workflows.Take{})
	due := w.Case(number).DueOn
	if due.String() != "2026-10-12" {
		t.Fatalf("due %s", due)
	}
	step := func(on string, soon, late int) {
		t.Helper()
		day(t, w, on)
		watch(t, w)
		if s, l := mailsOf(t, w, "due-soon"), mailsOf(t, w, "overdue"); s != soon || l != late {
			t.Errorf("%s: %d reminders that it is due soon and %d that it is late, want %d and %d", on, s, l, soon, late)
		}
	}
	step("2026-10-06", 0, 0) // six days before
	step("2026-10-07", 1, 0) // five days before
	step("2026-10-09", 1, 0)
	w.Do("ombud SN", number, workflows.Extend{Ground: "complexity", Reason: "Det är mycket att gå igenom."})
	due = w.Case(number).DueOn
	if due.String() != "2026-12-10" {
		t.Fatalf("extended to %s", due)
	}
	step("2026-10-12", 1, 0)
	step("2026-12-04", 1, 0)
	step("2026-12-05", 2, 0) // a date that moved reminds anew
	step("2026-12-10", 2, 0)
	step("2026-12-11", 2, 2) // late: the ombud and who decides
	step("2026-12-20", 2, 2)
	if n := count(t, w, "select count(*) from jobs where kind = 'notify' and starts_with(key, 'remind:')"); n != 4 {
		t.Errorf("%d entries in the ledger, want 4", n)
	}
}

func TestReviewRunsOutAfterThreeWorkingDaysOverAWeekend(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	number := w.Request(w.Resident("197701172392"), "BUN") + "-BUN"
	w.SearchOne("BUN", number, models.Release, "")
	w.Do("ombud BUN", number, workflows.Propose{Outcome: models.OutcomeGranted}) // Thursday the 10th: Friday, Monday, Tuesday
	for _, step := range []struct {
		on   string
		want models.CaseState
	}{{"2026-09-13", models.CaseInReview}, {"2026-09-15", models.CaseInReview}, {"2026-09-16", models.CaseReady}, {"2026-09-17", models.CaseReady}} {
		day(t, w, step.on)
		watch(t, w)
		if got := w.Case(number).State; got != step.want {
			t.Fatalf("%s: the case is %s, want %s", step.on, got, step.want)
		}
	}
	id := w.Case(number).ID
	if n := count(t, w, "select count(*) from events where stream_id = ?::uuid and kind = 'review-timed-out'", id.String()); n != 1 {
		t.Errorf("timed out %d times", n)
	}
	if n := count(t, w, "select count(*) from reviews where case_id = ?::uuid and outcome = 'timed-out'", id.String()); n != 1 {
		t.Errorf("%d reviews say that their time ran out", n)
	}
}

func TestUnopenedDecisionRemindsThenGoesToTheRegistrator(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	maja := w.Resident("197701172392")
	number := w.Request(maja, "SN", "BUN")
	w.Answer("SN", number+"-SN", models.OutcomeNeutral)
	w.Answer("BUN", number+"-BUN", models.OutcomeGranted)
	mine, err := w.MyRequest(context.Background(), maja, number)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range mine.Cases { // the one of SN is opened at once
		if c.Controller.Prefix == "SN" {
			w.Read(w.OpenAnswer(context.Background(), maja, c.Letter.ID))
		}
	}
	step := func(on string, reminded, posted int) {
		t.Helper()
		day(t, w, on)
		watch(t, w)
		if r, p := mailsOf(t, w, "reminder-unopened"), mailsOf(t, w, "post-it"); r != reminded || p != posted {
			t.Errorf("%s: %d reminders and %d notices to post, want %d and %d", on, r, p, reminded, posted)
		}
	}
	step("2026-09-17", 0, 0) // not seven whole days: released at noon and then some
	step("2026-09-18", 1, 0)
	step("2026-09-23", 1, 0)
	step("2026-09-25", 1, 1)
	step("2026-10-25", 1, 1)
}

func TestUnopenedDecisionsOfOthersHideNone(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	maja := w.Resident("197701172392")
	number := w.Request(maja, "KS")
	w.Answer("KS", number+"-KS", models.OutcomeNothingFound)
	// More decisions than the watch takes at a time lie unopened for longer.
	copies(t, w, number+"-KS", 450)
	day(t, w, "2026-09-19")
	for range 6 {
		if err := w.Watch(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if n := keys(t, w, "mail:reminder-unopened:"); n != 451 {
		t.Errorf("%d of 451 people are reminded", n)
	}
	day(t, w, "2026-09-30")
	for range 6 {
		if err := w.Watch(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if n := keys(t, w, "notify:post-it:"); n != 451 {
		t.Errorf("of 451 decisions %d are to be posted", n)
	}
}

// copies puts n more released cases beside one, each of a request of its own and released a day earlier.
func copies(t *testing.T, w *workflowtest.World, number string, n int) {
	t.Helper()
	tx := w.DB.Owner.Begin()
	defer tx.Rollback()
	run := func(sql string, arg any) {
		if err := tx.Exec(sql, arg).Error; err != nil {
			t.Fatal(err)
		}
	}
	run(`create temp table twins on commit drop as select gen_random_uuid() as request, gen_random_uuid() as twin, 70000 + g as n from generate_series(1, ?::int) g`, n)
	run(`insert into requests select (jsonb_populate_record(r, jsonb_build_object('id', t.request, 'number', 'INS-2026-' || t.n))).*
		from requests r join cases c on c.request_id = r.id, twins t where c.number = ?`, number)
	run(`insert into cases select (jsonb_populate_record(c, jsonb_build_object('id', t.twin, 'request_id', t.request, 'number', 'INS-2026-' || t.n || '-KS',
		'released_at', c.released_at - interval '1 day'))).* from cases c, twins t where c.number = ?`, number)
	if err := tx.Commit().Error; err != nil {
		t.Fatal(err)
	}
}

func TestCaseClosesWhenItsAppealPeriodIsOverAndTheRequestWithTheLast(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	maja := w.Resident("197701172392")
	number := w.Request(maja, "SN", "BUN")
	w.Answer("SN", number+"-SN", models.OutcomeNeutral)
	w.Answer("BUN", number+"-BUN", models.OutcomeGranted)
	open := func(prefix string) calendar.Date {
		t.Helper()
		mine, err := w.MyRequest(ctx, maja, number)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range mine.Cases {
			if c.Controller.Prefix == prefix {
				w.Read(w.OpenAnswer(ctx, maja, c.Letter.ID))
			}
		}
		return w.Case(number + "-" + prefix).AppealUntil
	}
	state := func() (string, models.CaseState, models.CaseState) {
		t.Helper()
		var r string
		if err := w.DB.Owner.Raw("select state from requests where number = ?", number).Scan(&r).Error; err != nil {
			t.Fatal(err)
		}
		return r, w.Case(number + "-SN").State, w.Case(number + "-BUN").State
	}
	assert := func(on calendar.Date, request string, sn, bun models.CaseState) {
		t.Helper()
		day(t, w, on.String())
		watch(t, w)
		if r, s, b := state(); r != request || s != sn || b != bun {
			t.Errorf("%s: request %s, SN %s, BUN %s; want %s, %s, %s", on, r, s, b, request, sn, bun)
		}
	}
	first := open("SN") // served on Thursday 2026-09-10: three weeks
	if first.String() != "2026-10-01" {
		t.Fatalf("the appeal period ends on %s", first)
	}
	assert(first, "active", models.CaseReleased, models.CaseReleased)
	assert(first.AddDays(1), "active", models.CaseClosed, models.CaseReleased)
	last := open("BUN")
	assert(last, "active", models.CaseClosed, models.CaseReleased)
	assert(last.AddDays(1), "closed", models.CaseClosed, models.CaseClosed)
	assert(last.AddDays(9), "closed", models.CaseClosed, models.CaseClosed)
	if n := count(t, w, "select count(*) from events where kind in ('closed', 'request-closed')"); n != 3 {
		t.Errorf("%d ends in the history, want one for each case and one for the request", n)
	}
}

func TestOneCaseThatCannotGoOnHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	maja := w.Resident("197701172392")
	one := w.Request(maja, "BUN") + "-BUN"
	w.SearchOne("BUN", one, models.Release, "")
	w.Do("ombud BUN", one, workflows.Propose{Outcome: models.OutcomeGranted})
	w.Clock.Advance(time.Minute)
	other := w.Request(maja, "BUN") + "-BUN"
	w.SearchOne("BUN", other, models.Release, "")
	w.Do("ombud BUN", other, workflows.Propose{Outcome: models.OutcomeGranted})
	stale, err := w.NewDraft(ctx, maja, models.Access, "sv")
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Minute)
	fine, err := w.NewDraft(ctx, maja, models.Access, "sv")
	if err != nil {
		t.Fatal(err)
	}
	// The first case's time-out fails in the database, and the first draft's key is lost.
	if err := w.DB.Owner.Exec(`create function broken() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$`).Error; err != nil {
		t.Fatal(err)
	}
	if err := w.DB.Owner.Exec(`create trigger broken before update on cases for each row when (old.id = '` + w.Case(one).ID.String() + `') execute function broken()`).Error; err != nil {
		t.Fatal(err)
	}
	lose(t, w, stale.UUID())
	day(t, w, "2026-11-02")
	if err := w.Watch(ctx); err == nil {
		t.Error("the watch says nothing of what went wrong")
	}
	if got := w.Case(other).State; got != models.CaseReady {
		t.Errorf("the other case is %s, want ready", got)
	}
	if n := count(t, w, "select count(*) from drafts where id = ?::uuid", fine.String()); n != 0 {
		t.Error("the other draft is still there")
	}
}

// lose removes a key's file, as a botched restore would.
func lose(t *testing.T, w *workflowtest.World, id uuid.UUID) {
	t.Helper()
	s := id.String()
	if err := os.Remove(filepath.Join(w.KeysDir, "keys", s[len(s)-2:], s+".key")); err != nil {
		t.Fatal(err)
	}
	w.Service = w.Another(w.DB) // without what the old one remembers
}

func TestDraftNobodyTouchesGoesWithItsKeysAndFiles(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	maja := w.Resident("197701172392")
	draft := func(prefix string) (id models.RequestID, caseID models.CaseID, file models.FileID) {
		t.Helper()
		id, err := w.NewDraft(ctx, maja, models.Access, "sv")
		if err != nil {
			t.Fatal(err)
		}
		c := w.Controllers[prefix].ID
		if err := w.SaveDraft(ctx, maja, id, 1, func(f *workflows.DraftForm) {
			f.Controllers = []workflows.DraftAddressee{{Controller: c, About: models.About{Text: "Om mig"}}}
		}); err != nil {
			t.Fatal(err)
		}
		f, err := w.Attach(ctx, maja, id, c, *workflowtest.File("brev.txt", "Ett brev."))
		if err != nil {
			t.Fatal(err)
		}
		v, err := w.Draft(ctx, maja, id)
		if err != nil {
			t.Fatal(err)
		}
		return id, v.Form.Controllers[0].Case, f.ID
	}
	old, oldCase, oldFile := draft("KS")
	number := w.Request(maja, "KS") // one that was sent stays
	day(t, w, "2026-09-20")
	young, youngCase, youngFile := draft("BUN")
	there := func(file models.FileID) bool {
		t.Helper()
		_, err := os.Stat(pathOf(t, w, file))
		return err == nil
	}
	if !there(oldFile) || !there(youngFile) {
		t.Fatal("the attachments are not in the store")
	}
	day(t, w, "2026-10-09")
	watch(t, w)
	if _, err := w.Draft(ctx, maja, old); err != nil {
		t.Fatalf("29 days: %v", err)
	}
	day(t, w, "2026-10-11")
	watch(t, w)
	if _, err := w.Draft(ctx, maja, old); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("31 days: %v, want not found", err)
	}
	for _, key := range []uuid.UUID{old.UUID(), oldCase.UUID()} {
		if err := w.Sealer.CheckKey(ctx, key); !errors.Is(err, crypto.ErrKeyDestroyed) {
			t.Errorf("key of the old draft: %v, want destroyed", err)
		}
	}
	for _, key := range []uuid.UUID{young.UUID(), youngCase.UUID(), w.Case(number + "-KS").ID.UUID()} {
		if err := w.Sealer.CheckKey(ctx, key); err != nil {
			t.Errorf("key of what stays: %v", err)
		}
	}
	if there(oldFile) || !there(youngFile) {
		t.Errorf("old attachment there: %v, young one: %v", there(oldFile), there(youngFile))
	}
	if n := count(t, w, "select count(*) from files where id = ?::uuid", oldFile.String()); n != 0 {
		t.Error("the old attachment has a record")
	}
}

// pathOf finds the sealed bytes of a file in the store's folder.
func pathOf(t *testing.T, w *workflowtest.World, id models.FileID) string {
	t.Helper()
	found := filepath.Join(w.Files, "none")
	if err := filepath.WalkDir(w.Files, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.Contains(d.Name(), id.String()) {
			found = path
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestSweepRemovesOldBytesNobodySpeaksOf(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	maja := w.Resident("197701172392")
	id, err := w.NewDraft(ctx, maja, models.Access, "sv")
	if err != nil {
		t.Fatal(err)
	}
	c := w.Controllers["KS"].ID
	if err := w.SaveDraft(ctx, maja, id, 1, func(f *workflows.DraftForm) { f.Controllers = []workflows.DraftAddressee{{Controller: c}} }); err != nil {
		t.Fatal(err)
	}
	attach := func(written time.Duration) models.FileID {
		t.Helper()
		f, err := w.Attach(ctx, maja, id, c, *workflowtest.File("brev.txt", "Ett brev."))
		if err != nil {
			t.Fatal(err)
		}
		at := w.Clock.Now().Add(written)
		if err := os.Chtimes(pathOf(t, w, f.ID), at, at); err != nil {
			t.Fatal(err)
		}
		return f.ID
	}
	known, orphan, fresh := attach(-48*time.Hour), attach(-25*time.Hour), attach(-23*time.Hour)
	// Its transaction never committed.
	if err := w.DB.Owner.Exec("delete from files where id in (?::uuid, ?::uuid)", orphan.String(), fresh.String()).Error; err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 0} {
		if n, err := w.SweepFiles(ctx, 24*time.Hour); err != nil || n != want {
			t.Errorf("sweep %d removed %d, %v; want %d", i+1, n, err, want)
		}
	}
	for name, f := range map[string]struct {
		id   models.FileID
		want bool
	}{"known": {known, true}, "orphan": {orphan, false}, "fresh": {fresh, true}} {
		if _, err := os.Stat(pathOf(t, w, f.id)); (err == nil) != f.want {
			t.Errorf("%s: there %v, want %v", name, err == nil, f.want)
		}
	}
}

func TestReadLogIsSealedWhenItHasRested(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	number := w.Request(w.Resident("197701172392"), "SN") + "-SN"
	w.View("ombud SN", number)
	unsealed := func() int { return count(t, w, "select count(*) from read_log where seal_id is null") }
	before := unsealed()
	if before == 0 {
		t.Fatal("nothing was logged")
	}
	w.Clock.Advance(30 * time.Second)
	watch(t, w)
	if n := unsealed(); n != before {
		t.Fatalf("%d of %d readings of this minute are sealed", before-n, before)
	}
	w.Clock.Advance(31 * time.Second)
	watch(t, w)
	if n := unsealed(); n != 0 {
		t.Fatalf("%d readings are not sealed", n)
	}
	verify := func() (broken []int64, seals int64) {
		t.Helper()
		if err := w.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) (err error) {
			broken, seals, err = tx.VerifyReadings()
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return broken, seals
	}
	if broken, seals := verify(); len(broken) > 0 || seals == 0 {
		t.Errorf("%d seals, broken: %v", seals, broken)
	}
}
