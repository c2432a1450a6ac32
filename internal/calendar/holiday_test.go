package calendar_test

import (
	"testing"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/se"

	"insyn/internal/calendar"
)

// oracle is rickar/cal's day for each name. Its own list of Swedish holidays is not used as it stands: it counts the
// eves as non-working days and leaves out Easter Day and Whit Sunday, though it knows when they are.
func oracle() map[calendar.HolidayName]*cal.Holiday {
	return map[calendar.HolidayName]*cal.Holiday{
		calendar.NewYearsDay:  se.Nyarsdagen,
		calendar.Epiphany:     se.TrettondedagJul,
		calendar.GoodFriday:   se.Langfredagen,
		calendar.EasterDay:    se.Paskdagen,
		calendar.EasterMonday: se.AnnandagPask,
		calendar.MayDay:       se.ForstaMaj,
		calendar.AscensionDay: se.KristiHimmelfardsdag,
		calendar.WhitSunday:   se.Pingstdagen,
		calendar.NationalDay:  se.Nationaldagen,
		calendar.MidsummerDay: se.Midsommardagen,
		calendar.AllSaintsDay: se.AllaHelgonsDag,
		calendar.ChristmasDay: se.Juldagen,
		calendar.BoxingDay:    se.AnnandagJul,
		calendar.MidsummerEve: se.Midsommarafton,
		calendar.ChristmasEve: se.Julafton,
		calendar.NewYearsEve:  se.Nyarsafton,
	}
}

func TestHolidaysAndEvesAgreeWithRickarCalEveryDay(t *testing.T) {
	t.Parallel()
	for year := 2005; year <= 2150; year++ {
		names := map[calendar.Date][]calendar.HolidayName{}
		for name, holiday := range oracle() {
			actual, _ := holiday.Calc(year)
			d := calendar.New(actual.Date())
			names[d] = append(names[d], name)
		}
		for d := calendar.New(year, time.January, 1); d.Year == year; d = d.AddDays(1) {
			assertNamed(t, d, names[d])
		}
	}
}

// assertNamed checks that d is a holiday or an eve just if want has a name, and by one of its names.
func assertNamed(t *testing.T, d calendar.Date, want []calendar.HolidayName) {
	t.Helper()
	holiday, isHoliday := calendar.Holiday(d)
	eve, isEve := calendar.Eve(d)
	if isHoliday && isEve {
		t.Fatalf("%v is both %s and %s", d, holiday, eve)
	}
	got := holiday + eve // one of them is empty
	if len(want) == 0 {
		if got != "" {
			t.Fatalf("%v is %s, want an ordinary day", d, got)
		}
		return
	}
	for _, name := range want {
		if got == name {
			return
		}
	}
	t.Fatalf("%v is %q, want one of %v", d, got, want)
}

func TestWorkingDaysAgreeWithRickarCalEveryDay(t *testing.T) {
	t.Parallel()
	business := cal.NewBusinessCalendar()
	business.AddHoliday(se.Holidays...)
	business.AddHoliday(se.Paskdagen, se.Pingstdagen)
	eves := cal.NewBusinessCalendar()
	eves.AddHoliday(se.Midsommarafton, se.Julafton, se.Nyarsafton)
	for d := calendar.New(2005, time.January, 1); d.Year <= 2060; d = d.AddDays(1) {
		noon := d.In(time.UTC).Add(12 * time.Hour)
		if got, want := calendar.IsWorkingDay(d, calendar.Rules{EvesAreFree: true}), business.IsWorkday(noon); got != want {
			t.Fatalf("%v, eves free: working day %v, want %v", d, got, want)
		}
		eve, _, _ := eves.IsHoliday(noon)
		weekday := d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
		if got, want := calendar.IsWorkingDay(d, calendar.Rules{}), business.IsWorkday(noon) || eve && weekday; got != want {
			t.Fatalf("%v, eves not free: working day %v, want %v", d, got, want)
		}
	}
}

func TestWhitMondayIsAWorkingDay(t *testing.T) {
	t.Parallel()
	if d := calendar.New(2025, time.June, 9); !calendar.IsWorkingDay(d, calendar.Rules{EvesAreFree: true}) {
		t.Errorf("%v, Whit Monday, is no working day", d)
	}
}

func TestTwoHolidaysOnOneDayAreNamedByTheFixedOne(t *testing.T) {
	t.Parallel()
	for d, want := range map[calendar.Date]calendar.HolidayName{
		calendar.New(2049, time.June, 6): calendar.NationalDay, // and Whit Sunday
		calendar.New(2008, time.May, 1):  calendar.MayDay,      // and Ascension Day
	} {
		if got, ok := calendar.Holiday(d); got != want || !ok {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestWorkingDaysAreCountedOverEaster(t *testing.T) {
	t.Parallel()
	thursday := calendar.New(2026, time.April, 2) // the day before Good Friday
	tuesday := calendar.New(2026, time.April, 7)
	var rules calendar.Rules
	if got := calendar.NextWorkingDay(thursday, rules); got != tuesday {
		t.Errorf("the working day after %v is %v, want %v", thursday, got, tuesday)
	}
	if got := calendar.PreviousWorkingDay(tuesday, rules); got != thursday {
		t.Errorf("the working day before %v is %v, want %v", tuesday, got, thursday)
	}
	friday := calendar.New(2026, time.April, 3)
	for _, c := range []struct {
		from calendar.Date
		n    int
		want calendar.Date
	}{
		{thursday, 3, calendar.New(2026, time.April, 9)},
		{friday, 3, calendar.New(2026, time.April, 9)}, // from a holiday the next working day is the first
		{tuesday, -3, calendar.New(2026, time.March, 31)},
		{friday, 0, friday},
	} {
		if got := calendar.AddWorkingDays(c.from, c.n, rules); got != c.want {
			t.Errorf("%v and %d working days is %v, want %v", c.from, c.n, got, c.want)
		}
	}
}

func TestEvesAreFreeOnlyByTheRules(t *testing.T) {
	t.Parallel()
	before := calendar.New(2026, time.December, 23)
	if got, want := calendar.NextWorkingDay(before, calendar.Rules{}), calendar.New(2026, time.December, 24); got != want {
		t.Errorf("next working day %v, want %v", got, want)
	}
	if got, want := calendar.NextWorkingDay(before, calendar.Rules{EvesAreFree: true}), calendar.New(2026, time.December, 28); got != want {
		t.Errorf("with eves free: next working day %v, want %v", got, want)
	}
}

func TestEveryNamedDayHasASwedishAndAnEnglishName(t *testing.T) {
	t.Parallel()
	seen := map[string]calendar.HolidayName{}
	for name := range oracle() {
		sv, en := name.Name("sv"), name.Name("en")
		for _, text := range []string{sv, en} {
			if text == "" || text == string(name) {
				t.Errorf("%s has no name", name)
			}
			if other, ok := seen[text]; ok {
				t.Errorf("%s and %s are both called %s", name, other, text)
			}
			seen[text] = name
		}
	}
	if got := calendar.HolidayName("whit-monday").Name("sv"); got != "whit-monday" {
		t.Errorf("an unknown key is called %q", got)
	}
	if got := calendar.AscensionDay.Name("sv"); got != "Kristi himmelsfärdsdag" {
		t.Errorf("Ascension Day is called %q", got)
	}
}
