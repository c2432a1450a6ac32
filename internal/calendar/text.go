package calendar

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Parse reads a date written as 2026-03-05 and nothing else: no spaces, no other separators, four digits of year. The
// day must exist. The error does not repeat the input, which may come from a person's form.
func Parse(s string) (Date, error) {
	if len(s) != len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return Date{}, errForm
	}
	year, okYear := digits(s[0:4])
	month, okMonth := digits(s[5:7])
	day, okDay := digits(s[8:10])
	if !okYear || !okMonth || !okDay {
		return Date{}, errForm
	}
	d := Date{Year: year, Month: time.Month(month), Day: day}
	if !d.exists() {
		return Date{}, errNoSuchDay
	}
	return d, nil
}

// parseError is a constant error, so that the package has no variable to overwrite.
type parseError string

func (e parseError) Error() string { return string(e) }

const (
	errForm      parseError = "not a date of the form YYYY-MM-DD"
	errNoSuchDay parseError = "there is no such day"
)

// digits reads s as a number if it consists of ASCII digits only. strconv would also take a sign.
func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// String writes d as ISO 8601, 2026-03-05; the zero Date is the empty string.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// MarshalText writes d as String does, for JSON and text.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote; empty text is the zero Date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Value gives the database the date as ISO text, which PostgreSQL reads into a date column whatever its DateStyle; the
// zero Date is NULL.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads a date column; NULL is the zero Date. The driver hands a date over as midnight UTC, which is read as the
// civil date it stands for and not moved to Stockholm.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case time.Time:
		year, month, day := v.Date()
		*d = Date{Year: year, Month: month, Day: day}
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	default:
		return fmt.Errorf("calendar: cannot read a date from %T", src)
	}
}

// GormDataType is the column type GORM uses for a Date.
func (Date) GormDataType() string { return "date" }
