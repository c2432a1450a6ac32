package workflows

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/sheet"
	"insyn/models"
)

// ImportFile is a spreadsheet to import. Open is called once.
type ImportFile struct {
	Name string // base name; faults carry it
	Open func() (io.ReadCloser, error)
}

// ImportOptions says how to import. The zero value tries everything and keeps nothing.
type ImportOptions struct {
	Apply bool // keep it
	// EndMissing ends, with this as their last day, the rows that are in the database but not in the files, in the tables that
	// the files have; a missing person's assignments and delegations end. The zero date leaves them as they are.
	EndMissing calendar.Date
}

// ImportTable names what a sheet holds.
type ImportTable string

// The tables, in the order they are written: each refers to earlier ones only.
const (
	ImportControllers ImportTable = "controllers"
	ImportStaff       ImportTable = "staff"
	ImportAssignments ImportTable = "assignments"
	ImportDelegations ImportTable = "delegations"
	ImportSystems     ImportTable = "systems"
	ImportActivities  ImportTable = "activities"
)

// ImportReport says what an import did, or would do. When there are faults nothing was done, and Changes and Gone are empty.
type ImportReport struct {
	Applied   bool            `json:"applied"`
	Tables    []ImportSummary `json:"tables"`
	Changes   []ImportChange  `json:"changes"`
	Gone      []ImportGone    `json:"gone"` // in the database, not in the files; never deleted
	Faults    []sheet.Fault   `json:"faults"`
	CutFaults bool            `json:"cutFaults"` // there are more faults than are listed
}

// ImportSummary counts the rows of one table.
type ImportSummary struct {
	Table     ImportTable `json:"table"`
	Created   int         `json:"created"`
	Changed   int         `json:"changed"`
	Unchanged int         `json:"unchanged"`
	Gone      int         `json:"gone"`
	Ended     int         `json:"ended"` // of those that are gone
}

// ImportChange is a row that is new or says something else than before.
type ImportChange struct {
	Table       ImportTable        `json:"table"`
	File        string             `json:"file"`
	Sheet       string             `json:"sheet,omitempty"`
	Row         int                `json:"row"`
	Key         string             `json:"key"` // the natural key, readable
	Created     bool               `json:"created"`
	Differences []ImportDifference `json:"differences,omitempty"` // of a changed row
}

// ImportDifference is one cell that says something else than the database.
type ImportDifference struct {
	Heading string `json:"heading"`
	Old     string `json:"old"`
	New     string `json:"new"`
}

// ImportGone is a row of the database that still counts and that no file has, though a file has the table.
type ImportGone struct {
	Table    ImportTable   `json:"table"`
	Key      string        `json:"key"`
	Last     calendar.Date `json:"last,omitzero"`      // its last day, if it has one
	EndedNow bool          `json:"endedNow,omitempty"` // it got that last day by ImportOptions.EndMissing
	NotBegun bool          `json:"notBegun,omitempty"` // it begins after ImportOptions.EndMissing and was left alone
}

// ImportFolder lists the spreadsheets in the root of a file system, in order of name.
func ImportFolder(fsys fs.FS) ([]ImportFile, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("read folder: %w", err)
	}
	var files []ImportFile
	for _, e := range entries {
		// “~$…” is Excel's mark of a file that somebody has open.
		if kind := strings.ToLower(path.Ext(e.Name())); e.IsDir() || strings.HasPrefix(e.Name(), "~$") || kind != ".xlsx" && kind != ".csv" {
			continue
		}
		files = append(files, ImportFile{Name: e.Name(), Open: func() (io.ReadCloser, error) { return fsys.Open(e.Name()) }})
	}
	return files, nil
}

// errImportUndone rolls the transaction of a dry run back.
var errImportUndone = errors.New("import not kept")

// Import reads controllers, staff, assignments, delegations, systems and activities from spreadsheets and writes them all,
// or nothing, as the system. What is wrong with the content is in the report; an error means that files or database could
// not be used at all. A dry run goes through the same writes and takes them back, so that it cannot promise too much.
func Import(ctx context.Context, store *models.Store, files []ImportFile, opts ImportOptions) (ImportReport, error) {
	return runImport(ctx, store, files, opts, importApproval{})
}

// importApproval is who has an import done, and their last word on it.
type importApproval struct {
	by      models.StaffID             // whom the event names; zero for the command line
	confirm func(r ImportReport) error // nil: yes. An error takes the import back
}

// runImport is Import with the approval of somebody. What is kept leaves an event in the organisation's chain.
func runImport(ctx context.Context, store *models.Store, files []ImportFile, opts ImportOptions, approval importApproval) (ImportReport, error) {
	in := &importing{faults: &sheet.Faults{}, present: map[ImportTable]bool{}, unsure: map[ImportTable]bool{}, end: opts.EndMissing}
	if err := in.read(files); err != nil {
		return ImportReport{}, err
	}
	err := store.InTx(ctx, models.SystemActor(), func(tx *models.Tx) error {
		if err := in.write(tx); err != nil {
			return err
		}
		if !opts.Apply || in.faults.Any() {
			return errImportUndone
		}
		report := in.report(true)
		if approval.confirm != nil {
			if err := approval.confirm(report); err != nil {
				return err
			}
		}
		return importEvent(tx, report, approval.by)
	})
	if err != nil && !errors.Is(err, errImportUndone) {
		return ImportReport{}, fmt.Errorf("import: %w", err)
	}
	return in.report(err == nil), nil
}

// importing is one run.
type importing struct {
	faults  *sheet.Faults
	present map[ImportTable]bool // tables that the files have
	unsure  map[ImportTable]bool // tables that could not be read wholly: what seems to be missing in them may be there
	today   calendar.Date
	end     calendar.Date                   // ImportOptions.EndMissing
	keys    map[ImportTable]map[string]bool // rows that the files have, by folded key
	working map[string]bool                 // addresses of those with an assignment that counts, as stored

	controllers []importRow[importController]
	staff       []importRow[importStaff]
	assignments []importRow[importAssignment]
	delegations []importRow[importDelegation]
	systems     []importRow[importSystem]
	activities  []importRow[importActivity]

	summaries []ImportSummary
	changes   []ImportChange
	gone      []ImportGone
}

// importRow is a row of a file and what it says.
type importRow[T any] struct {
	record *sheet.Record
	value  T
}

// read reads every file and recognises its sheets.
func (in *importing) read(files []ImportFile) error {
	for _, file := range files {
		sheets, faults, err := readImportFile(file)
		if err != nil {
			return err
		}
		in.faults.AddAll(faults)
		if len(faults) > 0 {
			in.unsureOfAll()
		}
		sheets = slices.DeleteFunc(sheets, sheet.Sheet.Empty)
		if len(sheets) == 0 && len(faults) == 0 {
			in.faults.Add(sheet.Fault{File: file.Name, Key: importFaultEmpty})
			in.unsureOfAll()
		}
		for _, s := range sheets {
			in.readSheet(s)
		}
	}
	return nil
}

func readImportFile(file ImportFile) ([]sheet.Sheet, []sheet.Fault, error) {
	content, err := file.Open()
	if err != nil {
		return nil, nil, fmt.Errorf("open spreadsheet: %w", err)
	}
	defer func() { _ = content.Close() }() // only read
	return sheet.Read(file.Name, content, sheet.DefaultLimits())
}

// unsureOfAll notes that any table may be in what could not be read.
func (in *importing) unsureOfAll() {
	for _, k := range importKinds() {
		in.unsure[k.table] = true
	}
}

func (in *importing) readSheet(s sheet.Sheet) {
	if importAside(s.Name) {
		return
	}
	kind, ok := recogniseImport(s)
	if !ok {
		in.faults.Add(sheet.Fault{File: s.File, Sheet: s.Name, Key: importFaultSheet, Args: sheet.Args{"expected": importSheetNames()}})
		in.unsureOfAll()
		return
	}
	in.present[kind.table] = true
	table := sheet.Open(s, kind.sheetColumns(), []string{importNotes}, in.faults)
	if table == nil {
		in.unsure[kind.table] = true
		return
	}
	for _, r := range table.Records() {
		in.readRow(kind.table, r)
	}
}

func (in *importing) readRow(table ImportTable, r *sheet.Record) {
	switch table {
	case ImportControllers:
		in.controllers = append(in.controllers, importRow[importController]{r, readController(r)})
	case ImportStaff:
		in.staff = append(in.staff, importRow[importStaff]{r, readStaff(r)})
	case ImportAssignments:
		in.assignments = append(in.assignments, importRow[importAssignment]{r, readAssignment(r)})
	case ImportDelegations:
		in.delegations = append(in.delegations, importRow[importDelegation]{r, readDelegation(r)})
	case ImportSystems:
		in.systems = append(in.systems, importRow[importSystem]{r, readSystem(r)})
	case ImportActivities:
		in.activities = append(in.activities, importRow[importActivity]{r, readActivity(r)})
	}
}

// write resolves, checks and, if nothing is wrong, writes.
func (in *importing) write(tx *models.Tx) error {
	stored, err := tx.LockOrganisation()
	if err != nil {
		return err
	}
	in.today = calendar.DateOf(tx.Now)
	before := storedImport(stored)
	in.resolve(before)
	in.survey(before)
	in.check(before, in.today)
	if in.faults.Any() {
		return nil
	}
	if err := in.writeAll(tx, before); err != nil {
		return err
	}
	return in.keepAdministrator(tx, stored.Assignments)
}

// keepAdministrator finds it a fault if somebody administers until further notice and the files would leave nobody who does:
// then only the command line helps. It asks what has been written, so that endings are seen too.
func (in *importing) keepAdministrator(tx *models.Tx, before []models.Assignment) error {
	stays := func(a models.Assignment) bool {
		return a.Role == models.RoleAdmin && a.EndedAt == nil && a.ValidTo.IsZero() && !a.ValidFrom.After(in.today)
	}
	after, err := tx.Assignments()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(before, stays) && !slices.ContainsFunc(after, stays) {
		in.faults.Add(sheet.Fault{Key: importFaultAdministrator})
		in.changes, in.gone, in.summaries = nil, nil, nil
	}
	return nil
}

func (in *importing) report(applied bool) ImportReport {
	faults := in.faults.List()
	// Some faults show only when all files are read; the reader mends one sheet at a time, from the top.
	slices.SortStableFunc(faults, func(a, b sheet.Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Sheet, b.Sheet), cmp.Compare(a.Row, b.Row))
	})
	return ImportReport{Applied: applied, Tables: in.summaries, Changes: in.changes, Gone: in.gone, Faults: faults, CutFaults: in.faults.Cut()}
}
