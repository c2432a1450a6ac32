package pdf

import (
	"io"
	"strings"
	"testing"
	"time"
)

// setAs breaks a text into lines of a width in points and writes the hyphens that show.
func setAs(t *testing.T, s Span, width float64) string {
	t.Helper()
	w, err := New(io.Discard, Meta{Title: "x", Created: time.Date(2027, 4, 30, 9, 0, 0, 0, time.UTC)}, Options{Missing: Spell})
	if err != nil {
		t.Fatal(err)
	}
	r := w.shape([]Span{s}, regular)
	var lines []string
	for _, l := range r.lines(sizeBody, width) {
		if l.width(sizeBody) > width {
			t.Errorf("%q: a line is wider than its column", s.Text)
		}
		line := strings.TrimSpace(r.between(l.from, l.to))
		if l.hyphen {
			line += "~"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "|")
}

func TestBreaks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		width float64
		want  string
	}{
		{"Du får en kopia av uppgifterna.", 90, "Du får en kopia av|uppgifterna."},
		{"socialtjänstnämndens", 80, "socialtjänst~|nämndens"},
		{"dataskyddsombudet", 70, "dataskydds~|ombudet"},
		{"en dataskyddsombudsfunktion", 90, "en dataskydds~|ombudsfunktion"},
		{"personuppgiftsbehandling", 80, "personuppgifts~|behandling"},
		{"lagförslagen angelägenhet", 72, "lagförslagen|angelägenhet"},
		{"lagförslagen angelägenhet", 60, "lagförsla~|gen|angelägen~|het"},
		{"kvadratmeterpriserna", 60, "kvadratme~|terpriserna"},
		{"för\u00advalt\u00adnings\u00adlag", 50, "förvalt~|ningslag"},
		{"xxxxxxxxxxxxxxxxxxxxxxxx", 50, "xxxxxxxxx|xxxxxxxxx|xxxxxx"},
		{"offentlighets- och sekretesslagen", 75, "offentlighets-|och|sekretesslagen"},
		{"e-tjänst", 20, "e-|tjän|st"},
		{"registrator@exempelby.example", 75, "registrator@|exempelby.|example"},
		{"https://www.exempelby.example/data/skydd", 110, "https://www.|exempelby.example/|data/skydd"},
		{"1 234 567,89 kr", 40, "1 234|567,89|kr"},
		{"26 kap. 5\u00a0§ OSL", 45, "26 kap.|5\u00a0§ OSL"},
		{"rad ett\nrad två", 200, "rad ett|rad två"},
		{"  många \t blanka  ", 200, "många blanka"},
		{"b\u0302\u0302\u0302b\u0302", 8, "b\u0302\u0302\u0302|b\u0302"},
	} {
		if got := setAs(t, Span{Text: c.text}, c.width); got != c.want {
			t.Errorf("%q at %g: %q; want %q", c.text, c.width, got, c.want)
		}
	}
	if got := setAs(t, Span{Text: "dataskyddsombudet", Lang: "en"}, 70); strings.Contains(got, "~") {
		t.Errorf("a word in another language is hyphenated by Swedish rules: %q", got)
	}
	if got := setAs(t, Span{Text: "dataskyddsombudet", Mono: true}, 70); strings.Contains(got, "~") {
		t.Errorf("code is hyphenated: %q", got)
	}
}
