package workflows

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/models"
)

// IntakeCursor is the last row of the page before.
type IntakeCursor struct {
	At time.Time
	ID models.RequestID
}

// Intake lists the open requests, oldest first: who, which right, pågår or klart. No case, no outcome. The second result
// tells whether there are more.
func (s *Service) Intake(ctx context.Context, actor models.Actor, after IntakeCursor) ([]IntakeItem, bool, error) {
	var out []IntakeItem
	more := false
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		if !actor.HasRole(models.RoleServicecenter) {
			return ErrForbidden
		}
		rows, err := tx.OpenRequests(after.At, after.ID, pageSize+1)
		if err != nil {
			return err
		}
		if len(rows) > pageSize {
			rows, more = rows[:pageSize], true
		}
		ids := make([]models.RequestID, len(rows))
		shown := make([]uuid.UUID, len(rows))
		for i, r := range rows {
			ids[i], shown[i] = r.ID, r.ID.UUID()
		}
		public, err := tx.PublicOfRequests(ids)
		if err != nil {
			return err
		}
		for _, r := range rows {
			item, err := s.intakeItem(tx, r, public)
			if err != nil {
				return err
			}
			out = append(out, item)
		}
		return tx.LogReading("intake", models.ControllerID{}, shown...)
	})
	out, err = seen(out, err)
	return out, more && err == nil, err
}

func (s *Service) intakeItem(tx *models.Tx, r models.Request, public []models.CasePublic) (IntakeItem, error) {
	p, err := tx.RequestPerson(r)
	if err != nil {
		return IntakeItem{}, err
	}
	i := IntakeItem{ID: r.ID, Number: r.Number, Person: p.Name, Right: r.Right, State: r.State,
		ReceivedAt: r.ReceivedAt, ReceivedOn: r.ReceivedOn}
	for _, c := range public {
		if c.RequestID != r.ID {
			continue
		}
		if c.Done {
			i.Done++
			continue
		}
		i.Open++
		if i.Due.IsZero() || c.DueOn.Before(i.Due) {
			i.Due = c.DueOn
		}
	}
	return i, nil
}

// IntakePage shows a request as the servicecenter may see it.
func (s *Service) IntakePage(ctx context.Context, actor models.Actor, number string) (IntakeView, error) {
	var v IntakeView
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		if !actor.HasRole(models.RoleServicecenter) {
			return ErrNotFound
		}
		r, err := tx.RequestByNumber(number)
		if err != nil {
			return err
		}
		v.Request, v.Today = r, calendar.DateOf(tx.Now)
		if v.Person, err = tx.RequestPerson(r); err != nil {
			return err
		}
		if err := s.fillIntakeCases(tx, &v); err != nil {
			return err
		}
		if v.Questions, err = tx.RequestPauses(r.ID); err != nil {
			return err
		}
		if err := fillIntakeNotices(tx, &v); err != nil {
			return err
		}
		paper, err := s.fillFiling(tx, &v)
		if err != nil {
			return err
		}
		v.CanAsk = r.State == models.RequestActive && !v.Today.After(s.lastToAsk(r.ReceivedOn, paper))
		v.CanAnswer = r.State == models.RequestAwaiting
		events, err := tx.Events("request", r.ID.UUID(), 200)
		if err != nil {
			return err
		}
		var people []models.StaffID
		for _, e := range events {
			people = append(people, e.StaffID)
		}
		names, err := tx.StaffNames(present(people))
		if err != nil {
			return err
		}
		for _, e := range events {
			v.Events = append(v.Events, timelineEntry(e, "", names))
		}
		return tx.LogReading("intake-request", models.ControllerID{}, r.ID.UUID())
	})
	return seen(v, err)
}

// fillIntakeNotices adds the servicecenter's own letters, and what it sent on. Those of the cases are none of its business.
func fillIntakeNotices(tx *models.Tx, v *IntakeView) error {
	rows, err := tx.RequestNotices(v.Request.ID)
	if err != nil {
		return err
	}
	for _, n := range rows {
		v.Notices = append(v.Notices, noticeView(n, v.Request.Number))
	}
	v.Forwardings, err = tx.RequestForwardings(v.Request.ID)
	return err
}

func (s *Service) fillIntakeCases(tx *models.Tx, v *IntakeView) error {
	addressees, err := tx.Addressees(v.Request.ID)
	if err != nil {
		return err
	}
	public, err := tx.PublicOfRequests([]models.RequestID{v.Request.ID})
	if err != nil {
		return err
	}
	all, err := tx.Controllers()
	if err != nil {
		return err
	}
	for _, ctl := range all {
		i := slices.IndexFunc(addressees, func(a models.Addressee) bool { return a.ControllerID == ctl.ID })
		if i < 0 && (v.Request.Protected || !ctl.ExistsOn(calendar.DateOf(tx.Now))) {
			continue // a protected person's request goes where the person has said
		}
		if i < 0 {
			v.Addable = append(v.Addable, ctl)
			continue
		}
		row := IntakeCase{ID: addressees[i].CaseID, Controller: ctl, AddedBy: addressees[i].AddedBy}
		if j := slices.IndexFunc(public, func(c models.CasePublic) bool { return c.CaseID == row.ID }); j >= 0 {
			row.Number, row.Done, row.Due = public[j].Number, public[j].Done, public[j].DueOn
		}
		v.Cases = append(v.Cases, row)
	}
	return nil
}

// LogFilter says which part of the read log to show.
type LogFilter struct {
	Staff  models.StaffID // zero: all, for those who review the log
	Before int64          // keyset
}

// ReadLog shows who has looked at what: one's own reading, or for the DSO and the log reviewer everybody's.
func (s *Service) ReadLog(ctx context.Context, actor models.Actor, f LogFilter) ([]TimelineEntry, error) {
	var out []TimelineEntry
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		if f.Staff != actor.Staff && !actor.HasRole(models.RoleDSO) && !actor.HasRole(models.RoleLogReviewer) {
			return ErrForbidden
		}
		rows, err := tx.ReadingsBy(f.Staff, f.Before, pageSize)
		if err != nil {
			return err
		}
		var people []models.StaffID
		for _, r := range rows {
			people = append(people, r.StaffID)
		}
		names, err := tx.StaffNames(present(people))
		if err != nil {
			return err
		}
		controllers, err := s.controllersByID(tx)
		if err != nil {
			return err
		}
		numbers, err := tx.ReadNumbers(rows)
		if err != nil {
			return err
		}
		for _, r := range rows {
			out = append(out, TimelineEntry{At: r.At, Key: "read." + r.Page, Staff: names[r.StaffID], Controller: controllers[r.ControllerID].Name,
				Args: map[string]any{"id": r.ID}, Numbers: numbers[r.ID]})
		}
		return nil
	})
	return seen(out, err)
}
