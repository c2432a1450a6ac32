package pdf_test

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"insyn/internal/pdf"
	"insyn/internal/pdf/pdfcheck"
)

// anyText draws strings of every kind: words, long words, other scripts, control characters, brackets and backslashes.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[a-zåäöA-ZÅÄÖ]{1,14}( [a-zåäö0-9§.,()\\<>/-]{1,30}){0,25}`),
		rapid.StringOfN(rapid.RuneFrom(nil, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Mn, unicode.Punct, unicode.Symbol, unicode.Zs), 0, 60, -1),
		rapid.String(),
		rapid.SampledFrom([]string{"", " ", "\n", "offentlighets\u00adoch\u00adsekretess\u00adlags\u00adfrågor", strings.Repeat("x", 700), "a\u0301\u0302b", "\u00ad", "-", "e\u200btjänst", "\U0001f600", "العربية"}),
	)
}

func anySpans() *rapid.Generator[[]pdf.Span] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) pdf.Span {
		return pdf.Span{
			Text: anyText().Draw(t, "text"), Bold: rapid.Bool().Draw(t, "bold"), Italic: rapid.Bool().Draw(t, "italic"),
			Mono: rapid.Bool().Draw(t, "mono"), Muted: rapid.Bool().Draw(t, "muted"),
			URI:  rapid.SampledFrom([]string{"", "", "", "https://www.exempelby.example/?q=(å)\\", "mailto:a@exempelby.example"}).Draw(t, "uri"),
			Lang: rapid.SampledFrom([]string{"", "", "", "en", "fi"}).Draw(t, "lang"),
		}
	}), 0, 4)
}

// said collects what was written, in the order it must come out.
type said struct{ b strings.Builder }

// add notes spans and what stands before them if there is anything in them.
func (s *said) add(before string, spans []pdf.Span) []pdf.Span {
	var b strings.Builder
	for _, sp := range spans {
		b.WriteString(shown(norm.NFC.String(sp.Text)))
	}
	if b.Len() > 0 {
		s.b.WriteString(before + b.String())
	}
	return spans
}

// shown is a text without white space and the marks that no page shows.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f", r) {
			return -1
		}
		return r
	}, s)
}

var spelt = regexp.MustCompile(`\[U\+([0-9A-F]{4,6})\]`)

// unspelt puts characters that were spelt for want of a glyph back.
func unspelt(s string) string {
	return spelt.ReplaceAllStringFunc(s, func(m string) string {
		v, err := strconv.ParseInt(m[3:len(m)-1], 16, 32)
		if err != nil {
			return m
		}
		return string(rune(v))
	})
}

// TestAnyDocument writes documents of anything in any order: they have no faults, and not a letter is lost, added or
// moved.
func TestAnyDocument(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var out bytes.Buffer
		w, err := pdf.New(&out, meta, pdf.Options{Missing: pdf.Spell})
		if err != nil {
			t.Fatal(err)
		}
		s := &said{}
		w.Heading(1, s.add("", txt("Början"))...)
		drawAnything(t, w, s)
		if _, err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for _, f := range pdfcheck.Check(out.Bytes()) {
			t.Error(f)
		}
		aloud, err := pdfcheck.Aloud(out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if got, want := unspelt(shown(aloud)), s.b.String(); got != want {
			t.Errorf("read\n%q\nwritten\n%q", got, want)
		}
	})
}

// drawAnything writes some blocks of any kind.
func drawAnything(t *rapid.T, w *pdf.Writer, s *said) {
	level, boxes := 1, 0
	some := func(label string) []pdf.Span { return anySpans().Draw(t, label) }
	for range rapid.IntRange(0, 8).Draw(t, "blocks") {
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			level = rapid.IntRange(1, min(6, level+1)).Draw(t, "level")
			w.Heading(level, s.add("", append(txt("Rubrik "), some("heading")...))...)
		case 1:
			anyList(t, w, s)
		case 2:
			var facts []pdf.Fact
			for range rapid.IntRange(0, 4).Draw(t, "facts") {
				facts = append(facts, pdf.Fact{Term: s.add("", append(txt("x"), some("term")...)), Def: s.add("", append(txt("y"), some("definition")...))})
			}
			w.Facts(facts...)
		case 3:
			anyTable(t, w, s)
		case 4:
			w.BeginBox()
			boxes++
		case 5:
			if boxes > 0 {
				w.EndBox()
				boxes--
			}
		case 6:
			w.Columns([][]pdf.Span{s.add("", some("line")), s.add("", some("line"))}, [][]pdf.Span{s.add("", some("line"))})
		case 7:
			w.PageBreak()
		default:
			style := pdf.Style{
				Size: pdf.SizeClass(rapid.IntRange(0, 2).Draw(t, "size")), Muted: rapid.Bool().Draw(t, "muted"),
				Keep: rapid.Bool().Draw(t, "keep"), Indent: rapid.Float64Range(0, 80).Draw(t, "indent"),
			}
			w.Paragraph(style, s.add("", some("paragraph"))...)
		}
	}
	for ; boxes > 0; boxes-- {
		w.EndBox()
	}
}

func anyList(t *rapid.T, w *pdf.Writer, s *said) {
	ordered := rapid.Bool().Draw(t, "ordered")
	items := rapid.SliceOfN(anySpans(), 0, 5).Draw(t, "items")
	for i, item := range items {
		label := "•"
		if ordered {
			label = strconv.Itoa(i+1) + "."
		}
		s.add(label, item)
	}
	w.List(ordered, items...)
}

func anyTable(t *rapid.T, w *pdf.Writer, s *said) {
	n := rapid.IntRange(1, 4).Draw(t, "columns")
	spec := pdf.TableSpec{RowHeads: rapid.Bool().Draw(t, "row heads")}
	for range n {
		spec.Columns = append(spec.Columns, rapid.Float64Range(0.7, 3).Draw(t, "share"))
		spec.Head = append(spec.Head, s.add("", txt(rapid.StringN(0, 8, -1).Draw(t, "head"))))
	}
	w.BeginTable(spec)
	for range rapid.IntRange(0, 6).Draw(t, "rows") {
		var row [][]pdf.Span
		for range n {
			row = append(row, s.add("", anySpans().Draw(t, "cell")))
		}
		w.Row(row...)
	}
	w.EndTable()
}
