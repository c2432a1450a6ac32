package pack

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// SigningKey signs manifests, and nothing else: what it signs is the manifest's bytes as they are, so that anybody can check
// them with a tool of their own. It prints as its public key's id.
type SigningKey struct {
	private ed25519.PrivateKey
}

// ParseSigningKey reads a private key: PEM with PKCS#8, or the 32 bytes of its seed in base64. The error never repeats it.
func ParseSigningKey(s string) (SigningKey, error) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "-----BEGIN") {
		block, rest := pem.Decode([]byte(s))
		if block == nil || strings.TrimSpace(string(rest)) != "" || block.Type != "PRIVATE KEY" {
			return SigningKey{}, errors.New("this must be one PEM block PRIVATE KEY (PKCS#8)")
		}
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return SigningKey{}, errors.New("the PEM block cannot be read as PKCS#8")
		}
		private, ok := key.(ed25519.PrivateKey)
		if !ok {
			return SigningKey{}, errors.New("the key in the PEM block is not an Ed25519 key")
		}
		return SigningKey{private}, nil
	}
	seed, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil {
		return SigningKey{}, errors.New("this must be PEM (PKCS#8), or 32 bytes in base64; make one with: insyn keys signing")
	}
	if len(seed) != ed25519.SeedSize {
		return SigningKey{}, fmt.Errorf("the key has %d bytes, expected %d", len(seed), ed25519.SeedSize)
	}
	return SigningKey{ed25519.NewKeyFromSeed(seed)}, nil
}

// GenerateSigningKey makes a fresh key, in the form ParseSigningKey reads.
func GenerateSigningKey() string {
	seed := make([]byte, ed25519.SeedSize)
	// crypto/rand.Read never fails; it ends the program when the system has no randomness.
	_, _ = rand.Read(seed)
	return base64.StdEncoding.EncodeToString(seed)
}

// IsZero tells whether there is no key.
func (k SigningKey) IsZero() bool { return k.private == nil }

// Public is the key that checks what this one signs.
func (k SigningKey) Public() PublicKey {
	var p PublicKey
	copy(p[:], k.private[ed25519.SeedSize:])
	return p
}

// String is the public key's id.
func (k SigningKey) String() string {
	if k.IsZero() {
		return "SigningKey(none)"
	}
	return "SigningKey(" + k.Public().ID() + ")"
}

// GoString is String, so that no formatting verb reaches the key.
func (k SigningKey) GoString() string { return k.String() }

// LogValue is String.
func (k SigningKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// PublicKey is an Ed25519 public key.
type PublicKey [ed25519.PublicKeySize]byte

// Fingerprint is the SHA-256 of the key, as hex: what people compare.
func (p PublicKey) Fingerprint() string {
	sum := sha256.Sum256(p[:])
	return hex.EncodeToString(sum[:])
}

// ID is the beginning of the fingerprint, short enough to say on the phone: 16 hex digits.
func (p PublicKey) ID() string { return p.Fingerprint()[:idSize] }

// Base64 is the key's 32 bytes.
func (p PublicKey) Base64() string { return base64.StdEncoding.EncodeToString(p[:]) }

// PEM is the key as other tools read it.
func (p PublicKey) PEM() string {
	der, err := x509.MarshalPKIXPublicKey(ed25519.PublicKey(p[:]))
	if err != nil {
		return "" // an Ed25519 key can always be written
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// ParsePublicKey reads a public key: PEM, or its 32 bytes in base64.
func ParsePublicKey(s string) (PublicKey, error) {
	var p PublicKey
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "-----BEGIN") {
		block, _ := pem.Decode([]byte(s))
		if block == nil || block.Type != "PUBLIC KEY" {
			return p, errors.New("the PEM block is not a PUBLIC KEY")
		}
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return p, errors.New("the PEM block cannot be read")
		}
		public, ok := key.(ed25519.PublicKey)
		if !ok {
			return p, errors.New("the key in the PEM block is not an Ed25519 key")
		}
		copy(p[:], public)
		return p, nil
	}
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil || len(b) != len(p) {
		return p, errors.New("a public key is PEM, or 32 bytes in base64")
	}
	copy(p[:], b)
	return p, nil
}

// The signature's file is JSON in which every field has its length, so that the file always is of one size and stands where it
// is expected, whatever is wrong with it.
const (
	idSize   = 16
	keySize  = 44 // base64 of 32 bytes
	sumSize  = 64
	signSize = 88 // base64 of 64 bytes
)

// sigField is a field of the signature's file.
type sigField struct {
	name  string
	size  int
	value string
}

// sigFields are the fields in their order.
func sigFields(public PublicKey, manifest []byte, signature []byte) []sigField {
	sum := sha256.Sum256(manifest)
	return []sigField{
		{"algorithm", len("Ed25519"), "Ed25519"},
		{"key_id", idSize, public.ID()},
		{"public_key", keySize, public.Base64()},
		{"manifest_sha256", sumSize, hex.EncodeToString(sum[:])},
		{"signature", signSize, base64.StdEncoding.EncodeToString(signature)},
	}
}

// writeSignature writes the signature's file and tells where each field's value begins in it.
func writeSignature(fields []sigField) (text []byte, begins map[string]int) {
	begins = make(map[string]int, len(fields))
	text = append(text, '{', '\n')
	for i, f := range fields {
		text = append(text, `  "`+f.name+`": "`...)
		begins[f.name] = len(text)
		text = append(text, f.value...)
		text = append(text, '"')
		if i < len(fields)-1 {
			text = append(text, ',')
		}
		text = append(text, '\n')
	}
	return append(text, '}', '\n'), begins
}

// blankSignature is the file of no signature, for its size and where its fields are.
func blankSignature() ([]byte, map[string]int) {
	return writeSignature(sigFields(PublicKey{}, nil, make([]byte, ed25519.SignatureSize)))
}

// signatureSize is how long the signature's file always is.
func signatureSize() int64 {
	text, _ := blankSignature()
	return int64(len(text))
}

// Sign makes the content of manifest.sig for a manifest's bytes. It is the same each time.
func (k SigningKey) Sign(manifest []byte) []byte {
	text, _ := writeSignature(sigFields(k.Public(), manifest, ed25519.Sign(k.private, manifest)))
	return text
}

// signatureParts are the fields of a signature's file as they stand there, trusted or not.
type signatureParts struct {
	public    PublicKey
	id, sum   string
	signature []byte
}

// readSignature takes the fields from where they must stand. What cannot be read is left zero.
func readSignature(text []byte) (s signatureParts) {
	blank, begins := blankSignature()
	if len(text) != len(blank) {
		return s
	}
	field := func(name string, size int) string { return string(text[begins[name] : begins[name]+size]) }
	s.id, s.sum = field("key_id", idSize), field("manifest_sha256", sumSize)
	if b, err := base64.StdEncoding.DecodeString(field("public_key", keySize)); err == nil {
		copy(s.public[:], b)
	}
	if b, err := base64.StdEncoding.DecodeString(field("signature", signSize)); err == nil {
		s.signature = b
	}
	return s
}

// valid tells whether the signature is the key's signature of the manifest.
func (s signatureParts) valid(manifest []byte) bool {
	return len(s.signature) == ed25519.SignatureSize && ed25519.Verify(s.public[:], manifest, s.signature)
}
