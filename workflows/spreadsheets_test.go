package workflows_test

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"insyn/internal/calendar"
	"insyn/internal/sheet"
	"insyn/models"
	"insyn/workflows"
)

func written(t *testing.T, s workflows.Spreadsheet) workflows.ImportFile {
	t.Helper()
	var out bytes.Buffer
	if err := s.Write(&out); err != nil {
		t.Fatal(err)
	}
	return importFile(s.Name[strings.LastIndex(s.Name, "/")+1:], out.Bytes())
}

func exported(t *testing.T, store *models.Store, actor models.Actor) (book workflows.ImportFile, tables []workflows.ImportFile) {
	t.Helper()
	sheets, err := workflows.Export(t.Context(), store, actor)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sheets {
		tables = append(tables, written(t, s))
	}
	return tables[0], tables[1:]
}

// save writes rows straight into the tables.
func save(t *testing.T, store *models.Store, write func(tx *models.Tx, o models.Organisation) error) {
	t.Helper()
	err := store.InTx(t.Context(), models.SystemActor(), func(tx *models.Tx) error {
		o, err := tx.Organisation()
		if err != nil {
			return err
		}
		return write(tx, o)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fillEverything puts something into every column, also what spreadsheets would like to misread.
func fillEverything(tx *models.Tx, o models.Organisation) error {
	c, y, a, d := o.Controllers[1], o.Systems[0], o.Activities[0], o.Delegations[0]
	c.Coordinates, c.ValidTo, c.Description, c.DPOPhone = true, calendar.New(2027, 12, 31), "=1+1\n\"med\"; tecken, \toch 'citat'", "+46 980 31 92 00"
	y.Category, y.Common, y.Processor, y.Classification = "'-verksamhetssystem", true, o.Controllers[2].Prefix, "K4 R0 T1"
	y.ValidFrom, y.ValidTo = calendar.New(2020, 2, 29), calendar.New(2028, 2, 29)
	a.SubjectCategories, a.Relations, a.JointWith, a.ProcessCode = "@alla", models.TextArray{"visitor", "pupil"}, models.TextArray{"BUN", "SN"}, "3.10"
	a.ValidFrom, a.ValidTo, a.ThirdCountry, a.Automated = calendar.New(2020, 2, 29), calendar.New(2028, 2, 29), "-", "007"
	d.ValidTo = calendar.New(2030, 1, 1)
	var rows []models.Assignment
	for _, r := range o.Assignments {
		if r.Role == models.RoleOmbud {
			r.Cleared = true
			rows = append(rows, r)
		}
	}
	deputy := rows[0]
	deputy.ID, deputy.DeputyFor, deputy.ValidTo = models.NewID[models.Assignment](), deputy.StaffID, calendar.New(2031, 7, 31)
	for _, s := range o.Staff {
		if s.ID != deputy.DeputyFor && !slices.ContainsFunc(o.Assignments, func(r models.Assignment) bool { return r.StaffID == s.ID && r.Role == models.RoleDSO }) {
			deputy.StaffID = s.ID
		}
	}
	if err := tx.SaveAssignments(append(rows, deputy)); err != nil {
		return err
	}
	return firstError(tx.SaveControllers([]models.Controller{c}), tx.SaveSystems([]models.System{y}), tx.SaveActivities([]models.Activity{a}), tx.SaveDelegations([]models.Delegation{d}))
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// What is exported and imported again changes nothing: the workbook, the CSV files, and either in an empty Insyn.
func TestExportComesBackAsItWas(t *testing.T) {
	t.Parallel()
	store := importStore(t)
	importApplied(t, store, importDemoFiles(t))
	save(t, store, fillEverything)
	ended := time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)
	endOne(t, store, ended)
	book, tables := exported(t, store, models.SystemActor())
	before := importedRows(t, store)
	for name, files := range map[string][]workflows.ImportFile{"workbook": {book}, "csv": tables} {
		report := runImport(t, store, files, true)
		for _, f := range report.Faults {
			t.Errorf("%s: %s: %s", name, workflows.ImportFaultPlace(f, "sv"), workflows.ImportFaultLine(f, "sv"))
		}
		if len(report.Changes) > 0 || len(report.Gone) > 0 || len(report.Tables) != 6 {
			t.Errorf("%s changes %+v, misses %+v, has %d tables", name, report.Changes, report.Gone, len(report.Tables))
		}
		if diff := cmp.Diff(before, importedRows(t, store), idsCompared()); diff != "" {
			t.Errorf("%s left other rows:\n%s", name, diff)
		}
		other := importStore(t)
		importApplied(t, other, files)
		again, _ := exported(t, other, models.SystemActor())
		if diff := cmp.Diff(cellsOf(t, book), cellsOf(t, again)); diff != "" {
			t.Errorf("%s in an empty Insyn says something else:\n%s", name, diff)
		}
	}
	admin, _ := exported(t, store, models.StaffActor(before.Staff[0].ID, models.Grant{Role: models.RoleAdmin}))
	if diff := cmp.Diff(cellsOf(t, book), cellsOf(t, admin)); diff != "" {
		t.Errorf("the administrator's export is another:\n%s", diff)
	}
	nobody, _ := exported(t, store, models.Actor{})
	if cells := cellsOf(t, nobody); len(cells["Personal"])+len(cells["Uppdrag"])+len(cells["System"]) != 3 {
		t.Errorf("anybody may export: %v", cells)
	}
}

func idsCompared() cmp.Option {
	return cmp.AllowUnexported(models.StaffID{}, models.ControllerID{}, models.SystemID{}, models.DelegationID{}, models.ID[models.Assignment]{}, models.ID[models.Activity]{})
}

// cellsOf reads the tables of a spreadsheet as text.
func cellsOf(t *testing.T, file workflows.ImportFile) map[string][][]string {
	t.Helper()
	in, err := file.Open()
	if err != nil {
		t.Fatal(err)
	}
	sheets, faults, err := sheet.Read(file.Name, in, sheet.DefaultLimits())
	if err != nil || len(faults) > 0 {
		t.Fatal(faults, err)
	}
	tables := map[string][][]string{}
	for _, s := range sheets {
		tables[s.Name] = make([][]string, len(s.Rows))
		for i, row := range s.Rows {
			for _, c := range row {
				tables[s.Name][i] = append(tables[s.Name][i], c.Text)
			}
		}
	}
	return tables
}

// endOne ends the administrator's assignment at an instant, as the administrator's page does, and one before it began.
func endOne(t *testing.T, store *models.Store, at time.Time) {
	t.Helper()
	save(t, store, func(tx *models.Tx, o models.Organisation) error {
		i := slices.IndexFunc(o.Assignments, func(a models.Assignment) bool { return a.Role == models.RoleAdmin })
		a := o.Assignments[i]
		a.ID, a.ValidFrom, a.EndedAt = models.NewID[models.Assignment](), calendar.New(2025, 1, 1), &at
		never := a
		never.ID, never.ValidFrom = models.NewID[models.Assignment](), calendar.New(2029, 1, 1)
		return tx.SaveAssignments([]models.Assignment{a, never})
	})
}

// The templates are empty, are read without a fault, and have every column, a list for what is chosen, and cells that keep zeros.
func TestTemplatesAreEmptyAndRead(t *testing.T) {
	t.Parallel()
	store := importStore(t)
	for _, s := range workflows.Templates() {
		report := runImport(t, store, []workflows.ImportFile{written(t, s)}, true)
		if len(report.Faults) > 0 || !report.Applied || len(report.Changes) > 0 {
			t.Errorf("%s: %v, applied %v", s.Name, report.Faults, report.Applied)
		}
	}
	file, err := written(t, workflows.Templates()[0]).Open()
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	if names := book.GetSheetList(); names[0] != "Läs mig" || len(names) != 8 {
		t.Errorf("sheets: %v", names)
	}
	lists := 0
	for _, name := range book.GetSheetList() {
		rules, err := book.GetDataValidations(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rules {
			if r.Type == "list" {
				lists++
			}
		}
	}
	if lists != 15 { // Form, Känslig, Samordnar; address, role, controller, deputy, cleared; …
		t.Errorf("%d drop-downs", lists)
	}
	for cell, format := range map[string]int{"I2": 49, "O2": 1} { // Telefon, Ordning
		id, err := book.GetCellStyle("Nämnder", cell)
		if err != nil {
			t.Fatal(err)
		}
		if style, err := book.GetStyle(id); err != nil || style.NumFmt != format {
			t.Errorf("%s has format %d, %v", cell, style.NumFmt, err)
		}
	}
}

// The guide of docs/import.md, followed: the templates filled in for three controllers and nothing else make a municipality where
// every controller has who must act, and the search lists and suggestions have something to go by.
func TestThreeControllersFromTheTemplates(t *testing.T) {
	t.Parallel()
	file, err := written(t, workflows.Templates()[0]).Open()
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	row := map[string]int{}
	fill := func(table string, cells ...string) {
		t.Helper()
		row[table]++
		heads, err := book.GetRows(table)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(cells); i += 2 {
			column := slices.Index(heads[0], cells[i])
			if column < 0 {
				t.Fatalf("%s has no column %s", table, cells[i])
			}
			if err := book.SetCellValue(table, sheet.ColumnLetter(column)+strconv.Itoa(row[table]+1), cells[i+1]); err != nil {
				t.Fatal(err)
			}
		}
	}
	for prefix, name := range map[string]string{"KS": "Kommunstyrelsen", "SN": "Socialnämnden", "BUN": "Barn- och utbildningsnämnden"} {
		at := "@" + strings.ToLower(prefix) + ".liten.example"
		form := map[bool]string{true: "styrelse", false: "nämnd"}[prefix == "KS"]
		yes := func(b bool) string { return map[bool]string{true: "ja", false: ""}[b] }
		fill("Nämnder", "Förkortning", prefix, "Namn", name, "Form", form, "Känslig", yes(prefix == "SN"), "Förvaltningsrätt", "Förvaltningsrätten i Umeå",
			"Adress", "Storgatan 1, 900 00 Liten", "E-post", "namnden"+at, "DSO", "Dag Öberg", "DSO e-post", "dso@liten.example", "Samordnar", yes(prefix == "KS"))
		for _, who := range []string{"ombud", "chef", "registrator"} {
			fill("Personal", "E-post", who+at, "Namn", who+" vid "+prefix)
		}
		for who, role := range map[string]string{"ombud" + at: "personuppgiftsombud", "chef" + at: "beslutsfattare", "registrator" + at: "registrator", "dso@liten.example": "dataskyddsombud"} {
			fill("Uppdrag", "E-post", who, "Roll", role, "Nämnd", prefix, "Från och med", "2026-01-01")
		}
		fill("Delegation", "Nämnd", prefix, "Nr", "4.10", "Ärende", "Registrerades rättigheter", "Beslutstyper", strings.Join(workflows.DecisionKinds(), ", "),
			"Delegat e-post", "chef"+at, "Befattning", "Chef", "Beslutad", "2025-12-01", "Paragraf", "§ 100", "Gäller från och med", "2026-01-01")
		fill("System", "Nämnd", prefix, "System", "Diariet", "Ägare", "Kanslichef", "Så söker du", "Sök på personnummer.")
		fill("Behandlingar", "Nämnd", prefix, "System", "Diariet", "Behandling", "Diarieföring", "Ändamål", "Hålla ordning", "Laglig grund", "Artikel 6.1 c, OSL 5 kap.",
			"Kategorier av uppgifter", "Namn", "Mottagare", "Inga", "Bevarande och gallring", "Bevaras", "Källa", "Den enskilde", "Kopplingar", "avsändare, elev")
	}
	fill("Personal", "E-post", "dso@liten.example", "Namn", "Dag Öberg")
	for _, role := range []string{"servicecenter", "logggranskare", "administratör"} {
		fill("Personal", "E-post", role[:3]+"@liten.example", "Namn", role)
		fill("Uppdrag", "E-post", role[:3]+"@liten.example", "Roll", role, "Från och med", "2026-01-01")
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		t.Fatal(err)
	}
	store := importStore(t)
	importApplied(t, store, []workflows.ImportFile{importFile("insyn-mallar.xlsx", out.Bytes())})
	day := calendar.New(2026, 3, 2)
	save(t, store, func(tx *models.Tx, o models.Organisation) error {
		for _, c := range o.Controllers {
			for _, role := range []models.Role{models.RoleOmbud, models.RoleDecider, models.RoleDSO, models.RoleRegistrator} {
				if s, err := tx.StaffWith(role, c.ID, day); err != nil || len(s) != 1 {
					t.Errorf("%s: %d %s, %v", c.Prefix, len(s), role, err)
				}
			}
			for _, kind := range workflows.DecisionKinds() {
				if d, err := tx.DelegationsFor(c.ID, kind, day); err != nil || len(d) != 1 || d[0].Number != "4.10" {
					t.Errorf("%s: %s: %v, %v", c.Prefix, kind, d, err)
				}
			}
			if y, err := tx.Systems(c.ID, day); err != nil || len(y) != 1 {
				t.Errorf("%s: %v, %v", c.Prefix, y, err)
			}
		}
		c, err := tx.CoordinatingController(day)
		if c.Prefix != "KS" || len(o.Controllers) != 3 {
			t.Errorf("%s coordinates %d", c.Prefix, len(o.Controllers))
		}
		return err
	})
}
