package workflows_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

func TestJourneyThroughFourControllers(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	maja := w.Resident("197701172392")
	number := w.Request(maja, "KS", "SN", "BUN", "EBAB")
	for prefix, o := range map[string]models.Outcome{"KS": models.OutcomeNothingFound, "SN": models.OutcomeNeutral, "BUN": models.OutcomeGranted, "EBAB": models.OutcomePartial} {
		w.Answer(prefix, number+"-"+prefix, o)
		if c := w.Case(number + "-" + prefix); c.State != models.CaseReleased {
			t.Fatalf("%s: the case is %s", prefix, c.State)
		}
	}
	mine, err := w.MyRequest(context.Background(), maja, number)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range mine.Cases {
		if c.Letter == nil || c.Status != "done" {
			t.Fatalf("%s: no letter, or not done: %+v", c.Number, c)
		}
		letter := aloud(t, []byte(w.Read(w.OpenAnswer(context.Background(), maja, c.Letter.ID))))
		neutral := strings.Contains(letter, "Utöver uppgifterna i detta ärende har vi inga uppgifter som vi kan lämna ut till dig.")
		if neutral != (c.Controller.Prefix == "SN") {
			t.Errorf("%s: the neutral sentence: %v", c.Number, neutral)
		}
		if until := w.Case(c.Number).AppealUntil; until.IsZero() {
			t.Errorf("%s: opening the letter did not serve the decision", c.Number)
		}
	}
}

func TestWithdrawnRequestEndsItsCases(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	maja := w.Resident("197701172392")
	number := w.Request(maja, "KS", "SN")
	r, err := w.MyRequest(context.Background(), maja, number)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.WithdrawRequest(context.Background(), maja, number, r.Version); err != nil {
		t.Fatal(err)
	}
	w.Work()
	for _, p := range []string{"KS", "SN"} {
		if c := w.Case(number + "-" + p); c.State != models.CaseWithdrawn {
			t.Errorf("%s is %s", p, c.State)
		}
	}
}

func TestServicecenterAsksAndThePauseMovesTheDueDate(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	maja := w.Resident("197701172392")
	number := w.Request(maja, "KS")
	before := w.Case(number + "-KS")
	v, err := w.IntakePage(ctx, w.As("servicecenter"), number)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.AskPerson(ctx, w.As("servicecenter"), number, v.Request.Version, "Vilket namn hade du 2019?", calendar.Date{}); err != nil {
		t.Fatal(err)
	}
	w.Work()
	if c := w.Case(number + "-KS"); c.State != models.CaseAwaiting {
		t.Fatalf("the case is %s", c.State)
	}
	w.Clock.Advance(7 * 24 * 3600e9)
	mine, err := w.MyRequest(ctx, maja, number)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.AnswerRequest(ctx, maja, number, mine.Version, "Lindqvist då också."); err != nil {
		t.Fatal(err)
	}
	w.Work()
	after := w.Case(number + "-KS")
	if after.State != models.CaseAssigned || after.DueHard != before.DueHard || after.DueOn.Sub(before.DueOn) < 7 {
		t.Fatalf("after the pause: %s, hard %s, due %s (was %s)", after.State, after.DueHard, after.DueOn, before.DueOn)
	}
}

func TestExtensionOnlyWithinTheFirstMonth(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	number := w.Request(w.Resident("197701172392"), "SN") + "-SN"
	w.Do("ombud SN", number, workflows.Take{})
	w.Clock.Advance(40 * 24 * 3600e9)
	err := w.Apply(context.Background(), w.As("decider SN"), w.On(number), workflows.Extend{Ground: "complexity", Reason: "Mycket att gå igenom."})
	var r workflows.Refusal
	if !errors.As(err, &r) || r.Key != "guard.too-late-to-extend" {
		t.Fatalf("an extension after the first month: %v", err)
	}
}
