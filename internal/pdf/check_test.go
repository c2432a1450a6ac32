package pdf_test

import (
	"strings"
	"testing"

	"insyn/internal/pdf"
	"insyn/internal/pdf/pdfcheck"
)

func TestStructure(t *testing.T) {
	t.Parallel()
	pdfcheck.Report(t, "letter", letter(t, pdf.Options{}))
	pdfcheck.Report(t, "extract", extract(t, pdf.Options{}))
	pdfcheck.Report(t, "everything", everything(t, pdf.Options{}))
}

// TestAloud reads the letter as a screen reader does.
func TestAloud(t *testing.T) {
	t.Parallel()
	s, err := pdfcheck.Aloud(letter(t, pdf.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, want := range []string{
		"Exempelby kommuns märke\nExempelby kommun\nSocialnämnden\nDatum 30 april 2027\n", "Maja Lindqvist\n",
		"\nBeslut om registerutdrag\nBeslut\nDu får en kopia av de uppgifter vi har om dig, 56 sidor. Två handlingar lämnar vi inte ut.\n",
		"Det står i 26 kap. 5 § offentlighets- och sekretesslagen.", "Skriv\n• vilket beslut du överklagar, gärna numret SN-2027-00118\n",
		"dataskyddsombudet@exempelby.example\n0980-31 92 20\n",
	} {
		i := strings.Index(s[at:], want)
		if i < 0 {
			t.Fatalf("%q does not come after the words before it:\n%s", want, s)
		}
		at += i + len(want) - 1
	}
}
