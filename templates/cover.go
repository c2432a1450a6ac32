package templates

import (
	"fmt"
	"io"
	"time"

	"insyn/internal/pdf"
)

// CoverSheets writes a sheet for each receiver of a sealed envelope: name and address in the window, and the municipality as
// sender. Nothing on it tells which of its authorities the envelope is from or what it is about (decision 0027). Each of to is
// a name and an address, line by line; day is when the sheets are made.
func (s *Set) CoverSheets(dst io.Writer, to [][]string, day time.Time) error {
	w, err := pdf.New(dst, pdf.Meta{Title: s.T("sv", "print.cover-title", nil), Author: s.look.Municipality, Lang: "sv-SE", Created: day,
		PageOf: func(int, int) string { return "" }}, pdf.Options{})
	if err != nil {
		return fmt.Errorf("cover sheets: %w", err)
	}
	sender := []string{s.look.Municipality}
	if address := s.look.postalAddress(); address != "" {
		sender = append(sender, address)
	}
	for _, lines := range to {
		w.Letterhead(pdf.Letterhead{Sender: sender, To: lines})
	}
	if _, err := w.Close(); err != nil {
		return fmt.Errorf("cover sheets: %w", err)
	}
	return nil
}
