package workflows

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"insyn/internal/calendar"
	"insyn/models"
)

// StaffPage is a page of the members of staff, by name.
type StaffPage struct {
	Rows []StaffRow
	More bool
	Next models.StaffID // cursor of the next page
}

// StaffRow is a member of staff with the roles of today.
type StaffRow struct {
	models.Staff
	Roles []RoleAt
}

// RoleAt is a role, at one controller where the role belongs to one.
type RoleAt struct {
	Role       models.Role
	Controller string // name
	Deputy     bool
}

// StaffList lists members of staff, or those whose name, address or title holds the words searched for.
func (s *Service) StaffList(ctx context.Context, actor models.Actor, search string, after models.StaffID) (StaffPage, error) {
	var page StaffPage
	err := s.administer(ctx, actor, func(tx *models.Tx) error {
		people, err := tx.StaffList(models.StaffQuery{Search: search, After: after, Limit: pageSize + 1})
		if err != nil {
			return err
		}
		if len(people) > pageSize {
			people = people[:pageSize]
			page.More, page.Next = true, people[pageSize-1].ID
		}
		ids := make([]models.StaffID, len(people))
		for i, p := range people {
			ids[i] = p.ID
		}
		assignments, err := tx.AssignmentsOf(ids...)
		if err != nil {
			return err
		}
		names, err := controllerNames(tx)
		if err != nil {
			return err
		}
		for _, p := range people {
			page.Rows = append(page.Rows, StaffRow{p, rolesOn(calendar.DateOf(tx.Now), p.ID, assignments, names)})
		}
		return nil
	})
	return page, err
}

func controllerNames(tx *models.Tx) (map[models.ControllerID]string, error) {
	all, err := tx.Controllers()
	names := make(map[models.ControllerID]string, len(all))
	for _, c := range all {
		names[c.ID] = c.Name
	}
	return names, err
}

// rolesOn are somebody's roles on a day, in the order of the roles.
func rolesOn(day calendar.Date, who models.StaffID, assignments []models.Assignment, names map[models.ControllerID]string) []RoleAt {
	var out []RoleAt
	for _, role := range models.Roles() {
		for _, a := range assignments {
			if a.StaffID == who && a.Role == role && validOn(a, day) {
				out = append(out, RoleAt{role, names[a.ControllerID], !a.DeputyFor.IsZero()})
			}
		}
	}
	return out
}

// StaffView is the administrator's page of one member of staff.
type StaffView struct {
	models.Staff
	Self        bool // it is the reader: nobody gives themselves a role
	Today       calendar.Date
	Assignments []AssignmentView // of today and to come first
	Delegations []DelegationView
	Controllers []models.Controller
	Colleagues  []models.Staff // everybody else, by name: who may stand in
}

// AssignmentView is an assignment with its words.
type AssignmentView struct {
	models.Assignment
	Controller string // name; empty for roles that belong to none
	Deputy     string // name of whom the person stands in for
	Now        bool   // it counts today
	Coming     bool   // it begins later
	Deputies   []DeputyView
}

// DeputyView is somebody who stands in for the holder of an assignment.
type DeputyView struct {
	Staff    models.StaffID
	Name     string
	From, To calendar.Date
}

// Past tells whether the assignment counts no longer.
func (a AssignmentView) Past() bool { return !a.Now && !a.Coming }

// StaffPerson shows one member of staff.
func (s *Service) StaffPerson(ctx context.Context, actor models.Actor, id models.StaffID) (StaffView, error) {
	var v StaffView
	err := s.administer(ctx, actor, func(tx *models.Tx) error {
		var o organisation
		if err := o.load(tx); err != nil {
			return err
		}
		who, ok := o.staff[id]
		if !ok {
			return ErrNotFound
		}
		v = StaffView{Staff: who, Self: id == actor.Staff, Today: o.today, Controllers: o.controllers}
		names, err := controllerNames(tx)
		if err != nil {
			return err
		}
		v.Assignments = o.assignmentsOf(id, names)
		v.Delegations = o.delegationViews(names, func(d models.Delegation) bool { return d.StaffID == id })
		for _, p := range o.staff {
			if p.ID != id {
				v.Colleagues = append(v.Colleagues, p)
			}
		}
		slices.SortFunc(v.Colleagues, func(a, b models.Staff) int {
			return strings.Compare(a.Name+" "+a.Email, b.Name+" "+b.Email)
		})
		return nil
	})
	return v, err
}

// assignmentsOf are somebody's assignments with who stands in: those that count or will come first, then the newest first.
func (o *organisation) assignmentsOf(id models.StaffID, names map[models.ControllerID]string) []AssignmentView {
	var out []AssignmentView
	for _, a := range o.assignments {
		if a.StaffID != id {
			continue
		}
		v := AssignmentView{Assignment: a, Controller: names[a.ControllerID], Deputy: o.staff[a.DeputyFor].Name, Now: o.valid(a),
			Coming: a.EndedAt == nil && a.ValidFrom.After(o.today)}
		for _, d := range o.assignments {
			if d.DeputyFor == id && d.Role == a.Role && d.ControllerID == a.ControllerID && d.EndedAt == nil && !d.ValidTo.Before(o.today) {
				v.Deputies = append(v.Deputies, DeputyView{d.StaffID, o.staff[d.StaffID].Name, d.ValidFrom, d.ValidTo})
			}
		}
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b AssignmentView) int {
		if a.Past() != b.Past() {
			if a.Past() {
				return 1
			}
			return -1
		}
		return b.ValidFrom.Compare(a.ValidFrom)
	})
	return out
}

// NewStaff is a member of staff who is not there yet.
type NewStaff struct{ Email, Name, Title string }

var emailForm = regexp.MustCompile(`^[^\s@<>,;:"()\[\]]+@[^\s@<>,;:"()\[\].]+(\.[^\s@<>,;:"()\[\].]+)+$`)

// AddStaff adds a member of staff, without any role. Faults: email, name, title.
func (s *Service) AddStaff(ctx context.Context, actor models.Actor, in NewStaff) (models.StaffID, error) {
	who := models.Staff{ID: models.NewID[models.Staff](), Email: strings.ToLower(strings.TrimSpace(in.Email)),
		Name: strings.Join(strings.Fields(in.Name), " "), Title: strings.Join(strings.Fields(in.Title), " ")}
	var faults []FieldError
	if !emailForm.MatchString(who.Email) || len(who.Email) > lineMax {
		faults = append(faults, FieldError{Field: "email", Key: "error.admin.email"})
	}
	if who.Name == "" || len([]rune(who.Name)) > lineMax {
		faults = append(faults, FieldError{Field: "name", Key: "error.admin.name"})
	}
	if len([]rune(who.Title)) > lineMax {
		faults = append(faults, FieldError{Field: "title", Key: "error.admin.title"})
	}
	if len(faults) > 0 {
		return models.StaffID{}, Invalid{faults}
	}
	err := s.administer(ctx, actor, func(tx *models.Tx) error {
		if err := tx.LockAdministration(); err != nil {
			return err
		}
		if err := tx.InsertStaff(who); errors.Is(err, ErrConflict) {
			return invalid("email", "error.admin.email-taken")
		} else if err != nil {
			return err
		}
		return organisationEvent(tx, eventStaffAdded, organisationData{Staff: who.ID})
	})
	return who.ID, err
}

// Unbind lets go of the login a member of staff is bound to, when they have got a new account. Sessions that are open go on
// until the roles end; the next login with their verified address binds anew.
func (s *Service) Unbind(ctx context.Context, actor models.Actor, id models.StaffID) error {
	return s.administer(ctx, actor, func(tx *models.Tx) error {
		if _, err := tx.StaffByID(id); err != nil {
			return err
		}
		if err := tx.UnbindStaff(id); err != nil {
			return err
		}
		return organisationEvent(tx, eventStaffUnbound, organisationData{Staff: id})
	})
}

// NewAssignment gives somebody a role.
type NewAssignment struct {
	Staff      models.StaffID
	Role       models.Role
	Controller models.ControllerID // zero for a role that belongs to none
	From       calendar.Date       // zero: today
	To         calendar.Date       // zero: until further notice
	Cleared    bool                // may handle protected persons
	DeputyFor  models.StaffID      // whom the person stands in for
}

// AddAssignment gives somebody a role from a day on, today or later. Faults: role, controller, from, to. Nobody gives
// themselves a role, and a DSO is never also ombud or decision maker.
func (s *Service) AddAssignment(ctx context.Context, actor models.Actor, in NewAssignment) error {
	return s.administer(ctx, actor, func(tx *models.Tx) error {
		if in.Staff == actor.Staff {
			return Refusal{Key: "guard.admin.self"}
		}
		return assign(tx, in)
	})
}

// Grant gives a role from the command line, to somebody who is there or, with a name, to somebody new: the first
// administrator is made so. prefix names the controller where the role belongs to one. A role that is held already is no
// change. It is held to the same rules as the administrator's pages.
func Grant(ctx context.Context, store *models.Store, who NewStaff, role models.Role, prefix string, to calendar.Date) error {
	return store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		if err := tx.LockAdministration(); err != nil {
			return err
		}
		email := strings.ToLower(strings.TrimSpace(who.Email))
		person, err := tx.StaffByEmail(email)
		if errors.Is(err, ErrNotFound) && who.Name != "" {
			if !emailForm.MatchString(email) {
				return errors.New("the address is no e-mail address")
			}
			person = models.Staff{ID: models.NewID[models.Staff](), Email: email, Name: who.Name, Title: who.Title}
			if err = tx.InsertStaff(person); err == nil {
				err = organisationEvent(tx, eventStaffAdded, organisationData{Staff: person.ID})
			}
		}
		if err != nil {
			return err
		}
		in := NewAssignment{Staff: person.ID, Role: role, To: to}
		if prefix != "" {
			c, err := tx.ControllerByPrefix(prefix)
			if err != nil {
				return err
			}
			in.Controller = c.ID
		}
		if err := assign(tx, in); !errors.Is(err, errHeldAlready) {
			return err
		}
		return nil
	})
}

// errHeldAlready: the person has the role at the controller for that time. As a fault it stands at the role.
var errHeldAlready = errors.New("the role is held already")

// assign checks and writes a new assignment with its event.
func assign(tx *models.Tx, in NewAssignment) error {
	if err := tx.LockAdministration(); err != nil {
		return err
	}
	if _, err := tx.StaffByID(in.Staff); err != nil {
		return err
	}
	today := calendar.DateOf(tx.Now)
	if in.From.IsZero() {
		in.From = today
	}
	if err := in.check(tx, today); err != nil {
		return err
	}
	a := models.Assignment{ID: models.NewID[models.Assignment](), StaffID: in.Staff, Role: in.Role, ControllerID: in.Controller, ValidFrom: in.From, ValidTo: in.To,
		Cleared: in.Cleared, DeputyFor: in.DeputyFor}
	all, err := tx.AssignmentsOf(in.Staff)
	if err != nil {
		return err
	}
	held := func(b models.Assignment) bool {
		return b.Role == a.Role && b.ControllerID == a.ControllerID && (b.EndedAt == nil || b.ValidFrom == a.ValidFrom) && overlap(a.ValidFrom, a.ValidTo, b.ValidFrom, b.ValidTo)
	}
	switch {
	case slices.ContainsFunc(all, held) && a.ValidFrom == today && slices.ContainsFunc(all, func(b models.Assignment) bool { return held(b) && b.EndedAt != nil }):
		// What ended at once today and began today cannot begin again today: the day is part of what the assignment is.
		return heldAlready{invalid("from", "error.admin.tomorrow")}
	case slices.ContainsFunc(all, held):
		return heldAlready{invalid("role", "error.admin.held")}
	case reviewsItself(a, all):
		return invalid("role", "error.admin.independence")
	}
	if err := tx.InsertAssignment(a); err != nil {
		return err
	}
	kind := eventAssignmentAdded
	if !a.DeputyFor.IsZero() {
		kind = eventDeputyAdded
	}
	return organisationEvent(tx, kind, assignmentData(a))
}

// heldAlready is a fault of a form that the command line takes for no change.
type heldAlready struct{ error }

func (heldAlready) Is(target error) bool { return target == errHeldAlready }

func (h heldAlready) Unwrap() error { return h.error }

func assignmentData(a models.Assignment) organisationData {
	return organisationData{Staff: a.StaffID, Assignment: a.ID, For: a.DeputyFor, Role: a.Role, Controller: a.ControllerID, From: a.ValidFrom.String(),
		To: a.ValidTo.String(), Cleared: a.Cleared}
}

// check finds what is wrong with the fields of a new assignment.
func (in NewAssignment) check(tx *models.Tx, today calendar.Date) error {
	var faults []FieldError
	wrong := func(field, key string) { faults = append(faults, FieldError{Field: field, Key: key}) }
	switch anywhere := importRoleAnywhere(in.Role); {
	case !slices.Contains(models.Roles(), in.Role):
		wrong("role", "error.choose-one")
	case anywhere && !in.Controller.IsZero():
		wrong("controller", "error.admin.role-anywhere")
	case !anywhere && in.Controller.IsZero():
		wrong("controller", "error.admin.role-controller")
	case !anywhere:
		if _, err := tx.Controller(in.Controller); errors.Is(err, ErrNotFound) {
			wrong("controller", "error.choose-one")
		} else if err != nil {
			return err
		}
	}
	if in.From.Before(today) {
		wrong("from", "error.admin.from-past")
	}
	if !in.To.IsZero() && in.To.Before(in.From) {
		wrong("to", "error.admin.to-before")
	}
	if in.Cleared && in.Role != models.RoleOmbud && in.Role != models.RoleDecider && in.Role != models.RoleDSO && in.Role != models.RoleRegistrator &&
		in.Role != models.RoleServicecenter {
		wrong("cleared", "error.admin.cleared-role")
	}
	if len(faults) > 0 {
		return Invalid{faults}
	}
	return nil
}

// NewDeputy has somebody stand in for the holder of an assignment for a time.
type NewDeputy struct {
	Assignment models.ID[models.Assignment]
	Deputy     models.StaffID
	From, To   calendar.Date // both needed: who stands in does so for a time
	Cleared    bool
}

// AddDeputy gives the deputy the same role at the same controller for the time. A delegation is somebody's own and does not
// follow. Faults: deputy, from, to.
func (s *Service) AddDeputy(ctx context.Context, actor models.Actor, in NewDeputy) error {
	return s.administer(ctx, actor, func(tx *models.Tx) error {
		a, err := tx.Assignment(in.Assignment)
		if err != nil {
			return err
		}
		if a.EndedAt != nil {
			return ErrConflict
		}
		var faults []FieldError
		if in.Deputy.IsZero() || in.Deputy == a.StaffID {
			faults = append(faults, FieldError{Field: "deputy", Key: "error.admin.deputy"})
		} else if _, err := tx.StaffByID(in.Deputy); err != nil {
			return err
		}
		if in.To.IsZero() {
			faults = append(faults, FieldError{Field: "to", Key: "error.admin.deputy-to"})
		}
		if len(faults) > 0 {
			return Invalid{faults}
		}
		if in.Deputy == actor.Staff {
			return Refusal{Key: "guard.admin.self"}
		}
		err = assign(tx, NewAssignment{Staff: in.Deputy, Role: a.Role, Controller: a.ControllerID, From: in.From, To: in.To, Cleared: in.Cleared, DeputyFor: a.StaffID})
		return faultsAt(err, "role", "deputy")
	})
}

// faultsAt moves the faults of one field to another, for a form that names it otherwise.
func faultsAt(err error, from, to string) error {
	var wrong Invalid
	if !errors.As(err, &wrong) {
		return err
	}
	moved := slices.Clone(wrong.Fields)
	for i := range moved {
		if moved[i].Field == from {
			moved[i].Field = to
		}
	}
	return Invalid{moved}
}

// changeAssignment runs change on an assignment that has not ended, with the organisation held.
func (s *Service) changeAssignment(ctx context.Context, actor models.Actor, id models.ID[models.Assignment], change func(tx *models.Tx, a models.Assignment, today calendar.Date) error) error {
	return s.administer(ctx, actor, func(tx *models.Tx) error {
		if err := tx.LockAdministration(); err != nil {
			return err
		}
		a, err := tx.Assignment(id)
		if err != nil {
			return err
		}
		today := calendar.DateOf(tx.Now)
		if a.EndedAt != nil || !a.ValidTo.IsZero() && a.ValidTo.Before(today) {
			return ErrConflict // what is past is history; a new assignment says what comes
		}
		return change(tx, a, today)
	})
}

// EndAssignment gives an assignment its last day, today or later; the zero date means until further notice. The role ends with
// that day, in running sessions too. Faults: to. The last administrator stays.
func (s *Service) EndAssignment(ctx context.Context, actor models.Actor, id models.ID[models.Assignment], last calendar.Date) error {
	return s.changeAssignment(ctx, actor, id, func(tx *models.Tx, a models.Assignment, today calendar.Date) error {
		longer := last.IsZero() && !a.ValidTo.IsZero() || !a.ValidTo.IsZero() && last.After(a.ValidTo)
		switch {
		case last == a.ValidTo:
			return nil
		case last.IsZero() && !a.DeputyFor.IsZero():
			return invalid("to", "error.admin.deputy-to")
		case !last.IsZero() && last.Before(today):
			return invalid("to", "error.admin.to-past")
		case !last.IsZero() && last.Before(a.ValidFrom):
			return invalid("to", "error.admin.to-before")
		case longer && a.StaffID == actor.Staff:
			return Refusal{Key: "guard.admin.self"}
		}
		all, err := tx.Assignments()
		if err != nil {
			return err
		}
		old := a
		a.ValidTo = last
		if !longer && a.Role == models.RoleAdmin && !administratorStays(a.StaffID, last, all) {
			return Refusal{Key: "guard.admin.last"}
		}
		others := slices.DeleteFunc(all, func(b models.Assignment) bool { return b.ID == a.ID })
		if longer && reviewsItself(a, others) {
			return invalid("to", "error.admin.independence")
		}
		if longer && slices.ContainsFunc(others, func(b models.Assignment) bool {
			return b.StaffID == a.StaffID && b.Role == a.Role && b.ControllerID == a.ControllerID && b.EndedAt == nil && overlap(old.ValidTo.AddDays(1), last, b.ValidFrom, b.ValidTo)
		}) {
			return invalid("to", "error.admin.held")
		}
		if err := tx.EndAssignment(a.ID, last); err != nil {
			return err
		}
		return organisationEvent(tx, eventAssignmentEnds, assignmentData(a))
	})
}

// StopAssignment ends an assignment at once: the next click of its holder is refused. The last administrator stays.
func (s *Service) StopAssignment(ctx context.Context, actor models.Actor, id models.ID[models.Assignment]) error {
	return s.changeAssignment(ctx, actor, id, func(tx *models.Tx, a models.Assignment, today calendar.Date) error {
		last := today
		if a.ValidFrom.After(today) {
			last = a.ValidFrom // it never begins; ended_at says so
		}
		if a.Role == models.RoleAdmin {
			all, err := tx.Assignments()
			if err != nil {
				return err
			}
			if validOn(a, today) && !administratorStays(a.StaffID, today, all) {
				return Refusal{Key: "guard.admin.last"}
			}
		}
		if err := tx.StopAssignment(a.ID, last); err != nil {
			return err
		}
		a.ValidTo = last
		return organisationEvent(tx, eventAssignmentStopped, assignmentData(a))
	})
}

// ClearAssignment says whether the holder may handle protected persons in this role. Nobody clears themselves.
func (s *Service) ClearAssignment(ctx context.Context, actor models.Actor, id models.ID[models.Assignment], cleared bool) error {
	return s.changeAssignment(ctx, actor, id, func(tx *models.Tx, a models.Assignment, _ calendar.Date) error {
		switch {
		case a.Cleared == cleared:
			return nil
		case cleared && a.StaffID == actor.Staff:
			return Refusal{Key: "guard.admin.self"}
		case cleared && (a.Role == models.RoleAdmin || a.Role == models.RoleLogReviewer):
			return invalid("cleared", "error.admin.cleared-role")
		}
		if err := tx.ClearAssignment(a.ID, cleared); err != nil {
			return err
		}
		a.Cleared = cleared
		return organisationEvent(tx, eventAssignmentCleared, assignmentData(a))
	})
}
