package merge_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"insyn/internal/pdf/merge"
)

// document is a PDF of so many pages that each say their own words. Its pages inherit what is the same on all of them, one
// string holds what looks like a reference, and the length of its streams stands apart.
func document(pages int, says string) []byte {
	var b bytes.Buffer
	var at []int
	obj := func(format string, args ...any) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n", len(at))
		fmt.Fprintf(&b, format, args...)
		b.WriteString("\nendobj\n")
	}
	b.WriteString("%PDF-1.7\n")
	kids := ""
	for i := range pages {
		kids += fmt.Sprintf("%d 0 R ", 5+3*i)
	}
	obj("<</Type /Catalog /Pages 2 0 R /Lang (sv) /StructTreeRoot 4 0 R>>")
	obj("<</Type /Pages /Count %d /Kids [%s] /MediaBox [0 0 595 842] /Resources <</Font <</F1 3 0 R>>>>>>", pages, kids)
	obj("<</Type /Font /Subtype /Type1 /BaseFont /Helvetica /Note (9 0 R \\) and \\( 1 0 R) /Encoding /WinAnsiEncoding>>")
	obj("<</Type /StructTreeRoot /Secret (left behind)>>")
	for i := range pages {
		n := 5 + 3*i
		text := fmt.Sprintf("BT /F1 24 Tf 72 720 Td (%s page %d) Tj ET", says, i+1)
		obj("<</Type /Page /Parent 2 0 R /Contents %d 0 R /StructParents %d /Annots []>>", n+1, i)
		obj("<</Length %d 0 R>>\nstream\n%s\nendstream", n+2, text)
		obj("%d", len(text))
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

func bind(t *testing.T, parts ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := merge.New(&b, "Utskrift")
	for _, p := range parts {
		if _, err := w.Add(bytes.NewReader(p)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// run runs a tool on a file; it must be there and succeed.
func run(t *testing.T, file []byte, tool string, args ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "f.pdf")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		args[i] = strings.ReplaceAll(a, "FILE", name)
	}
	out, err := exec.Command(tool, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", tool, err, out)
	}
	return string(out)
}

// TestEveryDocumentBeginsOnTheFrontOfASheet: order, empty backs, nothing lost and nothing left that is not printed.
func TestEveryDocumentBeginsOnTheFrontOfASheet(t *testing.T) {
	t.Parallel()
	got := bind(t, document(3, "first"), document(2, "second"), document(1, "third"), document(1, "fourth"))
	run(t, got, "qpdf", "--check", "FILE")
	pages := strings.Split(run(t, got, "pdftotext", "-layout", "FILE", "-"), "\f")
	var words []string
	for _, p := range pages[:len(pages)-1] {
		words = append(words, strings.TrimSpace(p))
	}
	want := "first page 1|first page 2|first page 3||second page 1|second page 2|third page 1||fourth page 1"
	if s := strings.Join(words, "|"); s != want {
		t.Errorf("the pages say\n%s, want\n%s", s, want)
	}
	for _, left := range []string{"StructTreeRoot", "Secret", "StructParents", "/Annots"} {
		if bytes.Contains(got, []byte(left)) {
			t.Errorf("%s came along", left)
		}
	}
	if !bytes.Contains(got, []byte(`(9 0 R \) and \( 1 0 R)`)) {
		t.Error("a string was taken for references")
	}
	for _, wants := range []string{"/PrintScaling /None", "/Duplex /DuplexFlipLongEdge"} {
		if !bytes.Contains(got, []byte(wants)) {
			t.Errorf("the file does not say %s", wants)
		}
	}
	if !bytes.Equal(got, bind(t, document(3, "first"), document(2, "second"), document(1, "third"), document(1, "fourth"))) {
		t.Error("the same documents give other bytes")
	}
	if n, err := merge.Count(bytes.NewReader(got)); err != nil || n != 9 {
		t.Errorf("%d pages counted, %v", n, err)
	}
}

// TestWhatIsNotOursIsRefused: each is an error of its own kind, and never a panic.
func TestWhatIsNotOursIsRefused(t *testing.T) {
	t.Parallel()
	good := document(2, "x")
	change := func(from, to string) []byte {
		if !bytes.Contains(good, []byte(from)) {
			t.Fatalf("%q is not there", from)
		}
		return bytes.Replace(good, []byte(from), []byte(to), 1)
	}
	for name, file := range map[string][]byte{
		"nothing": nil, "text": []byte("hej"), "cut short": good[:len(good)/2],
		"encrypted": change("/Root 1 0 R", "/Encrypt 1 0 R /Root 1 0 R"), "added to": change("/Root 1 0 R", "/Prev 9 /Root 1 0 R"),
		"a circle": change("/Kids [5 0 R", "/Kids [2 0 R"), "no pages": change("/Kids [5 0 R 8 0 R ]", "/Kids []"),
		"no size": change("/MediaBox", "/MediaBax"), "a page elsewhere": change("/Kids [5 0 R", "/Kids [99 0 R"),
		"a stream of another length": change("6 0 obj\n<</Length 7 0 R>>", "6 0 obj\n<</Length (7)>>"),
		"endless nesting":            change("(sv)", strings.Repeat("[", 500)),
	} {
		w := merge.New(io.Discard, "x")
		if _, err := w.Add(bytes.NewReader(file)); !errors.Is(err, merge.ErrForeign) && name != "nothing" {
			t.Errorf("%s: %v", name, err)
		}
		if err := w.Close(); err == nil {
			t.Errorf("%s: the file is whole", name)
		}
	}
	if err := merge.New(io.Discard, "x").Close(); err == nil {
		t.Error("a file without pages is whole")
	}
}

// TestMemoryDoesNotGrowWithWhatIsBound: a hundred megabytes of streams go through in a few.
func TestMemoryDoesNotGrowWithWhatIsBound(t *testing.T) {
	big := document(1, "stor")
	filler := strings.Repeat("% fyllnad\n", 1<<20)
	at := regexp.MustCompile(`BT[^\n]*ET`).FindIndex(big)
	old := string(big[at[0]:at[1]])
	// One page of ten megabytes, ten times.
	file := rebuild(old, filler)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	w := merge.New(io.Discard, "x")
	for range 10 {
		if _, err := w.Add(bytes.NewReader(file)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 2<<20 {
		t.Errorf("%d bytes allocated for %d", got, 10*len(file))
	}
}

// rebuild is the document of one page whose content is what is given.
func rebuild(old, content string) []byte {
	b := bytes.NewBufferString("%PDF-1.7\n")
	var at []int
	for i, o := range []string{"<</Type /Catalog /Pages 2 0 R>>", "<</Type /Pages /Count 1 /Kids [3 0 R]>>",
		"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources <<>> /Contents 4 0 R>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s%s\nendstream", len(content)+len(old), content, old)} {
		at = append(at, b.Len())
		fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	b.WriteString("xref\n0 5\n0000000000 65535 f \n")
	for _, o := range at {
		fmt.Fprintf(b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(b, "trailer\n<</Size 5 /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", start)
	return b.Bytes()
}
