package workflows

import (
	"slices"
	"strings"

	"insyn/internal/sheet"
)

// importKind is a table as it stands in a spreadsheet. docs/import.md describes the columns in the same words.
type importKind struct {
	table   ImportTable
	sheet   string // the sheet's name, and how a CSV file's name may begin
	file    string // of a file that holds the table alone, without its ending
	columns []importColumn
}

// importColumn is a column: its heading, what it holds, and how a template helps to fill it in.
type importColumn struct {
	sheet.Column
	must  string // when a cell must be filled in: “ja”, “för bolag …”; empty when it need not
	about string // what to write
	form  importForm
	words func() sheet.Words // of a cell that takes words
}

// importForm is how the cells of a column are formatted, and what they are chosen from.
type importForm int

const (
	formText   importForm = iota
	formNumber            // a whole number
	formDate
	formOne     // one of some words
	formMany    // some of some words
	formPrefix  // a controller's abbreviation
	formAddress // a staff member's address
)

// importNotes heads a column that anyone may have for their own notes; it is not read.
const importNotes = "Anteckning"

// Column keys that more than one place uses.
const (
	colPrefix     = "prefix"
	colController = "controller"
	colSystem     = "system"
	colActivity   = "activity"
	colEmail      = "email"
	colName       = "name"
	colNumber     = "number"
	colRole       = "role"
	colFrom       = "from"
	colTo         = "to"
	colDeputyFor  = "deputy-for"
	colCleared    = "cleared"
	colProcessor  = "processor"
	colJoint      = "joint-with"
	colCoordinate = "coordinates"
)

// importColumnOf is a column that must be there.
func importColumnOf(key, heading, must, about string) importColumn {
	return importColumn{Column: sheet.Column{Key: key, Heading: heading, Required: true}, must: must, about: about}
}

// added marks a column that spreadsheets made before it came do not have. Where the heading is missing, rows that are stored
// already keep what they say. Any other column that somebody dropped would empty what the database holds, so it is asked for.
func (c importColumn) added() importColumn { c.Required = false; return c }

func (c importColumn) also(names ...string) importColumn { c.Aliases = names; return c }

func (c importColumn) as(f importForm) importColumn { c.form = f; return c }

func (c importColumn) of(f importForm, words func() sheet.Words) importColumn {
	c.form, c.words = f, words
	return c
}

// importKinds lists the tables in the order they are written.
func importKinds() []importKind {
	return []importKind{
		{ImportControllers, "Nämnder", "namnder", controllerColumns()},
		{ImportStaff, "Personal", "personal", []importColumn{
			importColumnOf(colEmail, "E-post", "ja", "Den adress som inloggningen lämnar. Stora och små bokstäver spelar ingen roll."),
			importColumnOf(colName, "Namn", "ja", ""),
			importColumnOf("title", "Titel", "", ""),
		}},
		{ImportAssignments, "Uppdrag", "uppdrag", assignmentColumns()},
		{ImportDelegations, "Delegation", "delegation", delegationColumns()},
		{ImportSystems, "System", "system", systemColumns()},
		{ImportActivities, "Behandlingar", "behandlingar", activityColumns()},
	}
}

func controllerColumns() []importColumn {
	return []importColumn{
		importColumnOf(colPrefix, "Förkortning", "ja", "Två till sex bokstäver: KS, SN, BUN. Står i ärendenumren."),
		importColumnOf(colName, "Namn", "ja", "Som det ska stå i brev."),
		importColumnOf("description", "Beskrivning", "", "Vad nämnden har uppgifter om, för den som väljer i e-tjänsten."),
		importColumnOf("kind", "Form", "ja", "nämnd, styrelse, revision, bolag eller stiftelse. Avgör hur beslut överklagas.").of(formOne, importControllerKinds),
		importColumnOf("sensitive", "Känslig", "", "ja eller nej (tomt är nej). Ja där redan vetskapen om att det finns uppgifter är känslig, som i socialtjänsten: besked om att inget finns och om att allt är hemligt blir då likadana.").of(formOne, importYesNos),
		importColumnOf("court", "Förvaltningsrätt", "ja, utom bolag och stiftelser", "Den domstol som beslut överklagas till."),
		importColumnOf("address", "Adress", "ja", "Postadress."),
		importColumnOf(colEmail, "E-post", "ja", "Nämndens egen brevlåda."),
		importColumnOf("phone", "Telefon", "", "Börjar med 0 eller +."),
		importColumnOf("dpo-name", "DSO", "ja", "Dataskyddsombudets namn."),
		importColumnOf("dpo-email", "DSO e-post", "ja", ""),
		importColumnOf("dpo-phone", "DSO telefon", "", ""),
		importColumnOf("agreement", "Biträdesavtal", "ja, för bolag och stiftelser", "Hänvisning till avtalet. Utan det deltar de inte."),
		importColumnOf("review-days", "Granskningsdagar", "", "Arbetsdagar som dataskyddsombudet har på sig, 1–10. Tomt är 3.").as(formNumber),
		importColumnOf("position", "Ordning", "", "Heltal; den ordning nämnderna visas i. Tomt är 0.").as(formNumber),
		importColumnOf(colCoordinate, "Samordnar", "", "ja för den som samordnar i kommunen, oftast kommunstyrelsen. Bara en. Frågor som ställs direkt till dataskyddsombudet går till dess ombud.").of(formOne, importYesNos).added(),
		importColumnOf(colTo, "Till och med", "", "Sista dagen som nämnden finns. Därefter går det inte att skicka något nytt till den; ärenden som finns handläggs klart.").as(formDate).added(),
	}
}

func assignmentColumns() []importColumn {
	return []importColumn{
		importColumnOf(colEmail, "E-post", "ja", "Någon i Personal.").as(formAddress),
		importColumnOf(colRole, "Roll", "ja", "servicecenter, personuppgiftsombud, beslutsfattare, dataskyddsombud, registrator, logggranskare eller administratör.").of(formOne, importRoles),
		importColumnOf(colController, "Nämnd", "beror på rollen", "Förkortning. Tomt för servicecenter, logggranskare och administratör, som gäller hela kommunen.").as(formPrefix),
		importColumnOf(colFrom, "Från och med", "ja", "Datum.").as(formDate).also("Gäller från och med"),
		importColumnOf(colTo, "Till och med", "", "Datum; tomt är tills vidare.").as(formDate).also("Gäller till och med"),
		importColumnOf(colDeputyFor, "Ersättare för", "", "E-post till den som ersätts. Hen ska ha samma roll vid samma nämnd under tiden.").as(formAddress).added(),
		importColumnOf(colCleared, "Skyddade personuppgifter", "", "ja eller nej (tomt är nej). Ja för den som får handlägga ärenden om personer med skyddade personuppgifter.").of(formOne, importYesNos).added(),
	}
}

func delegationColumns() []importColumn {
	return []importColumn{
		importColumnOf(colController, "Nämnd", "ja", "Förkortning.").as(formPrefix),
		importColumnOf(colNumber, "Nr", "ja", "Punkten i delegeringsförteckningen: 4.3."),
		importColumnOf("text", "Ärende", "ja", "Texten i förteckningen."),
		importColumnOf("kinds", "Beslutstyper", "ja", "En eller flera, med komma mellan; se nedan.").of(formMany, importDecisionKinds),
		importColumnOf(colEmail, "Delegat e-post", "ja", "Någon i Personal som är personuppgiftsombud eller beslutsfattare vid nämnden under någon del av tiden. Beslut kan bara fattas medan uppdraget gäller.").as(formAddress),
		importColumnOf("position-title", "Befattning", "ja", "Den befattning som delegationen gäller."),
		importColumnOf("adopted", "Beslutad", "ja", "Dagen nämnden eller styrelsen beslutade. Inte senare än i dag eller första dagen.").as(formDate),
		importColumnOf("paragraph", "Paragraf", "ja", "§ 214"),
		importColumnOf(colFrom, "Gäller från och med", "ja", "Datum.").as(formDate).also("Från och med"),
		importColumnOf(colTo, "Gäller till och med", "", "Datum; tomt är tills vidare.").as(formDate).also("Till och med"),
	}
}

func systemColumns() []importColumn {
	return []importColumn{
		importColumnOf(colController, "Nämnd", "ja", "Förkortning.").as(formPrefix),
		importColumnOf(colSystem, "System", "ja", "Namn."),
		importColumnOf("description", "Beskrivning", "", ""),
		importColumnOf("owner", "Ägare", "ja", "Befattning, inte person."),
		importColumnOf("search-hint", "Så söker du", "ja", "Visas för den som söker."),
		importColumnOf("classification", "Klassning", "", "Konfidentialitet, riktighet och tillgänglighet, 0–4: K3 R2 T2."),
		importColumnOf("position", "Ordning", "", "Heltal; den ordning systemen söks i. Tomt är 0.").as(formNumber),
		importColumnOf("category", "Systemkategori", "", "Er egen indelning: verksamhetssystem, samarbetsyta, register på papper …").added(),
		importColumnOf("common", "Kommungemensamt", "", "ja eller nej (tomt är nej).").of(formOne, importYesNos).added(),
		importColumnOf(colProcessor, "Personuppgiftsbiträde", "", "Den som driver systemet åt nämnden: en annan nämnds förkortning, eller leverantörens namn.").added(),
		importColumnOf(colFrom, "Från och med", "", "Första dagen som systemet finns; tomt är sedan tidigare.").as(formDate).also("Gäller från och med").added(),
		importColumnOf(colTo, "Till och med", "", "Sista dagen; tomt är tills vidare. Därefter söks det inte i nya ärenden.").as(formDate).also("Gäller till och med").added(),
	}
}

func activityColumns() []importColumn {
	return []importColumn{
		importColumnOf(colController, "Nämnd", "ja", "Förkortning.").as(formPrefix),
		importColumnOf(colSystem, "System", "ja", "Ett av nämndens system."),
		importColumnOf(colActivity, "Behandling", "ja", "Namn på behandlingen."),
		importColumnOf("purpose", "Ändamål", "ja", ""),
		importColumnOf("legal-basis", "Laglig grund", "ja", "Med artikel och lag."),
		importColumnOf("data-categories", "Kategorier av uppgifter", "ja", ""),
		importColumnOf("recipients", "Mottagare", "ja", ""),
		importColumnOf("storage", "Bevarande och gallring", "ja", ""),
		importColumnOf("source", "Källa", "ja", "Varifrån uppgifterna kommer."),
		importColumnOf("third-country", "Tredjeland", "", "Tomt är ingen överföring."),
		importColumnOf("automated", "Automatiserade beslut", "", "Tomt är inga."),
		importColumnOf("subject-categories", "Kategorier av registrerade", "", "Vilka personer uppgifterna gäller, med egna ord.").added(),
		importColumnOf("relations", "Kopplingar", "", "Vad en person som finns här är eller har varit, med komma mellan; se nedan. Styr vilka nämnder som föreslås för den som begär.").of(formMany, Relations).also("Koppling").added(),
		importColumnOf(colJoint, "Gemensamt ansvar med", "", "Förkortningar, med komma mellan (artikel 26).").added(),
		importColumnOf("process-code", "Processkod", "", "Beteckning i er klassificeringsstruktur.").added(),
		importColumnOf(colFrom, "Från och med", "", "Datum; tomt är sedan tidigare.").as(formDate).also("Gäller från och med").added(),
		importColumnOf(colTo, "Till och med", "", "Datum; tomt är tills vidare.").as(formDate).also("Gäller till och med").added(),
	}
}

// sheetColumns are the columns as the reader of sheets wants them.
func (k importKind) sheetColumns() []sheet.Column {
	columns := make([]sheet.Column, len(k.columns))
	for i, c := range k.columns {
		columns[i] = c.Column
	}
	return columns
}

// importKindOf gives the kind of a table.
func importKindOf(t ImportTable) importKind {
	kinds := importKinds()
	return kinds[slices.IndexFunc(kinds, func(k importKind) bool { return k.table == t })]
}

// recogniseImport tells what a sheet holds: by all its headings, else by its name (for CSV the beginning of the file's), else by
// most of its headings.
func recogniseImport(s sheet.Sheet) (importKind, bool) {
	name := s.Name
	if name == "" {
		name = s.File
	}
	kinds := importKinds()
	for _, k := range kinds {
		if found, lacking := sheet.Score(s, k.sheetColumns()); found > 0 && lacking == 0 {
			return k, true
		}
	}
	for _, k := range kinds {
		if named := sheet.Fold(name); strings.HasPrefix(named, sheet.Fold(k.sheet)) || strings.HasPrefix(named, k.file) {
			return k, true
		}
	}
	best, most := importKind{}, 0
	for _, k := range kinds {
		// More than half of the headings are no coincidence.
		if found, _ := sheet.Score(s, k.sheetColumns()); found > most && 2*found > len(k.columns) {
			best, most = k, found
		}
	}
	return best, most > 0
}

// importReadme names the sheet that is for people only.
const importReadme = "Läs mig"

// importAside tells whether a sheet is for people only.
func importAside(name string) bool {
	return slices.Contains([]string{"läs mig", "läsmig", "information", "readme"}, sheet.Fold(name))
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
	for _, c := range importKindOf(table).columns {
		if c.Key == column {
			return c.Heading
		}
	}
	return column
}
