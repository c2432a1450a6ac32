package workflows

import (
	"context"
	"io"

	"insyn/models"
)

// PreviewForm is what a preview is drawn as.
type PreviewForm struct {
	PDF    bool // as it would be sealed; else as a page
	Masked bool // with officials' names left out
}

// Preview is the decision letter as it would be sealed now: for the decision maker, the ombud who proposes it, and the DSO who
// is offered it. Nothing is stored; the reading is logged. A character that cannot be printed is Invalid.
func (s *Service) Preview(ctx context.Context, actor models.Actor, number string, as PreviewForm) ([]byte, error) {
	var body []byte
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		w, err := s.proposed(tx, number)
		if err != nil {
			return err
		}
		if body, err = w.preview(as); err != nil {
			return err
		}
		return tx.LogReading("preview", w.c.ControllerID, w.c.ID.UUID())
	})
	return seen(body, err)
}

// PreviewExtract is the extract for reading as it would be released now, for the same people and as long as Preview. The reading
// is logged; what is given then writes the PDF as a stream, and nothing is stored. A right that is not answered by copies has
// none: ErrNotFound.
func (s *Service) PreviewExtract(ctx context.Context, actor models.Actor, number string) (func(io.Writer) error, error) {
	var x *extract
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		w, err := s.proposed(tx, number)
		if err != nil {
			return err
		}
		if RightOf(w.c.Right).Works != WorksCopies {
			return ErrNotFound
		}
		person, err := w.tx.CasePerson(*w.c)
		if err != nil {
			return err
		}
		if x, err = w.extract(person); err != nil {
			return err
		}
		return tx.LogReading("preview-extract", w.c.ControllerID, w.c.ID.UUID())
	})
	if err != nil {
		return nil, err
	}
	return func(to io.Writer) error {
		if err := x.findTables(ctx); err != nil {
			return err
		}
		return x.writePDF(ctx, to)
	}, nil
}

// proposed is a case whose answer is proposed and not decided, for those who may see what it will be; else ErrNotFound.
func (s *Service) proposed(tx *models.Tx, number string) (*work, error) {
	c, err := tx.CaseByNumber(number)
	if err != nil {
		return nil, err
	}
	if !contains(states(models.CaseInReview, models.CaseReady), c.State) || !may(tx.Actor, c, []Who{WhoOmbud, WhoDecider, WhoDSO}) {
		return nil, ErrNotFound
	}
	ctl, err := tx.Controller(c.ControllerID)
	return &work{s: s, tx: tx, c: &c, ctl: ctl, from: c.State, event: map[string]any{}}, err
}

func (w *work) preview(as PreviewForm) ([]byte, error) {
	a, err := w.likelyAuthority()
	if err != nil {
		return nil, err
	}
	a.masked = as.Masked && w.ctl.Kind.Authority()
	person, err := w.tx.CasePerson(*w.c)
	if err != nil {
		return nil, err
	}
	d, err := w.letter(a, person)
	if err != nil {
		return nil, err
	}
	if !as.PDF {
		return d.page()
	}
	body, _, err := d.sealable()
	return body, err
}

// likelyAuthority is who will decide, as far as can be said: the reader if they may, else the first who holds a delegation.
func (w *work) likelyAuthority() (authority, error) {
	all, err := w.tx.DelegationsFor(w.c.ControllerID, decisionKind(w.c.Right, *w.c.Outcome), w.today())
	if err != nil {
		return authority{}, err
	}
	a, by := authority{}, w.tx.Actor.Staff
	for i, d := range all {
		if i == 0 || d.StaffID == w.tx.Actor.Staff {
			a.delegation, a.number, by = d.ID, d.Number, d.StaffID
		}
	}
	a.by, err = w.tx.StaffByID(by)
	return a, err
}
