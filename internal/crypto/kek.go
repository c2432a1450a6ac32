package crypto

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// kekBytes is the length of a key-encryption key: AES-256.
const kekBytes = 32

// kekID is what a key-encryption key may be called. The name becomes a file name, and is too short to hold a key, so that
// an entry written the wrong way round is not echoed as a "name".
var kekID = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,31}$`)

// KEKSet is the key-encryption keys of an installation: one that wraps, and any number that may still unwrap.
// It prints as its names.
type KEKSet struct {
	ids  []string // the first one is active
	keys map[string]tink.AEAD
}

// ParseKEKs reads the value of INSYN_KEK: "id:base64 of 32 bytes", comma separated. The first key is the active one; the
// others only unwrap what they once wrapped. Errors name the variable and the entry, never a value.
func ParseKEKs(s string) (KEKSet, error) {
	if strings.TrimSpace(s) == "" {
		return KEKSet{}, errors.New("INSYN_KEK: is empty, expected id:base64 of 32 bytes (make one with: insyn keys generate)")
	}
	set := KEKSet{keys: map[string]tink.AEAD{}}
	for i, entry := range strings.Split(s, ",") {
		id, encoded, found := strings.Cut(strings.TrimSpace(entry), ":")
		if !found {
			return KEKSet{}, fmt.Errorf("INSYN_KEK: entry %d is not of the form id:base64", i+1)
		}
		if !kekID.MatchString(id) {
			return KEKSet{}, fmt.Errorf("INSYN_KEK: the id of entry %d must be 1-32 of a-z, 0-9, '.', '_' and '-'", i+1)
		}
		if _, twice := set.keys[id]; twice {
			return KEKSet{}, fmt.Errorf("INSYN_KEK: id %q is listed twice", id)
		}
		key, err := parseKEK(encoded)
		if err != nil {
			return KEKSet{}, fmt.Errorf("INSYN_KEK: key %q %w", id, err)
		}
		set.ids = append(set.ids, id)
		set.keys[id] = key
	}
	return set, nil
}

// parseKEK reads one key, with or without base64 padding.
func parseKEK(encoded string) (tink.AEAD, error) {
	// The decoder's own error quotes an offset of the secret; it is not passed on.
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil {
		return nil, errors.New("is not valid base64")
	}
	if len(raw) != kekBytes {
		return nil, fmt.Errorf("has %d bytes, expected %d", len(raw), kekBytes)
	}
	key, err := subtle.NewAESGCM(raw)
	if err != nil {
		return nil, errors.New("is not usable for AES-256-GCM")
	}
	return key, nil
}

// GenerateKEK makes a fresh entry for INSYN_KEK, "id:base64". An empty id is replaced by a random one, so that a new entry
// does not take the name of an older one.
func GenerateKEK(id string) (string, error) {
	if id == "" {
		id = "k" + strings.ToLower(rand.Text()[:8])
	}
	if !kekID.MatchString(id) {
		return "", errors.New("the id must be 1-32 of a-z, 0-9, '.', '_' and '-'")
	}
	raw := make([]byte, kekBytes)
	// crypto/rand.Read never fails; it ends the program when the system has no randomness.
	_, _ = rand.Read(raw)
	return id + ":" + base64.StdEncoding.EncodeToString(raw), nil
}

// Active is the name of the key that wraps new data keys.
func (s KEKSet) Active() string {
	if len(s.ids) == 0 {
		return ""
	}
	return s.ids[0]
}

// IDs lists the names, the active one first.
func (s KEKSet) IDs() []string { return append([]string(nil), s.ids...) }

// String lists the names, never a key.
func (s KEKSet) String() string { return "KEKs(" + strings.Join(s.ids, ",") + ")" }

// GoString is String, so that no formatting verb reaches the keys.
func (s KEKSet) GoString() string { return s.String() }

// LogValue is String.
func (s KEKSet) LogValue() slog.Value { return slog.StringValue(s.String()) }

// key finds a key-encryption key or names the one that is missing.
func (s KEKSet) key(id string) (tink.AEAD, error) {
	k, ok := s.keys[id]
	if !ok {
		return nil, ErrKEKMissing{ID: id}
	}
	return k, nil
}
