package merge

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// Writer writes one file to print. It is not safe for concurrent use.
type Writer struct {
	dst     io.Writer
	n       int64
	offsets []int64 // of object i+1
	pages   []int
	title   string
	err     error
}

const (
	catalogObject = 1
	treeObject    = 2
)

// New begins a file with a title that viewers show in place of the file's name; it must say nothing of what is printed.
func New(dst io.Writer, title string) *Writer {
	w := &Writer{dst: dst, title: title, offsets: make([]int64, treeObject)}
	w.print("%%PDF-1.7\n%%\xe2\xe3\xcf\xd3\n")
	return w
}

// Count tells how many pages a document has. It refuses what Add would refuse because of its table or its pages.
func Count(r io.ReadSeeker) (int, error) {
	s, err := open(r)
	if err != nil {
		return 0, err
	}
	return len(s.pages), nil
}

// Add puts a document's pages last, beginning on the front of a sheet; it answers how many pages the document has. An error
// of wrapped kind ErrForeign is the document's fault. After any error the file is broken and Close says so.
func (w *Writer) Add(r io.ReadSeeker) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	s, err := open(r)
	if err != nil {
		return 0, w.fail(err)
	}
	if len(w.pages)%2 == 1 {
		w.blank(s.pages[0].dict.get("MediaBox"))
	}
	c := copier{w: w, s: s, numbers: map[ref]int{}}
	for _, p := range s.pages {
		if err := c.page(p); err != nil {
			return 0, w.fail(err)
		}
	}
	return len(s.pages), w.err
}

// Pages is how many pages the file has so far, the empty backs among them.
func (w *Writer) Pages() int { return len(w.pages) }

func (w *Writer) fail(err error) error {
	if w.err == nil {
		w.err = err
	}
	return w.err
}

func (w *Writer) print(format string, args ...any) { w.write(fmt.Appendf(nil, format, args...)) }

func (w *Writer) write(b []byte) {
	if w.err != nil {
		return
	}
	n, err := w.dst.Write(b)
	w.n += int64(n)
	if err != nil {
		w.err = fmt.Errorf("write print file: %w", err)
	}
}

// reserve takes the next object number.
func (w *Writer) reserve() int {
	w.offsets = append(w.offsets, 0)
	return len(w.offsets)
}

func (w *Writer) begin(number int) {
	w.offsets[number-1] = w.n
	w.print("%d 0 obj\n", number)
}

// blank is the empty back of a sheet.
func (w *Writer) blank(size any) {
	var b bytes.Buffer
	if _, direct := size.(array); !direct {
		size = array{raw("0"), raw("0"), raw("595.276"), raw("841.89")} // A4
	}
	write(&b, size, func(ref) int { return 0 })
	n := w.reserve()
	w.begin(n)
	w.print("<</Type /Page /Parent %d 0 R /MediaBox %s /Resources <<>>>>\nendobj\n", treeObject, b.Bytes())
	w.pages = append(w.pages, n)
}

// Close ends the file. A file without pages is an error.
func (w *Writer) Close() error {
	if w.err == nil && len(w.pages) == 0 {
		w.err = fmt.Errorf("write print file: nothing to print")
	}
	if w.err != nil {
		return w.err
	}
	w.begin(treeObject)
	w.print("<</Type /Pages /Count %d /Kids [", len(w.pages))
	for _, p := range w.pages {
		w.print("%d 0 R ", p)
	}
	w.print("]>>\nendobj\n")
	info := w.reserve()
	w.begin(info)
	w.print("<</Title %s>>\nendobj\n", textString(w.title))
	// Printed at its size, or the address is not in the window; on both sides, or the empty backs are sheets.
	w.begin(catalogObject)
	w.print("<</Type /Catalog /Pages %d 0 R /ViewerPreferences <</DisplayDocTitle true /PrintScaling /None /Duplex /DuplexFlipLongEdge>>>>\nendobj\n", treeObject)
	start := w.n
	w.print("xref\n0 %d\n0000000000 65535 f \n", len(w.offsets)+1)
	for _, at := range w.offsets {
		w.print("%010d 00000 n \n", at)
	}
	w.print("trailer\n<</Size %d /Root %d 0 R /Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(w.offsets)+1, catalogObject, info, start)
	return w.err
}

// textString writes a text as UTF-16.
func textString(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String() + ">"
}

// copier takes the pages of one document over, with what they speak of.
type copier struct {
	w       *Writer
	s       *source
	numbers map[ref]int // new numbers by the old
	waiting []ref
}

func (c *copier) number(old ref) int {
	n, known := c.numbers[old]
	if !known {
		n = c.w.reserve()
		c.numbers[old] = n
		c.waiting = append(c.waiting, old)
	}
	return n
}

func (c *copier) page(p page) error {
	var b bytes.Buffer
	write(&b, p.dict, c.number)
	n := c.w.reserve()
	c.w.begin(n)
	c.w.print("<</Type /Page /Parent %d 0 R %s>>\nendobj\n", treeObject, bytes.TrimSuffix(bytes.TrimPrefix(b.Bytes(), []byte("<<")), []byte(">>")))
	c.w.pages = append(c.w.pages, n)
	for len(c.waiting) > 0 {
		next := c.waiting[0]
		c.waiting = c.waiting[1:]
		if err := c.object(next); err != nil {
			return err
		}
	}
	return c.w.err
}

func (c *copier) object(old ref) error {
	v, stream, err := c.s.object(old)
	if err != nil {
		return err
	}
	var size int64
	if stream != nil {
		d, ok := v.(dict)
		if !ok {
			return foreign("a stream without a dictionary")
		}
		if size, err = c.s.length(d); err != nil {
			return err
		}
		if _, indirect := d.get("Length").(ref); indirect {
			d.values["Length"] = raw(fmt.Sprint(size))
			// Where the length stands was read meanwhile: go back to the stream.
			if _, stream, err = c.s.object(old); err != nil {
				return err
			}
		}
	}
	var b bytes.Buffer
	write(&b, v, c.number)
	c.w.begin(c.numbers[old])
	c.w.write(b.Bytes())
	if stream != nil {
		c.w.print("\nstream\n")
		if err := c.stream(stream, size); err != nil {
			return err
		}
		c.w.print("\nendstream")
	}
	c.w.print("\nendobj\n")
	return c.w.err
}

// stream copies a stream's bytes as they stand.
func (c *copier) stream(from *scanner, size int64) error {
	if c.w.err != nil {
		return c.w.err
	}
	n, err := io.CopyN(counting{c.w}, from.r, size)
	if err != nil && c.w.err == nil {
		return fmt.Errorf("copy %d of %d bytes of a stream: %w", n, size, err)
	}
	return c.w.err
}

// counting is the writer as an io.Writer.
type counting struct{ w *Writer }

func (c counting) Write(p []byte) (int, error) {
	c.w.write(p)
	return len(p), c.w.err
}
