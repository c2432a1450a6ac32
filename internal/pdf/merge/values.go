package merge

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// A value of a document is one of: ref, name, dict, array, raw (a number, a string or a keyword as it stands).
type (
	ref   int
	name  string
	raw   []byte
	array []any
	dict  struct {
		keys   []name
		values map[name]any
	}
)

func (d dict) get(key name) any { return d.values[key] }

func (d *dict) set(key name, v any) {
	if d.values == nil {
		d.values = map[name]any{}
	}
	if _, known := d.values[key]; !known {
		d.keys = append(d.keys, key)
	}
	d.values[key] = v
}

const (
	maxDepth = 64      // of values within values
	maxText  = 4 << 20 // bytes of one value outside streams
)

var errSyntax = errors.New("not a value")

// scanner reads values from where a document's object stands.
type scanner struct {
	r    *bufio.Reader
	read int
}

func newScanner(r io.Reader) *scanner { return &scanner{r: bufio.NewReaderSize(r, 8<<10)} }

func (s *scanner) next() (byte, error) {
	b, err := s.r.ReadByte()
	s.read++
	if s.read > maxText {
		return 0, fmt.Errorf("%w: an object of more than %d bytes", errSyntax, maxText)
	}
	return b, err
}

func (s *scanner) back() { _ = s.r.UnreadByte(); s.read-- } // follows a ReadByte

func space(b byte) bool {
	return b == ' ' || b == '\n' || b == '\r' || b == '\t' || b == '\f' || b == 0
}

func delimiter(b byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), b) >= 0 }

// skip passes over white space and comments.
func (s *scanner) skip() error {
	for {
		b, err := s.next()
		switch {
		case err != nil:
			return err
		case b == '%':
			for b != '\n' && b != '\r' {
				if b, err = s.next(); err != nil {
					return err
				}
			}
		case !space(b):
			s.back()
			return nil
		}
	}
}

// word reads up to white space or a delimiter.
func (s *scanner) word() ([]byte, error) {
	var out []byte
	for {
		b, err := s.next()
		if errors.Is(err, io.EOF) && len(out) > 0 {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if space(b) || delimiter(b) {
			s.back()
			return out, nil
		}
		out = append(out, b)
	}
}

// value reads one value. Whole numbers that turn out to begin a reference become one.
func (s *scanner) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("%w: nested too deep", errSyntax)
	}
	if err := s.skip(); err != nil {
		return nil, err
	}
	b, err := s.next()
	if err != nil {
		return nil, err
	}
	switch b {
	case '/':
		w, err := s.word()
		return name(w), err
	case '(':
		return s.text()
	case '[':
		return s.array(depth)
	case '<':
		if b, err = s.next(); err != nil {
			return nil, err
		}
		if b == '<' {
			return s.dict(depth)
		}
		s.back()
		return s.hex()
	}
	if delimiter(b) {
		return nil, errSyntax
	}
	s.back()
	w, err := s.word()
	if err != nil {
		return nil, err
	}
	return s.numberOrRef(w)
}

// numberOrRef looks whether “12 0 R” follows. What is read ahead and is not a reference is given back.
func (s *scanner) numberOrRef(w []byte) (any, error) {
	n, err := strconv.Atoi(string(w))
	if err != nil || n < 0 {
		return raw(w), nil //nolint:nilerr // a word that is no number is a value too
	}
	ahead, _ := s.r.Peek(16) // shorter at the end of the file
	rest, ok := bytes.CutPrefix(ahead, []byte(" "))
	if !ok {
		return raw(w), nil
	}
	i := 0
	for i < len(rest) && rest[i] >= '0' && rest[i] <= '9' {
		i++
	}
	if i == 0 || !bytes.HasPrefix(rest[i:], []byte(" R")) || (len(rest) > i+2 && !space(rest[i+2]) && !delimiter(rest[i+2])) {
		return raw(w), nil
	}
	skipped, err := s.r.Discard(1 + i + 2)
	s.read += skipped
	return ref(n), err
}

func (s *scanner) text() (any, error) {
	out, depth := raw("("), 1
	for depth > 0 {
		b, err := s.next()
		if err != nil {
			return nil, err
		}
		out = append(out, b)
		switch b {
		case '\\':
			if b, err = s.next(); err != nil {
				return nil, err
			}
			out = append(out, b)
		case '(':
			depth++
		case ')':
			depth--
		}
	}
	return out, nil
}

func (s *scanner) hex() (any, error) {
	out := raw("<")
	for {
		b, err := s.next()
		if err != nil {
			return nil, err
		}
		if out = append(out, b); b == '>' {
			return out, nil
		}
	}
}

func (s *scanner) array(depth int) (any, error) {
	out := array{}
	for {
		if err := s.skip(); err != nil {
			return nil, err
		}
		b, err := s.next()
		if err != nil {
			return nil, err
		}
		if b == ']' {
			return out, nil
		}
		s.back()
		v, err := s.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
}

func (s *scanner) dict(depth int) (any, error) {
	var out dict
	for {
		if err := s.skip(); err != nil {
			return nil, err
		}
		b, err := s.next()
		if err != nil {
			return nil, err
		}
		if b == '>' {
			if b, err = s.next(); err != nil || b != '>' {
				return nil, errSyntax
			}
			return out, nil
		}
		s.back()
		key, err := s.value(depth + 1)
		if err != nil {
			return nil, err
		}
		k, ok := key.(name)
		if !ok {
			return nil, errSyntax
		}
		v, err := s.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out.set(k, v)
	}
}

// write puts a value into a buffer, its references renumbered.
func write(b *bytes.Buffer, v any, number func(ref) int) {
	switch v := v.(type) {
	case ref:
		fmt.Fprintf(b, "%d 0 R", number(v))
	case name:
		b.WriteByte('/')
		b.WriteString(string(v))
	case raw:
		b.Write(v)
	case array:
		b.WriteByte('[')
		for i, x := range v {
			if i > 0 {
				b.WriteByte(' ')
			}
			write(b, x, number)
		}
		b.WriteByte(']')
	case dict:
		b.WriteString("<<")
		for _, k := range v.keys {
			b.WriteByte('/')
			b.WriteString(string(k))
			b.WriteByte(' ')
			write(b, v.values[k], number)
			b.WriteByte(' ')
		}
		b.WriteString(">>")
	}
}
