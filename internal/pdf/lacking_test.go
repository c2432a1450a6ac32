package pdf_test

import (
	"testing"

	"insyn/internal/pdf"
)

func TestWhatTheFontsLackCanBeAskedBeforehand(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Räksmörgås – 26\u00a0kap. 5\u00a0§ ”ja” a\u030a": "",
		"Tack 漢, tack 漢字": "漢字",
		"شكرا":            "شكرا",
		"":                "",
	} {
		if got := string(pdf.Lacking(text)); got != want {
			t.Errorf("%q lacks %q, want %q", text, got, want)
		}
	}
}
