package calendar

import "time"

// Rules says which days count as free besides Saturdays, Sundays and public holidays.
type Rules struct {
	// EvesAreFree treats Midsummer Eve, Christmas Eve and New Year's Eve as holidays, as lag (1930:173) 2 § does.
	EvesAreFree bool
}

// IsWorkingDay reports whether d is neither a Saturday, a Sunday, a public holiday nor, by the rules, an eve.
func IsWorkingDay(d Date, rules Rules) bool {
	if weekday := d.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
		return false
	}
	if _, ok := Holiday(d); ok {
		return false
	}
	_, eve := Eve(d)
	return !eve || !rules.EvesAreFree
}

// NextWorkingDay is the first working day after d, whatever d is.
func NextWorkingDay(d Date, rules Rules) Date { return step(d, 1, rules) }

// PreviousWorkingDay is the last working day before d, whatever d is.
func PreviousWorkingDay(d Date, rules Rules) Date { return step(d, -1, rules) }

// AddWorkingDays returns the nth working day after d; the day d itself is not counted. A negative n counts backwards
// and zero gives d itself.
func AddWorkingDays(d Date, n int, rules Rules) Date {
	direction := 1
	if n < 0 {
		direction, n = -1, -n
	}
	for range n {
		d = step(d, direction, rules)
	}
	return d
}

func step(d Date, direction int, rules Rules) Date {
	for d = d.AddDays(direction); !IsWorkingDay(d, rules); d = d.AddDays(direction) {
	}
	return d
}
