package workflows_test

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"insyn/internal/calendar"
	"insyn/internal/clock"
	"insyn/internal/crypto"
	"insyn/internal/sheet"
	"insyn/internal/testkit"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest/kommun"
)

// importStore is a store on a database of the test's own.
func importStore(t *testing.T) *models.Store {
	t.Helper()
	entry, err := crypto.GenerateKEK("k1")
	if err != nil {
		t.Fatal(err)
	}
	keks, err := crypto.ParseKEKs(entry)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := crypto.OpenKeyDir("file://"+t.TempDir(), keks)
	if err != nil {
		t.Fatal(err)
	}
	return models.NewStore(testkit.DB(t).Runtime, crypto.NewSealer(keys), clock.NewSettable(testkit.Now()))
}

func importDemoFiles(t *testing.T) []workflows.ImportFile {
	t.Helper()
	files, err := workflows.ImportFolder(kommun.Files)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func runImport(t *testing.T, store *models.Store, files []workflows.ImportFile, apply bool) workflows.ImportReport {
	t.Helper()
	report, err := workflows.Import(t.Context(), store, files, workflows.ImportOptions{Apply: apply})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// importApplied imports and fails the test when there are faults.
func importApplied(t *testing.T, store *models.Store, files []workflows.ImportFile) workflows.ImportReport {
	t.Helper()
	report := runImport(t, store, files, true)
	for _, f := range report.Faults {
		t.Errorf("fault: %v %q %v", f, f.Found, f.Args)
	}
	if !report.Applied {
		t.Fatal("not applied")
	}
	return report
}

func importedRows(t *testing.T, store *models.Store) models.Organisation {
	t.Helper()
	var o models.Organisation
	err := store.InTx(t.Context(), models.SystemActor(), func(tx *models.Tx) (err error) {
		o, err = tx.LockOrganisation()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func importFile(name string, content []byte) workflows.ImportFile {
	return workflows.ImportFile{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}
}

// importWithFile replaces the file of that name, or adds it.
func importWithFile(files []workflows.ImportFile, f workflows.ImportFile) []workflows.ImportFile {
	out := slices.DeleteFunc(slices.Clone(files), func(other workflows.ImportFile) bool { return other.Name == f.Name })
	return append(out, f)
}

func importDemoContent(t *testing.T, name string) []byte {
	t.Helper()
	content, err := fs.ReadFile(kommun.Files, name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// importEdited changes one of the demo's workbooks.
func importEdited(t *testing.T, name string, edit func(*excelize.File) error) workflows.ImportFile {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(importDemoContent(t, name)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	if err := edit(book); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		t.Fatal(err)
	}
	return importFile(name, out.Bytes())
}

// importSetCell gives an edit that sets one cell.
func importSetCell(table, cell string, value any) func(*excelize.File) error {
	return func(b *excelize.File) error { return b.SetCellValue(table, cell, value) }
}

func TestDemoIsImportedWholeAndOnce(t *testing.T) {
	t.Parallel()
	store := importStore(t)
	dry := runImport(t, store, importDemoFiles(t), false)
	if dry.Applied || len(dry.Faults) > 0 || len(dry.Changes) == 0 {
		t.Fatalf("dry run: applied %v, faults %v, %d changes", dry.Applied, dry.Faults, len(dry.Changes))
	}
	if o := importedRows(t, store); len(o.Controllers)+len(o.Staff)+len(o.Systems) > 0 {
		t.Fatal("the dry run left rows behind")
	}
	report := importApplied(t, store, importDemoFiles(t))
	if diff := cmp.Diff(dry.Changes, report.Changes); diff != "" {
		t.Errorf("the dry run promised something else (-dry +real):\n%s", diff)
	}
	o := importedRows(t, store)
	got := []int{len(o.Controllers), len(o.Staff), len(o.Assignments), len(o.Delegations), len(o.Systems), len(o.Activities)}
	if want := []int{4, 17, 21, 19, 10, 15}; !slices.Equal(got, want) {
		t.Errorf("controllers, staff, assignments, delegations, systems, activities: %v, want %v", got, want)
	}
	again := importApplied(t, store, importDemoFiles(t))
	if len(again.Changes) > 0 || len(again.Gone) > 0 {
		t.Errorf("the second run changed %v, missed %v", again.Changes, again.Gone)
	}
	if diff := cmp.Diff(o, importedRows(t, store), cmp.AllowUnexported(models.StaffID{}, models.ControllerID{}, models.SystemID{},
		models.DelegationID{}, models.ID[models.Assignment]{}, models.ID[models.Activity]{})); diff != "" {
		t.Errorf("the second run left other rows:\n%s", diff)
	}
}

// What the demo is used for: everyone who must act can.
func TestDemoHasEveryoneWhoMustAct(t *testing.T) {
	t.Parallel()
	store := importStore(t)
	importApplied(t, store, importDemoFiles(t))
	today := calendar.New(2026, 3, 2)
	want := map[string][]string{ // ombud, then who may do what
		"KS": {"Johan Bergström"}, "SN": {"Erik Sandin", "Leyla Demir"}, "BUN": {"Fatima Warsame"}, "EBAB": {"Piotr Kowalski"},
	}
	err := store.InTx(t.Context(), models.SystemActor(), func(tx *models.Tx) error {
		controllers, err := tx.Controllers()
		if err != nil {
			return err
		}
		for _, c := range controllers {
			ombud, err := tx.StaffWith(models.RoleOmbud, c.ID, today)
			if err != nil {
				return err
			}
			var names []string
			for _, s := range ombud {
				names = append(names, s.Name)
			}
			if !slices.Equal(names, want[c.Prefix]) {
				t.Errorf("%s: ombud %v, want %v", c.Prefix, names, want[c.Prefix])
			}
			kinds := []string{"access-grant", "access-partial", "access-refuse", "access-nothing-found", "extension"}
			if c.Sensitive {
				kinds = append(kinds, "access-neutral")
			}
			for _, kind := range kinds {
				if d, err := tx.DelegationsFor(c.ID, kind, today); err != nil || len(d) == 0 {
					t.Errorf("%s: nobody may decide %s: %v", c.Prefix, kind, err)
				}
			}
			for _, role := range []models.Role{models.RoleDecider, models.RoleDSO, models.RoleRegistrator} {
				if s, err := tx.StaffWith(role, c.ID, today); err != nil || len(s) == 0 {
					t.Errorf("%s: no %s: %v", c.Prefix, role, err)
				}
			}
			if s, err := tx.Systems(c.ID, today); err != nil || len(s) < 2 || len(s) > 3 {
				t.Errorf("%s: %d systems: %v", c.Prefix, len(s), err)
			}
		}
		for role, n := range map[models.Role]int{models.RoleServicecenter: 2, models.RoleLogReviewer: 1, models.RoleAdmin: 1} {
			if s, err := tx.StaffWith(role, models.ControllerID{}, today); err != nil || len(s) != n {
				t.Errorf("%s: %d, want %d: %v", role, len(s), n, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestDifferencesAndRowsThatAreGone(t *testing.T) {
	t.Parallel()
	store := importStore(t)
	importApplied(t, store, importDemoFiles(t))
	before := importedRows(t, store)
	files := importWithFile(importDemoFiles(t), importEdited(t, "personal.xlsx", func(b *excelize.File) error {
		if err := b.SetCellValue("Personal", "C4", "Senior utredare"); err != nil { // Johan Bergström
			return err
		}
		if err := b.SetCellValue("Uppdrag", "E3", 46203); err != nil { // 2026-06-30 as a day number
			return err
		}
		return b.RemoveRow("Uppdrag", 22) // the administrator's
	}))
	report := importApplied(t, store, files)
	want := []workflows.ImportChange{
		{Table: workflows.ImportStaff, File: "personal.xlsx", Sheet: "Personal", Row: 4, Key: "johan.bergstrom@exempelby.example",
			Differences: []workflows.ImportDifference{{Heading: "Titel", Old: "Utredare", New: "Senior utredare"}}},
		{Table: workflows.ImportAssignments, File: "personal.xlsx", Sheet: "Uppdrag", Row: 3,
			Key:         "samir.haddad@exempelby.example · servicecenter · 2024-09-02",
			Differences: []workflows.ImportDifference{{Heading: "Till och med", Old: "", New: "2026-06-30"}}},
	}
	if diff := cmp.Diff(want, report.Changes); diff != "" {
		t.Errorf("changes:\n%s", diff)
	}
	if diff := cmp.Diff([]workflows.ImportGone{{Table: workflows.ImportAssignments, Key: "davit.petrosyan@exempelby.example · administratör · 2024-01-01"}}, report.Gone); diff != "" {
		t.Errorf("gone:\n%s", diff)
	}
	after := importedRows(t, store)
	if len(after.Assignments) != len(before.Assignments) {
		t.Errorf("%d assignments became %d", len(before.Assignments), len(after.Assignments))
	}
	for i, s := range after.Staff {
		if s.ID != before.Staff[i].ID {
			t.Errorf("%s has got another id", s.ID)
		}
	}
}

// importBroken is the corpus: one fault at a time in the demo's files, and where it must be reported.
func importBroken(t *testing.T) map[string]struct {
	file workflows.ImportFile
	want []sheet.Fault // place, found and key
} {
	t.Helper()
	type broken = struct {
		file workflows.ImportFile
		want []sheet.Fault
	}
	one := func(name, table, cell string, value any, f sheet.Fault) broken {
		column, row, err := excelize.CellNameToCoordinates(cell)
		if err != nil {
			t.Fatal(err)
		}
		f.File, f.Sheet, f.Row, f.Column = name, table, row, sheet.ColumnLetter(column-1)
		return broken{importEdited(t, name, importSetCell(table, cell, value)), []sheet.Fault{f}}
	}
	csv := func(old, now string, f sheet.Fault) broken {
		f.File = "delegation.csv"
		changed := bytes.Replace(importDemoContent(t, "delegation.csv"), []byte(old), []byte(now), 1)
		if bytes.Equal(changed, importDemoContent(t, "delegation.csv")) {
			t.Fatalf("%q is not in the file", old)
		}
		return broken{importFile("delegation.csv", changed), []sheet.Fault{f}}
	}
	org, staff, register := "organisation.xlsx", "personal.xlsx", "register.xlsx"
	return map[string]broken{
		"prefix in small letters": {importEdited(t, org, importSetCell("Nämnder", "A3", "sn1")), []sheet.Fault{
			{File: org, Sheet: "Nämnder", Row: 3, Column: "A", Heading: "Förkortning", Found: "sn1", Key: "form"}}},
		"no name":               one(org, "Nämnder", "B2", "", sheet.Fault{Heading: "Namn", Key: "required"}),
		"unknown form":          one(org, "Nämnder", "D4", "kommitté", sheet.Fault{Heading: "Form", Found: "kommitté", Key: "choice"}),
		"neither yes nor no":    one(org, "Nämnder", "E3", "kanske", sheet.Fault{Heading: "Känslig", Found: "kanske", Key: "yes-no"}),
		"authority, no court":   one(org, "Nämnder", "F3", "", sheet.Fault{Heading: "Förvaltningsrätt", Key: "court-required"}),
		"bad address":           one(org, "Nämnder", "H2", "kommunstyrelsen", sheet.Fault{Heading: "E-post", Found: "kommunstyrelsen", Key: "form"}),
		"lost zero":             one(org, "Nämnder", "I2", 980319200, sheet.Fault{Heading: "Telefon", Found: "980319200", Key: "zero-lost"}),
		"no DSO":                one(org, "Nämnder", "J5", nil, sheet.Fault{Heading: "DSO", Key: "required"}),
		"company, no agreement": one(org, "Nämnder", "M5", "", sheet.Fault{Heading: "Biträdesavtal", Key: "agreement-required"}),
		"eleven days":           one(org, "Nämnder", "N2", 11, sheet.Fault{Heading: "Granskningsdagar", Found: "11", Key: "integer"}),
		"controller twice":      one(org, "Nämnder", "A4", "KS", sheet.Fault{Heading: "Förkortning", Found: "KS", Key: "duplicate"}),
		"heading misspelt": {importEdited(t, org, importSetCell("Nämnder", "B1", "Nammn")), []sheet.Fault{
			{File: org, Sheet: "Nämnder", Row: 1, Column: "B", Heading: "Nammn", Found: "Nammn", Key: "heading-unknown"},
			{File: org, Sheet: "Nämnder", Row: 1, Heading: "Namn", Key: "heading-missing"}}},
		"heading twice":         one(org, "Nämnder", "P1", "Namn", sheet.Fault{Heading: "Namn", Found: "Namn", Key: "heading-twice"}),
		"value without heading": one(org, "Nämnder", "Q3", "obs!", sheet.Fault{Found: "obs!", Key: "heading-empty"}),
		"sheet of another kind": {importEdited(t, org, func(b *excelize.File) error {
			if _, err := b.NewSheet("Budget"); err != nil {
				return err
			}
			return b.SetCellValue("Budget", "A1", "Summa")
		}), []sheet.Fault{{File: org, Sheet: "Budget", Key: "sheet-unknown"}}},
		"person twice":          one(staff, "Personal", "A5", "Johan.Bergstrom@exempelby.example", sheet.Fault{Heading: "E-post", Found: "Johan.Bergstrom@exempelby.example", Key: "duplicate"}),
		"excel error":           one(staff, "Personal", "B6", "#REF!", sheet.Fault{Heading: "Namn", Found: "#REF!", Key: "excel-error"}),
		"unknown role":          one(staff, "Uppdrag", "B3", "chef", sheet.Fault{Heading: "Roll", Found: "chef", Key: "choice"}),
		"role without place":    one(staff, "Uppdrag", "C13", "", sheet.Fault{Heading: "Nämnd", Key: "role-needs-controller"}),
		"role with place":       one(staff, "Uppdrag", "C2", "KS", sheet.Fault{Heading: "Nämnd", Found: "KS", Key: "role-without-controller"}),
		"unknown controller":    one(staff, "Uppdrag", "C13", "XX", sheet.Fault{Heading: "Nämnd", Found: "XX", Key: "unknown-controller"}),
		"unknown person":        one(staff, "Uppdrag", "A3", "ingen@exempelby.example", sheet.Fault{Heading: "E-post", Found: "ingen@exempelby.example", Key: "unknown-staff"}),
		"a year for a date":     one(staff, "Uppdrag", "D3", 2026, sheet.Fault{Heading: "Från och med", Found: "1905-07-18", Key: "date"}),
		"no such day":           one(staff, "Uppdrag", "D3", "2026-02-30", sheet.Fault{Heading: "Från och med", Found: "2026-02-30", Key: "date"}),
		"ends before it begins": one(staff, "Uppdrag", "E3", "2024-01-01", sheet.Fault{Heading: "Till och med", Found: "2024-01-01", Key: "period"}),
		"DSO decides too": {importEdited(t, staff, importSetCell("Uppdrag", "A7", "niklas.rautio@exempelby.example")), []sheet.Fault{
			{File: staff, Sheet: "Uppdrag", Row: 7, Column: "B", Heading: "Roll", Found: "personuppgiftsombud", Key: "dso-independence"},
			{File: staff, Sheet: "Uppdrag", Row: 18, Column: "B", Heading: "Roll", Found: "dataskyddsombud", Key: "dso-independence"}}},
		"unknown kind":          csv("access-grant, access-nothing-found;margareta", "bifall;margareta", sheet.Fault{Row: 2, Column: "D", Heading: "Beslutstyper", Found: "bifall", Key: "choice"}),
		"holder has no role":    csv(";johan.bergstrom@", ";samir.haddad@", sheet.Fault{Row: 5, Column: "E", Heading: "Delegat e-post", Found: "samir.haddad@exempelby.example", Key: "holder-role"}),
		"adopted too late":      csv("2025-11-18;§ 214;2026-01-01", "2026-01-20;§ 214;2026-01-01", sheet.Fault{Row: 2, Column: "G", Heading: "Beslutad", Found: "2026-01-20", Key: "adopted-late"}),
		"adopted in the future": csv("2025-11-18;§ 214;2026-01-01", "2026-03-03;§ 214;2026-04-01", sheet.Fault{Row: 2, Column: "G", Heading: "Beslutad", Found: "2026-03-03", Key: "adopted-future"}),
		"number as a date":      csv("KS;4.2;", "KS;04-feb;", sheet.Fault{Row: 2, Column: "B", Heading: "Nr", Found: "04-feb", Key: "form"}),
		"quotation mark":        csv("KS;4.2;Beslut", "KS;4.2;\"Beslut", sheet.Fault{Row: 2, Key: "quote"}),
		"unknown system":        one(register, "Behandlingar", "B3", "Dokumenten", sheet.Fault{Heading: "System", Found: "Dokumenten", Key: "unknown-system"}),
		"classification":        one(register, "System", "F2", "hög", sheet.Fault{Heading: "Klassning", Found: "hög", Key: "form"}),
		"no purpose":            one(register, "Behandlingar", "D2", "   ", sheet.Fault{Heading: "Ändamål", Key: "required"}),
		"too long":              one(register, "Behandlingar", "C2", strings.Repeat("å", 201), sheet.Fault{Heading: "Behandling", Found: strings.Repeat("å", 59) + "…", Key: "too-long"}),
		"two lines":             one(register, "System", "B2", "Doku\nmenta", sheet.Fault{Heading: "System", Found: "Doku\nmenta", Key: "line-break"}),
		"not a spreadsheet":     {importFile("bild.xlsx", []byte("\x89PNG\r\n\x1a\n\x00\x00")), []sheet.Fault{{File: "bild.xlsx", Key: "file-kind"}}},
		"damaged":               {importFile(staff, importDemoContent(t, staff)[:4000]), []sheet.Fault{{File: staff, Key: "file-damaged"}}},
		"empty":                 {importFile("delegation.csv", nil), []sheet.Fault{{File: "delegation.csv", Key: "file-empty"}}},
	}
}

func TestEveryFaultIsReportedAtItsCell(t *testing.T) {
	t.Parallel()
	store := importStore(t)
	catalogue := regexp.MustCompile(`\{[a-z]+\}`)
	for name, c := range importBroken(t) {
		report := runImport(t, store, importWithFile(importDemoFiles(t), c.file), true)
		if report.Applied || len(report.Changes) > 0 {
			t.Errorf("%s: was imported", name)
		}
		for _, want := range c.want {
			if !slices.ContainsFunc(report.Faults, func(got sheet.Fault) bool {
				got.Args = nil
				return cmp.Equal(got, want)
			}) {
				t.Errorf("%s: want %+v\n got %+v", name, want, report.Faults)
			}
		}
		if len(report.Faults) == 0 {
			t.Errorf("%s: no fault", name)
		}
		for _, f := range report.Faults {
			for _, lang := range []string{"sv", "en"} {
				if text := workflows.ImportFaultText(f, lang); text == f.Key || catalogue.MatchString(text) {
					t.Errorf("%s: text in %s: %q", name, lang, text)
				}
			}
		}
	}
	if o := importedRows(t, store); len(o.Controllers)+len(o.Staff) > 0 {
		t.Error("faulty files left rows behind")
	}
}

// The column reference and the columns are the same, in the same order.
func TestColumnReferenceIsTrue(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../docs/import.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string][]string{}
	section := ""
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "## "); ok {
			section = name
		}
		if cells := strings.Split(line, "|"); len(cells) == 5 && !strings.HasPrefix(cells[1], "-") && cells[1] != " Rubrik " {
			documented[section] = append(documented[section], strings.TrimSpace(cells[1]))
		}
	}
	files := importDemoFiles(t)
	for _, f := range files {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		sheets, _, err := sheet.Read(f.Name, in, sheet.DefaultLimits())
		_ = in.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sheets {
			var headings []string
			for _, c := range s.Rows[0] {
				headings = append(headings, c.Text)
			}
			name := s.Name
			if name == "" {
				name = "Delegation"
			}
			if diff := cmp.Diff(documented[name], headings); diff != "" {
				t.Errorf("%s (-docs +demo):\n%s", name, diff)
			}
		}
	}
}

// Two imports at once take turns: the second finds everything done.
func TestImportsTakeTurns(t *testing.T) {
	t.Parallel()
	store := importStore(t)
	const runs = 4
	type result struct {
		report workflows.ImportReport
		err    error
	}
	results := make(chan result, runs)
	for range runs {
		files := importDemoFiles(t)
		go func() {
			report, err := workflows.Import(t.Context(), store, files, workflows.ImportOptions{Apply: true})
			results <- result{report, err}
		}()
	}
	first := 0
	for range runs {
		r := <-results
		if r.err != nil || !r.report.Applied {
			t.Errorf("applied %v: %v", r.report.Applied, r.err)
		}
		if len(r.report.Changes) > 0 {
			first++
		}
	}
	if first != 1 {
		t.Errorf("%d imports found something to do", first)
	}
}
