package sheet

import (
	"fmt"
	"slices"
)

// Args fills a fault's text.
type Args map[string]string

// Fault is something in a file that cannot be used. Key names the text to show, Args fill it.
type Fault struct {
	File    string `json:"file"`
	Sheet   string `json:"sheet,omitempty"`
	Row     int    `json:"row,omitempty"`     // counted from 1; 0 when it is about the whole sheet
	Column  string `json:"column,omitempty"`  // A, B …; empty when it is about the whole row
	Heading string `json:"heading,omitempty"` // as it stands in the file, or as it was expected
	Found   string `json:"found,omitempty"`   // what the cell holds, cut to a readable length
	Key     string `json:"key"`
	Args    Args   `json:"args,omitempty"`
}

// Error says where it is, for those who treat a fault as an error.
func (f Fault) Error() string {
	return fmt.Sprintf("%s %s %s%d: %s", f.File, f.Sheet, f.Column, f.Row, f.Key)
}

// The faults this package finds. Readers of tables add their own keys.
const (
	FaultFileSize    = "file-size"    // the file is larger than max
	FaultFileOld     = "file-old"     // an .xls or a file with a password
	FaultFileKind    = "file-kind"    // neither XLSX nor CSV
	FaultFileDamaged = "file-damaged" // an XLSX file that cannot be opened
	FaultSheetCount  = "sheet-count"  // more than max sheets
	FaultRowCount    = "row-count"    // more than max rows
	FaultColumnCount = "column-count" // more than max columns
	FaultCellLength  = "cell-length"  // more than max characters
	FaultControl     = "control"      // control characters
	FaultQuote       = "quote"        // a quotation mark that is not closed, or stands inside a cell that is not quoted

	FaultNoHeadings     = "no-headings"     // no heading row: expected
	FaultHeadingMissing = "heading-missing" // a heading is missing
	FaultHeadingUnknown = "heading-unknown" // expected: those that can be used
	FaultHeadingSpelt   = "heading-spelt"   // nearly a heading that is missing: expected
	FaultHeadingInstead = "heading-instead" // unknown, and the only heading where expected is missing
	FaultHeadingTwice   = "heading-twice"   // also in column first
	FaultHeadingEmpty   = "heading-empty"   // a value in a column without a heading
	FaultRequired       = "required"        // nothing in a cell that must be filled in
	FaultDate           = "date"            // not a date
	FaultDateRange      = "date-range"      // stored as a day that nobody can have meant: a year alone, say
	FaultInteger        = "integer"         // not a whole number from min to max
	FaultYesNo          = "yes-no"          // neither ja nor nej
	FaultChoice         = "choice"          // not one of expected
	FaultTooLong        = "too-long"        // more than max characters
	FaultFormula        = "formula"         // a formula that the file holds no value of
	FaultExcelError     = "excel-error"     // #N/A, #REF! and their kin
	FaultForm           = "form"            // not in the form of expected
	FaultLineBreak      = "line-break"      // a line break in a cell that holds one line
	FaultZeroLost       = "zero-lost"       // stored as a number: a zero at the front is lost
)

const (
	foundRunes = 60   // how much of a cell is repeated in a fault
	maxFaults  = 1000 // no one reads further
)

// Faults collects faults, up to a number that a person could still read.
type Faults struct {
	list []Fault
	cut  bool
}

// Add adds a fault.
func (f *Faults) Add(fault Fault) {
	if len(f.list) >= maxFaults {
		f.cut = true
		return
	}
	fault.Found = shorten(fault.Found)
	f.list = append(f.list, fault)
}

// AddAll adds several.
func (f *Faults) AddAll(faults []Fault) {
	for _, one := range faults {
		f.Add(one)
	}
}

// List gives the faults in the order they were found.
func (f *Faults) List() []Fault { return slices.Clone(f.list) }

// Any tells whether there is a fault.
func (f *Faults) Any() bool { return len(f.list) > 0 }

// Cut tells whether there were more faults than are listed.
func (f *Faults) Cut() bool { return f.cut }

func shorten(s string) string {
	runes := []rune(s)
	if len(runes) <= foundRunes {
		return s
	}
	return string(runes[:foundRunes-1]) + "…"
}
