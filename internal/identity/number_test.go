package identity

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// referenceYear is the year the tests are read in.
const referenceYear = 2026

// record is a line of the published test numbers.
type record struct{ kind, number string }

// records reads Skatteverket's test numbers, which never belong to a person.
func records(t testing.TB) []record {
	t.Helper()
	f, err := os.Open("testdata/test-identities.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []record
	for _, row := range rows[1:] {
		out = append(out, record{row[0], row[1]})
	}
	if len(out) < 500 {
		t.Fatalf("only %d test numbers", len(out))
	}
	return out
}

func TestEveryTestNumberIsRead(t *testing.T) {
	t.Parallel()
	monthless, dayless := 0, 0
	for _, r := range records(t) {
		n, err := ParseNumber(r.number, referenceYear)
		if err != nil {
			t.Errorf("line of kind %s: %v", r.kind, err)
			continue
		}
		if n.String12() != r.number || n.Hyphenated() != r.number[:8]+"-"+r.number[8:] {
			t.Errorf("came out different: %s", r.number)
		}
		if got := n.Kind().String(); got != r.kind {
			t.Errorf("%s is taken for a %s", r.number, got)
		}
		if r.number[4:6] == "00" {
			monthless++
		}
		if r.number[6:8] == "60" {
			dayless++
		}
	}
	if monthless == 0 || dayless == 0 {
		t.Error("the list lost its numbers without month or day, which are the hard ones")
	}
}

func TestEveryWayOfWriting(t *testing.T) {
	t.Parallel()
	for _, r := range records(t) {
		year := number(r.number[:4])
		short, last := r.number[2:8], r.number[8:]
		sign := "-"
		if referenceYear-year >= 100 {
			sign = "+"
		}
		ways := []string{
			short + sign + last,
			r.number[:8] + "-" + last, r.number[:8] + "+" + last, r.number,
			" " + r.number[:8] + " \u2013 " + last + "\n", r.number[:8] + "\u2212" + last, r.number[:8] + "\u00a0" + last,
		}
		if sign == "-" {
			ways = append(ways, short+last)
		}
		for _, way := range ways {
			n, err := ParseNumber(way, referenceYear)
			if err != nil || n.String12() != r.number {
				t.Errorf("%q: %s, %v, expected %s", way, n.String12(), err, r.number)
			}
		}
	}
}

// A wrong check digit, and two neighbours changed about, are what the check digit is there to find. It finds every single
// wrong digit, and every change of neighbours but 0 with 9.
func TestEveryWrongDigitIsFound(t *testing.T) {
	t.Parallel()
	for _, r := range records(t) {
		for i := 2; i < 12; i++ {
			for d := byte('0'); d <= '9'; d++ {
				if d == r.number[i] {
					continue
				}
				if _, err := ParseNumber(r.number[:i]+string(d)+r.number[i+1:], referenceYear); err == nil {
					t.Fatalf("digit %d of %s may be %c", i, r.number, d)
				}
			}
			if i == 11 || r.number[i] == r.number[i+1] || r.number[i]+r.number[i+1] == '0'+'9' && (r.number[i] == '0' || r.number[i] == '9') {
				continue
			}
			swapped := r.number[:i] + string(r.number[i+1]) + string(r.number[i]) + r.number[i+2:]
			if _, err := ParseNumber(swapped, referenceYear); err == nil {
				t.Fatalf("digits %d and %d of %s may change places", i, i+1, r.number)
			}
		}
	}
}

// checked appends the check digit to eleven digits, so that a number is refused for nothing but what the test is about.
// The result is never one that could be somebody's: each has an impossible date or birth number, or lies in the future.
func checked(eleven string) string {
	for c := byte('0'); c <= '9'; c++ {
		if luhn(eleven[2:] + string(c)) {
			return eleven + string(c)
		}
	}
	panic("no digit fits")
}

func TestRefused(t *testing.T) {
	t.Parallel()
	some := records(t)[0].number
	for _, tc := range []struct {
		name, in string
		want     error
	}{
		{"empty", "", ErrFormat},
		{"eleven digits", some[:11], ErrFormat},
		{"thirteen digits", some + "1", ErrFormat},
		{"nine digits and a sign", "1-2345678", ErrFormat},
		{"sign in another place", some[:6] + "-" + some[6:], ErrFormat},
		{"two signs", some[:8] + "--" + some[8:], ErrFormat},
		{"slash", some[:8] + "/" + some[8:], ErrFormat},
		{"letters", "ÅÄÖ", ErrFormat},
		{"other digits", strings.Repeat("\u0663", 6), ErrFormat},
		{"very long", strings.Repeat("1", 1<<20), ErrFormat},
		{"interim, ten", some[2:8] + "-T" + some[9:], ErrInterim},
		{"interim, twelve", some[:8] + "r" + some[9:], ErrInterim},
		{"letter elsewhere", some[:9] + "T" + some[10:], ErrFormat},
		{"30 February", checked("20000230" + "238"), ErrDate},
		{"29 February of a common year", checked("19000229" + "238"), ErrDate},
		{"31 April", checked("19840431" + "238"), ErrDate},
		{"month 13", checked("19841301" + "238"), ErrDate},
		{"month 00, personnummer", checked("19840001" + "238"), ErrDate},
		{"day 00", checked("19840400" + "238"), ErrDate},
		{"day 32", checked("19840432" + "238"), ErrDate},
		{"day 59", checked("19840459" + "238"), ErrDate},
		{"day 92", checked("19840492" + "238"), ErrDate},
		{"month 13, coordination", checked("19841361" + "238"), ErrDate},
		{"birth number 000", checked("19840401" + "000"), ErrFormat},
		{"next year", checked("20270401" + "238"), ErrDate},
		{"too long ago", checked("17990401" + "238"), ErrDate},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			n, err := ParseNumber(tc.in, referenceYear)
			if !errors.Is(err, tc.want) || !n.IsZero() {
				t.Errorf("%v, expected %v", err, tc.want)
			}
			if err != nil && tc.in != "" && strings.Contains(err.Error(), tc.in) {
				t.Error("the message repeats the number")
			}
		})
	}
}

// The sign changes on new year's day of the year a person turns one hundred.
func TestCenturyTurnsWithTheYear(t *testing.T) {
	t.Parallel()
	for _, r := range records(t) {
		year := number(r.number[:4])
		short := r.number[2:8]
		for _, tc := range []struct {
			sign string
			in   int
		}{{"-", year}, {"-", year + 99}, {"+", year + 100}, {"+", year + 199}} {
			n, err := ParseNumber(short+tc.sign+r.number[8:], tc.in)
			if err != nil || n.String12() != r.number {
				t.Fatalf("%s of %s in %d: %v", tc.sign, r.number, tc.in, err)
			}
		}
		if n, err := ParseNumber(short+"-"+r.number[8:], year+100); err == nil && n.String12() == r.number {
			t.Fatalf("%s is still young at a hundred", r.number)
		}
	}
}

func TestNumbersDoNotPrint(t *testing.T) {
	t.Parallel()
	n, err := ParseNumber(records(t)[0].number, referenceYear)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if text := fmt.Sprintf(verb, n); strings.Contains(text, n.String12()[2:8]) {
			t.Errorf("%s: %s", verb, text)
		}
	}
	if n.LogValue().String() != "********-****" {
		t.Error("the log has the number")
	}
	var none Number
	if none.Hyphenated() != "" || none.String12() != "" || none.Kind() != 0 || none.Kind().String() != "none" {
		t.Error("the zero number is something")
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, r := range records(f)[:20] {
		f.Add(r.number, referenceYear)
		f.Add(r.number[2:8]+"+"+r.number[8:], referenceYear)
	}
	f.Add("\xff\u2013", 0)
	f.Add("0000000000", -1)
	f.Fuzz(func(t *testing.T, s string, year int) {
		n, err := ParseNumber(s, year)
		if err != nil {
			if !n.IsZero() {
				t.Error("an error and a number")
			}
			return
		}
		if len(n.String12()) != 12 || !allDigits(n.String12()) || number(n.String12()[:4]) > year {
			t.Errorf("%q in %d gives %q", s, year, n.String12())
		}
		for _, form := range []string{n.String12(), n.Hyphenated()} {
			if again, err := ParseNumber(form, year); err != nil || again != n {
				t.Errorf("%q does not come back: %v", form, err)
			}
		}
	})
}
