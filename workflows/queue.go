package workflows

import (
	"context"
	"time"

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
	// Registry: what the actor has left to do as registrator, open or done, the oldest first. State is not looked at.
	Registry bool
	// Abandoned: open cases whose handler has left, at the controllers where the actor is ombud or decision maker. A page of them.
	Abandoned bool
	AfterDue  calendar.Date
	AfterAt   time.Time // with Registry, instead of AfterDue
	AfterID   models.CaseID
}

// Queue shows the desk's cases, the most urgent first. As many statements for the page whatever its length.
func (s *Service) Queue(ctx context.Context, actor models.Actor, f QueueFilter) (Queue, error) {
	var q Queue
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		at := queueControllers(actor, f)
		cases, err := s.queued(tx, at, f)
		if err != nil {
			return err
		}
		if len(cases) > pageSize && f.Abandoned {
			cases = cases[:pageSize] // those that are taken over leave the list
		}
		if len(cases) > pageSize {
			cases = cases[:pageSize]
			last := cases[pageSize-1]
			q.More, q.NextDue, q.NextAt, q.NextID = true, last.DueOn, last.ReceivedAt, last.ID
		}
		if q.Items, err = s.queueItems(tx, cases, f.Registry); err != nil {
			return err
		}
		if !f.Done && !f.Registry && f.Search == "" {
			today := calendar.DateOf(tx.Now)
			if q.Counts, err = tx.CountCases(models.CaseQuery{Controllers: at, State: f.State}, today, today.AddDays(dueSoonDays)); err != nil {
				return err
			}
		}
		mine := actor.Controllers(models.RoleOmbud, models.RoleDecider)
		if q.Abandoned, err = tx.CountAbandoned(mine); err != nil {
			return err
		}
		if q.Unattended, err = tx.Unattended(mine); err != nil {
			return err
		}
		q.Unattended += q.Abandoned
		return tx.LogReading("queue", f.Controller, caseIDs(cases)...)
	})
	return seen(q, err)
}

// queueControllers are the controllers whose cases the actor asks for: those of the roles that work with such a list.
func queueControllers(actor models.Actor, f QueueFilter) []models.ControllerID {
	if !f.Controller.IsZero() {
		actor = actor.At(f.Controller)
	}
	if f.Registry {
		return actor.Controllers(models.RoleRegistrator)
	}
	if f.Abandoned {
		return actor.Controllers(models.RoleOmbud, models.RoleDecider)
	}
	return actor.Controllers(models.RoleOmbud, models.RoleDecider, models.RoleDSO, models.RoleRegistrator)
}

func (s *Service) queued(tx *models.Tx, at []models.ControllerID, f QueueFilter) ([]models.Case, error) {
	if f.Registry {
		return tx.RegistryCases(models.RegistryQuery{Controllers: at, Unopened: tx.Now.Add(-postAfter), After: f.AfterAt, AfterID: f.AfterID, Limit: pageSize + 1})
	}
	if f.Abandoned {
		return tx.AbandonedCases(at, pageSize+1)
	}
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
func (s *Service) queueItems(tx *models.Tx, cases []models.Case, registry bool) ([]QueueItem, error) {
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
	ids := make([]models.CaseID, len(cases))
	for i, c := range cases {
		ids[i] = c.ID
	}
	steps, err := tx.CaseSteps(ids)
	if err != nil {
		return nil, err
	}
	abandoned, err := tx.Abandoned(ids)
	if err != nil {
		return nil, err
	}
	items := make([]QueueItem, 0, len(cases))
	for _, c := range cases {
		p, err := tx.CasePerson(c)
		if err != nil {
			return nil, err
		}
		i := queueItem(tx, c, p, names[c.ControllerID], staff[c.HandlerID])
		i.HandlerGone = abandoned[c.ID]
		if registry {
			i.Next, i.Mine = nextInRegistry(c, tx.Now), true
		} else {
			i.Next, i.NextArgs = nextStep(tx, c, steps[c.ID], i.Mine)
		}
		items = append(items, i)
	}
	return items, nil
}

func queueItem(tx *models.Tx, c models.Case, p models.Person, controller, handler string) QueueItem {
	today := calendar.DateOf(tx.Now)
	i := QueueItem{ID: c.ID, Number: c.Number, Person: p.Name, Right: c.Right, State: c.State, Due: c.DueOn, DaysLeft: c.DueOn.Sub(today),
		ReceivedOn: c.ReceivedOn, Handler: handler, Controller: controller, Mine: waitsFor(tx.Actor, c, tx.Now)}
	switch {
	case c.State.Done():
		i.Group = "done"
	case i.DaysLeft < 0:
		i.Group = models.UrgencyLate
	case i.DaysLeft <= dueSoonDays:
		i.Group = models.UrgencySoon
	case i.Mine:
		i.Group = models.UrgencyMine
	default:
		i.Group = models.UrgencyOthers
	}
	return i
}

func caseIDs(cases []models.Case) []uuid.UUID {
	out := make([]uuid.UUID, len(cases))
	for i, c := range cases {
		out[i] = c.ID.UUID()
	}
	return out
}
