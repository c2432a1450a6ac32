package workflows_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

const (
	numberAnna  = "196612193273" // asks at the desk
	numberChild = "200902172386" // turns eighteen on 17 February 2027
)

// TestPaperCountsFromTheWorkingDayBefore holds for every day there is: paper that came by post counts from a working day before
// it, with none in between, and the explanation begins with the day it was found; everything else counts from its own day.
func TestPaperCountsFromTheWorkingDayBefore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		arrived := calendar.New(2020, 1, 1).AddDays(rapid.IntRange(0, 15000).Draw(t, "day"))
		received, paper := workflows.ReceivedOn(models.ChannelLetter, models.RuleFL22, arrived)
		if !received.Before(arrived) || !calendar.IsWorkingDay(received, calendar.Rules{}) || paper != arrived {
			t.Fatalf("%s counts from %s, explained by %s", arrived, received, paper)
		}
		for d := received.AddDays(1); d.Before(arrived); d = d.AddDays(1) {
			if calendar.IsWorkingDay(d, calendar.Rules{}) {
				t.Fatalf("%s counts from %s and passes the working day %s", arrived, received, d)
			}
		}
		for _, c := range []models.Channel{models.ChannelDesk, models.ChannelPhone, models.ChannelInquiry} {
			if got, why := workflows.ReceivedOn(c, models.RuleFL22, arrived); got != arrived || !why.IsZero() {
				t.Fatalf("%s on %s counts from %s", c, arrived, got)
			}
		}
		if got, _ := workflows.ReceivedOn(models.ChannelLetter, models.RuleAsArrived, arrived); got != arrived {
			t.Fatalf("handed over on %s counts from %s", arrived, got)
		}
	})
}

// byLetter is a registration of a letter from Anna, found in the letterbox on a day, to the social committee.
func byLetter(w *workflowtest.World, arrived calendar.Date) workflows.Registration {
	return workflows.Registration{Form: w.NewRegistration(), Channel: models.ChannelLetter, ArrivedOn: arrived, Rule: models.RuleFL22,
		Identity: models.IdentityNotYet, Right: models.Access, Language: "sv", Name: "Anna Ek", Number: "661219-3273", Answer: "desk",
		Phone: "070-174 06 35", To: []workflows.Recorded{{Controller: w.Controllers["SN"].ID, About: models.About{Text: "Stödsamtalen på Ekgården."}}}}
}

// register registers a request and fans it out; it returns the request's number and the number of its only case.
func register(t *testing.T, w *workflowtest.World, in workflows.Registration) (string, string) {
	t.Helper()
	number, err := w.Register(context.Background(), w.As("servicecenter"), in)
	if err != nil {
		t.Fatal(err)
	}
	w.Work()
	for prefix, c := range w.Controllers {
		if c.ID == in.To[0].Controller {
			return number, number + "-" + prefix
		}
	}
	return number, ""
}

func TestALetterOverEasterCountsFromTheThursday(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	w.Clock.Set(time.Date(2026, 4, 8, 9, 0, 0, 0, calendar.Stockholm()))
	request, number := register(t, w, byLetter(w, calendar.New(2026, 4, 7)))
	c := w.Case(number)
	if c.ReceivedOn != calendar.New(2026, 4, 2) || c.DueOn != calendar.New(2026, 5, 4) || c.DueHard != c.DueOn {
		t.Errorf("received %s, due %s and %s", c.ReceivedOn, c.DueOn, c.DueHard)
	}
	v := w.View("ombud SN", number)
	if v.ExtendedDue != calendar.New(2026, 7, 2) || v.Filing.Channel != models.ChannelLetter || !v.Filing.Unchecked() {
		t.Errorf("extended due %s, filing %+v", v.ExtendedDue, v.Filing)
	}
	for _, steps := range [][]deadline.Step{v.Steps, v.HardSteps, intakeOf(t, w, request).DueSteps} {
		if text := stepsInWords(steps); !strings.Contains(text, "tisdag 7 april 2026") || !strings.Contains(text, "torsdag 2 april 2026") {
			t.Errorf("explained as %s", text)
		}
	}
	// What moves the clock keeps the explanation; and a question is in time counted from the day the letter was found.
	w.Clock.Set(time.Date(2026, 4, 12, 9, 0, 0, 0, calendar.Stockholm()))
	w.Do("ombud SN", number, workflows.Ask{Reason: "specification", Text: "Vilka år?"})
	w.Clock.Set(time.Date(2026, 4, 14, 9, 0, 0, 0, calendar.Stockholm()))
	w.Do("ombud SN", number, workflows.Answer{Text: "Hon ringde: alla."})
	v = w.View("ombud SN", number)
	if text := stepsInWords(v.Steps); !strings.Contains(text, "tisdag 7 april") || v.Case.DueOn != calendar.New(2026, 5, 4) || !strings.Contains(text, "två dagar") {
		t.Errorf("after a pause due %s, explained as %s", v.Case.DueOn, text)
	}
}

// stepsInWords is a derivation in Swedish, with ordinary spaces.
func stepsInWords(steps []deadline.Step) string {
	return strings.ReplaceAll(strings.Join(deadline.Explain("sv", steps), " "), "\u00a0", " ")
}

func intakeOf(t *testing.T, w *workflowtest.World, request string) workflows.IntakeView {
	t.Helper()
	v, err := w.IntakePage(context.Background(), w.As("servicecenter"), request)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestWhatIsSaidIsWrittenAndNotReadAgain: P1. The controller reads it; the servicecenter, who wrote it down, does not.
func TestWhatIsSaidIsWrittenAndNotReadAgain(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	_, number := register(t, w, byLetter(w, calendar.New(2026, 9, 10)))
	c := w.Case(number)
	read := func(a models.Actor) (about models.About, err error) {
		err = w.Store.InTx(context.Background(), a, func(tx *models.Tx) (err error) {
			about, err = tx.Concern(c.ID)
			return err
		})
		return about, err
	}
	if about, err := read(w.As("ombud SN")); err != nil || about.Text != "Stödsamtalen på Ekgården." {
		t.Errorf("the ombud reads %q, %v", about.Text, err)
	}
	if about, err := read(w.As("servicecenter")); err != nil || about != (models.About{}) {
		t.Errorf("the servicecenter reads %q, %v", about.Text, err)
	}
}

func TestAFormThatIsSentTwiceIsOneRequest(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx, desk := context.Background(), w.As("servicecenter")
	for name, in := range map[string]workflows.Registration{"with a number": byLetter(w, calendar.New(2026, 9, 10)), "without": func() workflows.Registration {
		in := byLetter(w, calendar.New(2026, 9, 10))
		in.Number, in.NoNumber, in.Born = "", true, "1 maj 1966"
		return in
	}()} {
		var wait sync.WaitGroup
		numbers, errs := make([]string, 8), make([]error, 8)
		for i := range numbers {
			wait.Go(func() { numbers[i], errs[i] = w.Register(ctx, desk, in) })
		}
		wait.Wait()
		for _, err := range errs {
			if err != nil {
				t.Fatal(name, err)
			}
		}
		if numbers[0] == "" || slices.ContainsFunc(numbers, func(n string) bool { return n != numbers[0] }) {
			t.Errorf("%s: one form became %v", name, numbers)
		}
		in.Name = "Någon Annan"
		var r workflows.Refusal
		if _, err := w.Register(ctx, desk, in); !errors.As(err, &r) || r.Args["number"] != numbers[0] {
			t.Errorf("%s: a used form with another name: %v", name, err)
		}
	}
	var n, jobs int
	if err := w.DB.Owner.Raw("select count(*) from requests").Scan(&n).Error; err != nil || n != 2 {
		t.Errorf("%d requests, %v", n, err)
	}
	if err := w.DB.Owner.Raw("select count(*) from jobs where kind = 'fan-out'").Scan(&jobs).Error; err != nil || jobs != 2 {
		t.Errorf("%d fan-outs, %v", jobs, err)
	}
	if mails := w.Mails.All(); len(mails) != 0 {
		t.Errorf("%d mails to somebody without an address", len(mails))
	}
}

func TestWhatIsWrongWithARegistrationIsSaidAtItsField(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	for field, spoil := range map[string]func(*workflows.Registration){
		"channel":     func(r *workflows.Registration) { r.Channel = "" },
		"rule":        func(r *workflows.Registration) { r.Rule = "" },
		"arrived":     func(r *workflows.Registration) { r.ArrivedOn = calendar.New(2026, 9, 11) },
		"identity":    func(r *workflows.Registration) { r.Identity = "" },
		"right":       func(r *workflows.Registration) { r.Right = "silence" },
		"name":        func(r *workflows.Registration) { r.Name = " " },
		"number":      func(r *workflows.Registration) { r.Number = "661219-3274" },
		"answer":      func(r *workflows.Registration) { r.Answer = "owl" },
		"address":     func(r *workflows.Registration) { r.Answer = "post" },
		"email":       func(r *workflows.Registration) { r.Email = "anna" },
		"language":    func(r *workflows.Registration) { r.Language = "no" },
		"controllers": func(r *workflows.Registration) { r.To = nil },
		"for":         func(r *workflows.Registration) { r.For, r.AgentName, r.AgentNumber = "friend", "Bo", "197701172393" },
		"agent-number": func(r *workflows.Registration) {
			r.For, r.AgentName, r.AgentNumber = models.RepAgent, "Bo", "661219-3273"
		},
		"agent-name": func(r *workflows.Registration) { r.For, r.AgentNumber = models.RepAgent, "19770117-2392" },
		"valid-until": func(r *workflows.Registration) {
			r.For, r.AgentName, r.AgentNumber, r.ValidUntil = models.RepAgent, "Bo", "19770117-2392", calendar.New(2026, 9, 9)
		},
		"text-SN": func(r *workflows.Registration) { r.To[0].About.Text = strings.Repeat("å", 20001) },
	} {
		in := byLetter(w, calendar.New(2026, 9, 10))
		spoil(&in)
		var wrong workflows.Invalid
		_, err := w.Register(context.Background(), w.As("servicecenter"), in)
		if !errors.As(err, &wrong) || !slices.ContainsFunc(wrong.Fields, func(f workflows.FieldError) bool { return f.Field == field }) {
			t.Errorf("%s: %v %+v", field, err, wrong.Fields)
		}
	}
	if _, err := w.Register(context.Background(), w.As("ombud SN"), byLetter(w, calendar.New(2026, 9, 10))); !errors.Is(err, workflows.ErrForbidden) {
		t.Errorf("an ombud registers: %v", err)
	}
}

// decideErr tries to decide a case that is ready, as its decision maker.
func decideErr(w *workflowtest.World, prefix, number string) error {
	d := w.View("decider "+prefix, number).Delegations[0]
	return w.Apply(context.Background(), w.As("decider "+prefix), w.On(number), workflows.Decide{Delegation: d.ID, Unbiased: true})
}

func refusedBy(err error, key string) bool {
	var r workflows.Refusal
	return errors.As(err, &r) && r.Key == key
}

func TestNothingIsDecidedForSomebodyNobodyHasIdentified(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	in := byLetter(w, calendar.New(2026, 9, 10))
	in.To[0].Controller = w.Controllers["BUN"].ID
	request, number := register(t, w, in)
	w.SearchOne("BUN", number, models.Release, "")
	w.Propose("BUN", number, models.OutcomeGranted)
	if err := decideErr(w, "BUN", number); !refusedBy(err, "guard.identity-unchecked") {
		t.Fatalf("decided: %v", err)
	}
	blocked := w.View("decider BUN", number).Blocked
	if !slices.ContainsFunc(blocked, func(a workflows.Allowed) bool {
		return a.Action == workflows.ActionDecide && a.Why.Key == "guard.identity-unchecked"
	}) {
		t.Errorf("the page does not say why: %+v", blocked)
	}
	ctx, desk := context.Background(), w.As("servicecenter")
	v := intakeOf(t, w, request)
	if err := w.CheckIdentity(ctx, desk, request, v.Request.Version, "passport-copy"); err == nil {
		t.Error("a way to check that there is not")
	}
	if err := w.CheckIdentity(ctx, desk, request, v.Request.Version, models.IdentityShown); err != nil {
		t.Fatal(err)
	}
	if err := w.CheckIdentity(ctx, desk, request, v.Request.Version+1, models.IdentityShown); !errors.Is(err, workflows.ErrConflict) {
		t.Errorf("checked twice: %v", err)
	}
	w.Decide("BUN", number)
	w.Work()
	if c := w.Case(number); c.State != models.CaseReleased {
		t.Errorf("the case is %s", c.State)
	}
}

// TestTheEnvelopeServesTheDecision: the controller seals, the servicecenter hands over and sees no more than whom it is for.
func TestTheEnvelopeServesTheDecision(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx, desk := context.Background(), w.As("servicecenter")
	in := byLetter(w, calendar.New(2026, 9, 10))
	in.Identity = models.IdentityKnown
	request, number := register(t, w, in)
	w.Answer("SN", number, models.OutcomeNeutral)
	w.Write("registrator SN", number, workflows.SealEnvelope{})
	if err := w.Record(ctx, w.As("registrator SN"), w.On(number), workflows.SealEnvelope{}); !errors.Is(err, workflows.ErrConflict) {
		t.Errorf("two envelopes: %v", err)
	}
	rows, err := w.Envelopes(ctx, desk)
	if err != nil || len(rows) != 1 || rows[0].Number != number || rows[0].Person != "Anna Ek" || rows[0].Controller != w.Controllers["SN"].Name {
		t.Fatalf("%+v, %v", rows, err)
	}
	if _, err := w.Envelopes(ctx, w.As("ombud BUN")); !errors.Is(err, workflows.ErrForbidden) {
		t.Errorf("another controller lists envelopes: %v", err)
	}
	if err := w.HandOverEnvelope(ctx, desk, rows[0].ID, models.IdentityNotYet); err == nil {
		t.Error("handed over without a check")
	}
	var wait sync.WaitGroup
	won := make([]error, 8)
	for i := range won {
		wait.Go(func() { won[i] = w.HandOverEnvelope(ctx, desk, rows[0].ID, models.IdentityShown) })
	}
	wait.Wait()
	if n := len(slices.DeleteFunc(won, func(err error) bool { return err != nil })); n != 1 {
		t.Errorf("handed over %d times", n)
	}
	w.Work()
	v := w.View("registrator SN", number)
	if len(v.Services) != 1 || v.Services[0].Method != "handed-over" || v.Services[0].StaffID != desk.Staff ||
		!strings.Contains(v.Services[0].EvidenceText, "id-handling") || v.Case.AppealUntil != calendar.New(2026, 10, 1) {
		t.Errorf("%+v, appeal until %s", v.Services, v.Case.AppealUntil)
	}
	if i := intakeOf(t, w, request); !slices.ContainsFunc(i.Events, func(e workflows.TimelineEntry) bool { return e.Key == "envelope-handed" }) {
		t.Errorf("the request's history: %+v", i.Events)
	}
	if rows, err := w.Envelopes(ctx, desk); err != nil || len(rows) != 0 {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestAnEnvelopeThatNobodyFetchesGoesBack(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx, desk := context.Background(), w.As("servicecenter")
	in := byLetter(w, calendar.New(2026, 9, 10))
	in.Identity = models.IdentityKnown
	_, number := register(t, w, in)
	w.Answer("SN", number, models.OutcomeNeutral)
	w.Write("ombud SN", number, workflows.SealEnvelope{})
	rows, err := w.Envelopes(ctx, desk)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.ReturnEnvelope(ctx, desk, rows[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := w.HandOverEnvelope(ctx, desk, rows[0].ID, models.IdentityShown); !errors.Is(err, workflows.ErrConflict) {
		t.Errorf("handed over after it went back: %v", err)
	}
	w.Work()
	if v := w.View("registrator SN", number); len(v.Services) != 0 || v.Envelopes[0].ReturnedAt == nil {
		t.Errorf("%+v %+v", v.Services, v.Envelopes)
	}
	w.Write("registrator SN", number, workflows.SealEnvelope{}) // and may come again
}
