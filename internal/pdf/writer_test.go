package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"insyn/internal/pdf"
	"insyn/internal/pdf/pdfcheck"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	at := time.Date(2027, 4, 30, 9, 0, 0, 0, time.UTC)
	for name, m := range map[string]pdf.Meta{
		"no title":                  {Title: " \n", Created: at},
		"no time":                   {Title: "x"},
		"a language that is none":   {Title: "x", Created: at, Lang: "sv SE"},
		"a language with a bracket": {Title: "x", Created: at, Lang: "sv)/A"},
	} {
		if _, err := pdf.New(io.Discard, m, pdf.Options{}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// TestErrorsStick lists what a document may not hold; Close says so.
func TestErrorsStick(t *testing.T) {
	t.Parallel()
	table := pdf.TableSpec{Columns: []float64{1, 1}, Head: [][]pdf.Span{txt("a"), txt("b")}}
	for name, c := range map[string]struct {
		want string
		draw func(*pdf.Writer)
	}{
		"a level left out":          {"level 3 after level 1", func(w *pdf.Writer) { w.Heading(1, txt("x")...); w.Heading(3, txt("x")...) }},
		"a level too deep":          {"level 7", func(w *pdf.Writer) { w.Heading(7, txt("x")...) }},
		"a first level of two":      {"level 2 after level 0", func(w *pdf.Writer) { w.Heading(2, txt("x")...) }},
		"an empty heading":          {"empty heading", func(w *pdf.Writer) { w.Heading(1, txt(" \u00a0")...) }},
		"a script":                  {"scheme", func(w *pdf.Writer) { w.Paragraph(pdf.Style{}, pdf.Span{Text: "x", URI: "javascript:alert(1)"}) }},
		"a file":                    {"scheme", func(w *pdf.Writer) { w.Paragraph(pdf.Style{}, pdf.Span{Text: "x", URI: "file:///etc/passwd"}) }},
		"an address without scheme": {"scheme", func(w *pdf.Writer) { w.Paragraph(pdf.Style{}, pdf.Span{Text: "x", URI: "www.exempelby.example"}) }},
		"an address without host":   {"host", func(w *pdf.Writer) { w.Paragraph(pdf.Style{}, pdf.Span{Text: "x", URI: "https:///x"}) }},
		"a control character":       {"control", func(w *pdf.Writer) { w.Paragraph(pdf.Style{}, pdf.Span{Text: "x", URI: "https://x.example/\r\n"}) }},
		"a mailto to nobody":        {"scheme", func(w *pdf.Writer) { w.Paragraph(pdf.Style{}, pdf.Span{Text: "x", URI: "mailto:"}) }},
		"a language that is none":   {"language", func(w *pdf.Writer) { w.Paragraph(pdf.Style{}, pdf.Span{Text: "x", Lang: "q)"}) }},
		"a row outside a table":     {"outside a table", func(w *pdf.Writer) { w.Row(txt("x")) }},
		"an end outside a table":    {"outside a table", func(w *pdf.Writer) { w.EndTable() }},
		"a row too short":           {"1 cells", func(w *pdf.Writer) { w.BeginTable(table); w.Row(txt("x")) }},
		"a head too short": {"head of 1", func(w *pdf.Writer) {
			w.BeginTable(pdf.TableSpec{Columns: []float64{1, 1}, Head: [][]pdf.Span{txt("x")}})
		}},
		"a table without heads": {"needs a head", func(w *pdf.Writer) { w.BeginTable(pdf.TableSpec{Columns: []float64{1}}) }},
		"a head like a page": {"half a page", func(w *pdf.Writer) {
			w.BeginTable(pdf.TableSpec{Columns: []float64{1}, Head: [][]pdf.Span{txt(strings.Repeat("huvud ", 700))}})
		}},
		"columns of no width":     {"widths", func(w *pdf.Writer) { w.BeginTable(pdf.TableSpec{Columns: []float64{1, -1}, RowHeads: true}) }},
		"a table in a table":      {"not ended", func(w *pdf.Writer) { w.BeginTable(table); w.BeginTable(table) }},
		"words in a table":        {"not ended", func(w *pdf.Writer) { w.BeginTable(table); w.Paragraph(pdf.Style{}, txt("x")...) }},
		"a table without end":     {"not ended", func(w *pdf.Writer) { w.BeginTable(table) }},
		"a box without end":       {"not ended", func(w *pdf.Writer) { w.BeginBox() }},
		"a box in a table":        {"not ended", func(w *pdf.Writer) { w.BeginTable(table); w.BeginBox() }},
		"an end of no box":        {"not begun", func(w *pdf.Writer) { w.EndBox() }},
		"a picture without words": {"stand for it", func(w *pdf.Writer) { w.Figure(mustLogo(t), " ", 20) }},
		"no picture":              {"a picture", func(w *pdf.Writer) { w.Figure(nil, "x", 20) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, err := pdf.New(io.Discard, meta, pdf.Options{})
			if err != nil {
				t.Fatal(err)
			}
			c.draw(w)
			w.Paragraph(pdf.Style{}, txt("mer")...)
			if _, err := w.Close(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Close says %v", err)
			}
		})
	}
}

func mustLogo(t testing.TB) *pdf.Logo {
	t.Helper()
	l, err := pdf.ParseLogo([]byte(markSVG))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestMissingIsNamed(t *testing.T) {
	t.Parallel()
	m := meta
	m.Running = "\u0f40"
	w, err := pdf.New(io.Discard, m, pdf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.At("rubrik")
	w.Heading(1, txt("Å 🦊")...)
	w.At("skäl")
	w.Paragraph(pdf.Style{}, txt("🦊🦊 سلام \x07 \ue000 \ufffd")...)
	_, err = w.Close()
	var missing *pdf.MissingError
	if !errors.As(err, &missing) {
		t.Fatalf("Close says %v", err)
	}
	want := []pdf.MissingAt{{At: "rubrik", Rune: '🦊'}, {At: "skäl", Rune: '🦊'}, {At: "skäl", Rune: 'س'}, {At: "skäl", Rune: 'ل'}, {At: "skäl", Rune: 'ا'}, {At: "skäl", Rune: 'م'},
		{At: "skäl", Rune: 7}, {At: "skäl", Rune: 0xe000}, {At: "skäl", Rune: 0xfffd}, {At: "foot", Rune: 0xf40}}
	if len(missing.Places) != len(want) {
		t.Fatalf("%v", missing.Places)
	}
	for i := range want {
		if missing.Places[i] != want[i] {
			t.Errorf("%v; want %v", missing.Places[i], want[i])
		}
	}
	if s := err.Error(); !strings.Contains(s, "U+1F98A (rubrik)") || strings.ContainsRune(s, '🦊') {
		t.Error(s)
	}
}

func TestMissingIsSpelt(t *testing.T) {
	t.Parallel()
	data := document(t, meta, pdf.Options{Missing: pdf.Spell}, func(w *pdf.Writer) {
		w.Heading(1, txt("Glad 🦊")...)
		w.Paragraph(pdf.Style{}, txt("\u202eelif")...)
	})
	if s := aloud(t, data); s != "Glad [U+1F98A]\n[U+202E]elif\n" {
		t.Errorf("%q", s)
	}
}

func aloud(t testing.TB, data []byte) string {
	t.Helper()
	s, err := pdfcheck.Aloud(data)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSameLook: characters that look the same, and are drawn by one glyph, are still the characters they were.
func TestSameLook(t *testing.T) {
	t.Parallel()
	const s = "Ω µ μ - ‐ ‑ a\u00a0b"
	data := document(t, meta, pdf.Options{}, func(w *pdf.Writer) {
		w.Heading(1, txt("x")...)
		w.Paragraph(pdf.Style{}, txt(s)...)
	})
	if got := aloud(t, data); got != "x\n"+s+"\n" {
		t.Errorf("%q of %q", got, s)
	}
}

func TestComposed(t *testing.T) {
	t.Parallel()
	draw := func(s string) []byte {
		return document(t, meta, pdf.Options{}, func(w *pdf.Writer) { w.Heading(1, txt(s)...) })
	}
	if !bytes.Equal(draw("Åmål é"), draw("A\u030ama\u030al e\u0301")) {
		t.Error("composed and decomposed letters make different documents")
	}
}

// words of the extracted text with their places, from pdftotext.
var word = regexp.MustCompile(`<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</word>`)

// TestWindow: nothing but name and address shows in the envelope's window, however the sheet lies in it, and they always
// show whole.
func TestWindow(t *testing.T) {
	t.Parallel()
	data := document(t, meta, pdf.Options{}, func(w *pdf.Writer) {
		facts := []pdf.Fact{{Term: txt("Datum"), Def: txt("30 april 2027")}, {Term: txt("Diarienummer"), Def: txt("SN-2027-00118")}, {Term: txt("Ärende"), Def: txt("INS-2027-00042-SN")}}
		w.Letterhead(pdf.Letterhead{Logo: mustLogo(t), LogoAlt: "märke", Sender: []string{"Exempelby kommun", "Kultur- och fritidsnämnden med ett långt namn till"}, Facts: facts,
			To: []string{"MOTTAGARE-Anna-Karin-Emma-Fredriksdotter", "MOTTAGARE-co", "MOTTAGARE-gata", "MOTTAGARE-ort", "MOTTAGARE-land"}})
		w.Heading(1, txt("Beslut om rättelse av uppgifter i nämndens register över alla verksamheter")...)
		for range 30 {
			w.Paragraph(pdf.Style{}, txt(strings.Repeat("ord ", 60))...)
		}
	})
	const mm = 72 / 25.4
	found := 0
	for _, m := range word.FindAllStringSubmatch(tool(t, "pdftotext", "-bbox", "-l", "1", saved(t, data), "-"), -1) {
		var at [4]float64
		for i := range at {
			at[i], _ = strconv.ParseFloat(m[1+i], 64)
			at[i] /= mm
		}
		if strings.HasPrefix(m[5], "MOTTAGARE") {
			found++
			if at[0] < pdf.AddressLeft || at[2] > pdf.AddressLeft+pdf.AddressWidth || at[1] < pdf.AddressTop-1 || at[3] > pdf.AddressTop+pdf.AddressHeight+1 {
				t.Errorf("%s at %v does not always show", m[5], at)
			}
		} else if at[2] > pdf.WindowLeft && at[0] < pdf.WindowLeft+pdf.WindowWidth && at[3] > pdf.WindowTop && at[1] < pdf.WindowTop+pdf.WindowHeight {
			t.Errorf("%s at %v shows in the window", m[5], at)
		}
	}
	if found != 5 {
		t.Errorf("%d of the address's 5 lines were found", found)
	}
}

// TestNoLoneLines: where a paragraph goes over to the next page, at least two of its lines stand on either.
func TestNoLoneLines(t *testing.T) {
	t.Parallel()
	data := document(t, meta, pdf.Options{}, func(w *pdf.Writer) {
		w.Heading(1, txt("Rader")...)
		for i := range 400 {
			var lines []string
			for l, n := 1, 2+(i*i+i/7)%5; l <= n; l++ {
				lines = append(lines, fmt.Sprintf("rad%dav%d", l, n))
			}
			w.Paragraph(pdf.Style{}, txt(strings.Join(lines, "\n"))...)
		}
	})
	split := 0
	for i, page := range strings.Split(strings.TrimRight(tool(t, "pdftotext", "-raw", saved(t, data), "-"), "\f"), "\f") {
		var line, of int
		if _, err := fmt.Sscanf(strings.Fields(page)[0], "rad%dav%d", &line, &of); err != nil || line == 1 {
			continue
		}
		split++
		if line == 2 || line == of {
			t.Errorf("page %d begins with line %d of %d", i+1, line, of)
		}
	}
	if split < 8 {
		t.Errorf("%d paragraphs go over pages; too few to tell", split)
	}
}

// TestTableHeads: a table's head stands on every page it goes over, and is read once.
func TestTableHeads(t *testing.T) {
	t.Parallel()
	pages := 0
	data := document(t, meta, pdf.Options{}, func(w *pdf.Writer) {
		w.Heading(1, txt("Tabell")...)
		w.BeginTable(pdf.TableSpec{Columns: []float64{1, 4}, Head: [][]pdf.Span{txt("Nummer"), txt("KOLUMNHUVUD")}})
		for range 100 {
			w.Row(txt("1"), txt("rad"))
		}
		w.Row(txt("2"), txt(strings.Repeat("en rad som är högre än sidan ", 400)))
		w.EndTable()
		pages = w.Pages()
	})
	if n := strings.Count(tool(t, "pdftotext", saved(t, data), "-"), "KOLUMNHUVUD"); n != pages || pages < 4 {
		t.Errorf("%d heads on %d pages", n, pages)
	}
	if n := strings.Count(aloud(t, data), "KOLUMNHUVUD"); n != 1 {
		t.Errorf("the head is read %d times", n)
	}
	pdfcheck.Report(t, "table", data)
}

func TestSummary(t *testing.T) {
	t.Parallel()
	w, err := pdf.New(io.Discard, meta, pdf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.Heading(1, txt("Ett")...)
	w.PageBreak()
	w.PageBreak() // nothing stands on the page; no page is left empty
	w.Heading(2, pdf.Span{Text: "Två "}, pdf.Span{Text: "komma fem", Italic: true})
	if w.Bookmark() != 2 {
		t.Errorf("on page %d", w.Bookmark())
	}
	s, err := w.Close()
	if err != nil || s.Pages != 2 || len(s.Headings) != 2 || s.Headings[1] != (pdf.Entry{Level: 2, Title: "Två komma fem", Page: 2}) {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := w.Close(); err == nil {
		t.Error("closed twice")
	}
}

// failing takes n bytes and then no more.
type failing struct{ n int }

func (f *failing) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	for _, n := range []int{10, 3_000, 20_000} {
		w, err := pdf.New(&failing{n}, meta, pdf.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w.Heading(1, txt("x")...)
		for range 200 {
			w.Paragraph(pdf.Style{}, txt(strings.Repeat("ord ", 100))...)
		}
		if _, err := w.Close(); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}
