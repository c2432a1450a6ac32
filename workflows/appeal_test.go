package workflows_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
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

// noonOf is a day's noon in Stockholm, more or less.
func noonOf(d calendar.Date) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 11, 0, 0, 0, time.UTC)
}

// answered is a case at the social committee with a neutral decision that was released on a day.
func answered(w *workflowtest.World, released calendar.Date) staged {
	w.T.Helper()
	w.Clock.Set(noonOf(released))
	s := staged{World: w, maja: w.Resident("197701172392")}
	s.request = w.Request(s.maja, "SN")
	s.number = s.request + "-SN"
	w.Answer("SN", s.number, models.OutcomeNeutral)
	return s
}

// TestAppealVectors serves a decision on the days of domain.md 2.2 and lets appeals come in on the last day and the day after.
func TestAppealVectors(t *testing.T) {
	t.Parallel()
	for _, v := range []struct{ method, served, last string }{
		{"handed-over", "2026-09-10", "2026-10-01"}, {"handed-over", "2026-10-10", "2026-11-02"}, {"handed-over", "2026-03-13", "2026-04-07"},
		{"post", "2026-04-10", "2026-05-04"}, {"post", "2026-05-29", "2026-06-22"}, {"post", "2026-12-03", "2026-12-28"},
		{"post", "2026-12-10", "2027-01-04"}, {"simplified", "2026-12-10", "2027-01-14"},
	} {
		t.Run(v.method+" "+v.served, func(t *testing.T) {
			t.Parallel()
			w := workflowtest.New(t)
			served, last := must(calendar.Parse(v.served)), must(calendar.Parse(v.last))
			s := answered(w, served)
			w.Write("registrator SN", s.number, workflows.Serve{Method: v.method, ServedOn: served, Evidence: "Mottagningsbevis."})
			w.Clock.Set(noonOf(last.AddDays(3)))
			for _, d := range []calendar.Date{last, last.AddDays(1)} {
				w.Write("registrator SN", s.number, workflows.RegisterAppeal{Channel: models.AppealLetter, ArrivedOn: d})
			}
			got := w.View("ombud SN", s.number)
			if len(got.Appeals) != 2 || got.Appeals[0].Timing != workflows.TimingInTime || got.Appeals[1].Timing != workflows.TimingLate {
				t.Fatalf("served %s: %+v", v.served, got.Appeals)
			}
			if a := got.Appeals[0]; a.Last != last || a.LastDay != last || a.HandOverBy != last.AddDays(7) || len(got.AppealSteps) == 0 {
				t.Errorf("the last day is %s, to be handed over %s, %d steps", a.Last, a.HandOverBy, len(got.AppealSteps))
			}
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestAnAppealWithoutServiceIsInTime: nothing shows that it is late.
func TestAnAppealWithoutServiceIsInTime(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	s := answered(w, calendar.New(2026, 9, 10))
	w.Clock.Set(noonOf(calendar.New(2027, 9, 10)))
	w.Write("ombud SN", s.number, workflows.RegisterAppeal{Channel: models.AppealMail, ArrivedOn: calendar.New(2027, 9, 9), Text: "Vill ha mer."})
	v := w.View("decider SN", s.number)
	if a := v.Appeals[0]; a.Timing != workflows.TimingServiceUnknown || !a.LastDay.IsZero() || a.BodyText != "Vill ha mer." || a.By == "" {
		t.Errorf("%+v", a)
	}
	// A service that is found afterwards tells what is so.
	w.Write("registrator SN", s.number, workflows.Serve{Method: "post", ServedOn: calendar.New(2026, 9, 14), Evidence: "Mottagningsbevis."})
	if got := w.View("decider SN", s.number).Appeals[0].Timing; got != workflows.TimingLate {
		t.Errorf("with the service found it is %s", got)
	}
}

// TestAnAppealKeepsTheCaseOpen: the period is over, and the case is not.
func TestAnAppealKeepsTheCaseOpen(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	s := answered(w, calendar.New(2026, 9, 10))
	other := reach(w, s.maja, stage(models.CaseReleased))
	s.open()
	ctx := context.Background()
	in := workflows.Appeal{ID: models.NewID[models.Appeal](), Wanted: "Jag vill se journalen.", Why: "Den är om mig."}
	f, err := w.AttachAppeal(ctx, s.maja, w.Case(s.number).ID, *workflowtest.File("bilaga.txt", "Mitt bevis."))
	s.must(err)
	for range 2 { // the button pressed twice
		s.must(w.Record(ctx, s.maja, workflows.On{Case: w.Case(s.number).ID}, in))
	}
	w.Work()
	v := w.View("registrator SN", s.number)
	if len(v.Appeals) != 1 || v.Appeals[0].WantedText != in.Wanted || v.Appeals[0].BodyText != in.Why || len(v.Appeals[0].Files) != 1 || v.Appeals[0].Files[0].ID != f.ID {
		t.Fatalf("%+v", v.Appeals)
	}
	if got := w.Read(w.CaseFile(ctx, w.As("registrator SN"), s.number, f.ID)); got != "Mitt bevis." {
		t.Errorf("the registrator reads %q", got)
	}
	told := map[string]int{}
	for _, m := range w.Mails.All() {
		if strings.Contains(m.Subject, "Överklagande") {
			told[m.To]++
		}
	}
	if len(told) < 2 {
		t.Errorf("told: %v", told)
	}
	for who, n := range told {
		if n != 1 {
			t.Errorf("%s was told %d times", who, n)
		}
	}
	w.Clock.Set(noonOf(calendar.New(2026, 12, 1)))
	s.must(w.Watch(ctx))
	w.Work()
	if got := w.Case(s.number).State; got != models.CaseReleased {
		t.Errorf("the appealed case is %s", got)
	}
	if got := w.Case(other.number).State; got != models.CaseClosed {
		t.Errorf("the case without an appeal is %s", got)
	}
	if r, ok := refusalOf(w.Apply(ctx, models.SystemActor(), w.On(s.number), workflows.SystemInput(workflows.ActionClose))); !ok || r.Key != "guard.appeal-open" {
		t.Errorf("closing: %v", r)
	}
	// A late appeal on a closed case: the case stays closed, the appeal is open.
	s.must(w.Record(ctx, s.maja, workflows.On{Case: w.Case(other.number).ID}, workflows.Appeal{ID: models.NewID[models.Appeal](), Wanted: "Ändra."}))
	if v := w.View("ombud SN", other.number); v.Case.State != models.CaseClosed || v.Appeals[0].Timing != workflows.TimingLate {
		t.Errorf("%s, %+v", v.Case.State, v.Appeals)
	}
	items, err := w.OpenAppeals(ctx, w.As("decider SN"), models.ControllerID{})
	if err != nil || len(items) != 2 || items[0].Number != s.number || items[0].DaysLeft >= 0 {
		t.Errorf("to be dealt with: %+v, %v", items, err)
	}
	if items, err := w.OpenAppeals(ctx, w.As("ombud BUN"), models.ControllerID{}); err != nil || len(items) != 0 {
		t.Errorf("another controller's ombud sees %+v, %v", items, err)
	}
}

func refusalOf(err error) (r workflows.Refusal, ok bool) { ok = errors.As(err, &r); return r, ok }

// TestWhatIsWrongWithAnAppeal: the day, the form, and what cannot be appealed.
func TestWhatIsWrongWithAnAppeal(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	s := answered(w, calendar.New(2026, 9, 10))
	ctx := context.Background()
	fault := func(err error) string {
		var in workflows.Invalid
		if !errors.As(err, &in) {
			t.Fatalf("%v", err)
		}
		var keys []string
		for _, f := range in.Fields {
			keys = append(keys, f.Field+" "+f.Key)
		}
		return strings.Join(keys, ", ")
	}
	register := func(in workflows.RegisterAppeal) string {
		return fault(w.Record(ctx, w.As("registrator SN"), w.On(s.number), in))
	}
	for want, in := range map[string]workflows.RegisterAppeal{
		"channel error.choose-one, arrived-on error.date-missing": {},
		"arrived-on error.date-future":                            {Channel: models.AppealDesk, ArrivedOn: calendar.New(2026, 9, 11)},
		"arrived-on error.date-before-decision":                   {Channel: models.AppealDesk, ArrivedOn: calendar.New(2026, 9, 9)},
		"channel error.choose-one":                                {Channel: models.AppealPortal, ArrivedOn: calendar.New(2026, 9, 10)},
	} {
		if got := register(in); got != want {
			t.Errorf("%+v: %s, want %s", in, got, want)
		}
	}
	if got := fault(w.Record(ctx, s.maja, workflows.On{Case: w.Case(s.number).ID}, workflows.Appeal{ID: models.NewID[models.Appeal]()})); got != "wanted error.wanted-missing" {
		t.Error(got)
	}
	// A company's decision, and one that was not against the person.
	number := w.Request(s.maja, "EBAB", "BUN")
	w.Answer("EBAB", number+"-EBAB", models.OutcomePartial)
	w.Answer("BUN", number+"-BUN", models.OutcomeNothingFound)
	for _, p := range []string{"EBAB", "BUN"} {
		at := number + "-" + p
		err := w.Record(ctx, s.maja, workflows.On{Case: w.Case(at).ID}, workflows.Appeal{ID: models.NewID[models.Appeal](), Wanted: "x"})
		if r, ok := refusalOf(err); !ok || r.Key != "guard.no-appeal" {
			t.Errorf("%s: %v", p, err)
		}
		w.Write("registrator "+p, at, workflows.RegisterAppeal{Channel: models.AppealLetter, ArrivedOn: calendar.New(2026, 9, 10)})
		if a := w.View("registrator "+p, at).Appeals[0]; a.Timing != workflows.TimingNoAppeal {
			t.Errorf("%s: %s", p, a.Timing)
		}
	}
	// What is attached and not sent is nobody else's.
	f, err := w.AttachAppeal(ctx, s.maja, w.Case(s.number).ID, *workflowtest.File("a.txt", "Hemligt."))
	s.must(err)
	if _, _, err := w.CaseFile(ctx, w.As("ombud SN"), s.number, f.ID); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("the ombud opens what is not sent: %v", err)
	}
	if err := w.DetachAppeal(ctx, w.Resident("198404012380"), w.Case(s.number).ID, f.ID); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("another person removes it: %v", err)
	}
	w.Clock.Set(noonOf(calendar.New(2026, 11, 1)))
	s.must(w.Watch(ctx))
	if got := s.mine(s.number).AppealFiles; len(got) != 0 {
		t.Errorf("%d files lie about", len(got))
	}
}

// TestTheServicecenterPassesPapersOn: it enters when and how, sees nothing, and nothing is lost.
func TestTheServicecenterPassesPapersOn(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	s := answered(w, calendar.New(2026, 9, 10))
	open := reach(w, s.maja, stage(models.CaseSearching))
	ctx, center := context.Background(), w.As("servicecenter")
	today := calendar.New(2026, 9, 10)
	version := func(number string) int {
		v, err := w.IntakePage(ctx, center, number)
		s.must(err)
		return v.Request.Version
	}
	paper := workflows.Paper{Case: w.Case(s.number).ID, Channel: models.AppealDesk, ArrivedOn: today}
	if err := w.PassOnAppeal(ctx, w.As("ombud SN"), s.request, version(s.request), paper); !errors.Is(err, workflows.ErrForbidden) {
		t.Errorf("by an ombud: %v", err)
	}
	before := version(s.request)
	s.must(w.PassOnAppeal(ctx, center, s.request, before, paper))
	if err := w.PassOnAppeal(ctx, center, s.request, before, paper); !errors.Is(err, workflows.ErrConflict) {
		t.Errorf("again with the old version: %v", err)
	}
	s.must(w.PassOnAppeal(ctx, center, open.request, version(open.request), workflows.Paper{Case: w.Case(open.number).ID, Channel: models.AppealDesk, ArrivedOn: today}))
	if err := w.PassOnAppeal(ctx, center, s.request, version(s.request), workflows.Paper{Case: w.Case(open.number).ID, Channel: models.AppealDesk, ArrivedOn: today}); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("to a case of another request: %v", err)
	}
	w.Work()
	if v := w.View("registrator SN", s.number); len(v.Appeals) != 1 || v.Appeals[0].RegisteredBy != center.Staff || v.Appeals[0].Channel != models.AppealDesk {
		t.Errorf("%+v", v.Appeals)
	}
	if v := w.View("ombud SN", open.number); len(v.Appeals) != 0 || v.Events[0].Key != "paper-passed-on" {
		t.Errorf("an undecided case: %+v, %s", v.Appeals, v.Events[0].Key)
	}
	err := w.Store.InTx(ctx, center, func(tx *models.Tx) error {
		rows, err := tx.Appeals(w.Case(s.number).ID)
		if len(rows) > 0 {
			t.Error("the servicecenter reads an appeal")
		}
		return err
	})
	s.must(err)
}
