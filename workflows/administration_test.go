package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest"
)

// office is the administrator's desk in a world.
type office struct {
	*workflowtest.World
	t     *testing.T
	admin models.Actor
	today calendar.Date
}

func newOffice(t *testing.T) *office {
	w := workflowtest.New(t)
	return &office{w, t, w.As("admin"), calendar.DateOf(w.Clock.Now())}
}

// hire adds somebody new.
func (o *office) hire(name string) models.StaffID {
	o.t.Helper()
	id, err := o.AddStaff(o.t.Context(), o.admin, workflows.NewStaff{Email: models.NewID[models.Staff]().String() + "@exempelby.example", Name: name})
	o.is(err, nil)
	return id
}

func (o *office) give(who models.StaffID, role models.Role, prefix string) error {
	in := workflows.NewAssignment{Staff: who, Role: role}
	if prefix != "" {
		in.Controller = o.Controllers[prefix].ID
	}
	return o.AddAssignment(o.t.Context(), o.admin, in)
}

// assignment finds the newest assignment of somebody in a role.
func (o *office) assignment(who models.StaffID, role models.Role) workflows.AssignmentView {
	o.t.Helper()
	v, err := o.StaffPerson(o.t.Context(), o.admin, who)
	o.is(err, nil)
	for _, a := range v.Assignments {
		if a.Role == role {
			return a
		}
	}
	o.t.Fatalf("%s has never been %s", v.Name, role)
	return workflows.AssignmentView{}
}

// holds tells whether somebody has the role now.
func (o *office) holds(who models.StaffID, role models.Role) bool {
	o.t.Helper()
	a, _, _, err := o.StaffActor(o.t.Context(), who)
	o.is(err, nil)
	return a.HasRole(role)
}

func (o *office) is(err, want error) {
	o.t.Helper()
	if !errors.Is(err, want) {
		o.t.Fatalf("got %v, want %v", err, want)
	}
}

// faulty wants one fault at a field.
func (o *office) faulty(err error, field, key string) {
	o.t.Helper()
	var wrong workflows.Invalid
	if !errors.As(err, &wrong) || len(wrong.Fields) == 0 || wrong.Fields[0].Field != field || wrong.Fields[0].Key != key {
		o.t.Errorf("got %v %v, want %s at %s", err, wrong.Fields, key, field)
	}
}

func (o *office) refused(err error, key string) {
	o.t.Helper()
	var no workflows.Refusal
	if !errors.As(err, &no) || no.Key != key {
		o.t.Errorf("got %v, want a refusal %s", err, key)
	}
}

func TestRolesBeginAndEnd(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	nils := o.hire("Nils Ny")
	o.is(o.give(nils, models.RoleOmbud, "SN"), nil)
	if !o.holds(nils, models.RoleOmbud) {
		t.Error("a role from today does not count today")
	}
	o.faulty(o.give(nils, models.RoleOmbud, "SN"), "role", "error.admin.held")
	o.faulty(o.give(nils, models.RoleOmbud, ""), "controller", "error.admin.role-controller")
	o.faulty(o.give(nils, models.RoleServicecenter, "SN"), "controller", "error.admin.role-anywhere")
	o.faulty(o.AddAssignment(ctx, o.admin, workflows.NewAssignment{Staff: nils, Role: models.RoleServicecenter, From: o.today.AddDays(-1)}), "from", "error.admin.from-past")

	id := o.assignment(nils, models.RoleOmbud).ID
	o.faulty(o.EndAssignment(ctx, o.admin, id, o.today.AddDays(-1)), "to", "error.admin.to-past")
	o.is(o.EndAssignment(ctx, o.admin, id, o.today), nil)
	if !o.holds(nils, models.RoleOmbud) {
		t.Error("the last day does not count")
	}
	o.is(o.EndAssignment(ctx, o.admin, id, calendar.Date{}), nil)
	o.is(o.EndAssignment(ctx, o.admin, id, o.today), nil)
	o.Clock.Set(o.Clock.Now().Add(24 * time.Hour))
	if o.holds(nils, models.RoleOmbud) {
		t.Error("the role counts the day after its last")
	}
	o.is(o.EndAssignment(ctx, o.admin, id, calendar.Date{}), workflows.ErrConflict)

	o.is(o.give(nils, models.RoleOmbud, "SN"), nil)
	id = o.assignment(nils, models.RoleOmbud).ID
	o.is(o.StopAssignment(ctx, o.admin, id), nil)
	if o.holds(nils, models.RoleOmbud) {
		t.Error("a role that was ended at once still counts")
	}
	o.is(o.StopAssignment(ctx, o.admin, id), workflows.ErrConflict)
	o.faulty(o.give(nils, models.RoleOmbud, "SN"), "from", "error.admin.tomorrow")

	entries, _, err := o.OrganisationHistory(ctx, o.admin, 0)
	o.is(err, nil)
	if len(entries) != 8 || entries[0].Kind != "assignment-stopped" || entries[0].Staff != "Nils Ny" || entries[0].By == "" {
		t.Errorf("history: %+v", entries)
	}
	o.is(o.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		faults, _, err := tx.VerifyEvents()
		if len(faults) > 0 {
			t.Errorf("the chain does not hold: %v", faults)
		}
		return err
	}), nil)
}

// TestTheOrganisationsChainTellsOfTampering edits, removes and cuts as only the owner of the database could.
func TestTheOrganisationsChainTellsOfTampering(t *testing.T) {
	t.Parallel()
	for what, sql := range map[string]string{
		"altered": "update organisation_events set data = data || '{\"role\": \"admin\"}' where seq = 2",
		"missing": "delete from organisation_events where seq = 2",
		"head":    "delete from organisation_events where seq = (select max(seq) from organisation_events)",
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.is(o.give(o.hire("Nils Ny"), models.RoleOmbud, "SN"), nil)
			if err := o.DB.Owner.Exec(sql).Error; err != nil {
				t.Fatal(err)
			}
			o.is(o.Store.InTx(t.Context(), models.SystemActor(), func(tx *models.Tx) error {
				faults, _, err := tx.VerifyEvents()
				if len(faults) == 0 || faults[0].StreamKind != "organisation" || faults[0].What != what {
					t.Errorf("found %v", faults)
				}
				return err
			}), nil)
		})
	}
}

func TestADeputyStandsInForATime(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	anna, bo := o.hire("Anna Ombud"), o.hire("Bo Ersättare")
	o.is(o.give(anna, models.RoleOmbud, "SN"), nil)
	of := o.assignment(anna, models.RoleOmbud).ID
	from, to := o.today.AddDays(1), o.today.AddDays(2)
	o.faulty(o.AddDeputy(ctx, o.admin, workflows.NewDeputy{Assignment: of, Deputy: bo, From: from}), "to", "error.admin.deputy-to")
	o.faulty(o.AddDeputy(ctx, o.admin, workflows.NewDeputy{Assignment: of, Deputy: anna, From: from, To: to}), "deputy", "error.admin.deputy")
	o.is(o.AddDeputy(ctx, o.admin, workflows.NewDeputy{Assignment: of, Deputy: bo, From: from, To: to}), nil)
	for day, want := range []bool{false, true, true, false} {
		if got := o.holds(bo, models.RoleOmbud); got != want {
			t.Errorf("day %d: the deputy has the role: %v", day, got)
		}
		o.Clock.Set(o.Clock.Now().Add(24 * time.Hour))
	}
	if a := o.assignment(bo, models.RoleOmbud); a.Deputy != "Anna Ombud" || a.Cleared {
		t.Errorf("the deputy's assignment: %+v", a)
	}
}

// TestDSOsStayIndependent: whoever reviews does not handle, whichever way the role comes.
func TestDSOsStayIndependent(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	dora, anna := o.hire("Dora DSO"), o.hire("Anna Ombud")
	o.is(o.give(dora, models.RoleDSO, "SN"), nil)
	o.is(o.give(anna, models.RoleOmbud, "KS"), nil)
	const key = "error.admin.independence"
	o.faulty(o.give(dora, models.RoleDecider, "KS"), "role", key)
	o.faulty(o.give(anna, models.RoleDSO, "BUN"), "role", key)
	o.faulty(o.AddDeputy(ctx, o.admin, workflows.NewDeputy{Assignment: o.assignment(dora, models.RoleDSO).ID, Deputy: anna, To: o.today.AddDays(7)}), "deputy", key)
	o.faulty(o.AddDeputy(ctx, o.admin, workflows.NewDeputy{Assignment: o.assignment(anna, models.RoleOmbud).ID, Deputy: dora, To: o.today.AddDays(7)}), "deputy", key)
	v, err := o.StaffPerson(ctx, o.admin, anna)
	o.is(err, nil)
	o.faulty(workflows.Grant(ctx, o.Store, workflows.NewStaff{Email: v.Email}, models.RoleDSO, "SN", calendar.Date{}), "role", key)
	// One after the other is no fault.
	o.is(o.EndAssignment(ctx, o.admin, o.assignment(anna, models.RoleOmbud).ID, o.today), nil)
	o.is(o.AddAssignment(ctx, o.admin, workflows.NewAssignment{Staff: anna, Role: models.RoleDSO, Controller: o.Controllers["BUN"].ID, From: o.today.AddDays(1)}), nil)
	o.faulty(o.EndAssignment(ctx, o.admin, o.assignment(anna, models.RoleOmbud).ID, o.today.AddDays(9)), "to", key)
}

func TestAnAdministratorIsAlwaysLeft(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	own := o.assignment(o.admin.Staff, models.RoleAdmin).ID
	const last = "guard.admin.last"
	o.refused(o.StopAssignment(ctx, o.admin, own), last)
	o.refused(o.EndAssignment(ctx, o.admin, own, o.today.AddDays(30)), last)
	o.refused(o.give(o.admin.Staff, models.RoleOmbud, "SN"), "guard.admin.self")

	eva := o.hire("Eva Efterträdare")
	o.is(o.AddAssignment(ctx, o.admin, workflows.NewAssignment{Staff: eva, Role: models.RoleAdmin, To: o.today.AddDays(10)}), nil)
	o.refused(o.EndAssignment(ctx, o.admin, own, o.today.AddDays(10)), last) // nobody on the eleventh day
	o.is(o.EndAssignment(ctx, o.admin, o.assignment(eva, models.RoleAdmin).ID, calendar.Date{}), nil)
	o.is(o.EndAssignment(ctx, o.admin, own, o.today.AddDays(10)), nil)
	o.is(o.StopAssignment(ctx, o.admin, own), nil)
	eve, _, _, err := o.StaffActor(ctx, eva)
	o.is(err, nil)
	o.refused(o.StopAssignment(ctx, eve, o.assignment2(eve, eva)), last)
}

// assignment2 is assignment as another administrator sees it.
func (o *office) assignment2(as models.Actor, who models.StaffID) models.ID[models.Assignment] {
	o.t.Helper()
	v, err := o.StaffPerson(o.t.Context(), as, who)
	o.is(err, nil)
	return v.Assignments[0].ID
}

// TestTwoAdministratorsCannotEndEachOther at once: the second finds that the first was faster.
func TestTwoAdministratorsCannotEndEachOther(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	eva := o.hire("Eva Kollega")
	o.is(o.give(eva, models.RoleAdmin, ""), nil)
	eve, _, _, err := o.StaffActor(ctx, eva)
	o.is(err, nil)
	his, hers := o.assignment(o.admin.Staff, models.RoleAdmin).ID, o.assignment(eva, models.RoleAdmin).ID
	done := make(chan error, 2)
	go func() { done <- o.StopAssignment(ctx, o.admin, hers) }()
	go func() { done <- o.StopAssignment(ctx, eve, his) }()
	a, b := <-done, <-done
	if (a == nil) == (b == nil) {
		t.Errorf("one of two should be refused: %v, %v", a, b)
	}
}

func TestOnlyTheAdministratorAdministers(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	nils := o.hire("Nils Ny")
	o.is(o.give(nils, models.RoleOmbud, "SN"), nil)
	id := o.assignment(nils, models.RoleOmbud).ID
	for _, role := range []string{"ombud SN", "decider SN", "dso SN", "registrator SN", "servicecenter", "logreviewer"} {
		a := o.As(role)
		for what, err := range map[string]error{
			"overview": second(o.Administration(ctx, a)), "list": second(o.StaffList(ctx, a, "", models.StaffID{})), "person": second(o.StaffPerson(ctx, a, nils)),
			"add": second(o.AddStaff(ctx, a, workflows.NewStaff{Email: "x@exempelby.example", Name: "X"})), "unbind": o.Unbind(ctx, a, nils),
			"give": o.AddAssignment(ctx, a, workflows.NewAssignment{Staff: nils, Role: models.RoleServicecenter}), "end": o.EndAssignment(ctx, a, id, o.today),
			"stop": o.StopAssignment(ctx, a, id), "clear": o.ClearAssignment(ctx, a, id, true), "deputy": o.AddDeputy(ctx, a, workflows.NewDeputy{Assignment: id}),
			"import": second(o.StartImport(ctx, a, []models.ImportedFile{{Name: "a.csv"}})),
		} {
			if !errors.Is(err, workflows.ErrForbidden) {
				t.Errorf("%s as %s: %v", what, role, err)
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestDelegationsAreKeptByTheirOwnRegistrator(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	registrator, sn := o.As("registrator SN"), o.Controllers["SN"].ID
	in := workflows.NewDelegation{Controller: sn, Number: "9.1", Text: "Beslut om registerutdrag", Kinds: []string{"access-grant"}, Holder: o.As("ombud SN").Staff,
		PositionTitle: "Ombud", AdoptedOn: o.today.AddDays(-10), Paragraph: "12", From: o.today}
	o.is(o.AddDelegation(ctx, registrator, in), nil)
	o.faulty(o.AddDelegation(ctx, registrator, in), "number", "error.admin.delegation-taken")
	other := in
	other.Controller = o.Controllers["BUN"].ID
	o.faulty(o.AddDelegation(ctx, onlyAt(registrator, sn), other), "controller", "error.choose-one")
	for _, role := range []string{"dso SN", "servicecenter", "registrator SN"} {
		wrong := in
		wrong.Number, wrong.Holder = "9.2", o.As(role).Staff
		if err := o.AddDelegation(ctx, o.admin, wrong); !isFault(err, "holder") {
			t.Errorf("%s holds a delegation: %v", role, err)
		}
	}
	v, err := o.Delegations(ctx, onlyAt(registrator, sn))
	o.is(err, nil)
	var id models.DelegationID
	for _, d := range v.Rows {
		if d.ControllerID != sn {
			t.Errorf("the registrator sees %s's delegations", d.Controller)
		}
		if d.Number == "9.1" {
			id = d.ID
		}
	}
	o.faulty(o.EndDelegation(ctx, registrator, id, o.today.AddDays(-1)), "to", "error.admin.to-past")
	o.is(o.EndDelegation(ctx, registrator, id, o.today), nil)
	o.faulty(o.EndDelegation(ctx, registrator, id, o.today.AddDays(1)), "to", "error.admin.delegation-longer")
	o.is(o.EndDelegation(ctx, o.As("ombud SN"), id, o.today), workflows.ErrForbidden)
}

func onlyAt(a models.Actor, c models.ControllerID) models.Actor {
	return models.StaffActor(a.Staff, models.Grant{Role: models.RoleRegistrator, Controller: c})
}

func isFault(err error, field string) bool {
	var wrong workflows.Invalid
	return errors.As(err, &wrong) && len(wrong.Fields) > 0 && wrong.Fields[0].Field == field
}

// TestWhoLeavesLeavesNoCaseBehind: a case whose handler has left is counted, listed and can be taken over.
func TestWhoLeavesLeavesNoCaseBehind(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	anna, bo := o.hire("Anna Avgår"), o.hire("Bo Blir")
	o.is(o.give(anna, models.RoleOmbud, "SN"), nil)
	o.is(o.give(bo, models.RoleOmbud, "SN"), nil)
	number := o.Request(o.Resident(workflowtest.Person().Number), "SN") + "-SN"
	annas, _, _, err := o.StaffActor(ctx, anna)
	o.is(err, nil)
	bos, _, _, err := o.StaffActor(ctx, bo)
	o.is(err, nil)
	o.is(o.Apply(ctx, annas, o.On(number), workflows.Take{}), nil)
	abandoned := func(want int) workflows.Queue {
		t.Helper()
		q, err := o.Queue(ctx, bos, workflows.QueueFilter{Abandoned: true})
		o.is(err, nil)
		if q.Abandoned != want || q.Unattended != want || len(q.Items) != want {
			t.Errorf("%d abandoned, %d unattended, %d listed, want %d", q.Abandoned, q.Unattended, len(q.Items), want)
		}
		return q
	}
	abandoned(0)
	o.is(o.StopAssignment(ctx, o.admin, o.assignment(anna, models.RoleOmbud).ID), nil)
	if q := abandoned(1); len(q.Items) == 1 && (!q.Items[0].HandlerGone || q.Items[0].Handler != "Anna Avgår") {
		t.Errorf("the row: %+v", q.Items[0])
	}
	v, err := o.CasePage(ctx, bos, number)
	o.is(err, nil)
	if !v.HandlerGone || v.TakeOver != bo {
		t.Errorf("the page offers no take-over: %v %v", v.HandlerGone, v.TakeOver)
	}
	o.is(o.Record(ctx, bos, o.On(number), workflows.HandOver{To: bo}), nil)
	abandoned(0)
}

func TestANewAccountIsBoundAnew(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), context.Background()
	who := o.As("ombud SN").Staff
	v, err := o.StaffPerson(ctx, o.admin, who)
	o.is(err, nil)
	_, err = o.LoginStaff(ctx, "https://login.exempelby.example", "another-account", v.Email)
	o.is(err, workflows.ErrForbidden)
	o.is(o.Unbind(ctx, o.admin, who), nil)
	o.is(o.Unbind(ctx, o.admin, who), workflows.ErrConflict)
	got, err := o.LoginStaff(ctx, "https://login.exempelby.example", "another-account", v.Email)
	o.is(err, nil)
	if got.ID != who {
		t.Error("bound to somebody else")
	}
}

// TestTheFirstAdministrator: the command makes one where there is none, and repeating it changes nothing.
func TestTheFirstAdministrator(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), t.Context()
	first := workflows.NewStaff{Email: "Forsta@exempelby.example", Name: "Första Administratören"}
	for range 2 {
		o.is(workflows.Grant(ctx, o.Store, first, models.RoleAdmin, "", calendar.Date{}), nil)
	}
	o.is(workflows.Grant(ctx, o.Store, workflows.NewStaff{Email: "ingen@exempelby.example"}, models.RoleAdmin, "", calendar.Date{}), workflows.ErrNotFound)
	page, err := o.StaffList(ctx, o.admin, "första adm", models.StaffID{})
	o.is(err, nil)
	if len(page.Rows) != 1 || page.Rows[0].Email != "forsta@exempelby.example" || len(page.Rows[0].Roles) != 1 {
		t.Errorf("found %+v", page.Rows)
	}
}
