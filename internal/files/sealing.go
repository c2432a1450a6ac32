package files

import (
	"io"
)

// sealingReader reads content and gives out the sealed file: the header, then one segment after the other. It holds two
// segments of content, because a segment is sealed differently when no other follows.
type sealingReader struct {
	src    io.Reader
	cipher *segmentCipher

	out       []byte // sealed, not yet given out
	sealed    []byte // buffer behind out
	cur, next []byte // content: to seal now, and read ahead
	index     int64
	started   bool
	done      bool
	err       error
}

func newSealingReader(src io.Reader, c *segmentCipher, header []byte) *sealingReader {
	return &sealingReader{
		src: src, cipher: c, out: header,
		sealed: make([]byte, 0, sealedSize),
		cur:    make([]byte, 0, segmentSize),
		next:   make([]byte, 0, segmentSize),
	}
}

// Read implements [io.Reader]. The first error of the source ends the file: it never looks complete.
func (s *sealingReader) Read(p []byte) (int, error) {
	for len(s.out) == 0 {
		if s.err != nil {
			return 0, s.err
		}
		if s.done {
			return 0, io.EOF
		}
		s.err = s.advance()
	}
	n := copy(p, s.out)
	s.out = s.out[n:]
	return n, nil
}

// advance seals the next segment into out.
func (s *sealingReader) advance() error {
	if !s.started {
		s.started = true
		if err := s.fill(); err != nil {
			return err
		}
		if len(s.next) == 0 {
			return ErrEmpty
		}
	}
	s.cur, s.next = s.next, s.cur
	if err := s.fill(); err != nil {
		return err
	}
	s.done = len(s.next) == 0
	s.out = s.cipher.seal(s.sealed[:0], s.cur, s.index, s.done)
	s.index++
	return nil
}

// fill reads ahead as much as a segment holds; nothing at the end of the source.
func (s *sealingReader) fill() error {
	n, err := io.ReadFull(s.src, s.next[:segmentSize])
	s.next = s.next[:n]
	if err == io.EOF || err == io.ErrUnexpectedEOF { // bare from io.ReadFull; a wrapped one is the source's fault
		return nil
	}
	return err
}
