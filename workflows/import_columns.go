package workflows

import (
	"slices"
	"strings"

	"insyn/internal/sheet"
	"insyn/models"
)

// importKind is a table as it stands in a spreadsheet. docs/import.md describes the columns.
type importKind struct {
	table   ImportTable
	sheet   string // the sheet's name, and how a CSV file's name may begin
	columns []sheet.Column
}

// importNotes heads a column that anyone may have for their own notes; it is not read.
const importNotes = "Anteckning"

// Column keys that more than one place uses.
const (
	colController = "controller"
	colSystem     = "system"
	colEmail      = "email"
	colName       = "name"
	colFrom       = "from"
	colTo         = "to"
)

// importKinds lists the tables in the order they are written.
func importKinds() []importKind {
	return []importKind{
		{ImportControllers, "Nämnder", importColumns(
			"prefix", "Förkortning", colName, "Namn", "description", "Beskrivning", "kind", "Form", "sensitive", "Känslig",
			"court", "Förvaltningsrätt", "address", "Adress", colEmail, "E-post", "phone", "Telefon", "dpo-name", "DSO",
			"dpo-email", "DSO e-post", "dpo-phone", "DSO telefon", "agreement", "Biträdesavtal", "review-days", "Granskningsdagar",
			"position", "Ordning")},
		{ImportStaff, "Personal", importColumns(colEmail, "E-post", colName, "Namn", "title", "Titel")},
		{ImportAssignments, "Uppdrag", importColumns(colEmail, "E-post", "role", "Roll", colController, "Nämnd",
			colFrom, "Från och med", colTo, "Till och med")},
		{ImportDelegations, "Delegation", importColumns(colController, "Nämnd", "number", "Nr", "text", "Ärende", "kinds", "Beslutstyper",
			colEmail, "Delegat e-post", "position-title", "Befattning", "adopted", "Beslutad", "paragraph", "Paragraf",
			colFrom, "Gäller från och med", colTo, "Gäller till och med")},
		{ImportSystems, "System", importColumns(colController, "Nämnd", colSystem, "System", "description", "Beskrivning",
			"owner", "Ägare", "search-hint", "Så söker du", "classification", "Klassning", "position", "Ordning")},
		{ImportActivities, "Behandlingar", importColumns(colController, "Nämnd", colSystem, "System", "activity", "Behandling",
			"purpose", "Ändamål", "legal-basis", "Laglig grund", "data-categories", "Kategorier av uppgifter", "recipients", "Mottagare",
			"storage", "Bevarande och gallring", "source", "Källa", "third-country", "Tredjeland", "automated", "Automatiserade beslut")},
	}
}

// importColumns makes columns of keys and headings in turn. Every heading must be there, also where its cells may be
// empty: a column that somebody dropped would otherwise empty what the database holds.
func importColumns(pairs ...string) []sheet.Column {
	columns := make([]sheet.Column, 0, len(pairs)/2)
	for pair := range slices.Chunk(pairs, 2) {
		columns = append(columns, sheet.Column{Key: pair[0], Heading: pair[1], Required: true})
	}
	return columns
}

// recogniseImport tells what a sheet holds: by its name (for CSV the beginning of the file's), else by its headings.
func recogniseImport(s sheet.Sheet) (importKind, bool) {
	name := s.Name
	if name == "" {
		name = s.File
	}
	kinds := importKinds()
	for _, k := range kinds {
		if found, lacking := sheet.Score(s, k.columns); found > 0 && lacking == 0 {
			return k, true
		}
	}
	for _, k := range kinds {
		if strings.HasPrefix(strings.ToLower(name), strings.ToLower(k.sheet)) {
			return k, true
		}
	}
	best, most := importKind{}, 0
	for _, k := range kinds {
		// More than half of the headings are no coincidence.
		if found, _ := sheet.Score(s, k.columns); found > most && 2*found > len(k.columns) {
			best, most = k, found
		}
	}
	return best, most > 0
}

// importAside tells whether a sheet is for people only.
func importAside(name string) bool {
	return slices.Contains([]string{"läs mig", "läsmig", "information", "readme"}, strings.ToLower(name))
}

func importSheetNames() string {
	var names []string
	for _, k := range importKinds() {
		names = append(names, k.sheet)
	}
	return strings.Join(names, ", ")
}

// importHeading gives the heading of a column.
func importHeading(table ImportTable, column string) string {
	for _, k := range importKinds() {
		for _, c := range k.columns {
			if k.table == table && c.Key == column {
				return c.Heading
			}
		}
	}
	return column
}

func importControllerKinds() sheet.Words {
	return sheet.Words{
		{Text: "nämnd", Code: string(models.KindNamnd), Also: []string{"namnd"}},
		{Text: "styrelse", Code: string(models.KindStyrelse)},
		{Text: "revision", Code: string(models.KindRevision)},
		{Text: "bolag", Code: string(models.KindBolag)},
		{Text: "stiftelse", Code: string(models.KindStiftelse)},
	}
}

func importRoles() sheet.Words {
	return sheet.Words{
		{Text: "servicecenter", Code: string(models.RoleServicecenter)},
		{Text: "personuppgiftsombud", Code: string(models.RoleOmbud), Also: []string{"ombud"}},
		{Text: "beslutsfattare", Code: string(models.RoleDecider)},
		{Text: "dataskyddsombud", Code: string(models.RoleDSO), Also: []string{"dso"}},
		{Text: "registrator", Code: string(models.RoleRegistrator)},
		{Text: "logggranskare", Code: string(models.RoleLogReviewer), Also: []string{"loggranskare"}},
		{Text: "administratör", Code: string(models.RoleAdmin)},
	}
}

// importDecisionKinds are the kinds of decision that a delegation may cover; they are written as they are.
func importDecisionKinds() sheet.Words {
	var words sheet.Words
	for _, code := range DecisionKinds() {
		words = append(words, sheet.Word{Text: code, Code: code})
	}
	return words
}

// importRoleAnywhere tells whether a role belongs to no controller.
func importRoleAnywhere(r models.Role) bool {
	return r == models.RoleServicecenter || r == models.RoleLogReviewer || r == models.RoleAdmin
}
