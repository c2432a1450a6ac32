package workflows

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
)

// endsSoon is how many days ahead the administrator is told that something ends: a committee meets once a month.
const endsSoon = 60

// Administration is the administrator's first page: how much there is, and what is missing or about to end.
type Administration struct {
	Staff       int
	Unbound     int // have a role and have never logged in
	Controllers int
	Imported    *OrganisationEntry // the last import; nil if there has been none here
	Warnings    []AdministrationWarning
}

// AdministrationWarning is something the administrator should mend. Key is one of "no-ombud", "no-decider", "no-registrator",
// "no-dso", "no-cleared", "delegation-ends" and "assignment-ends".
type AdministrationWarning struct {
	Key        string
	Controller string // name
	Role       models.Role
	Staff      models.StaffID // of what ends; zero otherwise
	Name       string
	Number     string // of a delegation
	On         calendar.Date
}

// administer runs fn in a transaction of an administrator. Others are ErrForbidden.
func (s *Service) administer(ctx context.Context, actor models.Actor, fn func(tx *models.Tx) error) error {
	if !actor.HasRole(models.RoleAdmin) {
		return ErrForbidden
	}
	return s.Store.InTx(ctx, actor, fn)
}

// Administration shows the administrator's first page. It holds nothing of any case.
func (s *Service) Administration(ctx context.Context, actor models.Actor) (Administration, error) {
	var out Administration
	err := s.administer(ctx, actor, func(tx *models.Tx) error {
		var o organisation
		err := o.load(tx)
		if err != nil {
			return err
		}
		out.Controllers = len(o.controllers)
		out.Staff, out.Unbound = len(o.staff), o.unbound()
		out.Warnings = append(o.unmanned(), o.ending()...)
		events, err := tx.LastOrganisationEvent(eventImported)
		if err != nil || len(events) == 0 {
			return err
		}
		entries, err := entriesOf(tx, events)
		if err == nil {
			out.Imported = &entries[0]
		}
		return err
	})
	return out, err
}

// organisation is who may do what, today and to come.
type organisation struct {
	today       calendar.Date
	controllers []models.Controller
	staff       map[models.StaffID]models.Staff
	assignments []models.Assignment
	delegations []models.Delegation
}

func (o *organisation) load(tx *models.Tx) error {
	o.today, o.staff = calendar.DateOf(tx.Now), map[models.StaffID]models.Staff{}
	people, err := tx.StaffList(models.StaffQuery{Limit: maxStaff})
	if err != nil {
		return err
	}
	for _, p := range people {
		o.staff[p.ID] = p
	}
	if o.controllers, err = tx.ControllersOn(o.today); err != nil {
		return err
	}
	if o.assignments, err = tx.Assignments(); err != nil {
		return err
	}
	o.delegations, err = tx.Delegations()
	return err
}

// maxStaff is more people than any municipality gives a role in the service.
const maxStaff = 100_000

// valid tells whether an assignment counts today.
func (o *organisation) valid(a models.Assignment) bool { return validOn(a, o.today) }

func validOn(a models.Assignment, day calendar.Date) bool {
	return a.EndedAt == nil && !a.ValidFrom.After(day) && (a.ValidTo.IsZero() || !a.ValidTo.Before(day))
}

// unbound counts those who have a role today and have never logged in.
func (o *organisation) unbound() int {
	seen := map[models.StaffID]bool{}
	for _, a := range o.assignments {
		if p := o.staff[a.StaffID]; o.valid(a) && p.Sub == nil {
			seen[a.StaffID] = true
		}
	}
	return len(seen)
}

// unmanned finds the controllers where nobody has a role that the work cannot do without.
func (o *organisation) unmanned() []AdministrationWarning {
	var out []AdministrationWarning
	for _, c := range o.controllers {
		has := func(ok func(a models.Assignment) bool) bool {
			return slices.ContainsFunc(o.assignments, func(a models.Assignment) bool { return a.ControllerID == c.ID && o.valid(a) && ok(a) })
		}
		for _, role := range []models.Role{models.RoleOmbud, models.RoleDecider, models.RoleRegistrator, models.RoleDSO} {
			if !has(func(a models.Assignment) bool { return a.Role == role }) {
				out = append(out, AdministrationWarning{Key: "no-" + string(role), Controller: c.Name, Role: role})
			}
		}
		if !has(func(a models.Assignment) bool { return a.Role == models.RoleOmbud && a.Cleared }) {
			out = append(out, AdministrationWarning{Key: "no-cleared", Controller: c.Name, Role: models.RoleOmbud})
		}
	}
	return out
}

// ending finds delegations and assignments that end soon, the first first.
func (o *organisation) ending() []AdministrationWarning {
	names := map[models.ControllerID]string{}
	for _, c := range o.controllers {
		names[c.ID] = c.Name
	}
	soon := func(last calendar.Date) bool {
		return !last.IsZero() && !last.Before(o.today) && !last.After(o.today.AddDays(endsSoon))
	}
	var out []AdministrationWarning
	for _, d := range o.delegations {
		if soon(d.ValidTo) {
			out = append(out, AdministrationWarning{Key: "delegation-ends", Controller: names[d.ControllerID], Staff: d.StaffID, Name: o.staff[d.StaffID].Name,
				Number: d.Number, On: d.ValidTo})
		}
	}
	for _, a := range o.assignments {
		if a.EndedAt == nil && soon(a.ValidTo) {
			out = append(out, AdministrationWarning{Key: "assignment-ends", Controller: names[a.ControllerID], Role: a.Role, Staff: a.StaffID,
				Name: o.staff[a.StaffID].Name, On: a.ValidTo})
		}
	}
	slices.SortStableFunc(out, func(a, b AdministrationWarning) int { return a.On.Compare(b.On) })
	return out
}

// The kinds of events of the organisation. A text in templates/locales says each under "administration.event.".
const (
	eventStaffAdded        = "staff-added"
	eventStaffUnbound      = "staff-unbound"
	eventAssignmentAdded   = "assignment-added"
	eventDeputyAdded       = "deputy-added"
	eventAssignmentEnds    = "assignment-ends"
	eventAssignmentStopped = "assignment-stopped"
	eventAssignmentCleared = "assignment-cleared"
	eventDelegationAdded   = "delegation-added"
	eventDelegationEnds    = "delegation-ends"
	eventImported          = "imported"
)

// OrganisationEntry is an event of the organisation with the names of today.
type OrganisationEntry struct {
	Seq        int64
	At         time.Time
	Kind       string // one of the kinds; the text's key is "administration.event." and this
	By         string // name; empty for the command line
	Staff      string // name of whom it is about
	StaffID    models.StaffID
	For        string // name of whom a deputy stands in for
	Role       models.Role
	Controller string
	Number     string // of a delegation
	From, To   calendar.Date
	Cleared    bool
	Created    int // of an import
	Changed    int
	Ended      int
	Slot       string // of an own part
	Version    int64  // of an own part
}

// organisationData is what an event of the organisation says: ids, codes and dates.
type organisationData struct {
	Staff      models.StaffID               `json:"staff,omitzero"`
	Assignment models.ID[models.Assignment] `json:"assignment,omitzero"`
	Delegation models.DelegationID          `json:"delegation,omitzero"`
	For        models.StaffID               `json:"for,omitzero"`
	By         models.StaffID               `json:"by,omitzero"` // who had the system do it
	Role       models.Role                  `json:"role,omitempty"`
	Controller models.ControllerID          `json:"controller,omitzero"`
	Number     string                       `json:"number,omitempty"`
	From       string                       `json:"from,omitempty"`
	To         string                       `json:"to,omitempty"`
	Cleared    bool                         `json:"cleared,omitempty"`
	Created    int                          `json:"created,omitempty"`
	Changed    int                          `json:"changed,omitempty"`
	Ended      int                          `json:"ended,omitempty"`
	Slot       string                       `json:"slot,omitempty"`    // of an own part
	Version    int64                        `json:"version,omitempty"` // of an own part
	SHA256     string                       `json:"sha256,omitempty"`  // of an own part's texts
}

// organisationEvent appends an event to the organisation's chain.
func organisationEvent(tx *models.Tx, kind string, d organisationData) error {
	b, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	return tx.OrganisationEvent(kind, b)
}

// OrganisationHistory lists what has been changed in the organisation and by whom, newest first, for the administrator and
// the DSO. before is the number of the last entry of the page before; 0 begins at the newest. more tells that there is more.
func (s *Service) OrganisationHistory(ctx context.Context, actor models.Actor, before int64) (entries []OrganisationEntry, more bool, err error) {
	if !actor.HasRole(models.RoleAdmin) && !actor.HasRole(models.RoleDSO) {
		return nil, false, ErrForbidden
	}
	err = s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		events, err := tx.OrganisationEvents(before, pageSize+1)
		if err != nil {
			return err
		}
		if more = len(events) > pageSize; more {
			events = events[:pageSize]
		}
		entries, err = entriesOf(tx, events)
		return err
	})
	return entries, more, err
}

// entriesOf reads events and finds the names of today, in two queries.
func entriesOf(tx *models.Tx, events []models.OrganisationEvent) ([]OrganisationEntry, error) {
	data := make([]organisationData, len(events))
	var people []models.StaffID
	for i, e := range events {
		if err := json.Unmarshal(e.Data, &data[i]); err != nil {
			return nil, fmt.Errorf("read event %d of the organisation: malformed", e.Seq)
		}
		people = append(people, data[i].Staff, data[i].For, data[i].By, e.StaffID)
	}
	people = slices.DeleteFunc(people, models.StaffID.IsZero)
	names, err := tx.StaffNames(people)
	if err != nil {
		return nil, err
	}
	controllers, err := tx.Controllers()
	if err != nil {
		return nil, err
	}
	at := map[models.ControllerID]string{}
	for _, c := range controllers {
		at[c.ID] = c.Name
	}
	out := make([]OrganisationEntry, len(events))
	for i, e := range events {
		d := data[i]
		by := e.StaffID
		if by.IsZero() {
			by = d.By
		}
		out[i] = OrganisationEntry{Seq: e.Seq, At: e.At, Kind: e.Kind, By: names[by], Staff: names[d.Staff], StaffID: d.Staff, For: names[d.For], Role: d.Role,
			Controller: at[d.Controller], Number: d.Number, From: dateOr(d.From), To: dateOr(d.To), Cleared: d.Cleared,
			Created: d.Created, Changed: d.Changed, Ended: d.Ended, Slot: d.Slot, Version: d.Version}
	}
	return out, nil
}

// dateOr reads a date of an event; none is the zero date.
func dateOr(text string) calendar.Date {
	d, err := calendar.Parse(text)
	if err != nil {
		return calendar.Date{}
	}
	return d
}
