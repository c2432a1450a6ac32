package files

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"mime"
	"time"

	"github.com/gabriel-vasile/mimetype"
	"github.com/google/uuid"

	"insyn/internal/crypto"
)

// sniffSize is how much of the beginning decides what a file is; it is what mimetype looks at.
const sniffSize = 3072

// Sealer is what the vault needs to seal each file's own key; crypto.Sealer in production.
type Sealer interface {
	Seal(ctx context.Context, keyID uuid.UUID, aad crypto.AAD, plaintext []byte) ([]byte, error)
	Open(ctx context.Context, keyID uuid.UUID, aad crypto.AAD, sealed []byte) ([]byte, error)
	CheckKey(ctx context.Context, keyID uuid.UUID) error
}

// Vault keeps content sealed in a store. Safe for concurrent use.
type Vault struct {
	store  Store
	sealer Sealer
}

// NewVault keeps sealed files in the store, each file's key sealed by the sealer.
func NewVault(store Store, sealer Sealer) *Vault { return &Vault{store: store, sealer: sealer} }

// Upload is content on its way in.
type Upload struct {
	// KeyID is the data key to seal under; it must have been created.
	KeyID uuid.UUID
	// FileID is the new file's name, never used before.
	FileID uuid.UUID
	// Reader is the content. It is read once, to its end unless a limit ends it.
	Reader io.Reader
	// MaxBytes is the greatest size accepted. It must be set.
	MaxBytes int64
	// Allow decides whether a type of content is accepted. It is given the media type recognised from the content, without
	// parameters and in lower case; what the browser or the file name say plays no part. It must be set; see AnyType.
	Allow func(mediaType string) bool
}

// AnyType accepts everything, for content the system made itself.
func AnyType(string) bool { return true }

// Stored tells what was put into the vault.
type Stored struct {
	Digest
	// MediaType was recognised from the content, without parameters. Unknown binary content is application/octet-stream.
	MediaType string
}

// Store streams an upload into a new sealed file, holding a few segments in memory whatever its size. It refuses empty
// content (ErrEmpty), too much (ErrTooLarge), types not allowed (ErrType) and names in use (ErrExists); a refused or broken
// upload leaves no file. Errors of the Reader are wrapped.
func (v *Vault) Store(ctx context.Context, u Upload) (Stored, error) {
	if u.MaxBytes <= 0 || u.Allow == nil || u.Reader == nil {
		return Stored{}, errors.New("store file: the upload lacks its content, limit or types")
	}
	cipher, head, err := v.newFileKey(ctx, u.KeyID, u.FileID)
	if err != nil {
		return Stored{}, fmt.Errorf("store file: %w", err)
	}
	content := &meter{r: u.Reader, max: u.MaxBytes, hash: NewHasher()}
	beginning, mediaType, err := sniff(content)
	if err != nil {
		return Stored{}, fmt.Errorf("store file: %w", err)
	}
	if !u.Allow(mediaType) {
		return Stored{}, fmt.Errorf("store file: %w", ErrType{MediaType: mediaType})
	}
	source := io.MultiReader(bytes.NewReader(beginning), content)
	if _, err := v.store.Put(ctx, u.FileID.String(), newSealingReader(source, cipher, head)); err != nil {
		return Stored{}, fmt.Errorf("store file: %w", err)
	}
	return Stored{Digest: content.hash.Digest(), MediaType: mediaType}, nil
}

// newFileKey makes the key of a new file and the header that carries it sealed.
func (v *Vault) newFileKey(ctx context.Context, keyID, fileID uuid.UUID) (*segmentCipher, []byte, error) {
	key := make([]byte, fileKeySize)
	_, _ = rand.Read(key)
	sealed, err := v.sealer.Seal(ctx, keyID, fileKeyPlace(fileID), key)
	if err != nil {
		return nil, nil, err
	}
	c, err := newSegmentCipher(key, fileID)
	return c, header(sealed), err
}

// fileKeyPlace binds a sealed file key to its file.
func fileKeyPlace(fileID uuid.UUID) crypto.AAD {
	return crypto.AAD{Table: "files", Column: "key", Row: fileID}
}

// sniff reads the beginning of the content and recognises its type.
func sniff(r io.Reader) (beginning []byte, mediaType string, err error) {
	beginning = make([]byte, sniffSize)
	n, err := io.ReadFull(r, beginning)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF { //nolint:errorlint // bare from io.ReadFull; a wrapped one is the source's fault
		return nil, "", err
	}
	if n == 0 {
		return nil, "", ErrEmpty
	}
	beginning = beginning[:n]
	mediaType, _, err = mime.ParseMediaType(mimetype.Detect(beginning).String())
	if err != nil {
		return nil, "", fmt.Errorf("recognise content: %w", err)
	}
	return beginning, mediaType, nil
}

// meter counts, hashes and limits what is read through it. Its first error stays: io.ReadFull forgets an error that comes
// together with the last byte it wanted, and an upload that broke there must not look complete.
type meter struct {
	r    io.Reader
	max  int64
	n    int64
	hash *Hasher
	err  error
}

// Read implements [io.Reader].
func (m *meter) Read(p []byte) (int, error) {
	if m.err != nil {
		return 0, m.err
	}
	n, err := m.r.Read(p)
	m.n += int64(n)
	switch {
	case m.n > m.max:
		n, m.err = 0, ErrTooLarge{Max: m.max}
	case err == io.EOF: // only a bare io.EOF is an end
		m.err = io.EOF
	case err != nil:
		m.err = fmt.Errorf("read upload: %w", err)
	}
	_, _ = m.hash.Write(p[:n]) // never fails
	return n, m.err
}

// Open opens a sealed file for reading from any offset. The header and the last segment are verified here, so a file that
// was cut short is refused before its first byte leaves; the others are verified as they are reached. ErrNotFound if there is
// no such file, crypto.ErrKeyDestroyed after the key's destruction, crypto.ErrTampered if anything was altered. ctx holds for
// the reading too; the caller closes the file.
func (v *Vault) Open(ctx context.Context, keyID, fileID uuid.UUID) (*File, error) {
	f, err := v.open(ctx, keyID, fileID)
	if err != nil {
		return nil, fmt.Errorf("open sealed file: %w", err)
	}
	return f, nil
}

func (v *Vault) open(ctx context.Context, keyID, fileID uuid.UUID) (*File, error) {
	// First, so that a disposed file says so whether or not its bytes have been removed yet.
	if err := v.sealer.CheckKey(ctx, keyID); err != nil {
		return nil, err
	}
	r, stored, err := v.store.OpenAt(ctx, fileID.String(), 0)
	if err != nil {
		return nil, err
	}
	sealedKey, headerSize, err := readHeader(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	key, err := v.sealer.Open(ctx, keyID, fileKeyPlace(fileID), sealedKey)
	if err != nil {
		return nil, err
	}
	cipher, err := newSegmentCipher(key, fileID)
	if err != nil {
		return nil, err
	}
	l, err := newLayout(headerSize, stored)
	if err != nil {
		return nil, err
	}
	f := &File{cipher: cipher, layout: l, loaded: -1, buf: make([]byte, sealedSize)}
	f.openAt = func(offset int64) (io.ReadCloser, error) {
		r, _, err := v.store.OpenAt(ctx, fileID.String(), offset)
		return r, err
	}
	if err := f.load(l.segments - 1); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Delete removes a file for good, key or no key. One that is not there is no error.
func (v *Vault) Delete(ctx context.Context, fileID uuid.UUID) error {
	return v.store.Delete(ctx, fileID.String())
}

// List walks the files of a store that can be walked, with the instant each was written, so that those nobody refers to can
// be found.
func (v *Vault) List(ctx context.Context, visit func(fileID uuid.UUID, written time.Time) error) error {
	l, ok := v.store.(Lister)
	if !ok {
		return errors.New("list files: the store cannot be listed")
	}
	return l.List(ctx, visit)
}
