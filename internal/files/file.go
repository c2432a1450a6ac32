package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// File is the content of an opened sealed file, for io.Copy or http.ServeContent. It holds one segment in memory and gives
// out only verified bytes. For one goroutine at a time.
type File struct {
	cipher *segmentCipher
	layout layout
	// openAt reads the stored file from an offset. It carries the context of Open, because io.Reader has none.
	openAt func(offset int64) (io.ReadCloser, error)

	pos    int64 // in the content
	buf    []byte
	plain  []byte // content of the loaded segment, in buf
	loaded int64  // its number, -1 for none
	body   io.ReadCloser
	at     int64 // the segment body stands before
	closed bool
}

// Size is the length of the content in bytes.
func (f *File) Size() int64 { return f.layout.plain }

// Read implements [io.Reader].
func (f *File) Read(p []byte) (int, error) {
	if f.closed {
		return 0, fs.ErrClosed
	}
	if f.pos >= f.layout.plain {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	if err := f.load(f.pos / segmentSize); err != nil {
		return 0, fmt.Errorf("read sealed file: %w", err)
	}
	n := copy(p, f.plain[f.pos%segmentSize:])
	f.pos += int64(n)
	return n, nil
}

// Seek implements [io.Seeker]. It reads nothing; beyond the end is allowed and reads as the end.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	if f.closed {
		return 0, fs.ErrClosed
	}
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += f.pos
	case io.SeekEnd:
		offset += f.layout.plain
	default:
		return 0, errors.New("seek in sealed file: unknown whence")
	}
	if offset < 0 {
		return 0, errors.New("seek in sealed file: before the beginning")
	}
	f.pos = offset
	return offset, nil
}

// Close lets go of the stored file and of the content in memory.
func (f *File) Close() error {
	if f.closed {
		return nil
	}
	f.closed = true
	f.forget()
	clear(f.buf)
	return f.closeBody()
}

// load brings a segment into memory and verifies it.
func (f *File) load(index int64) error {
	if f.loaded == index {
		return nil
	}
	f.forget()
	if err := f.stand(index); err != nil {
		return err
	}
	sealed := f.buf[:f.layout.sealedLen(index)]
	if _, err := io.ReadFull(f.body, sealed); err != nil {
		return errors.Join(shortRead("segment", err), f.closeBody())
	}
	f.at = index + 1
	plain, err := f.cipher.open(sealed, index, index == f.layout.segments-1)
	if err != nil {
		return err
	}
	f.plain, f.loaded = plain, index
	return nil
}

// stand makes body begin at a segment; reading on from one to the next needs no new opening.
func (f *File) stand(index int64) error {
	if f.body != nil && f.at == index {
		return nil
	}
	if err := f.closeBody(); err != nil {
		return err
	}
	body, err := f.openAt(f.layout.offset(index))
	if err != nil {
		return err
	}
	f.body, f.at = body, index
	return nil
}

func (f *File) forget() { f.plain, f.loaded = nil, -1 }

func (f *File) closeBody() error {
	if f.body == nil {
		return nil
	}
	body := f.body
	f.body = nil
	if err := body.Close(); err != nil {
		return fmt.Errorf("close stored file: %w", err)
	}
	return nil
}
