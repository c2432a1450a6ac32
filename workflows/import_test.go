package workflows_test

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"insyn/internal/calendar"
	"insyn/internal/clock"
	"insyn/internal/crypto"
	"insyn/internal/testkit"
	"insyn/models"
	"insyn/workflows"
	"insyn/workflows/workflowtest/kommun"
)

// importStore is a store on a database of the test's own.
func importStore(t testing.TB) *models.Store {
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
	if want := []int{4, 17, 21, 23, 10, 15}; !slices.Equal(got, want) {
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

// The column reference says of every column what the templates say of it, in the same order.
func TestColumnReferenceIsTrue(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../docs/import.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string][][]string{}
	section := ""
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "## "); ok {
			section = name
		}
		cells := strings.Split(line, "|")
		if len(cells) == 5 && !strings.HasPrefix(cells[1], "-") && cells[1] != " Rubrik " {
			documented[section] = append(documented[section], []string{strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2]), strings.TrimSpace(cells[3])})
		}
	}
	explained := map[string][][]string{}
	for _, row := range cellsOf(t, written(t, workflows.Templates()[0]))["Läs mig"][8:] {
		texts := append(row, "", "", "", "")[:4]
		if texts[1] != "" {
			explained[texts[0]] = append(explained[texts[0]], texts[1:])
		}
	}
	for table, columns := range explained {
		if diff := cmp.Diff(documented[table], columns); diff != "" {
			t.Errorf("%s (-docs +template):\n%s", table, diff)
		}
	}
	for table, rows := range cellsOf(t, written(t, workflows.Templates()[0])) {
		for i, c := range rows[0] {
			if table != "Läs mig" && c != documented[table][i][0] {
				t.Errorf("%s: column %d is %q", table, i, c)
			}
		}
	}
	for _, w := range workflows.Relations() {
		if !strings.Contains(string(content), w.Text) {
			t.Errorf("%q is not in the column reference", w.Text)
		}
	}
	for _, kind := range workflows.DecisionKinds() {
		if !strings.Contains(string(content), "`"+kind+"`") {
			t.Errorf("%s is not in the column reference", kind)
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
