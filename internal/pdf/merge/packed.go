package merge

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"slices"
	"strconv"
)

const (
	packsKept = 4        // object streams in memory at a time
	maxPack   = 16 << 20 // bytes of one, opened
	maxRow    = 8        // bytes of one number in a table
)

// pack is an object stream that is opened.
type pack struct {
	number ref
	body   []byte
	at     map[ref]int // where each object begins
}

// packedTable reads cross-references that are a stream of their own.
func (s *source) packedTable(start, size int64) error {
	sc := newScanner(s.r)
	if _, err := s.r.Seek(start, io.SeekStart); err != nil {
		return foreign("no table")
	}
	if err := sc.skip(); err != nil {
		return foreign("no table")
	}
	w, err := sc.word()
	n, bad := strconv.Atoi(string(w))
	if err != nil || bad != nil {
		return foreign("no table")
	}
	v, stream, err := s.objectAt(ref(n), start)
	if err != nil {
		return err
	}
	d, ok := v.(dict)
	if !ok || stream == nil || d.get("Index") != nil {
		return foreign("a table of another kind")
	}
	widths, err := widthsOf(d)
	if err != nil {
		return err
	}
	body, err := s.inflate(d, stream)
	if err != nil {
		return err
	}
	row := widths[0] + widths[1] + widths[2]
	if len(body)%row != 0 || len(body)/row > maxObjects {
		return foreign("a broken table")
	}
	s.at = make([]position, len(body)/row)
	for i := range s.at {
		b := body[i*row : (i+1)*row]
		kind, where, idx := number(b[:widths[0]]), number(b[widths[0]:widths[0]+widths[1]]), number(b[widths[0]+widths[1]:])
		switch {
		case kind == 1 && where < size:
			s.at[i] = position{at: where}
		case kind == 2 && where < int64(len(s.at)):
			s.at[i] = position{at: idx, pack: ref(where)}
		case kind != 0:
			return foreign("a broken table")
		}
	}
	return s.trailer(d)
}

func widthsOf(d dict) (w [3]int, err error) {
	given, ok := d.get("W").(array)
	if !ok || len(given) != len(w) {
		return w, foreign("a broken table")
	}
	for i, v := range given {
		r, ok := v.(raw)
		if w[i], err = strconv.Atoi(string(r)); !ok || err != nil || w[i] < 1 || w[i] > maxRow {
			return w, foreign("a broken table")
		}
	}
	return w, nil
}

func number(b []byte) int64 {
	n := int64(0)
	for _, x := range b {
		n = n<<8 | int64(x)
	}
	return max(n, 0)
}

// inflate reads a compressed stream whole.
func (s *source) inflate(d dict, stream *scanner) ([]byte, error) {
	if d.get("Filter") != name("FlateDecode") || d.get("DecodeParms") != nil {
		return nil, foreign("a stream of another kind")
	}
	if _, indirect := d.get("Length").(ref); indirect {
		return nil, foreign("a stream of another kind")
	}
	size, err := s.length(d)
	if err != nil {
		return nil, err
	}
	z, err := zlib.NewReader(io.LimitReader(stream.r, size))
	if err != nil {
		return nil, foreign("a broken stream")
	}
	body, err := io.ReadAll(io.LimitReader(z, maxPack+1))
	if err = errors.Join(err, z.Close()); err != nil || len(body) > maxPack {
		return nil, foreign("a broken stream")
	}
	return body, nil
}

// packed reads an object that stands in an object stream.
func (s *source) packed(n ref, at position) (any, error) {
	i := slices.IndexFunc(s.packs, func(p pack) bool { return p.number == at.pack })
	if i < 0 {
		p, err := s.openPack(at.pack)
		if err != nil {
			return nil, err
		}
		s.packs = append([]pack{p}, s.packs[:min(len(s.packs), packsKept-1)]...)
		i = 0
	}
	p := s.packs[i]
	begin, ok := p.at[n]
	if !ok {
		return nil, foreign("object %d stands elsewhere", n)
	}
	v, err := newScanner(bytes.NewReader(p.body[begin:])).value(0)
	if err != nil {
		return nil, foreign("object %d is no value", n)
	}
	return v, nil
}

func (s *source) openPack(n ref) (pack, error) {
	if int(n) >= len(s.at) || s.at[n].pack != 0 || s.at[n].at == 0 {
		return pack{}, foreign("object %d is not there", n)
	}
	v, stream, err := s.objectAt(n, s.at[n].at)
	if err != nil {
		return pack{}, err
	}
	d, ok := v.(dict)
	if !ok || stream == nil {
		return pack{}, foreign("object %d is no stream", n)
	}
	body, err := s.inflate(d, stream)
	if err != nil {
		return pack{}, err
	}
	first, ok := d.get("First").(raw)
	begin, err := strconv.Atoi(string(first))
	if !ok || err != nil || begin < 0 || begin > len(body) {
		return pack{}, foreign("a broken stream")
	}
	p := pack{number: n, body: body, at: map[ref]int{}}
	words := bytes.Fields(body[:begin])
	for i := 0; i+1 < len(words); i += 2 {
		of, err := strconv.Atoi(string(words[i]))
		off, err2 := strconv.Atoi(string(words[i+1]))
		if err != nil || err2 != nil || off < 0 || begin+off >= len(body) {
			return pack{}, foreign("a broken stream")
		}
		p.at[ref(of)] = begin + off
	}
	return p, nil
}
