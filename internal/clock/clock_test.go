package clock_test

import (
	"sync"
	"testing"
	"time"

	"insyn/internal/clock"
)

func TestSystemTellsWholeMicrosecondsInUTC(t *testing.T) {
	t.Parallel()
	before := time.Now().Add(-time.Microsecond)
	now := clock.System().Now()
	if now.Location() != time.UTC {
		t.Errorf("location %v, want UTC", now.Location())
	}
	if now.Nanosecond()%1000 != 0 {
		t.Errorf("%d ns is not a whole number of microseconds", now.Nanosecond())
	}
	if now.Before(before) || now.After(time.Now()) {
		t.Errorf("%v is not the present instant", now)
	}
}

func TestSettableStandsStillUntilMoved(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, time.March, 29, 3, 0, 0, 0, time.FixedZone("+02", 2*60*60))
	c := clock.NewSettable(start)
	assertNow := func(want time.Time) {
		t.Helper()
		if got := c.Now(); !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("now %v, want %v in UTC", got, want)
		}
	}
	assertNow(start)
	c.Advance(90 * time.Minute)
	assertNow(start.Add(90 * time.Minute))
	c.Advance(-2 * time.Hour)
	assertNow(start.Add(-30 * time.Minute))
	c.Set(start.AddDate(1, 0, 0))
	assertNow(start.AddDate(1, 0, 0))
}

// Run with -race: the clock is read by workers while a test moves it, and no step may be lost.
func TestSettableIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	var c clock.Clock = clock.NewSettable(start)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 100 {
				c.(*clock.Settable).Advance(time.Second)
				c.Now()
			}
		})
	}
	wg.Wait()
	if want := start.Add(1600 * time.Second); !c.Now().Equal(want) {
		t.Errorf("now %v, want %v", c.Now(), want)
	}
}
