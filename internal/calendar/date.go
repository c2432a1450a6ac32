// Package calendar holds civil dates and the Swedish calendar: which days are public holidays and working days, and
// how dates and times of day are written in Swedish and English.
//
// A legal deadline is counted in civil dates, never in instants: a Date has no hour and no time zone, so neither
// summer time nor the zone of the machine can move it. An instant becomes a Date by DateOf, in Stockholm.
package calendar

import (
	"cmp"
	"fmt"
	"sync"
	"time"

	// The zone is compiled in: a container without zoneinfo must not put people's deadlines on another day.
	_ "time/tzdata"
)

// Date is a day in the Gregorian calendar. The zero Date means "no date". Dates are comparable with ==.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// New returns the date with that year, month and day. It panics if there is no such day, so it is meant for dates
// written in code; use Parse for input.
func New(year int, month time.Month, day int) Date {
	d := Date{Year: year, Month: month, Day: day}
	if !d.exists() {
		panic(fmt.Sprintf("calendar: no such day: %d-%02d-%02d", year, int(month), day))
	}
	return d
}

// DateOf returns the day it is in Stockholm at the instant t.
func DateOf(t time.Time) Date {
	year, month, day := t.In(Stockholm()).Date()
	return Date{Year: year, Month: month, Day: day}
}

// Stockholm is Sweden's time zone.
func Stockholm() *time.Location { return stockholm() }

var stockholm = sync.OnceValue(func() *time.Location { //nolint:gochecknoglobals // read once, never written
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic("calendar: Europe/Stockholm: " + err.Error()) // impossible: the zone is compiled in
	}
	return loc
})

// exists reports whether d is a day of the calendar, in the years 1 to 9999 that ISO 8601 writes with four digits.
func (d Date) exists() bool {
	return d.Year >= 1 && d.Year <= 9999 && d.Month >= time.January && d.Month <= time.December &&
		d.Day >= 1 && d.Day <= daysIn(d.Year, d.Month)
}

// IsZero reports whether d is the zero Date, "no date".
func (d Date) IsZero() bool { return d == Date{} }

// Compare returns -1 if d is earlier than other, 0 if they are the same day and +1 if it is later.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// Before reports whether d is earlier than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After reports whether d is later than other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// AddDays returns the day n days later, or earlier if n is negative.
func (d Date) AddDays(n int) Date {
	year, month, day := d.midnight().AddDate(0, 0, n).Date()
	return Date{Year: year, Month: month, Day: day}
}

// AddMonths returns the same day number n months later (earlier if n is negative), or the last day of that month if
// it has no such day: 31 January and one month is 28 or 29 February. time.AddDate would say 3 March.
func (d Date) AddMonths(n int) Date {
	first := time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	year, month, _ := first.Date()
	return Date{Year: year, Month: month, Day: min(d.Day, daysIn(year, month))}
}

// Sub returns the number of days from other to d; negative if d is earlier.
func (d Date) Sub(other Date) int {
	const secondsPerDay = 24 * 60 * 60 // always, in UTC
	return int((d.midnight().Unix() - other.midnight().Unix()) / secondsPerDay)
}

// In returns the instant d begins in the zone. Together with Stockholm it bounds queries over instants.
func (d Date) In(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// midnight stands for d where package time does the arithmetic. UTC has no summer time, so all its days are alike.
func (d Date) midnight() time.Time { return d.In(time.UTC) }

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
