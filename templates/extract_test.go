package templates_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/templates"
)

func own() []templates.OwnData {
	return []templates.OwnData{{
		Title: "Din begäran", At: time.Date(2027, time.April, 1, 7, 12, 0, 0, time.UTC),
		Text: "Alla uppgifter om mig.\n\nJag vill veta vad som står om mig.", File: "karta.pdf",
	}}
}

func extracts() map[string]templates.ExtractDoc {
	base := templates.ExtractDoc{
		Controller: bygg(), Number: "INS-2027-00042-MBN", Made: calendar.New(2027, time.April, 30), Person: "Maja Lindqvist",
		Received: calendar.New(2027, time.April, 1), Own: own(),
	}
	full := base
	full.Diary, full.Withheld = "MBN-2027-00118", 1
	full.Systems = []templates.ExtractSystem{
		{
			Name: "Bygglov", Description: "Ansökningar och beslut om bygglov",
			Activities: []templates.ExtractActivity{{
				Name: "Pröva bygglov", Purpose: "För att pröva ansökningar om lov.", LegalBasis: "Myndighetsutövning (artikel 6.1 e).",
				Categories: "Namn, adress och fastighet.", Recipients: "Lantmäteriet.", Storage: "Bevaras.", Source: "Från dig.",
				Automated: "Nej.", ThirdCountry: "Nej.",
			}},
			Items: []templates.ExtractItem{
				{Title: "Ansökan 2025", FileName: "01-ansokan.pdf", Size: 2_140_000, SHA256: strings.Repeat("0f", 32)},
				{Title: "Anteckning", Text: "Maja ringde 3 mars.\n<b>Vill bygga altan.</b>"},
			},
		},
		{Name: "Gemensam e-postlåda", Items: []templates.ExtractItem{{Title: "Mejl", Text: "Hej!"}}},
	}
	neutral := base
	neutral.Controller, neutral.Number = socialnamnden(), "INS-2027-00042-SN"
	return map[string]templates.ExtractDoc{"full": full, "neutral": neutral}
}

func TestExtractsAreAsTheyWereRead(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	for name, d := range extracts() {
		for _, lang := range []string{"sv", "en"} {
			got, err := s.Extract(lang, d)
			if err != nil {
				t.Fatal(err)
			}
			again, err := s.Extract(lang, d)
			if err != nil || !bytes.Equal(got, again) {
				t.Errorf("another extract the second time (%v)", err)
			}
			golden(t, filepath.Join("testdata", "extract", name+"."+lang+".html"), got)
			selfContained(t, got)
			if lix := readability(t, got); lang == "sv" && lix > 40 {
				t.Errorf("%s: LIX %.0f, at most 40", name, lix)
			}
		}
	}
}

func TestTheNeutralExtractHoldsTheCasesOwnDataOnly(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	nothing := extracts()["neutral"]
	secret := nothing
	secret.Withheld = 7
	a, errA := s.Extract("sv", nothing)
	b, errB := s.Extract("sv", secret)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Errorf("the extracts differ (%v, %v)", errA, errB)
	}
	if !bytes.Contains(a, []byte("Din begäran")) || bytes.Contains(a, []byte("Det här har vi om dig")) {
		t.Error("the neutral extract is not the case's own data")
	}
}

func TestAnExtractSaysWhatArticle15AsksFor(t *testing.T) {
	t.Parallel()
	doc, err := load(t, nil).Extract("sv", extracts()["full"])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"(ändamål)", "rättslig grund", "Vilka slags uppgifter", "Lantmäteriet", "Bevaras", "rättelse", "radering", "begränsning", "invändning",
		"imy.se", "Var de kommer från", "dator beslutar", "utanför EU", "2,1\u00a0MB", strings.Repeat("0f", 32), "En handling lämnar vi inte ut",
		"&lt;b&gt;Vill bygga", "Står inte i vår förteckning",
	} {
		if !strings.Contains(string(doc), want) {
			t.Errorf("the extract does not say %q", want)
		}
	}
}

func TestAFileWithoutItsHashIsRefused(t *testing.T) {
	t.Parallel()
	d := extracts()["full"]
	d.Systems = []templates.ExtractSystem{{Name: "Bygglov", Items: []templates.ExtractItem{{Title: "Karta", FileName: "karta.pdf", Size: 3}}}}
	if _, err := load(t, nil).Extract("sv", d); err == nil {
		t.Error("an extract was made")
	}
	d.Person = ""
	if _, err := load(t, nil).Extract("sv", d); err == nil {
		t.Error("an extract was made for nobody")
	}
}
