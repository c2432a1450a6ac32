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
	heads := normalHeadings(s.Rows[row])
	for _, c := range columns {
		if c.Required && !slices.ContainsFunc(heads, c.named) {
			lacking++
		}
	}
	return found, lacking
}

// Empty tells whether the sheet holds nothing.
func (s Sheet) Empty() bool { return len(s.Rows) == 0 }

func normalHeadings(row []Cell) []string {
	heads := make([]string, len(row))
	for i, cell := range row {
		heads[i] = normalHeading(cell.Text)
	}
	return heads
}

// named tells whether a heading in its normal form is the column's.
func (c Column) named(heading string) bool {
	return heading != "" && (heading == normalHeading(c.Heading) || slices.ContainsFunc(c.Aliases, func(a string) bool { return normalHeading(a) == heading }))
}

// headingRow is the index of the row, among the first ones, with the most known headings; -1 where no row has two (or
// the only one there is).
func headingRow(s Sheet, columns []Column) (row, found int) {
	row = -1
	need := min(2, len(columns))
	for i, cells := range s.Rows[:min(headingRows, len(s.Rows))] {
		n, heads := 0, normalHeadings(cells)
		for _, c := range columns {
			if slices.ContainsFunc(heads, c.named) {
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
	var unknown []int
	for i, cell := range s.Rows[row] {
		if !cell.Empty() && !t.heading(row, i, cell.Text, columns, ignored) {
			unknown = append(unknown, i)
		}
	}
	guessed := t.strangers(row, unknown, columns)
	complete := true
	for _, c := range columns {
		if _, ok := t.columns[c.Key]; c.Required && !ok {
			complete = false
			if guessed[c.Key] {
				continue // has been said at the heading that was meant to be it
			}
			faults.Add(Fault{File: s.File, Sheet: s.Name, Row: row + 1, Heading: c.Heading, Key: FaultHeadingMissing})
		}
	}
	t.strays(row)
	if !complete {
		return nil
	}
	return t
}

// heading places one heading, and tells whether it is known.
func (t *Table) heading(row, column int, text string, columns []Column, ignored []string) bool {
	for _, c := range columns {
		if !c.named(normalHeading(text)) {
			continue
		}
		if first, twice := t.columns[c.Key]; twice {
			fault := t.headingFault(row, column)
			fault.Key, fault.Args = FaultHeadingTwice, Args{"first": ColumnLetter(first)}
			t.faults.Add(fault)
			return true
		}
		t.columns[c.Key] = column
		return true
	}
	return slices.ContainsFunc(ignored, func(s string) bool { return normalHeading(s) == normalHeading(text) })
}

func (t *Table) headingFault(row, column int) Fault {
	text := t.sheet.Rows[row][column].Text
	return Fault{File: t.sheet.File, Sheet: t.sheet.Name, Row: row + 1, Column: ColumnLetter(column), Heading: text, Found: text}
}

// strangers reports headings that are not known: as misspelt when a missing one is nearly the same, and as standing instead of
// the only missing one. It gives the keys of those that have been spoken of so.
func (t *Table) strangers(row int, unknown []int, columns []Column) map[string]bool {
	guessed := map[string]bool{}
	missing := func(c Column) bool { _, there := t.columns[c.Key]; return !there && !guessed[c.Key] }
	var strange []int
	for _, i := range unknown {
		fault := t.headingFault(row, i)
		meant := slices.IndexFunc(columns, func(c Column) bool { return missing(c) && nearly(normalHeading(fault.Found), normalHeading(c.Heading)) })
		if meant < 0 {
			strange = append(strange, i)
			continue
		}
		guessed[columns[meant].Key] = true
		fault.Key, fault.Args = FaultHeadingSpelt, Args{"expected": columns[meant].Heading}
		t.faults.Add(fault)
	}
	var lacking []Column
	for _, c := range columns {
		if c.Required && missing(c) {
			lacking = append(lacking, c)
		}
	}
	for _, i := range strange {
		fault := t.headingFault(row, i)
		fault.Key, fault.Args = FaultHeadingUnknown, Args{"expected": headings(columns, false)}
		if len(strange) == 1 && len(lacking) == 1 {
			guessed[lacking[0].Key] = true
			fault.Key, fault.Args = FaultHeadingInstead, Args{"expected": lacking[0].Heading}
		}
		t.faults.Add(fault)
	}
	return guessed
}

// nearly tells whether two headings differ by a slip: one letter in four at most.
func nearly(a, b string) bool {
	x, y := []rune(a), []rune(b)
	previous := make([]int, len(y)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range x {
		current := make([]int, len(y)+1)
		current[0] = i + 1
		for j := range y {
			swap := previous[j]
			if x[i] != y[j] {
				swap++
			}
			current[j+1] = min(swap, previous[j+1]+1, current[j]+1)
		}
		previous = current
	}
	return previous[len(y)] <= max(1, len(y)/4)
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
		if row := t.sheet.Rows[i]; !emptyRow(row) {
			records = append(records, &Record{table: t, Row: i + 1, faulty: slices.ContainsFunc(row, func(c Cell) bool { return c.unusable })})
		}
	}
	return records
}

// Has tells whether the table has a column.
func (t *Table) Has(key string) bool {
	_, ok := t.columns[key]
	return ok
}
