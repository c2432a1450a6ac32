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

// Fold gives the form in which names are compared: small letters of ordinary width, single blanks, plain hyphens. What Excel,
// a phone or a word processor made of a name is still the same name.
func Fold(s string) string {
	plain := func(r rune) rune {
		switch r {
		case '\u2010', '\u2011', '\u2013':
			return '-'
		case '\u2019':
			return '\''
		default:
			return r
		}
	}
	return strings.Join(strings.Fields(strings.ToLower(strings.Map(plain, norm.NFKC.String(s)))), " ")
}

// formulaLike tells whether a spreadsheet would take the text for a formula, were it not for apostrophes in front.
func formulaLike(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.IndexByte(formulaSigns, s[0]) >= 0
}

// quoted puts an apostrophe in front of a text that a spreadsheet would take for a formula; unquoted takes it away.
func quoted(s string) string {
	if formulaLike(s) {
		return "'" + s
	}
	return s
}

func unquoted(s string) string {
	if s = strings.TrimSpace(s); s != "" && s[0] == '\'' && formulaLike(s) {
		return s[1:]
	}
	return s
}

// formulaSigns begin a formula in a spreadsheet.
const formulaSigns = "=+-@"

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
	return Cell{unusable: true}
}
