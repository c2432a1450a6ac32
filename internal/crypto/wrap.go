package crypto

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// wrapFormat is the layout of a wrapped file. Readers refuse what they do not know.
const wrapFormat = 1

// wrapped is a file of the key store: a secret, sealed with a named key-encryption key.
type wrapped struct {
	Format int    `json:"format"`
	KEK    string `json:"kek"`
	Secret []byte `json:"secret"`
}

// parseWrapped reads a file of the store. It does not unwrap: that needs the key-encryption key it names.
func parseWrapped(data []byte) (wrapped, error) {
	var w wrapped
	if err := json.Unmarshal(data, &w); err != nil {
		return wrapped{}, fmt.Errorf("read wrapped key: not of the expected form: %w", ErrTampered)
	}
	if w.Format != wrapFormat {
		return wrapped{}, fmt.Errorf("read wrapped key: format %d is not known: %w", w.Format, ErrTampered)
	}
	// An id of any other form was not written here, and must not reach a message or a file name.
	if !kekID.MatchString(w.KEK) {
		return wrapped{}, fmt.Errorf("read wrapped key: the KEK id is not of the expected form: %w", ErrTampered)
	}
	return w, nil
}

// wrapSecret seals raw bytes with the active key-encryption key, bound to what they are for.
func (s KEKSet) wrapSecret(secret, purpose []byte) ([]byte, error) {
	kek, err := s.key(s.Active())
	if err != nil {
		return nil, err
	}
	return s.seal(s.Active(), kek, secret, purpose)
}

// unwrapSecret opens what wrapSecret made.
func (s KEKSet) unwrapSecret(w wrapped, purpose []byte) ([]byte, error) {
	kek, err := s.key(w.KEK)
	if err != nil {
		return nil, err
	}
	secret, err := kek.Decrypt(w.Secret, purpose)
	if err != nil {
		return nil, fmt.Errorf("unwrap with KEK %q: %w", w.KEK, ErrTampered)
	}
	return secret, nil
}

// seal makes a wrapped file with a given key-encryption key.
func (s KEKSet) seal(id string, kek tink.AEAD, secret, purpose []byte) ([]byte, error) {
	sealed, err := kek.Encrypt(secret, purpose)
	if err != nil {
		return nil, fmt.Errorf("wrap with KEK %q: %w", id, err)
	}
	return json.Marshal(wrapped{Format: wrapFormat, KEK: id, Secret: sealed}) //nolint:gosec // G117: sealed by the KEK above
}

// newDataKey makes a fresh AES-256-GCM keyset.
func newDataKey() (*keyset.Handle, error) {
	h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make data key: %w", err)
	}
	return h, nil
}

// wrapDataKey writes a keyset, wrapped with the active key-encryption key, as the content of a key file.
func (s KEKSet) wrapDataKey(h *keyset.Handle, purpose []byte) ([]byte, error) {
	kek, err := s.key(s.Active())
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if err := h.WriteWithAssociatedData(keyset.NewBinaryWriter(&buf), kek, purpose); err != nil {
		return nil, fmt.Errorf("wrap data key: %w", err)
	}
	return json.Marshal(wrapped{Format: wrapFormat, KEK: s.Active(), Secret: buf.Bytes()})
}

// unwrapDataKey reads a keyset out of a key file.
func (s KEKSet) unwrapDataKey(w wrapped, purpose []byte) (*keyset.Handle, error) {
	kek, err := s.key(w.KEK)
	if err != nil {
		return nil, err
	}
	h, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(w.Secret)), kek, purpose)
	if err != nil {
		return nil, fmt.Errorf("unwrap data key with KEK %q: %w", w.KEK, ErrTampered)
	}
	return h, nil
}
