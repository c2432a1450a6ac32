package sheet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// Records is a table that somebody else made, read as it stands and a row at a time: however long it is, one row is in memory.
// Nothing in it is changed but that headings are made whole and rows as long as each other.
type Records struct {
	Name     string   // of the sheet; empty for CSV
	Headings []string // no two are the same, none is empty
	Rows     int      // below the headings
	Longest  []int    // of each column, the longest content in characters, its heading included

	open func(io.ReadSeeker) (rows, error)
}

// rows gives row after row; io.EOF ends them.
type rows interface {
	next() ([]string, error)
	close()
}

// TableLimits bound what is taken for a table.
type TableLimits struct {
	Columns  int
	Workbook int64 // bytes of an XLSX file: it is read into memory
	Unpacked int64 // bytes of an XLSX file, unpacked
}

// DefaultTableLimits hold a workbook in memory that is as large as a person could make by hand. CSV has no limit but its columns.
func DefaultTableLimits() TableLimits {
	return TableLimits{Columns: 200, Workbook: 16 << 20, Unpacked: 64 << 20}
}

// errNoTable is that a file is no table after all.
var errNoTable = errors.New("not a table")

// Tables tells which tables a file holds, by what was recognised in its content and, for text, by the ending of its name. What
// is no table, is damaged or is larger than the limits has none: it is shown as a file. The file is read through once. An error
// means that reading itself failed.
func Tables(name, mediaType string, size int64, r io.ReadSeeker, limits TableLimits) ([]*Records, error) {
	switch {
	case !MayBeTable(name, mediaType), mediaType == mediaWorkbook && size > limits.Workbook:
		return nil, nil
	case mediaType == mediaWorkbook:
		return workbookTables(r, limits)
	}
	t, err := separatedTable(r, limits)
	if errors.Is(err, errNoTable) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read table: %w", err)
	}
	return []*Records{t}, nil
}

// MayBeTable tells whether a file is worth looking into for tables.
func MayBeTable(name, mediaType string) bool {
	switch mediaType {
	case mediaWorkbook, "text/csv", "text/tab-separated-values":
		return true
	}
	return mediaType == "text/plain" && separatedName(name)
}

const mediaWorkbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// separatedName tells whether somebody called a text a table.
func separatedName(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".csv", ".tsv", ".tab":
		return true
	}
	return false
}

// Each visits the rows below the headings, in order; every row is as long as the headings. The slice is the visitor's own.
func (t *Records) Each(r io.ReadSeeker, visit func(row []string) error) error {
	all, err := t.open(r)
	if err != nil {
		return fmt.Errorf("read table: %w", err)
	}
	defer all.close()
	begun := false
	for {
		row, err := all.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read table: %w", err)
		}
		if blank(row) {
			continue
		}
		if !begun {
			begun = true // the headings
			continue
		}
		whole := make([]string, len(t.Headings))
		copy(whole, row)
		if err := visit(whole); err != nil {
			return err
		}
	}
}

// measure reads a table through once: how wide it is, how long, and that it can be read at all.
func measure(t *Records, r io.ReadSeeker, limits TableLimits) error {
	all, err := t.open(r)
	if err != nil {
		return err
	}
	defer all.close()
	var first []string
	width := 0
	for {
		row, err := all.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if blank(row) {
			continue
		}
		if width = max(width, len(row)); width > limits.Columns {
			return errNoTable
		}
		for len(t.Longest) < width {
			t.Longest = append(t.Longest, 0)
		}
		for i, cell := range row {
			t.Longest[i] = max(t.Longest[i], utf8.RuneCountInString(cell))
		}
		if first == nil {
			first = slices.Clone(row)
			continue
		}
		t.Rows++
	}
	if t.Rows == 0 {
		return errNoTable
	}
	t.Headings = wholeHeadings(first, width)
	for i, h := range t.Headings {
		t.Longest[i] = max(t.Longest[i], utf8.RuneCountInString(h))
	}
	return nil
}

func blank(row []string) bool {
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

// wholeHeadings are the first row, made whole: a column without one is called by its letter, and one that is there already gets a
// number.
func wholeHeadings(first []string, width int) []string {
	out, taken := make([]string, width), map[string]bool{}
	for i := range out {
		h := ""
		if i < len(first) {
			h = strings.Join(strings.Fields(first[i]), " ")
		}
		if h == "" {
			h = "Kolumn " + ColumnLetter(i)
		}
		name := h
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s (%d)", h, n)
		}
		out[i], taken[name] = name, true
	}
	return out
}

// separatedTable reads text with separators: UTF-8 with or without a mark, else Windows-1252.
func separatedTable(r io.ReadSeeker, limits TableLimits) (*Records, error) {
	western, separator, err := separation(r)
	if err != nil {
		return nil, err
	}
	t := &Records{open: func(r io.ReadSeeker) (rows, error) { return openSeparated(r, western, separator) }}
	if err := measure(t, r, limits); err != nil {
		return nil, err
	}
	return t, nil
}

// separation finds, in one reading, whether the text is UTF-8 and what separates its cells.
func separation(r io.ReadSeeker) (western bool, separator rune, err error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return false, 0, err
	}
	in := bufio.NewReaderSize(r, 64<<10)
	var line []byte // the first that holds something
	for found := false; ; {
		c, size, err := in.ReadRune()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return false, 0, err
		}
		switch {
		case c == 0:
			return false, 0, errNoTable
		case c == utf8.RuneError && size == 1:
			western = true
		case found:
		case c == '\n' || c == '\r':
			found = strings.Trim(string(line), " ;,\t\"\ufeff") != ""
			if !found {
				line = line[:0]
			}
		default:
			line = utf8.AppendRune(line, c)
		}
	}
	return western, mostFrequent(string(line)), nil
}

type separatedRows struct{ *csv.Reader }

func openSeparated(r io.ReadSeeker, western bool, separator rune) (rows, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	var text io.Reader = r
	if western {
		text = transform.NewReader(r, charmap.Windows1252.NewDecoder())
	}
	in := bufio.NewReaderSize(text, 64<<10)
	if mark, err := in.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = in.Discard(len(mark)) // it has been seen
	}
	reader := csv.NewReader(in)
	reader.Comma, reader.FieldsPerRecord, reader.ReuseRecord = separator, -1, true
	return separatedRows{reader}, nil
}

func (s separatedRows) next() ([]string, error) {
	row, err := s.Read()
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		return nil, errNoTable
	}
	return row, err
}

func (separatedRows) close() {}
