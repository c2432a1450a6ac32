package models

import (
	"database/sql/driver"
	"errors"
	"strings"
)

// TextArray is a text[] of plain codes (letters, digits and hyphens).
type TextArray []string

// Value writes the array.
func (a TextArray) Value() (driver.Value, error) { return "{" + strings.Join(a, ",") + "}", nil }

// Scan reads the array.
func (a *TextArray) Scan(src any) error {
	s, ok := src.(string)
	if !ok {
		return errors.New("scan text[]: not text")
	}
	s = strings.Trim(s, "{}")
	*a = nil
	if s != "" {
		*a = strings.Split(s, ",")
	}
	return nil
}

// GormDataType names the column type.
func (TextArray) GormDataType() string { return "text[]" }

// UUIDArray is a uuid[], in its text form.
type UUIDArray []string

// Value writes the array.
func (a UUIDArray) Value() (driver.Value, error) { return "{" + strings.Join(a, ",") + "}", nil }

// GormDataType names the column type.
func (UUIDArray) GormDataType() string { return "uuid[]" }
