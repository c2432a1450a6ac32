package workflows_test

import (
	"context"
	"errors"
	"testing"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// offered is a case at the school committee whose extract lies with the DSO.
func offered(t *testing.T) staged {
	t.Helper()
	w := workflowtest.New(t)
	s := staged{World: w, maja: w.Resident("197701172392")}
	s.request = w.Request(s.maja, "BUN")
	s.number = s.request + "-BUN"
	w.SearchOne("BUN", s.number, models.Release, "")
	s.grant()
	if got := w.Case(s.number).State; got != models.CaseInReview {
		t.Fatalf("the case is %s", got)
	}
	return s
}

func (s staged) grant() {
	s.Do("ombud BUN", s.number, workflows.Propose{Outcome: models.OutcomeGranted})
}

func TestAChangedExtractIsOfferedAgainTheSameIsNot(t *testing.T) {
	t.Parallel()
	s := offered(t)
	rounds := func() int { return len(s.View("dso BUN", s.number).Reviews) }
	s.Do("dso BUN", s.number, workflows.ReviewAnswer{Outcome: models.ReviewNoRemarks})
	s.Do("decider BUN", s.number, workflows.SendBack{Why: "Vänta lite."})
	s.grant()
	if got := s.Case(s.number).State; got != models.CaseReady || rounds() != 1 {
		t.Errorf("the same extract: %s after %d rounds", got, rounds())
	}
	s.Do("decider BUN", s.number, workflows.SendBack{Why: "Lägg till en sak."})
	s.AddText("BUN", s.number, "Ett till", "Text.", models.Release, "")
	s.grant()
	if got := s.Case(s.number).State; got != models.CaseInReview || rounds() != 2 {
		t.Errorf("a changed extract: %s after %d rounds", got, rounds())
	}
	// Taken back before the DSO has answered: it has not been seen, and is offered again.
	s.Do("ombud BUN", s.number, workflows.SendBack{Why: "Fel fil."})
	s.grant()
	if got := s.Case(s.number).State; got != models.CaseInReview || rounds() != 3 {
		t.Errorf("a recalled extract: %s after %d rounds", got, rounds())
	}
	// A changed title or explanation is another extract too.
	s.Do("dso BUN", s.number, workflows.ReviewAnswer{Outcome: models.ReviewDeclined})
	s.Do("decider BUN", s.number, workflows.SendBack{Why: "Håll inne den sista."})
	items := s.View("ombud BUN", s.number).Items
	s.Write("ombud BUN", s.number, workflows.Dispose{Item: items[1].ID, Disposition: models.Withhold, Ground: "art-15-4", Explanation: "En annans."})
	s.Do("ombud BUN", s.number, workflows.Propose{Outcome: models.OutcomePartial, Reasons: "Skäl."})
	if got := s.Case(s.number).State; got != models.CaseInReview {
		t.Errorf("an item withheld: %s", got)
	}
}

func TestTheReviewNeverBlocks(t *testing.T) {
	t.Parallel()
	s := offered(t)
	closes := s.View("dso BUN", s.number).Reviews[0].ClosesOn
	if closes.String() != "2026-09-15" { // offered on a Thursday, three working days
		t.Errorf("the review closes on %s", closes)
	}
	for !calendar.DateOf(s.Clock.Now()).After(closes) {
		s.must(s.Watch(context.Background()))
		if got := s.Case(s.number).State; got != models.CaseInReview {
			t.Fatalf("%s: the case is %s", s.Clock.Now(), got)
		}
		s.Clock.Advance(oneDay)
	}
	s.must(s.Watch(context.Background()))
	if got := s.Case(s.number).State; got != models.CaseReady {
		t.Errorf("after the time-out the case is %s", got)
	}
	if err := s.Apply(context.Background(), s.As("dso BUN"), s.On(s.number), workflows.ReviewAnswer{Outcome: models.ReviewNoRemarks}); !errors.Is(err, workflows.ErrConflict) {
		t.Errorf("an answer too late: %v", err)
	}
	s.Decide("BUN", s.number)
}

func TestRemarksNeedAnAnswerAndNoMore(t *testing.T) {
	t.Parallel()
	s := offered(t)
	ctx := context.Background()
	if err := s.Apply(ctx, s.As("dso BUN"), s.On(s.number), workflows.ReviewAnswer{Outcome: models.ReviewRemarks}); !field(err, "text") && !field(err, "remarks") {
		t.Errorf("remarks without a word: %v", err)
	}
	s.Do("dso BUN", s.number, workflows.ReviewAnswer{Outcome: models.ReviewRemarks, Remarks: "Ett namn står kvar."})
	err := s.Apply(ctx, s.As("ombud BUN"), s.On(s.number), workflows.Propose{Outcome: models.OutcomeGranted})
	if !same(err, workflows.Refusal{Key: "guard.reply-missing"}) {
		t.Errorf("proposed over the remarks: %v", err)
	}
	s.Write("ombud BUN", s.number, workflows.ReplyReview{Text: "Namnet är offentligt."})
	s.grant()
	// The same extract, against the DSO's advice: the controller decides (art 38.6).
	s.Decide("BUN", s.number)
	for _, a := range []workflows.Action{workflows.ActionDecide, workflows.ActionSendBack, workflows.ActionPropose, workflows.ActionExtend} {
		for _, tr := range workflows.Transitions() {
			if tr.Action == a {
				for _, who := range tr.Who {
					if who == workflows.WhoDSO {
						t.Errorf("the DSO may %s", a)
					}
				}
			}
		}
	}
}
