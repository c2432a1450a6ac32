package deadline

import (
	"fmt"
	"strings"
	"time"

	"insyn/internal/calendar"
)

// Explain renders a derivation as plain sentences in Swedish ("sv") or English ("en"), one string per step; any other
// language is answered in Swedish. The texts name nobody, so that the resident and the staff can read the same.
func Explain(lang string, steps []Step) []string {
	p := prose{lang: lang, say: swedish}
	if calendar.IsEnglish(lang) {
		p.say = english
	}
	lines := make([]string, 0, len(steps))
	for _, s := range steps {
		if p.year == 0 {
			p.year = s.Date.Year
		}
		lines = append(lines, p.say(p, s))
	}
	return lines
}

// prose writes dates so that the year is named when it is not the year the derivation began in.
type prose struct {
	lang string
	year int
	say  func(prose, Step) string
}

// long is "lördag 1 maj 2027".
func (p prose) long(d calendar.Date) string { return d.FormatLong(p.lang) }

// medium is "lördag 1 maj", with the year if it is another.
func (p prose) medium(d calendar.Date) string { return d.FormatMedium(p.lang) + p.otherYear(d) }

// short is "1 maj", with the year if it is another.
func (p prose) short(d calendar.Date) string { return d.FormatDayMonth(p.lang) + p.otherYear(d) }

func (p prose) otherYear(d calendar.Date) string {
	if d.Year == p.year {
		return ""
	}
	return fmt.Sprintf(" %d", d.Year)
}

// missing is the day a clamped period would have ended on, had the month been longer: "31 februari".
func (p prose) missing(s Step) string {
	return calendar.Date{Year: s.Date.Year, Month: s.Date.Month, Day: s.From.Day}.FormatDayMonth(p.lang)
}

// moved reports whether the due date had to leave the day the period ended on.
func (s Step) moved() bool { return s.From != s.Date }

func isEve(name calendar.HolidayName) bool {
	return name == calendar.MidsummerEve || name == calendar.ChristmasEve || name == calendar.NewYearsEve
}

func capitalize(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

// ExplainIncident renders how ForIncident came to its instant, in Swedish ("sv") or English ("en").
func ExplainIncident(lang string, aware time.Time) []string {
	due := ForIncident(aware)
	from, to := calendar.FormatInstant(aware, lang), calendar.FormatInstant(due, lang)
	var lines []string
	english := calendar.IsEnglish(lang)
	if english {
		lines = []string{
			"The controller became aware of the incident on " + from + ".",
			"It must be reported to IMY within 72 hours (Article 33.1). Weekends and holidays count.",
			"The last moment is " + to + ".",
		}
	} else {
		lines = []string{
			"Den ansvariga fick veta om incidenten " + from + ".",
			"Den ska anmälas till IMY inom 72 timmar (artikel 33.1). Helger räknas med.",
			"Sista tidpunkten är " + to + ".",
		}
	}
	_, before := aware.In(calendar.Stockholm()).Zone()
	_, after := due.In(calendar.Stockholm()).Zone()
	switch {
	case before == after:
	case english:
		lines[1] += " The clocks change during that time, so the time of day is another."
	default:
		lines[1] += " Klockan ställs om under tiden, så klockslaget blir ett annat."
	}
	return lines
}
