package sheet

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Record is one row of a table. Its readers return the zero value for a cell they cannot use, having noted a fault: the
// caller reads every cell of a row, so that one run names everything that is wrong.
type Record struct {
	table  *Table
	Row    int // as the spreadsheet counts, from 1
	faulty bool
}

// Faulty tells whether a cell of the row could not be used.
func (r *Record) Faulty() bool { return r.faulty }

// At is the place of a cell, ready to become a fault.
func (r *Record) At(key string) Fault {
	f := Fault{File: r.table.sheet.File, Sheet: r.table.sheet.Name, Row: r.Row}
	if column, ok := r.table.columns[key]; ok {
		f.Column = ColumnLetter(column)
		f.Heading = r.table.sheet.Rows[r.table.first-1][column].Text
		f.Found = r.cell(key).Text
	}
	return f
}

// Fail notes a fault at a cell.
func (r *Record) Fail(key, fault string, args Args) {
	f := r.At(key)
	f.Key, f.Args = fault, args
	r.fail(f)
}

func (r *Record) fail(f Fault) {
	r.faulty = true
	r.table.faults.Add(f)
}

func (r *Record) cell(key string) Cell {
	row := r.table.sheet.Rows[r.Row-1]
	if column, ok := r.table.columns[key]; ok && column < len(row) {
		return row[column]
	}
	return Cell{}
}

// Has tells whether the table has the column at all.
func (r *Record) Has(key string) bool { return r.table.Has(key) }

// Filled tells whether the cell holds anything.
func (r *Record) Filled(key string) bool { return !r.cell(key).Empty() }

// Stored gives the number that Excel has stored for the cell; empty when the cell holds text.
func (r *Record) Stored(key string) string { return r.cell(key).Number }

// Require notes a fault when the cell is empty, and tells whether it is filled.
func (r *Record) Require(key string) bool {
	if r.Filled(key) {
		return true
	}
	r.Fail(key, FaultRequired, nil)
	return false
}

// Line reads text of one line and at most so many characters.
func (r *Record) Line(key string, limit int) string {
	text := r.Text(key, limit)
	if strings.Contains(text, "\n") {
		r.Fail(key, FaultLineBreak, nil)
		return ""
	}
	return text
}

// Text reads text, line breaks included, of at most so many characters.
func (r *Record) Text(key string, limit int) string {
	text := r.cell(key).Text
	switch {
	case excelError(text):
		r.Fail(key, FaultExcelError, nil)
	case utf8.RuneCountInString(text) > limit:
		r.Fail(key, FaultTooLong, maxArg(limit))
	default:
		return text
	}
	return ""
}

// Code reads text that begins with a zero or a plus sign, such as a phone number. Where Excel has made a number of it, in the
// workbook or before it was saved as text, the zero is lost, and only a person can put it back.
func (r *Record) Code(key string, limit int) string {
	const shortNumber = 6 // emergency and service numbers begin with another digit
	text := r.Line(key, limit)
	number := r.cell(key).Number != "" || len(text) > shortNumber && strings.Trim(text, "0123456789") == ""
	if text != "" && number && text[0] != '0' && text[0] != '+' {
		r.Fail(key, FaultZeroLost, nil)
		return ""
	}
	return text
}

// Match reads a line in the form of a pattern; expected is an example of it.
func (r *Record) Match(key string, pattern *regexp.Regexp, expected string, limit int) string {
	text := r.Line(key, limit)
	if text != "" && !pattern.MatchString(text) {
		r.Fail(key, FaultForm, Args{"expected": expected})
		return ""
	}
	return text
}

// Integer reads a whole number within bounds; an empty cell is the fallback.
func (r *Record) Integer(key string, low, high, fallback int) int {
	cell := r.cell(key)
	if cell.Empty() {
		return fallback
	}
	text := cell.Text
	if cell.Number != "" {
		text = cell.Number
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		r.Fail(key, FaultInteger, Args{"min": strconv.Itoa(low), "max": strconv.Itoa(high)})
		return fallback
	}
	return n
}

// YesNo reads ja or nej (also j, n, x, yes, no, sant, falskt); an empty cell is no.
func (r *Record) YesNo(key string) bool {
	switch strings.ToLower(r.cell(key).Text) {
	case "ja", "j", "x", "yes", "sant", "true":
		return true
	case "", "nej", "n", "no", "falskt", "false":
		return false
	default:
		r.Fail(key, FaultYesNo, nil)
		return false
	}
}

// Word is a word that may stand in a cell, and what it stands for.
type Word struct {
	Text string
	Code string
	Also []string // other ways to write it
}

// Words are the words that a column takes.
type Words []Word

func (w Words) code(text string) (string, bool) {
	for _, word := range w {
		same := func(s string) bool { return Fold(s) == Fold(text) }
		if same(word.Text) || slices.ContainsFunc(word.Also, same) {
			return word.Code, true
		}
	}
	return "", false
}

// Text gives the word for a code, as it is written in a spreadsheet; the code itself if it has none.
func (w Words) Text(code string) string {
	for _, word := range w {
		if word.Code == code {
			return word.Text
		}
	}
	return code
}

func (w Words) list() string {
	texts := make([]string, len(w))
	for i, word := range w {
		texts[i] = word.Text
	}
	return strings.Join(texts, ", ")
}

// Choice reads one of several words, without regard to case, and gives its code.
func (r *Record) Choice(key string, words Words) string {
	text := r.cell(key).Text
	if text == "" {
		return ""
	}
	if code, ok := words.code(text); ok {
		return code
	}
	r.Fail(key, FaultChoice, Args{"expected": words.list()})
	return ""
}

// Choices reads several words and gives their codes in the order of the list of words, each once. They stand with commas,
// semicolons or line breaks between; blanks will do where no word holds one.
func (r *Record) Choices(key string, words Words) []string {
	between := ",;\n"
	if !slices.ContainsFunc(words, func(w Word) bool { return strings.Contains(w.Text, " ") }) {
		between += " \t"
	}
	given := map[string]bool{}
	for _, text := range strings.FieldsFunc(r.cell(key).Text, func(c rune) bool { return strings.ContainsRune(between, c) }) {
		text = strings.Join(strings.Fields(text), " ")
		if text == "" {
			continue
		}
		code, ok := words.code(text)
		if !ok {
			f := r.At(key)
			f.Found, f.Key, f.Args = text, FaultChoice, Args{"expected": words.list()}
			r.fail(f)
			return nil
		}
		given[code] = true
	}
	var codes []string
	for _, w := range words {
		if given[w.Code] {
			codes = append(codes, w.Code)
		}
	}
	return codes
}

// List reads several pieces of text with commas, semicolons or line breaks between.
func (r *Record) List(key string, limit int) []string {
	var parts []string
	for _, text := range strings.FieldsFunc(r.Text(key, limit), func(c rune) bool { return strings.ContainsRune(",;\n", c) }) {
		if text = strings.Join(strings.Fields(text), " "); text != "" {
			parts = append(parts, text)
		}
	}
	return parts
}

func excelError(text string) bool {
	switch text {
	case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!",
		"#SAKNAS!", "#REFERENS!", "#VÄRDEFEL!", "#NAMN?", "#DIVISION/0!", "#OGILTIGT!", "#SKÄRNING!":
		return true
	default:
		return false
	}
}
