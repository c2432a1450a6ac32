package sheet

import (
	"slices"
	"strings"
)

// Column describes a column that a reader wants.
type Column struct {
	Key      string // what the reader calls it
	Heading  string // what it is called in the spreadsheet
	Aliases  []string
	Required bool // the heading must be there; whether a cell may be empty is for the reader
}

// headingRows is how far down the headings may stand, below titles and explanations.
const headingRows = 20

// Table is a sheet whose headings have been found.
type Table struct {
	sheet   Sheet
	columns map[string]int // key to column
	first   int            // index of the first row below the headings
	faults  *Faults
}

// Score counts how many of the columns a sheet has in its best heading row, and how many of the required ones it lacks.
// Callers recognise sheets by it.
func Score(s Sheet, columns []Column) (found, lacking int) {
	row, found := headingRow(s, columns)
	if row < 0 {
		return 0, len(columns)
	}
	for _, c := range columns {
		if c.Required && !slices.ContainsFunc(s.Rows[row], func(cell Cell) bool { return c.named(cell.Text) }) {
			lacking++
		}
	}
	return found, lacking
}

// Empty tells whether the sheet holds nothing.
func (s Sheet) Empty() bool { return len(s.Rows) == 0 }

func (c Column) named(heading string) bool {
	heading = normalHeading(heading)
	return heading != "" && (heading == normalHeading(c.Heading) || slices.ContainsFunc(c.Aliases, func(a string) bool { return normalHeading(a) == heading }))
}

// headingRow is the index of the row, among the first ones, with the most known headings; -1 where no row has two (or
// the only one there is).
func headingRow(s Sheet, columns []Column) (row, found int) {
	row = -1
	need := min(2, len(columns))
	for i, cells := range s.Rows[:min(headingRows, len(s.Rows))] {
		n := 0
		for _, c := range columns {
			if slices.ContainsFunc(cells, func(cell Cell) bool { return c.named(cell.Text) }) {
				n++
			}
		}
		if n >= need && n > found {
			row, found = i, n
		}
	}
	return row, found
}

// Open finds the headings. Headings that are missing, unknown or repeated are faults; ignored lists headings that may
// stand there and are not read. The table is nil when it cannot be read at all.
func Open(s Sheet, columns []Column, ignored []string, faults *Faults) *Table {
	row, _ := headingRow(s, columns)
	if row < 0 {
		faults.Add(Fault{File: s.File, Sheet: s.Name, Key: FaultNoHeadings, Args: Args{"expected": headings(columns, true)}})
		return nil
	}
	t := &Table{sheet: s, columns: map[string]int{}, first: row + 1, faults: faults}
	for i, cell := range s.Rows[row] {
		if !cell.Empty() {
			t.heading(row, i, cell.Text, columns, ignored)
		}
	}
	complete := true
	for _, c := range columns {
		if _, ok := t.columns[c.Key]; c.Required && !ok {
			complete = false
			faults.Add(Fault{File: s.File, Sheet: s.Name, Row: row + 1, Heading: c.Heading, Key: FaultHeadingMissing})
		}
	}
	t.strays(row)
	if !complete {
		return nil
	}
	return t
}

func (t *Table) heading(row, column int, text string, columns []Column, ignored []string) {
	fault := Fault{File: t.sheet.File, Sheet: t.sheet.Name, Row: row + 1, Column: ColumnLetter(column), Heading: text, Found: text}
	for _, c := range columns {
		if !c.named(text) {
			continue
		}
		if first, twice := t.columns[c.Key]; twice {
			fault.Key, fault.Args = FaultHeadingTwice, Args{"first": ColumnLetter(first)}
			t.faults.Add(fault)
			return
		}
		t.columns[c.Key] = column
		return
	}
	if slices.ContainsFunc(ignored, func(s string) bool { return normalHeading(s) == normalHeading(text) }) {
		return
	}
	fault.Key, fault.Args = FaultHeadingUnknown, Args{"expected": headings(columns, false)}
	t.faults.Add(fault)
}

// strays finds values below an empty heading: nobody would read them.
func (t *Table) strays(row int) {
	head := t.sheet.Rows[row]
	seen := map[int]bool{}
	for i := t.first; i < len(t.sheet.Rows); i++ {
		for column, cell := range t.sheet.Rows[i] {
			if cell.Empty() || seen[column] || column < len(head) && !head[column].Empty() {
				continue
			}
			seen[column] = true // once a column is enough
			t.faults.Add(Fault{File: t.sheet.File, Sheet: t.sheet.Name, Row: i + 1, Column: ColumnLetter(column), Found: cell.Text, Key: FaultHeadingEmpty})
		}
	}
}

func headings(columns []Column, requiredOnly bool) string {
	var names []string
	for _, c := range columns {
		if c.Required || !requiredOnly {
			names = append(names, c.Heading)
		}
	}
	return strings.Join(names, ", ")
}

// Records gives the rows below the headings that hold anything.
func (t *Table) Records() []*Record {
	var records []*Record
	for i := t.first; i < len(t.sheet.Rows); i++ {
		if !emptyRow(t.sheet.Rows[i]) {
			records = append(records, &Record{table: t, Row: i + 1})
		}
	}
	return records
}

// Has tells whether the table has a column.
func (t *Table) Has(key string) bool {
	_, ok := t.columns[key]
	return ok
}
