package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// readCSV reads text with separators: UTF-8 with or without a mark, UTF-16 (Excel's “Unicode text”), else Windows-1252,
// which holds Latin-1; separated by semicolons, commas or tabs.
func readCSV(name string, content []byte, limits Limits, faults *Faults) []Sheet {
	text, ok := decode(content)
	if !ok {
		faults.Add(Fault{File: name, Key: FaultFileKind})
		return nil
	}
	text, separator := splitSeparator(text)
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma, reader.FieldsPerRecord = separator, -1
	sheet := Sheet{File: name}
	for consumed := 0; ; {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			faults.Add(quoteFault(name, err, consumed))
			return nil
		}
		// The reader leaves out empty lines, and a cell may hold line breaks: the row is the line less those inside cells.
		line, _ := reader.FieldPos(0)
		row := line - consumed
		consumed += breaks(record)
		if row > limits.Rows {
			faults.Add(Fault{File: name, Row: row, Key: FaultRowCount, Args: maxArg(limits.Rows)})
			return nil
		}
		for len(sheet.Rows) < row {
			sheet.Rows = append(sheet.Rows, nil)
		}
		sheet.Rows[row-1] = limits.row(name, row, record, faults)
	}
	sheet.Rows = trimRows(sheet.Rows)
	return []Sheet{sheet}
}

func (l Limits) row(file string, row int, record []string, faults *Faults) []Cell {
	if len(record) > l.Columns {
		faults.Add(Fault{File: file, Row: row, Key: FaultColumnCount, Args: maxArg(l.Columns)})
		record = record[:l.Columns]
	}
	cells := make([]Cell, len(record))
	for i, text := range record {
		cells[i] = l.cell(Fault{File: file, Row: row, Column: ColumnLetter(i)}, unquoted(text), faults)
	}
	return cells
}

func breaks(record []string) int {
	n := 0
	for _, field := range record {
		n += strings.Count(field, "\n")
	}
	return n
}

func quoteFault(name string, err error, consumed int) Fault {
	fault := Fault{File: name, Key: FaultQuote}
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		fault.Row = parse.StartLine - consumed
	}
	return fault
}

// decode makes the content UTF-8, or says that it is no text.
func decode(content []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(content, []byte{0xff, 0xfe}), bytes.HasPrefix(content, []byte{0xfe, 0xff}):
		utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(content)
		if err != nil {
			return "", false
		}
		content = utf16
	case utf8.Valid(content):
		content = bytes.TrimPrefix(content, []byte("\ufeff"))
	default:
		western, err := charmap.Windows1252.NewDecoder().Bytes(content)
		if err != nil {
			return "", false
		}
		content = western
	}
	if bytes.IndexByte(content, 0) >= 0 {
		return "", false
	}
	text := string(content)
	if !strings.Contains(text, "\n") { // the line ends of old Macs
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	return text, true
}

// splitSeparator finds what separates the cells: Excel's own first line “sep=;” says it, else the mark that is most
// frequent in the first line that holds something. That line is emptied, not removed, so that rows keep their numbers.
func splitSeparator(text string) (rest string, separator rune) {
	if line, after, _ := strings.Cut(text, "\n"); len(line) >= 5 && strings.EqualFold(line[:4], "sep=") {
		if sep := line[4]; strings.IndexByte(";,\t|", sep) >= 0 {
			return "\n" + after, rune(sep)
		}
	}
	for line := range strings.Lines(text) {
		if strings.Trim(line, " ;,\t\r\n\"") == "" {
			continue
		}
		return text, mostFrequent(line)
	}
	return text, ';'
}

// mostFrequent counts the separators outside quotation marks; the semicolon wins a tie, as it is Sweden's.
func mostFrequent(line string) rune {
	counts, quoted := map[rune]int{}, false
	for _, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case !quoted:
			counts[r]++
		}
	}
	best := ';'
	for _, r := range []rune{',', '\t'} {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

func maxArg(n int) Args { return Args{"max": strconv.Itoa(n)} }
