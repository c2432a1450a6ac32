package pdf_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
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

func TestQPDF(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{"letter": letter(t, pdf.Options{}), "extract": extract(t, pdf.Options{})} {
		f := filepath.Join(t.TempDir(), name+".pdf")
		if err := os.WriteFile(f, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), "qpdf", "--check", f).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
