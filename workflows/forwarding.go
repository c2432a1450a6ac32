package workflows

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/templates"
)

// ActionForward sends on what was meant for somebody else.
const ActionForward Action = "forward"

// Forward is that something in a request was meant for somebody else and has been sent on: copies of public documents, a party's
// insight, copies of a journal, or a matter for another authority (FL 6–8 §§; domain R13, P7). It never stands in for the answer
// to the request, whose state it does not touch. What was sent is told in the words of what the person sent in: that there is
// anything to find is nobody's to know from it.
type Forward struct {
	Kind    string // one of models.ForwardKinds
	What    string
	To      string // name of whom it was sent to
	Address string
	On      calendar.Date
	// Agreed: the person wants it sent on. Asked where the person has protected personal data: each place they are known at is
	// one more (P16).
	Agreed bool
}

func (Forward) action() Action { return ActionForward }

type preparedForward struct {
	Forward
	notice
}

const forwardMax = 1_000 // characters of what was sent on

// check reads the form on a day, for a request that came on another.
func (in Forward) check(received, today calendar.Date, protected bool) (models.Forwarding, error) {
	var f faults
	out := models.Forwarding{ID: models.NewID[models.Forwarding](), Kind: in.Kind, ForwardedOn: in.On,
		Sent: models.ForwardingDetails{To: strings.TrimSpace(in.To), Address: lineBreaks(in.Address), What: lineBreaks(in.What)}}
	if !slices.Contains(models.ForwardKinds(), in.Kind) {
		f.add("kind", "error.choose-one")
	}
	if out.Sent.What == "" {
		f.add("what", "error.forward-what-missing")
	}
	f.long("what", out.Sent.What, forwardMax)
	if out.Sent.To == "" {
		f.add("forward-to", "error.forward-to-missing")
	}
	f.long("forward-to", out.Sent.To, nameMax)
	if out.Sent.Address == "" {
		f.add("forward-address", "error.forward-address-missing")
	}
	f.long("forward-address", out.Sent.Address, addressMax)
	switch {
	case in.On.IsZero():
		f.add("forwarded-on", "error.date-missing")
	case in.On.After(today):
		f.add("forwarded-on", "error.date-future")
	case in.On.Before(received):
		f.add("forwarded-on", "error.date-before-receipt")
	}
	if protected && !in.Agreed {
		f.add("agreed", "error.forward-agreed-missing")
	}
	f = append(f, printable("what", out.Sent.What)...)
	f = append(f, printable("forward-to", out.Sent.To)...)
	f = append(f, printable("forward-address", out.Sent.Address)...)
	return out, f.err()
}

// lineBreaks trims what was typed in a field of several lines.
func lineBreaks(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// forwardingDoc is the letter that tells the person of it.
func forwardingDoc(head templates.NoticeHead, f models.Forwarding) templates.Notice {
	return templates.ForwardingDoc{NoticeHead: head, Kind: f.Kind, What: f.Sent.What, SentTo: f.Sent.To, SentAddress: f.Sent.Address, SentOn: f.ForwardedOn}
}

// prepare makes the letter that tells the person what was sent on, to whom and when.
func (in Forward) prepare(ctx context.Context, s *Service, actor models.Actor, on On) (Input, error) {
	n, err := s.prepareNotice(ctx, actor, on, in, func(w *work) (templates.Notice, error) {
		f, err := in.check(w.c.ReceivedOn, w.today(), w.c.Protected)
		if err != nil {
			return nil, err
		}
		if err := w.officialUnnamed("what", f.Sent.What); err != nil {
			return nil, err
		}
		head, err := w.noticeHead()
		return forwardingDoc(head, f), err
	})
	return preparedForward{in, n}, err
}

// doForward stores that something was sent on from a case, and tells the person.
func doForward(w *work) error {
	in := w.in.(preparedForward)
	f, err := in.check(w.c.ReceivedOn, w.today(), w.c.Protected)
	if err != nil {
		return err
	}
	f.RequestID, f.CaseID, f.ControllerID, f.SubjectID = w.c.RequestID, w.c.ID, w.c.ControllerID, w.c.SubjectID
	if err := w.tx.InsertForwarding(&f); err != nil {
		return err
	}
	w.event["forwarding"], w.event["kind"], w.event["on"] = f.ID, f.Kind, f.ForwardedOn
	if err := w.give(in.notice); err != nil {
		return err
	}
	return w.mailPerson("letter")
}

// ForwardRequest has the servicecenter send on what was meant for somebody else, where no case's content is involved. Errors:
// ErrForbidden, ErrNotFound, ErrConflict, Invalid.
func (s *Service) ForwardRequest(ctx context.Context, actor models.Actor, number string, version int, in Forward) error {
	n, err := s.preparedRequest(ctx, actor, number, func(tx *models.Tx, r models.Request) (templates.Notice, error) {
		if !actor.HasRole(models.RoleServicecenter) {
			return nil, ErrForbidden
		}
		if err := coordinated(r, version); err != nil {
			return nil, err
		}
		f, err := in.check(r.ReceivedOn, dateOf(tx.Now), r.Protected)
		if err != nil {
			return nil, err
		}
		head, _, err := s.requestHead(tx, r)
		return forwardingDoc(head, f), err
	})
	if err != nil {
		return err
	}
	return s.Store.InTx(ctx, actor, func(tx *models.Tx) error {
		r, err := s.coordinate(tx, number, version)
		if err != nil {
			return err
		}
		f, err := in.check(r.ReceivedOn, dateOf(tx.Now), r.Protected)
		if err != nil {
			return err
		}
		f.RequestID, f.SubjectID = r.ID, r.SubjectID
		if err := tx.InsertForwarding(&f); err != nil {
			return err
		}
		if err := n.give(tx); err != nil {
			return err
		}
		data := map[string]any{"forwarding": f.ID, "kind": f.Kind, "on": f.ForwardedOn}
		maps.Copy(data, n.bound())
		if _, err := tx.RequestEvent(r, "forwarded", models.ForSubject, data); err != nil {
			return err
		}
		return promise(tx, models.Job{Kind: string(JobMailPerson), Key: fmt.Sprintf("mail:letter:%s:%d", r.ID, r.Version), RequestID: r.ID},
			map[string]any{"mail": "letter"})
	})
}
