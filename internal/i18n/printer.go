package i18n

import (
	"html/template"
	"log/slog"
	"regexp"
	"strings"
)

// Args fills the arguments of a text: strings, whole numbers, calendar.Date, time.Time.
type Args = map[string]any

// Printer writes texts in one language.
type Printer struct {
	catalog *Catalog
	lang    string
}

// Printer is the printer of a language; an unknown language is the default one.
func (c *Catalog) Printer(lang string) Printer {
	if c.texts[lang] == nil {
		lang = Default
	}
	return Printer{c, lang}
}

// Lang is the printer's language.
func (p Printer) Lang() string { return p.lang }

// T is the text of a key. A key without a text, and an argument that was not given, are logged by name and shown in
// brackets, so that they are seen: never an empty place on a page.
func (p Printer) T(key string, args Args) string {
	var b strings.Builder
	for _, part := range p.parts(key, args) {
		if part.arg == "" {
			b.WriteString(part.text)
		} else {
			b.WriteString(p.value(key, part, args))
		}
	}
	return b.String()
}

// HTML is the text of a key as HTML: everything is escaped, and two marks are understood in the catalogue's own text:
// **words** are strong, and [words](name) is a link to the address in the argument name.
func (p Printer) HTML(key string, args Args) template.HTML {
	var b strings.Builder
	for _, part := range p.parts(key, args) {
		if part.arg == "" {
			b.WriteString(template.HTMLEscapeString(part.text))
			continue
		}
		if safe, ok := args[part.arg].(template.HTML); ok {
			b.WriteString(string(safe))
			continue
		}
		b.WriteString(hideMarks.Replace(template.HTMLEscapeString(p.value(key, part, args))))
	}
	return template.HTML(p.mark(key, b.String(), args)) //nolint:gosec // text and arguments were escaped one by one
}

// hideMarks keeps an argument's own asterisks and brackets from being read as marks.
var hideMarks = strings.NewReplacer("*", "&#42;", "[", "&#91;", "]", "&#93;") //nolint:gochecknoglobals // never written, and safe for concurrent use

func (p Printer) parts(key string, args Args) []part {
	m, ok := p.catalog.texts[p.lang][key]
	if !ok {
		slog.Error("a text is missing", slog.String("key", key), slog.String("language", p.lang)) //nolint:sloglint // a catalogue has no logger of its own, and a fault of ours must be told
		if m, ok = p.catalog.texts[Default][key]; !ok {
			return []part{{text: "⟦" + key + "⟧"}}
		}
	}
	return m.pick(args).parts
}

func (p Printer) value(key string, at part, args Args) string {
	v, ok := args[at.arg]
	if !ok {
		slog.Error("an argument of a text is missing", slog.String("key", key), slog.String("argument", at.arg)) //nolint:sloglint // a catalogue has no logger of its own, and a fault of ours must be told
		return "⟦" + at.arg + "⟧"
	}
	return p.format(v, at.format)
}

var (
	strong = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	anchor = regexp.MustCompile(`\[([^\]]+)\]\(([a-z][a-z0-9_]*)\)`)
)

func (p Printer) mark(key, text string, args Args) string {
	text = strong.ReplaceAllString(text, "<strong>$1</strong>")
	return anchor.ReplaceAllStringFunc(text, func(found string) string {
		m := anchor.FindStringSubmatch(found)
		to, _ := args[m[2]].(string)
		if !safeAddress(to) {
			slog.Error("the address of a link is missing", slog.String("key", key), slog.String("argument", m[2])) //nolint:sloglint // a catalogue has no logger of its own, and a fault of ours must be told
			return m[1]
		}
		return `<a class="govuk-link" href="` + template.HTMLEscapeString(to) + `">` + m[1] + `</a>`
	})
}

// safeAddress lets only addresses through that cannot run anything.
func safeAddress(to string) bool {
	for _, prefix := range []string{"/", "#", "?", "tel:", "mailto:", "https://"} {
		if strings.HasPrefix(to, prefix) {
			return true
		}
	}
	return false
}
