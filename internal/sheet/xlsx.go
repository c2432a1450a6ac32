package sheet

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// readXLSX reads the visible sheets of a workbook. Hidden ones are somebody's own notes or lists for drop-downs.
func readXLSX(name string, content []byte, limits Limits, faults *Faults) (sheets []Sheet) {
	defer func() {
		// excelize has panicked on damaged files before. A file somebody uploads must not end the process.
		if recover() != nil {
			faults.Add(Fault{File: name, Key: FaultFileDamaged})
			sheets = nil
		}
	}()
	// Both limits are the same, so that nothing is unpacked into a temporary file.
	book, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{UnzipSizeLimit: limits.Unpacked, UnzipXMLSizeLimit: limits.Unpacked})
	if err != nil {
		faults.Add(Fault{File: name, Key: FaultFileDamaged})
		return nil
	}
	defer func() { _ = book.Close() }() // nothing was written
	names := book.GetSheetList()
	if len(names) > limits.Sheets {
		faults.Add(Fault{File: name, Key: FaultSheetCount, Args: maxArg(limits.Sheets)})
		return nil
	}
	formulas := hasFormulas(book)
	from1904 := false
	if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		from1904 = *props.Date1904
	}
	for _, title := range names {
		if visible, err := book.GetSheetVisible(title); err == nil && !visible {
			continue
		}
		rows, ok := readRows(book, name, title, limits, faults)
		if !ok {
			continue
		}
		if formulas {
			emptyFormulas(book, Fault{File: name, Sheet: title, Key: FaultFormula}, rows, faults)
		}
		rows = fillMerged(book, title, rows)
		sheets = append(sheets, Sheet{File: name, Name: title, Rows: trimRows(rows), Date1904: from1904})
	}
	return sheets
}

// readRows reads each row twice: as a person sees it, and as it is stored.
func readRows(book *excelize.File, file, title string, limits Limits, faults *Faults) ([][]Cell, bool) {
	shown, err := book.Rows(title)
	if err != nil {
		return damaged(file, title, faults)
	}
	defer func() { _ = shown.Close() }()
	stored, err := book.Rows(title)
	if err != nil {
		return damaged(file, title, faults)
	}
	defer func() { _ = stored.Close() }()
	var rows [][]Cell
	for number := 1; shown.Next() && stored.Next(); number++ {
		texts, err := shown.Columns()
		if err != nil {
			return damaged(file, title, faults)
		}
		raws, err := stored.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return damaged(file, title, faults)
		}
		isText := func(column int) bool { return storedAsText(book, title, column, number) }
		cells := limits.excelRow(Fault{File: file, Sheet: title, Row: number}, texts, raws, isText, faults)
		if number > limits.Rows {
			if emptyRow(cells) { // a format reaches further down than the content
				continue
			}
			faults.Add(Fault{File: file, Sheet: title, Row: number, Key: FaultRowCount, Args: maxArg(limits.Rows)})
			return nil, false
		}
		rows = append(rows, cells)
	}
	if shown.Error() != nil || stored.Error() != nil {
		return damaged(file, title, faults)
	}
	return rows, true
}

func damaged(file, title string, faults *Faults) ([][]Cell, bool) {
	faults.Add(Fault{File: file, Sheet: title, Key: FaultFileDamaged})
	return nil, false
}

// storedAsText tells whether a cell whose content looks like a number is text, as when somebody formatted it so.
func storedAsText(book *excelize.File, title string, column, row int) bool {
	name, err := excelize.CoordinatesToCellName(column+1, row)
	if err != nil {
		return false
	}
	kind, err := book.GetCellType(title, name)
	return err == nil && (kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString || kind == excelize.CellTypeFormula)
}

func (l Limits) excelRow(at Fault, texts, raws []string, isText func(column int) bool, faults *Faults) []Cell {
	texts = trimTexts(texts)
	if len(texts) > l.Columns {
		at.Key, at.Args = FaultColumnCount, maxArg(l.Columns)
		faults.Add(at)
		at.Key, at.Args = "", nil
		texts = texts[:l.Columns]
	}
	cells := make([]Cell, len(texts))
	for i, text := range texts {
		at.Column = ColumnLetter(i)
		cells[i] = l.cell(at, text, faults)
		if i < len(raws) && isNumber(raws[i]) && !isText(i) {
			cells[i].Number = raws[i]
			if strings.ContainsAny(text, "eE") { // 1.23E+11 is Excel's way to show it, not what was typed
				cells[i].Text = raws[i]
			}
		}
	}
	return cells
}

func trimTexts(texts []string) []string {
	for len(texts) > 0 && strings.TrimSpace(texts[len(texts)-1]) == "" {
		texts = texts[:len(texts)-1]
	}
	return texts
}

func isNumber(raw string) bool {
	if raw == "" || strings.Trim(raw, "0123456789.+-eE") != "" {
		return false
	}
	_, err := strconv.ParseFloat(raw, 64)
	return err == nil
}

// fillMerged repeats the value of cells merged downwards, which people use for “the same nämnd as above”. A value that is
// merged sideways stays in its first column: it is a title, or a fault that shows as an empty cell.
func fillMerged(book *excelize.File, title string, rows [][]Cell) [][]Cell {
	merged, err := book.GetMergeCells(title, true)
	if err != nil {
		return rows
	}
	for _, area := range merged {
		column, top, err := excelize.CellNameToCoordinates(area.GetStartAxis())
		if err != nil {
			continue
		}
		_, bottom, err := excelize.CellNameToCoordinates(area.GetEndAxis())
		if err != nil || top > len(rows) || column > len(rows[top-1]) {
			continue
		}
		value := rows[top-1][column-1]
		for row := top; row < min(bottom, len(rows)); row++ {
			for len(rows[row]) < column {
				rows[row] = append(rows[row], Cell{})
			}
			rows[row][column-1] = value
		}
	}
	return rows
}

// hasFormulas tells whether any sheet has a formula; asking every cell is slow.
func hasFormulas(book *excelize.File) (found bool) {
	book.Pkg.Range(func(path, content any) bool {
		part, isPath := path.(string)
		body, isBytes := content.([]byte)
		found = isPath && isBytes && strings.HasPrefix(part, "xl/worksheets/") && bytes.Contains(body, []byte("<f"))
		return !found
	})
	return found
}

// emptyFormulas finds cells whose formula has no stored value. Excel stores it, be it an empty text; a program that made the
// file may not have, and then the cell would be read as empty.
func emptyFormulas(book *excelize.File, at Fault, rows [][]Cell, faults *Faults) {
	width := 0
	for _, row := range rows {
		width = max(width, len(row))
	}
	for i := range rows {
		for j := range width {
			name, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil || j < len(rows[i]) && !rows[i][j].Empty() {
				continue
			}
			formula, err := book.GetCellFormula(at.Sheet, name)
			if err != nil || formula == "" {
				continue
			}
			if kind, err := book.GetCellType(at.Sheet, name); err == nil && kind == excelize.CellTypeFormula {
				continue // the empty text
			}
			at.Row, at.Column, at.Found = i+1, ColumnLetter(j), "="+formula
			faults.Add(at)
			for len(rows[i]) <= j {
				rows[i] = append(rows[i], Cell{})
			}
			rows[i][j] = Cell{unusable: true}
		}
	}
}
