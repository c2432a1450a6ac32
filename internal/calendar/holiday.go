package calendar

import "time"

// HolidayName is the key of a named day of the Swedish year. Keys are stored with cases: never rename one.
type HolidayName string

// The public holidays of lag (1989:253) om allmänna helgdagar, besides the ordinary Sundays.
const (
	NewYearsDay  HolidayName = "new-years-day"
	Epiphany     HolidayName = "epiphany"
	GoodFriday   HolidayName = "good-friday"
	EasterDay    HolidayName = "easter-day"
	EasterMonday HolidayName = "easter-monday"
	MayDay       HolidayName = "may-day"
	AscensionDay HolidayName = "ascension-day"
	WhitSunday   HolidayName = "whit-sunday"
	NationalDay  HolidayName = "national-day"
	MidsummerDay HolidayName = "midsummer-day"
	AllSaintsDay HolidayName = "all-saints-day"
	ChristmasDay HolidayName = "christmas-day"
	BoxingDay    HolidayName = "second-day-of-christmas"
)

// The eves that lag (1930:173) 2 § treats as holidays for Swedish statutory time. They are not public holidays.
const (
	MidsummerEve HolidayName = "midsummer-eve"
	ChristmasEve HolidayName = "christmas-eve"
	NewYearsEve  HolidayName = "new-years-eve"
)

// Name is the name of the day as it stands inside a sentence, in Swedish ("sv") or English ("en"); any other language
// is answered in Swedish. An unknown key is returned as it is.
func (h HolidayName) Name(lang string) string {
	sv, en := h.names()
	if IsEnglish(lang) {
		return en
	}
	return sv
}

func (h HolidayName) names() (sv, en string) {
	switch h {
	case NewYearsDay:
		return "nyårsdagen", "New Year’s Day"
	case Epiphany:
		return "trettondedag jul", "Epiphany"
	case GoodFriday:
		return "långfredagen", "Good Friday"
	case EasterDay:
		return "påskdagen", "Easter Sunday"
	case EasterMonday:
		return "annandag påsk", "Easter Monday"
	case MayDay:
		return "första maj", "May Day"
	case AscensionDay:
		return "Kristi himmelsfärdsdag", "Ascension Day"
	case WhitSunday:
		return "pingstdagen", "Whit Sunday"
	case NationalDay:
		return "Sveriges nationaldag", "Sweden’s National Day"
	case MidsummerDay:
		return "midsommardagen", "Midsummer Day"
	case AllSaintsDay:
		return "alla helgons dag", "All Saints’ Day"
	case ChristmasDay:
		return "juldagen", "Christmas Day"
	case BoxingDay:
		return "annandag jul", "Boxing Day"
	case MidsummerEve:
		return "midsommarafton", "Midsummer Eve"
	case ChristmasEve:
		return "julafton", "Christmas Eve"
	case NewYearsEve:
		return "nyårsafton", "New Year’s Eve"
	default:
		return string(h), string(h)
	}
}

// Holiday tells whether d is one of the named public holidays and which. An ordinary Sunday is a public holiday without
// a name and is not found here; IsWorkingDay knows it. Where two fall together (6 June 2049) the fixed date is named.
// The rules are those in force since 2005, when Whit Monday gave way to the national day.
func Holiday(d Date) (HolidayName, bool) {
	if name, ok := fixedHoliday(d); ok {
		return name, true
	}
	switch d.Sub(easter(d.Year)) {
	case -2:
		return GoodFriday, true
	case 0:
		return EasterDay, true
	case 1:
		return EasterMonday, true
	case 39: // the sixth Thursday after Easter Day
		return AscensionDay, true
	case 49:
		return WhitSunday, true
	}
	if d.Weekday() == time.Saturday {
		switch {
		case d.Month == time.June && d.Day >= 20 && d.Day <= 26:
			return MidsummerDay, true
		case d.Month == time.October && d.Day == 31, d.Month == time.November && d.Day <= 6:
			return AllSaintsDay, true
		}
	}
	return "", false
}

func fixedHoliday(d Date) (HolidayName, bool) {
	switch (Date{Month: d.Month, Day: d.Day}) {
	case Date{Month: time.January, Day: 1}:
		return NewYearsDay, true
	case Date{Month: time.January, Day: 6}:
		return Epiphany, true
	case Date{Month: time.May, Day: 1}:
		return MayDay, true
	case Date{Month: time.June, Day: 6}:
		return NationalDay, true
	case Date{Month: time.December, Day: 25}:
		return ChristmasDay, true
	case Date{Month: time.December, Day: 26}:
		return BoxingDay, true
	}
	return "", false
}

// Eve tells whether d is one of the three eves of lag (1930:173) 2 § and which.
func Eve(d Date) (HolidayName, bool) {
	switch {
	case d.Month == time.December && d.Day == 24:
		return ChristmasEve, true
	case d.Month == time.December && d.Day == 31:
		return NewYearsEve, true
	case d.Month == time.June && d.Day >= 19 && d.Day <= 25 && d.Weekday() == time.Friday:
		return MidsummerEve, true
	}
	return "", false
}

// easter is Easter Day by the Gregorian computus (Meeus, Jones and Butcher). The letters are Meeus' own.
func easter(year int) Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return Date{Year: year, Month: time.Month(n / 31), Day: n%31 + 1}
}
