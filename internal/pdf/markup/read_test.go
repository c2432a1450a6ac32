package markup

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"insyn/internal/pdf"
)

// recorder writes down what is drawn, a line a call, and watches over the order of the calls.
type recorder struct {
	strings.Builder
	boxes, tables int
	columns       int
	faults        []string
}

func (r *recorder) call(format string, args ...any) { fmt.Fprintf(r, format+"\n", args...) }

func (r *recorder) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

func said(spans []pdf.Span) string {
	var b strings.Builder
	for _, s := range spans {
		var marks string
		for _, m := range []struct {
			on   bool
			mark string
		}{{s.Bold, "b"}, {s.Italic, "i"}, {s.Mono, "m"}, {s.Muted, "u"}, {s.URI != "", "→" + s.URI}, {s.Lang != "", "@" + s.Lang}} {
			if m.on {
				marks += m.mark
			}
		}
		text := strings.ReplaceAll(s.Text, "\n", "⏎")
		if marks != "" {
			text = marks + "{" + text + "}"
		}
		b.WriteString(text)
	}
	return b.String()
}

func cells(of [][]pdf.Span) string {
	parts := make([]string, len(of))
	for i, c := range of {
		parts[i] = said(c)
	}
	return strings.Join(parts, " | ")
}

func (r *recorder) At(place string) { r.call("at %s", place) }
func (r *recorder) Heading(level int, spans ...pdf.Span) {
	r.block(spans)
	r.call("h%d %s", level, said(spans))
}
func (r *recorder) Paragraph(s pdf.Style, spans ...pdf.Span) {
	r.block(spans)
	var looks string
	if s.Size != pdf.Body {
		looks = fmt.Sprint(" size", s.Size)
	}
	if s.Muted {
		looks += " muted"
	}
	if s.Keep {
		looks += " keep"
	}
	r.call("p%s %s", looks, said(spans))
}

func (r *recorder) block(spans []pdf.Span) {
	if r.tables > 0 {
		r.fault("a block in a table")
	}
	for _, s := range spans {
		if s.Text == "" {
			r.fault("an empty span")
		}
	}
}
func (r *recorder) List(ordered bool, items ...[]pdf.Span) {
	r.call("list %t %s", ordered, cells(items))
}
func (r *recorder) Facts(facts ...pdf.Fact) {
	for _, f := range facts {
		r.call("fact %s: %s", said(f.Term), said(f.Def))
	}
}
func (r *recorder) BeginTable(t pdf.TableSpec) {
	r.tables++
	r.columns = len(t.Columns)
	if len(t.Head) != len(t.Columns) {
		r.fault("a head of %d cells over %d columns", len(t.Head), len(t.Columns))
	}
	r.call("table %v heads %t: %s", t.Columns, t.RowHeads, cells(t.Head))
}
func (r *recorder) Row(c ...[]pdf.Span) {
	if r.tables != 1 || len(c) != r.columns {
		r.fault("a row of %d cells in %d columns", len(c), r.columns)
	}
	r.call("row %s", cells(c))
}
func (r *recorder) EndTable() { r.tables--; r.call("end table") }
func (r *recorder) Letterhead(h pdf.Letterhead) {
	r.call("letterhead logo %t %s; %s; to %s", h.Logo != nil, h.LogoAlt, strings.Join(h.Sender, ", "), strings.Join(h.To, ", "))
	r.Facts(h.Facts...)
}
func (r *recorder) Columns(cols ...[][]pdf.Span) {
	for _, c := range cols {
		r.call("column %s", cells(c))
	}
}
func (r *recorder) BeginBox()  { r.boxes++; r.call("box") }
func (r *recorder) EndBox()    { r.boxes--; r.call("end box") }
func (r *recorder) PageBreak() { r.call("page") }
func (r *recorder) Contents(entries []pdf.Entry) {
	for _, e := range entries {
		r.call("entry %d %s %d", e.Level, e.Title, e.Page)
	}
}

// record draws the body of a document on a recorder.
func record(doc string, contents []pdf.Entry) (*recorder, error) {
	var rec recorder
	_, err := read(strings.NewReader(doc), func(title, lang string) (Target, error) {
		rec.call("document %s %s", lang, title)
		return &rec, nil
	}, Options{Logo: &pdf.Logo{}, LogoAlt: "Exempelby kommun"}, contents)
	return &rec, err
}

const before, after = "<!DOCTYPE html>\n<html lang=\"sv\"><head><title>Beslut &amp; skäl</title><style>p{}</style></head><body><main>", "</main></body></html>"

func TestTheSubsetBecomesCalls(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"white space is one space": {"<p>\n  Ett \n två<b> tre </b> fyra </p>", "p Ett tvåb{ tre }fyra"},
		"no-break space stays":     {"<p>26\u00a0kap.</p>", "p 26\u00a0kap."},
		"characters are unescaped": {"<p>&lt;img&gt; &amp; &#39;</p>", "p <img> & '"},
		"inline":                   {`<p>a <strong>b <em>c</em></strong> <a href="https://imy.se">imy</a></p>`, "p a b{b }bi{c} →https://imy.se{imy}"},
		"breaks":                   {"<p>ett<br>två <br/> tre<br></p>", "p ett⏎två⏎tre"},
		"wbr lets a line break":    {"<p>a@<wbr/>b</p>", "p a@\u200bb"},
		"looks of paragraphs":      {`<p class="small muted">a</p><p class="lead keep">b</p><p class="hash">c</p>`, "p size1 muted a\np size2 keep b\np size1 m{c}"},
		"as it was written":        {"<p class=\"pre\">a\n\n b</p>", "p a⏎⏎b"},
		"nothing is no paragraph":  {"<p> </p><ul><li></li></ul>", ""},
		"language":                 {`<p>Vi <span lang="en">say</span> det</p><h2 lang="en">Why</h2>`, "p Vi @en{say} det\nh2 @en{Why}"},
		"headings":                 {"<h1>A</h1><h2>B</h2><h3>C</h3><h4>D</h4>", "h1 A\nh2 B\nh3 C\nh4 D"},
		"lists":                    {"<ul><li>a</li> <li><b>b</b> c</li></ul><ol><li>d</li></ol>", "list false a | b{b} c\nlist true d"},
		"facts":                    {`<dl class="facts"><dt>A</dt><dd>1</dd><dt>B</dt><dd></dd></dl>`, "fact A: 1\nfact B: "},
		"places":                   {`<p data-at="skäl">a</p><p>b</p>`, "at skäl\np a\nat \np b"},
		"box":                      {`<section class="appeal"><h2>A</h2></section>`, "box\nh2 A\nend box"},
		"groups":                   {`<section class="system"><div class="item"><p>a</p></div></section>`, "p a"},
		"page":                     {`<section class="page"><p>a</p></section>`, "page\np a"},
		"contacts":                 {`<footer class="foot"><p><b>A</b>b<br>c</p><p><b>D</b></p></footer>`, "column b{A} | b | c\ncolumn b{D}"},
		"table": {`<table class="sum" data-columns="3 4.5"><thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>
<tbody><tr><th scope="row">a</th><td>b</td></tr><tr><th scope="row">c</th><td></td></tr></tbody></table>`, "table [3 4.5] heads true: A | B\nrow a | b\nrow c | \nend table"},
		"letterhead": {`<div class="head"><div class="brand"><svg viewBox="0 0 1 1"><g><path d="M0"/></g></svg><span><span class="brand__kommun">Exempelby</span> <span class="brand__service">Nämnden</span></span></div>
<dl><dt>Datum</dt><dd>1 maj</dd></dl></div>
<address class="to">Maja<br>Vägen 4</address><h1>A</h1>`, "letterhead logo true Exempelby kommun; Exempelby, Nämnden; to Maja, Vägen 4\nfact Datum: 1 maj\nh1 A"},
		"a sender without a mark": {`<div class="head"><div class="brand"><span class="brand__service">Bolaget</span></div></div><h1>A</h1>`, "letterhead logo false ; Bolaget; to \nh1 A"},
		"contents are left out":   {`<nav class="contents"><h2>Innehåll</h2></nav><h2>A</h2>`, "h2 A"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec, err := record(before+c.in+after, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.TrimSpace(strings.TrimPrefix(rec.String(), "document sv Beslut & skäl\n"))
			if got != strings.TrimSpace(c.want) {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
			if rec.faults != nil {
				t.Error(rec.faults)
			}
		})
	}
}

func TestContentsStandWhereTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	rec, err := record(before+`<h1>T</h1><nav class="contents"><h2>Innehåll</h2></nav><h2>A</h2>`+after, []pdf.Entry{{Level: 2, Title: "A", Page: 3}})
	if err != nil {
		t.Fatal(err)
	}
	if want := "document sv Beslut & skäl\nh1 T\nh2 Innehåll\nentry 2 A 3\nh2 A\n"; rec.String() != want {
		t.Errorf("got %s", rec)
	}
}

func TestWhatIsNotInTheSubsetIsNamedWithItsLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"<p>hej\n<img src=x></p>":           "line 3: img is not in the subset",
		"<script>hemligt</script>":          "line 2: script is not in the subset",
		`<div class="hed"></div>`:           "line 2: div.hed is not in the subset",
		`<p class="smal">a</p>`:             "line 2: p.smal is not in the subset",
		`<p style="x">a</p>`:                "line 2: p may not have the attribute style",
		"<p>a<p>b</p></p>":                  "line 2: p may not stand in p",
		"<ul><li>a<ul></ul></li></ul>":      "line 2: ul may not stand in li",
		"\n\nhemligt":                       "line 4: text may not stand in main",
		"<p>a</h1>":                         "line 2: the end of h1 stands in p",
		"<p>a":                              "line 2: the end of main stands in p",
		"<p/>":                              "line 2: p needs an end of its own",
		`<dl class="facts"><dt>a</dt></dl>`: "line 2: a dt without its dd",
		`<dl class="facts"><dd>a</dd></dl>`: "line 2: a dd without its dt",
		`<address class="to">a</address>`:   "line 2: address.to stands after div.head",
		`<table class="sum"><thead><tr><th>a</th></tr></thead></table>`:      "line 2: a th needs scope col here",
		`<table class="sum"><tbody><tr><td>a</td></tr></tbody></table>`:      "line 2: a table has a head row with a cell for each column",
		`<table class="sum" data-columns="-1"></table>`:                      "line 2: data-columns holds shares above 0 and at most 100",
		`<p><a href="https://a.example"><a href="b">c</a></a></p>`:           "line 2: a link needs an address, and stands in no other",
		`<table class="sum" data-columns="NaN"></table>`:                     "line 2: data-columns holds shares above 0 and at most 100",
		`<div class="head"></div><div class="head"></div><p>a</p>`:           "line 2: there are two letterheads in a row",
		`<div class="head"><div class="brand"><svg><path></div></div>`:       "line 2: the svg has no end: EOF",
		`</main></body><body><main>`:                                         "line 2: there are two bodies",
		`</main></body></html><p>a</p><html><body><main>`:                    "line 2: p may not stand in -",
		`<div class="head"><div class="brand">Namn</div></div><p>a</p>`:      "line 2: text may not stand in div.brand",
		`<section class="appeal"><section class="appeal"></section>`:         "line 2: section.appeal may not stand in section.appeal",
		`<footer class="foot"><ul></ul></footer>`:                            "line 2: ul may not stand in footer.foot",
		`<table class="sum"><thead><tr><td>a</td></tr></thead></table>`:      "line 2: a table has one head row, of th, first",
		`<p><!-- hemligt --></p><blink>`:                                     "line 2: blink is not in the subset",
		`<nav class="contents"><p>a</p></nav>`:                               "line 2: p may not stand in nav.contents",
		`<dl><dt>a</dt></dl>`:                                                "line 2: dl may not stand in main",
		`<table class="sum"><thead></thead><tbody><tr></tr></tbody></table>`: "line 2: a table has a head row with a cell for each column",
	} {
		_, err := record(before+in+after, nil)
		if err == nil || err.Error() != "markup, "+want {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hemligt") {
			t.Errorf("the error tells what the document says: %v", err)
		}
	}
	for in, want := range map[string]string{"": "the document has no body", "<html lang=sv><body><main>": "the document ends inside main"} {
		if _, err := record(in, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestDrawingStopsWhenReadingDoes(t *testing.T) {
	t.Parallel()
	broken := errors.New("the database is gone")
	draw := func(w io.Writer) error {
		for {
			if _, err := io.WriteString(w, "<blink>"); err != nil {
				return err
			}
		}
	}
	read := func(r io.Reader) error {
		_, err := read(r, nil, Options{}, nil)
		return err
	}
	if err := stream(draw, read); err == nil || !strings.Contains(err.Error(), "blink") {
		t.Errorf("stream: %v, want what is wrong with the document", err)
	}
	if err := stream(func(io.Writer) error { return broken }, read); !errors.Is(err, broken) {
		t.Errorf("stream: %v, want what is wrong with the drawing", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		before + `<div class="head"><div class="brand"><span>a</span></div><dl><dt>a</dt><dd>b</dd></dl></div><address class="to">b<br>c</address>` + after,
		before + `<table class="sum"><thead><tr><th scope="col">A</th></tr></thead><tbody><tr><td>a</td></tr></tbody></table>` + after,
		before + `<section class="appeal"><ul><li>a <b>b</b></li></ul></section><footer class="foot"><p><b>a</b>b</p></footer>` + after,
		before + `<p class="pre" data-at="x">a <span lang="en">b</span>` + "\x00\xff" + `</p><nav class="contents"><h2>c</h2></nav>` + after,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		rec, err := record(doc, nil)
		if len(rec.faults) > 0 {
			t.Errorf("calls in a wrong order: %v", rec.faults)
		}
		if err == nil && (rec.boxes != 0 || rec.tables != 0) {
			t.Error("something is not ended")
		}
		again, err2 := record(doc, nil)
		if rec.String() != again.String() || (err == nil) != (err2 == nil) {
			t.Error("the second time something else is drawn")
		}
	})
}
