package pack

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"insyn/internal/calendar"
)

var day = calendar.New(2026, 3, 20)

// noise is content that repeats nowhere, the same for the same seed.
func noise(size int, seed uint64) []byte {
	b := make([]byte, size)
	g := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	_, _ = g.Read(b)
	return b
}

// opened counts how many files are open at once.
type opened struct{ now, most int }

type counted struct {
	*bytes.Reader
	o *opened
}

func (c counted) Close() error { c.o.now--; return nil }

func (o *opened) entry(name string, b []byte) Entry {
	return Entry{Name: name, Size: int64(len(b)), CRC32: crc32.ChecksumIEEE(b), Modified: day, Open: func(context.Context) (io.ReadSeekCloser, error) {
		o.now++
		o.most = max(o.most, o.now)
		return counted{bytes.NewReader(b), o}, nil
	}}
}

// several are entries of many sizes, an empty one among them.
func several(o *opened) ([]Entry, map[string][]byte) {
	content := map[string][]byte{
		"Registerutdrag.pdf": noise(70_001, 1), "Läs mig först.txt": []byte("Hej åäö €"), "Handlingar/Handling 0001.docx": noise(1, 2),
		"Handlingar/Tom.txt": nil, "data.json": noise(4096, 3), "data.csv": noise(33, 4),
	}
	var entries []Entry
	for _, name := range []string{"Registerutdrag.pdf", "Läs mig först.txt", "Handlingar/Handling 0001.docx", "Handlingar/Tom.txt", "data.json", "data.csv"} {
		entries = append(entries, o.entry(name, content[name]))
	}
	return entries, content
}

func layOut(t testing.TB, entries []Entry) *Package {
	t.Helper()
	p, err := New(entries)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func whole(t testing.TB, p *Package) []byte {
	t.Helper()
	r := p.Open(context.Background())
	b, err := io.ReadAll(r)
	if err == nil {
		err = r.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(b)) != p.Size() {
		t.Fatalf("%d bytes, told %d", len(b), p.Size())
	}
	return b
}

// TestPackageIsAZip reads it with Go's own reader, and with unzip.
func TestPackageIsAZip(t *testing.T) {
	t.Parallel()
	o := &opened{}
	entries, content := several(o)
	b := whole(t, layOut(t, entries))
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if len(z.File) != len(entries) {
		t.Fatalf("%d files", len(z.File))
	}
	for i, f := range z.File {
		if f.Name != entries[i].Name || f.Method != zip.Store || f.NonUTF8 || f.Flags != flagUTF8 || f.Mode().Perm() != 0o644 {
			t.Errorf("%q: method %d, flags %x, mode %v", f.Name, f.Method, f.Flags, f.Mode())
		}
		if got := f.Modified.Format(time.DateTime); got != "2026-03-20 12:00:00" {
			t.Errorf("%s is from %s", f.Name, got)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content[f.Name]) { // the checksum is looked at too
			t.Errorf("%s: %d bytes, %v", f.Name, len(got), err)
		}
	}
	if o.now != 0 || o.most != 1 {
		t.Errorf("%d files open at once, %d left", o.most, o.now)
	}
	unzipped(t, b, content)
}

// unzipped unpacks a package with unzip, a program that has nothing of ours or Go's in it.
func unzipped(t *testing.T, b []byte, content map[string][]byte) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "p.zip")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "unzip", "-q", path, "-d", filepath.Join(dir, "out"))
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("unzip: %v\n%s", err, out)
	}
	for name, want := range content {
		got, err := os.ReadFile(filepath.Join(dir, "out", filepath.FromSlash(name)))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("unzip gives another %s: %v", name, err)
		}
	}
}

// TestAnyRangeIsOfTheWhole: ranges read in any order, in any pieces, are what stands there in the whole.
func TestAnyRangeIsOfTheWhole(t *testing.T) {
	t.Parallel()
	o := &opened{}
	entries, _ := several(o)
	p := layOut(t, entries)
	all := whole(t, p)
	tested := p.Open(t.Context())
	if err := errors.Join(iotest.TestReader(tested, all), tested.Close()); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		r := p.Open(context.Background())
		defer func() { _ = r.Close() }()
		for range rapid.IntRange(1, 8).Draw(t, "ranges") {
			from := rapid.IntRange(0, len(all)).Draw(t, "from")
			to := rapid.IntRange(from, len(all)).Draw(t, "to")
			if _, err := r.Seek(int64(from), io.SeekStart); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(io.LimitReader(r, int64(to-from)))
			if err != nil || !bytes.Equal(got, all[from:to]) {
				t.Fatalf("bytes %d to %d: %d bytes, %v", from, to, len(got), err)
			}
		}
		if o.most > 1 {
			t.Fatal("more than one file is open")
		}
	})
	if o.now != 0 {
		t.Errorf("%d files are left open", o.now)
	}
	// Pieces one after the other are the whole.
	rapid.Check(t, func(t *rapid.T) {
		var got []byte
		for at := 0; at < len(all); {
			n := min(rapid.IntRange(1, len(all)).Draw(t, "piece"), len(all)-at)
			r := p.Open(context.Background())
			if _, err := r.Seek(int64(at), io.SeekStart); err != nil {
				t.Fatal(err)
			}
			piece := make([]byte, n)
			if _, err := io.ReadFull(r, piece); err != nil {
				t.Fatal(err)
			}
			_ = r.Close()
			got, at = append(got, piece...), at+n
		}
		if !bytes.Equal(got, all) {
			t.Fatal("the pieces are not the whole")
		}
	})
}

// TestRangesOverHTTP is what a browser that resumes a download does.
func TestRangesOverHTTP(t *testing.T) {
	t.Parallel()
	entries, _ := several(&opened{})
	p := layOut(t, entries)
	all := whole(t, p)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := p.Open(r.Context())
		defer func() { _ = body.Close() }()
		http.ServeContent(w, r, "", time.Time{}, body)
	}))
	defer srv.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Range", "bytes=60000-72000")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil || res.StatusCode != http.StatusPartialContent || !bytes.Equal(got, all[60000:72001]) {
		t.Errorf("%s, %d bytes, %v", res.Status, len(got), err)
	}
}

// zeros is a file of nothing but zero bytes, as large as one likes.
type zeros struct{ size, pos int64 }

func (z *zeros) Read(b []byte) (int, error) {
	n := min(int64(len(b)), z.size-z.pos)
	if n == 0 {
		return 0, io.EOF
	}
	clear(b[:n])
	z.pos += n
	return int(n), nil
}

func (z *zeros) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += z.pos
	case io.SeekEnd:
		offset += z.size
	}
	z.pos = offset
	return offset, nil
}

func (*zeros) Close() error { return nil }

// readerAt reads a package at any place, as a program that looks into a large file does.
type readerAt struct{ r *Reader }

func (a readerAt) ReadAt(b []byte, off int64) (int, error) {
	if _, err := a.r.Seek(off, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(a.r, b)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}

// TestLargeFiles: sizes and places beyond 4 GiB stand in the 64-bit fields, and one byte less does without.
func TestLargeFiles(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{max32 - 1, max32, max32 + 1, 3 << 40} {
		zero := func(context.Context) (io.ReadSeekCloser, error) { return &zeros{size: size}, nil }
		o := &opened{}
		p := layOut(t, []Entry{{Name: "stor.bin", Size: size, CRC32: 7, Modified: day, Open: zero}, o.entry("efter.txt", []byte("efter"))})
		r := p.Open(t.Context())
		z, err := zip.NewReader(readerAt{r}, p.Size())
		if err != nil {
			t.Fatalf("%d: %v", size, err)
		}
		if got := z.File[0].UncompressedSize64; got != uint64(size) {
			t.Errorf("%d is said to be %d", size, got)
		}
		body, err := z.File[1].Open()
		if err != nil {
			t.Fatalf("%d: %v", size, err)
		}
		if got, err := io.ReadAll(body); err != nil || string(got) != "efter" {
			t.Errorf("%d: after it stands %q, %v", size, got, err)
		}
		wide := bytes.Contains(p.items[0].local(), []byte{1, 0, 16, 0})
		if wide != (size >= max32) {
			t.Errorf("%d: 64-bit field in the header: %v", size, wide)
		}
	}
}

// TestManyFiles: from 65 535 files on their number stands in the 64-bit records, which unzip and Go read.
func TestManyFiles(t *testing.T) {
	t.Parallel()
	for _, n := range []int{max16 - 1, max16, max16 + 10} {
		o := &opened{}
		entries := make([]Entry, n)
		for i := range entries {
			entries[i] = o.entry(fmt.Sprintf("Handlingar/Handling %06d.txt", i), []byte(fmt.Sprint(i)))
		}
		p := layOut(t, entries)
		b := whole(t, p)
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil || len(z.File) != n {
			t.Fatalf("%d files: %v", n, err)
		}
		if wide := bytes.Contains(b[len(b)-endSize-locator64Size:], []byte("PK\x06\x07")); wide != (n >= max16) {
			t.Errorf("%d files: 64-bit records: %v", n, wide)
		}
		if n > max16 {
			unzipTests(t, b)
		}
	}
}

// unzipTests lets unzip look at every file of a package.
func unzipTests(t *testing.T, b []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "p.zip")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "unzip", "-tqq", path).CombinedOutput(); err != nil {
		t.Errorf("unzip: %v\n%s", err, out)
	}
}

// TestNamesThatCannotBeUnpacked: everything that Windows, macOS or Linux refuse, hide or show as something else.
func TestNamesThatCannotBeUnpacked(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"", "/etc/passwd", "../ut.txt", "a/../b", "a/./b", "a//b", "a/", ".gömd", "a/.b", "c:\\x", "c:x", "a\\b", "a*b", "a?b", `a"b`, "a<b", "a>b", "a|b",
		"slut.", "slut ", " början", "a./b", "CON", "con.txt", "Aux.pdf", "nul .txt", "a/COM1.txt", "lpt¹.txt", "CONIN$", "rad\nbyt", "nul\x00", "\x7f",
		"\u202Egnp.exe", "a\u200Bb", "A\u030Angström.txt", "\xff", "\uFFFD", strings.Repeat("a", maxName+1), strings.Repeat("å", 121),
	} {
		if err := CheckName(name); err == nil {
			t.Errorf("%q is taken", name)
		} else if len(name) > 2 && strings.Contains(err.Error(), name) {
			t.Errorf("the error repeats %q", name)
		}
		if _, err := New([]Entry{{Name: name, Modified: day}}); err == nil {
			t.Errorf("%q is packed", name)
		}
	}
	for _, name := range []string{"Registerutdrag.pdf", "Läs mig först.txt", "Handlingar/Handling 0001.docx", "comb.txt", "COM10.txt", "lpt.txt", "a.b.c", "Ä – ö (1).pdf", strings.Repeat("a", maxName)} {
		if err := CheckName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestEntriesThatCannotBeTogether(t *testing.T) {
	t.Parallel()
	for _, names := range [][]string{{"a.txt", "a.txt"}, {"Å.txt", "å.TXT"}, {"a", "A/b"}, {"A/b", "a"}, {"strasse", "straße"}} {
		entries := make([]Entry, len(names))
		for i, n := range names {
			entries[i] = Entry{Name: n, Modified: day}
		}
		if _, err := New(entries); err == nil {
			t.Errorf("%q are packed together", names)
		}
	}
	for _, e := range []Entry{{Name: "a", Size: -1, Modified: day}, {Name: "a", Size: 1 << 62, Modified: day}, {Name: "a", Modified: calendar.New(1979, 12, 31)}, {Name: "a"}} {
		if _, err := New([]Entry{e}); err == nil {
			t.Errorf("%+v is packed", e)
		}
	}
}

// TestAFileThatIsNotWhatItWas never makes a package that looks whole.
func TestAFileThatIsNotWhatItWas(t *testing.T) {
	t.Parallel()
	o := &opened{}
	broken := errors.New("broken")
	good := o.entry("a", []byte("abc"))
	for name, e := range map[string]Entry{
		"shorter":        {Name: "b", Size: 5, Modified: day, Open: o.entry("b", []byte("1234")).Open},
		"longer":         {Name: "b", Size: 3, Modified: day, Open: o.entry("b", []byte("1234")).Open},
		"cannot be open": {Name: "b", Size: 3, Modified: day, Open: func(context.Context) (io.ReadSeekCloser, error) { return nil, broken }},
	} {
		r := layOut(t, []Entry{good, e, good2(o)}).Open(t.Context())
		if _, err := io.Copy(io.Discard, r); err == nil {
			t.Errorf("%s: the package is read to its end", name)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if o.now != 0 {
		t.Errorf("%d files are left open", o.now)
	}
}

func good2(o *opened) Entry { return o.entry("c", []byte("def")) }

func TestClosedReader(t *testing.T) {
	t.Parallel()
	entries, _ := several(&opened{})
	r := layOut(t, entries).Open(t.Context())
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
	if _, err := r.Seek(0, io.SeekStart); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
}
