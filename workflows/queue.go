package workflows

import (
	"context"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/models"
)

const pageSize = 50

// QueueFilter says which part of the queue to show.
type QueueFilter struct {
	Controller models.ControllerID // zero: all of the actor's
	Done       bool
	State      models.CaseState
	Search     string // a number, a personnummer or words of a name
	AfterDue   calendar.Date
	AfterID    models.CaseID
}

// Queue shows the desk's cases, the most urgent first. One query for the page, whatever its length.
func (s *Service) Queue(ctx context.Context, actor models.Actor, f QueueFilter) (Queue, error) {
	var q Queue
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		at := actor.Controllers(models.RoleOmbud, models.RoleDecider, models.RoleDSO, models.RoleRegistrator)
		if !f.Controller.IsZero() {
			at = actor.At(f.Controller).Controllers(models.RoleOmbud, models.RoleDecider, models.RoleDSO, models.RoleRegistrator)
		}
		cases, err := s.queued(tx, at, f)
		if err != nil {
			return err
		}
		if len(cases) > pageSize {
			cases = cases[:pageSize]
			last := cases[pageSize-1]
			q.More, q.NextDue, q.NextID = true, last.DueOn, last.ID
		}
		if q.Items, err = s.queueItems(tx, cases); err != nil {
			return err
		}
		q.Counts = map[string]int{}
		for _, i := range q.Items {
			q.Counts[i.Group]++
		}
		if q.Unattended, err = tx.Unattended(actor.Controllers(models.RoleOmbud, models.RoleDecider)); err != nil {
			return err
		}
		return tx.LogReading("queue", f.Controller, caseIDs(cases)...)
	})
	return seen(q, err)
}

func (s *Service) queued(tx *models.Tx, at []models.ControllerID, f QueueFilter) ([]models.Case, error) {
	if f.Search == "" {
		return tx.Cases(models.CaseQuery{Controllers: at, Done: f.Done, State: f.State, AfterDue: f.AfterDue, AfterID: f.AfterID, Limit: pageSize + 1})
	}
	var out []models.Case
	if c, err := tx.CaseByNumber(f.Search); err == nil {
		out = append(out, c)
	}
	for _, ctl := range at {
		found, err := tx.FindCases(ctl, queryTokens(s.Lookup, ctl, f.Search, tx.Now.Year()), pageSize)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// queueItems fills the rows with names, groups and next steps.
func (s *Service) queueItems(tx *models.Tx, cases []models.Case) ([]QueueItem, error) {
	controllers, err := tx.Controllers()
	if err != nil {
		return nil, err
	}
	names := map[models.ControllerID]string{}
	for _, c := range controllers {
		names[c.ID] = c.Name
	}
	handlers := make([]models.StaffID, 0, len(cases))
	for _, c := range cases {
		if !c.HandlerID.IsZero() {
			handlers = append(handlers, c.HandlerID)
		}
	}
	staff, err := tx.StaffNames(handlers)
	if err != nil {
		return nil, err
	}
	items := make([]QueueItem, 0, len(cases))
	for _, c := range cases {
		p, err := tx.CasePerson(c)
		if err != nil {
			return nil, err
		}
		items = append(items, queueItem(tx, c, p, names[c.ControllerID], staff[c.HandlerID]))
	}
	return items, nil
}

func queueItem(tx *models.Tx, c models.Case, p models.Person, controller, handler string) QueueItem {
	today := calendar.DateOf(tx.Now)
	i := QueueItem{ID: c.ID, Number: c.Number, Person: p.Name, Right: c.Right, State: c.State, Due: c.DueOn, DaysLeft: c.DueOn.Sub(today),
		Handler: handler, Controller: controller, Mine: waitsFor(tx.Actor, c)}
	i.Next = "next." + string(c.State)
	switch {
	case c.State.Done():
		i.Group = "done"
	case i.DaysLeft < 0:
		i.Group = "late"
	case i.DaysLeft <= dueSoonDays:
		i.Group = "soon"
	case i.Mine:
		i.Group = "mine"
	default:
		i.Group = "others"
	}
	return i
}

// waitsFor tells whether the next step of a case is the actor's.
func waitsFor(a models.Actor, c models.Case) bool {
	switch c.State {
	case models.CaseAssigned:
		return a.Has(models.RoleOmbud, c.ControllerID)
	case models.CaseSearching:
		return c.HandlerID == a.Staff
	case models.CaseInReview:
		return a.Has(models.RoleDSO, c.ControllerID)
	case models.CaseReady:
		return a.Has(models.RoleDecider, c.ControllerID)
	case models.CaseReleased:
		return a.Has(models.RoleRegistrator, c.ControllerID) && c.DiaryNumber == nil
	case models.CaseDecided, models.CaseClosed, models.CaseAwaiting, models.CaseWithdrawn:
		return false
	default:
		return false
	}
}

func caseIDs(cases []models.Case) []uuid.UUID {
	out := make([]uuid.UUID, len(cases))
	for i, c := range cases {
		out[i] = c.ID.UUID()
	}
	return out
}
