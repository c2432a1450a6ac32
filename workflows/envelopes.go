package workflows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/models"
)

// SealEnvelope has the controller leave the printed decision in a sealed envelope at the servicecenter, to be handed over.
type SealEnvelope struct{}

func (SealEnvelope) action() Action { return ActionSealEnvelope }

// ActionSealEnvelope leaves a sealed envelope at the servicecenter.
const ActionSealEnvelope Action = "seal-envelope"

// doSealEnvelope stores that the envelope lies there. There is one at a time.
func doSealEnvelope(w *work) error {
	e := &models.Envelope{ID: models.NewID[models.Envelope](), CaseID: w.c.ID, ControllerID: w.c.ControllerID, SubjectID: w.c.SubjectID}
	w.event["envelope"] = e.ID
	if err := w.tx.InsertEnvelope(e); err != nil {
		return err
	}
	return w.sealedPosting()
}

// EnvelopeRow is an envelope as the servicecenter sees it: whose it is and from whom, and nothing of what is in it.
type EnvelopeRow struct {
	ID         models.ID[models.Envelope]
	Request    string // number
	Number     string // of the case
	Person     string // whom it is handed to
	Controller string
	SealedAt   time.Time
}

// Envelopes lists the envelopes that wait at the servicecenter, oldest first.
func (s *Service) Envelopes(ctx context.Context, actor models.Actor) ([]EnvelopeRow, error) {
	var out []EnvelopeRow
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		if !actor.HasRole(models.RoleServicecenter) {
			return ErrForbidden
		}
		rows, err := tx.WaitingEnvelopes(pageSize)
		if err != nil || len(rows) == 0 {
			return err
		}
		out, err = s.envelopeRows(tx, rows)
		return err
	})
	return seen(out, err)
}

func (s *Service) envelopeRows(tx *models.Tx, rows []models.Envelope) ([]EnvelopeRow, error) {
	ids := make([]models.CaseID, len(rows))
	for i, e := range rows {
		ids[i] = e.CaseID
	}
	public, err := tx.PublicOfCases(ids)
	if err != nil {
		return nil, err
	}
	controllers, err := s.controllersByID(tx)
	if err != nil {
		return nil, err
	}
	var out []EnvelopeRow
	var shown []uuid.UUID
	for _, e := range rows {
		i := slices.IndexFunc(public, func(c models.CasePublic) bool { return c.CaseID == e.CaseID })
		if i < 0 {
			continue
		}
		r, err := tx.Request(public[i].RequestID)
		if err != nil {
			return nil, err
		}
		p, err := tx.RequestPerson(r)
		if err != nil {
			return nil, err
		}
		shown = append(shown, r.ID.UUID())
		out = append(out, EnvelopeRow{ID: e.ID, Request: r.Number, Number: public[i].Number, Person: p.Receiver(),
			Controller: controllers[e.ControllerID].Name, SealedAt: e.SealedAt})
	}
	return out, tx.LogReading("envelopes", models.ControllerID{}, shown...)
}

// HandOverEnvelope records that the envelope was handed over to whoever it is for, whose identity was checked as said. The case
// enters it as its service, and the appeal period begins. Who stands for somebody else must still have the right to.
func (s *Service) HandOverEnvelope(ctx context.Context, actor models.Actor, id models.ID[models.Envelope], how models.IdentityMethod) error {
	return s.moveEnvelope(ctx, actor, id, func(tx *models.Tx, e models.Envelope, c models.CasePublic) (string, error) {
		switch how {
		case models.IdentityShown, models.IdentityKnown, models.IdentityBankID:
		default:
			return "", invalid("identity", "error.choose-one")
		}
		m, err := tx.Representation(c.RequestID)
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return "", err
		case m.Over(dateOf(tx.Now)):
			return "", mandateOver()
		}
		if err := tx.HandOverEnvelope(e.ID, how); err != nil {
			return "", err
		}
		return "envelope-handed", promise(tx, models.Job{Kind: string(JobServeEnvelope), Key: "serve-envelope:" + e.ID.String(), RequestID: c.RequestID,
			CaseID: e.CaseID, ControllerID: e.ControllerID}, nil)
	})
}

// ReturnEnvelope records that the envelope went back to its controller: nobody came for it.
func (s *Service) ReturnEnvelope(ctx context.Context, actor models.Actor, id models.ID[models.Envelope]) error {
	return s.moveEnvelope(ctx, actor, id, func(tx *models.Tx, e models.Envelope, _ models.CasePublic) (string, error) {
		return "envelope-returned", tx.ReturnEnvelope(e.ID)
	})
}

// moveEnvelope does something with a waiting envelope, in one transaction with its event in the request's chain.
func (s *Service) moveEnvelope(ctx context.Context, actor models.Actor, id models.ID[models.Envelope],
	move func(tx *models.Tx, e models.Envelope, c models.CasePublic) (event string, err error),
) error {
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		if !actor.HasRole(models.RoleServicecenter) {
			return ErrForbidden
		}
		e, err := tx.Envelope(id)
		if err != nil {
			return err
		}
		public, err := tx.PublicOfCases([]models.CaseID{e.CaseID})
		if err != nil {
			return err
		}
		if len(public) == 0 {
			return ErrNotFound
		}
		event, err := move(tx, e, public[0])
		if err != nil {
			return err
		}
		r, err := tx.Request(public[0].RequestID)
		if err != nil {
			return err
		}
		_, err = tx.RequestEvent(r, event, models.ForStaff, map[string]any{"case": e.CaseID, "envelope": e.ID})
		return err
	})
}

// serveEnvelope enters in the case that its envelope was handed over: the service that starts the appeal clock. The person is
// told of it in a letter, as of every service that the registrator records.
func (s *Service) serveEnvelope(ctx context.Context, j models.Job) error {
	n, err := s.envelopeNotice(ctx, j)
	if err != nil {
		return err
	}
	return s.effect(ctx, j, func(tx *models.Tx, j models.Job) error {
		c, err := tx.LockCase(j.CaseID)
		if err != nil {
			return err
		}
		w, e, err := s.handed(tx, c)
		if errors.Is(err, ErrNotFound) {
			return errNeedless
		}
		if err != nil {
			return err
		}
		if err := tx.ServeEnvelope(e.ID); err != nil {
			return err
		}
		by, err := tx.StaffByID(e.HandedBy)
		if err != nil {
			return err
		}
		how := s.Templates.T("sv", "desk.identity."+*e.Identity, nil)
		evidence := s.Templates.T("sv", "desk.envelope.evidence", map[string]any{"name": by.Name, "when": calendar.FormatInstant(*e.HandedAt, "sv"), "how": how})
		if err := w.served(&models.Service{Method: "handed-over", ServedOn: dateOf(*e.HandedAt), EvidenceText: evidence, StaffID: e.HandedBy}); err != nil {
			return fmt.Errorf("serve envelope: %w", err)
		}
		if err := w.give(n); err != nil {
			return err
		}
		return w.commit("served", models.ForStaff)
	})
}

// handed finds the case's envelope that was handed over and is not entered as its service yet.
func (s *Service) handed(tx *models.Tx, c models.Case) (*work, models.Envelope, error) {
	e, err := tx.HandedEnvelope(c.ID)
	if err != nil {
		return nil, e, err
	}
	ctl, err := tx.Controller(c.ControllerID)
	return &work{s: s, tx: tx, c: &c, ctl: ctl, from: c.State, event: map[string]any{"envelope": e.ID}}, e, err
}

// envelopeNotice makes the notice of service of an envelope that was handed over; the zero notice if it is entered already.
func (s *Service) envelopeNotice(ctx context.Context, j models.Job) (n notice, err error) {
	var c models.Case
	var d document
	err = s.system(ctx, func(tx *models.Tx) (err error) {
		if c, err = tx.Case(j.CaseID); err != nil {
			return err
		}
		w, e, err := s.handed(tx, c)
		if err != nil {
			return err
		}
		doc, err := w.serviceNotice(models.Service{Method: "handed-over", ServedOn: dateOf(*e.HandedAt)})
		if err != nil {
			return err
		}
		n.day = w.today()
		d, err = s.drawNotice(c.Language, c.Number, doc)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return notice{}, nil
	}
	if err != nil {
		return n, err
	}
	n.file, err = s.storeDocument(ctx, c, d)
	return n, err
}
