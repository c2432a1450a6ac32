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

// DelegationView is a delegation with its words.
type DelegationView struct {
	models.Delegation
	Controller string // name
	Holder     string // name
	Now        bool
	Coming     bool
	// Unheld: the holder is neither ombud nor decision maker at the controller today, so that nothing can be decided under it.
	Unheld bool
}

// Past tells whether the delegation covers nothing any longer.
func (d DelegationView) Past() bool { return !d.Now && !d.Coming }

// DelegationsView is the delegations that the actor may see, those that are past last.
type DelegationsView struct {
	Rows        []DelegationView
	Today       calendar.Date
	Controllers []models.Controller // where the actor may add one
	Holders     []HolderChoice
	Kinds       []string // codes of the decisions there are
}

// HolderChoice is somebody who may hold a delegation at a controller: its ombud or decision maker, today or to come.
type HolderChoice struct {
	Staff      models.StaffID
	Controller models.ControllerID
	Name       string
	Title      string
}

// delegates tells where the actor keeps delegations: everywhere for the administrator, a registrator at their own controllers.
func delegates(a models.Actor, c models.ControllerID) bool {
	return a.HasRole(models.RoleAdmin) || a.Has(models.RoleRegistrator, c)
}

// mayDelegate tells whether the actor keeps any delegations.
func mayDelegate(a models.Actor) bool {
	return a.HasRole(models.RoleAdmin) || a.HasRole(models.RoleRegistrator)
}

// Delegations lists delegations: every one for the administrator, a registrator's own controllers'.
func (s *Service) Delegations(ctx context.Context, actor models.Actor) (DelegationsView, error) {
	if !mayDelegate(actor) {
		return DelegationsView{}, ErrForbidden
	}
	var v DelegationsView
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		var o organisation
		if err := o.load(tx); err != nil {
			return err
		}
		names, err := controllerNames(tx)
		if err != nil {
			return err
		}
		v.Today, v.Kinds = o.today, decisionKinds()
		v.Rows = o.delegationViews(names, func(d models.Delegation) bool { return delegates(actor, d.ControllerID) })
		for _, c := range o.controllers {
			if delegates(actor, c.ID) {
				v.Controllers = append(v.Controllers, c)
			}
		}
		v.Holders = o.holders(actor)
		return nil
	})
	return v, err
}

func (o *organisation) delegationViews(names map[models.ControllerID]string, wanted func(models.Delegation) bool) []DelegationView {
	var out []DelegationView
	for _, d := range o.delegations {
		if !wanted(d) {
			continue
		}
		v := DelegationView{Delegation: d, Controller: names[d.ControllerID], Holder: o.staff[d.StaffID].Name, Coming: d.ValidFrom.After(o.today)}
		v.Now = !v.Coming && (d.ValidTo.IsZero() || !d.ValidTo.Before(o.today))
		today := d
		today.ValidFrom, today.ValidTo = o.today, o.today
		v.Unheld = v.Now && !holdsDecisions(today, o.assignments)
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b DelegationView) int {
		switch {
		case a.Past() == b.Past():
			return 0
		case a.Past():
			return 1
		default:
			return -1
		}
	})
	return out
}

// holders lists who may hold a delegation, by controller and name.
func (o *organisation) holders(actor models.Actor) []HolderChoice {
	var out []HolderChoice
	for _, c := range o.controllers {
		from := len(out)
		for _, a := range o.assignments {
			d := models.Delegation{StaffID: a.StaffID, ControllerID: c.ID, ValidFrom: o.today}
			if a.ControllerID != c.ID || !delegates(actor, c.ID) || !holdsDecisions(d, []models.Assignment{a}) {
				continue
			}
			if h := (HolderChoice{a.StaffID, c.ID, o.staff[a.StaffID].Name, o.staff[a.StaffID].Title}); !slices.Contains(out, h) {
				out = append(out, h)
			}
		}
		slices.SortFunc(out[from:], func(a, b HolderChoice) int { return strings.Compare(a.Name, b.Name) })
	}
	return out
}

// decisionKinds are the kinds of decision that a delegation may cover.
func decisionKinds() []string {
	var out []string
	for _, w := range importDecisionKinds() {
		out = append(out, w.Code)
	}
	return out
}

// NewDelegation says who may decide what from when (KL 6:37, 7:5). It repeats what the committee adopted.
type NewDelegation struct {
	Controller    models.ControllerID
	Number        string
	Text          string
	Kinds         []string
	Holder        models.StaffID
	PositionTitle string
	AdoptedOn     calendar.Date
	Paragraph     string
	From, To      calendar.Date // zero To: until further notice
}

var delegationNumber = regexp.MustCompile(`^[0-9A-ZÅÄÖ]{1,4}[a-zåäö]?([.:][0-9]{1,4}[a-zåäö]?){0,4}$`)

// AddDelegation stores a delegation. It is never changed afterwards and never removed; EndDelegation gives it a last day.
// Faults stand at the fields' names: controller, number, text, kinds, holder, position, adopted, paragraph, from, to.
func (s *Service) AddDelegation(ctx context.Context, actor models.Actor, in NewDelegation) error {
	if !mayDelegate(actor) {
		return ErrForbidden
	}
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		if err := tx.LockAdministration(); err != nil {
			return err
		}
		today := calendar.DateOf(tx.Now)
		if err := in.check(actor, today); err != nil {
			return err
		}
		d := models.Delegation{ID: models.NewID[models.Delegation](), ControllerID: in.Controller, Number: strings.TrimSpace(in.Number), Text: strings.TrimSpace(in.Text),
			DecisionKinds: in.Kinds, StaffID: in.Holder, PositionTitle: strings.TrimSpace(in.PositionTitle), AdoptedOn: in.AdoptedOn,
			Paragraph: strings.TrimSpace(in.Paragraph), ValidFrom: in.From, ValidTo: in.To}
		all, err := tx.AssignmentsOf(in.Holder)
		if err != nil {
			return err
		}
		if !holdsDecisions(d, all) {
			return invalid("holder", "error.admin.holder")
		}
		if err := tx.InsertDelegation(d); errors.Is(err, ErrConflict) {
			return invalid("number", "error.admin.delegation-taken")
		} else if err != nil {
			return err
		}
		return organisationEvent(tx, eventDelegationAdded, delegationData(d))
	})
}

func delegationData(d models.Delegation) organisationData {
	return organisationData{Delegation: d.ID, Staff: d.StaffID, Controller: d.ControllerID, Number: d.Number, From: d.ValidFrom.String(), To: d.ValidTo.String()}
}

func (in NewDelegation) check(actor models.Actor, today calendar.Date) error {
	var faults []FieldError
	wrong := func(bad bool, field, key string) {
		if bad {
			faults = append(faults, FieldError{Field: field, Key: key})
		}
	}
	line := func(text string) bool {
		n := len([]rune(strings.TrimSpace(text)))
		return n > 0 && n <= lineMax
	}
	wrong(in.Controller.IsZero() || !delegates(actor, in.Controller), "controller", "error.choose-one")
	wrong(!delegationNumber.MatchString(strings.TrimSpace(in.Number)), "number", "error.admin.delegation-number")
	wrong(strings.TrimSpace(in.Text) == "" || len([]rune(in.Text)) > proseMax, "text", "error.admin.delegation-text")
	wrong(len(in.Kinds) == 0 || slices.ContainsFunc(in.Kinds, func(k string) bool { return !slices.Contains(decisionKinds(), k) }), "kinds", "error.admin.delegation-kinds")
	wrong(in.Holder.IsZero(), "holder", "error.choose-one")
	wrong(!line(in.PositionTitle), "position", "error.admin.delegation-position")
	wrong(!line(in.Paragraph), "paragraph", "error.admin.delegation-paragraph")
	switch {
	case in.AdoptedOn.IsZero():
		wrong(true, "adopted", "error.date-missing")
	case in.AdoptedOn.After(today):
		wrong(true, "adopted", "error.date-future")
	}
	switch {
	case in.From.IsZero():
		wrong(true, "from", "error.date-missing")
	case in.From.Before(in.AdoptedOn):
		wrong(true, "from", "error.admin.before-adopted")
	}
	wrong(!in.To.IsZero() && in.To.Before(in.From), "to", "error.admin.to-before")
	if len(faults) > 0 {
		return Invalid{faults}
	}
	return nil
}

// EndDelegation gives a delegation its last day, today or later. What was decided under it stays decided. Faults: to.
func (s *Service) EndDelegation(ctx context.Context, actor models.Actor, id models.DelegationID, last calendar.Date) error {
	if !mayDelegate(actor) {
		return ErrForbidden
	}
	if last.IsZero() {
		return invalid("to", "error.date-missing")
	}
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		if err := tx.LockAdministration(); err != nil {
			return err
		}
		d, err := tx.Delegation(id)
		switch today := calendar.DateOf(tx.Now); {
		case err != nil:
			return err
		case !delegates(actor, d.ControllerID):
			return ErrNotFound
		case !d.ValidTo.IsZero() && d.ValidTo.Before(today):
			return ErrConflict
		case last.Before(today):
			return invalid("to", "error.admin.to-past")
		case last.Before(d.ValidFrom):
			return invalid("to", "error.admin.to-before")
		case !d.ValidTo.IsZero() && last.After(d.ValidTo):
			return invalid("to", "error.admin.delegation-longer") // a longer one is a new decision of the committee
		case last == d.ValidTo:
			return nil
		}
		d.ValidTo = last
		if err := tx.EndDelegation(id, last); err != nil {
			return err
		}
		return organisationEvent(tx, eventDelegationEnds, delegationData(d))
	})
}
