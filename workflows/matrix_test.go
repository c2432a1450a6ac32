package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"gorm.io/gorm"

	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// someone is an actor of the matrix: what they are in the table, and whether they see the case.
type someone struct {
	name  string
	actor models.Actor
	who   workflows.Who // "" is nobody in the table of cases
	sees  bool
}

// everyone lists every kind of actor: the person and another, every role of staff at the case's controller and at another,
// the roles that belong to no controller, the system and nobody. Each holds one role only.
func everyone(s staged) []someone {
	out := []someone{
		{"the person", s.maja, workflows.WhoPerson, true},
		{"another person", s.Resident("198404012380"), "", false},
		{"the system", models.SystemActor(), workflows.WhoSystem, true},
		{"nobody", models.Actor{}, "", false},
	}
	for _, role := range models.Roles() {
		if role == models.RoleServicecenter || role == models.RoleLogReviewer || role == models.RoleAdmin {
			out = append(out, someone{string(role), models.StaffActor(s.As(string(role)).Staff, models.Grant{Role: role}), "", false})
			continue
		}
		own, other := s.Controllers["SN"].ID, s.Controllers["BUN"].ID
		out = append(out, someone{string(role) + " here", models.StaffActor(s.As(string(role)+" SN").Staff, models.Grant{Role: role, Controller: own}), workflows.Who(role), true},
			someone{string(role) + " elsewhere", models.StaffActor(s.As(string(role)+" BUN").Staff, models.Grant{Role: role, Controller: other}), "", false})
	}
	return out
}

// deed is an action of the tables: a transition or a record.
type deed struct {
	action     workflows.Action
	transition bool
}

// deeds lists every action of both tables once.
func deeds() []deed {
	var out []deed
	for _, t := range workflows.Transitions() {
		if d := (deed{t.Action, true}); !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	for _, r := range workflows.Records() {
		out = append(out, deed{r.Action, false})
	}
	return out
}

// do takes the action through its door.
func (d deed) do(svc *workflows.Service, a models.Actor, on workflows.On, in workflows.Input) error {
	if d.transition {
		return svc.Apply(context.Background(), a, on, in)
	}
	return svc.Record(context.Background(), a, on, in)
}

// rule is what the tables say of the action for an actor: whether it is theirs at all, and whether in this state.
func (d deed) rule(who workflows.Who, at stage) (theirs, now bool) {
	state, works := at.state(), workflows.RightOf(at.right()).Works
	for _, t := range workflows.Transitions() {
		if d.transition && t.Action == d.action && slices.Contains(t.Who, who) {
			theirs, now = true, now || slices.Contains(t.From, state)
		}
	}
	for _, r := range workflows.Records() {
		if !d.transition && r.Action == d.action && slices.Contains(r.Who, who) && (r.Works == "" || r.Works == works) {
			theirs, now = true, now || slices.Contains(r.In, state)
		}
	}
	return theirs, now
}

// refusals are the actions that the table allows and a guard, or the right to decide, refuses on these cases.
func refusals(at stage, d deed, who workflows.Who) error {
	switch {
	case d.action == workflows.ActionDecide && who == workflows.WhoOmbud:
		return workflows.Refusal{Key: "guard.no-delegation"}
	case at == awaitingRequest && d.action == workflows.ActionAnswer:
		return workflows.Refusal{Key: "guard.other-pause"}
	case at == stage(models.CaseAwaiting) && d.action == workflows.ActionResumeRequest:
		return workflows.ErrConflict
	default:
		return nil
	}
}

func (d deed) want(at stage, x someone) error {
	theirs, now := d.rule(x.who, at)
	switch {
	case !x.sees:
		return workflows.ErrNotFound
	case !theirs:
		return workflows.ErrForbidden
	case !now:
		return workflows.ErrConflict
	default:
		return refusals(at, d, x.who)
	}
}

// same tells whether two errors say the same to a door.
func same(got, want error) bool {
	var r, q workflows.Refusal
	if errors.As(want, &q) {
		return errors.As(got, &r) && r.Key == q.Key
	}
	return errors.Is(got, want) && (want != nil || got == nil)
}

func TestEveryActionInEveryStateByEveryone(t *testing.T) {
	t.Parallel()
	for _, at := range stages() {
		t.Run(string(at), func(t *testing.T) {
			t.Parallel()
			w := workflowtest.New(t)
			s := reach(w, w.Resident("197701172392"), at)
			allowed := map[string][]workflows.Action{}
			inputs := map[workflows.Action]workflows.Input{}
			for _, d := range deeds() {
				inputs[d.action] = s.input(d.action)
			}
			for _, x := range everyone(s) {
				on := s.on(x.actor)
				for _, d := range deeds() {
					cell(t, s, at, x, d, on, inputs[d.action])
					if theirs, now := d.rule(x.who, at); x.sees && theirs && now {
						allowed[x.name] = append(allowed[x.name], d.action)
					}
				}
				pageSaysTheSame(t, s, x, allowed[x.name])
			}
		})
	}
}

// cell tries one action by one actor in one state, and puts everything back.
func cell(t *testing.T, s staged, at stage, x someone, d deed, on workflows.On, in workflows.Input) {
	t.Helper()
	undone(t, s.World, later(d.action), func(svc *workflows.Service, db *gorm.DB) {
		if d.action == workflows.ActionPauseRequest && x.who == workflows.WhoSystem && at.state() != models.CaseAwaiting && !done(at.state()) {
			s.askPerson(svc)
		}
		before := traceOf(t, db, s.number)
		err := d.do(svc, x.actor, on, in)
		after := traceOf(t, db, s.number)
		want := d.want(at, x)
		switch {
		case !same(err, want):
			t.Errorf("%s %s by %s: %v, the table says %v", at, d.action, x.name, err, want)
		case want != nil && after != before:
			t.Errorf("%s %s by %s was refused and left a trace", at, d.action, x.name)
		case want == nil && (after.Row == before.Row || after.Events != before.Events+1):
			t.Errorf("%s %s by %s: %d events, row changed: %v", at, d.action, x.name, after.Events-before.Events, after.Row != before.Row)
		}
	})
}

func done(s models.CaseState) bool { return s.Done() }

// pageSaysTheSame compares what the page offers, now or later with a reason, with the table.
func pageSaysTheSame(t *testing.T, s staged, x someone, want []workflows.Action) {
	t.Helper()
	if x.actor.Kind != models.StaffKind || !x.sees {
		return
	}
	v, err := s.CasePage(context.Background(), x.actor, s.number)
	if err != nil {
		t.Errorf("the page of %s: %v", x.name, err)
		return
	}
	var got []workflows.Action
	for _, a := range slices.Concat(v.Actions, v.Blocked) {
		got = append(got, a.Action)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the page of %s offers %v, the table %v", x.name, got, want)
	}
}

// requestStages are the states of a request, and how to get there.
func requestStages() map[models.RequestState]func(s *staged) {
	return map[models.RequestState]func(s *staged){
		models.RequestSubmitted: func(s *staged) { s.request = submitOnly(s.World, s.maja, "SN") },
		models.RequestActive:    func(*staged) {},
		models.RequestAwaiting:  func(s *staged) { s.askPerson(s.Service); s.Work() },
		models.RequestWithdrawn: func(s *staged) {
			s.must(s.WithdrawRequest(context.Background(), s.maja, s.request, s.requestVersion()))
		},
		models.RequestClosed: func(s *staged) {
			s.must(s.Apply(context.Background(), s.maja, s.asSeen(), workflows.Withdraw{}))
			s.Work()
		},
	}
}

// submitOnly sends a request and lets no job run.
func submitOnly(w *workflowtest.World, maja models.Actor, prefixes ...string) string {
	w.T.Helper()
	ctx := context.Background()
	id, err := w.NewDraft(ctx, maja, models.Access, "sv")
	if err == nil {
		err = w.SaveDraft(ctx, maja, id, 1, func(f *workflows.DraftForm) {
			for _, p := range prefixes {
				f.Controllers = append(f.Controllers, workflows.DraftAddressee{Controller: w.Controllers[p].ID})
			}
		})
	}
	number := ""
	if err == nil {
		number, err = w.Submit(ctx, maja, id, workflowtest.Person())
	}
	if err != nil {
		w.T.Fatal(err)
	}
	return number
}

func (s staged) requestVersion() int {
	s.T.Helper()
	return s.requestRow().Version
}

func (s staged) requestRow() models.Request {
	s.T.Helper()
	var r models.Request
	s.must(s.Store.InTx(context.Background(), models.SystemActor(), func(tx *models.Tx) (err error) {
		r, err = tx.RequestByNumber(s.request)
		return err
	}))
	return r
}

func TestEveryStepOfARequestInEveryStateByEveryone(t *testing.T) {
	t.Parallel()
	steps := []workflows.RequestAction{}
	for _, r := range workflows.RequestTransitions() {
		steps = append(steps, r.Action)
	}
	for state, get := range requestStages() {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			w := workflowtest.New(t)
			s := &staged{World: w, maja: w.Resident("197701172392")}
			if state != models.RequestSubmitted {
				*s = reach(w, s.maja, stage(models.CaseAssigned))
			}
			get(s)
			row := s.requestRow()
			if row.State != state {
				t.Fatalf("the request is %s", row.State)
			}
			for _, x := range everyone(*s) {
				for _, a := range steps {
					want := wantOfRequest(x, a, state)
					undone(t, w, 0, func(svc *workflows.Service, _ *gorm.DB) {
						err := svc.StepRequest(context.Background(), x.actor, s.request, row.Version, a)
						if !same(err, want) {
							t.Errorf("%s by %s: %v, the table says %v", a, x.name, err, want)
						}
						if want == nil {
							err := svc.StepRequest(context.Background(), x.actor, s.request, row.Version, a)
							if !errors.Is(err, workflows.ErrConflict) {
								t.Errorf("%s by %s again, with the old version: %v", a, x.name, err)
							}
						}
					})
				}
			}
			if after := s.requestRow(); fmt.Sprint(after) != fmt.Sprint(row) {
				t.Error("the request has changed")
			}
		})
	}
}

func wantOfRequest(x someone, a workflows.RequestAction, state models.RequestState) error {
	who := x.who
	if x.name == string(models.RoleServicecenter) {
		who = workflows.WhoServicecenter
	}
	if who != workflows.WhoPerson && who != workflows.WhoSystem && who != workflows.WhoServicecenter {
		return workflows.ErrNotFound
	}
	i := slices.IndexFunc(workflows.RequestTransitions(), func(r workflows.RequestTransition) bool { return r.Action == a && slices.Contains(r.Who, who) })
	switch {
	case i < 0:
		return workflows.ErrForbidden
	case !slices.Contains(workflows.RequestTransitions()[i].From, state):
		return workflows.ErrConflict
	default:
		return nil
	}
}
