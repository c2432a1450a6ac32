package workflows_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
)

// endMissing reads in with an end for what is missing.
func endMissing(t *testing.T, store *models.Store, files []workflows.ImportFile, day calendar.Date, apply bool) workflows.ImportReport {
	t.Helper()
	report, err := workflows.Import(t.Context(), store, files, workflows.ImportOptions{Apply: apply, EndMissing: day})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Faults {
		t.Errorf("fault: %s: %s", workflows.ImportFaultPlace(f, "sv"), workflows.ImportFaultLine(f, "sv"))
	}
	return report
}

func goneKeys(r workflows.ImportReport) []string {
	var out []string
	for _, g := range r.Gone {
		line := string(g.Table) + " " + g.Key + " " + g.Last.String()
		if g.EndedNow {
			line += " now"
		}
		if g.NotBegun {
			line += " later"
		}
		out = append(out, line)
	}
	return out
}

// What is gone from the files ends on the day given, in the tables that the files have; a dry run says the same and does
// nothing; nothing is deleted; a second run finds nothing to do.
func TestMissingRowsEnd(t *testing.T) {
	t.Parallel()
	store := importStore(t)
	importApplied(t, store, importDemoFiles(t))
	before := importedRows(t, store)
	day := calendar.New(2026, 6, 30)
	files := []workflows.ImportFile{
		importEdited(t, "personal.xlsx", func(b *excelize.File) error {
			// Erik Sandin has left; Samir Haddad has another role; two roles are yet to begin.
			return firstError(removeRow(t, b, "Personal", "erik.sandin@exempelby.example"), b.RemoveRow("Uppdrag", 7), b.RemoveRow("Uppdrag", 3))
		}),
		importEdited(t, "register.xlsx", func(b *excelize.File) error {
			return firstError(removeRow(t, b, "Behandlingar", "Rekrytering"), b.SetCellValue("System", "A1", "Nämnd"))
		}),
	}
	save(t, store, func(tx *models.Tx, o models.Organisation) error {
		future := o.Assignments[len(o.Assignments)-1]
		future.ID, future.ValidFrom = models.NewID[models.Assignment](), calendar.New(2026, 9, 1)
		past := future
		past.ID, past.ValidFrom, past.ValidTo = models.NewID[models.Assignment](), calendar.New(2020, 1, 1), calendar.New(2021, 1, 1)
		return tx.SaveAssignments([]models.Assignment{future, past})
	})
	want := []string{
		"staff erik.sandin@exempelby.example ",
		"assignments samir.haddad@exempelby.example · servicecenter · 2024-09-02 2026-06-30 now",
		"assignments erik.sandin@exempelby.example · personuppgiftsombud · SN · 2025-03-01 2026-06-30 now",
		"delegations SN · 4.4 · erik.sandin@exempelby.example · 2026-01-01 2026-06-30 now", // no file has delegations, but he has left
		"activities KS · Personalsystemet Heron · Rekrytering 2026-06-30 now",
	}
	dry := endMissing(t, store, files, day, false)
	got := slices.DeleteFunc(goneKeys(dry), func(s string) bool { return strings.HasSuffix(s, " later") })
	if diff := cmp.Diff(want, got); diff != "" || len(dry.Gone) != len(want)+1 {
		t.Errorf("gone: %s\n%v", diff, goneKeys(dry))
	}
	if now := importedRows(t, store); len(now.Assignments) != len(before.Assignments)+2 || !now.Activities[3].ValidTo.IsZero() {
		t.Error("the dry run ended something")
	}
	report := endMissing(t, store, files, day, true)
	if diff := cmp.Diff(dry.Gone, report.Gone); diff != "" || !report.Applied {
		t.Errorf("the dry run promised something else:\n%s", diff)
	}
	again := endMissing(t, store, files, day, true)
	if slices.ContainsFunc(again.Gone, func(g workflows.ImportGone) bool { return g.EndedNow }) || len(again.Changes) > 0 {
		t.Errorf("the second run ended %v, changed %v", again.Gone, again.Changes)
	}
	after := importedRows(t, store)
	if len(after.Assignments) != len(before.Assignments)+2 || len(after.Activities) != len(before.Activities) || len(after.Staff) != len(before.Staff) || len(after.Delegations) != len(before.Delegations) {
		t.Error("something was deleted")
	}
	countsOn(t, store, day.AddDays(1))
}

// countsOn finds that what ended no longer counts.
func countsOn(t *testing.T, store *models.Store, day calendar.Date) {
	t.Helper()
	save(t, store, func(tx *models.Tx, o models.Organisation) error {
		for _, s := range o.Staff {
			if s.Email != "erik.sandin@exempelby.example" {
				continue
			}
			if grants, err := tx.GrantsOn(s.ID, day); err != nil || len(grants) > 0 {
				t.Errorf("%s still has %v, %v", s.Email, grants, err)
			}
			if grants, err := tx.GrantsOn(s.ID, day.AddDays(-1)); err != nil || len(grants) != 1 {
				t.Errorf("%s had %v, %v", s.Email, grants, err)
			}
		}
		for _, c := range o.Controllers {
			now, err := tx.Activities(c.ID, day)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(now, func(a models.Activity) bool { return a.Name == "Rekrytering" }) {
				t.Errorf("%s still has Rekrytering", c.Prefix)
			}
		}
		return nil
	})
}

// removeRow removes the row that has a text in it.
func removeRow(t *testing.T, b *excelize.File, table, text string) error {
	t.Helper()
	cells, err := b.SearchSheet(table, text)
	if err != nil || len(cells) != 1 {
		t.Fatalf("%q in %v, %v", text, cells, err)
	}
	_, row, err := excelize.CellNameToCoordinates(cells[0])
	return firstError(err, b.RemoveRow(table, row))
}

// Spreadsheets that were made before there were more columns leave what the new ones say alone.
func TestOlderSpreadsheetsKeepTheNewColumns(t *testing.T) {
	t.Parallel()
	store := importStore(t)
	importApplied(t, store, importDemoFiles(t))
	save(t, store, func(tx *models.Tx, o models.Organisation) error {
		c, y, a, s := o.Controllers[0], o.Systems[0], o.Activities[0], o.Assignments[0]
		c.Coordinates, y.Common, y.Category, a.Relations, s.Cleared = true, true, "x", models.TextArray{"pupil"}, true
		return firstError(tx.SaveControllers([]models.Controller{c}), tx.SaveSystems([]models.System{y}), tx.SaveActivities([]models.Activity{a}), tx.SaveAssignments([]models.Assignment{s}))
	})
	before := importedRows(t, store)
	if report := importApplied(t, store, importDemoFiles(t)); len(report.Changes) > 0 {
		t.Errorf("changes: %+v", report.Changes)
	}
	if diff := cmp.Diff(before, importedRows(t, store), idsCompared()); diff != "" {
		t.Error(diff)
	}
	// With the heading there, an empty cell is an answer.
	report := importApplied(t, store, importWithFile(importDemoFiles(t), importEdited(t, "organisation.xlsx", importCells("Nämnder", "P1", "Samordnar", "P3", "Ja"))))
	if len(report.Changes) != 2 {
		t.Errorf("changes: %+v", report.Changes)
	}
	save(t, store, func(tx *models.Tx, _ models.Organisation) error {
		c, err := tx.CoordinatingController(calendar.New(2026, 3, 2))
		if err != nil || c.Prefix != "SN" {
			t.Errorf("%s coordinates, %v", c.Prefix, err)
		}
		return nil
	})
}

// A name that Excel, a phone or a person wrote in another way is the same name; an address is the same in any letters.
func TestNamesThatLookTheSameAreTheSame(t *testing.T) {
	t.Parallel()
	store := importStore(t)
	importApplied(t, store, importDemoFiles(t))
	report := importApplied(t, store, []workflows.ImportFile{
		importEdited(t, "register.xlsx", importCells("Behandlingar", "A2", " ks ", "B2", "DOKU\u200bMENTA", "C2", "Registrering\u00a0av  Allmänna handlingar")),
		importFile("delegation.csv", bytes.Replace(importDemoContent(t, "delegation.csv"), []byte("KS;4.2;"), []byte("Ks;4.2 ;"), 1)),
		importEdited(t, "personal.xlsx", importCells("Uppdrag", "A5", "Margareta.OHMAN@Exempelby.example", "B5", "BESLUTSFATTARE", "D5", "1 januari 2024")),
	})
	if len(report.Changes) != 1 || len(report.Gone) > 0 || report.Changes[0].Differences[0].Heading != "Behandling" {
		t.Errorf("changes %+v, gone %v", report.Changes, report.Gone)
	}
}

// What an administrator ended with effect at once no spreadsheet brings back.
func TestEndedAssignmentsStayEnded(t *testing.T) {
	t.Parallel()
	store := importStore(t)
	importApplied(t, store, importDemoFiles(t))
	at := time.Date(2026, 2, 27, 9, 0, 0, 0, time.UTC)
	save(t, store, func(tx *models.Tx, o models.Organisation) error {
		i := slices.IndexFunc(o.Assignments, func(a models.Assignment) bool { return a.Role == models.RoleLogReviewer })
		return tx.StopAssignment(o.Assignments[i].ID, calendar.DateOf(at))
	})
	report := runImport(t, store, importDemoFiles(t), true)
	want := "personal.xlsx, blad Uppdrag, rad 21, kolumn E (Till och med): Uppdraget upphörde 2026-02-27 enligt Insyn. Skriv den dagen. Ska personen ha rollen igen behövs en ny rad med en ny första dag.\n"
	if got := importReportOf(report, "sv"); got != want || report.Applied {
		t.Errorf("said %q", got)
	}
	importApplied(t, store, importWithFile(importDemoFiles(t), importEdited(t, "personal.xlsx", importCells("Uppdrag", "E21", "2026-02-27"))))
}

// The rules of the administrator's pages hold for spreadsheets: what is over is not opened again, and an administrator is left.
func TestSpreadsheetsKeepToTheRulesOfThePages(t *testing.T) {
	t.Parallel()
	store := importStore(t)
	importApplied(t, store, importWithFile(importDemoFiles(t), importEdited(t, "personal.xlsx", importCells("Uppdrag", "E3", "2025-12-31"))))
	for name, c := range map[string]struct {
		file workflows.ImportFile
		end  calendar.Date
		want string
	}{
		"a role that is over": {file: importEdited(t, "personal.xlsx", importCells("Uppdrag", "E3", "2026-12-31")),
			want: "personal.xlsx, blad Uppdrag, rad 3, kolumn E (Till och med): ”2026-12-31”: Uppdraget upphörde 2025-12-31 enligt Insyn. Skriv den dagen. Ska personen ha rollen igen behövs en ny rad med en ny första dag."},
		"the last administrator's last day": {file: importEdited(t, "personal.xlsx", importCells("Uppdrag", "E3", "2025-12-31", "E22", "2026-12-31")),
			want: "personal.xlsx, blad Uppdrag, rad 22, kolumn E (Till och med): ”2026-12-31”: Då finns ingen administratör kvar. Lägg till en annan administratör, eller låt den här vara."},
		"the last administrator gone": {end: calendar.New(2026, 6, 30), file: importEdited(t, "personal.xlsx", func(b *excelize.File) error {
			return firstError(b.SetCellValue("Uppdrag", "E3", "2025-12-31"), b.RemoveRow("Uppdrag", 22))
		}), want: "personal.xlsx, blad Uppdrag: ”davit.petrosyan@exempelby.example · administratör · 2024-01…”: Då finns ingen administratör kvar. Lägg till en annan administratör, eller låt den här vara."},
	} {
		report, err := workflows.Import(t.Context(), store, []workflows.ImportFile{c.file}, workflows.ImportOptions{Apply: true, EndMissing: c.end})
		if got := strings.TrimSpace(importReportOf(report, "sv")); err != nil || report.Applied || got != c.want {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}
