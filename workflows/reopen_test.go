package workflows_test

import (
	"context"
	"errors"
	"testing"

	"insyn/workflows"
)

// count is one number from the database.
func (s staged) count(sql string) int64 {
	s.T.Helper()
	var n int64
	s.must(s.DB.Owner.Raw(sql).Scan(&n).Error)
	return n
}

// TestAFileIsGivenAgainToWhoOpenedIt: nothing that was not opened, to nobody else, in the read log each time, and neither receipt
// nor service.
func TestAFileIsGivenAgainToWhoOpenedIt(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := decidedCase(t, true)
	s.Work()
	letter := s.mine(s.number).Letter.ID
	if _, _, err := s.ReopenAnswer(ctx, s.maja, letter); !errors.Is(err, workflows.ErrNotFound) {
		t.Fatalf("before it was opened: %v", err)
	}
	if n := s.count("select count(*) from services") + s.count("select count(*) from deliveries"); n != 0 {
		t.Fatalf("%d receipts and services without an opening", n)
	}
	first := s.Read(s.OpenAnswer(ctx, s.maja, letter))
	events, read := s.count("select count(*) from events"), s.count("select count(*) from read_log")
	for range 3 {
		if again := s.Read(s.ReopenAnswer(ctx, s.maja, letter)); again != first {
			t.Error("it is another file")
		}
	}
	if services, receipts := s.count("select count(*) from services"), s.count("select count(*) from deliveries"); services != 1 || receipts != 1 {
		t.Errorf("%d services and %d receipts after one opening", services, receipts)
	}
	if n := s.count("select count(*) from events"); n != events {
		t.Errorf("%d events more", n-events)
	}
	if n := s.count("select count(*) from read_log"); n != read+3 {
		t.Errorf("%d in the read log after three readings", n-read)
	}
	for name, a := range map[string]struct{ who string }{"the ombud": {"ombud BUN"}, "the servicecenter": {"servicecenter"}} {
		if _, _, err := s.ReopenAnswer(ctx, s.As(a.who), letter); !errors.Is(err, workflows.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := s.ReopenAnswer(ctx, s.Resident("198404012380"), letter); !errors.Is(err, workflows.ErrNotFound) {
		t.Errorf("somebody else: %v", err)
	}
}
