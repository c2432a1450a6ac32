package files

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/google/uuid"

	"insyn/internal/crypto"
)

// A sealed file is a header and segments:
//
//	"INSF" | version | length of sealed file key, 2 bytes | sealed file key
//	segment 0 | segment 1 | … | last segment
//
// Each segment is AES-256-GCM of 64 KiB of content, the last one of 1 byte to 64 KiB. The file key is random, used for this
// file only, and sealed under the data key for this file's id. The nonce is the segment's number and whether it is the last,
// so that a segment fits one place only: cutting, repeating, reordering or appending is found, and since every place is
// sealed once no nonce repeats.
const (
	magic         = "INSF"
	formatVersion = 1
	prefixSize    = len(magic) + 1 + 2
	// maxSealedKey bounds what a damaged length can make us read.
	maxSealedKey = 1024

	segmentSize = 64 << 10
	tagSize     = 16
	sealedSize  = segmentSize + tagSize

	fileKeySize = 32
)

// segmentCipher seals and opens the segments of one file. Safe for concurrent use.
type segmentCipher struct {
	gcm cipher.AEAD
	aad []byte
}

func newSegmentCipher(fileKey []byte, fileID uuid.UUID) (*segmentCipher, error) {
	block, err := aes.NewCipher(fileKey)
	if err != nil {
		return nil, fmt.Errorf("file key: %w", crypto.ErrTampered)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("file cipher: %w", err)
	}
	return &segmentCipher{gcm: gcm, aad: append([]byte("insyn/segment/1/"), fileID[:]...)}, nil
}

// nonce is the place of a segment: three zero bytes, its number, and 1 if it is the last.
func nonce(index int64, last bool) []byte {
	n := make([]byte, 12)
	binary.BigEndian.PutUint64(n[3:11], uint64(index)) //nolint:gosec // G115: counts from 0
	if last {
		n[11] = 1
	}
	return n
}

// seal appends the sealed segment to dst.
func (c *segmentCipher) seal(dst, plain []byte, index int64, last bool) []byte {
	return c.gcm.Seal(dst, nonce(index, last), plain, c.aad)
}

// open decrypts a segment in place.
func (c *segmentCipher) open(sealed []byte, index int64, last bool) ([]byte, error) {
	plain, err := c.gcm.Open(sealed[:0], nonce(index, last), sealed, c.aad)
	if err != nil {
		return nil, fmt.Errorf("segment %d: %w", index, crypto.ErrTampered)
	}
	return plain, nil
}

// header writes the beginning of a file around its sealed key.
func header(sealedKey []byte) []byte {
	h := append([]byte(magic), formatVersion)
	h = binary.BigEndian.AppendUint16(h, uint16(len(sealedKey))) //nolint:gosec // G115: a sealed file key is far below maxSealedKey
	return append(h, sealedKey...)
}

// readHeader takes the sealed file key from the beginning of a file and tells how long the header is.
func readHeader(r io.Reader) (sealedKey []byte, size int64, err error) {
	prefix := make([]byte, prefixSize)
	if _, err := io.ReadFull(r, prefix); err != nil {
		return nil, 0, shortRead("header", err)
	}
	if string(prefix[:len(magic)]) != magic || prefix[len(magic)] != formatVersion {
		return nil, 0, fmt.Errorf("header is not of a known form: %w", crypto.ErrTampered)
	}
	n := int(binary.BigEndian.Uint16(prefix[len(magic)+1:]))
	if n > maxSealedKey {
		return nil, 0, fmt.Errorf("header is not of a known form: %w", crypto.ErrTampered)
	}
	sealedKey = make([]byte, n)
	if _, err := io.ReadFull(r, sealedKey); err != nil {
		return nil, 0, shortRead("header", err)
	}
	return sealedKey, int64(prefixSize + n), nil
}

// shortRead tells a file that ends too early from a store that fails.
func shortRead(what string, err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF { //nolint:errorlint // io.ReadFull returns these two bare
		return fmt.Errorf("%s is cut short: %w", what, crypto.ErrTampered)
	}
	return fmt.Errorf("read %s: %w", what, err)
}

// layout is where the segments of a file of a given size lie.
type layout struct {
	header   int64 // length of the header
	segments int64
	plain    int64 // length of the content
}

// newLayout works out the segments from the size of the stored file. No size within a segment's tag can occur.
func newLayout(headerSize, stored int64) (layout, error) {
	body := stored - headerSize
	n := (body + sealedSize - 1) / sealedSize
	if body <= tagSize || body-(n-1)*sealedSize <= tagSize {
		return layout{}, fmt.Errorf("content is cut short: %w", crypto.ErrTampered)
	}
	return layout{header: headerSize, segments: n, plain: body - n*tagSize}, nil
}

// offset is where a segment begins in the stored file.
func (l layout) offset(index int64) int64 { return l.header + index*sealedSize }

// sealedLen is how long a segment is in the stored file.
func (l layout) sealedLen(index int64) int {
	if index < l.segments-1 {
		return sealedSize
	}
	return int(l.plain - index*segmentSize + tagSize)
}
