package deadline_test

import (
	"errors"
	"testing"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
)

func TestResponseVectors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, received, due, extended string
		eves                          string // due date when eves roll, if another
	}{
		{"1 Easter", "2026-03-05", "2026-04-07", "2026-06-05", ""},
		{"2 EDPB ex. 33", "2026-08-31", "2026-09-30", "2026-11-30", ""},
		{"3 leap clamp", "2024-01-31", "2024-02-29", "2024-04-30", ""},
		{"5 clamp to a Saturday", "2026-01-29", "2026-03-02", "2026-04-29", ""},
		{"6 same due as 5", "2026-01-30", "2026-03-02", "2026-04-30", ""},
		{"7 received on Saturday", "2026-01-31", "2026-03-02", "2026-04-30", ""},
		{"9 leap day", "2028-02-29", "2028-03-29", "2028-05-29", ""},
		{"10 Good Friday to Monday", "2026-03-03", "2026-04-07", "2026-06-03", ""},
		{"11 6 June on a Saturday", "2026-03-06", "2026-04-07", "2026-06-08", ""},
		{"12 Easter 2025", "2025-03-18", "2025-04-22", "2025-06-18", ""},
		{"14 1 May", "2026-04-01", "2026-05-04", "2026-07-01", ""},
		{"15 Ascension", "2026-04-14", "2026-05-15", "2026-07-14", ""},
		{"17 Whit Monday works", "2025-05-06", "2025-06-09", "2025-08-06", ""},
		{"18 Midsummer Eve", "2026-05-19", "2026-06-19", "2026-08-19", "2026-06-22"},
		{"19 Midsummer Day", "2026-05-20", "2026-06-22", "2026-08-20", ""},
		{"21 New Year", "2026-10-01", "2026-11-02", "2027-01-04", ""},
		{"22 Christmas Eve", "2026-11-24", "2026-12-24", "2027-02-24", "2026-12-28"},
		{"23 eve, two holidays, weekend", "2025-11-24", "2025-12-24", "2026-02-24", "2025-12-29"},
		{"24 Christmas", "2026-11-25", "2026-12-28", "2027-02-25", ""},
		{"27 into a leap month", "2027-11-30", "2027-12-30", "2028-02-29", ""},
		{"29 received on a holiday", "2026-05-14", "2026-06-15", "2026-08-14", ""},
		{"32 summer time begins", "2026-03-29", "2026-04-29", "2026-06-29", ""},
		{"33 summer time ends", "2026-10-25", "2026-11-25", "2027-01-25", ""},
	} {
		in := deadline.Input{Received: date(t, c.received)}
		assertDates(t, c.name, deadline.ForResponse(in), c.due, c.extended)
		in.RollEves = true
		if c.eves == "" {
			c.eves = c.due
		}
		assertDates(t, c.name+", eves roll", deadline.ForResponse(in), c.eves, c.extended)
	}
}

// Vector 30: half a minute before midnight in Stockholm is still the last day of March there, and was in UTC.
func TestResponseVector30IsTheDayInStockholm(t *testing.T) {
	t.Parallel()
	sent := time.Date(2026, time.March, 31, 21, 59, 30, 0, time.UTC)
	got := deadline.ForResponse(deadline.Input{Received: calendar.DateOf(sent)})
	assertDates(t, "30", got, "2026-04-30", "2026-06-30")
}

func TestResponseVector34Letterbox(t *testing.T) {
	t.Parallel()
	emptied := date(t, "2026-04-07")
	if got := deadline.DeemedReceived(emptied).String(); got != "2026-04-02" {
		t.Errorf("deemed received %s, want 2026-04-02", got)
	}
	got := deadline.ForResponse(deadline.Input{Emptied: emptied})
	if got.Received.String() != "2026-04-02" {
		t.Errorf("received %v, want 2026-04-02", got.Received)
	}
	assertDates(t, "34", got, "2026-05-04", "2026-07-02")
}

func TestResponseVector36Pause(t *testing.T) {
	t.Parallel()
	in := deadline.Input{
		Received: date(t, "2026-09-01"),
		Pauses:   []deadline.Pause{{From: date(t, "2026-09-03"), To: date(t, "2026-09-10")}},
	}
	got := deadline.ForResponse(in)
	assertDates(t, "36", got, "2026-10-08", "2026-12-08")
	if got.Hard.String() != "2026-10-01" || got.ExtendedHard.String() != "2026-12-01" || got.PauseDays != 7 {
		t.Errorf("hard %v, extended hard %v, pause days %d", got.Hard, got.ExtendedHard, got.PauseDays)
	}
	if got.Effective() != got.Due {
		t.Errorf("effective %v, want the paused date %v", got.Effective(), got.Due)
	}
	in.Extended = true
	if got = deadline.ForResponse(in); got.Effective() != got.Extended {
		t.Errorf("effective %v, want the extended date %v", got.Effective(), got.Extended)
	}
}

func TestPausesThatOverlapCountOnceAndAnOpenOneCountsToToday(t *testing.T) {
	t.Parallel()
	pause := func(from, to string) deadline.Pause {
		p := deadline.Pause{From: date(t, from)}
		if to != "" {
			p.To = date(t, to)
		}
		return p
	}
	for _, c := range []struct {
		name   string
		pauses []deadline.Pause
		today  string
		days   int
		due    string
	}{
		{"two apart, last first", []deadline.Pause{pause("2026-09-20", "2026-09-22"), pause("2026-09-03", "2026-09-10")}, "2026-09-23", 9, "2026-10-12"},
		{"overlapping", []deadline.Pause{pause("2026-09-03", "2026-09-10"), pause("2026-09-08", "2026-09-12")}, "2026-09-23", 9, "2026-10-12"},
		{"one within the other", []deadline.Pause{pause("2026-09-03", "2026-09-10"), pause("2026-09-04", "2026-09-06")}, "2026-09-23", 7, "2026-10-08"},
		{"the same twice", []deadline.Pause{pause("2026-09-03", "2026-09-10"), pause("2026-09-03", "2026-09-10")}, "2026-09-23", 7, "2026-10-08"},
		{"touching", []deadline.Pause{pause("2026-09-03", "2026-09-05"), pause("2026-09-05", "2026-09-10")}, "2026-09-23", 7, "2026-10-08"},
		{"answered the same day", []deadline.Pause{pause("2026-09-03", "2026-09-03")}, "2026-09-23", 0, "2026-10-01"},
		{"open", []deadline.Pause{pause("2026-09-03", "")}, "2026-09-10", 7, "2026-10-08"},
		{"open, asked today", []deadline.Pause{pause("2026-09-03", "")}, "2026-09-03", 0, "2026-10-01"},
		{"open, seen from before it", []deadline.Pause{pause("2026-09-03", "")}, "2026-09-01", 0, "2026-10-01"},
		{"open over a closed one", []deadline.Pause{pause("2026-09-03", ""), pause("2026-09-05", "2026-09-08")}, "2026-09-10", 7, "2026-10-08"},
	} {
		got := deadline.ForResponse(deadline.Input{Received: date(t, "2026-09-01"), Pauses: c.pauses, Today: date(t, c.today)})
		if got.PauseDays != c.days || got.Due.String() != c.due || got.Hard.String() != "2026-10-01" {
			t.Errorf("%s: %d days, due %v, hard %v; want %d, %s, 2026-10-01", c.name, got.PauseDays, got.Due, got.Hard, c.days, c.due)
		}
	}
}

func TestForResponseLeavesTheCallersPausesAlone(t *testing.T) {
	t.Parallel()
	pauses := []deadline.Pause{
		{From: date(t, "2026-09-20"), To: date(t, "2026-09-22")},
		{From: date(t, "2026-09-03"), To: date(t, "2026-09-10")},
	}
	deadline.ForResponse(deadline.Input{Received: date(t, "2026-09-01"), Pauses: pauses})
	if pauses[0].From != date(t, "2026-09-20") {
		t.Error("the pauses were sorted in place")
	}
}

func TestAppealVectors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, served, due string }{
		{"plain", "2026-09-10", "2026-10-01"},
		{"All Saints", "2026-10-10", "2026-11-02"},
		{"Good Friday", "2026-03-13", "2026-04-07"},
		{"1 May", "2026-04-10", "2026-05-04"},
		{"Midsummer Eve rolls", "2026-05-29", "2026-06-22"},
		{"Christmas Eve rolls", "2026-12-03", "2026-12-28"},
		{"New Year's Eve rolls", "2026-12-10", "2027-01-04"},
	} {
		if got := deadline.ForAppeal(date(t, c.served)); got.Due.String() != c.due || got.Served.String() != c.served {
			t.Errorf("%s: served %v, due %v, want %s", c.name, got.Served, got.Due, c.due)
		}
	}
}

func TestSimplifiedServiceCountsTwoWeeksAfterSendingOnAnyDay(t *testing.T) {
	t.Parallel()
	sent := date(t, "2026-12-10")
	if got := deadline.ServedSimplified(sent).String(); got != "2026-12-24" {
		t.Errorf("served %s, want Christmas Eve", got)
	}
	got := deadline.ForAppealSimplified(sent)
	if got.Served.String() != "2026-12-24" || got.Due.String() != "2027-01-14" {
		t.Errorf("served %v, due %v, want 2026-12-24 and 2027-01-14", got.Served, got.Due)
	}
}

func TestIncidentsRunOnInstantsOverSummerTimeAndChristmas(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, aware, due string }{
		{"summer time ends", "2026-10-23T14:30:00+02:00", "2026-10-26T13:30:00+01:00"},
		{"summer time begins", "2026-03-27T14:30:00+01:00", "2026-03-30T15:30:00+02:00"},
		{"Christmas", "2026-12-23T16:45:00+01:00", "2026-12-26T16:45:00+01:00"},
	} {
		got := deadline.ForIncident(instant(t, c.aware))
		if !got.Equal(instant(t, c.due)) || got.Location() != time.UTC {
			t.Errorf("%s: %v, want %s in UTC", c.name, got, c.due)
		}
	}
}

func TestExtensionIsPossibleUpToAndIncludingTheHardDueDate(t *testing.T) {
	t.Parallel()
	hard := deadline.ForResponse(deadline.Input{
		Received: date(t, "2026-03-05"),
		Pauses:   []deadline.Pause{{From: date(t, "2026-03-10"), To: date(t, "2026-03-20")}},
	}).Hard
	for day, want := range map[string]bool{"2026-03-05": true, "2026-04-05": true, "2026-04-07": true, "2026-04-08": false, "2027-01-01": false} {
		if got := deadline.CanExtend(date(t, day), hard); got != want {
			t.Errorf("on %s: %v, want %v (hard due date %v)", day, got, want, hard)
		}
	}
}

func TestValidateNamesWhatIsMeaningless(t *testing.T) {
	t.Parallel()
	received := date(t, "2026-09-10")
	for _, c := range []struct {
		name string
		in   deadline.Input
		want error
	}{
		{"plain", deadline.Input{Received: received}, nil},
		{"by post", deadline.Input{Emptied: received}, nil},
		{"nothing", deadline.Input{}, deadline.ErrNoReceipt},
		{"received after the post", deadline.Input{Received: received, Emptied: date(t, "2026-09-09")}, deadline.ErrReceivedAfterPost},
		{"pause without start", deadline.Input{Received: received, Pauses: []deadline.Pause{{To: received}}}, deadline.ErrPauseWithoutStart},
		{"pause before receipt", deadline.Input{Received: received, Pauses: []deadline.Pause{{From: date(t, "2026-09-09"), To: received}}}, deadline.ErrPauseBeforeReceipt},
		{"pause from the deemed day", deadline.Input{Emptied: received, Pauses: []deadline.Pause{{From: date(t, "2026-09-09"), To: received}}}, nil},
		{"pause backwards", deadline.Input{Received: received, Pauses: []deadline.Pause{{From: date(t, "2026-09-12"), To: date(t, "2026-09-11")}}}, deadline.ErrPauseEndsBeforeFrom},
		{"open pause", deadline.Input{Received: received, Pauses: []deadline.Pause{{From: received}}}, nil},
	} {
		if got := c.in.Validate(); !errors.Is(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func assertDates(t *testing.T, name string, got deadline.Response, due, extended string) {
	t.Helper()
	if got.Due.String() != due || got.Extended.String() != extended {
		t.Errorf("%s, received %v: due %v, extended %v; want %s, %s", name, got.Received, got.Due, got.Extended, due, extended)
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

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
