package workflows

import (
	"context"
	"fmt"
	"slices"

	"insyn/internal/calendar"
	"insyn/models"
)

// Who may flag a person as having protected personal data (OSL 21 kap. 3 and 3 a §§; domain 5), and who may lift it. It takes
// no clearance to flag: who learns of it must be able to act at once, and loses sight of the person by it. Lifting is for the
// named few who are cleared.
func whoProtects() []Who {
	return []Who{WhoPerson, WhoServicecenter, WhoOmbud, WhoDecider}
}

func whoLifts() []Who { return []Who{WhoServicecenter, WhoOmbud} }

// LiftReasons lists the codes of why protection is lifted: it has ended, or it was set by mistake.
func LiftReasons() []string { return []string{"ended", "mistake"} }

// ProtectRequest flags the person whose request it is: from now on no mail is sent, only cleared staff see anything of the
// person, and only controllers that the person confirms are asked. For the person and the servicecenter. A person who is
// flagged already is no change. Errors: ErrNotFound, ErrForbidden.
func (s *Service) ProtectRequest(ctx context.Context, actor models.Actor, number string) error {
	return s.onRequest(ctx, actor, number, whoProtects(), true, "")
}

// ProtectCase does the same for who handles one of the person's cases.
func (s *Service) ProtectCase(ctx context.Context, actor models.Actor, number string) error {
	return s.onCase(ctx, actor, number, whoProtects(), true, "")
}

// UnprotectRequest lifts the protection, for a cleared servicecenter. reason is one of LiftReasons; another is Invalid.
func (s *Service) UnprotectRequest(ctx context.Context, actor models.Actor, number, reason string) error {
	if !slices.Contains(LiftReasons(), reason) {
		return invalid("reason", "error.choose-one")
	}
	return s.onRequest(ctx, actor, number, whoLifts(), false, reason)
}

// UnprotectCase lifts the protection, for a cleared ombud.
func (s *Service) UnprotectCase(ctx context.Context, actor models.Actor, number, reason string) error {
	if !slices.Contains(LiftReasons(), reason) {
		return invalid("reason", "error.choose-one")
	}
	return s.onCase(ctx, actor, number, whoLifts(), false, reason)
}

func (s *Service) onRequest(ctx context.Context, actor models.Actor, number string, who []Who, protected bool, reason string) error {
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		r, err := tx.RequestByNumber(number)
		if err != nil {
			return err
		}
		if !mayRequest(actor, r, who) {
			return ErrForbidden
		}
		return protect(tx, models.Job{Key: fmt.Sprintf("protected:%s:%d", r.ID, r.Version), RequestID: r.ID}, r.Protected, protected, reason)
	})
}

func (s *Service) onCase(ctx context.Context, actor models.Actor, number string, who []Who, protected bool, reason string) error {
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		c, err := tx.CaseByNumber(number)
		if err != nil {
			return err
		}
		if actor.Kind != models.StaffKind || !may(actor, c, who) {
			return ErrForbidden
		}
		return protect(tx, models.Job{Key: fmt.Sprintf("protected:%s:%d", c.ID, c.Version), RequestID: c.RequestID, CaseID: c.ID,
			ControllerID: c.ControllerID}, c.Protected, protected, reason)
	})
}

// protect promises that it will be told, and sets or lifts the flag last: an actor who is not cleared does nothing more here.
func protect(tx *models.Tx, j models.Job, is, shall bool, reason string) error {
	if is == shall {
		return nil
	}
	j.Kind = string(JobProtected)
	if err := promise(tx, j, map[string]any{"set": shall}); err != nil {
		return err
	}
	_, err := tx.Protect(j.RequestID, j.CaseID, shall, reason)
	return err
}

// tellProtected writes in the chains of the person's other requests and cases what was written in the one where the flag was
// set or lifted, and tells those who may handle a case that is left without its handler.
func (s *Service) tellProtected(tx *models.Tx, j models.Job) error {
	d, err := jobData{}.from(j.Data)
	if err != nil {
		return err
	}
	r, err := tx.Request(j.RequestID)
	if err != nil {
		return err
	}
	if r.Protected != d.Set {
		return errNeedless // it was changed again; that has a job of its own
	}
	kind := "protected-unset"
	if d.Set {
		kind = "protected-set"
	}
	requests, cases, err := tx.AllOf(r.SubjectID)
	if err != nil {
		return err
	}
	for _, q := range requests {
		if q.ID == r.ID && j.CaseID.IsZero() {
			continue
		}
		if _, err := tx.RequestEvent(q, kind, models.ForStaff, nil); err != nil {
			return err
		}
	}
	for _, c := range cases {
		if c.ID != j.CaseID {
			if _, err := tx.CaseEvent(c, kind, models.ForStaff, nil); err != nil {
				return err
			}
		}
		if d.Set && !c.State.Done() {
			if err := tellCleared(tx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellCleared tells the controller's cleared ombuds of a case whose handler may no longer see it.
func tellCleared(tx *models.Tx, c models.Case) error {
	cleared, err := tx.StaffFor(models.RoleOmbud, c.ControllerID, calendar.DateOf(tx.Now), true)
	if err != nil || slices.ContainsFunc(cleared, func(p models.Staff) bool { return p.ID == c.HandlerID }) {
		return err
	}
	return promise(tx, models.Job{Kind: string(JobNotify), Key: fmt.Sprintf("notify:protected:%s:%d", c.ID, c.Version), RequestID: c.RequestID,
		CaseID: c.ID, ControllerID: c.ControllerID}, map[string]any{"mail": "new-case", "role": models.RoleOmbud})
}

// clearedFor is errProtected when the case is a protected person's and the member of staff has no clearance at its controller.
func (s *Service) clearedFor(tx *models.Tx, c models.Case, p models.Staff) error {
	if !c.Protected {
		return nil
	}
	grants, err := tx.GrantsOn(p.ID, calendar.DateOf(tx.Now))
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(grants, func(g models.Grant) bool { return g.Cleared && g.Controller == c.ControllerID }) {
		return errProtected
	}
	return nil
}

// UnhandledProtected counts the open cases of protected people at controllers where nobody is cleared to handle them: for the
// administrator, the DSO and a cleared servicecenter, who can see to it. Others get zero.
func (s *Service) UnhandledProtected(ctx context.Context, actor models.Actor) (int, error) {
	n := 0
	if !actor.HasRole(models.RoleAdmin) && !actor.HasRole(models.RoleDSO) && !actor.HasFor(models.RoleServicecenter, models.ControllerID{}, true) {
		return 0, nil
	}
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		n, err = tx.UnhandledProtected(calendar.DateOf(tx.Now))
		return err
	})
	return seen(n, err)
}
