// Package identity reads and writes Swedish identity numbers: personnummer and samordningsnummer.
//
// A personnummer is a real date, a birth number and a check digit (folkbokföringslagen 1991:481, 18 §). A samordningsnummer
// has 60 added to the day; its month may be 00 and its day 60, where the date is not known, so no calendar can judge it and
// no date of birth may be taken from it (lag 2022:1697). Interim numbers with a letter, used in care and universities, are
// not identity numbers and are refused. That a number is well formed does not prove that it belongs to anyone.
package identity

import (
	"errors"
	"log/slog"
	"strings"
	"time"
	"unicode"

	"insyn/internal/calendar"
)

// Reasons a number is refused. None repeats what was written.
var (
	// ErrFormat says that it is not ten or twelve digits, with or without a sign before the last four.
	ErrFormat = errors.New("identity number: not of the expected form")
	// ErrInterim says that it is an interim number, with a letter in the place of the first of the last four digits.
	ErrInterim = errors.New("identity number: interim numbers are not accepted")
	// ErrDate says that its date does not exist, or lies after the reference year or before 1800.
	ErrDate = errors.New("identity number: the date is not possible")
	// ErrCheckDigit says that the last digit does not fit the others: a digit is wrong, or two have changed places.
	ErrCheckDigit = errors.New("identity number: the check digit is wrong")
)

// Kind tells the two kinds of number apart.
type Kind int

// The kinds of number. The zero Kind belongs to the zero Number.
const (
	// Personnummer is the number of a person registered in Sweden.
	Personnummer Kind = iota + 1
	// Coordination is a samordningsnummer, the number of a person who is not.
	Coordination
)

// String names the kind as Swedish law does.
func (k Kind) String() string {
	switch k {
	case Personnummer:
		return "personnummer"
	case Coordination:
		return "samordningsnummer"
	default:
		return "none"
	}
}

const (
	// coordinationDays is what a samordningsnummer adds to the day.
	coordinationDays = 60
	earliestYear     = 1800
)

// Number is a well-formed identity number. Numbers compare with ==. It prints as stars, since it is personal data; use
// String12 or Hyphenated where the number itself is meant.
type Number struct {
	digits string // twelve digits, empty for none
}

// ParseNumber reads a number as people write it: ten or twelve digits, with "-" or "+" or nothing before the last four,
// with spaces anywhere. With ten digits the century follows from the reference year, normally the present one: "-" or
// nothing means less than a hundred years back, "+" means a hundred or more. With twelve digits the sign adds nothing.
func ParseNumber(s string, referenceYear int) (Number, error) {
	digits, plus, err := split(s)
	if err != nil {
		return Number{}, err
	}
	if len(digits) == 10 {
		digits = century(digits, plus, referenceYear) + digits
	}
	if err := checkDate(digits, referenceYear); err != nil {
		return Number{}, err
	}
	if digits[8:11] == "000" {
		return Number{}, ErrFormat
	}
	if !luhn(digits[2:]) {
		return Number{}, ErrCheckDigit
	}
	return Number{digits: digits}, nil
}

// split takes spaces and sign away and leaves ten or twelve digits.
func split(s string) (digits string, plus bool, err error) {
	// Rejected before it is copied: nothing this long is a number, whatever its spaces.
	if len(s) > 64 {
		return "", false, ErrFormat
	}
	s = strings.Map(normaliseRune, s)
	if len(s) == 11 || len(s) == 13 {
		sign := s[len(s)-5]
		if sign != '-' && sign != '+' {
			return "", false, ErrFormat
		}
		plus = sign == '+'
		s = s[:len(s)-5] + s[len(s)-4:]
	}
	if len(s) != 10 && len(s) != 12 {
		return "", false, ErrFormat
	}
	for i, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		switch {
		case c >= '0' && c <= '9':
		case letter && i == len(s)-4 && allDigits(s[:i]) && allDigits(s[i+1:]):
			return "", false, ErrInterim
		default:
			return "", false, ErrFormat
		}
	}
	return s, plus, nil
}

// normaliseRune drops spaces of every width and makes the hyphens and minus signs that word processors write plain.
func normaliseRune(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return -1
	case r == '\u2010', r == '\u2011', r == '\u2012', r == '\u2013', r == '\u2212':
		return '-'
	default:
		return r
	}
}

func allDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// century gives the two digits that ten digits lack: the latest year not after the reference year, and a hundred years
// earlier for "+", which is written from the year a person turns one hundred.
func century(digits string, plus bool, referenceYear int) string {
	c := referenceYear / 100
	if number(digits[:2]) > referenceYear%100 {
		c--
	}
	if plus {
		c--
	}
	if c < 0 || c > 99 {
		return "00" // refused as a date
	}
	return string([]byte{byte('0' + c/10), byte('0' + c%10)})
}

// checkDate judges the first eight digits.
func checkDate(digits string, referenceYear int) error {
	year, month, day := number(digits[:4]), number(digits[4:6]), number(digits[6:8])
	if year < earliestYear || year > referenceYear {
		return ErrDate
	}
	if day >= coordinationDays {
		if month > 12 || day > coordinationDays+31 {
			return ErrDate
		}
		return nil
	}
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if date.Year() != year || int(date.Month()) != month || date.Day() != day {
		return ErrDate
	}
	return nil
}

// number reads digits that are known to be digits.
func number(digits string) int {
	n := 0
	for _, c := range []byte(digits) {
		n = n*10 + int(c-'0')
	}
	return n
}

// luhn checks the ten digits' check digit (modulus 10, weights 2 and 1).
func luhn(digits string) bool {
	sum := 0
	for i, c := range []byte(digits) {
		d := int(c - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}

// String12 gives the twelve digits, the form to seal and to search by. Empty for the zero Number.
func (n Number) String12() string { return n.digits }

// Hyphenated gives the form for people, "YYYYMMDD-NNNN". Empty for the zero Number.
func (n Number) Hyphenated() string {
	if n.IsZero() {
		return ""
	}
	return n.digits[:8] + "-" + n.digits[8:]
}

// Kind tells which kind of number it is; zero for the zero Number.
func (n Number) Kind() Kind {
	switch {
	case n.IsZero():
		return 0
	case n.digits[6] >= '6':
		return Coordination
	default:
		return Personnummer
	}
}

// Born gives the date of birth of a personnummer. A samordningsnummer tells none, nor does the zero Number.
func (n Number) Born() (calendar.Date, bool) {
	if n.Kind() != Personnummer {
		return calendar.Date{}, false
	}
	return calendar.New(number(n.digits[:4]), time.Month(number(n.digits[4:6])), number(n.digits[6:8])), true
}

// IsZero tells whether there is no number.
func (n Number) IsZero() bool { return n.digits == "" }

// String hides the number.
func (n Number) String() string { return "********-****" }

// GoString hides the number.
func (n Number) GoString() string { return n.String() }

// LogValue hides the number.
func (n Number) LogValue() slog.Value { return slog.StringValue(n.String()) }
