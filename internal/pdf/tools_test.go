package pdf_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"insyn/internal/pdf"
)

func TestSameBytes(t *testing.T) {
	t.Parallel()
	if !bytes.Equal(letter(t, pdf.Options{}), letter(t, pdf.Options{})) {
		t.Error("the same letter gave other bytes")
	}
	if !bytes.Equal(extract(t, pdf.Options{}), extract(t, pdf.Options{})) {
		t.Error("the same extract gave other bytes")
	}
}

// saved writes a document where a tool can read it.
func saved(t testing.TB, data []byte) string {
	t.Helper()
	f := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(f, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return f
}

// tool runs an outside checker. Where it is missing the test fails; scripts/setup.sh installs it.
func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v (scripts/setup.sh test installs what is missing)\n%s", name, err, out)
	}
	return string(out)
}

func TestTools(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{"letter": letter(t, pdf.Options{}), "extract": extract(t, pdf.Options{})} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := saved(t, data)
			if out := tool(t, "qpdf", "--check", f); !strings.Contains(out, "No syntax or stream encoding errors") {
				t.Error(out)
			}
			for _, want := range []string{"Tagged:          yes", "JavaScript:      no", "Encrypted:       no", "PDF version:     1.7", "Page size:       595.28 x 841.89 pts (A4)"} {
				if out := tool(t, "pdfinfo", f); !strings.Contains(out, want) {
					t.Errorf("pdfinfo does not say %q:\n%s", want, out)
				}
			}
			for line := range strings.Lines(tool(t, "pdffonts", f)) {
				if strings.Contains(line, "TrueType") && !strings.Contains(line, "yes yes yes") {
					t.Errorf("a font that is not embedded, cut and mapped: %s", line)
				}
			}
		})
	}
}

// TestTextInReadingOrder reads the letter with pdftotext, in the order it is written in.
func TestTextInReadingOrder(t *testing.T) {
	t.Parallel()
	got := strings.Join(strings.Fields(tool(t, "pdftotext", "-raw", saved(t, letter(t, pdf.Options{})), "-")), " ")
	want := "Exempelby kommun Socialnämnden Datum 30 april 2027 Diarienummer SN-2027-00118 Ärende INS-2027-00042-SN Maja Lindqvist Björkvägen 4 999 91 Exempelby " +
		"Beslut om registerutdrag Beslut Du får en kopia av de uppgifter vi har om dig, 56 sidor. Två handlingar lämnar vi inte ut. Därför får du inte två av handlingarna En skrivelse från september 2025. " +
		"Den innehåller uppgifter som en annan person har lämnat. Personen kan ta skada om vi lämnar ut dem. Uppgifterna är därför hemliga, även för dig. Det står i 26 kap. 5 § offentlighets- och sekretesslagen."
	if !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s", got)
	}
	if !strings.Contains(got, "ditt namn, personnummer, telefonnummer och din adress. Skicka till Socialnämnden") || !strings.Contains(got, "dataskyddsombudet@exempelby.example 0980-31 92 20") {
		t.Errorf("got\n%s", got)
	}
}

// TestPreflight has Apache Preflight check a twin of the document that calls itself PDF/A-1b, the only part it knows.
func TestPreflight(t *testing.T) {
	t.Parallel()
	const j = "/usr/share/java/"
	jars := []string{"preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "javax.activation", "jaxb-api"}
	for i, name := range jars {
		jars[i] = j + name + ".jar"
		if _, err := os.Stat(jars[i]); err != nil {
			t.Fatalf("%v (scripts/setup.sh test installs what is missing)", err)
		}
	}
	args := []string{"-cp", strings.Join(jars, ":"), "org.apache.pdfbox.preflight.Validator_A1b", saved(t, everything(t, pdf.Options{A1Twin: true}))}
	if out := tool(t, "java", args...); !strings.Contains(out, "is a valid PDF/A-1b file") {
		t.Error(out)
	}
}

// TestVeraPDF runs where someone has veraPDF, which no package archive has.
func TestVeraPDF(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("verapdf"); err != nil {
		t.Log("veraPDF is not installed; the other checkers speak for it")
		return
	}
	f := saved(t, everything(t, pdf.Options{}))
	for _, flavour := range []string{"2a", "ua1"} {
		if out := tool(t, "verapdf", "--flavour", flavour, "--format", "text", f); !strings.HasPrefix(out, "PASS") {
			t.Errorf("%s: %s", flavour, out)
		}
	}
}
