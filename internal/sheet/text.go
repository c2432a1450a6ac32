package sheet

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// clean gives the text of a cell in one form: composed letters, ordinary blanks, line breaks as \n, nothing at the ends.
// Invisible marks that come along when people paste are dropped.
func clean(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ", "\u202f", " ", "\u200b", "", "\ufeff", "", "\u00ad", "").Replace(s)
	return strings.TrimSpace(norm.NFC.String(strings.ToValidUTF8(s, "\ufffd")))
}

// hasControl tells whether the text holds control characters other than line breaks and tabs. Most come from a file that
// is no spreadsheet; PostgreSQL takes no NUL.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' })
}

// cell makes a cell of a raw value, or a fault where no one could use it.
func (l Limits) cell(at Fault, text string, faults *Faults) Cell {
	text = clean(text)
	switch {
	case utf8.RuneCountInString(text) > l.CellRunes:
		at.Found, at.Key, at.Args = text, FaultCellLength, maxArg(l.CellRunes)
	case hasControl(text):
		at.Key = FaultControl
	default:
		return Cell{Text: text}
	}
	faults.Add(at)
	return Cell{}
}
