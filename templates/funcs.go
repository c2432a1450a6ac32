package templates

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
	"insyn/internal/i18n"
)

// funcs are the functions of the templates in one language.
//
//	t "key" "name" value …    the text of a key; also t .Key .Args with a map. A plural takes "n"
//	th "key" …                the same as HTML: **strong** and [a link](name) in the text, all else escaped
//	lang                      sv or en
//	dateLong, dateMedium, dateDayMonth, dateShort, dateISO    of a calendar.Date
//	dayOf                     the calendar.Date of a time.Time, in Stockholm
//	time, instant, instantISO of a time.Time: kl. 9.12; torsdag 1 april 2027 kl. 9.12; 2027-04-01T09:12
//	days n                    12 dagar kvar, i morgon, i dag, 2 dagar försenat, for days left
//	size, number, capital     2,1 MB; tolv; with a capital
//	pnr                       19840401-2380 of twelve digits
//	status "staff" .State     the status as shape, word and colour; also "resident", "search", "item", "review", "intake"
//	tag "wait" "words"        the same with words of one's own; classes: "", going, wait, done, late
//	bare (status …)           a status without its pill, for tables
//	icon "name", iconLarge    a drawing; see icons.go
//	steps .DueSteps           the sentences of how a due date came about
//	paragraphs .Text          the paragraphs of what somebody wrote
//	ownBlocks .Text           the paragraphs and lists of an own part; ownLines: its lines
//	nb                        sets no-break spaces in data such as an address or a section of law
//	sentence                  what somebody wrote, with a full stop if it has no end
//	swedish                   what staff have written, in Swedish: marked as that in a document in another language
//	tel                       a phone number for a tel: link: 0980-31 92 00 is +46980319200
//	field, option, link, dict, list   build what the parts want; see form.go
//	asset "app.css"           the address of an asset
func (s *Set) funcs(lang string) template.FuncMap {
	p := s.texts.Printer(lang)
	return template.FuncMap{
		"t":    func(key any, args ...any) (string, error) { return withArgs(p.T, key, args) },
		"th":   func(key any, args ...any) (template.HTML, error) { return withArgs(p.HTML, key, args) },
		"lang": p.Lang,

		"dateLong":     func(d calendar.Date) string { return d.FormatLong(lang) },
		"dateMedium":   func(d calendar.Date) string { return d.FormatMedium(lang) },
		"dateDayMonth": func(d calendar.Date) string { return d.FormatDayMonth(lang) },
		"dateShort":    func(d calendar.Date) string { return d.FormatShort(lang) },
		"dateISO":      calendar.Date.String,
		"dayOf":        calendar.DateOf,
		"time":         func(t time.Time) string { return calendar.FormatTime(t, lang) },
		"instant":      func(t time.Time) string { return calendar.FormatInstant(t, lang) },
		"instantISO":   func(t time.Time) string { return t.In(calendar.Stockholm()).Format("2006-01-02T15:04") },

		"days":    func(n int) string { return daysLeft(p, n) },
		"size":    p.Size,
		"number":  p.Number,
		"capital": capital,
		"pnr":     PersonalNumber,

		"status": func(kind string, key any, args ...any) (template.HTML, error) {
			return status(p, kind, fmt.Sprint(key), args)
		},
		"tag":       tag,
		"bare":      func(h template.HTML) template.HTML { return bare(h) },
		"icon":      func(name string) (template.HTML, error) { return icon(name, "icon") },
		"iconLarge": func(name string) (template.HTML, error) { return icon(name, "icon icon--l") },

		"steps":      func(steps []deadline.Step) []string { return deadline.Explain(lang, steps) },
		"paragraphs": paragraphs,
		"ownBlocks":  Blocks,
		"ownLines":   func(text string) []string { return strings.Split(text, "\n") },
		"nb":         i18n.NoBreak,
		"mailto":     mailAddress,
		"tel":        telephone,
		"sentence":   sentence,
		"swedish":    func(text string) template.HTML { return swedish(lang, text) },

		"field": newField, "option": newOption, "link": newLink, "dict": dict, "list": list,

		"asset": s.AssetPath,
		"logo":  s.look.logo, "deskLogo": s.look.deskLogo,
	}
}

// withArgs calls a printer with arguments as pairs or as one map.
func withArgs[T any](say func(string, i18n.Args) T, key any, args []any) (T, error) {
	var none T
	m := i18n.Args{}
	if len(args) == 1 {
		given, ok := args[0].(map[string]any)
		if !ok {
			return none, fmt.Errorf("text %v: arguments are pairs or one map", key)
		}
		return say(fmt.Sprint(key), given), nil
	}
	if len(args)%2 != 0 {
		return none, fmt.Errorf("text %v: an argument has no value", key)
	}
	for i := 0; i < len(args); i += 2 {
		m[fmt.Sprint(args[i])] = args[i+1]
	}
	return say(fmt.Sprint(key), m), nil
}

// daysLeft is how long it is to a due date, in words: 2 dagar försenat, i dag, i morgon, 12 dagar kvar.
func daysLeft(p i18n.Printer, n int) string {
	switch {
	case n < 0:
		return p.T("days.late", i18n.Args{"n": -n})
	case n == 0:
		return p.T("days.today", nil)
	case n == 1:
		return p.T("days.tomorrow", nil)
	default:
		return p.T("days.left", i18n.Args{"n": n})
	}
}

// PersonalNumber writes twelve digits as 19840401-2380; anything else is left as it is.
func PersonalNumber(number string) string {
	const digits = 12
	if len(number) != digits || strings.ContainsFunc(number, func(r rune) bool { return r < '0' || r > '9' }) {
		return number
	}
	return number[:8] + "-" + number[8:]
}

// sentence ends what somebody wrote with a full stop, if it has no end of its own.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?:") || strings.HasSuffix(text, "”") {
		return text
	}
	return text + "."
}

// swedish marks what staff have written as Swedish where the document is in another language, so that it is read aloud as that.
func swedish(lang, text string) template.HTML {
	text = template.HTMLEscapeString(text)
	if lang != i18n.Default && text != "" {
		text = `<span lang="` + i18n.Default + `">` + text + `</span>`
	}
	return template.HTML(text) //nolint:gosec // escaped
}

// telephone writes a Swedish phone number as a tel: link wants it.
func telephone(number string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, number)
	if strings.HasPrefix(digits, "0") {
		return "+46" + digits[1:]
	}
	return digits
}

func capital(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

// paragraphs cuts a text at its line breaks; empty lines go away.
func paragraphs(text any) []string {
	var out []string
	for line := range strings.Lines(fmt.Sprint(text)) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// mailAddress lets a long e-mail address break after its @ and nowhere else.
func mailAddress(address string) template.HTML {
	local, domain, ok := strings.Cut(address, "@")
	if !ok {
		return template.HTML(template.HTMLEscapeString(address)) //nolint:gosec // escaped
	}
	return template.HTML(template.HTMLEscapeString(local) + "@<wbr/>" + template.HTMLEscapeString(domain)) //nolint:gosec // escaped
}
