package workflows

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/mail"
	"insyn/models"
	"insyn/templates"
)

// The kinds of job of an inquiry.
const (
	JobMailAsker  JobKind = "mail-asker"      // tell whoever asked that there is an answer
	JobMailCode   JobKind = "mail-code"       // send the one-time code
	JobNotifyTier JobKind = "notify-tier"     // find who has the inquiry now, promise a mail to each
	JobConvert    JobKind = "convert-inquiry" // make the request that a question was
)

// inquiryJob is what a job of an inquiry carries: ids and codes.
type inquiryJob struct {
	Mail       string                        `json:"mail"`
	Role       models.Role                   `json:"role"`
	Controller models.ControllerID           `json:"controller"`
	By         models.StaffID                `json:"by"`
	Staff      models.StaffID                `json:"staff"`
	Code       models.ID[models.InquiryCode] `json:"code"`
	Convert    *conversion                   `json:"convert,omitempty"`
}

// conversion is the request that is to be made.
type conversion struct {
	Request models.RequestID  `json:"request"`
	Subject models.SubjectID  `json:"subject"`
	Right   models.Right      `json:"right"`
	By      models.StaffID    `json:"by"`
	To      []conversionToOne `json:"to"`
}

type conversionToOne struct {
	Controller models.ControllerID `json:"controller"`
	Case       models.CaseID       `json:"case"`
}

// convert promises the request. Its ids are chosen now, so that however often the job runs there is one.
func (w *inquiryWork) convert(o requestOffer, subject models.SubjectID) error {
	c := conversion{Request: models.NewID[models.Request](), Subject: subject, Right: o.Right, By: o.By}
	for _, id := range o.Controllers {
		c.To = append(c.To, conversionToOne{id, models.NewID[models.Case]()})
	}
	w.event["request"] = c.Request
	return w.promise(JobConvert, map[string]any{"convert": c})
}

func readInquiryJob(j models.Job) (inquiryJob, error) {
	var d inquiryJob
	if err := json.Unmarshal(j.Data, &d); err != nil {
		return d, errors.New("decode job: malformed")
	}
	return d, nil
}

// convertInquiry makes the request that a question was, without retyping. It counts as received on the day the question came:
// art 12.3 asks when a request reached the controller, and not what it was called (decision 16).
func (s *Service) convertInquiry(ctx context.Context, j models.Job) error {
	d, err := readInquiryJob(j)
	if err != nil {
		return err
	}
	if d.Convert == nil {
		return errors.New("decode job: malformed")
	}
	c := *d.Convert
	if err := s.Sealer.CreateKey(ctx, c.Request.UUID()); err != nil {
		return err
	}
	for _, to := range c.To {
		if err := s.Sealer.CreateKey(ctx, to.Case.UUID()); err != nil {
			return err
		}
	}
	return s.effect(ctx, j, func(tx *models.Tx, j models.Job) error { return s.becomeRequest(tx, j.InquiryID, c) })
}

func (s *Service) becomeRequest(tx *models.Tx, id models.InquiryID, c conversion) error {
	q, err := tx.LockInquiry(id)
	if err != nil {
		return err
	}
	if !q.RequestID.IsZero() {
		return errNeedless
	}
	who, err := tx.InquiryContact(q)
	if err != nil {
		return err
	}
	said, err := askersWords(tx, id)
	if err != nil {
		return err
	}
	year := calendar.DateOf(tx.Now).Year
	n, err := tx.NextNumber("INS", year)
	if err != nil {
		return err
	}
	r := &models.Request{ID: c.Request, Number: fmt.Sprintf("INS-%04d-%05d", year, n), SubjectID: c.Subject, Right: c.Right,
		State: models.RequestSubmitted, Language: q.Language, ReceivedAt: q.ReceivedAt, ReceivedOn: q.ReceivedOn}
	if err := tx.InsertRequest(r, models.Person{Name: who.Name, Number: who.Number, Email: who.Email, Answer: "portal"}); err != nil {
		return err
	}
	for _, to := range c.To {
		if err := tx.InsertAddressee(&models.Addressee{RequestID: r.ID, ControllerID: to.Controller, CaseID: to.Case, SubjectID: c.Subject,
			ReceivedOn: q.ReceivedOn, AddedBy: "subject"}, ""); err != nil {
			return err
		}
		if err := tx.InsertConcern(&models.Concern{CaseID: to.Case, ControllerID: to.Controller, SubjectID: c.Subject}, saidOf(c.Right, said)); err != nil {
			return err
		}
	}
	if err := s.fileInquiry(tx, q, r, c.By); err != nil {
		return err
	}
	if _, err := tx.RequestEvent(*r, "request-submitted", models.ForSubject, map[string]any{"n": len(c.To), "received": q.ReceivedOn, "inquiry": q.ID}); err != nil {
		return err
	}
	if err := promise(tx, models.Job{Kind: string(JobFanOut), Key: "fan-out:" + r.ID.String(), RequestID: r.ID}, nil); err != nil {
		return err
	}
	if err := promise(tx, models.Job{Kind: string(JobMailPerson), Key: "mail:receipt:" + r.ID.String(), RequestID: r.ID},
		map[string]any{"mail": "receipt"}); err != nil {
		return err
	}
	q.RequestID = r.ID
	if _, err := tx.InquiryEvent(q, "inquiry-became-request", models.ForSubject, map[string]any{"request": r.ID}); err != nil {
		return err
	}
	return tx.MoveInquiry(&q, q.State)
}

// saidOf places the asker's words where the right asks for them. What else it asks, the controller asks.
func saidOf(right models.Right, said string) models.About {
	if right == models.Rectification {
		return models.About{Wrong: said}
	}
	return models.About{Text: said}
}

// fileInquiry notes how the request came: as a question, from somebody who had logged in with an e-ID.
func (s *Service) fileInquiry(tx *models.Tx, q models.Inquiry, r *models.Request, by models.StaffID) error {
	return tx.InsertFiling(&models.Filing{RequestID: r.ID, SubjectID: r.SubjectID, Channel: models.ChannelInquiry, ArrivedOn: q.ReceivedOn,
		Rule: models.RuleAsArrived, RegisteredBy: by, Identity: models.IdentityBankID})
}

// askersWords is all that the asker has written in an inquiry.
func askersWords(tx *models.Tx, id models.InquiryID) (string, error) {
	all, err := tx.InquiryMessages(id)
	if err != nil {
		return "", err
	}
	var parts []string
	for _, m := range all {
		if m.Direction == models.FromAsker {
			parts = append(parts, m.Text)
		}
	}
	return strings.Join(parts, "\n\n"), nil
}

// notifyTier finds who has the inquiry now and promises each of them a mail.
func (s *Service) notifyTier(tx *models.Tx, j models.Job) error {
	d, err := readInquiryJob(j)
	if err != nil {
		return err
	}
	people, err := tx.StaffWith(d.Role, d.Controller, calendar.DateOf(tx.Now))
	if err != nil {
		return err
	}
	var told []models.StaffID
	for _, p := range people {
		if p.ID == d.By || slices.Contains(told, p.ID) {
			continue
		}
		told = append(told, p.ID)
		if err := promise(tx, models.Job{Kind: string(JobMailStaff), Key: j.Key + ":" + p.ID.String(), InquiryID: j.InquiryID},
			map[string]any{"mail": d.Mail, "staff": p.ID}); err != nil {
			return err
		}
	}
	return nil
}

// composeInquiry makes a mail about an inquiry; nil if there is nobody to send it to. A mail to the asker has neither number nor
// content; the one with the link has no code, and the one with the code no link.
func (s *Service) composeInquiry(tx *models.Tx, j models.Job) (*mail.Message, error) {
	d, err := readInquiryJob(j)
	if err != nil {
		return nil, err
	}
	q, err := tx.Inquiry(j.InquiryID)
	if err != nil {
		return nil, err
	}
	kind, lang, to := d.Mail, q.Language, ""
	doc := templates.MailDoc{BaseURL: s.Settings.BaseURL}
	switch JobKind(j.Kind) {
	case JobMailStaff:
		p, err := tx.StaffByID(d.Staff)
		if err != nil {
			return nil, err
		}
		lang, to, doc.Number = "sv", p.Email, q.Number
	case JobMailCode:
		c, err := tx.Code(d.Code)
		if err != nil {
			return nil, err
		}
		if c.ConsumedAt == nil && c.ExpiresAt.After(tx.Now) {
			kind, doc.Code = "inquiry-code", s.code(c.ID)
			to, err = s.askersAddress(tx, q)
		}
		if err != nil {
			return nil, err
		}
	default:
		if to, err = s.askersAddress(tx, q); err != nil {
			return nil, err
		}
		if q.SubjectID.IsZero() {
			doc.Inquiry = q.ID.String()
		}
	}
	if to == "" {
		return nil, nil
	}
	subject, body, html, err := s.Templates.Mail(kind, lang, doc)
	if err != nil {
		return nil, fmt.Errorf("compose mail %s: %w", kind, err)
	}
	return &mail.Message{ID: j.ID.String(), From: s.Settings.MailFrom, To: to, Subject: subject, Text: body, HTML: html,
		Date: j.CreatedAt.In(calendar.Stockholm())}, nil
}

// askersAddress is where word goes; a protected person gets no mail (P16).
func (s *Service) askersAddress(tx *models.Tx, q models.Inquiry) (string, error) {
	if q.Protected {
		return "", nil
	}
	who, err := tx.InquiryContact(q)
	return who.Email, err
}

// inquiryMailFailed notes that word of an answer could not be delivered; the desk sees it.
func (s *Service) inquiryMailFailed(tx *models.Tx, j models.Job) error {
	q, err := tx.LockInquiry(j.InquiryID)
	if err != nil {
		return err
	}
	if _, err := tx.InquiryEvent(q, "mail-failed", models.ForStaff, map[string]any{"job": j.ID}); err != nil {
		return err
	}
	if JobKind(j.Kind) == JobMailStaff {
		return nil
	}
	q.MailFailedAt = &tx.Now
	return tx.MoveInquiry(&q, q.State)
}
