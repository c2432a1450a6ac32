package workflows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/mail"
	"insyn/models"
)

// AskForm is a question on its way in.
type AskForm struct {
	// Form is a random text that the form carries: however often it is sent, there is one inquiry.
	Form string
	// From is the network address it came from, kept as a keyed hash in a count of tries and nowhere else; empty is not counted.
	From     string
	Text     string
	Topic    string // one of InquiryTopics, or empty
	Email    string // where word of the answer goes; demanded without a login
	Language string // sv or en
	// Direct sends it straight to the DSO, of the controller if one is named.
	Direct     bool
	Controller models.ControllerID
	Who        *Identity // who has logged in; nil without a login
}

// InquiryTopics lists what a question can be said to be about, as codes.
func InquiryTopics() []string {
	return []string{"what-you-have", "wrong", "erase", "consent", "how-used", "shared", "other"}
}

// InquiryRights lists the rights that a question can turn out to be a request for.
func InquiryRights() []models.Right {
	var out []models.Right
	for _, r := range Rights() {
		out = append(out, r.Right)
	}
	return out
}

// Limits of how often something may be tried in a window. The network address may be a whole library's or workplace's.
type limit struct {
	scope  string
	most   int
	window time.Duration
}

func askLimits() (from, address, person limit) {
	return limit{"ask-from", 30, time.Hour}, limit{"ask-address", 10, 24 * time.Hour}, limit{"ask-person", 30, 24 * time.Hour}
}

// Ask receives a question and returns its number. Without a login the actor is anonymous.
func (s *Service) Ask(ctx context.Context, actor models.Actor, in AskForm) (string, error) {
	if err := in.check(actor); err != nil {
		return "", err
	}
	sent := s.Lookup.Token([]byte("inquiry-form"), in.Form)
	if q, err := s.inquirySent(ctx, sent); !errors.Is(err, ErrNotFound) {
		return q.Number, err // the same form, sent twice
	}
	if err := s.countAsking(ctx, actor, in); err != nil {
		return "", err
	}
	q := &models.Inquiry{ID: models.NewID[models.Inquiry](), Tier: models.TierServicecenter, Language: in.Language, Topic: in.Topic,
		SubjectID: actor.Subject, SentToken: sent}
	if actor.Kind != models.ResidentKind {
		actor = models.InquirerActor(q.ID)
	}
	if err := s.Sealer.CreateKey(ctx, q.ID.UUID()); err != nil {
		return "", err
	}
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) error { return s.receiveInquiry(tx, q, in) })
	if errors.Is(err, ErrConflict) || isDuplicate(err) {
		// A second press of the button was first.
		first, err := s.inquirySent(ctx, sent)
		return first.Number, err
	}
	return q.Number, err
}

// check says what is missing or wrong in the form.
func (in *AskForm) check(actor models.Actor) error {
	var faults []FieldError
	body, err := text("text", in.Text)
	var wrong Invalid
	if errors.As(err, &wrong) {
		faults = append(faults, wrong.Fields...)
	}
	in.Text, in.Email = body, strings.TrimSpace(in.Email)
	switch {
	case in.Email == "" && actor.Kind != models.ResidentKind:
		faults = append(faults, FieldError{Field: "email", Key: "error.inquiry-email-missing"})
	case in.Email != "" && !mail.ValidAddress(in.Email):
		faults = append(faults, FieldError{Field: "email", Key: "error.email-form"})
	}
	if in.Topic != "" && !slices.Contains(InquiryTopics(), in.Topic) {
		faults = append(faults, FieldError{Field: "topic", Key: "error.choose-one"})
	}
	if in.Language != "sv" && in.Language != "en" {
		faults = append(faults, FieldError{Field: "language", Key: "error.choose-one"})
	}
	if len(in.Form) < 16 || len(in.Form) > 64 {
		faults = append(faults, FieldError{Field: "text", Key: "error.inquiry-form"})
	}
	if len(faults) > 0 {
		return Invalid{faults}
	}
	return nil
}

func (s *Service) inquirySent(ctx context.Context, token []byte) (models.Inquiry, error) {
	var q models.Inquiry
	err := s.system(ctx, func(tx *models.Tx) (err error) {
		q, err = tx.InquirySent(token)
		return err
	})
	return q, err
}

// receiveInquiry stores the question where it belongs: with the servicecenter, or straight with the DSO.
func (s *Service) receiveInquiry(tx *models.Tx, q *models.Inquiry, in AskForm) error {
	series, year := models.SeriesInquiry, calendar.DateOf(tx.Now).Year
	if in.Direct {
		ctl, err := s.dpoController(tx, in.Controller)
		if err != nil {
			return err
		}
		q.Direct, q.Tier, q.DPOControllerID, series = true, models.TierDSO, ctl.ID, models.SeriesDirect
	}
	n, err := tx.NextNumber(series, year)
	if err != nil {
		return err
	}
	q.Number = fmt.Sprintf("%s-%04d-%05d", series, year, n)
	who := models.Contact{Email: in.Email}
	if in.Who != nil && !q.SubjectID.IsZero() {
		who.Name, who.Number = in.Who.Name, in.Who.Number
	}
	if err := tx.InsertInquiry(q, who); err != nil {
		return err
	}
	if err := tx.InsertInquiryMessage(*q, models.FromAsker, in.Text); err != nil {
		return err
	}
	if _, err := tx.InquiryEvent(*q, "inquiry-received", models.ForSubject, map[string]any{"tier": q.Tier}); err != nil {
		return err
	}
	if !q.Direct {
		return nil // the servicecenter works from its list
	}
	return promise(tx, models.Job{Kind: string(JobNotifyTier), Key: "notify-tier:" + q.ID.String() + ":0", InquiryID: q.ID},
		map[string]any{"mail": "inquiry-direct", "role": models.RoleDSO, "controller": q.DPOControllerID})
}

// countAsking counts the question against the limits. It says the same to everybody.
func (s *Service) countAsking(ctx context.Context, actor models.Actor, in AskForm) error {
	from, address, person := askLimits()
	tries := []try{{from, in.From}}
	if actor.Kind == models.ResidentKind {
		tries = append(tries, try{person, actor.Subject.String()})
	} else {
		tries = append(tries, try{address, strings.ToLower(in.Email)})
	}
	return s.count(ctx, tries...)
}

// try is something that is limited, by whom or for what. An empty value is not counted.
type try struct {
	limit limit
	by    string
}

// count notes the tries, each also when another is over its limit, and refuses if any is. The counts commit before anything else
// happens, so that what is refused counts too.
func (s *Service) count(ctx context.Context, tries ...try) error {
	over := false
	err := s.system(ctx, func(tx *models.Tx) error {
		for _, t := range tries {
			if t.by == "" {
				continue
			}
			n, err := tx.Hit(t.limit.scope, s.Lookup.Token([]byte("limit-"+t.limit.scope), t.by), tx.Now.Truncate(t.limit.window))
			if err != nil {
				return err
			}
			over = over || n > t.limit.most
		}
		return nil
	})
	if err == nil && over {
		return Refusal{Key: "guard.too-many-tries"}
	}
	return err
}
