package templates_test

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"insyn/internal/pdf/pdfcheck"
	"insyn/templates"
)

// inEverySlot is the same text in every slot, in versions 7 and up.
func inEverySlot(text string) templates.OwnParts {
	p := templates.OwnParts{Texts: map[templates.Slot]templates.OwnPart{}}
	for i, slot := range templates.Slots() {
		p.Texts[slot] = templates.OwnPart{Version: int64(7 + i), Text: text}
	}
	return p
}

// hostile are texts that nobody could save, as if they had come into the table by another way.
func hostile() map[string]string {
	return map[string]string{
		"markup":    "</p></main></body></html><script>alert(1)</script><h1>Beslut</h1><!-- \n<style>*{display:none}</style>\n<div class=\"head\"><svg>",
		"fields":    "{{template \"decision\" .}} {{.ToName}} {{end}}{{end}}\n{namn} %s %!d(MISSING)",
		"long":      strings.Repeat("ord ", 2500),
		"one word":  strings.Repeat("å", 10000),
		"direction": "Ring \u202eoss\u202c \u2066nu\u2069 \u200fdå\u0000\u0007\ufffd\ufeff\u00ad\u200b",
		"letters":   "Ring 😀 اتصل بنا 联系我们 \ue000 \U000f0000 a\u030a e\u0301\u0301\u0301\u0301\u0301",
		"lists":     strings.Repeat("- \n-\n- - -\n* a\n• \n", 200),
		"nothing":   " \n\t\n \u00a0 \n",
	}
}

// aloud is a letter as it is read aloud, after the checker has found nothing wrong with it.
func aloud(t *testing.T, draw func(io.Writer) (templates.Made, error)) (string, templates.Made) {
	t.Helper()
	var b bytes.Buffer
	made, err := draw(&b)
	if err != nil {
		t.Fatal(err)
	}
	pdfcheck.Report(t, t.Name(), b.Bytes())
	text, err := pdfcheck.Aloud(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return text, made
}

// holdsAll tells whether every line of the required text stands in a text, in order.
func holdsAll(t *testing.T, text, required string) {
	t.Helper()
	rest := text
	for line := range strings.Lines(required) {
		line = strings.TrimSpace(line)
		_, after, found := strings.Cut(rest, line)
		if !found {
			t.Fatalf("the letter has lost %q", line)
		}
		rest = after
	}
}

// TestNoOwnPartTakesARequiredPartAway: whatever the own parts say, each letter still says everything it would have said without
// them, in the same order, and is a sound PDF.
func TestNoOwnPartTakesARequiredPartAway(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	for name, d := range letters() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			required, _ := aloud(t, func(w io.Writer) (templates.Made, error) { return s.LetterPDF(w, "sv", d) })
			texts := hostile()
			if name != "partial-namnd" { // one letter meets them one by one, the others all at once
				texts = map[string]string{"everything": strings.Join(slices.Collect(maps.Values(texts)), "\n")}
			}
			for what, text := range texts {
				with := d
				with.Parts = inEverySlot(text)
				got, _ := aloud(t, func(w io.Writer) (templates.Made, error) { return s.LetterPDF(w, "sv", with) })
				holdsAll(t, got, required)
				page, err := s.Letter("sv", with)
				if err != nil {
					t.Fatal(err)
				}
				if bytes.Contains(page, []byte("<script")) || bytes.Count(page, []byte("<style")) != 1 || bytes.Count(page, []byte("<h1")) != 1 {
					t.Errorf("%s reached the page as markup", what)
				}
			}
		})
	}
	for name, d := range changeLetters() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			required, _ := aloud(t, func(w io.Writer) (templates.Made, error) { return s.ChangeLetterPDF(w, "en", d) })
			with := d
			with.Parts = inEverySlot(hostile()["markup"])
			got, _ := aloud(t, func(w io.Writer) (templates.Made, error) { return s.ChangeLetterPDF(w, "en", with) })
			holdsAll(t, got, required)
		})
	}
}

// TestOwnPartsAreTheSameInEveryLetter: whatever the outcome, the own parts stand at the same place and say the same (domain P3).
func TestOwnPartsAreTheSameInEveryLetter(t *testing.T) {
	t.Parallel()
	s := load(t, nil)
	const text = "Ring oss på 0980-31 92 10.\n- Vi läser brevet för dig.\n- Vi ordnar tolk."
	for name, d := range letters() {
		d.Parts = inEverySlot(text).In("decision")
		got, made := aloud(t, func(w io.Writer) (templates.Made, error) { return s.LetterPDF(w, "sv", d) })
		got = strings.ReplaceAll(got, "\u00a0", " ")
		if n := strings.Count(got, "Ring oss på 0980-31 92 10."); n != 2 {
			t.Errorf("%s: the text stands %d times", name, n)
		}
		opening, decision := strings.Index(got, "Ring oss på"), strings.Index(got, "Beslut\n")
		help, remedy := strings.Index(got, "Behöver du hjälp?"), strings.Index(got, "Integritetsskyddsmyndigheten")
		if opening <= 0 || decision <= opening || remedy <= decision || help <= remedy {
			t.Errorf("%s: opening at %d, decision at %d, remedy at %d, help at %d:\n%s", name, opening, decision, remedy, help, got)
		}
		if !strings.HasPrefix(made.Version, "decision-sv-") || !strings.HasSuffix(made.Version, ", parts-7-8") {
			t.Errorf("%s is made from %q", name, made.Version)
		}
	}
}

func TestBlocks(t *testing.T) {
	t.Parallel()
	got := templates.Blocks("Ett.\n\n- två\n– tre\n\n• fyra\nFem - sex.\n-sju\n - \n* \u202eåtta")
	want := []templates.OwnBlock{{Text: "Ett."}, {Items: []string{"två", "tre"}}, {Items: []string{"fyra"}}, {Text: "Fem - sex."}, {Text: "-sju"}, {Items: []string{"åtta"}}}
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i := range want {
		if got[i].Text != want[i].Text || strings.Join(got[i].Items, "|") != strings.Join(want[i].Items, "|") {
			t.Errorf("block %d: %+v, want %+v", i, got[i], want[i])
		}
	}
}
