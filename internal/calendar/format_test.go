package calendar_test

import (
	"testing"
	"time"

	"insyn/internal/calendar"
)

func TestDatesAreWrittenAsOnThePages(t *testing.T) {
	t.Parallel()
	due := calendar.New(2027, time.May, 3)
	for _, c := range []struct{ got, want string }{
		{due.FormatLong("sv"), "måndag 3\u00a0maj 2027"},
		{due.FormatLong("en"), "Monday 3\u00a0May 2027"},
		{due.FormatLong("en-GB"), "Monday 3\u00a0May 2027"},
		{due.FormatLong("de"), "måndag 3\u00a0maj 2027"},
		{due.FormatMedium("sv"), "måndag 3\u00a0maj"},
		{due.FormatMedium("en"), "Monday 3\u00a0May"},
		{due.FormatShort("sv"), "mån 3\u00a0maj"},
		{due.FormatShort("en"), "Mon 3\u00a0May"},
		{due.FormatDayMonth("sv"), "3\u00a0maj"},
		{due.FormatDayMonth("en"), "3\u00a0May"},
		{calendar.Date{}.FormatLong("sv"), ""},
		{calendar.Date{}.FormatMedium("sv"), ""},
		{calendar.Date{}.FormatShort("sv"), ""},
		{calendar.Date{}.FormatDayMonth("en"), ""},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestEveryWeekdayAndMonthHasItsName(t *testing.T) {
	t.Parallel()
	week := []string{
		"mån 4\u00a0januari", "tis 5\u00a0januari", "ons 6\u00a0januari", "tors 7\u00a0januari",
		"fre 8\u00a0januari", "lör 9\u00a0januari", "sön 10\u00a0januari",
	}
	for i, want := range week {
		if got := calendar.New(2027, time.January, 4+i).FormatShort("sv"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	year := []string{
		"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december",
	}
	for i, want := range year {
		if got := calendar.MonthName(time.Month(i+1), "sv"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTimesAreWrittenInStockholmTime(t *testing.T) {
	t.Parallel()
	summer := time.Date(2027, time.April, 1, 7, 12, 59, 0, time.UTC)
	winter := time.Date(2026, time.December, 31, 23, 5, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{calendar.FormatTime(summer, "sv"), "kl.\u00a09.12"},
		{calendar.FormatTime(summer, "en"), "at\u00a09.12"},
		{calendar.FormatInstant(summer, "sv"), "torsdag 1\u00a0april 2027 kl.\u00a09.12"},
		{calendar.FormatInstant(summer, "en"), "Thursday 1\u00a0April 2027 at\u00a09.12"},
		{calendar.FormatInstant(winter, "sv"), "fredag 1\u00a0januari 2027 kl.\u00a00.05"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
