package workflows

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"insyn/internal/calendar"
	"insyn/internal/postgres"
	"insyn/models"
)

// isDuplicate tells whether a row was there already.
func isDuplicate(err error) bool {
	state, _ := postgres.ErrorCode(err)
	return state == postgres.CodeUniqueViolation
}

// InquiryItem is a line of the desk's lists.
type InquiryItem struct {
	ID         models.InquiryID
	Number     string
	State      models.InquiryState
	Tier       int
	Direct     bool
	Topic      string
	ReceivedOn calendar.Date
	Since      calendar.Date // in the state it is in
	Controller string        // whose ombud or DSO has it
	Protected  bool
}

// InquiryDesk is one desk's part of the list: what it has to answer, and what it has answered.
type InquiryDesk struct {
	Tier     int
	Open     []InquiryItem
	Answered []InquiryItem
	More     bool // there are more open ones than are shown
	PassedOn []InquiryItem
}

// Inquiries lists the inquiries of every desk that the actor works at: the servicecenter's with what it has passed on, the ombud's,
// the DSO's. What went straight to the DSO is in the DSO's and nowhere else.
func (s *Service) Inquiries(ctx context.Context, actor models.Actor) ([]InquiryDesk, error) {
	var out []InquiryDesk
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		names, err := s.controllersByID(tx)
		if err != nil {
			return err
		}
		var shown []uuid.UUID
		for _, tier := range inquiryTiers(actor) {
			d, ids, err := inquiryDesk(tx, tier, names)
			if err != nil {
				return err
			}
			out, shown = append(out, d), append(shown, ids...)
		}
		if len(out) == 0 {
			return ErrForbidden
		}
		return tx.LogReading("inquiries", models.ControllerID{}, shown...)
	})
	return seen(out, err)
}

// inquiryTiers are the desks that the actor works at.
func inquiryTiers(a models.Actor) []int {
	var out []int
	for tier, role := range map[int]models.Role{models.TierServicecenter: models.RoleServicecenter, models.TierOmbud: models.RoleOmbud, models.TierDSO: models.RoleDSO} {
		if a.HasRole(role) {
			out = append(out, tier)
		}
	}
	slices.Sort(out)
	return out
}

func inquiryDesk(tx *models.Tx, tier int, names map[models.ControllerID]models.Controller) (InquiryDesk, []uuid.UUID, error) {
	d := InquiryDesk{Tier: tier}
	var shown []uuid.UUID
	list := func(rows []models.Inquiry) []InquiryItem {
		items := make([]InquiryItem, 0, len(rows))
		for _, q := range rows {
			if !mayInquiry(tx.Actor, q, []Who{WhoServicecenter, WhoOmbud, WhoDSO}) && q.Tier == tier {
				continue // had once, at another controller of the same tier
			}
			items, shown = append(items, inquiryItem(q, names)), append(shown, q.ID.UUID())
		}
		return items
	}
	open, err := tx.InquiriesOf(tier, models.InquiryOpen, time.Time{}, models.InquiryID{}, pageSize+1)
	if err != nil {
		return d, nil, err
	}
	if d.More = len(open) > pageSize; d.More {
		open = open[:pageSize]
	}
	answered, err := tx.InquiriesOf(tier, models.InquiryAnswered, time.Time{}, models.InquiryID{}, pageSize)
	if err != nil {
		return d, nil, err
	}
	d.Open, d.Answered = list(open), list(answered)
	if tier == models.TierServicecenter {
		passed, err := tx.PassedOn(tier, pageSize)
		if err != nil {
			return d, nil, err
		}
		for _, q := range passed {
			d.PassedOn, shown = append(d.PassedOn, inquiryItem(q, names)), append(shown, q.ID.UUID())
		}
	}
	return d, shown, nil
}

func inquiryItem(q models.Inquiry, names map[models.ControllerID]models.Controller) InquiryItem {
	i := InquiryItem{ID: q.ID, Number: q.Number, State: q.State, Tier: q.Tier, Direct: q.Direct, Topic: q.Topic, ReceivedOn: q.ReceivedOn,
		Since: calendar.DateOf(q.StateSince), Protected: q.Protected}
	switch q.Tier {
	case models.TierOmbud:
		i.Controller = names[q.ControllerID].Name
	case models.TierDSO:
		i.Controller = names[q.DPOControllerID].Name
	}
	return i
}

// OpenInquiries counts what the actor's desks have to answer, for the menu.
func (s *Service) OpenInquiries(ctx context.Context, actor models.Actor) (int, error) {
	total := 0
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		for _, tier := range inquiryTiers(actor) {
			n, err := tx.CountInquiries(tier)
			if err != nil {
				return err
			}
			total += n
		}
		return nil
	})
	return total, err
}

// InquiryView is an inquiry as a desk may see it.
type InquiryView struct {
	Inquiry       models.Inquiry
	Item          InquiryItem
	Contact       models.Contact // name and address only
	Known         bool           // the asker has logged in with an e-ID
	Messages      []InquiryLine
	Actions       []InquiryAction
	Controllers   []models.Controller // whom it can be passed on to, or a request can go to
	RequestNumber string              // of the request it became, for those who may know
	Hidden        bool                // there is a later part of the thread that is another tier's
}

// InquiryLine is one message of a thread.
type InquiryLine struct {
	Direction string
	Staff     string // who wrote it, on the desk; empty for the asker
	Tier      int
	At        time.Time
	Text      string
}

// Can tells whether the reader may take an action now.
func (v InquiryView) Can(a InquiryAction) bool { return slices.Contains(v.Actions, a) }

// InquiryPage shows an inquiry to a desk that has it, or has had it.
func (s *Service) InquiryPage(ctx context.Context, actor models.Actor, number string) (InquiryView, error) {
	var v InquiryView
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		q, err := tx.InquiryByNumber(number)
		if err != nil {
			return err
		}
		names, err := s.controllersByID(tx)
		if err != nil {
			return err
		}
		v.Inquiry, v.Item = q, inquiryItem(q, names)
		who, err := tx.InquiryContact(q)
		if err != nil {
			return err
		}
		v.Known = who.Number != "" && !q.SubjectID.IsZero()
		v.Contact = models.Contact{Name: who.Name, Email: who.Email}
		if v.Messages, err = inquiryLines(tx, q.ID); err != nil {
			return err
		}
		v.Actions = inquiryActions(actor, q, v.Known)
		v.Hidden = !mayInquiry(actor, q, []Who{WhoServicecenter, WhoOmbud, WhoDSO})
		if v.Controllers, err = tx.ControllersOn(dateOf(tx.Now)); err != nil {
			return err
		}
		if r, err := tx.Request(q.RequestID); err == nil && !q.RequestID.IsZero() {
			v.RequestNumber = r.Number
		} else if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		return tx.LogReading("inquiry", models.ControllerID{}, q.ID.UUID())
	})
	return seen(v, err)
}

// inquiryActions lists what the actor may do now: by the table, and of the two ways to a request the one that fits the asker.
func inquiryActions(a models.Actor, q models.Inquiry, known bool) []InquiryAction {
	var out []InquiryAction
	for _, t := range InquiryTransitions() {
		if _, err := inquiryTransition(a, q, t.Action); err != nil || slices.Contains(out, t.Action) {
			continue
		}
		if known := known && !q.Protected; (t.Action == InquiryActConvert && !known) || (t.Action == InquiryActOffer && known) ||
			(t.Action == InquiryActClaim && q.Offer == nil) {
			continue
		}
		out = append(out, t.Action)
	}
	return out
}

func inquiryLines(tx *models.Tx, id models.InquiryID) ([]InquiryLine, error) {
	all, err := tx.InquiryMessages(id)
	if err != nil {
		return nil, err
	}
	var people []models.StaffID
	for _, m := range all {
		people = append(people, m.StaffID)
	}
	names := map[models.StaffID]string{}
	if tx.Actor.Kind == models.StaffKind {
		if names, err = tx.StaffNames(present(people)); err != nil {
			return nil, err
		}
	}
	out := make([]InquiryLine, 0, len(all))
	for _, m := range all {
		out = append(out, InquiryLine{Direction: m.Direction, Staff: names[m.StaffID], Tier: m.Tier, At: m.CreatedAt, Text: m.Text})
	}
	return out, nil
}

// MyInquiry is an inquiry as its asker sees it.
type MyInquiry struct {
	ID          models.InquiryID
	Number      string
	State       models.InquiryState
	Tier        int
	Direct      bool
	ReceivedOn  calendar.Date
	With        string // whose ombud or DSO has it
	Messages    []InquiryLine
	CanFollowUp bool
	// Offer: it was found to be a request, which the asker may confirm. To are the controllers it would go to.
	Offer         bool
	Right         models.Right
	To            []string
	RequestNumber string
}

// MyInquiries lists the person's inquiries, newest first, without their threads.
func (s *Service) MyInquiries(ctx context.Context, actor models.Actor) ([]MyInquiry, error) {
	var out []MyInquiry
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		rows, err := tx.OwnInquiries(50)
		if err != nil || len(rows) == 0 {
			return err
		}
		names, err := s.controllersByID(tx)
		if err != nil {
			return err
		}
		shown := make([]uuid.UUID, len(rows))
		for i, q := range rows {
			out, shown[i] = append(out, myInquiry(actor, q, names)), q.ID.UUID()
		}
		return tx.LogReading("my-inquiries", models.ControllerID{}, shown...)
	})
	return seen(out, err)
}

func myInquiry(a models.Actor, q models.Inquiry, names map[models.ControllerID]models.Controller) MyInquiry {
	m := MyInquiry{ID: q.ID, Number: q.Number, State: q.State, Tier: q.Tier, Direct: q.Direct, ReceivedOn: q.ReceivedOn, With: inquiryItem(q, names).Controller}
	_, err := inquiryTransition(a, q, InquiryActFollowUp)
	m.CanFollowUp = err == nil
	if _, err := inquiryTransition(a, q, InquiryActClaim); err == nil && q.Offer != nil {
		if o, err := offered(q); err == nil {
			m.Offer, m.Right = true, o.Right
			for _, c := range o.Controllers {
				m.To = append(m.To, names[c].Name)
			}
		}
	}
	return m
}

// MyInquiry shows one of the person's inquiries, by its number.
func (s *Service) MyInquiry(ctx context.Context, actor models.Actor, number string) (MyInquiry, error) {
	return s.oneInquiry(ctx, actor, func(tx *models.Tx) (models.Inquiry, error) { return tx.InquiryByNumber(number) })
}

// InquiryByCode shows the inquiry whose one-time code was shown.
func (s *Service) InquiryByCode(ctx context.Context, actor models.Actor) (MyInquiry, error) {
	return s.oneInquiry(ctx, actor, func(tx *models.Tx) (models.Inquiry, error) { return tx.Inquiry(actor.Inquiry) })
}

func (s *Service) oneInquiry(ctx context.Context, actor models.Actor, load func(tx *models.Tx) (models.Inquiry, error)) (MyInquiry, error) {
	var out MyInquiry
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		q, err := load(tx)
		if err != nil {
			return err
		}
		if !mayInquiry(actor, q, []Who{WhoPerson, WhoInquirer}) {
			return ErrNotFound
		}
		names, err := s.controllersByID(tx)
		if err != nil {
			return err
		}
		out = myInquiry(actor, q, names)
		if out.Messages, err = inquiryLines(tx, q.ID); err != nil {
			return err
		}
		if actor.Kind == models.ResidentKind && !q.RequestID.IsZero() {
			r, err := tx.Request(q.RequestID)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
			out.RequestNumber = r.Number
		}
		return tx.LogReading("my-inquiry", models.ControllerID{}, q.ID.UUID())
	})
	return seen(out, err)
}
