package templates

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"slices"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/i18n"
)

// MailDoc is all that a mail may say: a number, a date and where to log in. No names, no controller, no content (P1).
type MailDoc struct {
	// Number is the request's for residents, INS-2027-00042, and the case's for staff. A case's number names its controller,
	// so it is refused in a mail to a resident.
	Number string
	// Due is the due date: of the answer, or of review-offered the last day of the review. Kinds that do not say it take none.
	Due calendar.Date
	// BaseURL is the service's address, https://insyn.exempelby.example; the link leads to the list of requests or cases.
	BaseURL string
	// Inquiry is the id of an inquiry that was asked without a login: the link leads to its page, where a code is asked for.
	Inquiry string
	// Code is the one-time code of an inquiry; a mail with a code has no link.
	Code string
}

// ResidentMails are the kinds of mail to residents.
func ResidentMails() []string {
	return []string{"receipt", "question", "message", "answer-available", "reminder-unopened", "extended", "letter", "withdrawn", "appeal-receipt"}
}

// StaffMails are the kinds of mail to staff.
func StaffMails() []string {
	return []string{"new-case", "review-offered", "ready-to-decide", "sent-back", "carry-out", "due-soon", "overdue", "new-message", "resumed",
		"withdrawn-case", "letter-to-register", "post-it", "appeal-arrived", "paper-arrived",
		"inquiry-passed", "inquiry-followed-up", "inquiry-direct"}
}

// InquiryMails are the kinds of mail to somebody who has asked a question: they carry no number, since whoever reads the mail needs
// none, and the one with the one-time code carries no link, so that the two ways stay apart.
func InquiryMails() []string { return []string{"inquiry-answered", mailCode} }

const mailCode = "inquiry-code"

// mailSet is the layout of the HTML part in each language.
type mailSet map[string]*template.Template

// mailPage is the dot of the HTML part.
type mailPage struct {
	Look                          Look
	Subject, Body, Link, URL, Why string
}

func (s *Set) loadMails(fsys fs.FS, lang string) error {
	t, err := parseFiles(s.root(lang), fsys, "mails/mail.html")
	if err != nil {
		return err
	}
	if err := s.verify(t, "mails/mail.html", "mail"); err != nil {
		return err
	}
	for _, kind := range slices.Concat(ResidentMails(), StaffMails(), InquiryMails()) {
		for _, part := range []string{".subject", ".body"} {
			if !s.texts.Has("mail." + kind + part) {
				return fmt.Errorf("mail %s has no text %s", kind, part)
			}
		}
	}
	if s.mails == nil {
		s.mails = mailSet{}
	}
	s.mails[lang] = t
	return nil
}

// Mail composes a mail: its subject, its plain text and the same as HTML.
func (s *Set) Mail(kind, lang string, d MailDoc) (subject, text, html string, err error) {
	staff := slices.Contains(StaffMails(), kind)
	if err := d.check(kind, staff, s.texts.Args("mail."+kind+".body")); err != nil {
		return "", "", "", fmt.Errorf("mail %s: %w", kind, err)
	}
	p := s.texts.Printer(s.Lang(lang))
	args := i18n.Args{"number": d.Number, "due": d.Due, "code": d.Code}
	m := mailPage{
		Look: s.look, Subject: i18n.Plain(p.T("mail."+kind+".subject", args)), Body: p.T("mail."+kind+".body", args),
		Link: p.T("mail.link", nil), URL: strings.TrimSuffix(d.BaseURL, "/") + "/mina", Why: p.T("mail.why", nil),
	}
	if staff {
		m.Link, m.URL, m.Why = p.T("mail.link.staff", nil), strings.TrimSuffix(d.BaseURL, "/")+"/arbete", p.T("mail.why.staff", nil)
	}
	switch {
	case slices.Contains(InquiryMails(), kind) && kind == mailCode:
		m.Link, m.URL, m.Why = "", "", p.T("mail.why.code", nil)
	case d.Inquiry != "":
		m.Link, m.URL, m.Why = p.T("mail.link.inquiry", nil), strings.TrimSuffix(d.BaseURL, "/")+"/fraga/"+url.PathEscape(d.Inquiry), p.T("mail.why.inquiry", nil)
	}
	var b bytes.Buffer
	if err := s.mails[p.Lang()].ExecuteTemplate(&b, "mail", m); err != nil {
		return "", "", "", fmt.Errorf("draw mail %s: %w", kind, err)
	}
	parts := []string{p.T("mail.hello", nil), m.Body}
	if m.URL != "" {
		lead := p.T("mail.link.text", nil)
		if d.Inquiry != "" {
			lead = p.T("mail.link.inquiry-text", nil)
		}
		parts = append(parts, lead+" "+m.URL)
	}
	plain := i18n.Plain(strings.Join(append(parts, m.Why, s.look.Service+", "+s.look.Municipality), "\n\n") + "\n")
	return m.Subject, plain, b.String(), nil
}

func (d MailDoc) check(kind string, staff bool, needs []string) error {
	asker := slices.Contains(InquiryMails(), kind)
	switch {
	case !staff && !asker && !slices.Contains(ResidentMails(), kind):
		return errors.New("no such kind")
	case asker && d.Number != "":
		return errors.New("a mail about an inquiry carries no number")
	case (kind == mailCode) != (d.Code != ""), kind == mailCode && d.Inquiry != "", !asker && d.Inquiry != "":
		return errors.New("a code and a link go in mails of their own")
	case asker:
		return d.checkBase()
	}
	const hyphens = 2 // of INS-2027-00042; a case's number has a third before its controller
	if d.Number == "" || !staff && strings.Count(d.Number, "-") != hyphens {
		return errors.New("a resident's mail carries the number of the request and no other")
	}
	if slices.Contains(needs, "due") && d.Due.IsZero() {
		return errors.New("no due date")
	}
	return d.checkBase()
}

func (d MailDoc) checkBase() error {
	base, err := url.Parse(d.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return errors.New("no address of the service")
	}
	return nil
}
