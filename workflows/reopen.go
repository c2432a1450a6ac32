package workflows

import (
	"context"
	"io"
	"slices"

	"insyn/models"
)

// ReopenAnswer gives a file again that the person has opened with OpenAnswer: the download goes on, or is repeated. It asks
// everything again that opening asks, and is in the read log; but it is no receipt and serves nothing, and what was never
// opened is not there.
func (s *Service) ReopenAnswer(ctx context.Context, actor models.Actor, id models.FileID) (io.ReadSeekCloser, FileView, error) {
	var f models.File
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		var err error
		if f, err = openable(tx, id); err != nil {
			return err
		}
		if f.ReleasedAt != nil {
			receipts, err := tx.Deliveries(f.CaseID)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(receipts, func(d models.Delivery) bool { return d.FileID == id }) {
				return ErrNotFound
			}
		}
		return tx.LogReading("answer", f.ControllerID, id.UUID())
	})
	if err != nil {
		return nil, FileView{}, err
	}
	return s.openReleased(ctx, actor, f)
}

// openable is a file of the person's own that they, or whoever acts for them, may open today.
func openable(tx *models.Tx, id models.FileID) (models.File, error) {
	f, err := tx.File(id)
	if err != nil {
		return f, err
	}
	if f.SubjectID != tx.Actor.Subject || tx.Actor.Kind != models.ResidentKind {
		return f, ErrNotFound
	}
	c, err := tx.Case(f.CaseID)
	if err != nil {
		return f, err
	}
	return f, actsStill(tx, c.RequestID)
}
