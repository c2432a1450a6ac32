package workflows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"insyn/models"
)

// OnInquiry names the inquiry that an action is for, and the version its form was drawn from; the asker's forms carry none.
type OnInquiry struct {
	Inquiry models.InquiryID
	Version int
}

// inquiryWork is one action on one inquiry inside its transaction.
type inquiryWork struct {
	s        *Service
	tx       *models.Tx
	q        *models.Inquiry
	in       InquiryInput
	from     models.InquiryState
	promises []JobKind
	event    map[string]any
	after    []func() error // once the row is moved
}

// ApplyInquiry takes a transition of an inquiry. Errors: ErrNotFound, ErrForbidden, ErrConflict, Refusal, Invalid.
func (s *Service) ApplyInquiry(ctx context.Context, actor models.Actor, on OnInquiry, in InquiryInput) error {
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error { return s.applyInquiry(tx, on, in) })
}

func (s *Service) applyInquiry(tx *models.Tx, on OnInquiry, in InquiryInput) error {
	q, err := tx.Inquiry(on.Inquiry)
	if err != nil {
		return err
	}
	if tx.Actor.Kind == models.StaffKind && q.Version != on.Version {
		return ErrConflict // also when it lies with somebody else by now
	}
	t, err := inquiryTransition(tx.Actor, q, in.inquiryAction())
	if err != nil {
		return err
	}
	// Held, so that of any number who act at once the first wins. Whoever has just passed it on no longer may.
	locked, err := tx.LockInquiry(on.Inquiry)
	switch {
	case errors.Is(err, ErrNotFound):
		return ErrConflict
	case err != nil:
		return err
	case tx.Actor.Kind == models.StaffKind && locked.Version != on.Version, !slices.Contains(t.From, locked.State), locked.Tier != q.Tier:
		return ErrConflict
	}
	w := &inquiryWork{s: s, tx: tx, q: &locked, in: in, from: locked.State, promises: t.Promises, event: map[string]any{"tier": locked.Tier}}
	if err := t.Do(w); err != nil {
		if errors.Is(err, errAlready) {
			return nil
		}
		return err
	}
	return w.commit(t)
}

// inquiryTransition finds the row of the table for the action, the inquiry's state and tier, and the actor.
func inquiryTransition(a models.Actor, q models.Inquiry, action InquiryAction) (InquiryTransition, error) {
	allowed := false
	for _, t := range InquiryTransitions() {
		if t.Action != action || !mayInquiry(a, q, t.Who) || (q.Direct && !t.Direct) || !slices.Contains(t.Tiers, q.Tier) {
			continue
		}
		allowed = true
		if slices.Contains(t.From, q.State) {
			return t, nil
		}
	}
	if !allowed {
		return InquiryTransition{}, ErrForbidden
	}
	return InquiryTransition{}, ErrConflict
}

// commit appends the event and writes the row, guarded by its version and state.
func (w *inquiryWork) commit(t InquiryTransition) error {
	w.q.State = t.To
	if t.ToTier != 0 {
		w.q.Tier = t.ToTier
		w.event["to"] = t.ToTier
	}
	if t.To == models.InquiryClosed || t.To == models.InquiryConverted {
		w.q.ClosedAt = &w.tx.Now
	}
	if _, err := w.tx.InquiryEvent(*w.q, t.Event, t.Audience, w.event); err != nil {
		return err
	}
	if err := w.tx.MoveInquiry(w.q, w.from); err != nil {
		return err
	}
	for _, f := range w.after {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// promise stores a job of the inquiry; the table must allow the kind. The key carries the version: one effect for each change.
func (w *inquiryWork) promise(kind JobKind, data map[string]any) error {
	if !slices.Contains(w.promises, kind) {
		return fmt.Errorf("%s promises %s, which the table does not say", w.in.inquiryAction(), kind)
	}
	return promise(w.tx, models.Job{Kind: string(kind), Key: fmt.Sprintf("%s:%s:%d", kind, w.q.ID, w.q.Version), InquiryID: w.q.ID}, data)
}

// watchInquiries forgets old counts of tries, and closes what has been answered for long enough.
func (s *Service) watchInquiries(ctx context.Context) error {
	var quiet []models.Inquiry
	if err := s.system(ctx, func(tx *models.Tx) (err error) {
		if err := tx.ForgetHits(tx.Now.Add(-longestWindow)); err != nil {
			return err
		}
		quiet, err = tx.AnsweredBefore(tx.Now.Add(-inquiryQuiet), watchPage)
		return err
	}); err != nil {
		return err
	}
	return each(quiet, func(q models.Inquiry) error {
		return s.ApplyInquiry(ctx, models.SystemActor(), OnInquiry{Inquiry: q.ID}, closeInquiry{})
	})
}

// longestWindow is how long any count of tries is kept.
const longestWindow = 48 * time.Hour
