package workflows

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/models"
)

// NewRegistration draws an empty form: its id becomes the request's.
func (s *Service) NewRegistration() models.RequestID { return models.NewID[models.Request]() }

// errFiled: the form was sent before.
var errFiled = errors.New("filed already")

// Register writes down a request that somebody makes at the desk, by phone or by letter. Number, request, addressees, what is
// said to each, the events and the fan-out commit together. A form that was sent already gives the same number again; one that
// was sent and then filled with something else is refused with that number. Errors: ErrForbidden, Invalid, Refusal.
func (s *Service) Register(ctx context.Context, actor models.Actor, in Registration) (string, error) {
	if !actor.HasRole(models.RoleServicecenter) {
		return "", ErrForbidden
	}
	if in.Form.IsZero() {
		return "", ErrConflict
	}
	known, err := s.Controllers(ctx, actor)
	if err != nil {
		return "", err
	}
	today := calendar.DateOf(s.Clock.Now())
	p, err := in.check(known, today)
	if err != nil {
		return "", err
	}
	if number, err := s.filed(ctx, actor, in, p); !errors.Is(err, ErrNotFound) {
		return number, err
	}
	subject, err := s.subjectOf(ctx, actor, in, p)
	if err != nil {
		return "", err
	}
	cases := make([]models.CaseID, len(in.To))
	keys := []uuid.UUID{in.Form.UUID()}
	for i := range cases {
		cases[i] = models.NewID[models.Case]()
		keys = append(keys, cases[i].UUID())
	}
	for _, k := range keys {
		if err := s.Sealer.CreateKey(ctx, k); err != nil {
			return "", err
		}
	}
	var number string
	err = s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		number, err = s.register(tx, in, p, subject, cases)
		return err
	})
	if errors.Is(err, errFiled) {
		// Two presses at once: the other was first. Its keys are the request's; those of our cases are nobody's.
		for _, k := range keys[1:] {
			if err := s.Sealer.DestroyKey(ctx, k); err != nil {
				return "", err
			}
		}
		return s.filed(ctx, actor, in, p)
	}
	if err != nil {
		return "", err
	}
	// Whoever stands at the desk gets the receipt in the hand. If it cannot be made this moment, the promised job makes it.
	if err := s.makeReceipt(ctx, actor, in.Form); err != nil {
		s.Log.WarnContext(ctx, "receipt left to its job", slog.String("code", FailureCode(err)))
	}
	return number, nil
}

// filed is the number of the request that the form made when it was sent before; ErrNotFound if it has made none.
func (s *Service) filed(ctx context.Context, actor models.Actor, in Registration, p people) (string, error) {
	var number string
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		r, err := tx.Request(in.Form)
		if err != nil {
			return err
		}
		is, err := tx.RequestPerson(r)
		if err != nil {
			return err
		}
		if is.Name != p.person.Name || is.Number != p.person.Number {
			return Refusal{"guard.registered-before", map[string]any{"number": r.Number}}
		}
		number = r.Number
		return nil
	})
	return number, err
}

// subjectOf finds or makes whoever asks. The request of somebody with protected personal data is for a colleague who is cleared.
func (s *Service) subjectOf(ctx context.Context, actor models.Actor, in Registration, p people) (models.SubjectID, error) {
	var id models.SubjectID
	err := s.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) (err error) {
		if p.party.IsZero() {
			id, err = tx.SubjectWithoutNumber(in.Form)
		} else {
			id, err = tx.SubjectByToken(s.Lookup.Token([]byte("subject"), p.party.String12()))
		}
		if err != nil {
			return err
		}
		protected, err := tx.SubjectProtected(id)
		if err == nil && protected && !actor.HasFor(models.RoleServicecenter, models.ControllerID{}, true) {
			return Refusal{Key: "guard.cleared-only"}
		}
		return err
	})
	return id, err
}

func (s *Service) register(tx *models.Tx, in Registration, p people, subject models.SubjectID, cases []models.CaseID) (string, error) {
	day := calendar.DateOf(tx.Now)
	n, err := tx.NextNumber("INS", day.Year)
	if err != nil {
		return "", err
	}
	// The counter is held: whoever sent the same form at the same time is before us or after us.
	if _, err := tx.Request(in.Form); !errors.Is(err, ErrNotFound) {
		if err == nil {
			err = errFiled
		}
		return "", err
	}
	received, _ := ReceivedOn(in.Channel, in.Rule, in.ArrivedOn)
	r := &models.Request{ID: in.Form, Number: fmt.Sprintf("INS-%04d-%05d", day.Year, n), SubjectID: subject, Right: in.Right,
		State: models.RequestSubmitted, Language: in.Language, ReceivedAt: tx.Now, ReceivedOn: received}
	if err := tx.InsertRequest(r, p.person); err != nil {
		return "", err
	}
	rule := models.RuleAsArrived
	if in.Channel == models.ChannelLetter {
		rule = in.Rule
	}
	if err := tx.InsertFiling(&models.Filing{RequestID: r.ID, SubjectID: subject, Channel: in.Channel, ArrivedOn: in.ArrivedOn, Rule: rule,
		Identity: in.Identity}); err != nil {
		return "", err
	}
	if err := s.registerMandate(tx, in, p, *r); err != nil {
		return "", err
	}
	for i, a := range in.To {
		if err := tx.InsertAddressee(&models.Addressee{RequestID: r.ID, ControllerID: a.Controller, CaseID: cases[i], SubjectID: subject,
			ReceivedOn: received, AddedBy: "subject"}, ""); err != nil {
			return "", err
		}
		if err := tx.InsertConcern(&models.Concern{CaseID: cases[i], ControllerID: a.Controller, SubjectID: subject}, a.About); err != nil {
			return "", err
		}
	}
	if _, err := tx.RequestEvent(*r, "request-registered", models.ForSubject, map[string]any{"n": len(cases), "received": received,
		"arrived": in.ArrivedOn, "channel": in.Channel, "rule": rule, "identity": in.Identity}); err != nil {
		return "", err
	}
	if err := promise(tx, models.Job{Kind: string(JobFanOut), Key: "fan-out:" + r.ID.String(), RequestID: r.ID}, nil); err != nil {
		return "", err
	}
	if p.person.Email == "" {
		return r.Number, nil // the receipt is printed
	}
	return r.Number, promise(tx, models.Job{Kind: string(JobMailPerson), Key: "mail:receipt:" + r.ID.String(), RequestID: r.ID},
		map[string]any{"mail": "receipt"})
}

// registerMandate stores by what right somebody asks for another.
func (s *Service) registerMandate(tx *models.Tx, in Registration, p people, r models.Request) error {
	if in.For == "" {
		return nil
	}
	m := &models.Representation{RequestID: r.ID, SubjectID: r.SubjectID, Kind: in.For, State: models.MandateClaimed, ValidUntil: p.until,
		MandateText: in.Mandate}
	if in.MandateHow != "" {
		m.State, m.How = models.MandateVerified, &in.MandateHow
	}
	return tx.InsertRepresentation(m)
}

// CheckIdentity records that the servicecenter has checked who asks: how, by whom and when, and nothing else.
func (s *Service) CheckIdentity(ctx context.Context, actor models.Actor, number string, version int, how models.IdentityMethod) error {
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		r, err := s.coordinate(tx, number, version)
		if err != nil {
			return err
		}
		switch how {
		case models.IdentityShown, models.IdentityKnown, models.IdentityCallBack, models.IdentityBankID, models.IdentityRegistered:
		default:
			return invalid("identity", "error.choose-one")
		}
		if err := tx.CheckIdentity(r.ID, how); err != nil {
			return err
		}
		_, err = tx.RequestEvent(r, "identity-checked", models.ForSubject, map[string]any{"how": how})
		return err
	})
}
