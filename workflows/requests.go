package workflows

import (
	"context"
	"fmt"
	"slices"
	"time"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/templates"
)

// RequestAction names a transition of the shared part of a request.
type RequestAction string

// The transitions of a request.
const (
	RequestFanOut   RequestAction = "fan-out"
	RequestAsk      RequestAction = "ask-person"
	RequestAnswer   RequestAction = "person-answers"
	RequestWithdraw RequestAction = "withdraw"
	RequestSettle   RequestAction = "settle"
)

// RequestTransition is a row of the request machine.
type RequestTransition struct {
	Action   RequestAction
	From     []models.RequestState
	To       models.RequestState
	Who      []Who
	Event    string
	Audience models.Audience
}

// WhoServicecenter coordinates the shared part of a request and never sees a case.
const WhoServicecenter = Who(models.RoleServicecenter)

// RequestTransitions is the machine of the shared part.
func RequestTransitions() []RequestTransition {
	rs := func(s ...models.RequestState) []models.RequestState { return s }
	return []RequestTransition{
		{RequestFanOut, rs(models.RequestSubmitted), models.RequestActive, []Who{WhoSystem}, "fanned-out", models.ForSubject},
		{RequestAsk, rs(models.RequestActive), models.RequestAwaiting, []Who{WhoServicecenter}, "person-asked", models.ForSubject},
		{RequestAnswer, rs(models.RequestAwaiting), models.RequestActive, []Who{WhoPerson, WhoServicecenter}, "person-answered", models.ForSubject},
		{RequestWithdraw, rs(models.RequestSubmitted, models.RequestActive, models.RequestAwaiting), models.RequestWithdrawn, []Who{WhoPerson}, "request-withdrawn", models.ForSubject},
		{RequestSettle, rs(models.RequestActive, models.RequestAwaiting), models.RequestClosed, []Who{WhoSystem}, "request-closed", models.ForSubject},
	}
}

func mayRequest(a models.Actor, r models.Request, who []Who) bool {
	return slices.ContainsFunc(who, func(w Who) bool {
		switch w {
		case WhoPerson:
			return a.Kind == models.ResidentKind && a.Subject == r.SubjectID
		case WhoSystem:
			return a.Kind == models.SystemKind
		case WhoServicecenter:
			return a.HasFor(models.RoleServicecenter, models.ControllerID{}, r.Protected)
		default:
			return false
		}
	})
}

// mayMove asks the table whether the actor may take a transition of a request from the version: ErrForbidden or ErrConflict
// if not. Version 0 is an action without a form.
func mayMove(a models.Actor, r models.Request, version int, action RequestAction) error {
	_, err := requestStep(a, r, version, action)
	return err
}

func requestStep(a models.Actor, r models.Request, version int, action RequestAction) (RequestTransition, error) {
	allowed := false
	for _, t := range RequestTransitions() {
		if t.Action != action || !mayRequest(a, r, t.Who) {
			continue
		}
		allowed = true
		if slices.Contains(t.From, r.State) && (version == 0 || version == r.Version) {
			return t, nil
		}
	}
	if !allowed {
		return RequestTransition{}, ErrForbidden
	}
	return RequestTransition{}, ErrConflict
}

// moveRequest takes a transition of a request inside its transaction. version 0 is an action without a form.
func (s *Service) moveRequest(tx *models.Tx, r *models.Request, version int, action RequestAction, data map[string]any) error {
	t, err := requestStep(tx.Actor, *r, version, action)
	if err != nil {
		return err
	}
	// The row before its chain, as everyone who writes to both: who meets waits, and none deadlocks.
	if err := tx.MoveRequest(r, t.To); err != nil {
		return err
	}
	_, err = tx.RequestEvent(*r, t.Event, t.Audience, data)
	return err
}

// WithdrawRequest takes back a request and every case of it that is not answered.
func (s *Service) WithdrawRequest(ctx context.Context, actor models.Actor, number string, version int) error {
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		r, err := tx.RequestByNumber(number)
		if err != nil {
			return err
		}
		if err := actsStill(tx, r.ID); err != nil {
			return err
		}
		if err := s.moveRequest(tx, &r, version, RequestWithdraw, nil); err != nil {
			return err
		}
		cases, err := tx.CasesOfRequest(r.ID)
		if err != nil {
			return err
		}
		for _, c := range cases {
			if !withdrawable(c.State) {
				continue
			}
			if err := s.apply(tx, On{Case: c.ID}, Withdraw{}); err != nil {
				return err
			}
		}
		return promise(tx, models.Job{Kind: string(JobMailPerson), Key: "mail:withdrawn:" + r.ID.String(), RequestID: r.ID}, map[string]any{"mail": "withdrawn"})
	})
}

// withdrawable tells whether the table lets a case in this state be taken back.
func withdrawable(state models.CaseState) bool {
	return slices.ContainsFunc(Transitions(), func(t Transition) bool {
		return t.Action == ActionWithdraw && slices.Contains(t.From, state)
	})
}

// AskPerson puts the servicecenter's question about the request as a whole; it pauses its cases that have not come far. The
// person gets the request to complete as a letter (FL 20 §). until is the last day to answer; zero: AnswerBy the day.
func (s *Service) AskPerson(ctx context.Context, actor models.Actor, number string, version int, question string, until calendar.Date) error {
	var by calendar.Date
	n, err := s.preparedRequest(ctx, actor, number, func(tx *models.Tx, r models.Request) (_ templates.Notice, err error) {
		if question, by, err = s.checkQuestion(tx, r, question, until); err != nil {
			return nil, err
		}
		if err := mayMove(tx.Actor, r, version, RequestAsk); err != nil {
			return nil, err
		}
		head, p, err := s.requestHead(tx, r)
		return templates.CompletionDoc{NoticeHead: head, Reason: pauseRequest, Question: question, AnswerBy: by, Portal: p.Answer == "portal"}, err
	})
	if err != nil {
		return err
	}
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		r, err := tx.RequestByNumber(number)
		if err != nil {
			return err
		}
		if _, _, err := s.checkQuestion(tx, r, question, by); err != nil {
			return err
		}
		if err := s.moveRequest(tx, &r, version, RequestAsk, n.bound()); err != nil {
			return err
		}
		if err := n.give(tx); err != nil {
			return err
		}
		if err := tx.InsertRequestPause(&models.RequestPause{ID: models.NewID[models.RequestPause](), RequestID: r.ID, SubjectID: r.SubjectID,
			FromDate: dateOf(tx.Now), AnswerBy: by}, question); err != nil {
			return err
		}
		if err := s.eachCase(tx, r, JobPauseCase); err != nil {
			return err
		}
		return promise(tx, models.Job{Kind: string(JobMailPerson), Key: fmt.Sprintf("mail:question:%s:%d", r.ID, r.Version), RequestID: r.ID},
			map[string]any{"mail": "question"})
	})
}

// checkQuestion reads the servicecenter's question and until when the person may answer; one that comes late stops no clock.
func (s *Service) checkQuestion(tx *models.Tx, r models.Request, question string, until calendar.Date) (string, calendar.Date, error) {
	question, err := text("text", question)
	if err != nil {
		return "", until, err
	}
	if lacking := printable("text", question); len(lacking) > 0 {
		return "", until, Invalid{lacking}
	}
	by, err := answerBy(until, dateOf(tx.Now))
	if err != nil {
		return "", by, err
	}
	paper, err := paperOf(tx, r, r.ReceivedOn)
	if err != nil {
		return "", by, err
	}
	if last := s.lastToAsk(r.ReceivedOn, paper); dateOf(tx.Now).After(last) {
		return "", by, Refusal{"guard.too-late-to-ask", map[string]any{"date": last}}
	}
	return question, by, nil
}

// eachCase promises a job for every case of a request: the servicecenter cannot touch a case itself.
func (s *Service) eachCase(tx *models.Tx, r models.Request, kind JobKind) error {
	cases, err := tx.PublicOfRequests([]models.RequestID{r.ID})
	if err != nil {
		return err
	}
	for _, c := range cases {
		if c.Done {
			continue
		}
		if err := promise(tx, models.Job{Kind: string(kind), Key: fmt.Sprintf("%s:%s:%d", kind, c.CaseID, r.Version), RequestID: r.ID,
			CaseID: c.CaseID, ControllerID: c.ControllerID}, nil); err != nil {
			return err
		}
	}
	return nil
}

// AnswerRequest takes the person's own answer to the servicecenter.
func (s *Service) AnswerRequest(ctx context.Context, actor models.Actor, number string, version int, answer string) error {
	return s.answerRequest(ctx, actor, number, version, answer)
}

// RecordAnswer writes down what the person answered by phone or at the desk (FL 27 §).
func (s *Service) RecordAnswer(ctx context.Context, actor models.Actor, number string, version int, answer string) error {
	return s.answerRequest(ctx, actor, number, version, answer)
}

func (s *Service) answerRequest(ctx context.Context, actor models.Actor, number string, version int, answer string) error {
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		r, err := tx.RequestByNumber(number)
		if err != nil {
			return err
		}
		answer, err := text("text", answer)
		if err != nil {
			return err
		}
		if err := actsStill(tx, r.ID); err != nil {
			return err
		}
		if err := s.moveRequest(tx, &r, version, RequestAnswer, nil); err != nil {
			return err
		}
		if err := tx.AnswerRequestPause(r, answer, dateOf(tx.Now)); err != nil {
			return err
		}
		return s.eachCase(tx, r, JobResumeCase)
	})
}

// AddController sends the request to one more controller, with the servicecenter's reason. A controller added at the
// person's wish gets its own date of receipt: today (domain.md 9).
func (s *Service) AddController(ctx context.Context, actor models.Actor, number string, version int, c models.ControllerID, reason string) error {
	id := models.NewID[models.Case]()
	if err := s.Sealer.CreateKey(ctx, id.UUID()); err != nil {
		return err
	}
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		r, err := s.coordinate(tx, number, version)
		if err != nil {
			return err
		}
		if r.Protected {
			return Refusal{Key: "guard.protected-addressees"}
		}
		reason, err := text("reason", reason)
		if err != nil {
			return invalid("reason", "error.reasons-missing")
		}
		ctl, err := tx.Controller(c)
		if err != nil || !ctl.ExistsOn(dateOf(tx.Now)) {
			return invalid("controller", "error.choose-one")
		}
		known, err := tx.Addressees(r.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(known, func(a models.Addressee) bool { return a.ControllerID == c }) {
			return invalid("controller", "error.choose-one")
		}
		if err := tx.InsertAddressee(&models.Addressee{RequestID: r.ID, ControllerID: c, CaseID: id, SubjectID: r.SubjectID,
			ReceivedOn: dateOf(tx.Now), AddedBy: "servicecenter"}, reason); err != nil {
			return err
		}
		if _, err := tx.RequestEvent(r, "controller-added", models.ForSubject, map[string]any{"controller": c}); err != nil {
			return err
		}
		return promise(tx, models.Job{Kind: string(JobFanOut), Key: "fan-out:" + r.ID.String() + ":" + id.String(), RequestID: r.ID}, nil)
	})
}

// RemoveController takes a case back at the person's recorded wish; the servicecenter removes none of its own accord (P2).
func (s *Service) RemoveController(ctx context.Context, actor models.Actor, number string, version int, id models.CaseID, wish string) error {
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		r, err := s.coordinate(tx, number, version)
		if err != nil {
			return err
		}
		wish, err := text("wish", wish)
		if err != nil {
			return err
		}
		a, err := tx.AddresseeByCase(id)
		if err != nil {
			return err
		}
		if a.RequestID != r.ID {
			return ErrNotFound
		}
		made, err := tx.PublicOfRequests([]models.RequestID{r.ID})
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(made, func(c models.CasePublic) bool { return c.CaseID == id && !c.Done }) {
			return ErrConflict // the case is being made this moment, or is done
		}
		q := &models.RequestPause{ID: models.NewID[models.RequestPause](), RequestID: r.ID, SubjectID: r.SubjectID, FromDate: dateOf(tx.Now), ToDate: dateOf(tx.Now)}
		if err := tx.InsertWish(q, wish); err != nil {
			return err
		}
		if _, err := tx.RequestEvent(r, "controller-removed", models.ForSubject, map[string]any{"controller": a.ControllerID, "case": id}); err != nil {
			return err
		}
		return promise(tx, models.Job{Kind: string(JobWithdrawCase), Key: "withdraw-case:" + id.String(), RequestID: r.ID, CaseID: id,
			ControllerID: a.ControllerID, RunAt: time.Time{}}, nil)
	})
}

// coordinate loads a request for a write by the servicecenter that changes no state, and takes its next version.
func (s *Service) coordinate(tx *models.Tx, number string, version int) (models.Request, error) {
	if !tx.Actor.HasRole(models.RoleServicecenter) {
		return models.Request{}, ErrForbidden
	}
	r, err := tx.RequestByNumber(number)
	if err != nil {
		return r, err
	}
	if err := coordinated(r, version); err != nil {
		return r, err
	}
	return r, tx.TouchRequest(&r)
}

// coordinated tells whether the servicecenter works with a request, at the version its form was drawn from.
func coordinated(r models.Request, version int) error {
	if r.Version != version || (r.State != models.RequestActive && r.State != models.RequestAwaiting) {
		return ErrConflict
	}
	return nil
}
