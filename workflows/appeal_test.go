package workflows_test

import (
	"context"
	"testing"

	"insyn/models"
	"insyn/workflows/workflowtest"
)

func TestALastDayToAppealIsShownOnlyWhereThereIsAnAppeal(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	maja := w.Resident("197701172392")
	number := w.Request(maja, "SN", "EBAB")
	for prefix, o := range map[string]models.Outcome{"SN": models.OutcomeNeutral, "EBAB": models.OutcomePartial} {
		w.Answer(prefix, number+"-"+prefix, o)
	}
	mine, err := w.MyRequest(context.Background(), maja, number)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range mine.Cases {
		w.Read(w.OpenAnswer(context.Background(), maja, c.Letter.ID))
	}
	for prefix, want := range map[string]bool{"SN": true, "EBAB": false} {
		if got := !w.View("registrator "+prefix, number+"-"+prefix).Case.AppealUntil.IsZero(); got != want {
			t.Errorf("%s: a last day to appeal is shown: %v", prefix, got)
		}
	}
}
