package pdfcheck_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"insyn/internal/pdf"
	"insyn/internal/pdf/pdfcheck"
)

func txt(s string) []pdf.Span { return []pdf.Span{{Text: s}} }

// specimen has one of everything.
func specimen(t *testing.T) []byte {
	t.Helper()
	logo, err := pdf.ParseLogo([]byte(`<svg viewBox="0 0 4 4"><rect width="4" height="4" fill="#14524a"/></svg>`))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := pdf.New(&b, pdf.Meta{Title: "Prov", Author: "Exempelby", Created: time.Date(2027, 4, 30, 9, 0, 0, 0, time.UTC)}, pdf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.Heading(1, pdf.Span{Text: "Rubrik"})
	w.Contents([]pdf.Entry{{Level: 2, Title: "Under", Page: 1}})
	w.Figure(logo, "Ett märke", 10)
	w.Heading(2, pdf.Span{Text: "Under"})
	w.Heading(3, pdf.Span{Text: "Djupare"})
	w.Paragraph(pdf.Style{}, pdf.Span{Text: "Läs på "}, pdf.Span{Text: "sidan", URI: "https://www.exempelby.example/"}, pdf.Span{Text: " om "}, pdf.Span{Text: "access", Lang: "en"})
	w.List(false, txt("ett"), txt("två"))
	w.BeginTable(pdf.TableSpec{Columns: []float64{1, 1}, Head: [][]pdf.Span{txt("A"), txt("B")}})
	w.Row(txt("1"), txt("2"))
	w.EndTable()
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// editable turns a document into qpdf's form for editing by hand.
func editable(t *testing.T, data []byte) []byte {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
	if err := os.WriteFile(in, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if msg, err := exec.CommandContext(t.Context(), "qpdf", "--qdf", "--object-streams=disable", in, out).CombinedOutput(); err != nil {
		t.Fatalf("qpdf: %v\n%s", err, msg)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// repaired puts lengths and offsets right after an edit.
func repaired(t *testing.T, qdf []byte) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "fix-qdf")
	cmd.Stdin = bytes.NewReader(qdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("fix-qdf: %v", err)
	}
	return out
}

// plants are faults: what is replaced in the specimen, the first place it stands, and the rule that must notice.
var plants = []struct{ name, from, to, rule string }{
	{"no language", `/Lang \(sv-SE\)`, ``, "lang"},
	{"a language that is none", `/Lang \(sv-SE\)`, `/Lang (swe_d!sh)`, "lang"},
	{"a span in no language", `/Lang \(en\)`, `/Lang (e!)`, "lang"},
	{"not marked", `/Marked true`, `/Marked false`, "marked"},
	{"title not shown", `/DisplayDocTitle true`, `/DisplayDocTitle false`, "display-title"},
	{"no colour profile", `/DestOutputProfile \d+ 0 R`, ``, "output-intent"},
	{"no mark of PDF/UA", `<pdfuaid:part>1`, `<pdfuaid:part>3`, "xmp"},
	{"no mark of PDF/A", `<pdfaid:conformance>A`, `<pdfaid:conformance>B`, "xmp"},
	{"no extension schema", `pdfua/ns/id/</pdfaSchema`, `pdfua/ns/no/</pdfaSchema`, "xmp"},
	{"another title", `<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Prov`, `<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Prow`, "info"},
	{"no page labels", `/PageLabels <<\s*/Nums \[[^\]]*\]\s*>>`, ``, "page-labels"},
	{"a script when opened", `/Type /Catalog`, `/Type /Catalog /OpenAction << /S /JavaScript /JS (1) >>`, "action"},
	{"an action when opened", `/Type /Catalog`, `/Type /Catalog /OpenAction << /S /GoTo /D [ 99 0 R /Fit ] >>`, "catalog-entry"},
	{"a link that starts a program", `/S /URI\s+/Type /Action|/S /URI`, `/S /Launch /F (x)`, "action"},
	{"a link to a script", `\(https://www`, `(javascript:www`, "uri"},
	{"an address with a control character", `\(https://www`, `(https://\007www`, "uri"},
	{"an outline entry to no page", `/Dest \[\s*\d+ 0 R\s+/XYZ`, `/Dest [ 3 0 R /XYZ`, "syntax"},
	{"a link to no page", `(obj\n\[\s*)\d+ 0 R(\s+/XYZ)`, `${1}1 0 R$2`, "syntax"},
	{"an outline entry under another", `(/Parent )\d+( 0 R\s+/Title <feff0055)`, `${1}1$2`, "outline-links"},
	{"tab order", `/Tabs /S`, `/Tabs /R`, "tabs"},
	{"a page without a way back", `/StructParents 0`, ``, "struct-parents"},
	{"a page with another's way back", `/StructParents 0`, `/StructParents 1`, "parent-tree"},
	{"a link with another's way back", `/StructParent 1\b`, `/StructParent 0`, "parent-tree"},
	{"paint outside marks", `/Artifact BMC\n`, `0 0 1 1 re f /Artifact BMC` + "\n", "unmarked"},
	{"text marked as nothing", `/P <<\s*/MCID`, `/P << /MCIX`, "unmarked"},
	{"a mark that is never ended", `EMC\n`, "\n", "mark-balance"},
	{"a mark ended twice", `EMC\n`, "EMC EMC\n", "mark-balance"},
	{"two marks of one number", `/MCID 1\b`, `/MCID 0`, "mcid-twice"},
	{"a mark inside a mark", `(/H1 <</MCID 0>> BDC)`, `$1 /Span <</MCID 99>> BDC EMC`, "mcid-nested"},
	{"a mark of no element", `(/H1 <</MCID 0>> BDC)`, `/P <</MCID 99>> BDC EMC $1`, "mcid-loose"},
	{"an element with a mark that is not there", `/MCID 2\n`, "/MCID 98\n", "mcid-unknown"},
	{"a mark of two elements", `/MCID 2\n`, "/MCID 0\n", "mcid-claimed-twice"},
	{"a mark of another kind", `/H1 <</MCID 0>> BDC`, `/P <</MCID 0>> BDC`, "mcid-tag"},
	{"an artifact inside text", `(/H1 <</MCID 0>> BDC)`, `$1 /Artifact BMC EMC`, "artifact-nested"},
	{"a link without words", `/Contents <[^>]+>(\s+/(Dest|F ))`, `$1`, "annotation-contents"},
	{"a link that is not printed", `/F 4\b`, `/F 0`, "annotation-flags"},
	{"a link that leads nowhere", `/Dest \d+ 0 R`, ``, "destination"},
	{"a link outside its element", `<<\s*/Obj \d+ 0 R\s+/Pg \d+ 0 R\s+/Type /OBJR\s+>>`, ``, "annotation-loose"},
	{"a link element without a link", `<<\s*/Obj \d+ 0 R\s+/Pg \d+ 0 R\s+/Type /OBJR\s+>>`, ``, "link-annotation"},
	{"a font that is not embedded", `/FontFile2 \d+ 0 R`, ``, "font-embedded"},
	{"a font without characters", `/ToUnicode \d+ 0 R`, ``, "font-unicode"},
	{"a character that stands for nothing", `<0001> <[0-9A-F]{4}>`, `<0001> <FFFD>`, "font-unicode"},
	{"a private character", `<0002> <[0-9A-F]{4}>`, `<0002> <E001>`, "font-unicode"},
	{"a heading left out", `/S /H2\b`, `/S /H4`, "heading-skip"},
	{"no heading first", `/S /H1\b`, `/S /H2`, "heading-skip"},
	{"an unknown type", `/S /Figure`, `/S /Picture`, "type"},
	{"a cell outside a row", `/S /TR\b`, `/S /Sect`, "nesting"},
	{"an item outside a list", `/S /L\b`, `/S /Sect`, "nesting"},
	{"a head without scope", `/Scope /Column`, `/Scape /Column`, "th-scope"},
	{"a table without heads", `(?s)/S /TH\b(.*)/S /TH\b`, `/S /TD$1/S /TD`, "table-heads"},
	{"a row too short", `(?s)(/K \[\s+)\d+ 0 R\s+(\d+ 0 R\s+\]\s+/P \d+ 0 R\s+/S /TR)`, `$1$2`, "table-regular"},
	{"a picture without words", `/Alt <[^>]+>`, ``, "figure-alt"},
	{"a picture nowhere", `/BBox \[[^\]]+\]`, ``, "figure-box"},
	{"an item without a body", `/S /LBody`, `/S /Lbl`, "list"},
	{"labels of no kind", `/ListNumbering /Disc`, ``, "list"},
	{"an empty paragraph", `(?s)/K \[[^\]]*?\]\s+/P (\d+ 0 R\s+/S /P\b)`, `/K [ ] /P $1`, "empty"},
	{"an element with another parent", `/P \d+ 0 R(\s+/S /H2)`, `/P 1 0 R$1`, "structure-parent"},
	{"no structure", `/StructTreeRoot \d+ 0 R`, ``, "structure"},
	{"no outline", `/Outlines \d+ 0 R`, ``, "outline"},
	{"an outline of other words", `/Title <feff0055006e006400650072>`, `/Title <feff0055006e006400650073>`, "outline"},
	{"an outline that miscounts", `/Count 2\b`, `/Count 1`, "syntax"},
	{"a file attached", `/Type /Catalog`, `/Type /Catalog /Names << /EmbeddedFiles << /Names [ (a) << /Type /Filespec /F (a) /UF (a) >> ] >> >>`, "external"},
}

func TestPlantedFaults(t *testing.T) {
	t.Parallel()
	good := editable(t, specimen(t))
	if faults := pdfcheck.Check(repaired(t, good)); len(faults) != 0 {
		t.Fatalf("the specimen itself: %v", faults)
	}
	for _, p := range plants {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			re := regexp.MustCompile(p.from)
			at := re.FindSubmatchIndex(good)
			if at == nil {
				t.Fatalf("%s is not in the specimen", p.from)
			}
			bad := slices.Concat(good[:at[0]], re.Expand(nil, []byte(p.to), good, at), good[at[1]:])
			faults := pdfcheck.Check(repaired(t, bad))
			if !slices.ContainsFunc(faults, func(f pdfcheck.Fault) bool { return f.Rule == p.rule }) {
				t.Errorf("%s was not reported; found %v", p.rule, faults)
			}
		})
	}
}

func TestSyntax(t *testing.T) {
	t.Parallel()
	for _, data := range [][]byte{nil, []byte("%PDF-1.7\n"), specimen(t)[:4000]} {
		if f := pdfcheck.Check(data); len(f) != 1 || f[0].Rule != "syntax" {
			t.Errorf("a broken file: %v", f)
		}
		if _, err := pdfcheck.Aloud(data); err == nil {
			t.Error("a broken file was read aloud")
		}
	}
}
