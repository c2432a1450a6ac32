package workflows

import (
	"context"

	"insyn/models"
)

// Preview is the decision letter as it would be sealed now, for the decision maker to read. Nothing is stored; the reading is
// logged.
func (s *Service) Preview(ctx context.Context, actor models.Actor, number string) ([]byte, error) {
	var body []byte
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		c, err := tx.CaseByNumber(number)
		if err != nil {
			return err
		}
		if actor.Kind != models.StaffKind || c.State != models.CaseReady || !may(actor, c, []Who{WhoOmbud, WhoDecider}) {
			return ErrNotFound
		}
		ctl, err := tx.Controller(c.ControllerID)
		if err != nil {
			return err
		}
		w := &work{s: s, tx: tx, c: &c, ctl: ctl, from: c.State, event: map[string]any{}}
		a := authority{}
		if a.by, err = tx.StaffByID(actor.Staff); err != nil {
			return err
		}
		own, err := ownDelegations(tx, c, *c.Outcome, w.today())
		if err != nil {
			return err
		}
		if len(own) > 0 {
			a.delegation, a.number = own[0].ID, own[0].Number
		}
		person, err := tx.CasePerson(c)
		if err != nil {
			return err
		}
		if body, err = w.letter(a, person); err != nil {
			return err
		}
		return tx.LogReading("preview", c.ControllerID, c.ID.UUID())
	})
	return body, err
}
