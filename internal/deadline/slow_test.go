package deadline_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
)

// almanac is a second, slow implementation of the rules. It shares nothing with the first: it works on midnights UTC,
// lists the free days of every year from Knuth's Easter, and walks one day at a time.
type almanac struct {
	free map[time.Time]bool // public holidays, Saturdays and Sundays
	eves map[time.Time]bool
}

const (
	firstYear = 2020
	lastYear  = 2060
)

func newAlmanac() almanac {
	a := almanac{free: map[time.Time]bool{}, eves: map[time.Time]bool{}}
	for year := firstYear - 1; year <= lastYear+2; year++ {
		for day := midnight(year, 1, 1); day.Year() == year; day = next(day) {
			if wd := day.Weekday(); wd == time.Saturday || wd == time.Sunday {
				a.free[day] = true // Easter Day, Whit Sunday, Midsummer Day and All Saints' Day are among them
			}
		}
		for _, fixed := range [][2]int{{1, 1}, {1, 6}, {5, 1}, {6, 6}, {12, 25}, {12, 26}} {
			a.free[midnight(year, fixed[0], fixed[1])] = true
		}
		easter := knuthEaster(year)
		a.free[easter.Add(-2*24*time.Hour)] = true
		a.free[next(easter)] = true
		for day, thursdays := next(easter), 0; thursdays < 6; day = next(day) {
			if day.Weekday() == time.Thursday {
				if thursdays++; thursdays == 6 {
					a.free[day] = true
				}
			}
		}
		a.eves[midnight(year, 12, 24)] = true
		a.eves[midnight(year, 12, 31)] = true
		for day := midnight(year, 6, 26); ; day = day.Add(-24 * time.Hour) {
			if day.Weekday() == time.Saturday {
				a.eves[day.Add(-24*time.Hour)] = true
				break
			}
		}
	}
	return a
}

// knuthEaster is algorithm E of The Art of Computer Programming, volume 1, section 1.3.2, exercise 14.
func knuthEaster(year int) time.Time {
	golden := year%19 + 1
	century := year/100 + 1
	skippedLeap := 3*century/4 - 12
	moon := (8*century+5)/25 - 5
	sunday := 5*year/4 - skippedLeap - 10
	epact := ((11*golden+20+moon-skippedLeap)%30 + 30) % 30
	if epact == 25 && golden > 11 || epact == 24 {
		epact++
	}
	full := 44 - epact
	if full < 21 {
		full += 30
	}
	full += 7 - (sunday+full)%7
	if full > 31 {
		return midnight(year, 4, full-31)
	}
	return midnight(year, 3, full)
}

// months walks from day to the same day number n months on, or to the last day of that month.
func (a almanac) months(day time.Time, n int) time.Time {
	number := day.Day()
	for range n { // to the first of each following month
		for day = next(day); day.Day() != 1; day = next(day) {
		}
	}
	for day.Day() != number && next(day).Day() != 1 {
		day = next(day)
	}
	return day
}

func (a almanac) roll(day time.Time, eves bool) time.Time {
	for a.free[day] || eves && a.eves[day] {
		day = next(day)
	}
	return day
}

// response walks the period, then one day for each day that lies in any pause, then to a working day.
func (a almanac) response(received time.Time, months int, pauses []deadline.Pause, today calendar.Date, eves bool) time.Time {
	day := a.months(received, months)
	for paused := received; paused.Year() <= lastYear+1; paused = next(paused) {
		for _, p := range pauses {
			end := p.To
			if end.IsZero() {
				end = today
			}
			if !paused.Before(p.From.In(time.UTC)) && paused.Before(end.In(time.UTC)) {
				day = next(day)
				break // in another pause too: still one day
			}
		}
		if len(pauses) == 0 || paused.Sub(received) > 400*24*time.Hour {
			break
		}
	}
	return a.roll(day, eves)
}

func TestEveryDayFrom2020To2060AgreesWithTheSlowWalk(t *testing.T) {
	t.Parallel()
	slow := newAlmanac()
	for day := midnight(firstYear, 1, 1); day.Year() <= lastYear; day = next(day) {
		d := civil(day)
		for _, eves := range []bool{false, true} {
			got := deadline.ForResponse(deadline.Input{Received: d, RollEves: eves})
			if want := civil(slow.response(day, 1, nil, d, eves)); got.Due != want || got.Hard != want {
				t.Fatalf("received %v, eves %v: due %v, hard %v, want %v", d, eves, got.Due, got.Hard, want)
			}
			if want := civil(slow.response(day, 3, nil, d, eves)); got.Extended != want || got.ExtendedHard != want {
				t.Fatalf("received %v, eves %v: extended %v, hard %v, want %v", d, eves, got.Extended, got.ExtendedHard, want)
			}
		}
		appeal := day
		for range 21 {
			appeal = next(appeal)
		}
		if got, want := deadline.ForAppeal(d).Due, civil(slow.roll(appeal, true)); got != want {
			t.Fatalf("served %v: appeal by %v, want %v", d, got, want)
		}
		before := day.Add(-24 * time.Hour)
		for slow.free[before] {
			before = before.Add(-24 * time.Hour)
		}
		if got, want := deadline.DeemedReceived(d), civil(before); got != want {
			t.Fatalf("emptied %v: deemed received %v, want %v", d, got, want)
		}
	}
}

func TestAnyPausesAgreeWithTheSlowWalk(t *testing.T) {
	t.Parallel()
	slow := newAlmanac()
	rapid.Check(t, func(t *rapid.T) {
		in := anyInput(t)
		if err := in.Validate(); err != nil {
			t.Fatalf("%+v: %v", in, err)
		}
		got := deadline.ForResponse(in)
		received := in.Received.In(time.UTC)
		for _, c := range []struct {
			name   string
			got    calendar.Date
			months int
			pauses []deadline.Pause
		}{
			{"hard", got.Hard, 1, nil},
			{"due", got.Due, 1, in.Pauses},
			{"extended hard", got.ExtendedHard, 3, nil},
			{"extended", got.Extended, 3, in.Pauses},
		} {
			if want := civil(slow.response(received, c.months, c.pauses, in.Today, in.RollEves)); c.got != want {
				t.Errorf("%s of %+v: %v, want %v", c.name, in, c.got, want)
			}
		}
	})
}

func anyInput(t *rapid.T) deadline.Input {
	days := civil(midnight(lastYear, 12, 31)).Sub(calendar.New(firstYear, time.January, 1))
	in := deadline.Input{
		Received: calendar.New(firstYear, time.January, 1).AddDays(rapid.IntRange(0, days).Draw(t, "received")),
		Extended: rapid.Bool().Draw(t, "extended"),
		RollEves: rapid.Bool().Draw(t, "roll eves"),
	}
	in.Today = in.Received.AddDays(rapid.IntRange(0, 90).Draw(t, "today"))
	for range rapid.IntRange(0, 4).Draw(t, "pauses") {
		p := deadline.Pause{From: in.Received.AddDays(rapid.IntRange(0, 60).Draw(t, "from"))}
		if !rapid.Bool().Draw(t, "open") {
			p.To = p.From.AddDays(rapid.IntRange(0, 40).Draw(t, "length"))
		}
		in.Pauses = append(in.Pauses, p)
	}
	return in
}

func midnight(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

func next(day time.Time) time.Time { return day.Add(24 * time.Hour) }

func civil(day time.Time) calendar.Date { return calendar.New(day.Date()) }
