package workflows

import (
	"context"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
	"insyn/models"
	"insyn/templates"
)

type preparedExtend struct {
	Extend
	notice
}

// prepare makes the notice of the extension: why, the new last day, under which delegation, and that a complaint is possible.
func (in Extend) prepare(ctx context.Context, s *Service, actor models.Actor, on On) (Input, error) {
	n, err := s.prepareNotice(ctx, actor, on, in, func(w *work) (templates.Notice, error) {
		reason, err := in.check()
		if err != nil {
			return nil, err
		}
		head, err := w.noticeHead()
		if err != nil {
			return nil, err
		}
		due, err := w.extended()
		if err != nil {
			return nil, err
		}
		by, err := w.tx.StaffByID(w.tx.Actor.Staff)
		if err != nil {
			return nil, err
		}
		d, err := w.extensionDelegation()
		if err != nil {
			return nil, err
		}
		return templates.ExtensionDoc{NoticeHead: head, Before: w.c.DueOn, Until: due.Extended, Steps: due.Steps, Ground: in.Ground, Reason: reason,
			DecidedBy: by.Name, Title: by.Title, DelegationNumber: d.Number}, nil
	})
	return preparedExtend{in, n}, err
}

// extended is the due date as it becomes with the extension.
func (w *work) extended() (deadline.Response, error) {
	pauses, err := w.tx.Pauses(w.c.ID)
	if err != nil {
		return deadline.Response{}, err
	}
	f, err := w.filing()
	if err != nil {
		return deadline.Response{}, err
	}
	return w.s.reckonFiled(w.c.ReceivedOn, f.Paper(w.c.ReceivedOn), pauses, true, w.today()), nil
}

// extensionDelegation is the delegation under which the actor may extend.
func (w *work) extensionDelegation() (models.Delegation, error) {
	all, err := w.tx.DelegationsFor(w.c.ControllerID, DecisionExtension, w.today())
	if err != nil {
		return models.Delegation{}, err
	}
	for _, d := range all {
		if d.StaffID == w.tx.Actor.Staff {
			return d, nil
		}
	}
	return models.Delegation{}, Refusal{Key: "guard.no-delegation"}
}

type preparedAsk struct {
	Ask
	notice
}

// prepare makes the request to complete: what is needed, why, until when, how to answer, and what happens otherwise (FL 20 §).
func (in Ask) prepare(ctx context.Context, s *Service, actor models.Actor, on On) (Input, error) {
	n, err := s.prepareNotice(ctx, actor, on, in, func(w *work) (templates.Notice, error) {
		question, by, err := in.check(w)
		if err != nil {
			return nil, err
		}
		head, err := w.noticeHead()
		if err != nil {
			return nil, err
		}
		person, err := w.tx.CasePerson(*w.c)
		return templates.CompletionDoc{NoticeHead: head, Reason: in.Reason, Question: question, AnswerBy: by, Portal: person.Answer == "portal"}, err
	})
	return preparedAsk{in, n}, err
}

// The time a person is given to answer: at least a week, and not for ever (FL 20 §).
const (
	answerDays      = 14 // where nothing else is said
	answerDaysLeast = 7
	answerDaysMost  = 90
)

// AnswerBy is the day until which a person who is asked on a day may answer, where nothing else is said.
func AnswerBy(asked calendar.Date) calendar.Date { return asked.AddDays(answerDays) }

// answerBy reads until when the person may answer.
func answerBy(chosen, today calendar.Date) (calendar.Date, error) {
	switch {
	case chosen.IsZero():
		return AnswerBy(today), nil
	case chosen.Before(today.AddDays(answerDaysLeast)):
		return chosen, Invalid{[]FieldError{{Field: "answer-by", Key: "error.answer-by-soon", Args: map[string]any{"date": today.AddDays(answerDaysLeast)}}}}
	case chosen.After(today.AddDays(answerDaysMost)):
		return chosen, Invalid{[]FieldError{{Field: "answer-by", Key: "error.answer-by-late", Args: map[string]any{"date": today.AddDays(answerDaysMost)}}}}
	default:
		return chosen, nil
	}
}

type preparedServe struct {
	Serve
	notice
}

// prepare makes the notice of service: when the person counts as having got the decision, and the last day to appeal (domain P9).
func (in Serve) prepare(ctx context.Context, s *Service, actor models.Actor, on On) (Input, error) {
	n, err := s.prepareNotice(ctx, actor, on, in, func(w *work) (templates.Notice, error) {
		evidence, err := in.check(w)
		if err != nil {
			return nil, err
		}
		return w.serviceNotice(models.Service{Method: in.Method, ServedOn: in.ServedOn, EvidenceText: evidence})
	})
	return preparedServe{in, n}, err
}

// serviceNotice draws the notice of a service that is about to be recorded. The first service counts.
func (w *work) serviceNotice(v models.Service) (templates.Notice, error) {
	head, err := w.noticeHead()
	if err != nil {
		return nil, err
	}
	d := templates.ServiceDoc{NoticeHead: head, Method: v.Method, On: v.ServedOn, DecidedOn: dateOf(*w.c.DecidedAt)}
	until := appealFrom(v.Method, v.ServedOn)
	d.Served = until.Served
	before, err := w.tx.Services(w.c.ID)
	if err != nil {
		return nil, err
	}
	if len(before) > 0 && !w.c.AppealUntil.IsZero() {
		until = appealFrom(before[0].Method, before[0].ServedOn)
		d.Earlier = until.Served
	}
	if _, appealable := remedyFor(w.c.Right, *w.c.Outcome, w.ctl.Kind); appealable {
		d.Until, d.Steps = until.Due, until.Steps
	}
	return d, nil
}

// appealFrom reckons the last day to appeal from how and when a decision was served.
func appealFrom(method string, on calendar.Date) deadline.Appeal {
	if method == "simplified" {
		return deadline.ForAppealSimplified(on)
	}
	return deadline.ForAppeal(on)
}
