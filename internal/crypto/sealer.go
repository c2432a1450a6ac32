package crypto

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// sealVersion is the first byte of everything sealed, so that a later layout can be told apart.
const sealVersion = 1

// KeyStore holds data keys apart from the data they seal. [KeyDir] is the one on disk.
type KeyStore interface {
	// Create makes a data key; one that is there already is kept. A destroyed key gives ErrKeyDestroyed.
	Create(ctx context.Context, id uuid.UUID) error
	// AEAD gives the use of a key, or ErrKeyMissing or ErrKeyDestroyed.
	AEAD(ctx context.Context, id uuid.UUID) (tink.AEAD, error)
	// Destroy removes a key for good. It may be called again.
	Destroy(ctx context.Context, id uuid.UUID) error
}

// AAD is the place sealed bytes belong to. They open nowhere else.
type AAD struct {
	Table, Column string
	Row           uuid.UUID
}

// bytes writes the place so that no two places read the same: each name carries its length.
func (a AAD) bytes() []byte {
	out := []byte("insyn/sealed/1")
	for _, name := range []string{a.Table, a.Column} {
		out = binary.BigEndian.AppendUint32(out, uint32(len(name))) //nolint:gosec // G115: the name of a table or column, at most 63 bytes
		out = append(out, name...)
	}
	return append(out, a.Row[:]...)
}

// String says where, without the row.
func (a AAD) String() string { return a.Table + "." + a.Column }

// Sealer seals and opens single values under the data keys of a key store. Safe for concurrent use.
type Sealer struct {
	keys KeyStore
}

// NewSealer seals under the keys of the given store.
func NewSealer(keys KeyStore) *Sealer { return &Sealer{keys: keys} }

// CreateKey makes the data key of a new thing, for instance a case. Calling it again, or from two processes at once, ends
// with one key. Sealing never makes a key by itself: a store that was mounted empty must not look healthy.
func (s *Sealer) CreateKey(ctx context.Context, keyID uuid.UUID) error {
	return s.keys.Create(ctx, keyID)
}

// DestroyKey makes everything sealed under the key unreadable, for good and in every process. It may be called again.
func (s *Sealer) DestroyKey(ctx context.Context, keyID uuid.UUID) error {
	return s.keys.Destroy(ctx, keyID)
}

// CheckKey tells whether the key can be used now: nil, ErrKeyMissing, ErrKeyDestroyed, ErrKEKMissing or a fault of the
// store.
func (s *Sealer) CheckKey(ctx context.Context, keyID uuid.UUID) error {
	_, err := s.keys.AEAD(ctx, keyID)
	return err
}

// Seal encrypts plaintext for one place. The result is 34 bytes longer than the plaintext and differs each time.
func (s *Sealer) Seal(ctx context.Context, keyID uuid.UUID, aad AAD, plaintext []byte) ([]byte, error) {
	key, err := s.keys.AEAD(ctx, keyID)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", aad, err)
	}
	sealed, err := key.Encrypt(plaintext, aad.bytes())
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", aad, err)
	}
	return append([]byte{sealVersion}, sealed...), nil
}

// Open decrypts what Seal made for the same key and place; anything else is ErrTampered.
func (s *Sealer) Open(ctx context.Context, keyID uuid.UUID, aad AAD, sealed []byte) ([]byte, error) {
	key, err := s.keys.AEAD(ctx, keyID)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", aad, err)
	}
	if len(sealed) == 0 || sealed[0] != sealVersion {
		return nil, fmt.Errorf("open %s: not sealed in a known form: %w", aad, ErrTampered)
	}
	plaintext, err := key.Decrypt(sealed[1:], aad.bytes())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", aad, ErrTampered)
	}
	return plaintext, nil
}

// SealString is Seal for text.
func (s *Sealer) SealString(ctx context.Context, keyID uuid.UUID, aad AAD, plaintext string) ([]byte, error) {
	return s.Seal(ctx, keyID, aad, []byte(plaintext))
}

// OpenString is Open for text.
func (s *Sealer) OpenString(ctx context.Context, keyID uuid.UUID, aad AAD, sealed []byte) (string, error) {
	plaintext, err := s.Open(ctx, keyID, aad, sealed)
	return string(plaintext), err
}

// IsUnreadable tells whether an error means that the data will never open again with what is there (destroyed, missing or
// tampered), as opposed to a fault that may pass.
func IsUnreadable(err error) bool {
	return errors.Is(err, ErrKeyDestroyed) || errors.Is(err, ErrKeyMissing) || errors.Is(err, ErrTampered)
}
