package templates

import (
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/i18n"
)

// ReadmeName is what the note in a package is called.
const ReadmeName = "Läs mig först.txt"

// Readme is what the note in a package needs to know.
type Readme struct {
	Number     string // of the case
	Controller string
	Made       calendar.Date
	KeysURL    string // of the page that says how to check a package
}

// readmeWidth is how long a line is: what Notepad shows without being made wider.
const readmeWidth = 72

// Readme writes the note: in both languages, Swedish first, whatever the case's language is, since whoever is handed a package
// may have another. It says nothing that differs with what was found. UTF-8 with a byte order mark and lines that end as
// Windows wants them.
func (s *Set) Readme(r Readme) []byte {
	var b strings.Builder
	b.WriteRune('\uFEFF')
	for i, lang := range s.texts.Languages() {
		if i > 0 {
			b.WriteString("\n" + strings.Repeat("-", readmeWidth) + "\n\n")
		}
		s.readme(&b, lang, r)
	}
	return []byte(strings.ReplaceAll(b.String(), "\n", "\r\n"))
}

func (s *Set) readme(b *strings.Builder, lang string, r Readme) {
	say := func(key string, args i18n.Args) string {
		// No-break spaces are for pages: here they would hinder the breaking of lines.
		return strings.ReplaceAll(s.T(lang, "readme."+key, args), "\u00a0", " ")
	}
	b.WriteString(say("title", nil) + "\n\n")
	b.WriteString(wrap(say("what", i18n.Args{"number": r.Number, "controller": r.Controller, "date": r.Made}), ""))
	args := i18n.Args{"letter": "Beslut.pdf"} // not a word of English
	for _, part := range []struct {
		head string
		rows []string
	}{
		{"files", []string{"letter", "pdf", "data", "folder", "manifest"}},
		{"open", []string{"windows", "mac", "phone"}},
	} {
		b.WriteString("\n" + say(part.head, nil) + "\n\n")
		for _, row := range part.rows {
			b.WriteString("- " + wrap(say(row, args), "  "))
		}
	}
	b.WriteString("\n" + wrap(say("care", nil), ""))
	b.WriteString("\n" + say("check", nil) + "\n\n" + wrap(say("how", nil), "") + r.KeysURL + "\n")
}

// wrap breaks a text into lines; those after the first begin with the indent.
func wrap(text, indent string) string {
	var b strings.Builder
	width := len(indent)
	for i, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case i == 0:
		case width+1+n > readmeWidth:
			b.WriteString("\n" + indent)
			width = len(indent)
		default:
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += n
	}
	return b.String() + "\n"
}
