package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"insyn/internal/calendar"
)

// OutSheet is a sheet to write: a title row of headings with rows below, or prose for people.
type OutSheet struct {
	Name    string
	Columns []OutColumn
	Rows    [][]string // as many cells as there are columns; dates as 2026-01-31
	Prose   bool       // no headings: cells wrap, and nothing is protected against Excel's habits
}

// OutColumn is how the cells of a column are written, and what a person may fill in.
type OutColumn struct {
	Heading  string
	Kind     OutKind
	Width    float64  // in characters
	Hint     string   // shown when a cell is chosen; empty for none
	Choices  []string // a drop-down of these
	ChoiceOf string   // a drop-down of the cells of a range, such as Nämnder!$A$2:$A$200
	Strict   bool     // nothing but the choices can be typed
}

// OutKind is the format of cells.
type OutKind int

// Everything but dates and whole numbers is text, so that no zero at the front is lost and 4.10 stays 4.10.
const (
	OutText OutKind = iota
	OutNumber
	OutDate
)

// listSheet is the hidden sheet that drop-downs take their words from; hidden sheets are not read.
const listSheet = "Listor"

// templateRows is how far down the drop-downs reach.
const templateRows = 2000

// WriteXLSX writes a workbook.
func WriteXLSX(w io.Writer, sheets []OutSheet) error {
	book := excelize.NewFile()
	defer func() { _ = book.Close() }() // it is in memory
	out := outBook{book: book}
	if err := out.formats(); err != nil {
		return fmt.Errorf("make workbook: %w", err)
	}
	for i, s := range sheets {
		if i == 0 {
			if err := book.SetSheetName("Sheet1", s.Name); err != nil {
				return fmt.Errorf("make sheet %s: %w", s.Name, err)
			}
		} else if _, err := book.NewSheet(s.Name); err != nil {
			return fmt.Errorf("make sheet %s: %w", s.Name, err)
		}
		if err := out.sheet(s); err != nil {
			return fmt.Errorf("write sheet %s: %w", s.Name, err)
		}
	}
	if out.lists > 0 {
		if err := book.SetSheetVisible(listSheet, false); err != nil {
			return fmt.Errorf("hide lists: %w", err)
		}
	}
	if err := book.Write(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// outBook is a workbook being written.
type outBook struct {
	book  *excelize.File
	lists int // columns of the hidden sheet in use

	head, prose, proseHead, title int // styles
	kinds                         map[OutKind]int
}

func (o *outBook) formats() error {
	date := "yyyy-mm-dd"
	top := &excelize.Alignment{Vertical: "top", WrapText: true}
	o.kinds = map[OutKind]int{}
	for _, s := range []struct {
		style *excelize.Style
		set   func(int)
	}{
		{&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DCE6F1"}}, Alignment: top}, func(id int) { o.head = id }},
		{&excelize.Style{Alignment: top}, func(id int) { o.prose = id }},
		{&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: top}, func(id int) { o.proseHead = id }},
		{&excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}}, func(id int) { o.title = id }},
		{&excelize.Style{NumFmt: 49, Alignment: top}, func(id int) { o.kinds[OutText] = id }},
		{&excelize.Style{NumFmt: 1, Alignment: top}, func(id int) { o.kinds[OutNumber] = id }},
		{&excelize.Style{CustomNumFmt: &date, Alignment: top}, func(id int) { o.kinds[OutDate] = id }},
	} {
		id, err := o.book.NewStyle(s.style)
		if err != nil {
			return err
		}
		s.set(id)
	}
	return nil
}

func (o *outBook) sheet(s OutSheet) error {
	first := 1
	for i, c := range s.Columns {
		if err := o.column(s, i, c); err != nil {
			return err
		}
	}
	if !s.Prose {
		first = 2
		if err := o.headings(s); err != nil {
			return err
		}
	}
	for i, row := range s.Rows {
		for j, text := range row {
			if err := o.cell(s, first+i, j, text); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *outBook) headings(s OutSheet) error {
	for i, c := range s.Columns {
		if err := o.book.SetCellStr(s.Name, ColumnLetter(i)+"1", c.Heading); err != nil {
			return err
		}
	}
	if err := o.book.SetCellStyle(s.Name, "A1", ColumnLetter(len(s.Columns)-1)+"1", o.head); err != nil {
		return err
	}
	return o.book.SetPanes(s.Name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func (o *outBook) column(s OutSheet, i int, c OutColumn) error {
	letter := ColumnLetter(i)
	if err := o.book.SetColWidth(s.Name, letter, letter, c.Width); err != nil {
		return err
	}
	if s.Prose {
		return o.book.SetColStyle(s.Name, letter, o.prose)
	}
	if err := o.book.SetColStyle(s.Name, letter, o.kinds[c.Kind]); err != nil {
		return err
	}
	return o.validation(s.Name, letter, c)
}

// validation gives the cells below a heading their hint and drop-down.
func (o *outBook) validation(sheet, letter string, c OutColumn) error {
	from := c.ChoiceOf
	if len(c.Choices) > 0 {
		var err error
		if from, err = o.list(c.Choices); err != nil {
			return err
		}
	}
	if from == "" && c.Hint == "" {
		return nil
	}
	rule := excelize.NewDataValidation(true)
	rule.Sqref = fmt.Sprintf("%s2:%s%d", letter, letter, templateRows)
	if from != "" {
		rule.SetSqrefDropList(from)
		rule.ShowErrorMessage = c.Strict
	}
	if c.Hint != "" {
		rule.SetInput(cut(c.Heading, 32), cut(c.Hint, 255))
	}
	return o.book.AddDataValidation(sheet, rule)
}

// cut keeps to the lengths that Excel takes; a longer text would make it call the file damaged.
func cut(s string, limit int) string {
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return s
}

// list writes words for a drop-down and gives their range.
func (o *outBook) list(words []string) (string, error) {
	if o.lists == 0 {
		if _, err := o.book.NewSheet(listSheet); err != nil {
			return "", err
		}
	}
	letter := ColumnLetter(o.lists)
	o.lists++
	for i, w := range words {
		if err := o.book.SetCellStr(listSheet, letter+strconv.Itoa(i+1), w); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%s!$%s$1:$%s$%d", listSheet, letter, letter, len(words)), nil
}

func (o *outBook) cell(s OutSheet, row, column int, text string) error {
	if text == "" {
		return nil
	}
	name := ColumnLetter(column) + strconv.Itoa(row)
	kind := OutText
	if !s.Prose {
		kind = s.Columns[column].Kind
	}
	switch kind {
	case OutDate:
		day, err := calendar.Parse(text)
		if err != nil {
			return err
		}
		// The serial number of midnight, which has no zone.
		serial := int(time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, time.UTC).Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24)
		return o.book.SetCellInt(s.Name, name, int64(serial))
	case OutNumber:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return err
		}
		return o.book.SetCellInt(s.Name, name, n)
	default:
		if err := o.book.SetCellStr(s.Name, name, text); err != nil {
			return err
		}
		switch {
		case !s.Prose:
			return nil
		case len(s.Rows[row-1]) == 1:
			return o.book.SetCellStyle(s.Name, name, name, o.title)
		case column == 0:
			return o.book.SetCellStyle(s.Name, name, name, o.proseHead)
		default:
			return nil
		}
	}
}

// WriteCSV writes a sheet as Excel in Sweden reads it: UTF-8 with a mark, semicolons, CRLF. A text that a spreadsheet would take
// for a formula gets an apostrophe in front, which [Read] takes away.
func WriteCSV(w io.Writer, s OutSheet) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	heads := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		heads[i] = c.Heading
	}
	rows := [][]string{heads}
	for _, row := range s.Rows {
		cells := make([]string, len(row))
		for i, text := range row {
			cells[i] = quoted(text)
		}
		rows = append(rows, cells)
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}
