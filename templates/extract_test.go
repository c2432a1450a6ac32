package templates_test

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/pdf/pdfcheck"
	"insyn/templates"
)

func own() []templates.OwnData {
	return []templates.OwnData{{
		Title: "Din begäran", At: time.Date(2027, time.April, 1, 7, 12, 0, 0, time.UTC),
		Text: "Alla uppgifter om mig.\n\nJag vill veta vad som står om mig.", File: "karta.pdf",
	}}
}

// each visits what is there, as often as it is asked.
func each[T any](all ...T) func(func(T) error) error {
	return func(visit func(T) error) error {
		for _, v := range all {
			if err := visit(v); err != nil {
				return err
			}
		}
		return nil
	}
}

func visits() templates.ExtractTable {
	return templates.ExtractTable{Headings: []string{"Datum", "Händelse"}, Rows: 2, Longest: []int{10, 30},
		Each: each([]string{"2025-03-03", "Maja ringde"}, []string{"2025-03-05", "<b>Svar</b> 😀 𒀀"})}
}

func wide() templates.ExtractTable {
	return templates.ExtractTable{Name: "Blad1", Headings: []string{"Datum", "Handläggare", "Slag", "Ärende", "Fastighet", "Status", "Anteckning"}, Rows: 1,
		Longest: []int{10, 12, 10, 12, 14, 8, 40},
		Each:    each([]string{"2025-03-03", "Eva Ek", "Samtal", "B-12", "Eken 1:4", "", "Frågade om altanen."})}
}

func files() []templates.ExtractFile {
	return []templates.ExtractFile{
		{Path: "Handlingar/Handling 0001.pdf", Title: "Ansökan 2025", Name: "ansokan-maja.pdf", Size: 2_140_000, SHA256: strings.Repeat("0f", 32)},
		{Path: "Handlingar/Handling 0002.csv", Title: "Samtal", Name: "samtal.csv", Size: 90, SHA256: strings.Repeat("1e", 32)},
		{Path: "Handlingar/Handling 0003.xlsx", Title: "Logg", Name: "logg.xlsx", Size: 9000, SHA256: strings.Repeat("2d", 32)},
	}
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
			Count: 4, Items: each(templates.ExtractItem{Title: "Ansökan 2025", File: &files()[0]},
				templates.ExtractItem{Title: "Anteckning", Text: "Maja ringde 3 mars.\n<b>Vill bygga altan.</b>"},
				templates.ExtractItem{Title: "Samtal", File: &files()[1], Tables: []templates.ExtractTable{visits()}},
				templates.ExtractItem{Title: "Logg", File: &files()[2], Tables: []templates.ExtractTable{wide()}}),
		},
		{Name: "Gemensam e-postlåda", Count: 1, Items: each(templates.ExtractItem{Title: "Mejl", Text: "Hej!"})},
	}
	full.Files, full.FileCount = each(files()...), 3
	neutral := base
	neutral.Controller, neutral.Number = socialnamnden(), "INS-2027-00042-SN"
	return map[string]templates.ExtractDoc{"full": full, "neutral": neutral}
}

// extractHTML draws an extract for a screen.
func extractHTML(t *testing.T, lang string, d templates.ExtractDoc) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := load(t, nil).ExtractHTML(&b, lang, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// extractPDF draws an extract as it is sealed.
func extractPDF(t *testing.T, lang string, d templates.ExtractDoc) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := load(t, nil).ExtractPDF(&b, lang, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readAloud is what a PDF says, in the order a screen reader reads it.
func readAloud(t *testing.T, doc []byte) []byte {
	t.Helper()
	cmd := exec.Command("pdftotext", "-enc", "UTF-8", "-", "-")
	cmd.Stdin = bytes.NewReader(doc)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return out
}

func TestExtractsAreAsTheyWereRead(t *testing.T) {
	t.Parallel()
	for name, d := range extracts() {
		for _, lang := range []string{"sv", "en"} {
			got := extractHTML(t, lang, d)
			if again := extractHTML(t, lang, d); !bytes.Equal(got, again) {
				t.Error("another extract the second time")
			}
			golden(t, filepath.Join("testdata", "extract", name+"."+lang+".html"), got)
			selfContained(t, got)
			if lix := readability(t, got); lang == "sv" && lix > 40 {
				t.Errorf("%s: LIX %.0f, at most 40", name, lix)
			}
			doc := extractPDF(t, lang, d)
			if again := extractPDF(t, lang, d); !bytes.Equal(doc, again) {
				t.Error("another PDF the second time")
			}
			pdfcheck.Report(t, name+" "+lang, doc)
			golden(t, filepath.Join("testdata", "extract", name+"."+lang+".txt"), readAloud(t, doc))
		}
	}
}

func TestTheNeutralExtractHoldsTheCasesOwnDataOnly(t *testing.T) {
	t.Parallel()
	nothing := extracts()["neutral"]
	secret := nothing
	secret.Withheld = 7
	if a, b := extractHTML(t, "sv", nothing), extractHTML(t, "sv", secret); !bytes.Equal(a, b) || !bytes.Contains(a, []byte("Din begäran")) ||
		bytes.Contains(a, []byte("Det här har vi om dig")) || bytes.Contains(a, []byte("Handlingar")) {
		t.Error("the neutral extract is not the case's own data")
	}
	if !bytes.Equal(extractPDF(t, "sv", nothing), extractPDF(t, "sv", secret)) {
		t.Error("the PDFs differ")
	}
}

func TestAnExtractSaysWhatArticle15AsksFor(t *testing.T) {
	t.Parallel()
	doc := string(extractHTML(t, "sv", extracts()["full"]))
	for _, want := range []string{
		"a. Varför", "(ändamål)", "rättslig grund", "b. Vilka slags uppgifter", "c. Vem", "Lantmäteriet", "d. Hur länge", "Bevaras", "e. Vad du kan begära",
		"f. Hur du klagar", "g. Var uppgifterna kommer från", "h. Om en dator beslutar", "rättelse", "radering", "begränsning", "invändning",
		"imy.se", "utanför EU", "2,1\u00a0MB", strings.Repeat("0f", 8), "En handling lämnar vi inte ut", "&lt;b&gt;Vill bygga", "Vår förteckning säger inget",
		"Handlingar/Handling 0001.pdf", "&lt;b&gt;Svar&lt;/b&gt;",
	} {
		if !strings.Contains(doc, want) {
			t.Errorf("the extract does not say %q", want)
		}
	}
}

func TestACharacterThatTheFontsLackIsSpelled(t *testing.T) {
	t.Parallel()
	if said := string(readAloud(t, extractPDF(t, "sv", extracts()["full"]))); !strings.Contains(said, "[U+12000]") {
		t.Error("𒀀 is not spelled")
	}
}

func TestAnExtractThatCannotBeReadIsNotMade(t *testing.T) {
	t.Parallel()
	broken := errors.New("the store is down")
	d := extracts()["full"]
	d.Systems = []templates.ExtractSystem{{Name: "Bygglov", Count: 1, Items: func(visit func(templates.ExtractItem) error) error {
		if err := visit(templates.ExtractItem{Title: "Ett", Text: "Hej."}); err != nil {
			return err
		}
		return broken
	}}}
	if _, err := load(t, nil).ExtractPDF(&bytes.Buffer{}, "sv", d); !errors.Is(err, broken) {
		t.Errorf("made, or stopped by something else: %v", err)
	}
	d.Person = ""
	if _, err := load(t, nil).ExtractPDF(&bytes.Buffer{}, "sv", d); err == nil {
		t.Error("an extract was made for nobody")
	}
}

// longExtract is an extract of many pages: texts, a table of rows and a table of facts, each longer than a page.
func longExtract() templates.ExtractDoc {
	d := extracts()["full"]
	rows, facts := visits(), wide()
	rows.Rows, facts.Rows = 120, 30
	rows.Each = func(visit func([]string) error) error {
		for n := range rows.Rows {
			if err := visit([]string{"2025-03-03", fmt.Sprintf("Samtal nummer %d", n+1)}); err != nil {
				return err
			}
		}
		return nil
	}
	one := facts.Each
	facts.Each = func(visit func([]string) error) error {
		for range facts.Rows {
			if err := one(visit); err != nil {
				return err
			}
		}
		return nil
	}
	many := func(visit func(templates.ExtractItem) error) error {
		for n := range 60 {
			if err := visit(templates.ExtractItem{Title: fmt.Sprintf("Mejl %d", n+1), Text: strings.Repeat("Hej! Jag undrar hur det går med altanen. ", 6)}); err != nil {
				return err
			}
		}
		return nil
	}
	d.Systems[0].Items = each(templates.ExtractItem{Title: "Samtal", File: &files()[1], Tables: []templates.ExtractTable{rows}},
		templates.ExtractItem{Title: "Logg", File: &files()[2], Tables: []templates.ExtractTable{facts}})
	d.Systems[0].Count, d.Systems[1].Count, d.Systems[1].Items = 2, 60, many
	return d
}

// pageText is what stands on a page, from 1, with plain spaces.
func pageText(t *testing.T, doc []byte, page int) string {
	t.Helper()
	n := strconv.Itoa(page)
	cmd := exec.Command("pdftotext", "-layout", "-enc", "UTF-8", "-f", n, "-l", n, "-", "-")
	cmd.Stdin = bytes.NewReader(doc)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return strings.ReplaceAll(string(out), "\u00a0", " ")
}

// TestALongExtractHasContentsWhosePagesAreRight: each line of the table of contents names the page where that heading is.
func TestALongExtractHasContentsWhosePagesAreRight(t *testing.T) {
	t.Parallel()
	for lang, title := range map[string]string{"sv": "Innehåll", "en": "Contents"} {
		var b bytes.Buffer
		made, err := load(t, nil).ExtractPDF(&b, lang, longExtract())
		if err != nil {
			t.Fatal(err)
		}
		if made.Pages < 5 {
			t.Fatalf("only %d pages", made.Pages)
		}
		pdfcheck.Report(t, "long "+lang, b.Bytes())
		first := pageText(t, b.Bytes(), 1) + pageText(t, b.Bytes(), 2)
		_, contents, ok := strings.Cut(first, "\n"+title+"\n")
		if !ok {
			t.Fatalf("%s: no contents:\n%s", lang, first)
		}
		right := 0
		for line := range strings.Lines(contents) {
			l := regexp.MustCompile(`^ *(\S.*?) +([0-9]+)$`).FindStringSubmatch(strings.TrimRight(line, "\n"))
			if l == nil {
				if strings.TrimSpace(line) == "" {
					continue
				}
				break // the text that follows
			}
			page, err := strconv.Atoi(l[2])
			heading := regexp.MustCompile(`(?m)^ *` + regexp.QuoteMeta(l[1]) + ` *$`)
			if err != nil || page > made.Pages || !heading.MatchString(pageText(t, b.Bytes(), page)) {
				t.Errorf("%s: “%s” is not a heading on page %s", lang, l[1], l[2])
				continue
			}
			right++
		}
		if right < 5 {
			t.Errorf("%s: only %d lines of contents are right in:\n%s", lang, right, contents)
		}
	}
}
