package workflows

import (
	"context"
	"errors"
	"slices"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/identity"
	"insyn/models"
)

// Behalf is whom a draft is for, when the one who writes it acts for somebody else.
type Behalf struct {
	Kind    models.RepresentationKind `json:"kind"`
	Name    string                    `json:"name"`
	Number  string                    `json:"number"`            // as written
	Mandate string                    `json:"mandate,omitempty"` // what the mandate covers
}

// adult is the age at which a guardian's right to act ends (FB 9 kap. 1 §), in months.
const adult = 18 * 12

// lastDayOfChildhood is the day before the eighteenth birthday. Somebody born on 29 February is eighteen on the 28th here: the
// one day that could be argued about is the child's.
func lastDayOfChildhood(born calendar.Date) calendar.Date { return born.AddMonths(adult).AddDays(-1) }

// mandateFields are the names of the fields that checkMandate speaks of.
type mandateFields struct{ kind, number, until string }

// checkMandate judges the right to act for the person with this number, and finds its last day: the earlier of the one given
// and, for a guardian, the day before the child's eighteenth birthday. A samordningsnummer tells no date of birth: of such a
// child the last day must be given once the mandate is checked.
func checkMandate(f *faults, at mandateFields, kind models.RepresentationKind, person identity.Number, until calendar.Date, checked bool, today calendar.Date) calendar.Date {
	if !slices.Contains(models.RepresentationKinds(), kind) {
		f.add(at.kind, "error.choose-one")
		return until
	}
	if !until.IsZero() && until.Before(today) {
		f.add(at.until, "error.date-past")
	}
	if kind != models.RepGuardian {
		return until
	}
	born, known := person.Born()
	switch {
	case !known:
		if checked && until.IsZero() {
			f.add(at.until, "error.child-until")
		}
	case lastDayOfChildhood(born).Before(today):
		f.add(at.number, "error.child-adult")
	case until.IsZero() || lastDayOfChildhood(born).Before(until):
		until = lastDayOfChildhood(born)
	}
	return until
}

// CheckBehalf says what is wrong with whom a draft is for; self is the number of the one who writes it.
func CheckBehalf(b Behalf, self string, today calendar.Date) []FieldError {
	var f faults
	b.check(&f, self, today)
	return f
}

func (b Behalf) check(f *faults, self string, today calendar.Date) (identity.Number, calendar.Date) {
	name := strings.TrimSpace(b.Name)
	if name == "" {
		f.add("name", "error.name-missing")
	}
	f.long("name", name, nameMax)
	f.long("mandate", b.Mandate, textMax)
	n := f.number("number", b.Number, today.Year)
	if !n.IsZero() && n.String12() == self {
		f.add("number", "error.behalf-self")
	}
	if b.Kind == models.RepGuardian && n.Kind() == identity.Coordination {
		f.add("number", "error.child-coordination")
	}
	return n, checkMandate(f, mandateFields{"kind", "number", "kind"}, b.Kind, n, calendar.Date{}, false, today)
}

// represent makes the person of a draft that is written for somebody else, and the row that says by what right.
func (s *Service) represent(tx *models.Tx, d models.Draft, b Behalf, who Identity, p *models.Person) (*models.Representation, error) {
	var f faults
	n, until := b.check(&f, who.Number, dateOf(tx.Now))
	if err := f.err(); err != nil {
		return nil, err
	}
	p.Agent = &models.Agent{Name: p.Name, Number: p.Number, Kind: b.Kind}
	p.Name, p.Number = strings.TrimSpace(b.Name), n.String12()
	return &models.Representation{RequestID: d.ID, SubjectID: d.SubjectID, Kind: b.Kind, State: models.MandateClaimed, ValidUntil: until,
		MandateText: strings.TrimSpace(b.Mandate)}, nil
}

// VerifyMandate records that the servicecenter has checked the mandate and that it covers what is asked. The paper that was
// sent in is thrown away: what is kept is that it was read, by whom and when.
func (s *Service) VerifyMandate(ctx context.Context, actor models.Actor, number string, version int, how string, until calendar.Date) error {
	return s.settleMandate(ctx, actor, number, version, func(tx *models.Tx, r models.Request, m *models.Representation) (string, error) {
		if m.State != models.MandateClaimed && m.State != models.MandateRejected {
			return "", ErrConflict
		}
		var f faults
		if !slices.Contains(models.MandateChecks(), how) {
			f.add("how", "error.choose-one")
		}
		p, err := tx.RequestPerson(r)
		if err != nil {
			return "", err
		}
		var n identity.Number
		if p.Number != "" {
			if n, err = identity.ParseNumber(p.Number, tx.Now.Year()); err != nil {
				return "", err
			}
		}
		m.ValidUntil = checkMandate(&f, mandateFields{"valid-until", "valid-until", "valid-until"}, m.Kind, n, until, true, dateOf(tx.Now))
		m.State, m.How, m.ReasonText = models.MandateVerified, &how, ""
		if err := f.err(); err != nil {
			return "", err
		}
		return "mandate-verified", tx.DeleteMandates(r.ID)
	})
}

// RejectMandate records that the mandate does not hold, with the reason that the one who acts reads. The request stays: the
// servicecenter asks for what is missing, and without it the controllers refuse.
func (s *Service) RejectMandate(ctx context.Context, actor models.Actor, number string, version int, reason string) error {
	return s.endMandate(ctx, actor, number, version, reason, models.MandateClaimed, models.MandateRejected, "mandate-rejected")
}

// EndMandate records that a mandate that was checked holds no longer: nothing more is given out under it.
func (s *Service) EndMandate(ctx context.Context, actor models.Actor, number string, version int, reason string) error {
	return s.endMandate(ctx, actor, number, version, reason, models.MandateVerified, models.MandateEnded, "mandate-ended")
}

func (s *Service) endMandate(ctx context.Context, actor models.Actor, number string, version int, reason string, from, to models.MandateState, event string) error {
	return s.settleMandate(ctx, actor, number, version, func(_ *models.Tx, _ models.Request, m *models.Representation) (string, error) {
		if m.State != from {
			return "", ErrConflict
		}
		why, err := text("reason", reason)
		m.State, m.ReasonText = to, why
		return event, err
	})
}

// settleMandate changes a mandate in one transaction with its event, and tells the one who acts that there is news.
func (s *Service) settleMandate(ctx context.Context, actor models.Actor, number string, version int,
	settle func(tx *models.Tx, r models.Request, m *models.Representation) (event string, err error),
) error {
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		if !tx.Actor.HasRole(models.RoleServicecenter) {
			return ErrForbidden
		}
		r, err := tx.RequestByNumber(number)
		if err != nil {
			return err
		}
		if r.Version != version {
			return ErrConflict
		}
		m, err := tx.Representation(r.ID)
		if err != nil {
			return err
		}
		from := m.State
		event, err := settle(tx, r, &m)
		if err != nil {
			return err
		}
		if err := tx.TouchRequest(&r); err != nil {
			return err
		}
		if err := tx.SettleMandate(&m, from); err != nil {
			return err
		}
		_, err = tx.RequestEvent(r, event, models.ForSubject, map[string]any{"valid_until": m.ValidUntil})
		return err
	})
}

// mandateOver is why nothing more is given to, or taken from, somebody whose right to act has ended.
func mandateOver() error { return Refusal{Key: "guard.mandate-over"} }

// actsStill refuses somebody whose right to act in a request has ended: the mandate was ended, its last day has passed, or the
// child has turned eighteen. It is asked at every download and everything that they do.
func actsStill(tx *models.Tx, request models.RequestID) error {
	if tx.Actor.Kind != models.ResidentKind {
		return nil
	}
	m, err := tx.Representation(request)
	if errors.Is(err, ErrNotFound) {
		return nil // they act for themselves
	}
	if err == nil && m.Over(dateOf(tx.Now)) {
		return mandateOver()
	}
	return err
}

// filing is how the case's request came in and who acts in it.
func (w *work) filing() (models.CaseFiling, error) { return w.tx.CaseFiling(w.c.ID) }

// Nothing is given to somebody whose identity nobody has checked (art 12.6, R7). A refusal reveals nothing and ends the wait.
func guardIdentity() Guard {
	return Guard{"the identity is checked, or it is refused", func(w *work) error {
		f, err := w.filing()
		if err == nil && f.Unchecked() && !refuses(w.c.Outcome) {
			return Refusal{Key: "guard.identity-unchecked"}
		}
		return err
	}}
}

// Nor to somebody who acts for another without a right to (FL 14–15 §§, EDPB §80).
func guardMandate() Guard {
	return Guard{"the mandate holds today, or it is refused", func(w *work) error {
		f, err := w.filing()
		if err != nil || !f.Represented() || f.InForce(w.today()) || refuses(w.c.Outcome) {
			return err
		}
		switch {
		case f.Over(w.today()):
			return Refusal{Key: "guard.mandate-lapsed"}
		case f.State == models.MandateRejected:
			return Refusal{Key: "guard.mandate-rejected"}
		default:
			return Refusal{Key: "guard.mandate-unchecked"}
		}
	}}
}

func refuses(o *models.Outcome) bool { return o != nil && *o == models.OutcomeRefused }

// unproven tells whether the request can be refused for whom it comes from: the identity is not checked, or the right to act for
// the person does not hold. Such a refusal says nothing of what there is, so that sensitive controllers use it too.
func (w *work) unproven(m material) (bool, error) {
	f, err := w.filing()
	if err != nil {
		return false, err
	}
	return refusableFor(f, m, w.ctl.Sensitive, w.today()), nil
}

func refusableFor(f models.CaseFiling, m material, sensitive bool, today calendar.Date) bool {
	doubtful := f.Unchecked() || f.Represented() && !f.InForce(today)
	return doubtful && m.Released+m.Changed+m.Supplemented == 0 && (!sensitive || m.Withheld+m.Kept == 0)
}
