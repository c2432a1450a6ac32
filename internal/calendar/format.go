package calendar

import (
	"fmt"
	"strings"
	"time"
)

// noBreak keeps a day with its month, and "kl." with its time, on one line.
const noBreak = "\u00a0"

// IsEnglish reports whether the language tag asks for English. All else is Swedish, the language of the service.
func IsEnglish(lang string) bool { return lang == "en" || strings.HasPrefix(lang, "en-") }

// FormatLong writes "måndag 3 maj 2027" or "Monday 3 May 2027". The zero Date is the empty string here and below.
func (d Date) FormatLong(lang string) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s %d", d.FormatMedium(lang), d.Year)
}

// FormatMedium writes "måndag 3 maj" or "Monday 3 May", where the year is already known.
func (d Date) FormatMedium(lang string) string {
	if d.IsZero() {
		return ""
	}
	return WeekdayName(d.Weekday(), lang) + " " + d.FormatDayMonth(lang)
}

// FormatShort writes "mån 3 maj" or "Mon 3 May", for tables.
func (d Date) FormatShort(lang string) string {
	if d.IsZero() {
		return ""
	}
	short := strings.TrimSuffix(WeekdayName(d.Weekday(), lang), "dag") // mån, tis, ons, tors, fre, lör, sön
	if IsEnglish(lang) {
		short = short[:3]
	}
	return short + " " + d.FormatDayMonth(lang)
}

// FormatDayMonth writes "3 maj" or "3 May".
func (d Date) FormatDayMonth(lang string) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d%s%s", d.Day, noBreak, MonthName(d.Month, lang))
}

// FormatTime writes the time of day in Stockholm, "kl. 9.12" or "at 9.12".
func FormatTime(t time.Time, lang string) string {
	local := t.In(Stockholm())
	word := "kl."
	if IsEnglish(lang) {
		word = "at"
	}
	return fmt.Sprintf("%s%s%d.%02d", word, noBreak, local.Hour(), local.Minute())
}

// FormatInstant writes day and time in Stockholm, "torsdag 1 april 2027 kl. 9.12" or "Thursday 1 April 2027 at 9.12".
func FormatInstant(t time.Time, lang string) string {
	return DateOf(t).FormatLong(lang) + " " + FormatTime(t, lang)
}

// WeekdayName writes "måndag" or "Monday".
func WeekdayName(weekday time.Weekday, lang string) string {
	if IsEnglish(lang) {
		return weekday.String()
	}
	return [...]string{"söndag", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag"}[weekday]
}

// MonthName writes "maj" or "May".
func MonthName(month time.Month, lang string) string {
	if IsEnglish(lang) {
		return month.String()
	}
	return [...]string{"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
		"november", "december"}[month-1]
}
