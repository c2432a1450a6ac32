package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"insyn/internal/calendar"
)

// formats lists the ways an argument may be written.
//
//	(none)  text as it is; a number in digits; a date in long form; an instant with day and time
//	word    a number up to twelve as a word; Word with a capital
//	long    torsdag 1 april 2027; date: 1 april 2027; medium: torsdag 1 april; day: 1 april; short: tors 1 april; iso: 2027-04-01
//	time    kl. 9.12
//	size    2,1 MB of a number of bytes
func formats() []string {
	return []string{"", "word", "Word", "long", "date", "medium", "day", "short", "iso", "time", "size"}
}

func (p Printer) format(v any, format string) string {
	switch v := v.(type) {
	case calendar.Date:
		return p.date(v, format)
	case time.Time:
		return p.instant(v, format)
	case string:
		return v
	}
	if n, ok := number(v); ok {
		switch format {
		case "word":
			return p.Number(n)
		case "Word":
			return capital(p.Number(n))
		case "size":
			return p.Size(int64(n))
		default:
			return p.digits(n)
		}
	}
	return fmt.Sprint(v)
}

func (p Printer) date(d calendar.Date, format string) string {
	switch format {
	case "date":
		return d.FormatDayMonth(p.lang) + " " + strconv.Itoa(d.Year)
	case "medium":
		return d.FormatMedium(p.lang)
	case "day":
		return d.FormatDayMonth(p.lang)
	case "short":
		return d.FormatShort(p.lang)
	case "iso":
		return d.String()
	default:
		return d.FormatLong(p.lang)
	}
}

func (p Printer) instant(t time.Time, format string) string {
	switch format {
	case "":
		return calendar.FormatInstant(t, p.lang)
	case "time":
		return calendar.FormatTime(t, p.lang)
	default:
		return p.date(calendar.DateOf(t), format)
	}
}

// Number is a number in running text: a word up to twelve, then digits.
func (p Printer) Number(n int) string {
	words := [...]string{"noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"}
	if calendar.IsEnglish(p.lang) {
		words = [...]string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	}
	if n < 0 || n >= len(words) {
		return p.digits(n)
	}
	return words[n]
}

// digits groups thousands from 10 000 on, with a no-break space, or with a comma in English.
func (p Printer) digits(n int) string {
	s := strconv.Itoa(n)
	if n < 10000 {
		return s
	}
	separator := "\u00a0"
	if calendar.IsEnglish(p.lang) {
		separator = ","
	}
	var b strings.Builder
	for i, digit := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteString(separator)
		}
		b.WriteRune(digit)
	}
	return b.String()
}

// Size is a number of bytes as people say it: 812 byte, 34 kB, 2,1 MB, 1,4 GB. A unit is a thousand of the one before.
func (p Printer) Size(bytes int64) string {
	const thousand = 1000
	if bytes < thousand {
		unit := "byte"
		if calendar.IsEnglish(p.lang) && bytes != 1 {
			unit = "bytes"
		}
		return fmt.Sprintf("%d\u00a0%s", bytes, unit)
	}
	if bytes < thousand*thousand {
		return fmt.Sprintf("%d\u00a0kB", (bytes+thousand/2)/thousand)
	}
	size, unit := float64(bytes)/(thousand*thousand), "MB"
	if size >= thousand {
		size, unit = size/thousand, "GB"
	}
	text := strings.TrimSuffix(strconv.FormatFloat(size, 'f', 1, 64), ".0")
	if !calendar.IsEnglish(p.lang) {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text + "\u00a0" + unit
}

func number(v any) (int, bool) {
	switch n := v.(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	case int32:
		return int(n), true
	case float64: // from JSON
		return int(n), n == float64(int(n))
	default:
		return 0, false
	}
}

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
