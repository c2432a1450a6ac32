package workflows_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"gorm.io/gorm"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

const racers = 16

// race runs the attempts at once and returns how many won; whoever lost must have lost by a conflict.
func race(t *testing.T, attempts ...func() error) int {
	t.Helper()
	var start, end sync.WaitGroup
	errs := make([]error, len(attempts))
	start.Add(1)
	for i, f := range attempts {
		end.Go(func() {
			start.Wait()
			errs[i] = f()
		})
	}
	start.Done()
	end.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, workflows.ErrConflict):
			t.Errorf("a racer failed otherwise than by a conflict: %v", err)
		}
	}
	return won
}

// times is the same attempt n times.
func times(n int, f func() error) []func() error {
	return slices.Repeat([]func() error{f}, n)
}

// actorOf is who takes an action in the races.
func (s staged) actorOf(who workflows.Who) models.Actor {
	s.T.Helper()
	switch who {
	case workflows.WhoPerson:
		return s.maja
	case workflows.WhoSystem:
		return models.SystemActor()
	case workflows.WhoServicecenter:
		return s.As("servicecenter")
	default:
		return s.As(string(who) + " SN")
	}
}

// lane is one race: an action, from a stage, by one of those who may.
type lane struct {
	deed
	from stage
	who  workflows.Who
}

// lanes lists a race for every row of both tables: every transition from every state by everyone who may take it, every
// record in one state of each.
func lanes() map[stage][]lane {
	out := map[stage][]lane{}
	add := func(d deed, from models.CaseState, who workflows.Who) {
		at := stage(from)
		if d.action == workflows.ActionResumeRequest {
			at = awaitingRequest
		}
		if from == models.CaseExecuting {
			at = erasureDecided
		}
		if d.action == workflows.ActionDecide {
			who = workflows.WhoDecider // the ombud has no delegation here
		}
		if l := (lane{d, at, who}); !slices.Contains(out[at], l) {
			out[at] = append(out[at], l)
		}
	}
	for _, t := range workflows.Transitions() {
		for _, from := range t.From {
			for _, who := range t.Who {
				add(deed{t.Action, true}, from, who)
			}
		}
	}
	// A decision that something is to be done goes another way than the others.
	out[erasureReady] = append(out[erasureReady], lane{deed{workflows.ActionDecide, true}, erasureReady, workflows.WhoDecider})
	for _, r := range workflows.Records() {
		from := r.In[min(1, len(r.In)-1)]
		if r.Works == workflows.WorksMeasures {
			l := lane{deed{r.Action, false}, erasureSearched, r.Who[0]}
			out[l.from] = append(out[l.from], l)
			continue
		}
		add(deed{r.Action, false}, from, r.Who[0])
	}
	return out
}

func TestOneOfSixteenWins(t *testing.T) {
	t.Parallel()
	for from, all := range lanes() {
		t.Run(string(from), func(t *testing.T) {
			t.Parallel()
			w := workflowtest.New(t)
			maja := w.Resident("197701172392")
			for _, l := range all {
				runLane(t, reach(w, maja, from), l)
			}
		})
	}
}

func runLane(t *testing.T, s staged, l lane) {
	t.Helper()
	actor, in := s.actorOf(l.who), s.input(l.action)
	on := s.on(actor)
	if l.action == workflows.ActionPauseRequest {
		s.askPerson(s.Service)
	}
	before := traceOf(t, s.DB.Runtime, s.number)
	var alone trace
	undone(t, s.World, later(l.action), func(svc *workflows.Service, db *gorm.DB) {
		s.must(l.do(svc, actor, on, in))
		alone = traceOf(t, db, s.number)
	})
	svc := at(s.World, later(l.action))
	won := race(t, times(racers, func() error { return l.do(svc, actor, on, in) })...)
	after := traceOf(t, s.DB.Runtime, s.number)
	if want := winners(l.deed); won != want || after.Events != before.Events+1 || after.Jobs != alone.Jobs {
		t.Errorf("%s %s by %s: %d won, %d events, %d jobs (alone %d)", l.from, l.action, l.who, won, after.Events-before.Events, after.Jobs-before.Jobs, alone.Jobs-before.Jobs)
	}
}

// winners is how many of the racers are told that it went well. A message or a note that is there already, word for word, is
// the same form sent twice: it went well, and is there once.
func winners(d deed) int {
	for _, r := range workflows.Records() {
		if !d.transition && r.Action == d.action && r.Free {
			return racers
		}
	}
	return 1
}

// TestRivalsOnOneCase lets different actions meet: whichever is first, there is one winner and one event.
func TestRivalsOnOneCase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		from stage
		a, b lane
	}{
		{"decide and send back", stage(models.CaseReady), lane{deed{workflows.ActionDecide, true}, "", workflows.WhoDecider}, lane{deed{workflows.ActionSendBack, true}, "", workflows.WhoOmbud}},
		{"withdraw and decide", stage(models.CaseReady), lane{deed{workflows.ActionWithdraw, true}, "", workflows.WhoPerson}, lane{deed{workflows.ActionDecide, true}, "", workflows.WhoDecider}},
		{"release and withdraw", stage(models.CaseDecided), lane{deed{workflows.ActionRelease, true}, "", workflows.WhoSystem}, lane{deed{workflows.ActionWithdraw, true}, "", workflows.WhoPerson}},
		{"review and time-out", stage(models.CaseInReview), lane{deed{workflows.ActionReview, true}, "", workflows.WhoDSO}, lane{deed{workflows.ActionReviewTimeout, true}, "", workflows.WhoSystem}},
		{"propose and attest", stage(models.CaseSearching), lane{deed{workflows.ActionPropose, true}, "", workflows.WhoOmbud}, lane{deed{workflows.ActionAttest, false}, "", workflows.WhoOmbud}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := workflowtest.New(t)
			s := reach(w, w.Resident("197701172392"), c.from)
			before := traceOf(t, w.DB.Runtime, s.number)
			svc := at(w, max(later(c.a.action), later(c.b.action)))
			var attempts []func() error
			for _, l := range []lane{c.a, c.b} {
				actor, in := s.actorOf(l.who), s.input(l.action)
				on := s.on(actor)
				attempts = append(attempts, times(racers/2, func() error { return l.do(svc, actor, on, in) })...)
			}
			won := race(t, attempts...)
			if after := traceOf(t, w.DB.Runtime, s.number); won != 1 || after.Events != before.Events+1 {
				t.Errorf("%d won, %d events", won, after.Events-before.Events)
			}
		})
	}
}

// TestTwoOmbudAttestAtOnce: the second has read a search list that is no longer so.
func TestTwoOmbudAttestAtOnce(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	s := reach(w, w.Resident("197701172392"), stage(models.CaseSearching))
	v := w.View("ombud SN", s.number)
	colleague := models.StaffActor(v.Colleagues[0].ID, models.Grant{Role: models.RoleOmbud, Controller: v.Controller.ID})
	attempts := make([]func() error, 2)
	on := w.On(s.number)
	for i, a := range []models.Actor{w.As("ombud SN"), colleague} {
		in := workflows.Attest{Searches: []models.SearchID{v.Searches[1].ID}, Result: models.NotSearched, Why: "Systemet är nere."}
		attempts[i] = func() error { return w.Record(context.Background(), a, on, in) }
	}
	if won := race(t, attempts...); won != 1 {
		t.Errorf("%d won", won)
	}
}

func TestOneDraftSentSixteenTimesIsOneRequest(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	maja := w.Resident("197701172392")
	id, err := w.NewDraft(ctx, maja, models.Access, "sv")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SaveDraft(ctx, maja, id, 1, func(f *workflows.DraftForm) {
		f.Controllers = []workflows.DraftAddressee{{Controller: w.Controllers["SN"].ID}, {Controller: w.Controllers["KS"].ID}}
	}); err != nil {
		t.Fatal(err)
	}
	numbers := make(chan string, racers)
	if won := race(t, times(racers, func() error {
		n, err := w.Submit(ctx, maja, id, workflowtest.Person())
		numbers <- n
		return err
	})...); won != racers {
		t.Errorf("%d of %d were answered", won, racers)
	}
	close(numbers)
	first := <-numbers
	for n := range numbers {
		if n != first || n == "" {
			t.Errorf("numbers %q and %q", first, n)
		}
	}
	w.Work()
	mine, err := w.MyRequests(ctx, maja)
	if err != nil || len(mine) != 1 || len(mine[0].Cases) != 2 {
		t.Fatalf("%d requests, %v", len(mine), err)
	}
	receipts := 0
	for _, m := range w.Mails.All() {
		if m.To == "maja.lindqvist@post.example" {
			receipts++
		}
	}
	if receipts > 1 {
		t.Errorf("%d receipts", receipts)
	}
}

// TestOneOfSixteenWinsOnARequest races the use cases that move the shared part, and the jobs that do.
func TestOneOfSixteenWinsOnARequest(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, c := range []struct {
		name string
		from models.RequestState
		do   func(s staged, version int) error
	}{
		{"ask", models.RequestActive, func(s staged, v int) error {
			return s.AskPerson(ctx, s.As("servicecenter"), s.request, v, "Vilket namn?", calendar.Date{})
		}},
		{"answer", models.RequestAwaiting, func(s staged, v int) error { return s.AnswerRequest(ctx, s.maja, s.request, v, "Lindqvist.") }},
		{"record the answer", models.RequestAwaiting, func(s staged, v int) error {
			return s.RecordAnswer(ctx, s.As("servicecenter"), s.request, v, "Lindqvist.")
		}},
		{"withdraw when sent", models.RequestSubmitted, func(s staged, v int) error { return s.WithdrawRequest(ctx, s.maja, s.request, v) }},
		{"withdraw when active", models.RequestActive, func(s staged, v int) error { return s.WithdrawRequest(ctx, s.maja, s.request, v) }},
		{"withdraw when asked", models.RequestAwaiting, func(s staged, v int) error { return s.WithdrawRequest(ctx, s.maja, s.request, v) }},
		{"add a controller", models.RequestActive, func(s staged, v int) error {
			return s.AddController(ctx, s.As("servicecenter"), s.request, v, s.Controllers["KS"].ID, "Har ringt.")
		}},
		{"remove a controller", models.RequestActive, func(s staged, v int) error {
			return s.RemoveController(ctx, s.As("servicecenter"), s.request, v, s.Case(s.number).ID, "Vill inte längre.")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := workflowtest.New(t)
			s := &staged{World: w, maja: w.Resident("197701172392")}
			if c.from != models.RequestSubmitted {
				*s = reach(w, s.maja, stage(models.CaseAssigned))
			}
			requestStages()[c.from](s)
			row := s.requestRow()
			before := eventsOf(t, w, row.ID)
			if won := race(t, times(racers, func() error { return c.do(*s, row.Version) })...); won != 1 {
				t.Errorf("%d won", won)
			}
			if n := eventsOf(t, w, row.ID) - before; n != 1 {
				t.Errorf("%d events", n)
			}
		})
	}
}

func eventsOf(t *testing.T, w *workflowtest.World, id models.RequestID) int {
	t.Helper()
	n := 0
	if err := w.Store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) error {
		all, err := tx.Events("request", id.UUID(), 1000)
		n = len(all)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAJobRunSixteenTimesAtOnceHasOneEffect runs fan-out, release and settling so.
func TestAJobRunSixteenTimesAtOnceHasOneEffect(t *testing.T) {
	t.Parallel()
	w := workflowtest.New(t)
	ctx := context.Background()
	maja := w.Resident("197701172392")
	s := staged{World: w, maja: maja, request: submitOnly(w, maja, "SN", "KS")}
	s.number = s.request + "-SN"
	seen := map[string]int{}
	everything := func() {
		for {
			jobs, err := w.Claim(ctx, 100)
			s.must(err)
			if len(jobs) == 0 {
				return
			}
			for _, j := range jobs {
				seen[j.Kind]++
				if won := race(t, times(racers, func() error { return w.RunJob(ctx, j.ID) })...); won != racers {
					t.Errorf("%s: %d of %d copies ended well", j.Kind, won, racers)
				}
			}
		}
	}
	everything()
	w.Answer("SN", s.number, models.OutcomeNeutral)
	s.must(w.Apply(ctx, maja, workflows.On{Case: s.mine(s.request + "-KS").ID}, workflows.Withdraw{}))
	everything()
	if seen["fan-out"] != 1 || seen["settle"] != 1 {
		t.Errorf("jobs run: %v", seen)
	}
	mine, err := w.MyRequest(ctx, maja, s.request)
	if err != nil || len(mine.Cases) != 2 {
		t.Fatalf("%d cases, %v", len(mine.Cases), err)
	}
	ids := map[string]int{}
	for _, m := range w.Mails.All() {
		ids[m.ID]++
	}
	for id, n := range ids {
		if n != 1 {
			t.Errorf("mail %s was sent %d times", id, n)
		}
	}
}
