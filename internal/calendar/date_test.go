package calendar_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"insyn/internal/calendar"
)

func TestDateOfIsTheDayInStockholm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ instant, want string }{
		{"2026-03-31T21:59:30Z", "2026-03-31"}, // 23:59:30 summer time
		{"2026-03-31T22:00:00Z", "2026-04-01"},
		{"2026-01-31T22:59:59Z", "2026-01-31"}, // 23:59:59 winter time
		{"2026-01-31T23:00:00Z", "2026-02-01"},
		{"2026-03-29T00:59:59Z", "2026-03-29"}, // the night the clocks go forward
		{"2026-10-25T23:00:00Z", "2026-10-26"}, // the day of 25 hours
		{"2026-10-25T22:59:59Z", "2026-10-25"},
		{"2026-12-31T20:00:00-05:00", "2027-01-01"},
	} {
		instant, err := time.Parse(time.RFC3339, c.instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := calendar.DateOf(instant).String(); got != c.want {
			t.Errorf("DateOf(%s) = %s, want %s", c.instant, got, c.want)
		}
	}
}

func TestAddMonthsTakesTheLastDayOfAShorterMonth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-01-31", 1, "2026-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2024-01-31", 13, "2025-02-28"},
		{"2026-01-31", 3, "2026-04-30"},
		{"2026-08-31", 1, "2026-09-30"},
		{"2027-11-30", 3, "2028-02-29"},
		{"2026-12-31", 2, "2027-02-28"},
		{"2026-12-15", 1, "2027-01-15"},
		{"2026-03-31", -1, "2026-02-28"},
		{"2026-01-15", -1, "2025-12-15"},
		{"2026-05-20", 0, "2026-05-20"},
	} {
		if got := date(t, c.from).AddMonths(c.months).String(); got != c.want {
			t.Errorf("%s + %d months = %s, want %s", c.from, c.months, got, c.want)
		}
	}
}

func TestDayArithmeticAgreesWithCountingOneDayAtATime(t *testing.T) {
	t.Parallel()
	start := calendar.New(1999, time.December, 31)
	d, weekday := start, time.Friday
	for n := range 40000 { // to 2109, over the century's missing leap day
		if got := start.AddDays(n); got != d {
			t.Fatalf("%v + %d days = %v, want %v", start, n, got, d)
		}
		if got := d.Sub(start); got != n {
			t.Fatalf("%v - %v = %d, want %d", d, start, got, n)
		}
		if got := d.AddDays(-n); got != start {
			t.Fatalf("%v - %d days = %v, want %v", d, n, got, start)
		}
		if d.Weekday() != weekday {
			t.Fatalf("%v is a %v, want %v", d, d.Weekday(), weekday)
		}
		d, weekday = tomorrow(d), (weekday+1)%7
	}
}

// tomorrow knows the lengths of the months by the rhyme and not by package time.
func tomorrow(d calendar.Date) calendar.Date {
	lengths := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	length := lengths[d.Month-1]
	if d.Month == time.February && d.Year%4 == 0 && (d.Year%100 != 0 || d.Year%400 == 0) {
		length = 29
	}
	switch {
	case d.Day < length:
		d.Day++
	case d.Month < time.December:
		d.Month, d.Day = d.Month+1, 1
	default:
		d.Year, d.Month, d.Day = d.Year+1, time.January, 1
	}
	return d
}

func TestOrderIsTheOrderOfTheISOText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDate().Draw(t, "a"), anyDate().Draw(t, "b")
		if got, want := a.Before(b), a.String() < b.String(); got != want {
			t.Errorf("%v before %v: %v, want %v", a, b, got, want)
		}
		if got, want := a.After(b), a.String() > b.String(); got != want {
			t.Errorf("%v after %v: %v, want %v", a, b, got, want)
		}
		if got, want := a.Compare(b) == 0, a == b; got != want {
			t.Errorf("%v the same as %v: %v, want %v", a, b, got, want)
		}
		if sign := a.Sub(b); (sign < 0) != a.Before(b) {
			t.Errorf("%v - %v = %d", a, b, sign)
		}
	})
}

func TestNewRefusesADayThatIsNot(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("29 February 2026 was accepted")
		}
	}()
	calendar.New(2026, time.February, 29)
}

func TestInBoundsTheDayInStockholm(t *testing.T) {
	t.Parallel()
	day := calendar.New(2026, time.October, 25)
	length := day.AddDays(1).In(calendar.Stockholm()).Sub(day.In(calendar.Stockholm()))
	if length != 25*time.Hour {
		t.Errorf("the day winter time begins is %v long, want 25h", length)
	}
}

func date(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.Parse(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return d
}

func anyDate() *rapid.Generator[calendar.Date] {
	return rapid.Custom(func(t *rapid.T) calendar.Date {
		return calendar.New(2000, time.January, 1).AddDays(rapid.IntRange(-3000, 60000).Draw(t, "days from 2000-01-01"))
	})
}
