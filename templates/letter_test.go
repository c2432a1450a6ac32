package templates_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/templates"
)

// update writes the golden files anew; read the letters before they are committed.
var update = flag.Bool("update", false, "write the golden files anew")

func socialnamnden() templates.Controller {
	return templates.Controller{
		Name: "Socialnämnden", Kind: "namnd", Sensitive: true, Court: "Förvaltningsrätten i Exempelstad", Address: "999 99 Exempelby",
		Email: "socialnamnden@exempelby.example", Phone: "0980-31 92 00", DPOEmail: "dataskyddsombudet@exempelby.example", DPOPhone: "0980-31 92 20",
	}
}

func bygg() templates.Controller {
	c := socialnamnden()
	c.Name, c.Sensitive, c.Email = "Miljö- och byggnadsnämnden", false, "bygg@exempelby.example"
	return c
}

func bolag() templates.Controller {
	return templates.Controller{
		Name: "Exempelby Bostäder AB", Kind: "bolag", Address: "Torggatan 3, 999 99 Exempelby", Email: "hej@bostader.example",
		Phone: "0980-31 94 00", DPOName: "Sara Nyberg", DPOEmail: "dso@bostader.example",
	}
}

func letter(c templates.Controller, outcome, remedy string) templates.LetterDoc {
	d := templates.LetterDoc{
		Controller: c, Number: "INS-2027-00042-SN", Diary: "SN-2027-00118", Date: calendar.New(2027, time.April, 30),
		ToName: "Maja Lindqvist", ToAddress: "Björkvägen 4\n999 91 Exempelby", Outcome: outcome, Received: calendar.New(2027, time.April, 1),
		Searched: 13, ReviewOffered: true, Remedy: remedy, FetchUntil: calendar.New(2027, time.July, 30),
		DecidedBy: "Karin Åhl", Title: "Förvaltningschef", DelegationNumber: "4.3",
		NotSearched: []templates.NotSearched{{"Kameror i receptionen", "Inspelningen raderas efter 48 timmar och finns inte kvar"}},
	}
	if outcome == "granted" || outcome == "partial" {
		d.Released = 4
	}
	if outcome == "partial" || outcome == "refused" {
		d.Withheld = []templates.Withheld{
			{"En skrivelse från september 2025", "Den innehåller uppgifter som en annan person har lämnat. Personen kan ta skada om vi lämnar ut dem. Uppgifterna är därför hemliga, även för dig.", "osl-26-5"},
			{"En utredning som vi har börjat skriva", "Texten är inte färdig och ingen annan har fått den. Rätten till registerutdrag gäller inte sådan text.", "dsl-5-2"},
		}
	}
	if !c.Authority() && len(d.Withheld) > 0 {
		d.Withheld[0] = templates.Withheld{"Ett brev från en granne", "Hos en myndighet hade uppgiften varit hemlig, även för dig", "dsl-5-1-company"}
	}
	return d
}

// letters are letters of every sort: outcome, kind of controller, sensitive or not.
func letters() map[string]templates.LetterDoc {
	meeting := letter(bygg(), "refused", "forvaltningsratt")
	meeting.DelegationNumber, meeting.Title = "", "Ordförande"
	meeting.MeetingOn, meeting.MeetingParagraph = calendar.New(2027, time.April, 29), "18"
	late := letter(bygg(), "partial", "forvaltningsratt")
	late.Extended, late.Late, late.LateRefusal, late.Diary, late.Post = true, true, true, "", true
	reasons := letter(bygg(), "refused", "forvaltningsratt")
	reasons.Withheld, reasons.Reasons = nil, "Du har bett om samma uppgifter fyra gånger den här månaden.\n\nInget har ändrats sedan du fick dem."
	sensitive := letter(socialnamnden(), "partial", "forvaltningsratt")
	protected := letter(socialnamnden(), "neutral", "forvaltningsratt")
	protected.Protected, protected.Post = true, true
	bare := letter(bolag(), "granted", "none")
	bare.ToAddress, bare.Diary = "", ""
	return map[string]templates.LetterDoc{
		"granted-namnd":         letter(bygg(), "granted", "none"),
		"granted-sensitive":     letter(socialnamnden(), "granted", "none"),
		"granted-company":       bare,
		"partial-namnd":         letter(bygg(), "partial", "forvaltningsratt"),
		"partial-sensitive":     sensitive,
		"partial-company":       letter(bolag(), "partial", "imy-and-court"),
		"partial-late":          late,
		"nothing-found-namnd":   letter(bygg(), "nothing-found", "none"),
		"nothing-found-company": letter(bolag(), "nothing-found", "none"),
		"neutral-sensitive":     letter(socialnamnden(), "neutral", "forvaltningsratt"),
		"neutral-protected":     protected,
		"refused-meeting":       meeting,
		"refused-reasons":       reasons,
		"refused-company":       letter(bolag(), "refused", "imy-and-court"),
	}
}

// TestLetterPages: as pages they fetch nothing and are read with ease. What letters say is held by the table in workflows.
func TestLetterPages(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	for name, d := range letters() {
		for _, lang := range []string{"sv", "en"} {
			t.Run(name+"-"+lang, func(t *testing.T) {
				t.Parallel()
				got, err := s.Letter(lang, d)
				if err != nil {
					t.Fatal(err)
				}
				again, err := s.Letter(lang, d)
				if err != nil || !bytes.Equal(got, again) {
					t.Fatalf("another letter the second time (%v)", err)
				}
				selfContained(t, got)
				lix := readability(t, got)
				t.Logf("LIX %.0f", lix)
				if lang == "sv" && lix > 40 {
					t.Errorf("LIX %.0f, at most 40", lix)
				}
			})
		}
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; read the letter and run with -update if it is right:\n%s", path, firstDifference(want, got))
	}
}

func firstDifference(want, got []byte) string {
	a, b := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d\n- %s\n+ %s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, then %d", len(a), len(b))
}

var fetches = regexp.MustCompile(`(?i)(src|href|url|@import|<script|<link|<iframe|<object|<form)[\s=("']`)

// void are the elements that have no end in HTML.
var void = regexp.MustCompile(`<(meta|br)\b([^>]*)>`)

// selfContained checks that a document is well-formed and fetches nothing.
func selfContained(t *testing.T, doc []byte) {
	t.Helper()
	if m := fetches.Find(doc); m != nil {
		t.Errorf("the document fetches: %s", m)
	}
	if !bytes.Contains(doc, []byte(`<html lang="`)) {
		t.Error("no language")
	}
	dec := xml.NewDecoder(bytes.NewReader(void.ReplaceAll(doc, []byte("<$1$2/>"))))
	dec.Entity = xml.HTMLEntity
	for {
		_, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
	}
}

var (
	headAndFoot = regexp.MustCompile(`(?s)^.*?<h1>|<footer.*$`)
	blockEnd    = regexp.MustCompile(`</(p|li|h1|h2|h3|h4|td|th|dt|dd)>`)
	markup      = regexp.MustCompile(`<[^>]*>`)
	sentenceEnd = regexp.MustCompile(`[.:!?]\s`)
	word        = regexp.MustCompile(`[\p{L}\d]+`)
)

// text is the words of a document's body; each heading and list item is a sentence.
func text(doc []byte) string {
	s := headAndFoot.ReplaceAllString(string(doc), "")
	s = blockEnd.ReplaceAllString(s, ". ")
	s = markup.ReplaceAllString(s, " ")
	s = strings.NewReplacer("&#39;", "'", "&amp;", "&", "\u00a0", "_", "\u2011", "-").Replace(s)
	for _, abbreviation := range []string{"kap.", "kl."} {
		s = strings.ReplaceAll(s, abbreviation, strings.TrimSuffix(abbreviation, "."))
	}
	return regexp.MustCompile(`(\s*\.)+`).ReplaceAllString(s, ".")
}

// readability is LIX: words per sentence, plus the percentage of words longer than six letters.
func readability(t *testing.T, doc []byte) float64 {
	t.Helper()
	s := text(doc)
	words, long := word.FindAllString(s, -1), 0
	for _, w := range words {
		if len([]rune(w)) > 6 {
			long++
		}
	}
	sentences := len(sentenceEnd.FindAllString(s, -1))
	if len(words) == 0 || sentences == 0 {
		t.Fatal("no text")
	}
	return float64(len(words))/float64(sentences) + 100*float64(long)/float64(len(words))
}

func TestTheNeutralLetterDoesNotDependOnWhatWasFound(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	nothing := letter(socialnamnden(), "neutral", "forvaltningsratt")
	nothing.Searched, nothing.NotSearched, nothing.ReviewOffered = 13, nil, false
	secret := letter(socialnamnden(), "neutral", "forvaltningsratt")
	secret.Withheld = []templates.Withheld{{"En anmälan", "Den som anmälde kan ta skada", "osl-26-5"}}
	secret.Released, secret.Reasons, secret.ReviewOffered, secret.LateRefusal, secret.Searched = 2, "hemligt", true, true, 2
	for _, lang := range []string{"sv", "en"} {
		a, errA := s.Letter(lang, nothing)
		b, errB := s.Letter(lang, secret)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s: the letters differ: %s", lang, firstDifference(a, b))
		}
	}
	doc, err := s.Letter("sv", secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<p>Utöver uppgifterna i detta ärende har vi inga uppgifter som vi kan lämna ut till dig.</p>", "Förvaltningsrätten i Exempelstad", "imy.se",
	} {
		if !strings.Contains(string(doc), want) {
			t.Errorf("the neutral letter does not say %q", want)
		}
	}
}

func TestEachLetterSaysWhatItMustAndNoMore(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	for name, c := range map[string]struct{ says, not []string }{
		"granted-namnd":         {[]string{"Du får en kopia", "imy.se", "fyra handlingar"}, []string{"överklag", "Skäl"}},
		"granted-sensitive":     {[]string{"Du får en kopia"}, []string{"överklag", "Dataskyddsombudet har fått"}},
		"nothing-found-namnd":   {[]string{"inte hittat", "imy.se", "Din begäran och det vi har skrivit till varandra"}, []string{"överklag", "vi inga uppgifter", "avslag"}},
		"partial-namnd":         {[]string{"26\u00a0kap.\u00a05\u00a0§", "5\u00a0kap.\u00a01\u00a0§", "5\u00a0kap.\u00a02\u00a0§", "överklaga", "<strong>tre veckor</strong>", "SN-2027-00118", "Dataskyddsombudet har fått", "punkt\u00a04.3 i Miljö- och byggnadsnämndens"}, nil},
		"partial-sensitive":     {[]string{"26\u00a0kap.\u00a05\u00a0§", "överklaga"}, []string{"Dataskyddsombudet har fått"}},
		"partial-late":          {[]string{"på papper", "inom en månad. Det beklagar", "mer tid", "numret INS-2027-00042-SN"}, []string{"Diarienummer", "Logga in"}},
		"partial-company":       {[]string{"inte en myndighet", "artikel\u00a077", "artikel\u00a079", "andra stycket"}, []string{"delegation", "örvaltningsr", "delegering", "Exempelby kommun", "26\u00a0kap"}},
		"refused-company":       {[]string{"inte en myndighet"}, []string{"örvaltning<", "delegering", "Logga in"}},
		"nothing-found-company": {[]string{"inte hittat", "imy.se"}, []string{"överklag", "delegering"}},
		"refused-meeting":       {[]string{"29\u00a0april 2027, §\u00a018", "överklaga"}, []string{"delegation"}},
		"refused-reasons":       {[]string{"fyra gånger", "Inget har ändrats"}, nil},
		"neutral-sensitive":     {[]string{"Utöver uppgifterna i detta ärende"}, []string{"13 av", "Kameror", "Dataskyddsombudet har"}},
	} {
		doc, err := s.Letter("sv", letters()[name])
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range c.says {
			if !strings.Contains(string(doc), want) {
				t.Errorf("%s does not say %q", name, want)
			}
		}
		for _, not := range c.not {
			if strings.Contains(string(doc), not) {
				t.Errorf("%s says %q", name, not)
			}
		}
	}
}

func TestALetterThatMustNotBeIsRefused(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	for name, change := range map[string]func(*templates.LetterDoc){
		"a sensitive controller says nothing was found": func(d *templates.LetterDoc) {
			d.Outcome, d.Remedy, d.Withheld, d.Controller.Sensitive = "nothing-found", "none", nil, true
		},
		"a sensitive controller says everything is secret": func(d *templates.LetterDoc) { d.Outcome, d.Controller.Sensitive = "refused", true },
		"a refusal without reasons":                        func(d *templates.LetterDoc) { d.Outcome, d.Withheld = "refused", nil },
		"a partial refusal that withholds nothing":         func(d *templates.LetterDoc) { d.Withheld = nil },
		"a refusal without a remedy":                       func(d *templates.LetterDoc) { d.Remedy = "none" },
		"a company at the administrative court":            func(d *templates.LetterDoc) { d.Controller = bolag() },
		"an authority before a general court":              func(d *templates.LetterDoc) { d.Remedy = "imy-and-court" },
		"no court":                                         func(d *templates.LetterDoc) { d.Controller.Court = "" },
		"a granted request that withholds":                 func(d *templates.LetterDoc) { d.Outcome, d.Remedy = "granted", "none" },
		"a neutral letter without the notice": func(d *templates.LetterDoc) {
			d.Outcome, d.Remedy, d.Controller.Sensitive = "neutral", "none", true
		},
		"an unknown ground":    func(d *templates.LetterDoc) { d.Withheld[0].Ground = "because" },
		"an unknown outcome":   func(d *templates.LetterDoc) { d.Outcome = "maybe" },
		"no date":              func(d *templates.LetterDoc) { d.Date = calendar.Date{} },
		"no one who decided":   func(d *templates.LetterDoc) { d.DecidedBy = "" },
		"no one to write to":   func(d *templates.LetterDoc) { d.ToName = "" },
		"no controller at all": func(d *templates.LetterDoc) { d.Controller = templates.Controller{} },
	} {
		d := letter(bygg(), "partial", "forvaltningsratt")
		change(&d)
		if doc, err := s.Letter("sv", d); err == nil || doc != nil {
			t.Errorf("%s: a letter was made", name)
		} else if strings.Contains(err.Error(), "Maja") {
			t.Errorf("%s: the error names the person: %v", name, err)
		}
	}
}

func TestWhatStaffWriteIsEscaped(t *testing.T) {
	t.Parallel()
	d := letter(bygg(), "partial", "forvaltningsratt")
	d.Withheld[0].Title, d.Withheld[0].Explanation, d.Reasons = `<img src=x>`, `"><script>alert(1)</script>`, `**fet** [länk](court)`
	doc, err := load(t, nil).Letter("sv", d)
	if err != nil {
		t.Fatal(err)
	}
	selfContained(t, bytes.ReplaceAll(doc, []byte("&lt;img src=x&gt;"), nil))
	if bytes.Contains(doc, []byte("<script")) || bytes.Contains(doc, []byte("<strong>fet")) {
		t.Error("markup from a person reached the letter")
	}
}
