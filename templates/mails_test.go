package templates_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/templates"
)

func mail() templates.MailDoc {
	return templates.MailDoc{Number: "INS-2027-00042", Due: calendar.New(2027, time.May, 3), BaseURL: "https://insyn.exempelby.example/"}
}

func TestMailsSayThatThereIsSomethingAndNoMore(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	for _, lang := range []string{"sv", "en"} {
		for _, kind := range slices.Concat(templates.ResidentMails(), templates.StaffMails()) {
			subject, text, html, err := s.Mail(kind, lang, mail())
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(subject, "INS-2027-00042") || strings.ContainsAny(subject, "\r\n\u00a0\u2011⟦") {
				t.Errorf("%s %s: subject %q", kind, lang, subject)
			}
			page := "/mina"
			if slices.Contains(templates.StaffMails(), kind) {
				page = "/arbete"
			}
			address := "https://insyn.exempelby.example" + page
			if !strings.Contains(text, address+"\n") || !strings.Contains(html, `href="`+address+`"`) {
				t.Errorf("%s %s: no link to %s:\n%s", kind, lang, address, text)
			}
			if strings.Contains(text, "⟦") || strings.ContainsAny(text, "\u00a0\u2011") || strings.Count(html, "http") != 1 {
				t.Errorf("%s %s: %s", kind, lang, text)
			}
			low := strings.ToLower(text + html)
			for _, tells := range []string{"nämnd", "committee", "registerutdrag", "access to your", "radering", "hemlig", "avslag"} {
				if strings.Contains(low, tells) {
					t.Errorf("%s %s says %q", kind, lang, tells)
				}
			}
		}
	}
}

func TestTheReceiptSaysWhenTheAnswerComes(t *testing.T) {
	t.Parallel()
	_, text, html, err := load(t, nil).Mail("receipt", "sv", mail())
	if err != nil || !strings.Contains(text, "senast måndag 3 maj 2027.") || !strings.Contains(html, "måndag 3\u00a0maj 2027") {
		t.Errorf("%v: %s", err, text)
	}
}

func TestAMailThatSaysTooMuchOrTooLittleIsRefused(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	for name, c := range map[string]struct {
		kind   string
		change func(*templates.MailDoc)
	}{
		"a case's number, which names the controller": {"question", func(d *templates.MailDoc) { d.Number += "-SN" }},
		"no number":            {"question", func(d *templates.MailDoc) { d.Number = "" }},
		"no due date":          {"receipt", func(d *templates.MailDoc) { d.Due = calendar.Date{} }},
		"no address":           {"receipt", func(d *templates.MailDoc) { d.BaseURL = "" }},
		"an address that runs": {"receipt", func(d *templates.MailDoc) { d.BaseURL = "javascript://x" }},
		"an unknown kind":      {"advert", func(*templates.MailDoc) {}},
	} {
		d := mail()
		c.change(&d)
		if _, _, _, err := s.Mail(c.kind, "sv", d); err == nil {
			t.Errorf("%s: a mail was composed", name)
		}
	}
	d := mail()
	d.Number = "INS-2027-00042-SN"
	if _, _, _, err := s.Mail("new-case", "sv", d); err != nil {
		t.Errorf("staff: %v", err)
	}
}
