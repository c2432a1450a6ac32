package workflows

import (
	"context"
	"fmt"
	"io"
	"strings"

	"insyn/internal/sheet"
	"insyn/models"
)

// Spreadsheet is a file to hand out.
type Spreadsheet struct {
	Name      string                  // its path with slashes, such as csv/personal.csv
	MediaType string                  // for HTTP
	Write     func(w io.Writer) error // writes the whole file; it may be called again
}

const (
	mediaXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	mediaCSV  = "text/csv; charset=utf-8"
)

// Templates are empty spreadsheets to fill in: first a workbook with every table, an explanation of each column, drop-downs for
// what has a closed list, and text cells for what Excel would take for numbers; then each table as CSV.
func Templates() []Spreadsheet {
	return spreadsheets("insyn-mallar.xlsx", map[ImportTable][][]string{})
}

// Export writes what the actor may see of the organisation and the register in the form that [Import] reads: importing it again
// changes nothing. First is a workbook with everything, then each table as CSV. Assignments that were ended before they began
// are left out.
func Export(ctx context.Context, store *models.Store, actor models.Actor) ([]Spreadsheet, error) {
	var stored importStored
	err := store.InTx(ctx, actor, func(tx *models.Tx) error {
		o, err := tx.Organisation()
		stored = storedImport(o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	var counted []importAssignment
	for _, a := range stored.assignments {
		if !a.never() {
			counted = append(counted, a)
		}
	}
	return spreadsheets("insyn.xlsx", map[ImportTable][][]string{
		ImportControllers: importCells(stored.controllers), ImportStaff: importCells(stored.staff), ImportAssignments: importCells(counted),
		ImportDelegations: importCells(stored.delegations), ImportSystems: importCells(stored.systems), ImportActivities: importCells(stored.activities),
	}), nil
}

func importCells[T importEntity](rows []T) [][]string {
	out := make([][]string, len(rows))
	for i, r := range rows {
		for _, f := range r.fields() {
			out[i] = append(out[i], f.value)
		}
	}
	return out
}

// spreadsheets makes the files of some rows.
func spreadsheets(book string, rows map[ImportTable][][]string) []Spreadsheet {
	sheets := []sheet.OutSheet{readmeSheet()}
	files := []Spreadsheet{{Name: book, MediaType: mediaXLSX}}
	for _, k := range importKinds() {
		out := sheet.OutSheet{Name: k.sheet, Columns: k.outColumns(), Rows: rows[k.table]}
		sheets = append(sheets, out)
		files = append(files, Spreadsheet{"csv/" + k.file + ".csv", mediaCSV, func(w io.Writer) error { return sheet.WriteCSV(w, out) }})
	}
	files[0].Write = func(w io.Writer) error { return sheet.WriteXLSX(w, sheets) }
	return files
}

// outColumns are the columns as they are written, with what helps to fill them in.
func (k importKind) outColumns() []sheet.OutColumn {
	columns := make([]sheet.OutColumn, len(k.columns))
	for i, c := range k.columns {
		out := sheet.OutColumn{Heading: c.Heading, Width: 24, Hint: c.hint()}
		switch c.form {
		case formDate:
			out.Kind, out.Width = sheet.OutDate, 13
		case formNumber:
			out.Kind, out.Width = sheet.OutNumber, 10
		case formOne:
			out.Strict, out.Width = true, 20
			fallthrough
		case formMany: // the list gives one; more can be typed
			for _, w := range c.words() {
				out.Choices = append(out.Choices, w.Text)
			}
		case formPrefix:
			out.ChoiceOf, out.Strict, out.Width = "Nämnder!$A$2:$A$200", true, 10
		case formAddress:
			out.ChoiceOf, out.Strict, out.Width = "Personal!$A$2:$A$2000", true, 36
		case formText:
			if strings.Contains(c.Key, colEmail) {
				out.Width = 36
			}
		}
		columns[i] = out
	}
	return columns
}

func (c importColumn) hint() string {
	switch c.must {
	case "":
		return strings.TrimSpace(c.about + " Får vara tom.")
	case "ja":
		return strings.TrimSpace(c.about + " Måste fyllas i.")
	default:
		return strings.TrimSpace(c.about + " Krävs: " + c.must + ".")
	}
}

// readmeSheet explains the workbook to whoever fills it in; it is not read.
func readmeSheet() sheet.OutSheet {
	s := sheet.OutSheet{Name: importReadme, Prose: true, Columns: []sheet.OutColumn{{Width: 18}, {Width: 28}, {Width: 26}, {Width: 90}}}
	s.Rows = [][]string{
		{"Insyn: nämnder, personal, uppdrag, delegationer, system och behandlingar"},
		{"1.", "", "", "Fyll i bladen från vänster till höger: de senare hänvisar till de tidigare med förkortning, e-post och systemnamn."},
		{"2.", "", "", "Ändra inte rubrikerna. Ordningen är fri. Egna anteckningar kan stå i en kolumn med rubriken Anteckning."},
		{"3.", "", "", "Datum skrivs 2026-01-31. Listor skrivs med komma mellan."},
		{"4.", "", "", "Prova alltid först. Då visas varje fel med blad, rad och kolumn, och ingenting sparas."},
		{"5.", "", "", "Det här bladet och dolda blad läses inte."},
		{""},
		{"Blad", "Rubrik", "Krävs", "Innehåll"},
	}
	for _, k := range importKinds() {
		for _, c := range k.columns {
			s.Rows = append(s.Rows, []string{k.sheet, c.Heading, c.must, c.about})
		}
	}
	s.Rows = append(s.Rows, []string{""}, []string{"Beslutstyper", "", "", importWords(importDecisionKinds(), DecisionKinds())})
	var relations []string
	for _, w := range Relations() {
		relations = append(relations, w.Text)
	}
	s.Rows = append(s.Rows, []string{"Kopplingar", "", "", strings.Join(relations, ", ")})
	return s
}
