package workflows_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// explained checks that the stored due date is the one its stored derivation ends in, and that both languages can tell it.
func explained(t *testing.T, s staged, number string) []deadline.Step {
	t.Helper()
	c, v := s.Case(number), s.View("ombud "+number[strings.LastIndex(number, "-")+1:], number)
	if len(v.Steps) == 0 || v.Steps[len(v.Steps)-1].Date != c.DueOn || c.ClockEvent < 1 || c.ClockRule == "" {
		t.Errorf("%s: due %s, explained as %+v, event %d", number, c.DueOn, v.Steps, c.ClockEvent)
	}
	for _, lang := range []string{"sv", "en"} {
		if lines := deadline.Explain(lang, v.Steps); len(lines) == 0 {
			t.Errorf("%s: nothing to say in %s", number, lang)
		}
	}
	return v.Steps
}

func date(s string) calendar.Date {
	d, err := calendar.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestAQuestionMovesTheDueDateAndNotTheHardOne(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	s := reach(w, w.Resident("197701172392"), stage(models.CaseAssigned))
	before := w.Case(s.number)
	if before.DueHard != date("2026-10-12") || before.DueOn != before.DueHard { // 10 October 2026 is a Saturday
		t.Fatalf("due %s, hard %s", before.DueOn, before.DueHard)
	}
	explained(t, s, s.number)
	w.Clock.Advance(oneDay)
	w.Do("ombud SN", s.number, workflows.Ask{Reason: "identity", Text: "Vem är du?"})
	w.Clock.Advance(9 * oneDay)
	s.must(w.Apply(context.Background(), s.maja, s.asSeen(), workflows.Answer{Text: "Jag."}))
	after := w.Case(s.number)
	if after.DueHard != before.DueHard || !after.DueOn.After(before.DueOn) || after.ClockEvent <= before.ClockEvent {
		t.Errorf("due %s, hard %s, event %d", after.DueOn, after.DueHard, after.ClockEvent)
	}
	explained(t, s, s.number)
	v := w.View("ombud SN", s.number)
	if len(v.HardSteps) == 0 || v.HardSteps[len(v.HardSteps)-1].Date != v.Case.DueHard || v.CanExtendUntil != v.Case.DueHard {
		t.Error("the page does not show both dates")
	}
	public := models.CasePublic{}
	s.must(w.Store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) error {
		rows, err := tx.PublicOfRequests([]models.RequestID{after.RequestID})
		public = rows[0]
		return err
	}))
	if public.DueOn != after.DueOn {
		t.Errorf("outside the case is due %s, inside %s", public.DueOn, after.DueOn)
	}
}

// TestPausesThatShareDaysCountThemOnce: the committee's own question is answered the day the servicecenter asks, and the day
// after the same once more. The days they share are counted once.
func TestPausesThatShareDaysCountThemOnce(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	s := reach(w, w.Resident("197701172392"), stage(models.CaseAwaiting)) // from the 10th
	w.Clock.Advance(2 * oneDay)                                           // 12th
	s.must(w.Apply(ctx, s.maja, s.asSeen(), workflows.Answer{Text: "Alla år."}))
	s.askPerson(w.Service)
	w.Work()
	w.Clock.Advance(2 * oneDay) // 14th
	s.must(w.AnswerRequest(ctx, s.maja, s.request, s.requestVersion(), "Lindqvist."))
	w.Work()
	pauses := w.View("ombud SN", s.number).Pauses
	if len(pauses) != 2 || pauses[0].ToDate != pauses[1].FromDate {
		t.Fatalf("pauses %+v", pauses)
	}
	c := w.Case(s.number)
	want := deadline.ForResponse(deadline.Input{Received: c.ReceivedOn, Today: date("2026-09-14"),
		Pauses: []deadline.Pause{{From: date("2026-09-10"), To: date("2026-09-14")}}})
	if c.DueOn != want.Effective() || c.State != models.CaseAssigned {
		t.Errorf("due %s, for one pause of the same days %s; %s", c.DueOn, want.Effective(), c.State)
	}
	explained(t, s, s.number)
}

func TestExtensionIsTwoMonthsFromReceiptOnceAndInTime(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	s := reach(w, w.Resident("197701172392"), stage(models.CaseSearching))
	ok := workflows.Extend{Ground: "complexity", Reason: "Det är mycket att gå igenom."}
	extend := func(svc *workflows.Service, a models.Actor, in workflows.Extend) error {
		return svc.Apply(ctx, a, w.On(s.number), in)
	}
	if err := extend(w.Service, w.As("ombud SN"), workflows.Extend{Ground: "complexity"}); !field(err, "reason") {
		t.Errorf("without a reason: %v", err)
	}
	if err := extend(w.Service, w.As("ombud SN"), workflows.Extend{Ground: "lust", Reason: "x"}); !field(err, "ground") {
		t.Errorf("on another ground: %v", err)
	}
	hard := w.Case(s.number).DueHard
	last := hard.Sub(date("2026-09-10"))
	for days, want := range map[int]error{last: nil, last + 1: workflows.Refusal{Key: "guard.too-late-to-extend"}} {
		undoneAt(t, w, time.Duration(days)*oneDay, func(svc *workflows.Service) {
			if err := extend(svc, w.As("ombud SN"), ok); !same(err, want) {
				t.Errorf("%d days after receipt (hard %s): %v", days, hard, err)
			}
		})
	}
	// Whoever has no delegation for it extends nothing, today's or expired.
	s.must(w.DB.Owner.Exec("update delegations set valid_to = '2026-09-09' where staff_id = ? and 'extension' = any (decision_kinds)", w.As("ombud SN").Staff.String()).Error)
	if err := extend(w.Service, w.As("ombud SN"), ok); !same(err, workflows.Refusal{Key: "guard.no-delegation"}) {
		t.Errorf("without a delegation: %v", err)
	}
	s.must(extend(w.Service, w.As("decider SN"), ok))
	c := w.Case(s.number)
	if c.DueOn != date("2026-12-10") || c.DueHard != hard || !c.Extended {
		t.Errorf("due %s, hard %s", c.DueOn, c.DueHard)
	}
	explained(t, s, s.number)
	// Why, in the officer's words, stays at a sensitive controller: it could tell of what was found. The letter gives reasons that
	// hold for everybody.
	if e := s.mine(s.number).Extension; e == nil || e.Text != "" || e.DueAfter != c.DueOn || e.DueBefore != hard {
		t.Errorf("the person is told %+v", e)
	}
	if err := extend(w.Service, w.As("decider SN"), ok); !same(err, workflows.Refusal{Key: "guard.already-extended"}) {
		t.Errorf("twice: %v", err)
	}
	if err := w.DB.Owner.Exec("update extensions set noticed_on = due_hard + 1").Error; err == nil || !strings.Contains(err.Error(), "extensions_in_time") {
		t.Errorf("by SQL, after the hard due date: %v", err)
	}
	w.Work()
	mails := 0
	for _, m := range w.Mails.All() {
		if m.To == "maja.lindqvist@post.example" {
			mails++
		}
	}
	if mails != 2 {
		t.Errorf("%d mails to the person: the receipt and the notice", mails)
	}
}

func undoneAt(t *testing.T, w *workflowtest.World, later time.Duration, fn func(svc *workflows.Service)) {
	t.Helper()
	undone(t, w, later, func(svc *workflows.Service, _ *gormDB) { fn(svc) })
}

func TestAQuestionStopsTheClockOnlyWhenAskedAtOnce(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	s := reach(w, w.Resident("197701172392"), stage(models.CaseAssigned))
	ask := workflows.Ask{Reason: "specification", Text: "Vilka år?"}
	for days, want := range map[int]error{5: nil, 6: workflows.Refusal{Key: "guard.too-late-to-ask"}} {
		undoneAt(t, w, time.Duration(days)*oneDay, func(svc *workflows.Service) {
			if err := svc.Apply(context.Background(), w.As("ombud SN"), w.On(s.number), ask); !same(err, want) {
				t.Errorf("the ombud, %d days after receipt: %v", days, err)
			}
		})
		undoneAt(t, w, time.Duration(days)*oneDay, func(svc *workflows.Service) {
			if err := svc.AskPerson(context.Background(), w.As("servicecenter"), s.request, s.requestVersion(), "Vem?", calendar.Date{}); !same(err, want) {
				t.Errorf("the servicecenter, %d days after receipt: %v", days, err)
			}
		})
	}
}

// TestAnAnswerThatOvertakesItsPauseLeavesNoCaseWaiting: jobs run in any order.
func TestAnAnswerThatOvertakesItsPauseLeavesNoCaseWaiting(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	s := reach(w, w.Resident("197701172392"), stage(models.CaseAssigned))
	s.askPerson(w.Service)
	s.must(w.AnswerRequest(ctx, s.maja, s.request, s.requestVersion(), "Lindqvist."))
	jobs, err := w.Claim(ctx, 100)
	s.must(err)
	for _, kind := range []workflows.JobKind{workflows.JobResumeCase, workflows.JobPauseCase} {
		for _, j := range jobs {
			if j.Kind == string(kind) {
				s.must(w.RunJob(ctx, j.ID))
			}
		}
	}
	if c := w.Case(s.number); c.State != models.CaseAssigned {
		t.Errorf("the case is %s, and nobody will end its pause", c.State)
	}
}

func TestAnAddedControllerHasItsOwnDate(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	s := reach(w, w.Resident("197701172392"), stage(models.CaseAssigned))
	w.Clock.Advance(11 * oneDay)
	s.must(w.AddController(ctx, w.As("servicecenter"), s.request, s.requestVersion(), w.Controllers["KS"].ID, "Har ringt och bett om det."))
	w.Clock.Advance(3 * oneDay) // the worker was away
	w.Work()
	added, first := w.Case(s.request+"-KS"), w.Case(s.number)
	if added.ReceivedOn != date("2026-09-21") || added.DueOn != date("2026-10-21") || first.DueOn != date("2026-10-12") {
		t.Errorf("added: received %s, due %s; first due %s", added.ReceivedOn, added.DueOn, first.DueOn)
	}
	explained(t, s, s.request+"-KS")
	if err := w.AddController(ctx, w.As("servicecenter"), s.request, s.requestVersion(), w.Controllers["KS"].ID, "Igen."); !field(err, "controller") {
		t.Errorf("added twice: %v", err)
	}
	if err := w.AddController(ctx, w.As("servicecenter"), s.request, s.requestVersion(), w.Controllers["BUN"].ID, " "); !field(err, "reason") {
		t.Errorf("added without a reason: %v", err)
	}
}
