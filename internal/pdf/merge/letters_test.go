package merge_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"insyn/internal/pdf"
)

// ours is a letter that internal/pdf has written.
func ours(t *testing.T, to string, paragraphs int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := pdf.New(&b, pdf.Meta{Title: "Beslut", Lang: "sv-SE", Running: "INS-2026-00042-SN", Created: time.Date(2026, 9, 10, 10, 0, 0, 0, time.UTC)}, pdf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.Letterhead(pdf.Letterhead{Sender: []string{"Exempelby kommun"}, To: []string{to, "Björkvägen 4", "999 91 Exempelby"}})
	w.Heading(1, pdf.Span{Text: "Beslut"})
	for i := range paragraphs {
		w.Paragraph(pdf.Style{}, pdf.Span{Text: fmt.Sprintf("Stycke %d. ", i+1) + strings.Repeat("Ärlig text å vår sida. ", 20)}, pdf.Span{Text: "imy.se", URI: "https://www.imy.se/"})
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestLettersOfOursAreBound: the same pages with the same words at the same places, as they were before.
func TestLettersOfOursAreBound(t *testing.T) {
	t.Parallel()
	one, two := ours(t, "Åsa Öberg", 16), ours(t, "Maja Lindqvist", 1)
	got := bind(t, one, two)
	run(t, got, "qpdf", "--check", "FILE")
	words := func(file []byte, from, to int) string {
		return run(t, file, "pdftotext", "-bbox", "-f", fmt.Sprint(from), "-l", fmt.Sprint(to), "FILE", "-")
	}
	pages := strings.Count(run(t, one, "pdftotext", "FILE", "-"), "\f")
	if pages%2 == 0 {
		t.Fatalf("the first letter has %d pages; the test is of an odd number", pages)
	}
	body := func(s string) string {
		_, s, _ = strings.Cut(s, "<doc>")
		return s
	}
	if body(words(got, 1, pages)) != body(words(one, 1, pages)) {
		t.Error("the first letter's words stand elsewhere")
	}
	if body(words(got, pages+2, pages+2)) != body(words(two, 1, 1)) {
		t.Error("the second letter's words stand elsewhere")
	}
}
