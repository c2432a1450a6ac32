package templates_test

import (
	"bytes"
	"testing"

	"insyn/templates"
)

func changeLetter(c templates.Controller, right, outcome, remedy string) templates.ChangeDoc {
	d := templates.ChangeDoc{LetterDoc: letter(c, "", remedy), Right: right}
	d.Outcome, d.Withheld, d.Released, d.ReviewOffered = outcome, nil, 0, false
	change := templates.Change{System: "Lifecare", What: "Adressen ändras från Storgatan 4 till Björkvägen 4"}
	kept := templates.Withheld{Title: "Utredningen från mars 2025", Explanation: "Det är en bedömning som vi gjorde då. Att du ser annorlunda på saken gör den inte felaktig.", Ground: "art-16-assessment"}
	if right == "erasure" {
		change = templates.Change{System: "Webbplatsen", What: "Bilderna på dig från sommarlägret 2024 raderas"}
		kept = templates.Withheld{Title: "Ansökan om plats på lägret", Explanation: "Uppgiften finns i en allmän handling. Den får vi inte förstöra.", Ground: "art-17-3-d"}
	}
	switch outcome {
	case "granted":
		d.Changes = []templates.Change{change}
	case "supplemented":
		d.Changes = []templates.Change{{System: "Lifecare", What: "Din skrivelse läggs till utredningen"}}
		d.Reasons = "Utredningen är en allmän handling. Den får vi inte ändra i. Därför lägger vi till det du har skrivit."
	case "partial":
		d.Changes, d.Kept = []templates.Change{change}, []templates.Withheld{kept}
	case "refused":
		d.Kept = []templates.Withheld{kept}
	}
	return d
}

func changeLetters() map[string]templates.ChangeDoc {
	out := map[string]templates.ChangeDoc{
		"rectification-supplemented": changeLetter(bygg(), "rectification", "supplemented", "forvaltningsratt"),
	}
	for _, right := range []string{"rectification", "erasure"} {
		out[right+"-granted"] = changeLetter(bygg(), right, "granted", "none")
		out[right+"-partial"] = changeLetter(bygg(), right, "partial", "forvaltningsratt")
		out[right+"-partial-sensitive"] = changeLetter(socialnamnden(), right, "partial", "forvaltningsratt")
		out[right+"-refused"] = changeLetter(bygg(), right, "refused", "forvaltningsratt")
		out[right+"-refused-company"] = changeLetter(bolag(), right, "refused", "imy-and-court")
		out[right+"-nothing-found"] = changeLetter(bygg(), right, "nothing-found", "none")
		out[right+"-neutral"] = changeLetter(socialnamnden(), right, "neutral", "forvaltningsratt")
	}
	return out
}

func TestChangeLetters(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	for name, d := range changeLetters() {
		for _, lang := range []string{"sv", "en"} {
			t.Run(name+"-"+lang, func(t *testing.T) {
				t.Parallel()
				got, err := s.ChangeLetter(lang, d)
				if err != nil {
					t.Fatal(err)
				}
				again, err := s.ChangeLetter(lang, d)
				if err != nil || !bytes.Equal(got, again) {
					t.Fatalf("another letter the second time (%v)", err)
				}
				selfContained(t, got)
				if lix := readability(t, got); lang == "sv" && lix > 40 {
					t.Errorf("LIX %.0f, at most 40", lix)
				}
			})
		}
	}
}

// TestImpossibleChangeLetters: no letter without its remedy, or that says another thing than its outcome.
func TestImpossibleChangeLetters(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	for name, spoil := range map[string]func(*templates.ChangeDoc){
		"no right":                    func(d *templates.ChangeDoc) { d.Right = "" },
		"no decision maker":           func(d *templates.ChangeDoc) { d.DecidedBy = "" },
		"granted with something kept": func(d *templates.ChangeDoc) { d.Outcome = "granted" },
		"refused with a change":       func(d *templates.ChangeDoc) { d.Outcome = "refused" },
		"partial without remedy":      func(d *templates.ChangeDoc) { d.Remedy = "none" },
		"supplemented, no reasons":    func(d *templates.ChangeDoc) { d.Outcome, d.Kept = "supplemented", nil },
		"neutral, not sensitive":      func(d *templates.ChangeDoc) { d.Outcome, d.Changes = "neutral", nil },
		"no such ground":              func(d *templates.ChangeDoc) { d.Kept[0].Ground = "because" },
		"a company's court":           func(d *templates.ChangeDoc) { d.Controller = bolag() },
	} {
		d := changeLetter(bygg(), "erasure", "partial", "forvaltningsratt")
		spoil(&d)
		if _, err := s.ChangeLetter("sv", d); err == nil {
			t.Errorf("%s: a letter was made", name)
		}
	}
}
