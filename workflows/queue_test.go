package workflows_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// shelf is a world with a person whose requests fill a queue.
type shelf struct {
	*workflowtest.World
	maja models.Actor
}

func newShelf(t *testing.T) shelf {
	w := workflowtest.New(t)
	return shelf{w, w.Resident("197701172392")}
}

func (s shelf) queue(role string, f workflows.QueueFilter) workflows.Queue {
	s.T.Helper()
	q, err := s.Queue(context.Background(), s.As(role), f)
	if err != nil {
		s.T.Fatal(err)
	}
	return q
}

// item is a case's row in a role's queue.
func (s shelf) item(role, number string, f workflows.QueueFilter) workflows.QueueItem {
	s.T.Helper()
	q := s.queue(role, f)
	i := slices.IndexFunc(q.Items, func(i workflows.QueueItem) bool { return i.Number == number })
	if i < 0 {
		s.T.Fatalf("%s has no row %s", role, number)
	}
	return q.Items[i]
}

// one is a new case at SN.
func (s shelf) one() string { return s.Request(s.maja, "SN") + "-SN" }

// fillStates makes late cases and soon ones, and then one case in each open state.
func (s shelf) fillStates() {
	s.T.Helper()
	day := 24 * time.Hour
	s.one()
	s.Do("ombud SN", s.one(), workflows.Take{})
	s.Clock.Advance(3 * day)
	s.one()
	s.Clock.Advance(30 * day)
	s.one()
	s.Do("ombud SN", s.one(), workflows.Take{})
	asked, review, ready := s.one(), s.one(), s.one()
	s.Do("ombud SN", asked, workflows.Ask{Reason: "identity", Text: "Vem är du?"})
	s.SearchNothing("SN", review)
	s.Do("ombud SN", review, workflows.Propose{Outcome: models.OutcomeNeutral, AskReview: true})
	s.SearchNothing("SN", ready)
	s.Propose("SN", ready, models.OutcomeNeutral)
}

func grouped(items []workflows.QueueItem) map[string]int {
	out := map[string]int{}
	for _, i := range items {
		out[i.Group]++
	}
	return out
}

// TestCountsAreOfTheWholeQueue: the numbers say the same as the rows, whoever reads and whatever is chosen, and go on saying
// it when the rows are more than a page.
func TestCountsAreOfTheWholeQueue(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.fillStates()
	s.Request(s.maja, "BUN")
	roles := []string{"ombud SN", "decider SN", "dso SN", "registrator SN", "ombud BUN"}
	for _, role := range roles {
		for _, state := range append(models.CaseStates(), "") {
			q := s.queue(role, workflows.QueueFilter{State: state})
			if want := grouped(q.Items); fmt.Sprint(q.Counts) != fmt.Sprint(want) {
				t.Errorf("%s in %q: %v, and the rows say %v", role, state, q.Counts, want)
			}
		}
	}
	if got := s.queue("ombud SN", workflows.QueueFilter{}).Counts; got["late"] == 0 || got["soon"] == 0 || got["mine"] == 0 || got["others"] == 0 {
		t.Fatalf("%v: some group is empty, and tells nothing", got)
	}
	for range 50 {
		s.SendRequest(s.maja, "SN")
	}
	s.Work()
	for _, role := range roles[:4] {
		f, rows, first := workflows.QueueFilter{}, []workflows.QueueItem(nil), map[string]int(nil)
		for more := true; more; {
			q := s.queue(role, f)
			rows, more, f.AfterDue, f.AfterID = append(rows, q.Items...), q.More, q.NextDue, q.NextID
			if first == nil {
				first = q.Counts
			}
			if fmt.Sprint(q.Counts) != fmt.Sprint(first) {
				t.Errorf("%s: %v on a later page, %v on the first", role, q.Counts, first)
			}
		}
		if want := grouped(rows); len(rows) <= 50 || fmt.Sprint(first) != fmt.Sprint(want) {
			t.Errorf("%s: %v, and all %d rows say %v", role, first, len(rows), want)
		}
	}
}

// TestNextStep follows a case at a sensitive controller from the first search to the answer, as those see it who work on it,
// and as the registrator does, to whom no count tells what there is.
func TestNextStep(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	number := s.one()
	expect := func(role, key string, args ...any) {
		t.Helper()
		want := map[string]any(nil)
		if len(args) > 0 {
			want = map[string]any{args[0].(string): args[1]}
		}
		if i := s.item(role, number, workflows.QueueFilter{}); i.Next != key || fmt.Sprint(i.NextArgs) != fmt.Sprint(want) {
			t.Errorf("%s: %s %v, want %s %v", role, i.Next, i.NextArgs, key, want)
		}
	}
	today := func() calendar.Date { return calendar.DateOf(s.Clock.Now()) }
	expect("ombud SN", "next.assigned-mine")
	s.Do("ombud SN", number, workflows.Take{})
	systems := s.View("ombud SN", number).Searches
	expect("ombud SN", "next.search-mine", "n", len(systems))
	expect("decider SN", "next.search", "n", len(systems))
	expect("registrator SN", "next.searching")
	s.Do("ombud SN", number, workflows.Ask{Reason: "identity", Text: "Vem är du?"})
	since := today()
	s.Clock.Advance(48 * time.Hour)
	for _, role := range []string{"ombud SN", "registrator SN"} {
		expect(role, "next.awaiting-subject-since", "date", since)
	}
	if err := s.Apply(context.Background(), s.maja, s.On(number), workflows.Answer{Text: "Jag."}); err != nil {
		t.Fatal(err)
	}
	s.Write("ombud SN", number, workflows.Attest{Searches: []models.SearchID{systems[0].ID}, Result: models.Found, Hits: 2})
	for _, other := range systems[1:] {
		s.Write("ombud SN", number, workflows.Attest{Searches: []models.SearchID{other.ID}, Result: models.Nothing})
	}
	expect("ombud SN", "next.material-mine", "n", 1)
	for _, title := range []string{"Journal", "Beslut"} {
		s.Write("ombud SN", number, workflows.AddItem{Search: systems[0].ID, Title: title, Text: "Text."})
	}
	expect("ombud SN", "next.mark-mine", "n", 2)
	for _, i := range s.View("ombud SN", number).Items {
		s.Write("ombud SN", number, workflows.Dispose{Item: i.ID, Disposition: models.Release})
	}
	expect("ombud SN", "next.propose-mine")
	expect("registrator SN", "next.searching")
	propose := workflows.Propose{Outcome: models.OutcomeGranted, Reasons: "Skäl.", AskReview: true}
	s.Do("ombud SN", number, propose)
	until := s.View("ombud SN", number).Reviews[0].ClosesOn
	expect("ombud SN", "next.in-review-until", "date", until)
	expect("dso SN", "next.in-review-until-mine", "date", until)
	expect("registrator SN", "next.in-review")
	s.Do("dso SN", number, workflows.ReviewAnswer{Outcome: models.ReviewRemarks, Remarks: "Sök mer."})
	expect("ombud SN", "next.remarks-mine")
	s.Write("ombud SN", number, workflows.ReplyReview{Text: "Gjort."})
	expect("ombud SN", "next.propose-mine")
	s.Propose("SN", number, models.OutcomeGranted)
	expect("decider SN", "next.ready-mine")
	expect("ombud SN", "next.ready")
}

// post sends a request to SN that is to be answered by post.
func (s shelf) post() string {
	s.T.Helper()
	ctx := context.Background()
	id, err := s.NewDraft(ctx, s.maja, models.Access, "sv")
	if err == nil {
		err = s.SaveDraft(ctx, s.maja, id, 1, func(f *workflows.DraftForm) {
			f.Answer, f.Address = "post", "Storgatan 1, 123 45 Exempelby"
			f.Controllers = []workflows.DraftAddressee{{Controller: s.Controllers["SN"].ID}}
		})
	}
	number := ""
	if err == nil {
		number, err = s.Submit(ctx, s.maja, id, workflowtest.Person())
	}
	if err != nil {
		s.T.Fatal(err)
	}
	s.Work()
	return number + "-SN"
}

// TestRegistry: a request is to be registered from the day it came, and an answer that reaches nobody is to be posted.
func TestRegistry(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	f := workflows.QueueFilter{Registry: true}
	expect := func(want ...string) {
		t.Helper()
		var got []string
		for _, i := range s.queue("registrator SN", f).Items {
			got = append(got, i.Number+" "+i.Next)
			if i.Person == "" || !i.Mine {
				t.Errorf("%s: %q", i.Number, i.Person)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\nwant %s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	letter := s.post()
	s.Clock.Advance(time.Hour)
	portal := s.one()
	s.Clock.Advance(time.Hour)
	back := s.one()
	if err := s.Apply(context.Background(), s.maja, s.On(back), workflows.Withdraw{}); err != nil {
		t.Fatal(err)
	}
	s.Request(s.maja, "BUN")
	expect(letter+" next.diary-mine", portal+" next.diary-mine")
	s.Write("registrator SN", portal, workflows.Diary{Number: "SN 2026/2"})
	s.Answer("SN", letter, models.OutcomeNeutral)
	s.Answer("SN", portal, models.OutcomeNeutral)
	expect(letter + " next.diary-post-mine")
	s.Write("registrator SN", letter, workflows.Diary{Number: "SN 2026/1"})
	expect(letter + " next.post-mine")
	if i := s.item("registrator SN", portal, workflows.QueueFilter{Done: true}); i.Mine || i.Next != "next.released" {
		t.Errorf("an answer of today is %s", i.Next)
	}
	s.Clock.Advance(14 * 24 * time.Hour)
	expect(letter+" next.post-mine", portal+" next.post-mine")
	if i := s.item("registrator SN", portal, workflows.QueueFilter{Done: true}); !i.Mine || i.Next != "next.post-mine" {
		t.Errorf("an answer unopened for a fortnight is %s", i.Next)
	}
	for _, number := range []string{letter, portal} {
		s.Write("registrator SN", number, workflows.Serve{Method: "post", ServedOn: calendar.DateOf(s.Clock.Now()), Evidence: "Mottagningsbevis."})
	}
	expect()
	for _, role := range []string{"ombud SN", "decider SN", "dso SN", "servicecenter"} {
		if q := s.queue(role, f); len(q.Items) > 0 {
			t.Errorf("%s has %d rows to register", role, len(q.Items))
		}
	}
}

// TestRegistryOfSeveralControllers: a registrator of two sees both, page by page, and one when one is chosen.
func TestRegistryOfSeveralControllers(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	for range 30 {
		s.SendRequest(s.maja, "SN", "BUN", "KS")
		s.Clock.Advance(time.Minute)
	}
	s.Work()
	sn, bun := s.Controllers["SN"].ID, s.Controllers["BUN"].ID
	both := models.StaffActor(s.As("registrator SN").Staff, models.Grant{Role: models.RoleRegistrator, Controller: sn}, models.Grant{Role: models.RoleRegistrator, Controller: bun})
	list := func(f workflows.QueueFilter) (numbers []string) {
		for more := true; more; {
			q, err := s.Queue(context.Background(), both, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range q.Items {
				numbers = append(numbers, i.Number)
			}
			more, f.AfterAt, f.AfterID = q.More, q.NextAt, q.NextID
		}
		return numbers
	}
	all := list(workflows.QueueFilter{Registry: true})
	requests := slices.Compact(func() (r []string) {
		for _, n := range all {
			r = append(r, n[:strings.LastIndex(n, "-")])
		}
		return r
	}())
	if seen := slices.Compact(slices.Sorted(slices.Values(all))); len(all) != 60 || len(seen) != 60 || !slices.IsSorted(requests) {
		t.Errorf("%d rows, %d different, requests in order %v", len(all), len(seen), requests)
	}
	if one := list(workflows.QueueFilter{Registry: true, Controller: bun}); len(one) != 30 || !strings.HasSuffix(one[0], "-BUN") {
		t.Errorf("%d rows at one of them", len(one))
	}
}

// TestQueueAsksAsMuchForManyRowsAsForFew counts the statements of the lists that say how far each case has come.
func TestQueueAsksAsMuchForManyRowsAsForFew(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	svc, count := counted(s.World)
	pages := map[string]func() (int, error){}
	for name, f := range map[string]workflows.QueueFilter{"ombud SN": {}, "dso SN": {}, "registrator SN": {Registry: true}} {
		actor := s.As(name)
		pages[name] = func() (int, error) {
			q, err := svc.Queue(context.Background(), actor, f)
			return len(q.Items), err
		}
	}
	reviewer := s.As("logreviewer")
	pages["read log"] = func() (int, error) {
		rows, err := svc.ReadLog(context.Background(), reviewer, workflows.LogFilter{})
		return len(rows), err
	}
	var rows, statements [2]map[string]int64
	for round := range rows {
		for range 2 * round {
			s.fillStates()
		}
		s.fillStates()
		rows[round], statements[round] = map[string]int64{}, map[string]int64{}
		for name, page := range pages {
			statements[round][name] = count(func() {
				n, err := page()
				if err != nil {
					t.Fatal(err)
				}
				rows[round][name] = int64(n)
			})
		}
	}
	for name := range pages {
		if rows[1][name] < 2*rows[0][name] && rows[1][name] < 50 || rows[0][name] == 0 || statements[0][name] != statements[1][name] {
			t.Errorf("%s: %d statements for %d rows, %d for %d", name, statements[0][name], rows[0][name], statements[1][name], rows[1][name])
		}
	}
}

// TestReadLogNamesNumbers: a row of the read log says which cases were shown, to the reader and to those who review.
func TestReadLogNamesNumbers(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	request := s.Request(s.maja, "SN", "BUN")
	s.View("ombud SN", request+"-SN")
	s.View("ombud BUN", request+"-BUN")
	if _, err := s.IntakePage(context.Background(), s.As("servicecenter"), request); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		role string
		own  bool
		want []string
	}{
		{"ombud SN", true, []string{request + "-SN"}},
		{"servicecenter", true, []string{request}},
		{"logreviewer", false, []string{request, request + "-BUN", request + "-SN"}},
		{"dso SN", false, nil},
	} {
		actor, f := s.As(c.role), workflows.LogFilter{}
		if c.own {
			f.Staff = actor.Staff
		}
		entries, err := s.ReadLog(context.Background(), actor, f)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range entries {
			got = append(got, e.Numbers...)
		}
		slices.Sort(got)
		if c.want != nil && !slices.Equal(got, c.want) {
			t.Errorf("%s reads %v, want %v", c.role, got, c.want)
		}
		if c.want == nil && !slices.Contains(got, request+"-SN") {
			t.Errorf("%s reads %v", c.role, got)
		}
	}
}
