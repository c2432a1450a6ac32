package lix_test

import (
	"strings"
	"testing"

	"insyn/internal/lix"
)

func TestOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"":                                   0,
		" .\n":                               0,
		"Ring oss.":                          2,
		"Ring oss":                           2,
		"Ring oss.\n\nVi hjälper dig gärna.": 3 + 17, // six words in two sentences, one of them long
		"Vi har öppet kl. 8.":                3,      // “kl.” ends no thought, but counts: two sentences of five words would be 2.5
		"servicecenter@exempelby.example":    101,    // an address is one long word
	} {
		if got := lix.Of(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	hard := strings.Repeat("erforderliga handlingar tillhandahålles vederbörande avseende ", 6)
	if got := lix.Of(hard); got <= lix.Hard {
		t.Errorf("officialese has %d", got)
	}
}
