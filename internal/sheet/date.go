package sheet

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"insyn/internal/calendar"
)

// Date reads a civil date: stored by Excel as a day number, or written in a form that cannot be misread in Sweden
// (2026-01-31, 20260131, 31 januari 2026, 31.1.2026, 31/1 2026). 1/2/2026 is February in Sweden and January elsewhere, so
// it is not taken.
func (r *Record) Date(key string) calendar.Date {
	cell := r.cell(key)
	if cell.Empty() {
		return calendar.Date{}
	}
	day, ok := writtenDate(cell.Text)
	if cell.Number != "" {
		if day, ok = serialDate(cell.Number, r.table.sheet.Date1904); !ok {
			day, ok = writtenDate(cell.Number)
		}
	}
	switch {
	case ok:
		return day
	case cell.Number != "":
		r.Fail(key, FaultDateRange, nil)
	default:
		r.Fail(key, FaultDate, nil)
	}
	return calendar.Date{}
}

// serialDate reads Excel's day number; what stands after the point is the time of day. Only days from 1950 to 2199 are taken: a
// year typed into the cell, 2026, is also a number, and would be a day in 1905.
func serialDate(number string, from1904 bool) (calendar.Date, bool) {
	const from1904Offset = 1462
	serial, err := strconv.ParseFloat(number, 64)
	if err != nil || serial < 1 || serial > 200_000 {
		return calendar.Date{}, false
	}
	days := int(math.Floor(serial))
	if from1904 {
		days += from1904Offset
	}
	day := calendar.New(1899, 12, 30).AddDays(days) // right from 1 March 1900; Excel thinks that 1900 was a leap year
	return day, sensible(day)
}

func sensible(day calendar.Date) bool { return day.Year >= 1950 && day.Year <= 2199 }

// dateForms are the ways to write a date; the groups are named y, m and d.
//
//nolint:gochecknoglobals // made once, never written
var dateForms = sync.OnceValue(func() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`^(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})( 00:00(:00)?)?$`),
		regexp.MustCompile(`^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})$`),
		regexp.MustCompile(`^(?P<y>\d{4})([./])(?P<m>\d{1,2})([./])(?P<d>\d{1,2})$`),
		regexp.MustCompile(`^(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})$`),
		regexp.MustCompile(`^(?P<d>\d{1,2})/(?P<m>\d{1,2}) (?P<y>\d{4})$`),
		regexp.MustCompile(`^(den )?(?P<d>\d{1,2}):?e? (?P<m>[a-z]{3,9})\.? (?P<y>\d{4})$`),
	}
})

// writtenDate reads a date written as text.
func writtenDate(text string) (calendar.Date, bool) {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, form := range dateForms() {
		parts := form.FindStringSubmatch(text)
		if parts == nil {
			continue
		}
		year, _ := strconv.Atoi(parts[form.SubexpIndex("y")])
		day, _ := strconv.Atoi(parts[form.SubexpIndex("d")])
		return civil(year, month(parts[form.SubexpIndex("m")]), day)
	}
	return calendar.Date{}, false
}

// civil makes a date if there is such a day, in a year that somebody can have meant.
func civil(year, month, day int) (calendar.Date, bool) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Year() != year || int(t.Month()) != month || t.Day() != day {
		return calendar.Date{}, false
	}
	d := calendar.New(year, time.Month(month), day)
	return d, sensible(d)
}

// month reads a month's number, its Swedish name or the three letters it is cut to; 0 is none.
func month(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	names := []string{"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"}
	return 1 + slices.IndexFunc(names, func(name string) bool { return s == name || s == name[:3] })
}
