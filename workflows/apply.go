package workflows

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
)

// work is one action on one case inside its transaction.
type work struct {
	s        *Service
	tx       *models.Tx
	c        *models.Case
	ctl      models.Controller
	in       Input
	from     models.CaseState
	event    map[string]any // what the event says: ids, codes and dates
	promises []JobKind      // what the row of the table allows to be promised
	after    []func(seq int64) error

	loadedSearches []models.Search
	loadedCounts   []models.ItemCount
	loadedWithheld []models.Item
	loadedReviews  []models.Review
	loadedMeasures []models.Measure
	loadedManifest []byte
}

// Apply takes a transition of a case. It is the only door through which a case changes state. Errors: ErrNotFound,
// ErrForbidden, ErrConflict (another version or state), Refusal (a guard), Invalid (the input).
func (s *Service) Apply(ctx context.Context, actor models.Actor, on On, in Input) error {
	if p, ok := in.(preparing); ok {
		prepared, err := p.prepare(ctx, s, actor, on)
		if err != nil {
			return err
		}
		in = prepared
	}
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error { return s.apply(tx, on, in) })
}

// preparing is an input that must make files before its transaction: file stores may be far away, and no transaction waits
// for them. What is prepared holds only for the version it was prepared from.
type preparing interface {
	prepare(ctx context.Context, s *Service, actor models.Actor, on On) (Input, error)
}

// apply is Apply inside a transaction that is already open.
func (s *Service) apply(tx *models.Tx, on On, in Input) error {
	w, err := s.begin(tx, on, in)
	if err != nil {
		return err
	}
	t, err := w.transition()
	if err != nil {
		return err
	}
	if !w.current(on) {
		return ErrConflict
	}
	for _, g := range t.Guards {
		if err := g.Check(w); err != nil {
			return err
		}
	}
	w.promises = t.Promises
	if len(t.To) == 1 {
		w.c.State = t.To[0]
	}
	if err := t.Do(w); err != nil {
		return err
	}
	if !slices.Contains(t.Ends(w.from), w.c.State) {
		return fmt.Errorf("%s: the table has no way to %s", t.Action, w.c.State)
	}
	return w.commit(t.Event, t.Audience)
}

// Record makes a write that changes no state: same shape of transaction, actor, event and version.
func (s *Service) Record(ctx context.Context, actor models.Actor, on On, in Input) error {
	if p, ok := in.(preparing); ok {
		prepared, err := p.prepare(ctx, s, actor, on)
		if err != nil {
			return err
		}
		in = prepared
	}
	return again(func() error {
		return s.Store.InTx(ctx, actor, func(tx *models.Tx) error { return s.record(tx, on, in) })
	}, isFree(in))
}

// again tries once more when somebody else's write came between, for what may follow on any version.
func again(do func() error, free bool) error {
	err := do()
	for range 9 {
		if !free || !errors.Is(err, ErrConflict) {
			break
		}
		err = do()
	}
	return err
}

func isFree(in Input) bool {
	r, ok := recordOf(in.action())
	return ok && r.Free
}

// errAlready: the record is there already, word for word; a form that was sent twice.
var errAlready = errors.New("recorded already")

func (s *Service) record(tx *models.Tx, on On, in Input) error {
	w, err := s.begin(tx, on, in)
	if err != nil {
		return err
	}
	r, ok := recordOf(in.action())
	switch {
	case !ok:
		return fmt.Errorf("no record %s", in.action())
	case !may(tx.Actor, *w.c, r.Who) || !r.fits(*w.c):
		return ErrForbidden
	case !w.current(on) && !r.Free, !slices.Contains(r.In, w.c.State):
		return ErrConflict
	}
	w.promises = r.Promises
	if err := r.Do(w); errors.Is(err, errAlready) {
		return nil
	} else if err != nil {
		return err
	}
	return w.commit(r.Event, r.Audience)
}

func recordOf(a Action) (Record, bool) {
	rs := Records()
	i := slices.IndexFunc(rs, func(r Record) bool { return r.Action == a })
	if i < 0 {
		return Record{}, false
	}
	return rs[i], true
}

// begin loads the case and its controller. The case is held, so that of any number who act at once the first wins, and the
// others see what it did: a conflict, and never a broken constraint.
func (s *Service) begin(tx *models.Tx, on On, in Input) (*work, error) {
	c, err := tx.LockCase(on.Case)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(models.CaseStates(), c.State) {
		return nil, fmt.Errorf("case state %s is unknown", c.State)
	}
	if err := actsStill(tx, c.RequestID); err != nil {
		return nil, err
	}
	ctl, err := tx.Controller(c.ControllerID)
	if err != nil {
		return nil, err
	}
	return &work{s: s, tx: tx, c: &c, ctl: ctl, in: in, from: c.State, event: map[string]any{}}, nil
}

// current tells whether the form was drawn from the case as it is now. A job has no form. The person's form is held to the
// state alone: what the officers do inside must not be felt outside, least of all at a sensitive controller.
func (w *work) current(on On) bool {
	return w.tx.Actor.Kind != models.StaffKind || on.Version == w.c.Version
}

// transition finds the row of the table for the action from the case's state.
func (w *work) transition() (Transition, error) {
	allowed := false
	for _, t := range Transitions() {
		if t.Action != w.in.action() || !may(w.tx.Actor, *w.c, t.Who) {
			continue
		}
		allowed = true
		if slices.Contains(t.From, w.c.State) {
			return t, nil
		}
	}
	if !allowed {
		return Transition{}, ErrForbidden
	}
	return Transition{}, ErrConflict
}

// commit appends the event, then writes the case guarded by its version and state. Whoever lost the race rolls back.
func (w *work) commit(event string, audience models.Audience) error {
	seq, err := w.tx.CaseEvent(*w.c, event, audience, w.event)
	if err != nil {
		return err
	}
	for _, f := range w.after {
		if err := f(seq); err != nil {
			return err
		}
	}
	return w.tx.MoveCase(w.c, w.from)
}

// today is the civil date of the transaction.
func (w *work) today() calendar.Date { return calendar.DateOf(w.tx.Now) }

// promise stores a job of the case. The key names the effect within the case; the table must allow the kind.
func (w *work) promise(kind JobKind, key string, at time.Time, data map[string]any) error {
	if !slices.Contains(w.promises, kind) {
		return fmt.Errorf("%s promises %s, which the table does not say", w.in.action(), kind)
	}
	return promise(w.tx, models.Job{Kind: string(kind), Key: key, RequestID: w.c.RequestID, CaseID: w.c.ID, ControllerID: w.c.ControllerID, RunAt: at}, data)
}

func promise(tx *models.Tx, j models.Job, data map[string]any) error {
	if len(data) > 0 {
		b, err := json.Marshal(data)
		if err != nil {
			return fmt.Errorf("encode job: %w", err)
		}
		j.Data = b
	}
	return tx.Promise(j)
}

// moveClock reckons the due date anew once the event that moves it has its number.
func (w *work) moveClock() {
	w.after = append(w.after, func(seq int64) error {
		pauses, err := w.tx.Pauses(w.c.ID)
		if err != nil {
			return err
		}
		f, err := w.filing()
		if err != nil {
			return err
		}
		return setClock(w.c, w.s.reckonFiled(w.c.ReceivedOn, f.Paper(w.c.ReceivedOn), pauses, w.c.Extended, w.today()), seq)
	})
}

func (w *work) searches() ([]models.Search, error) {
	if w.loadedSearches == nil {
		rows, err := w.tx.Searches(w.c.ID)
		if err != nil {
			return nil, err
		}
		w.loadedSearches = rows
	}
	return w.loadedSearches, nil
}

// counts tells how much material there is; the material itself is read a page at a time.
func (w *work) counts() ([]models.ItemCount, error) {
	if w.loadedCounts == nil {
		rows, err := w.tx.CountItems(w.c.ID)
		if err != nil {
			return nil, err
		}
		w.loadedCounts = rows
	}
	return w.loadedCounts, nil
}

// withheldItems are the items that are not released, without what they say.
func (w *work) withheldItems() ([]models.Item, error) {
	if w.loadedWithheld == nil {
		rows := []models.Item{}
		err := w.tx.EachItem(w.c.ID, models.ItemQuery{Disposition: models.Withhold, Heads: true}, func(i models.Item) error {
			rows = append(rows, i)
			return nil
		})
		if err != nil {
			return nil, err
		}
		w.loadedWithheld = rows
	}
	return w.loadedWithheld, nil
}

func (w *work) reviews() ([]models.Review, error) {
	if w.loadedReviews == nil {
		rows, err := w.tx.Reviews(w.c.ID)
		if err != nil {
			return nil, err
		}
		w.loadedReviews = rows
	}
	return w.loadedReviews, nil
}

func (w *work) material() (material, error) {
	searches, err := w.searches()
	if err != nil {
		return material{}, err
	}
	items, err := w.counts()
	if err != nil {
		return material{}, err
	}
	measures, err := w.measures()
	if err != nil {
		return material{}, err
	}
	return weigh(searches, items, measures), nil
}

func (w *work) measures() ([]models.Measure, error) {
	if w.loadedMeasures == nil {
		rows, err := w.tx.Measures(w.c.ID)
		if err != nil {
			return nil, err
		}
		w.loadedMeasures = rows
	}
	return w.loadedMeasures, nil
}
