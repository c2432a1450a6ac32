package demoidp

import (
	"testing"
	"time"

	"insyn/internal/clock"
)

// A flood of logins is turned away; room comes back as codes end.
func TestVaultIsBounded(t *testing.T) {
	t.Parallel()
	c := clock.NewSettable(time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC))
	v := newVault[int](c, time.Minute)
	first := ""
	for i := range vaultSize {
		name, ok := v.put(i)
		if !ok {
			t.Fatalf("no room for %d", i)
		}
		if i == 0 {
			first = name
		}
	}
	if _, ok := v.put(0); ok || len(v.values) != vaultSize {
		t.Fatalf("holds %d", len(v.values))
	}
	if n, ok := v.get(first); !ok || n != 0 {
		t.Fatal("a live value was pushed out")
	}
	c.Advance(time.Minute)
	if _, ok := v.get(first); ok {
		t.Fatal("an ended value lives")
	}
	if _, ok := v.put(0); !ok || len(v.values) != 1 {
		t.Fatalf("no room after they ended: holds %d", len(v.values))
	}
}
