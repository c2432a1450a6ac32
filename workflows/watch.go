package workflows

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/models"
)

const (
	watchPage    = 200 // rows at a time
	dueSoonDays  = 5
	remindAfter  = 7 * 24 * time.Hour  // an unopened decision: remind the person
	postAfter    = 14 * 24 * time.Hour // and then ask the registrator to post it (P9)
	sealReadings = time.Minute         // readings younger than this wait for the next seal
)

// Watch does what follows from the date alone: reminders, reviews whose time is out, appeal periods that are over, drafts
// nobody came back to, seals on the read log. Every effect has a key of its own in the ledger of jobs, or is a guarded
// transition, so any number of processes may watch at once and any run may be lost.
func (s *Service) Watch(ctx context.Context) error {
	return errors.Join(s.watchDue(ctx), s.watchReviews(ctx), s.watchUnopened(ctx), s.watchAppeals(ctx), s.watchAppealFiles(ctx), s.watchDrafts(ctx), s.watchInquiries(ctx), s.watchImports(ctx), s.sealReadLog(ctx))
}

func (s *Service) system(ctx context.Context, fn func(tx *models.Tx) error) error {
	return s.Store.InTx(ctx, models.SystemActor(), fn)
}

// watchDue reminds of cases that are due soon, and of those that are late. The key holds the due date: a date that moves
// makes a new reminder possible, and nothing else does.
func (s *Service) watchDue(ctx context.Context) error {
	var after models.CaseID
	for {
		n := 0
		err := s.system(ctx, func(tx *models.Tx) error {
			today := calendar.DateOf(tx.Now)
			cases, err := tx.DueCases(today.AddDays(dueSoonDays), after, watchPage)
			if err != nil {
				return err
			}
			n = len(cases)
			for _, c := range cases {
				after = c.ID
				mail := "due-soon"
				if c.DueOn.Before(today) {
					mail = "overdue"
				}
				if err := s.remind(tx, c, mail); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n < watchPage {
			return err
		}
	}
}

func (s *Service) remind(tx *models.Tx, c models.Case, mail string) error {
	roles := []models.Role{models.RoleOmbud}
	if mail == "overdue" || c.State == models.CaseReady {
		roles = append(roles, models.RoleDecider)
	}
	for _, role := range roles {
		if err := promise(tx, models.Job{Kind: string(JobNotify), Key: fmt.Sprintf("remind:%s:%s:%s:%s", mail, role, c.ID, c.DueOn), RequestID: c.RequestID,
			CaseID: c.ID, ControllerID: c.ControllerID}, map[string]any{"mail": mail, "role": role, "handler": role == models.RoleOmbud}); err != nil {
			return err
		}
	}
	return nil
}

// watchReviews goes on with cases whose review has run out.
func (s *Service) watchReviews(ctx context.Context) error {
	var due []models.Review
	if err := s.system(ctx, func(tx *models.Tx) (err error) {
		due, err = tx.ReviewsClosing(calendar.DateOf(tx.Now), watchPage)
		return err
	}); err != nil {
		return err
	}
	return each(due, func(r models.Review) error {
		return s.Apply(ctx, models.SystemActor(), On{Case: r.CaseID}, reviewTimeout{})
	})
}

// each does something for every row: one that fails holds up no other. A row that has moved on, or is gone, needs it no longer.
func each[T any](rows []T, do func(row T) error) error {
	var problems []error
	for _, row := range rows {
		if err := do(row); err != nil && !errors.Is(err, ErrConflict) && !errors.Is(err, ErrNotFound) {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

// watchUnopened reminds the person of a decision that lies unopened, and then asks the registrator to post it.
func (s *Service) watchUnopened(ctx context.Context) error {
	return errors.Join(
		s.unopened(ctx, remindAfter, "mail:reminder-unopened:", JobMailPerson, map[string]any{"mail": "reminder-unopened"}, nil),
		s.unopened(ctx, postAfter, "notify:post-it:", JobNotify, map[string]any{"mail": "post-it", "role": models.RoleRegistrator},
			func(tx *models.Tx, c models.Case) error { return postAnswer(tx, c, models.WayUnopened) }))
}

// unopened promises a job for each decision that has lain unopened for so long and has none under the key, and does what else
// is due then.
func (s *Service) unopened(ctx context.Context, after time.Duration, key string, kind JobKind, data map[string]any, do func(*models.Tx, models.Case) error) error {
	for {
		n := 0
		err := s.system(ctx, func(tx *models.Tx) error {
			cases, err := tx.UnopenedSince(tx.Now.Add(-after), key, watchPage)
			n = len(cases)
			for _, c := range cases {
				if err := promise(tx, models.Job{Kind: string(kind), Key: key + c.ID.String(), RequestID: c.RequestID, CaseID: c.ID,
					ControllerID: c.ControllerID}, data); err != nil {
					return err
				}
				if do == nil {
					continue
				}
				if err := do(tx, c); err != nil {
					return err
				}
			}
			return err
		})
		if err != nil || n < watchPage {
			return err
		}
	}
}

// watchAppeals closes cases whose appeal period is over.
func (s *Service) watchAppeals(ctx context.Context) error {
	var over []models.Case
	if err := s.system(ctx, func(tx *models.Tx) (err error) {
		over, err = tx.CasesPastAppeal(calendar.DateOf(tx.Now), watchPage)
		return err
	}); err != nil {
		return err
	}
	return each(over, func(c models.Case) error { return s.Apply(ctx, models.SystemActor(), On{Case: c.ID}, closeCase{}) })
}

// watchDrafts throws away drafts that nobody has touched for a month, with their keys.
func (s *Service) watchDrafts(ctx context.Context) error {
	var stale []models.Draft
	if err := s.system(ctx, func(tx *models.Tx) (err error) {
		stale, err = tx.StaleDrafts(tx.Now.Add(-draftLife), watchPage)
		return err
	}); err != nil {
		return err
	}
	return each(stale, func(d models.Draft) error { return s.DiscardDraft(ctx, models.ResidentActor(d.SubjectID), d.ID) })
}

func (s *Service) sealReadLog(ctx context.Context) error {
	return s.system(ctx, func(tx *models.Tx) error {
		_, err := tx.SealReadings(tx.Now.Add(-sealReadings))
		return err
	})
}

// SweepFiles removes bytes in the file store that no record speaks of: uploads whose transaction did not commit. Bytes
// younger than age are left, as their transaction may be on its way. Returns how many were removed.
func (s *Service) SweepFiles(ctx context.Context, age time.Duration) (int, error) {
	before, n := s.Clock.Now().Add(-age), 0
	err := s.Vault.List(ctx, func(id uuid.UUID, written time.Time) error {
		if written.After(before) {
			return nil
		}
		known := true
		file := models.IDFrom[models.File](id)
		if err := s.system(ctx, func(tx *models.Tx) (err error) {
			known, err = tx.FileExists(file)
			return err
		}); err != nil || known {
			return err
		}
		n++
		return s.Vault.Delete(ctx, id)
	})
	return n, err
}
