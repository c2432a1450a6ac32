package merge

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// ErrForeign is a file that internal/pdf has not written, or a damaged one. It says what was wrong and nothing of what the
// file says.
var ErrForeign = errors.New("not a document that can be bound")

const (
	tailSize   = 2048
	maxObjects = 2_000_000
)

// source is one document that is read: where its objects stand, and its pages in order.
type source struct {
	r     io.ReadSeeker
	at    []position // by object number
	pages []page
	root  ref
	// The object streams that were opened last, the newest first.
	packs []pack
}

// position is where an object stands: at a byte, or in an object stream. The zero position is none.
type position struct {
	at   int64
	pack ref // the object stream's number; at is then the object's place in it
}

// page is a page's own object with what it inherits.
type page struct{ dict dict }

func foreign(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrForeign, fmt.Sprintf(format, args...))
}

// open reads the table of a document and finds its pages.
func open(r io.ReadSeeker) (*source, error) {
	s := &source{r: r}
	if err := s.table(); err != nil {
		return nil, err
	}
	catalog, err := s.dictAt(s.root)
	if err != nil {
		return nil, err
	}
	tree, ok := catalog.get("Pages").(ref)
	if !ok {
		return nil, foreign("no pages")
	}
	if err := s.walk(tree, dict{}, 0, map[ref]bool{}); err != nil {
		return nil, err
	}
	if len(s.pages) == 0 {
		return nil, foreign("no pages")
	}
	return s, nil
}

// table reads the cross-references and the trailer.
func (s *source) table() error {
	size, err := s.r.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("read document: %w", err)
	}
	tail := make([]byte, min(size, tailSize))
	if err := s.readAt(tail, size-int64(len(tail))); err != nil {
		return err
	}
	i := bytes.LastIndex(tail, []byte("startxref"))
	if i < 0 {
		return foreign("no end")
	}
	fields := strings.Fields(string(tail[i:]))
	if len(fields) < 2 {
		return foreign("no table")
	}
	start, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil || start <= 0 || start >= size {
		return foreign("no table")
	}
	if _, err := s.r.Seek(start, io.SeekStart); err != nil {
		return fmt.Errorf("read document: %w", err)
	}
	r := bufio.NewReader(s.r)
	if head, _ := r.Peek(4); string(head) != "xref" {
		return s.packedTable(start, size)
	}
	return s.plainTable(r, size)
}

// plainTable reads a table of lines, and the trailer behind it.
func (s *source) plainTable(r *bufio.Reader, size int64) error {
	line := func() string { t, _ := r.ReadString('\n'); return strings.TrimSpace(t) } // a line that is cut short does not parse
	line()                                                                            // xref
	for {
		head := line()
		if head == "trailer" {
			break
		}
		var first, n int
		if _, err := fmt.Sscanf(head, "%d %d", &first, &n); err != nil || first < 0 || n < 0 || first+n > maxObjects {
			return foreign("a broken table")
		}
		for len(s.at) < first+n {
			s.at = append(s.at, position{})
		}
		for i := first; i < first+n; i++ {
			f := strings.Fields(line())
			if len(f) != 3 {
				return foreign("a broken table")
			}
			at, err := strconv.ParseInt(f[0], 10, 64)
			if err != nil || at < 0 || at >= size {
				return foreign("a broken table")
			}
			if f[2] == "n" {
				s.at[i] = position{at: at}
			}
		}
	}
	v, err := newScanner(r).value(0)
	trailer, ok := v.(dict)
	if err != nil || !ok {
		return foreign("no trailer")
	}
	return s.trailer(trailer)
}

// trailer finds the catalog. What was added to a document later, or encrypted, is not ours.
func (s *source) trailer(d dict) error {
	if d.get("Encrypt") != nil || d.get("Prev") != nil {
		return foreign("encrypted or added to")
	}
	var ok bool
	if s.root, ok = d.get("Root").(ref); !ok {
		return foreign("no catalog")
	}
	return nil
}

func (s *source) readAt(b []byte, at int64) error {
	if _, err := s.r.Seek(at, io.SeekStart); err != nil {
		return fmt.Errorf("read document: %w", err)
	}
	if _, err := io.ReadFull(s.r, b); err != nil {
		return fmt.Errorf("read document: %w", err)
	}
	return nil
}

// object reads an object up to its stream, if it has one: what is left in the scanner begins with the stream's bytes.
func (s *source) object(n ref) (v any, stream *scanner, err error) {
	if int(n) >= len(s.at) || s.at[n] == (position{}) {
		return nil, nil, foreign("object %d is not there", n)
	}
	if p := s.at[n]; p.pack != 0 {
		v, err = s.packed(n, p)
		return v, nil, err
	}
	return s.objectAt(n, s.at[n].at)
}

func (s *source) objectAt(n ref, at int64) (v any, stream *scanner, err error) {
	if _, err := s.r.Seek(at, io.SeekStart); err != nil {
		return nil, nil, fmt.Errorf("read document: %w", err)
	}
	sc := newScanner(s.r)
	for i, want := range []string{strconv.Itoa(int(n)), "0", "obj"} {
		if err := sc.skip(); err != nil {
			return nil, nil, foreign("object %d is cut short", n)
		}
		w, err := sc.word()
		if err != nil || (string(w) != want && i != 1) {
			return nil, nil, foreign("object %d stands elsewhere", n)
		}
	}
	if v, err = sc.value(0); err != nil {
		return nil, nil, foreign("object %d is no value", n)
	}
	if err := sc.skip(); err != nil {
		return nil, nil, foreign("object %d has no end", n)
	}
	w, err := sc.word()
	switch {
	case err != nil:
		return nil, nil, foreign("object %d has no end", n)
	case string(w) == "endobj":
		return v, nil, nil
	case string(w) != "stream":
		return nil, nil, foreign("object %d has no end", n)
	}
	b, err := sc.next()
	if err == nil && b == '\r' {
		b, err = sc.next()
	}
	if err != nil || b != '\n' {
		return nil, nil, foreign("object %d has a broken stream", n)
	}
	return v, sc, nil
}

func (s *source) dictAt(n ref) (dict, error) {
	v, _, err := s.object(n)
	if err != nil {
		return dict{}, err
	}
	d, ok := v.(dict)
	if !ok {
		return dict{}, foreign("object %d is no dictionary", n)
	}
	return d, nil
}

// walk goes through the tree of pages. What a page inherits is written into it.
func (s *source) walk(at ref, inherited dict, depth int, seen map[ref]bool) error {
	if seen[at] || depth > maxDepth {
		return foreign("the pages go in a circle")
	}
	seen[at] = true
	d, err := s.dictAt(at)
	if err != nil {
		return err
	}
	var own dict
	for _, k := range []name{"Resources", "MediaBox", "CropBox", "Rotate"} {
		if v := d.get(k); v != nil {
			own.set(k, v)
		} else if v := inherited.get(k); v != nil {
			own.set(k, v)
		}
	}
	if kids, ok := d.get("Kids").(array); ok {
		for _, k := range kids {
			kid, ok := k.(ref)
			if !ok {
				return foreign("a page is no object")
			}
			if err := s.walk(kid, own, depth+1, seen); err != nil {
				return err
			}
		}
		return nil
	}
	if own.get("MediaBox") == nil {
		return foreign("a page has no size")
	}
	for _, k := range []name{"Contents", "Group"} {
		if v := d.get(k); v != nil {
			own.set(k, v)
		}
	}
	s.pages = append(s.pages, page{own})
	return nil
}

// length is the number of bytes of a stream.
func (s *source) length(d dict) (int64, error) {
	v := d.get("Length")
	if n, ok := v.(ref); ok {
		var err error
		if v, _, err = s.object(n); err != nil {
			return 0, err
		}
	}
	r, ok := v.(raw)
	if !ok {
		return 0, foreign("a stream has no length")
	}
	n, err := strconv.ParseInt(string(r), 10, 64)
	if err != nil || n < 0 {
		return 0, foreign("a stream has no length")
	}
	return n, nil
}
