package files

import (
	"bytes"
	"crypto/sha256"
	"hash/crc32"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// digestOf is the digest worked out from the bytes as a whole.
func digestOf(b []byte) Digest {
	d := Digest{Size: int64(len(b)), SHA256: sha256.Sum256(b), CRC32: crc32.ChecksumIEEE(b)}
	for i := 0; i == 0 || i < len(b); i += PartSize {
		sum := sha256.Sum256(b[i:min(i+PartSize, len(b))])
		d.Parts = append(d.Parts, sum[:]...)
	}
	return d
}

func sameDigest(a, b Digest) bool {
	return a.Size == b.Size && a.SHA256 == b.SHA256 && a.CRC32 == b.CRC32 && bytes.Equal(a.Parts, b.Parts)
}

// TestDigest: however the content comes in pieces, its digest is that of the whole; and asking in between changes nothing.
func TestDigest(t *testing.T) {
	t.Parallel()
	content := noise(3*PartSize+17, 4)
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.OneOf(rapid.IntRange(0, len(content)), rapid.SampledFrom([]int{0, 1, PartSize - 1, PartSize, PartSize + 1, 2 * PartSize})).Draw(t, "size")
		h := NewHasher()
		var given []Digest
		var at []int
		for rest := content[:size]; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "piece")
			if _, err := h.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
			given, at = append(given, h.Digest()), append(at, size-len(rest))
		}
		if !sameDigest(h.Digest(), digestOf(content[:size])) {
			t.Fatalf("%d bytes", size)
		}
		for i, d := range given {
			if !sameDigest(d, digestOf(content[:at[i]])) {
				t.Fatalf("asked after %d of %d bytes", at[i], size)
			}
		}
	})
}

// TestStoredDigest: what is told when a file is stored is what reading it through tells.
func TestStoredDigest(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, size := range []int{1, sniffSize, sniffSize + 1, segmentSize, PartSize - 1, PartSize, PartSize + 1, 2*PartSize + 5} {
		content := noise(size, uint64(size))
		u := r.upload(iotest.HalfReader(bytes.NewReader(content)))
		stored, err := r.Store(t.Context(), u)
		if err != nil {
			t.Fatal(err)
		}
		again, err := r.Digest(t.Context(), r.key, u.FileID)
		if err != nil {
			t.Fatal(err)
		}
		if want := digestOf(content); !sameDigest(stored.Digest, want) || !sameDigest(again, want) {
			t.Errorf("%d bytes: told %d when stored, %d when read", size, stored.Size, again.Size)
		}
	}
}
