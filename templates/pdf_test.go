package templates_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/pdf"
	"insyn/internal/pdf/pdfcheck"
	"insyn/templates"
)

// heard is a letter as it is read aloud, with plain spaces.
func heard(t *testing.T, s *templates.Set, lang string, d templates.LetterDoc) (string, templates.Made) {
	t.Helper()
	var b bytes.Buffer
	made, err := s.LetterPDF(&b, lang, d)
	if err != nil {
		t.Fatal(err)
	}
	pdfcheck.Report(t, d.Outcome, b.Bytes())
	text, err := pdfcheck.Aloud(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("\u00a0", " ", "\u2011", "-").Replace(text), made
}

func TestTheLastDayToAppealIsSaidWhenItIsKnown(t *testing.T) {
	t.Parallel()
	d := letter(bygg(), "partial", "forvaltningsratt")
	d.AppealUntil = calendar.New(2027, time.May, 24)
	text, _ := heard(t, load(t, nil), "sv", d)
	if !strings.Contains(text, "senast måndag 24 maj 2027. Tiden är tre veckor, räknat från den dag du fick beslutet.") || strings.Contains(text, "nästa vardag") {
		t.Errorf("the letter says:\n%s", text)
	}
}

func TestAMaskedLetterNamesTheTitleOnly(t *testing.T) {
	t.Parallel()
	d := letter(bygg(), "partial", "forvaltningsratt")
	d.Masked = true
	if _, err := load(t, nil).LetterPDF(&bytes.Buffer{}, "sv", d); err == nil {
		t.Error("a letter leaves the name out and has it")
	}
	name := d.DecidedBy
	d.DecidedBy = ""
	for lang, law := range map[string]string{"sv": "33 § fjärde stycket förvaltningslagen", "en": "section 33, fourth paragraph"} {
		text, _ := heard(t, load(t, nil), lang, d)
		if !strings.Contains(text, "\nFörvaltningschef\n") || !strings.Contains(text, law) || strings.Contains(text, name) {
			t.Errorf("%s:\n%s", lang, text)
		}
	}
	d.Title = ""
	if text, _ := heard(t, load(t, nil), "sv", d); !strings.Contains(text, "\nBeslutsfattare\n") {
		t.Errorf("nobody has decided:\n%s", text)
	}
	company := letter(bolag(), "partial", "imy-and-court")
	company.DecidedBy, company.Masked = "", true
	if _, err := load(t, nil).Letter("sv", company); err == nil {
		t.Error("a company leaves the name out")
	}
}

// TestWhatStaffHaveWrittenIsSwedishInAnEnglishLetter: so that a screen reader says it rightly.
func TestWhatStaffHaveWrittenIsSwedishInAnEnglishLetter(t *testing.T) {
	t.Parallel()
	d := letter(bygg(), "partial", "forvaltningsratt")
	d.Reasons = "Vi har prövat saken."
	for lang, want := range map[string]int{"en": 7, "sv": 0} {
		page, err := load(t, nil).Letter(lang, d)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(page, []byte(`<span lang="sv">`)); n != want {
			t.Errorf("%s: %d texts are marked as Swedish, want %d", lang, n, want)
		}
	}
}

func TestACharacterThatNoFontHasStopsTheLetter(t *testing.T) {
	t.Parallel()
	d := letter(bygg(), "partial", "forvaltningsratt")
	d.Reasons = "Vi har prövat 漢."
	var missing *pdf.MissingError
	if _, err := load(t, nil).LetterPDF(&bytes.Buffer{}, "sv", d); !errors.As(err, &missing) || missing.Places[0].Rune != '漢' {
		t.Errorf("got %v", err)
	}
}

// TestAnotherTextIsAnotherVersion: of the documents that say it, and of no other.
func TestAnotherTextIsAnotherVersion(t *testing.T) {
	t.Parallel()
	d := letter(bygg(), "partial", "forvaltningsratt")
	_, made := heard(t, load(t, nil), "sv", d)
	_, english := heard(t, load(t, nil), "en", d)
	if !strings.HasPrefix(made.Version, "decision-sv-") || made.Version == english.Version {
		t.Errorf("versions %s and %s", made.Version, english.Version)
	}
	if _, again := heard(t, load(t, map[string]string{}), "sv", d); again.Version != made.Version {
		t.Errorf("the same templates are %s and %s", made.Version, again.Version)
	}
	changed := strings.Replace(embeddedFile(t, "locales/sv/letters.json"), "Om du inte är nöjd", "Om du är missnöjd", 1)
	if _, now := heard(t, load(t, map[string]string{"locales/sv/letters.json": changed}), "sv", d); now.Version == made.Version {
		t.Error("a changed text has the same version")
	}
	mails := strings.Replace(embeddedFile(t, "locales/sv/mail.json"), "Hej", "Tjena", 1)
	if _, now := heard(t, load(t, map[string]string{"locales/sv/mail.json": mails}), "sv", d); now.Version != made.Version {
		t.Error("a changed mail is another version of the letter")
	}
}

func embeddedFile(t *testing.T, name string) string {
	t.Helper()
	f, err := templates.Files().Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var b bytes.Buffer
	if _, err := b.ReadFrom(f); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
