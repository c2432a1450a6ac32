package templates_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"insyn/internal/calendar"
	"insyn/internal/pack"
	"insyn/templates"
)

// TestReadme: Notepad shows it right, it is in both languages, no line is too long, and its name can be unpacked.
func TestReadme(t *testing.T) {
	t.Parallel()
	s, err := templates.New(templates.DefaultLook("Exempelby kommun"))
	if err != nil {
		t.Fatal(err)
	}
	got := string(s.Readme(templates.Readme{Number: "INS-2026-00042-SN", Controller: "Socialnämnden", Made: calendar.New(2026, 3, 20), KeysURL: "https://insyn.exempelby.example/kontrollera-paket"}))
	text, ok := strings.CutPrefix(got, "\uFEFF")
	if !ok || !utf8.ValidString(text) || strings.Count(text, "\n") != strings.Count(text, "\r\n") || strings.Count(text, "\r") != strings.Count(text, "\n") {
		t.Error("not as Notepad wants it")
	}
	for _, want := range []string{"LÄS MIG FÖRST", "READ ME FIRST", "INS-2026-00042-SN", "Socialnämnden", "20 mars 2026", "20 March 2026", "Beslut.pdf", "Registerutdrag.pdf", "https://insyn.exempelby.example/kontrollera-paket\r\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for line := range strings.Lines(text) {
		if utf8.RuneCountInString(strings.TrimRight(line, "\r\n")) > 80 || strings.Contains(line, "⟦") {
			t.Errorf("%q", line)
		}
	}
	if err := pack.CheckName(templates.ReadmeName); err != nil {
		t.Error(err)
	}
}
