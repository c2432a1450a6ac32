package files

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"hash/crc32"
	"io"

	"github.com/google/uuid"
)

// PartSize is how much of a file each of its parts has, the last one excepted: 1 MiB. A damaged byte can be told to lie in
// one part of a file, however large the file is.
const PartSize = 1 << 20

// Digest is what can be told of content by reading it through once: enough to lay it out in a package before it is read
// again, and to say later which part of it is damaged.
type Digest struct {
	// Size is the length of the content in bytes.
	Size int64
	// SHA256 is the hash of the whole.
	SHA256 [sha256.Size]byte
	// CRC32 is the checksum of the whole that the ZIP format wants (IEEE).
	CRC32 uint32
	// Parts is the SHA-256 of each part of PartSize bytes, one after the other, 32 bytes each. Content that fits one part
	// has one, equal to SHA256.
	Parts []byte
}

// Hasher takes the digest of what is written to it. The zero Hasher is not ready for use; see NewHasher. For one goroutine.
type Hasher struct {
	whole, part hash.Hash
	sum         uint32
	size        int64
	parts       []byte
}

// NewHasher begins a digest.
func NewHasher() *Hasher { return &Hasher{whole: sha256.New(), part: sha256.New()} }

// Write implements [io.Writer]; it never fails.
func (h *Hasher) Write(p []byte) (int, error) {
	h.whole.Write(p)
	h.sum = crc32.Update(h.sum, crc32.IEEETable, p)
	for rest := p; len(rest) > 0; {
		n := min(int64(len(rest)), PartSize-h.size%PartSize)
		h.part.Write(rest[:n])
		h.size, rest = h.size+n, rest[n:]
		if h.size%PartSize == 0 {
			h.parts = h.part.Sum(h.parts)
			h.part.Reset()
		}
	}
	return len(p), nil
}

// Digest tells what has been written so far. More may be written afterwards.
func (h *Hasher) Digest() Digest {
	d := Digest{Size: h.size, CRC32: h.sum}
	h.whole.Sum(d.SHA256[:0])
	// A copy: the next part must not be written into what was given away.
	d.Parts = append(make([]byte, 0, len(h.parts)+sha256.Size), h.parts...)
	if h.size%PartSize != 0 || h.size == 0 {
		d.Parts = h.part.Sum(d.Parts)
	}
	return d
}

// Digest reads a stored file through once and tells its digest, for files whose digest was not kept when they were stored.
// Errors are those of Open and of the reading.
func (v *Vault) Digest(ctx context.Context, keyID, fileID uuid.UUID) (Digest, error) {
	f, err := v.Open(ctx, keyID, fileID)
	if err != nil {
		return Digest{}, err
	}
	h := NewHasher()
	_, err = io.Copy(h, f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return Digest{}, fmt.Errorf("digest of stored file: %w", err)
	}
	return h.Digest(), nil
}
