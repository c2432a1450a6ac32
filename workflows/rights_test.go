package workflows_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"insyn/internal/calendar"
	"insyn/internal/i18n"
	"insyn/internal/pdf/pdfcheck"
	"insyn/models"
	"insyn/templates"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// TestEveryRightIsWhole: a row of the table has everything that pages, letters and delegations need of it.
func TestEveryRightIsWhole(t *testing.T) {
	t.Parallel()
	c, err := i18n.Load(templates.Files())
	if err != nil {
		t.Fatal(err)
	}
	has := func(keys ...string) {
		for _, key := range keys {
			if !c.Has(key) {
				t.Errorf("no text %s", key)
			}
		}
	}
	kinds := map[string]bool{}
	for _, r := range workflows.Rights() {
		name := string(r.Right)
		for _, end := range []string{"noun", "button", "title", "text", "lead", "ask", "do", "from"} {
			has("portal.right." + name + "." + end)
		}
		for _, q := range r.Asks {
			has("ask."+name+"."+q.Field, "ask."+name+"."+q.Field+".hint")
			for _, code := range q.Choices {
				has("ask." + name + "." + q.Field + "." + code)
			}
			if q.Required {
				has("error." + q.Field + "-missing")
			}
		}
		for _, o := range r.Outcomes {
			if kinds[o.Kind] || o.Kind == "" {
				t.Errorf("%s %s: the kind of decision %q is another's", name, o.Outcome, o.Kind)
			}
			kinds[o.Kind] = true
			if r.Works == workflows.WorksMeasures {
				has("letter." + name + "." + string(o.Outcome))
			}
		}
		for _, authority := range []bool{true, false} {
			if len(workflows.GroundsFor(r.Right, authority)) == 0 {
				t.Errorf("%s has no ground (authority: %v)", name, authority)
			}
		}
	}
	for _, g := range workflows.Grounds() {
		has("ground."+g.Code+".name", "ground."+g.Code+".law", "ground."+g.Code+".help", "ground."+g.Code+".suggestion")
	}
}

// changed is a case about a change of data, at a controller, that is searched and proposed.
type changed struct {
	*workflowtest.World
	prefix, number string
	maja           models.Actor
}

func change(t *testing.T, right models.Right, prefix string) changed {
	t.Helper()
	w := workflowtest.New(t)
	c := changed{World: w, prefix: prefix, maja: w.Resident("197701172392")}
	c.number = w.RequestFor(c.maja, right, prefix) + "-" + prefix
	w.SearchNothing(prefix, c.number)
	return c
}

// letter is the decision letter as the person opens it.
func (c changed) letter() string {
	c.T.Helper()
	request, _, _ := strings.Cut(c.number, "-"+c.prefix)
	mine, err := c.MyRequest(context.Background(), c.maja, request)
	if err != nil {
		c.T.Fatal(err)
	}
	if mine.Cases[0].Letter == nil {
		c.T.Fatal("there is no letter")
	}
	return aloud(c.T, []byte(c.Read(c.OpenAnswer(context.Background(), c.maja, mine.Cases[0].Letter.ID))))
}

// aloud is a letter as it is read aloud, on one line.
func aloud(t testing.TB, letter []byte) string {
	t.Helper()
	text, err := pdfcheck.Aloud(letter)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(text), " ")
}

// TestAnswersToARequestForChange plays every outcome of both rights to the letter.
func TestAnswersToARequestForChange(t *testing.T) {
	t.Parallel()
	const keep, correct, supplement, erase = models.MeasureKeep, models.MeasureCorrect, models.MeasureSupplement, models.MeasureErase
	for name, p := range map[string]struct {
		right   models.Right
		prefix  string
		kinds   []string // measures, in order
		ground  string
		outcome models.Outcome
		says    []string
		not     []string
	}{
		"corrected":        {models.Rectification, "BUN", []string{correct}, "", models.OutcomeGranted, []string{"Vi rättar uppgifterna om dig", "Adressen på Storgatan 4"}, []string{"överklaga"}},
		"supplemented":     {models.Rectification, "KS", []string{supplement}, "", models.OutcomeSupplemented, []string{"Vi lägger till det du har berättat", "överklaga"}, nil},
		"rectified partly": {models.Rectification, "KS", []string{correct, keep}, "art-16-assessment", models.OutcomePartial, []string{"Vi rättar en del", "gäller fakta", "överklaga"}, nil},
		"not rectified":    {models.Rectification, "EBAB", []string{keep}, "art-16-right", models.OutcomeRefused, []string{"Vi rättar inte", "artikel 77"}, []string{"Förvaltningsrätten"}},
		"nowhere":          {models.Erasure, "KS", nil, "", models.OutcomeNothingFound, []string{"inte hittat de uppgifter som du vill att vi raderar"}, []string{"överklaga"}},
		"erased":           {models.Erasure, "BUN", []string{erase}, "", models.OutcomeGranted, []string{"Vi raderar uppgifterna", "artikel 19"}, []string{"överklaga"}},
		"erased partly":    {models.Erasure, "SN", []string{erase, keep}, "art-17-3-d", models.OutcomePartial, []string{"Vi raderar en del", "arkivlagen", "överklaga"}, nil},
		"kept":             {models.Erasure, "SN", []string{keep}, "art-17-3-d", models.OutcomeRefused, []string{"Vi raderar inte", "arkivlagen", "överklaga"}, nil},
		"secret":           {models.Erasure, "SN", []string{keep}, "osl-26-5", models.OutcomeNeutral, []string{"Utöver uppgifterna i detta ärende", "överklaga"}, []string{"Storgatan", "26 kap"}},
		"nothing, neutral": {models.Rectification, "SN", nil, "", models.OutcomeNeutral, []string{"Utöver uppgifterna i detta ärende", "överklaga"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := change(t, p.right, p.prefix)
			for _, kind := range p.kinds {
				ground := ""
				if kind == keep {
					ground = p.ground
				}
				c.AddMeasure(p.prefix, c.number, 0, kind, ground)
			}
			if got := workflows.FittingOutcomes(c.View("ombud "+p.prefix, c.number)); !slices.Equal(got, []models.Outcome{p.outcome}) {
				t.Fatalf("%v fit", got)
			}
			c.Propose(p.prefix, c.number, p.outcome)
			c.Decide(p.prefix, c.number)
			c.Work()
			if todo := slices.ContainsFunc(p.kinds, func(k string) bool { return k != keep }); todo {
				if state := c.Case(c.number).State; state != models.CaseExecuting {
					t.Fatalf("decided, and %s before anything is done", state)
				}
				c.CarryOut(p.prefix, c.number)
			}
			if state := c.Case(c.number).State; state != models.CaseReleased {
				t.Fatalf("at the end it is %s", state)
			}
			if _, _, failing, err := c.JobCounts(context.Background()); err != nil || failing > 0 {
				t.Errorf("%d jobs fail (%v)", failing, err)
			}
			letter := c.letter()
			for _, want := range p.says {
				if !strings.Contains(letter, want) {
					t.Errorf("the letter does not say %q", want)
				}
			}
			for _, unwanted := range p.not {
				if strings.Contains(letter, unwanted) {
					t.Errorf("the letter says %q", unwanted)
				}
			}
		})
	}
}

// TestNeutralAnswersToAChangeAreAlike: at a sensitive controller nothing found and everything secret give the same letter.
func TestNeutralAnswersToAChangeAreAlike(t *testing.T) {
	t.Parallel()
	letters := make([]string, 2)
	for i, secret := range []bool{false, true} {
		c := change(t, models.Erasure, "SN")
		if secret {
			c.AddMeasure("SN", c.number, 0, models.MeasureKeep, "osl-26-5")
		}
		c.Propose("SN", c.number, models.OutcomeNeutral)
		c.Decide("SN", c.number)
		c.Work()
		letters[i] = c.letter()
	}
	if letters[0] != letters[1] {
		t.Error("the two letters differ")
	}
}

// TestNothingIsGivenOutBeforeItIsDone: several measures, each with its receipt; the last releases, and each is done once.
func TestNothingIsGivenOutBeforeItIsDone(t *testing.T) {
	t.Parallel()
	c := change(t, models.Erasure, "BUN")
	c.AddMeasure("BUN", c.number, 0, models.MeasureErase, "")
	c.AddMeasure("BUN", c.number, 0, models.MeasureErase, "")
	c.Propose("BUN", c.number, models.OutcomeGranted)
	c.Decide("BUN", c.number)
	c.Work()
	all := c.View("ombud BUN", c.number).Measures
	ctx, ombud := context.Background(), c.As("ombud BUN")
	first := workflows.CarryOut{Measure: all[0].ID, How: "Raderad ur systemet.", Notified: models.NotifiedTold, Names: "Skolverket"}
	c.Do("ombud BUN", c.number, first)
	c.Work()
	if state := c.Case(c.number).State; state != models.CaseExecuting {
		t.Fatalf("with one of two done it is %s", state)
	}
	if err := c.Apply(ctx, ombud, c.On(c.number), first); !errors.Is(err, workflows.ErrConflict) {
		t.Errorf("done twice: %v", err)
	}
	var bad workflows.Invalid
	if err := c.Apply(ctx, ombud, c.On(c.number), workflows.CarryOut{Measure: all[1].ID, Notified: models.NotifiedTold}); !errors.As(err, &bad) || len(bad.Fields) != 2 {
		t.Errorf("without a word of what was done, or who was told: %v", err)
	}
	c.CarryOut("BUN", c.number)
	v := c.View("ombud BUN", c.number)
	if v.Case.State != models.CaseReleased || v.Measures[0].ReceiptText == nil || v.Measures[0].ReceiptText.Names != "Skolverket" {
		t.Errorf("at the end %s, receipt %v", v.Case.State, v.Measures[0].ReceiptText)
	}
}

// TestErasureWaitsForOtherRequests: what a request for access asks for is not erased under it (FL 35 §).
func TestErasureWaitsForOtherRequests(t *testing.T) {
	t.Parallel()
	c := change(t, models.Erasure, "BUN")
	c.AddMeasure("BUN", c.number, 0, models.MeasureErase, "")
	c.Propose("BUN", c.number, models.OutcomeGranted)
	c.Decide("BUN", c.number)
	access := c.Request(c.maja, "BUN") + "-BUN"
	m := c.View("ombud BUN", c.number).Measures[0]
	err := c.Apply(context.Background(), c.As("ombud BUN"), c.On(c.number), workflows.CarryOut{Measure: m.ID, How: "Raderad.", Notified: models.NotifiedNone})
	var r workflows.Refusal
	if !errors.As(err, &r) || r.Key != "guard.other-request-open" {
		t.Fatalf("erased under an open request: %v", err)
	}
	c.Answer("BUN", access, models.OutcomeGranted)
	c.CarryOut("BUN", c.number)
	if state := c.Case(c.number).State; state != models.CaseReleased {
		t.Errorf("afterwards it is %s", state)
	}
}

// TestErasureWaitsForAppeals: what an appeal is about is not erased either, although the case it is in is answered.
func TestErasureWaitsForAppeals(t *testing.T) {
	t.Parallel()
	c := change(t, models.Erasure, "BUN")
	c.AddMeasure("BUN", c.number, 0, models.MeasureErase, "")
	c.Propose("BUN", c.number, models.OutcomeGranted)
	access := c.Request(c.maja, "BUN") + "-BUN"
	c.Answer("BUN", access, models.OutcomePartial)
	c.Write("registrator BUN", access, workflows.RegisterAppeal{Channel: models.AppealLetter, ArrivedOn: calendar.DateOf(c.Clock.Now()), Text: "Hen vill ha ut resten."})
	c.Decide("BUN", c.number)
	m := c.View("ombud BUN", c.number).Measures[0]
	err := c.Apply(context.Background(), c.As("ombud BUN"), c.On(c.number), workflows.CarryOut{Measure: m.ID, How: "Raderad.", Notified: models.NotifiedNone})
	var r workflows.Refusal
	if !errors.As(err, &r) || r.Key != "guard.other-request-open" {
		t.Errorf("erased under an appeal: %v", err)
	}
}

// TestQuestionsOfARightAreAnswered: a request that says nothing of what is wrong is not sent, and says where.
func TestQuestionsOfARightAreAnswered(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	maja, ctx := w.Resident("197701172392"), context.Background()
	id, err := w.NewDraft(ctx, maja, models.Rectification, "sv")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SaveDraft(ctx, maja, id, 1, func(f *workflows.DraftForm) {
		f.Controllers = []workflows.DraftAddressee{{Controller: w.Controllers["BUN"].ID, About: models.About{Wrong: "Namnet är felstavat"}}}
	}); err != nil {
		t.Fatal(err)
	}
	var bad workflows.Invalid
	if _, err := w.Submit(ctx, maja, id, workflowtest.Person()); !errors.As(err, &bad) || bad.Fields[0].Key != "error.about-missing" {
		t.Errorf("sent without saying what is right: %v", err)
	}
	if _, err := w.NewDraft(ctx, maja, "happiness", "sv"); !errors.As(err, &bad) {
		t.Errorf("a right that there is not: %v", err)
	}
}
