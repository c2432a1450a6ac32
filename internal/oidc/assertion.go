package oidc

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// assertionSigner proves to a provider who we are by private_key_jwt
// (OIDC Core 9, RFC 7523).
type assertionSigner struct {
	signer jose.Signer
	public jose.JSONWebKey
}

func newAssertionSigner(c Config) (*assertionSigner, error) {
	key, err := parseKey(c.PrivateKeyPEM)
	if err != nil {
		return nil, err
	}
	alg, err := algorithm(key)
	if err != nil {
		return nil, err
	}
	public := jose.JSONWebKey{Key: key.Public(), KeyID: c.PrivateKeyID, Algorithm: string(alg), Use: "sig"}
	if public.KeyID == "" {
		sum, err := public.Thumbprint(crypto.SHA256)
		if err != nil {
			return nil, errors.New("the private key has no thumbprint")
		}
		public.KeyID = base64.RawURLEncoding.EncodeToString(sum)
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: public.KeyID}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, errors.New("the private key cannot sign")
	}
	return &assertionSigner{signer: signer, public: public}, nil
}

// parseKey never repeats what it could not read.
func parseKey(text []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("the private key is not PEM")
	}
	if k, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		if s, ok := k.(crypto.Signer); ok {
			return s, nil
		}
	}
	if k, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return k, nil
	}
	if k, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
		return k, nil
	}
	return nil, errors.New("the private key cannot be read")
}

func algorithm(key crypto.Signer) (jose.SignatureAlgorithm, error) {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if k.N.BitLen() < 2048 {
			return "", errors.New("the RSA key must have at least 2048 bits")
		}
		return jose.RS256, nil
	case *ecdsa.PrivateKey:
		switch k.Curve.Params().BitSize {
		case 256:
			return jose.ES256, nil
		case 384:
			return jose.ES384, nil
		}
	}
	return "", errors.New("the private key must be RSA, P-256 or P-384")
}

// sign makes one assertion, good for a minute and one use.
func (s *assertionSigner) sign(clientID, audience string, now time.Time) (string, error) {
	out, err := jwt.Signed(s.signer).Claims(jwt.Claims{
		Issuer: clientID, Subject: clientID, Audience: jwt.Audience{audience}, ID: rand.Text(),
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(time.Minute)),
	}).Serialize()
	if err != nil {
		return "", fmt.Errorf("sign the client assertion: %w", err)
	}
	return out, nil
}

// PublicKeys is our public key as a JWK set, to be given to a provider that
// wants private_key_jwt; nil with any other method.
func (c *Client) PublicKeys() ([]byte, error) {
	if c.signer == nil {
		return nil, nil
	}
	b, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{c.signer.public}})
	if err != nil {
		return nil, fmt.Errorf("write the public key: %w", err)
	}
	return b, nil
}
