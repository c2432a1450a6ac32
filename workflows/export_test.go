package workflows

import (
	"context"
	"io"

	"insyn/internal/calendar"
	"insyn/models"
)

// SystemInput is the input of an action that only jobs take.
func SystemInput(a Action) Input {
	for _, in := range []Input{reviewTimeout{}, releaseCase{}, closeCase{}, pauseForRequest{}, resumeForRequest{}} {
		if in.action() == a {
			return in
		}
	}
	return nil
}

// PassOn is a paper that a member of staff at the servicecenter took in.
func PassOn(by models.StaffID, on calendar.Date) Input {
	return passOn{id: models.NewID[models.Appeal](), channel: models.AppealDesk, arrived: on, by: by}
}

// ActionOf names an input's action.
func ActionOf(in Input) Action { return in.action() }

// StepRequest takes one step of the request machine and nothing else.
func (s *Service) StepRequest(ctx context.Context, actor models.Actor, number string, version int, a RequestAction) error {
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		r, err := tx.RequestByNumber(number)
		if err != nil {
			return err
		}
		return s.moveRequest(tx, &r, version, a, nil)
	})
}

// FileName cleans the name of an upload.
func FileName(name string) string { return fileName(name) }

// CloseInquiry is the input of the action that only the watch takes.
func CloseInquiry() InquiryInput { return closeInquiry{} }

// LastDayOfChildhood is the day before the eighteenth birthday.
func LastDayOfChildhood(born calendar.Date) calendar.Date { return lastDayOfChildhood(born) }

// ExtractDocuments are the documents of a case's extract as it stands, by purpose: what writes each.
func (s *Service) ExtractDocuments(ctx context.Context, actor models.Actor, number string) (map[string]func(io.Writer) error, error) {
	var x *extract
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		w, err := s.proposed(tx, number)
		if err != nil {
			return err
		}
		person, err := tx.CasePerson(*w.c)
		if err != nil {
			return err
		}
		x, err = w.extract(person)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := x.findTables(ctx); err != nil {
		return nil, err
	}
	out := map[string]func(io.Writer) error{}
	for _, d := range x.documents(ctx) {
		out[d.purpose] = d.write
	}
	return out, nil
}
