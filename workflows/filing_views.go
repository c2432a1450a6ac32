package workflows

import (
	"context"
	"encoding/hex"
	"errors"
	"io"

	"insyn/internal/calendar"
	"insyn/models"
)

// offersRight tells whether a right can be asked for.
func offersRight(r models.Right) bool { return RightOf(r).Right == r && r != "" }

// paperOf is the day the paper that a request came on was found, if what was received on that day counts from the working day
// before; zero for all else.
func paperOf(tx *models.Tx, r models.Request, received calendar.Date) (calendar.Date, error) {
	f, err := tx.Filing(r.ID)
	if errors.Is(err, ErrNotFound) {
		return calendar.Date{}, nil
	}
	return models.CaseFiling{ArrivedOn: f.ArrivedOn, Rule: f.Rule}.Paper(received), err
}

// lastToAsk is the last day on which a question stops the clock: without undue delay (EDPB §159), counted from the day the
// request was in somebody's hands.
func (s *Service) lastToAsk(received, paper calendar.Date) calendar.Date {
	if received.Before(paper) {
		received = paper
	}
	return received.AddDays(s.Settings.AskWithin)
}

// fillFiling shows the servicecenter how a request came in and who acts in it; it returns the day of the paper, if any.
func (s *Service) fillFiling(tx *models.Tx, v *IntakeView) (calendar.Date, error) {
	var paper calendar.Date
	var people []models.StaffID
	f, err := tx.Filing(v.Request.ID)
	switch {
	case err == nil:
		v.Filing = &f
		paper = models.CaseFiling{ArrivedOn: f.ArrivedOn, Rule: f.Rule}.Paper(v.Request.ReceivedOn)
		people = append(people, f.RegisteredBy, f.IdentityBy)
	case !errors.Is(err, ErrNotFound):
		return paper, err
	}
	m, err := tx.Representation(v.Request.ID)
	switch {
	case err == nil:
		v.Acting = &m
		people = append(people, m.CheckedBy)
	case !errors.Is(err, ErrNotFound):
		return paper, err
	}
	names, err := tx.StaffNames(present(people))
	if err != nil {
		return paper, err
	}
	v.RegisteredBy, v.IdentityBy, v.CheckedBy = names[f.RegisteredBy], names[f.IdentityBy], names[m.CheckedBy]
	papers, err := tx.Mandates(v.Request.ID)
	if err != nil {
		return paper, err
	}
	for _, p := range papers {
		v.Mandate = append(v.Mandate, mandateView(p))
	}
	due := s.reckonFiled(v.Request.ReceivedOn, paper, nil, false, v.Today)
	v.Due, v.DueSteps = due.Due, due.Steps
	return paper, nil
}

func mandateView(m models.Mandate) FileView {
	return FileView{ID: m.ID, Name: m.NameText, MediaType: m.MediaType, Size: m.Size, SHA256: hex.EncodeToString(m.SHA256)}
}

// AttachMandate streams a power of attorney to a draft. Nobody reads it before it is sent, and then the servicecenter alone.
func (s *Service) AttachMandate(ctx context.Context, actor models.Actor, id models.RequestID, in IncomingFile) (FileView, error) {
	v, err := s.Draft(ctx, actor, id)
	switch {
	case err != nil:
		return FileView{}, err
	case v.Sent:
		return FileView{}, ErrConflict
	case len(v.Mandate) >= s.Settings.UploadCount:
		return FileView{}, invalid("file", "error.too-many-files")
	}
	f, err := s.storeFile(ctx, storing{key: models.IDFrom[models.Case](id.UUID()), subject: actor.Subject, draft: id,
		purpose: models.FileAttachment, field: "file"}, in)
	if err != nil {
		return FileView{}, err
	}
	m := &models.Mandate{ID: f.ID, RequestID: id, SubjectID: actor.Subject, NameText: f.NameText, MediaType: f.MediaType, Size: f.Size, SHA256: f.SHA256}
	err = s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		var form DraftForm
		d, err := tx.Draft(id, &form)
		if err != nil {
			return err
		}
		if d.SubmittedAt != nil {
			return ErrConflict
		}
		return tx.InsertMandate(m)
	})
	return mandateView(*m), err
}

// DetachMandate removes a power of attorney from a draft.
func (s *Service) DetachMandate(ctx context.Context, actor models.Actor, id models.RequestID, file models.FileID) error {
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		err := tx.DeleteMandate(id, file)
		if errors.Is(err, ErrConflict) {
			return ErrNotFound
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.Vault.Delete(ctx, file.UUID())
}

// OpenMandate opens a power of attorney that was sent in, for the servicecenter's check. The reading is in the log first.
func (s *Service) OpenMandate(ctx context.Context, actor models.Actor, number string, file models.FileID) (io.ReadSeekCloser, FileView, error) {
	var found models.Mandate
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		if !actor.HasRole(models.RoleServicecenter) {
			return ErrNotFound
		}
		r, err := tx.RequestByNumber(number)
		if err != nil {
			return err
		}
		papers, err := tx.Mandates(r.ID)
		if err != nil {
			return err
		}
		for _, m := range papers {
			if m.ID == file {
				found = m
				return tx.LogReading("mandate", models.ControllerID{}, r.ID.UUID())
			}
		}
		return ErrNotFound
	})
	if err != nil {
		return nil, FileView{}, err
	}
	body, err := s.Vault.Open(ctx, found.RequestID.UUID(), found.ID.UUID())
	return body, mandateView(found), err
}

// standing is how requests came in and by what right they are made.
type standing struct {
	filings map[models.RequestID]*models.Filing
	acting  map[models.RequestID]*models.Representation
	names   map[models.RequestID]string // of the person, where somebody else asks
}

func standingOf(tx *models.Tx, rows []models.Request) (standing, error) {
	of := standing{filings: map[models.RequestID]*models.Filing{}, acting: map[models.RequestID]*models.Representation{}, names: map[models.RequestID]string{}}
	ids := make([]models.RequestID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	filings, err := tx.FilingsOf(ids)
	if err != nil {
		return of, err
	}
	for i := range filings {
		of.filings[filings[i].RequestID] = &filings[i]
	}
	acting, err := tx.RepresentationsOf(ids)
	if err != nil {
		return of, err
	}
	for i := range acting {
		of.acting[acting[i].RequestID] = &acting[i]
	}
	for _, r := range rows {
		if of.acting[r.ID] == nil {
			continue
		}
		p, err := tx.RequestPerson(r)
		if err != nil {
			return of, err
		}
		of.names[r.ID] = p.Name
	}
	return of, nil
}

// paper is the day to explain a request's receipt by, or zero.
func (m MyRequest) paper() calendar.Date {
	if m.Filing == nil {
		return calendar.Date{}
	}
	return models.CaseFiling{ArrivedOn: m.Filing.ArrivedOn, Rule: m.Filing.Rule}.Paper(m.ReceivedOn)
}

// shut leaves of a request whose right to act has ended that it was made, and nothing of what happened in it.
func (m MyRequest) shut() MyRequest {
	if !m.Over {
		return m
	}
	m.Cases, m.Question, m.Timeline, m.CanWithdraw, m.Due, m.DueSteps = nil, nil, nil, false, calendar.Date{}, nil
	m.Notices, m.Forwardings = nil, nil
	return m
}
