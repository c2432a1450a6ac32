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
	"insyn/templates"
)

// notifyStaff finds who is to be told and promises each of them a mail.
func (s *Service) notifyStaff(tx *models.Tx, j models.Job) error {
	d, err := jobData{}.from(j.Data)
	if err != nil {
		return err
	}
	c, err := tx.Case(j.CaseID)
	if err != nil {
		return err
	}
	people, err := tx.StaffFor(d.Role, j.ControllerID, calendar.DateOf(tx.Now), c.Protected)
	if err != nil {
		return err
	}
	if d.Handler && slices.ContainsFunc(people, func(p models.Staff) bool { return p.ID == c.HandlerID }) {
		people = slices.DeleteFunc(people, func(p models.Staff) bool { return p.ID != c.HandlerID })
	}
	for _, role := range d.Also {
		more, err := tx.StaffFor(role, j.ControllerID, calendar.DateOf(tx.Now), c.Protected)
		if err != nil {
			return err
		}
		people = append(people, more...)
	}
	slices.SortStableFunc(people, func(a, b models.Staff) int { return strings.Compare(a.ID.String(), b.ID.String()) })
	for _, p := range slices.CompactFunc(people, func(a, b models.Staff) bool { return a.ID == b.ID }) {
		if p.ID == d.By {
			continue
		}
		if err := promise(tx, models.Job{Kind: string(JobMailStaff), Key: j.Key + ":" + p.ID.String(), RequestID: j.RequestID, CaseID: j.CaseID,
			ControllerID: j.ControllerID}, map[string]any{"mail": d.Mail, "staff": p.ID}); err != nil {
			return err
		}
	}
	return nil
}

// sendMail sends one mail that says that something is there, and no more. The conversation is outside any transaction: a
// row before it says that it begins, the receipt after it that the server has taken the mail. The beginning is a lease: a second
// copy of the task, as after a flushed queue, comes back when the first must have ended. If the process dies between the
// server's answer and the receipt the mail is sent again under the same Message-ID: nobody goes without, and a receiver can
// tell the repeat.
func (s *Service) sendMail(ctx context.Context, j models.Job) error {
	var m *mail.Message
	err := s.Store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		locked, err := tx.LockJob(j.ID)
		if err != nil || locked.DoneAt != nil {
			return err
		}
		if locked.SentAt != nil {
			if free := locked.SentAt.Add(s.Settings.MailLease); free.After(tx.Now) {
				return tx.PostponeJob(j.ID, free)
			}
		}
		if m, err = s.compose(tx, locked); errors.Is(err, errProtected) {
			return tx.FinishJob(j.ID, models.JobWithheld)
		} else if err != nil {
			return err
		}
		if m == nil {
			return tx.FinishJob(j.ID, models.JobNeedless)
		}
		return tx.MarkSent(j.ID)
	})
	if err != nil || m == nil {
		return err
	}
	s.Failpoint("mail-sending")
	result := models.JobDone
	// Half the lease: the conversation is over well before another copy may begin, whatever the clocks say.
	sending, cancel := context.WithTimeout(ctx, s.Settings.MailLease/2)
	defer cancel()
	if err := s.Mailer.Send(sending, *m); err != nil {
		if !errors.Is(err, mail.ErrPermanent) {
			return err
		}
		// The address will never take it. The person is reached another way; the case's officers see it.
		result = models.JobGivenUp
	}
	s.Failpoint("mail-sent")
	err = s.insist(ctx, func(tx *models.Tx) error {
		if err := tx.FinishJob(j.ID, result); err != nil {
			if errors.Is(err, ErrConflict) {
				return nil
			}
			return err
		}
		if result == models.JobGivenUp {
			return s.mailFailed(tx, j)
		}
		return nil
	})
	if err == nil {
		s.Failpoint("mail-receipted")
	}
	return err
}

// mailFailed writes in the case's (or the request's) history that a mail could not be delivered.
func (s *Service) mailFailed(tx *models.Tx, j models.Job) error {
	if !j.InquiryID.IsZero() {
		return s.inquiryMailFailed(tx, j)
	}
	if j.CaseID.IsZero() {
		r, err := tx.Request(j.RequestID)
		if err != nil {
			return err
		}
		_, err = tx.RequestEvent(r, "mail-failed", models.ForStaff, map[string]any{"job": j.ID})
		return err
	}
	c, err := tx.Case(j.CaseID)
	if err != nil {
		return err
	}
	_, err = tx.CaseEvent(c, "mail-failed", models.ForStaff, map[string]any{"job": j.ID})
	return err
}

// reviewDay is the last day of the case's newest review.
func reviewDay(tx *models.Tx, c models.Case) (calendar.Date, error) {
	reviews, err := tx.Reviews(c.ID)
	if err != nil || len(reviews) == 0 {
		return c.DueOn, err
	}
	return reviews[len(reviews)-1].ClosesOn, nil
}

// errProtected: a mail would tell of a protected person, to them or to somebody who is not cleared. It may have been promised
// before the person was flagged.
var errProtected = errors.New("of a protected person")

// compose makes the mail of a job; nil if there is nobody to send it to.
func (s *Service) compose(tx *models.Tx, j models.Job) (*mail.Message, error) {
	if !j.InquiryID.IsZero() {
		return s.composeInquiry(tx, j)
	}
	d, err := jobData{}.from(j.Data)
	if err != nil {
		return nil, err
	}
	var to string
	var doc templates.MailDoc
	lang := "sv"
	switch {
	case j.Kind == string(JobMailStaff):
		p, err := tx.StaffByID(d.Staff)
		if err != nil {
			return nil, err
		}
		c, err := tx.Case(j.CaseID)
		if err != nil {
			return nil, err
		}
		if err := s.clearedFor(tx, c, p); err != nil {
			return nil, err
		}
		to, doc = p.Email, templates.MailDoc{Number: c.Number, Due: c.DueOn, BaseURL: s.Settings.BaseURL}
		if d.Mail == "review-offered" {
			if doc.Due, err = reviewDay(tx, c); err != nil {
				return nil, err
			}
		}
	default:
		r, err := tx.Request(j.RequestID)
		if err != nil {
			return nil, err
		}
		if r.Protected {
			return nil, errProtected
		}
		p, err := tx.RequestPerson(r)
		if err != nil {
			return nil, err
		}
		// Not a word of which controller: the mail may be read by others (P1).
		to, lang, doc = p.Email, r.Language, templates.MailDoc{Number: r.Number, Due: s.reckon(r.ReceivedOn, nil, false, calendar.DateOf(tx.Now)).Hard,
			BaseURL: s.Settings.BaseURL}
	}
	if to == "" {
		return nil, nil
	}
	subject, body, html, err := s.Templates.Mail(d.Mail, lang, doc)
	if err != nil {
		return nil, fmt.Errorf("compose mail %s: %w", d.Mail, err)
	}
	return &mail.Message{ID: j.ID.String(), From: s.Settings.MailFrom, To: to, Subject: subject, Text: body, HTML: html,
		Date: j.CreatedAt.In(calendar.Stockholm())}, nil
}

// insist writes the receipt of a mail that the server has taken, again and again while the lease lasts: a database that is away
// for a moment must not make the person get the mail twice.
func (s *Service) insist(ctx context.Context, write func(tx *models.Tx) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Settings.MailLease/2)
	defer cancel()
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		err := s.Store.InTx(ctx, models.SystemActor(), write)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}
