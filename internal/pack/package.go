package pack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"sort"

	"insyn/internal/calendar"
)

// Entry is one file on its way into a package.
type Entry struct {
	// Name is its path in the package, with forward slashes; see CheckName.
	Name string
	// Size is the length of the content in bytes.
	Size int64
	// CRC32 is the content's checksum (IEEE).
	CRC32 uint32
	// Modified is the day the file is said to be from. The format has no time zone; the time of day is always noon.
	Modified calendar.Date
	// Open opens the content, which must not have changed. ctx holds for the reading too.
	Open func(ctx context.Context) (io.ReadSeekCloser, error)
}

// Package is a ZIP of which everything but the content of the files is known. Equal entries give equal bytes. It never
// changes, and is safe for concurrent use.
type Package struct {
	items []item
	open  []func(ctx context.Context) (io.ReadSeekCloser, error)
	at    int64  // where the directory begins
	end   []byte // the last records
	size  int64
	tag   string
}

// New lays out a package of the entries, in their order. It opens nothing. A name that some system cannot unpack, one that is
// there twice (upper and lower case are the same to Windows and macOS), a negative size and a day before 1980 are errors.
func New(entries []Entry) (*Package, error) {
	p := &Package{items: make([]item, 0, len(entries)), open: make([]func(context.Context) (io.ReadSeekCloser, error), 0, len(entries))}
	for _, e := range entries {
		p.items = append(p.items, item{name: e.Name, size: e.Size, crc: e.CRC32})
		p.open = append(p.open, e.Open)
	}
	days := func(i int) calendar.Date { return entries[i].Modified }
	return p, p.layOut(days)
}

// layOut works out where everything stands.
func (p *Package) layOut(day func(i int) calendar.Date) error {
	names := newNameSet(len(p.items))
	var offset, record int64
	for i := range p.items {
		it := &p.items[i]
		err := CheckName(it.name)
		if err == nil {
			err = names.add(it.name)
		}
		date, ok := dosDate(day(i))
		switch {
		case err != nil:
		case !ok:
			err = fmt.Errorf("its day is not between %d and %d", firstYear, lastYr)
		case it.size < 0 || it.size > math.MaxInt64/4-offset:
			err = errors.New("its size is impossible")
		}
		if err != nil {
			return fmt.Errorf("lay out package: file %d: %w", i+1, err)
		}
		it.date, it.offset, it.record = date, offset, record
		offset += it.localLen() + it.size
		record += it.recordLen()
	}
	p.at = offset
	p.end = endRecords(len(p.items), offset, record)
	p.size = offset + record + int64(len(p.end))
	return nil
}

// Size is the length of the package in bytes.
func (p *Package) Size() int64 { return p.size }

// Tag tells packages made by Assemble apart: equal tags, equal bytes. It is hex; "" for a package made by New.
func (p *Package) Tag() string { return p.tag }

// Open begins to read the package. It opens nothing yet; ctx holds for the reading. The caller closes it.
func (p *Package) Open(ctx context.Context) *Reader { return &Reader{ctx: ctx, p: p, current: -1} }

// Reader reads a package from any offset, for io.Copy or http.ServeContent. It has one file open at a time and holds no
// content. For one goroutine at a time.
type Reader struct {
	ctx     context.Context //nolint:containedctx // io.Reader has none
	p       *Package
	pos     int64
	current int // the file that is open, -1 for none
	file    io.ReadSeekCloser
	at      int64 // where file stands
	fixed   []byte
	fixedAt int64 // fixed is the record that begins here
	closed  bool
}

// Size is the length of the package in bytes.
func (r *Reader) Size() int64 { return r.p.size }

// Read implements [io.Reader]. A file that is not of the size it was laid out with is an error, never a package that looks whole.
func (r *Reader) Read(b []byte) (int, error) {
	switch {
	case r.closed:
		return 0, fs.ErrClosed
	case r.pos >= r.p.size:
		return 0, io.EOF
	case len(b) == 0:
		return 0, nil
	}
	s := r.p.segmentAt(r.pos)
	var n int
	var err error
	if s.kind == content {
		n, err = r.readFile(s, b)
	} else {
		if r.fixed == nil || r.fixedAt != s.begin {
			r.fixed, r.fixedAt = r.p.fixed(s), s.begin
		}
		n = copy(b, r.fixed[r.pos-s.begin:])
	}
	r.pos += int64(n)
	if err != nil {
		err = fmt.Errorf("read package: %w", err)
	}
	return n, err
}

// readFile reads from the file that stands at the position.
func (r *Reader) readFile(s segment, b []byte) (int, error) {
	if err := r.stand(s); err != nil {
		return 0, err
	}
	if left := s.end - r.pos; int64(len(b)) > left {
		b = b[:left]
	}
	n, err := r.file.Read(b)
	r.at += int64(n)
	if errors.Is(err, io.EOF) {
		err = nil
		if n == 0 {
			err = fmt.Errorf("file %d is shorter than it was: %w", s.item+1, io.ErrUnexpectedEOF)
		}
	}
	return n, err
}

// stand opens the file of a segment where it is not open, and goes to the position.
func (r *Reader) stand(s segment) error {
	if r.current != s.item {
		if err := r.closeFile(); err != nil {
			return err
		}
		f, err := r.p.open[s.item](r.ctx)
		if err != nil {
			return fmt.Errorf("open file %d: %w", s.item+1, err)
		}
		r.file, r.current, r.at = f, s.item, 0
		size, err := f.Seek(0, io.SeekEnd)
		if err == nil && size != s.end-s.begin {
			err = fmt.Errorf("file %d is not of the size it was", s.item+1)
		}
		if err != nil {
			return errors.Join(err, r.closeFile())
		}
		r.at = size
	}
	if want := r.pos - s.begin; r.at != want {
		if _, err := r.file.Seek(want, io.SeekStart); err != nil {
			return err
		}
		r.at = want
	}
	return nil
}

// Seek implements [io.Seeker]. It reads nothing; beyond the end is allowed and reads as the end.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	if r.closed {
		return 0, fs.ErrClosed
	}
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += r.pos
	case io.SeekEnd:
		offset += r.p.size
	default:
		return 0, errors.New("seek in package: unknown whence")
	}
	if offset < 0 {
		return 0, errors.New("seek in package: before the beginning")
	}
	r.pos = offset
	return offset, nil
}

// Close lets go of the file that is open.
func (r *Reader) Close() error {
	if r.closed {
		return nil
	}
	r.closed = true
	return r.closeFile()
}

func (r *Reader) closeFile() error {
	f := r.file
	r.file, r.current = nil, -1
	if f == nil {
		return nil
	}
	return f.Close()
}

// kind is what a segment of a package is.
type kind int

const (
	header  kind = iota // local header of a file
	content             // the file
	record              // what the directory says of a file
	ending              // end of the directory
)

// segment is a part of a package: bytes begin to end, of which end is the first that is not in it.
type segment struct {
	kind       kind
	item       int // of what file; -1 for the ending
	begin, end int64
}

// segmentAt finds the segment that a byte of the package lies in.
func (p *Package) segmentAt(pos int64) segment {
	if pos < p.at {
		i := sort.Search(len(p.items), func(i int) bool { return p.items[i].offset > pos }) - 1
		it := p.items[i]
		begin := it.offset + it.localLen()
		if pos < begin {
			return segment{header, i, it.offset, begin}
		}
		return segment{content, i, begin, begin + it.size}
	}
	if begin := p.size - int64(len(p.end)); pos >= begin {
		return segment{ending, -1, begin, p.size}
	}
	i := sort.Search(len(p.items), func(i int) bool { return p.at+p.items[i].record > pos }) - 1
	begin := p.at + p.items[i].record
	return segment{record, i, begin, begin + p.items[i].recordLen()}
}

// fixed are the bytes of a segment that is not content.
func (p *Package) fixed(s segment) []byte {
	switch s.kind {
	case header:
		return p.items[s.item].local()
	case record:
		return p.items[s.item].directoryRecord()
	default:
		return p.end
	}
}
