package sheet

import (
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// workbookTables are the visible sheets of a workbook. Each is read by excelize's own iterator, a row at a time; the packed
// file and what it unpacks to are in memory meanwhile, within the limits.
func workbookTables(r io.ReadSeeker, limits TableLimits) ([]*Records, error) {
	names, err := sheetNames(r, limits)
	if err != nil || names == nil {
		return nil, err
	}
	var out []*Records
	for _, name := range names {
		t := &Records{Name: name, open: func(r io.ReadSeeker) (rows, error) { return openSheet(r, name, limits) }}
		switch err := measure(t, r, limits); {
		case err == errNoTable: //nolint:errorlint // an empty sheet; nothing wraps it here
		case err != nil:
			return nil, nil //nolint:nilerr // damaged: shown as a file
		default:
			out = append(out, t)
		}
	}
	return out, nil
}

func sheetNames(r io.ReadSeeker, limits TableLimits) (names []string, err error) {
	book, err := openBook(r, limits)
	if err != nil || book == nil {
		return nil, err
	}
	defer func() { _ = book.Close() }() // nothing was written
	for _, name := range book.GetSheetList() {
		if visible, err := book.GetSheetVisible(name); err == nil && visible {
			names = append(names, name)
		}
	}
	return names, nil
}

// openBook opens a workbook; nil when it is damaged or larger than the limits.
func openBook(r io.ReadSeeker, limits TableLimits) (book *excelize.File, err error) {
	defer func() {
		// excelize has panicked on damaged files before. A file somebody uploads must not end the process.
		if recover() != nil {
			book, err = nil, nil
		}
	}()
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read table: %w", err)
	}
	// Both limits are the same, so that nothing is unpacked into a temporary file.
	book, err = excelize.OpenReader(r, excelize.Options{UnzipSizeLimit: limits.Unpacked, UnzipXMLSizeLimit: limits.Unpacked})
	if err != nil {
		return nil, nil
	}
	return book, nil
}

type sheetRows struct {
	book *excelize.File
	*excelize.Rows
}

func openSheet(r io.ReadSeeker, name string, limits TableLimits) (rows, error) {
	book, err := openBook(r, limits)
	if err != nil {
		return nil, err
	}
	if book == nil {
		return nil, errNoTable
	}
	all, err := book.Rows(name)
	if err != nil {
		_ = book.Close() // nothing was written
		return nil, errNoTable
	}
	return sheetRows{book, all}, nil
}

func (s sheetRows) next() (row []string, err error) {
	defer func() {
		if recover() != nil {
			row, err = nil, errNoTable
		}
	}()
	if !s.Next() {
		if s.Error() != nil {
			return nil, errNoTable
		}
		return nil, io.EOF
	}
	row, err = s.Columns()
	if err != nil {
		return nil, errNoTable
	}
	for i := range row {
		row[i] = strings.ToValidUTF8(row[i], "\ufffd")
	}
	return row, nil
}

func (s sheetRows) close() {
	_ = s.Close() // read only
	_ = s.book.Close()
}
