package workflows

import (
	"context"
	"errors"
	"io"

	"insyn/models"
	"insyn/templates"
)

// makeReceipt makes a request's receipt as it stands this day, unless it has one: however often it is asked for there is one.
func (s *Service) makeReceipt(ctx context.Context, actor models.Actor, id models.RequestID) error {
	n, err := s.drawReceipt(ctx, actor, id)
	if err != nil || n.row == nil {
		return err
	}
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error { return s.giveReceipt(tx, n) })
}

// effectReceipt makes the receipt that was promised with the request.
func (s *Service) effectReceipt(ctx context.Context, j models.Job) error {
	n, err := s.drawReceipt(ctx, models.SystemActor(), j.RequestID)
	if err != nil {
		return err
	}
	return s.effect(ctx, j, func(tx *models.Tx, _ models.Job) error {
		if n.row == nil {
			return errNeedless
		}
		return s.giveReceipt(tx, n)
	})
}

// giveReceipt stores the receipt, with its event. Somebody else may have been first: then theirs is the receipt.
func (s *Service) giveReceipt(tx *models.Tx, n requestNotice) error {
	if n.day != dateOf(tx.Now) {
		return ErrConflict
	}
	r, err := tx.Request(n.row.RequestID)
	if err != nil {
		return err
	}
	first, err := tx.InsertRequestNotice(n.row)
	if err != nil || !first {
		return err
	}
	if err := n.onPaper(tx, r); err != nil {
		return err
	}
	_, err = tx.RequestEvent(r, "receipt-made", models.ForStaff, n.bound())
	return err
}

// drawReceipt makes and seals the receipt of a request that has none; the zero notice if it has.
func (s *Service) drawReceipt(ctx context.Context, actor models.Actor, id models.RequestID) (requestNotice, error) {
	number := ""
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		switch _, err := tx.RequestReceipt(id); {
		case err == nil:
			return nil
		case !errors.Is(err, ErrNotFound):
			return err
		}
		r, err := tx.Request(id)
		number = r.Number
		return err
	})
	if err != nil || number == "" {
		return requestNotice{}, err
	}
	return s.preparedRequest(ctx, actor, number, s.receiptDoc)
}

// receiptDoc gathers what the receipt says: what was asked, of whom, when it counts as received and by what rule, and the last
// day for the answer.
func (s *Service) receiptDoc(tx *models.Tx, r models.Request) (templates.Notice, error) {
	head, p, err := s.requestHead(tx, r)
	if err != nil {
		return nil, err
	}
	d := templates.ReceiptDoc{NoticeHead: head, Answer: p.Answer}
	if d.Answer == "" {
		d.Answer = "portal"
	}
	paper, err := paperOf(tx, r, r.ReceivedOn)
	if err != nil {
		return nil, err
	}
	due := s.reckonFiled(r.ReceivedOn, paper, nil, false, dateOf(tx.Now))
	d.Due, d.Steps = due.Due, due.Steps
	switch f, err := tx.Filing(r.ID); {
	case err == nil:
		d.Unchecked = !f.Checked()
	case !errors.Is(err, ErrNotFound):
		return nil, err
	}
	switch m, err := tx.Representation(r.ID); {
	case err == nil:
		d.MandateOpen = m.State == models.MandateClaimed
	case !errors.Is(err, ErrNotFound):
		return nil, err
	}
	to, err := s.receivers(tx, r)
	for _, c := range to {
		d.Addressees = append(d.Addressees, c.Name)
	}
	d.Controller = withDPO(d.Controller, to)
	return d, err
}

// receivers are the controllers that a request goes to, in the municipality's order.
func (s *Service) receivers(tx *models.Tx, r models.Request) ([]models.Controller, error) {
	addressees, err := tx.Addressees(r.ID)
	if err != nil {
		return nil, err
	}
	all, err := tx.Controllers()
	if err != nil {
		return nil, err
	}
	var out []models.Controller
	for _, c := range all {
		for _, a := range addressees {
			if a.ControllerID == c.ID {
				out = append(out, c)
			}
		}
	}
	return out, nil
}

// withDPO gives the servicecenter's letter the contact of the data protection officer, where all who answer have the same one.
func withDPO(sender templates.Controller, to []models.Controller) templates.Controller {
	for i, c := range to {
		if i > 0 && (c.DPOEmail != to[0].DPOEmail || c.DPOPhone != to[0].DPOPhone) {
			return sender
		}
	}
	if len(to) > 0 {
		sender.DPOName, sender.DPOEmail, sender.DPOPhone = to[0].DPOName, to[0].DPOEmail, to[0].DPOPhone
	}
	return sender
}

// ReceiptFile opens a request's receipt for the servicecenter, to be printed. If it is not made yet it is made now.
func (s *Service) ReceiptFile(ctx context.Context, actor models.Actor, number string) (io.ReadSeekCloser, FileView, error) {
	if !actor.HasRole(models.RoleServicecenter) {
		return nil, FileView{}, ErrNotFound
	}
	var r models.Request
	if err := s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		r, err = tx.RequestByNumber(number)
		return err
	}); err != nil {
		return nil, FileView{}, err
	}
	if err := s.makeReceipt(ctx, actor, r.ID); err != nil {
		return nil, FileView{}, err
	}
	return s.openRequestNotice(ctx, actor, r, func(n models.RequestNotice) bool { return n.Kind == models.NoticeReceipt })
}

// IntakeNotice opens one of the letters that the servicecenter has sent about a request.
func (s *Service) IntakeNotice(ctx context.Context, actor models.Actor, number string, id models.FileID) (io.ReadSeekCloser, FileView, error) {
	if !actor.HasRole(models.RoleServicecenter) {
		return nil, FileView{}, ErrNotFound
	}
	var r models.Request
	if err := s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		r, err = tx.RequestByNumber(number)
		return err
	}); err != nil {
		return nil, FileView{}, err
	}
	return s.openRequestNotice(ctx, actor, r, func(n models.RequestNotice) bool { return n.ID == id })
}

// OpenNotice opens for its person one of the letters about a request as a whole. That it was opened is noted, and no clock starts.
func (s *Service) OpenNotice(ctx context.Context, actor models.Actor, number string, id models.FileID) (io.ReadSeekCloser, FileView, error) {
	var r models.Request
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		if r, err = tx.RequestByNumber(number); err != nil {
			return err
		}
		if actor.Kind != models.ResidentKind || r.SubjectID != actor.Subject {
			return ErrNotFound
		}
		return actsStill(tx, r.ID)
	})
	if err != nil {
		return nil, FileView{}, err
	}
	return s.openRequestNotice(ctx, actor, r, func(n models.RequestNotice) bool { return n.ID == id })
}

// openRequestNotice opens the letter that is meant; in the read log before a byte is sent.
func (s *Service) openRequestNotice(ctx context.Context, actor models.Actor, r models.Request, meant func(models.RequestNotice) bool) (io.ReadSeekCloser, FileView, error) {
	var found models.RequestNotice
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		rows, err := tx.RequestNotices(r.ID)
		if err != nil {
			return err
		}
		for _, n := range rows {
			if !meant(n) {
				continue
			}
			found = n
			if actor.Kind == models.ResidentKind {
				if err := tx.OpenedRequestNotice(n.ID); err != nil {
					return err
				}
			}
			return tx.LogReading("notice", models.ControllerID{}, r.ID.UUID())
		}
		return ErrNotFound
	})
	if err != nil {
		return nil, FileView{}, err
	}
	body, err := s.Vault.Open(ctx, r.ID.UUID(), found.ID.UUID())
	return body, noticeView(found, r.Number), err
}
