package crypto

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"log/slog"
)

const (
	// lookupBytes is the length of the lookup secret.
	lookupBytes = 32
	// tokenInfo names the use the key is derived for; another use derives another key from the same secret.
	tokenInfo = "insyn/search-token/1" //nolint:gosec // G101: a label, not a secret
)

// LookupKey makes search tokens: the same word in the same scope always gives the same token, and without the key a token
// says nothing. It does not change when key-encryption keys do. Safe for concurrent use.
type LookupKey struct {
	key []byte
}

// newLookupKey derives the token key from the secret in the key store.
func newLookupKey(secret []byte) (*LookupKey, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, tokenInfo, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive lookup key: %w", err)
	}
	return &LookupKey{key: key}, nil
}

// Token gives the 32 bytes to store and to search for. The scope keeps searches apart, for instance a controller's id:
// equal words in two scopes have unrelated tokens. The text must be normalised already, see NormaliseWords and
// NormaliseNumber.
func (k *LookupKey) Token(scope []byte, normalised string) []byte {
	mac := hmac.New(sha256.New, k.key)
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(scope)))
	mac.Write(size[:])
	mac.Write(scope)
	mac.Write([]byte(normalised))
	return mac.Sum(nil)
}

// String hides the key.
func (LookupKey) String() string { return "LookupKey" }

// GoString hides the key.
func (LookupKey) GoString() string { return "LookupKey" }

// LogValue hides the key.
func (LookupKey) LogValue() slog.Value { return slog.StringValue("LookupKey") }
