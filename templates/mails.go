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
}

// ResidentMails are the kinds of mail to residents.
func ResidentMails() []string {
	return []string{"receipt", "question", "message", "answer-available", "reminder-unopened", "extended", "withdrawn", "appeal-receipt"}
}

// StaffMails are the kinds of mail to staff.
func StaffMails() []string {
	return []string{"new-case", "review-offered", "ready-to-decide", "sent-back", "carry-out", "due-soon", "overdue", "new-message", "resumed",
		"withdrawn-case", "letter-to-register", "post-it", "appeal-arrived", "paper-arrived"}
}

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
	for _, kind := range slices.Concat(ResidentMails(), StaffMails()) {
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
	args := i18n.Args{"number": d.Number, "due": d.Due}
	m := mailPage{
		Look: s.look, Subject: i18n.Plain(p.T("mail."+kind+".subject", args)), Body: p.T("mail."+kind+".body", args),
		Link: p.T("mail.link", nil), URL: strings.TrimSuffix(d.BaseURL, "/") + "/mina", Why: p.T("mail.why", nil),
	}
	if staff {
		m.Link, m.URL, m.Why = p.T("mail.link.staff", nil), strings.TrimSuffix(d.BaseURL, "/")+"/arbete", p.T("mail.why.staff", nil)
	}
	var b bytes.Buffer
	if err := s.mails[p.Lang()].ExecuteTemplate(&b, "mail", m); err != nil {
		return "", "", "", fmt.Errorf("draw mail %s: %w", kind, err)
	}
	plain := i18n.Plain(strings.Join([]string{
		p.T("mail.hello", nil), m.Body, p.T("mail.link.text", nil) + " " + m.URL, m.Why, s.look.Service + ", " + s.look.Municipality,
	}, "\n\n") + "\n")
	return m.Subject, plain, b.String(), nil
}

func (d MailDoc) check(kind string, staff bool, needs []string) error {
	if !staff && !slices.Contains(ResidentMails(), kind) {
		return errors.New("no such kind")
	}
	const hyphens = 2 // of INS-2027-00042; a case's number has a third before its controller
	if d.Number == "" || !staff && strings.Count(d.Number, "-") != hyphens {
		return errors.New("a resident's mail carries the number of the request and no other")
	}
	if slices.Contains(needs, "due") && d.Due.IsZero() {
		return errors.New("no due date")
	}
	base, err := url.Parse(d.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return errors.New("no address of the service")
	}
	return nil
}
