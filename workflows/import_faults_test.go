package workflows_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"insyn/internal/sheet"
	"insyn/workflows"
)

// importCells gives an edit that sets cells of a sheet.
func importCells(table string, cells ...any) func(*excelize.File) error {
	return func(b *excelize.File) error {
		for i := 0; i < len(cells); i += 2 {
			if err := b.SetCellValue(table, cells[i].(string), cells[i+1]); err != nil { //nolint:forcetypeassert // the corpus says so
				return err
			}
		}
		return nil
	}
}

// importBroken is the corpus: copies of a good municipality's spreadsheets with one fault each.
func importBroken(t *testing.T) map[string][]workflows.ImportFile {
	t.Helper()
	book := func(name string, edit func(*excelize.File) error) []workflows.ImportFile {
		return []workflows.ImportFile{importEdited(t, name, edit)}
	}
	nämnder := func(cells ...any) []workflows.ImportFile {
		return book("organisation.xlsx", importCells("Nämnder", cells...))
	}
	personal := func(cells ...any) []workflows.ImportFile {
		return book("personal.xlsx", importCells("Personal", cells...))
	}
	uppdrag := func(cells ...any) []workflows.ImportFile {
		return book("personal.xlsx", importCells("Uppdrag", cells...))
	}
	system := func(cells ...any) []workflows.ImportFile {
		return book("register.xlsx", importCells("System", cells...))
	}
	behandlingar := func(cells ...any) []workflows.ImportFile {
		return book("register.xlsx", importCells("Behandlingar", cells...))
	}
	csv := func(old, now string) []workflows.ImportFile {
		good := importDemoContent(t, "delegation.csv")
		changed := bytes.Replace(good, []byte(old), []byte(now), 1)
		if bytes.Equal(changed, good) {
			t.Fatalf("%q is not in the file", old)
		}
		return []workflows.ImportFile{importFile("delegation.csv", changed)}
	}
	file := func(name, content string) []workflows.ImportFile {
		return []workflows.ImportFile{importFile(name, []byte(content))}
	}
	head, rest, _ := strings.Cut(string(importDemoContent(t, "delegation.csv")), "\n")
	first, _, _ := strings.Cut(rest, "\n")
	return map[string][]workflows.ImportFile{
		"prefix with a digit":         nämnder("A3", "sn1"),
		"prefix missing":              nämnder("A3", nil),
		"no name":                     nämnder("B2", ""),
		"unknown form":                nämnder("D4", "kommitté"),
		"neither yes nor no":          nämnder("E3", "kanske"),
		"authority without court":     nämnder("F3", ""),
		"bad address":                 nämnder("H2", "kommunstyrelsen"),
		"lost zero":                   nämnder("I2", 980319200),
		"lost zero in a text cell":    nämnder("I2", "980319200"),
		"no DSO":                      nämnder("J5", nil),
		"company without agreement":   nämnder("M5", ""),
		"eleven days":                 nämnder("N2", 11),
		"order in words":              nämnder("O2", "först"),
		"controller twice":            nämnder("A4", "KS"),
		"two coordinate":              nämnder("P1", "Samordnar", "P2", "ja", "P3", "x"),
		"last day in words":           nämnder("P1", "Till och med", "P4", "tills vidare"),
		"heading misspelt":            nämnder("B1", "Nammn"),
		"heading in another language": nämnder("L1", "Phone of the officer"),
		"column missing":              book("organisation.xlsx", func(b *excelize.File) error { return b.RemoveCol("Nämnder", "K") }),
		"heading twice":               nämnder("P1", "Namn"),
		"value without heading":       nämnder("Q3", "obs!"),
		"no headings":                 book("organisation.xlsx", func(b *excelize.File) error { return b.RemoveRow("Nämnder", 1) }),
		"sheet of another kind": book("organisation.xlsx", func(b *excelize.File) error {
			_, err := b.NewSheet("Budget")
			return firstError(err, b.SetCellValue("Budget", "A1", "Summa"))
		}),
		"person twice":             personal("A5", "Johan.Bergstrom@exempelby.example"),
		"excel error":              personal("B6", "#REF!"),
		"formula without a value":  importFormula(t, "personal.xlsx", "Personal", "C4"),
		"unknown role":             uppdrag("B3", "chef"),
		"role of a delegate":       uppdrag("B5", "beslutfattare"),
		"role without place":       uppdrag("C13", ""),
		"role with place":          uppdrag("C2", "KS"),
		"unknown controller":       uppdrag("C13", "XX"),
		"controller by its name":   uppdrag("C13", "Socialnämnden"),
		"unknown person":           uppdrag("A3", "ingen@exempelby.example"),
		"a year for a date":        uppdrag("D3", 2026),
		"no such day":              uppdrag("D3", "2026-02-30"),
		"day and month unclear":    uppdrag("D3", "1/2/2026"),
		"ends before it begins":    uppdrag("E3", "2024-01-01"),
		"DSO decides too":          uppdrag("A23", "niklas.rautio@exempelby.example", "B23", "personuppgiftsombud", "C23", "KS", "D23", "2025-01-01"),
		"deputy for nobody known":  uppdrag("F1", "Ersättare för", "F7", "ingen@exempelby.example"),
		"deputy for herself":       uppdrag("F1", "Ersättare för", "F7", "ERIK.SANDIN@exempelby.example"),
		"deputy for another role":  uppdrag("F1", "Ersättare för", "F7", "samir.haddad@exempelby.example"),
		"cleared perhaps":          uppdrag("F1", "Skyddade personuppgifter", "F7", "vet ej"),
		"administrator cleared":    uppdrag("F1", "Skyddade personuppgifter", "F22", "ja"),
		"assignment twice":         uppdrag("A23", "Erik.Sandin@exempelby.example", "B23", "Ombud", "C23", "sn", "D23", "1 mars 2025"),
		"unknown kind of decision": csv("access-grant, access-nothing-found;margareta", "access-grant, bifall;margareta"),
		"no kind of decision":      csv("access-grant, access-nothing-found;margareta", ";margareta"),
		"holder has no role":       csv(";johan.bergstrom@", ";samir.haddad@"),
		"adopted too late":         csv("2025-11-18;§ 214;2026-01-01", "2026-01-20;§ 214;2026-01-01"),
		"adopted in the future":    csv("2025-11-18;§ 214;2026-01-01", "2026-03-03;§ 214;2026-04-01"),
		"number as a date":         csv("KS;4.2;", "KS;04-feb;"),
		"number as a decimal":      book("personal.xlsx", importDelegationSheet(head, first, 4.2)),
		"quotation mark":           csv("KS;4.2;Beslut", "KS;4.2;\"Beslut"),
		"delegation in two files":  file("delegation-ks.csv", head+"\n"+first+"\n"),
		"unknown system":           behandlingar("B3", "Dokumenten"),
		"no purpose":               behandlingar("D2", "   "),
		"too long":                 behandlingar("C2", strings.Repeat("å", 201)),
		"activity twice":           behandlingar("A4", "KS", "B4", "dokumenta", "C4", "Registrering  av ALLMÄNNA handlingar"),
		"unknown relation":         behandlingar("L1", "Kopplingar", "L2", "elev, barn i förskola, skattebetalare"),
		"shared with nobody known": behandlingar("L1", "Gemensamt ansvar med", "L2", "BUN, KFN"),
		"shared with itself":       behandlingar("L1", "Gemensamt ansvar med", "L2", "bun, ks"),
		"process code as a number": behandlingar("L1", "Processkod", "L2", 3.1),
		"activity ends too early":  behandlingar("L1", "Från och med", "L2", "2026-01-01", "M1", "Till och med", "M2", "31 december 2025"),
		"classification":           system("F2", "hög"),
		"two lines":                system("B2", "Doku\nmenta"),
		"system twice":             system("B3", "DOKUMENTA"),
		"its own processor":        system("H1", "Personuppgiftsbiträde", "H2", "ks"),
		"system ends too early":    system("H1", "Från och med", "H2", "2026-01-01", "I1", "Till och med", "I2", 45000),
		"not a spreadsheet":        file("bild.xlsx", "\x89PNG\r\n\x1a\n\x00\x00"),
		"old excel or a password":  file("personal.xlsx", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
		"damaged":                  file("personal.xlsx", string(importDemoContent(t, "personal.xlsx")[:4000])),
		"empty":                    file("delegation.csv", ""),
		"a control character":      csv("KS;4.2;Beslut", "KS;4.2;Be\x07slut"),
		"a cell as long as a book": csv("KS;4.2;Beslut", "KS;4.2;"+strings.Repeat("Beslut ", 2000)),
	}
}

// importFormula puts a formula into a cell without the value it has, as programs that are not Excel may write it.
func importFormula(t *testing.T, name, table, cell string) []workflows.ImportFile {
	t.Helper()
	in, err := importEdited(t, name, func(b *excelize.File) error {
		return firstError(b.SetCellValue(table, cell, nil), b.SetCellFormula(table, cell, "TODAY()"))
	}).Open()
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	old, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	book := zip.NewWriter(&out)
	for _, f := range old.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		to, err := book.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(bytes.ReplaceAll(body, []byte(` t="str"><f>`), []byte(`><f>`))); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	return []workflows.ImportFile{importFile(name, out.Bytes())}
}

// importDelegationSheet gives an edit that adds a delegation of another controller in the workbook, whose number is stored as a
// number.
func importDelegationSheet(head, row string, number float64) func(*excelize.File) error {
	return func(b *excelize.File) error {
		if _, err := b.NewSheet("Delegation"); err != nil {
			return err
		}
		for i, h := range strings.Split(strings.TrimPrefix(strings.TrimSpace(head), "\ufeff"), ";") {
			if err := b.SetCellValue("Delegation", sheet.ColumnLetter(i)+"1", h); err != nil {
				return err
			}
		}
		for i, v := range strings.Split(strings.TrimSpace(row), ";") {
			if err := b.SetCellValue("Delegation", sheet.ColumnLetter(i)+"2", v); err != nil {
				return err
			}
		}
		return b.SetCellValue("Delegation", "B2", number)
	}
}

// importReportOf says of a report what the command prints of its faults.
func importReportOf(r workflows.ImportReport, lang string) string {
	var b strings.Builder
	for _, f := range r.Faults {
		fmt.Fprintf(&b, "%s: %s\n", workflows.ImportFaultPlace(f, lang), workflows.ImportFaultLine(f, lang))
	}
	return b.String()
}

// TestEveryFaultIsReportedAtItsCell: each broken copy is reported as testdata/import-faults.txt says, with nothing more and
// nothing less, in Swedish; in English there is a text too; and nothing is written.
func TestEveryFaultIsReportedAtItsCell(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("testdata/import-faults.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for section := range strings.SplitSeq(string(content), "## ") {
		if name, lines, ok := strings.Cut(section, "\n"); ok {
			want[name] = strings.TrimSpace(lines)
		}
	}
	corpus := importBroken(t)
	if len(corpus) < 60 {
		t.Errorf("only %d broken copies", len(corpus))
	}
	store := importStore(t)
	for name, broken := range corpus {
		files := importDemoFiles(t)
		for _, f := range broken {
			files = importWithFile(files, f)
		}
		report := runImport(t, store, files, true)
		if report.Applied || len(report.Changes) > 0 {
			t.Errorf("%s: was imported", name)
		}
		if got := strings.TrimSpace(importReportOf(report, "sv")); got != want[name] {
			t.Errorf("## %s\n%s\n", name, got)
		}
		for _, f := range report.Faults {
			if text := workflows.ImportFaultText(f, "en"); text == f.Key || strings.ContainsAny(text, "{}") {
				t.Errorf("%s: text in English: %q", name, text)
			}
		}
		delete(want, name)
	}
	for name := range want {
		if name != "" && !strings.HasPrefix(name, "#") {
			t.Errorf("%s is in the list and not in the corpus", name)
		}
	}
	if o := importedRows(t, store); len(o.Controllers)+len(o.Staff) > 0 {
		t.Error("faulty files left rows behind")
	}
}
