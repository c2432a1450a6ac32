package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// Sheet is one table as it was read. Row i of Rows is row i+1 of the spreadsheet, so that faults can name the row the
// reader sees; rows at the end that hold nothing are left out.
type Sheet struct {
	File string // base name of the file
	Name string // of the sheet; empty for CSV, which has one table and no name
	Rows [][]Cell
	// Date1904 tells that day numbers count from 1904, as old Excel for Mac did.
	Date1904 bool
}

// Cell is one cell.
type Cell struct {
	Text string // as a person sees it, without blanks at the ends
	// Number is the stored number when the cell holds one. Excel stores dates so, and loses zeros at the front by it.
	Number string

	unusable bool // what is in it has been reported and cannot be read
}

// Empty tells whether there is nothing in the cell.
func (c Cell) Empty() bool { return c.Text == "" && !c.unusable }

// Limits bound what is read, so that a hostile or mistaken file cannot fill the memory.
type Limits struct {
	Bytes     int64 // of the file
	Unpacked  int64 // of an XLSX file when unpacked
	Rows      int   // of one sheet, headings included
	Columns   int   // of one sheet
	CellRunes int   // of one cell
	Sheets    int   // of one file
}

// DefaultLimits are roomy for a municipality's registers: five thousand rows are ten times a large one's.
func DefaultLimits() Limits {
	return Limits{Bytes: 10 << 20, Unpacked: 100 << 20, Rows: 20_000, Columns: 100, CellRunes: 10_000, Sheets: 30}
}

// errTooLarge ends a reading that passed Limits.Bytes.
var errTooLarge = errors.New("larger than allowed")

// Read reads every sheet of a file. What kind it is shows in the content, not in the name. Faults are about the file as a
// whole or about cells that no reader could use; an error means that reading itself failed.
func Read(name string, from io.Reader, limits Limits) ([]Sheet, []Fault, error) {
	name = filepath.Base(name)
	content, err := readBounded(from, limits.Bytes)
	if errors.Is(err, errTooLarge) {
		return nil, []Fault{{File: name, Key: FaultFileSize, Args: Args{"max": fmt.Sprintf("%d MB", limits.Bytes>>20)}}}, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read spreadsheet: %w", err)
	}
	faults := &Faults{}
	switch {
	case bytes.HasPrefix(content, []byte("PK\x03\x04")):
		return readXLSX(name, content, limits, faults), faults.List(), nil
	case bytes.HasPrefix(content, []byte("\xd0\xcf\x11\xe0")): // the old .xls, and .xlsx behind a password
		return nil, []Fault{{File: name, Key: FaultFileOld}}, nil
	default:
		return readCSV(name, content, limits, faults), faults.List(), nil
	}
}

func readBounded(from io.Reader, limit int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(from, limit+1))
	if err == nil && int64(len(content)) > limit {
		return nil, errTooLarge
	}
	return content, err
}

// trimRows leaves out the empty rows at the end.
func trimRows(rows [][]Cell) [][]Cell {
	for len(rows) > 0 && emptyRow(rows[len(rows)-1]) {
		rows = rows[:len(rows)-1]
	}
	return rows
}

func emptyRow(row []Cell) bool {
	for _, c := range row {
		if !c.Empty() {
			return false
		}
	}
	return true
}

// ColumnLetter names column n, counted from 0, as spreadsheets do: A … Z, AA …
func ColumnLetter(n int) string {
	var name []byte
	for n++; n > 0; n = (n - 1) / 26 {
		name = append([]byte{byte('A' + (n-1)%26)}, name...)
	}
	return string(name)
}

// normalHeading makes headings comparable: “ E-post *” is “e-post”.
func normalHeading(s string) string {
	return strings.TrimRight(Fold(s), " *:")
}
