package workflows

import (
	"testing"

	"pgregory.net/rapid"
)

// TestExactlyOneOutcomeFits: whatever was found, kept, changed or withheld, one outcome of a right says it and no other.
func TestExactlyOneOutcomeFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string) int { return rapid.IntRange(0, 3).Draw(t, name) }
		sensitive := rapid.Bool().Draw(t, "sensitive")
		for _, r := range Rights() {
			m := material{}
			if r.Works == WorksCopies {
				m.Released, m.Withheld = n("released"), n("withheld")
			} else {
				m.Changed, m.Kept = n("changed"), n("kept")
				m.Secret = rapid.IntRange(0, m.Kept).Draw(t, "secret")
				if len(r.Measures) > 1 {
					m.Supplemented = n("supplemented")
				}
			}
			var fit []string
			for _, o := range r.Outcomes {
				if o.fits(m, sensitive) {
					fit = append(fit, string(o.Outcome))
				}
			}
			if len(fit) != 1 {
				t.Fatalf("%s with %+v (sensitive: %v): %v fit", r.Right, m, sensitive, fit)
			}
		}
	})
}
