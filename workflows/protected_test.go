package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// sheltered is a world with one protected person's request among others'.
type sheltered struct {
	*workflowtest.World
	t       *testing.T
	maja    models.Actor
	request string
	number  string // of the case at the socialnämnd
}

// shelter sends Maja's request to two controllers, works its jobs and flags her. Somebody else has one too. Nobody is cleared.
func shelter(t *testing.T, cleared ...string) sheltered {
	t.Helper()
	w := workflowtest.New(t)
	w.Clear(cleared...)
	s := sheltered{World: w, t: t, maja: w.Resident(workflowtest.Person().Number)}
	s.request = w.Request(s.maja, "SN", "BUN")
	s.number = s.request + "-SN"
	w.Do("ombud SN", s.number, workflows.Take{})
	other := w.Resident("198404012380")
	id, err := w.NewDraft(context.Background(), other, models.Access, "sv")
	s.must(err)
	s.must(w.SaveDraft(context.Background(), other, id, 1, func(f *workflows.DraftForm) {
		f.Controllers = []workflows.DraftAddressee{{Controller: w.Controllers["SN"].ID}}
	}))
	_, err = w.Submit(context.Background(), other, id, workflows.Identity{Name: "Anders Berg", Number: "198404012380"})
	s.must(err)
	w.Work()
	s.must(w.ProtectRequest(context.Background(), s.maja, s.request))
	return s
}

func (s sheltered) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// staffRoles are the names of everybody on the staff.
func (s sheltered) staffRoles() []string {
	var out []string
	for name := range s.Staff {
		if r, _, _ := strings.Cut(name, " "); slices.Contains(models.Roles(), models.Role(r)) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// call calls a method of the service with the actor, the texts (a number first, then anything), the case and zero values
// for the rest. ok is false for methods that take no actor.
func call(svc *workflows.Service, m reflect.Method, a models.Actor, number string, kase models.CaseID) (result string, ok bool) {
	args := []reflect.Value{}
	for i := 1; i < m.Type.NumIn(); i++ {
		in := m.Type.In(i)
		v := reflect.Zero(in)
		switch {
		case in == reflect.TypeFor[context.Context]():
			v = reflect.ValueOf(context.Background())
		case in == reflect.TypeFor[models.Actor]():
			v, ok = reflect.ValueOf(a), true
		case in == reflect.TypeFor[workflows.On]():
			v = reflect.ValueOf(workflows.On{Case: kase, Version: 2})
		case in == reflect.TypeFor[models.CaseID]():
			v = reflect.ValueOf(kase)
		case in == reflect.TypeFor[workflows.Input]() && m.Name == "Apply":
			v = reflect.ValueOf(workflows.Input(workflows.Propose{Outcome: models.OutcomeGranted, Reasons: "Skäl"}))
		case in == reflect.TypeFor[workflows.Input]():
			v = reflect.ValueOf(workflows.Input(workflows.Note{Text: "Ringde"}))
		case in.Kind() == reflect.String:
			v = reflect.ValueOf(number).Convert(in)
		case in.Kind() == reflect.Int:
			v = reflect.ValueOf(2).Convert(in)
		}
		args = append(args, v)
	}
	if !ok {
		return "", false
	}
	defer func() {
		if p := recover(); p != nil {
			result = fmt.Sprint("panic ", p) // of the zero values; alike for what is there and what is not
		}
	}()
	out := []string{}
	for _, v := range m.Func.Call(append([]reflect.Value{reflect.ValueOf(svc)}, args...)) {
		if c, is := v.Interface().(io.Closer); is && !v.IsZero() {
			_ = c.Close()
		}
		out = append(out, fmt.Sprintf("%+v", v.Interface()))
	}
	return strings.Join(out, "; "), true
}

// TestTheProtectedAreNotThere calls every use case there is, as everybody on the staff, with the number and the id of a
// protected person's case and request, and again with some that do not exist: the answers are the same, nothing of the person
// is in them, and nothing has changed.
func TestTheProtectedAreNotThere(t *testing.T) {
	t.Parallel()
	s := shelter(t)
	made := models.NewID[models.Case]()
	kase := s.Case(s.number).ID
	before := s.Case(s.number)
	methods, calls := reflect.TypeFor[*workflows.Service](), 0
	for _, role := range s.staffRoles() {
		for i := range methods.NumMethod() {
			m := methods.Method(i)
			for _, n := range []struct{ there, invented string }{{s.number, "INS-2026-77777-SN"}, {s.request, "INS-2026-77777"}, {"Maja", "Hedvig"}, {workflowtest.Person().Number, "198404012380"}} {
				got, ok := call(s.Service, m, s.As(role), n.there, kase)
				if !ok {
					continue
				}
				calls++
				want, _ := call(s.Service, m, s.As(role), n.invented, made)
				if blank(got, n.there, kase) != blank(want, n.invented, made) && m.Name != "ReadLog" {
					t.Errorf("%s as %s tells %s from one that does not exist:\n%.300s\n%.300s", m.Name, role, n.there, got, want)
				}
				// What was asked may be said again; the log reviewer sees numbers.
				said := strings.ReplaceAll(got, n.there, "")
				if strings.Contains(said, "Maja") || strings.Contains(said, kase.String()) ||
					(strings.Contains(said, s.request) && role != "logreviewer") {
					t.Errorf("%s as %s tells of a protected person: %.400s", m.Name, role, got)
				}
			}
		}
	}
	if calls < 100 {
		t.Errorf("only %d calls were made", calls)
	}
	if after := s.Case(s.number); after.Version != before.Version || after.State != before.State {
		t.Error("somebody without clearance changed the case")
	}
}

// blank takes what was asked for, and what is new each time, out of an answer.
func blank(answer, number string, kase models.CaseID) string {
	answer = strings.ReplaceAll(strings.ReplaceAll(answer, number, "N"), kase.String(), "K")
	answer = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`).ReplaceAllString(answer, "new") // of a draft
	// Addresses of values differ from call to call.
	fields := strings.FieldsFunc(answer, func(r rune) bool { return r == ' ' || r == '[' || r == ']' || r == '{' || r == '}' || r == ':' })
	for i, f := range fields {
		if strings.HasPrefix(f, "0x") {
			fields[i] = "0x"
		}
	}
	return strings.Join(fields, " ")
}

// TestTheClearedSeeTheProtected: clearance adds nothing to a role but the protected; the person sees their own all the time.
func TestTheClearedSeeTheProtected(t *testing.T) {
	t.Parallel()
	s := shelter(t, "ombud SN", "servicecenter", "dso SN", "registrator SN")
	ctx := context.Background()
	for _, role := range []string{"ombud SN", "dso SN", "registrator SN"} {
		v, err := s.CasePage(ctx, s.As(role), s.number)
		if err != nil || v.Person == nil || v.Person.Name != "Maja Lindqvist" || v.Person.Email != "" {
			t.Errorf("%s sees %+v, %v", role, v.Person, err)
		}
		q, err := s.Queue(ctx, s.As(role), workflows.QueueFilter{Search: "lindqvist"})
		if err != nil || len(q.Items) == 0 || q.Items[0].Person != "Maja Lindqvist" {
			t.Errorf("%s finds %d, %v", role, len(q.Items), err)
		}
	}
	if _, err := s.CasePage(ctx, s.As("ombud BUN"), s.request+"-BUN"); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("an ombud who is not cleared: %v", err)
	}
	v, err := s.IntakePage(ctx, s.As("servicecenter"), s.request)
	if err != nil || v.Person.Email != "" || len(v.Addable) > 0 {
		t.Errorf("the servicecenter sees %+v with %d to add, %v", v.Person, len(v.Addable), err)
	}
	if items, _, err := s.Intake(ctx, s.As("servicecenter"), workflows.IntakeCursor{}); err != nil || len(items) != 2 {
		t.Errorf("the servicecenter's list has %d, %v", len(items), err)
	}
	mine, err := s.MyRequest(ctx, s.maja, s.request)
	if err != nil || !mine.Protected || len(mine.Cases) != 2 {
		t.Errorf("the person sees %+v, %v", mine, err)
	}
	var refusal workflows.Refusal
	if err := s.AddController(ctx, s.As("servicecenter"), s.request, v.Request.Version, s.Controllers["KS"].ID, "Hon ringde"); !errors.As(err, &refusal) {
		t.Errorf("adding a controller: %v", err)
	}
}

// results are how many jobs of a kind ended how.
func (s sheltered) results(kind workflows.JobKind) map[string]int {
	s.t.Helper()
	var rows []struct {
		Result string
		N      int
	}
	s.must(s.DB.Owner.Raw("select coalesce(result, 'open') as result, count(*) as n from jobs where kind = ? and request_id in (select id from requests where number = ?) group by 1",
		kind, s.request).Scan(&rows).Error)
	out := map[string]int{}
	for _, r := range rows {
		out[r.Result] = r.N
	}
	return out
}

// TestNoMailTellsOfTheProtected: no mail goes to the person or to staff who are not cleared, not even one that was promised
// before the flag was set.
func TestNoMailTellsOfTheProtected(t *testing.T) {
	t.Parallel()
	for _, promised := range []struct {
		name string
		runs []workflows.JobKind // that run before the flag is set
	}{
		{"nothing yet", nil},
		{"the case", []workflows.JobKind{workflows.JobFanOut}},
		{"the staff's mail", []workflows.JobKind{workflows.JobFanOut, workflows.JobNotify}},
	} {
		w := workflowtest.New(t)
		w.Clear()
		s := sheltered{World: w, t: t, maja: w.Resident(workflowtest.Person().Number)}
		s.request = w.SendRequest(s.maja, "SN", "BUN")
		ctx := context.Background()
		for _, kind := range promised.runs {
			var ids []models.JobID
			s.must(w.DB.Owner.Raw("select id from jobs where kind = ? and done_at is null", kind).Scan(&ids).Error)
			for _, id := range ids {
				s.must(w.RunJob(ctx, id))
			}
		}
		s.must(w.ProtectRequest(ctx, s.maja, s.request))
		w.Work()
		if sent := w.Mails.All(); len(sent) > 0 {
			t.Errorf("%s: %d mails were sent, the first to %s", promised.name, len(sent), sent[0].To)
		}
		if got := s.results(workflows.JobMailPerson); got[models.JobWithheld] != 1 || len(got) != 1 {
			t.Errorf("%s: the mails to the person ended %v", promised.name, got)
		}
		if staff := s.results(workflows.JobMailStaff); staff["done"]+staff["open"] > 0 {
			t.Errorf("%s: the mails to staff ended %v", promised.name, staff)
		}
	}
	s := shelter(t, "ombud SN")
	before := len(s.Mails.All())
	s.Write("ombud SN", s.number, workflows.Message{Text: "Din begäran är här"})
	s.must(s.Record(context.Background(), s.maja, s.On(s.number), workflows.Reply{Text: "Tack"}))
	s.Clock.Advance(20 * 24 * 3600e9)
	s.must(s.Watch(context.Background()))
	s.Work()
	cleared, err := s.staffAddress("ombud SN")
	s.must(err)
	for _, m := range s.Mails.All()[before:] {
		if strings.Contains(m.Text, s.request) && m.To != cleared {
			t.Errorf("a mail about the protected person went to %s", m.To)
		}
	}
}

func (s sheltered) staffAddress(role string) (string, error) {
	var out string
	err := s.DB.Owner.Raw("select email from staff where id = ?", s.As(role).Staff).Scan(&out).Error
	return out, err
}

// TestAHandlerWithoutClearance: whoever handled the case before the flag is out of it, the cleared are told, take it over, and
// hand it to nobody who is not cleared.
func TestAHandlerWithoutClearance(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := workflowtest.New(t)
	w.Clear()
	s := sheltered{World: w, t: t, maja: w.Resident(workflowtest.Person().Number)}
	s.request = w.Request(s.maja, "SN")
	s.number = s.request + "-SN"
	w.Do("ombud SN", s.number, workflows.Take{})
	colleagues := w.View("ombud SN", s.number).Colleagues
	if len(colleagues) == 0 {
		t.Fatal("there is nobody to clear")
	}
	// The handler flags the person, and sees no more.
	s.must(s.ProtectCase(ctx, s.As("ombud SN"), s.number))
	if _, err := s.CasePage(ctx, s.As("ombud SN"), s.number); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("who flagged without clearance: %v", err)
	}
	s.Work()
	admin := s.As("admin")
	if n, err := s.UnhandledProtected(ctx, admin); err != nil || n != 1 {
		t.Errorf("%d cases are said to lack somebody, %v", n, err)
	}
	if n, err := s.UnhandledProtected(ctx, s.As("servicecenter")); err != nil || n != 0 {
		t.Errorf("a servicecenter without clearance is told of %d, %v", n, err)
	}
	s.must(w.DB.Owner.Exec("update assignments set cleared = true where staff_id = ? and role = 'ombud'", colleagues[0].ID).Error)
	other, _, _, err := s.StaffActor(ctx, colleagues[0].ID)
	s.must(err)
	if n, err := s.UnhandledProtected(ctx, admin); err != nil || n != 0 {
		t.Errorf("%d cases still lack somebody, %v", n, err)
	}
	v, err := s.CasePage(ctx, other, s.number)
	s.must(err)
	if len(v.Colleagues) != 1 || v.Colleagues[0].ID != other.Staff {
		t.Errorf("the case may be handed to %v", v.Colleagues)
	}
	on := workflows.On{Case: v.Case.ID, Version: v.Case.Version}
	var wrong workflows.Invalid
	if err := s.Record(ctx, other, on, workflows.HandOver{To: s.As("ombud SN").Staff}); !errors.As(err, &wrong) {
		t.Errorf("handed to somebody who is not cleared: %v", err)
	}
	s.must(s.Record(ctx, other, on, workflows.HandOver{To: other.Staff}))
	if got := s.Case(s.number).HandlerID; got != other.Staff {
		t.Error("the cleared ombud did not take the case over")
	}
}

// TestTheFlagIsThePersons: it is remembered, covers every request, is in every chain, and is lifted by the cleared alone.
func TestTheFlagIsThePersons(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := shelter(t, "servicecenter")
	s.Work()
	id, err := s.NewDraft(ctx, s.maja, models.Access, "sv")
	s.must(err)
	d, err := s.Draft(ctx, s.maja, id)
	s.must(err)
	if !d.Remembered || !d.Form.Protected {
		t.Error("the person is not remembered")
	}
	fill := func(confirmed bool) {
		t.Helper()
		d, err := s.Draft(ctx, s.maja, id)
		s.must(err)
		s.must(s.SaveDraft(ctx, s.maja, id, d.Version, func(f *workflows.DraftForm) {
			f.Email, f.Address, f.Answer = "maja@post.example", "Hemliga gatan 1", "post"
			f.Controllers = []workflows.DraftAddressee{{Controller: s.Controllers["KS"].ID, Confirmed: confirmed}}
		}))
	}
	fill(false)
	var wrong workflows.Invalid
	if _, err := s.Submit(ctx, s.maja, id, workflowtest.Person()); !errors.As(err, &wrong) || wrong.Fields[0].Key != "error.confirm-each" {
		t.Errorf("a controller that was not confirmed: %v", err)
	}
	fill(true)
	second, err := s.Submit(ctx, s.maja, id, workflowtest.Person())
	s.must(err)
	s.Work()
	if c := s.Case(second + "-KS"); !c.Protected {
		t.Error("the next request does not start protected")
	}
	s.must(s.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		r, err := tx.RequestByNumber(second)
		if err != nil {
			return err
		}
		r.Protected = false // what is sealed, not what is shown
		p, err := tx.RequestPerson(r)
		if p.Email != "" || p.Address != "" {
			t.Errorf("contact data were kept: %+v", p)
		}
		return err
	}))
	if _, err := s.IntakePage(ctx, s.As("servicecenter"), s.request); err != nil {
		t.Fatal(err)
	}
	if err := s.UnprotectRequest(ctx, s.As("servicecenter"), s.request, "boredom"); !errors.As(err, &wrong) {
		t.Errorf("lifted without a reason: %v", err)
	}
	if err := s.UnprotectRequest(ctx, s.maja, s.request, "ended"); !errors.Is(err, workflows.ErrForbidden) {
		t.Errorf("lifted by the person: %v", err)
	}
	if err := s.UnprotectCase(ctx, s.As("ombud SN"), s.number, "ended"); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("lifted by somebody who is not cleared: %v", err)
	}
	s.must(s.UnprotectRequest(ctx, s.As("servicecenter"), second, "ended"))
	s.Work()
	if _, err := s.CasePage(ctx, s.As("ombud SN"), s.number); err != nil {
		t.Errorf("the ombud after it was lifted: %v", err)
	}
	var kinds []string
	s.must(s.DB.Owner.Raw(`select e.kind || ' ' || coalesce(r.number, c.number) from events e left join requests r on r.id = e.stream_id left join cases c on c.id = e.stream_id
		where e.kind like 'protected%' order by 1`).Scan(&kinds).Error)
	want := []string{"protected-set " + s.request, "protected-set " + s.request + "-BUN", "protected-set " + s.number,
		"protected-unset " + s.request, "protected-unset " + s.request + "-BUN", "protected-unset " + s.number, "protected-unset " + second, "protected-unset " + second + "-KS"}
	if !slices.Equal(kinds, want) {
		t.Errorf("the chains say %v, want %v", kinds, want)
	}
	s.must(s.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		faults, _, err := tx.VerifyEvents()
		if len(faults) > 0 {
			t.Errorf("broken chains: %v", faults)
		}
		return err
	}))
}

// TestTheLetterToAProtectedPersonHoldsNoAddress, and does not ask for one in an appeal.
func TestTheLetterToAProtectedPersonHoldsNoAddress(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := workflowtest.New(t)
	w.Clear("ombud SN", "decider SN", "dso SN")
	s := sheltered{World: w, t: t, maja: w.Resident(workflowtest.Person().Number)}
	id, err := w.NewDraft(ctx, s.maja, models.Access, "sv")
	s.must(err)
	s.must(w.SaveDraft(ctx, s.maja, id, 1, func(f *workflows.DraftForm) {
		f.Answer, f.Address = "post", "Hemliga gatan 1, 123 45 Exempelby"
		f.Controllers = []workflows.DraftAddressee{{Controller: w.Controllers["SN"].ID}}
	}))
	s.request, err = w.Submit(ctx, s.maja, id, workflowtest.Person())
	s.must(err)
	w.Work()
	s.number = s.request + "-SN"
	s.must(s.ProtectCase(ctx, s.As("ombud SN"), s.number))
	w.Answer("SN", s.number, models.OutcomeNeutral)
	m, err := s.MyRequest(ctx, s.maja, s.request)
	s.must(err)
	if len(m.Cases) != 1 || m.Cases[0].Letter == nil {
		t.Fatalf("there is no letter: %+v", m.Cases)
	}
	body, _, err := s.OpenAnswer(ctx, s.maja, m.Cases[0].Letter.ID)
	s.must(err)
	letter, err := io.ReadAll(body)
	s.must(err)
	s.must(body.Close())
	words := aloud(t, letter)
	if strings.Contains(words, "Hemliga") {
		t.Error("the letter holds the address")
	}
	for _, want := range []string{"skyddade personuppgifter", "Maja Lindqvist"} {
		if !strings.Contains(words, want) {
			t.Errorf("the letter does not say %q", want)
		}
	}
}
