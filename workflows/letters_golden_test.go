package workflows

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"insyn/internal/lix"
	"insyn/internal/pdf"
	"insyn/internal/pdf/pdfcheck"
	"insyn/models"
)

// updateLetters writes the golden letters anew; read them before they are committed.
var updateLetters = flag.Bool("update-letters", false, "write the golden letters anew")

// golden are the combinations whose letters are kept as they are read: each outcome of each right, at an authority and at a
// company, sensitive or not, with the most that may be found. Kinds that differ in name only have one letter.
func golden() []combination {
	possible, _ := table()
	var out []combination
	for _, c := range outer(possible) {
		if c.kind != models.KindNamnd && c.kind != models.KindBolag {
			continue
		}
		if n := len(out); n > 0 && out[n-1].String() == c.String() {
			out[n-1] = c // with more in it
			continue
		}
		out = append(out, c)
	}
	return out
}

// place is where a golden letter is kept: a file for each right and outcome in a language, a section for each kind.
func (c combination) place(lang string) (file, section string) {
	section = "authority"
	if !c.kind.Authority() {
		section = "company"
	}
	if c.sensitive {
		section = "sensitive " + section
	}
	return fmt.Sprintf("%s-%s.%s.txt", c.right.Right, c.outcome, lang), section
}

func TestLettersAreAsTheyWereRead(t *testing.T) {
	t.Parallel()
	set := letterSet(t)
	files := map[string]string{}
	for _, c := range golden() {
		for _, lang := range []string{"sv", "en"} {
			sealed, aloud := c.pdf(t, set, lang)
			file, section := c.place(lang)
			files[file] += "=== " + section + " ===\n" + aloud + "\n"
			pdfcheck.Report(t, file+", "+section, sealed)
			sameAloud(t, file+", "+section, sealed, aloud)
			inWindow(t, file+", "+section, sealed)
			if got := readability(t, aloud); lang == "sv" && got > lix.Hard {
				t.Errorf("%s, %s: LIX %d, at most 40", file, section, got)
			}
		}
	}
	dir := filepath.Join("testdata", "letters")
	if *updateLetters {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for file, got := range files {
		path := filepath.Join(dir, file)
		if *updateLetters {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(want) != got {
			t.Errorf("%s differs; read the letter and run with -update-letters if it is right: %s", path, firstDifference(string(want), got))
		}
	}
	kept, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range kept {
		if files[f.Name()] == "" {
			t.Errorf("%s is nobody's letter", f.Name())
		}
	}
}

func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d\n- %s\n+ %s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, then %d", len(a), len(b))
}

// pdftotext runs poppler's reader over a letter.
func pdftotext(t *testing.T, letter []byte, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "pdftotext", append(args, "-enc", "UTF-8", "-", "-")...)
	cmd.Stdin = bytes.NewReader(letter)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext (Debian: poppler-utils): %v", err)
	}
	return string(out)
}

var foot = regexp.MustCompile(`(?m)^INS-2027-00042-SN\n\d \(\d\)$|^INS-2027-00042-SN \d \(\d\)$|^\d \(\d\)$`)

// sameAloud compares the words in the order of the file's structure with those in the order of the page, but for the foot.
func sameAloud(t *testing.T, name string, letter []byte, aloud string) {
	t.Helper()
	page := strings.Fields(foot.ReplaceAllString(flat(pdftotext(t, letter, "-raw")), ""))
	said := strings.Fields(flat(aloud))
	if i := slices.Index(said, "Exempelby"); i == 0 && said[1] == "kommun" {
		said = said[2:] // the logo's alternative text is on no page
	}
	page = slices.DeleteFunc(page, func(w string) bool { return w == "\f" })
	for i := range min(len(page), len(said)) {
		if page[i] != said[i] {
			t.Errorf("%s: on the page “%s” stands where “%s” is read aloud", name, strings.Join(page[i:min(i+6, len(page))], " "), strings.Join(said[i:min(i+6, len(said))], " "))
			return
		}
	}
	if len(page) != len(said) {
		t.Errorf("%s: %d words on the pages, %d are read aloud", name, len(page), len(said))
	}
}

// inWindow checks that the name and the address stand in the envelope's window, whole, and that nothing else does.
func inWindow(t *testing.T, name string, letter []byte) {
	t.Helper()
	const mm = 72 / 25.4
	var doc struct {
		Pages []struct {
			Words []struct {
				XMin float64 `xml:"xMin,attr"`
				XMax float64 `xml:"xMax,attr"`
				YMin float64 `xml:"yMin,attr"`
				YMax float64 `xml:"yMax,attr"`
				Text string  `xml:",chardata"`
			} `xml:"word"`
		} `xml:"body>doc>page"`
	}
	if err := xml.Unmarshal([]byte(pdftotext(t, letter, "-bbox")), &doc); err != nil || len(doc.Pages) == 0 {
		t.Fatalf("%s: no words with their places (%v)", name, err)
	}
	var in []string
	left, top, right, bottom := pdf.WindowLeft*mm, pdf.WindowTop*mm, (pdf.WindowLeft+pdf.WindowWidth)*mm, (pdf.WindowTop+pdf.WindowHeight)*mm
	for _, w := range doc.Pages[0].Words {
		if w.XMax <= left || w.XMin >= right || w.YMax <= top || w.YMin >= bottom {
			continue
		}
		in = append(in, w.Text)
		if w.XMin < left || w.XMax > right || w.YMin < top || w.YMax > bottom {
			t.Errorf("%s: %s is cut by the window's edge", name, w.Text)
		}
	}
	if got := flat(strings.Join(in, " ")); got != "\nMaja Lindqvist Björkvägen 4 999 91 Exempelby" {
		t.Errorf("%s: in the window is %q", name, got)
	}
}

// readability is LIX of a letter's body, from its title to its contacts.
func readability(t *testing.T, aloud string) int {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(flat(aloud)), "\n")
	first := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "Beslut om") || strings.HasPrefix(l, "Decision on") })
	last := slices.IndexFunc(lines, func(l string) bool { return l == "Kontakt" || l == "Contact" })
	if first < 0 || last < first {
		t.Fatalf("no body in\n%s", aloud)
	}
	return lix.Of(strings.Join(lines[first:last], "\n"))
}

// TestTheNeutralLetterIsTheSameFile: at a sensitive controller nothing found and everything secret give the same bytes.
func TestTheNeutralLetterIsTheSameFile(t *testing.T) {
	t.Parallel()
	possible, _ := table()
	set := letterSet(t)
	first := map[string][]byte{}
	n := 0
	for _, c := range possible {
		if c.outcome != models.OutcomeNeutral {
			continue
		}
		n++
		for _, lang := range []string{"sv", "en"} {
			sealed, _ := c.pdf(t, set, lang)
			key := c.String() + lang
			if first[key] == nil {
				first[key] = sealed
			} else if !bytes.Equal(first[key], sealed) {
				t.Errorf("%v, %s: with %+v another letter", c, lang, c.found.material())
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d neutral letters", n)
	}
}

// BenchmarkLetter is a partial refusal of two pages, made and ready to be sealed.
func BenchmarkLetter(b *testing.B) {
	possible, _ := table()
	i := slices.IndexFunc(possible, func(c combination) bool {
		return c.right.Right == models.Access && c.outcome == models.OutcomePartial && c.kind == models.KindNamnd && !c.sensitive
	})
	d := possible[i].draft(b, letterSet(b), "sv")
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := d.sealable(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
}
