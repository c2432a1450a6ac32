package pack

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"insyn/internal/calendar"
)

// Keys are the keys of an installation: the one that signs now, and those that signed before and still check what they signed.
type Keys struct {
	Active SigningKey
	Former []FormerKey // the latest first
}

// FormerKey is a public key that has been replaced.
type FormerKey struct {
	Public PublicKey
	// Until is the last day it signed.
	Until calendar.Date
}

// ParseKeys reads the values of INSYN_SIGNING_KEY (see ParseSigningKey; empty is no key) and INSYN_SIGNING_FORMER: public keys in
// base64 with the last day they signed, "key@2026-11-30", comma separated. Errors name the variable, never a value.
func ParseKeys(signing, former string) (Keys, error) {
	var k Keys
	var err error
	if strings.TrimSpace(signing) != "" {
		if k.Active, err = ParseSigningKey(signing); err != nil {
			return Keys{}, fmt.Errorf("INSYN_SIGNING_KEY: %w", err)
		}
	}
	if strings.TrimSpace(former) == "" {
		return k, nil
	}
	for i, entry := range strings.Split(former, ",") {
		f, err := parseFormer(strings.TrimSpace(entry))
		if err != nil {
			return Keys{}, fmt.Errorf("INSYN_SIGNING_FORMER: entry %d %w", i+1, err)
		}
		same := func(g FormerKey) bool { return g.Public == f.Public }
		if slices.ContainsFunc(k.Former, same) || !k.Active.IsZero() && k.Active.Public() == f.Public {
			return Keys{}, fmt.Errorf("INSYN_SIGNING_FORMER: entry %d is there twice, or is the key that signs now", i+1)
		}
		k.Former = append(k.Former, f)
	}
	slices.SortStableFunc(k.Former, func(a, b FormerKey) int { return b.Until.Compare(a.Until) })
	return k, nil
}

func parseFormer(entry string) (FormerKey, error) {
	text, day, found := strings.Cut(entry, "@")
	if !found {
		return FormerKey{}, errors.New("is not of the form key@day")
	}
	public, err := ParsePublicKey(text)
	if err != nil {
		return FormerKey{}, fmt.Errorf("is not right: %w", err)
	}
	until, err := calendar.Parse(strings.TrimSpace(day))
	if err != nil {
		return FormerKey{}, errors.New("has no day such as 2026-11-30")
	}
	return FormerKey{public, until}, nil
}

// Published is the list of public keys as machines read it. Field names are documented in docs/package.md and do not change.
type Published struct {
	Format string         `json:"format"`
	Keys   []PublishedKey `json:"keys"` // the one that signs now first
}

// PublishedKey is one key of the list.
type PublishedKey struct {
	KeyID       string         `json:"key_id"`
	Algorithm   string         `json:"algorithm"`
	PublicKey   string         `json:"public_key"` // base64 of 32 bytes
	Fingerprint string         `json:"fingerprint"`
	PEM         string         `json:"pem"`
	Until       *calendar.Date `json:"until,omitempty"` // the last day it signed; none of the one that signs now
}

// Publish lists the public keys, the one that signs now first.
func (k Keys) Publish() Published {
	p := Published{Format: "insyn-package-keys/1", Keys: []PublishedKey{}}
	add := func(key PublicKey, until *calendar.Date) {
		p.Keys = append(p.Keys, PublishedKey{key.ID(), "Ed25519", key.Base64(), key.Fingerprint(), key.PEM(), until})
	}
	if !k.Active.IsZero() {
		add(k.Active.Public(), nil)
	}
	for _, f := range k.Former {
		add(f.Public, &f.Until)
	}
	return p
}
