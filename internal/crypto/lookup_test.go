package crypto

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The expected token was computed by another program (Python's hmac and hashlib, HKDF by RFC 5869): a change of it would
// silently empty every search.
func TestTokenIsWhatItWas(t *testing.T) {
	t.Parallel()
	secret := make([]byte, lookupBytes)
	for i := range secret {
		secret[i] = byte(i)
	}
	k, err := newLookupKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	const want = "d50e2cedeb4607e7b0bd630bbffbd9885bbac43f93ca4591237b86d2c1aa9781"
	if got := hex.EncodeToString(k.Token([]byte("scope"), "åberg")); got != want {
		t.Errorf("token %s, expected %s", got, want)
	}
}

func TestTokensOfTwoScopesAreUnrelated(t *testing.T) {
	t.Parallel()
	k := openDir(t, storeRoot(t), "k1=a").LookupKey()
	other := openDir(t, storeRoot(t), "k1=a").LookupKey()
	base := k.Token([]byte("a"), "bc")
	for name, token := range map[string][]byte{
		"another scope":          k.Token([]byte("b"), "bc"),
		"another word":           k.Token([]byte("a"), "bd"),
		"the border moved":       k.Token([]byte("ab"), "c"),
		"no scope":               k.Token(nil, "abc"),
		"another key store":      other.Token([]byte("a"), "bc"),
		"another store's secret": other.Token(nil, "abc"),
	} {
		if bytes.Equal(base, token) {
			t.Errorf("%s gives the same token", name)
		}
	}
	if !bytes.Equal(base, k.Token([]byte("a"), "bc")) {
		t.Error("the same word gives another token")
	}
	if s := fmt.Sprintf("%v %+v %#v", k, k, *k); strings.Contains(s, "key:") {
		t.Errorf("prints as %s", s)
	}
}

func TestNormaliseWords(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{" – ", nil},
		{"Åsa Öberg-Ärlig", []string{"åsa", "öberg", "ärlig"}},
		{"A\u030asa", []string{"åsa"}}, // a and a ring apart
		{"ÅSA åsa Asa", []string{"åsa", "asa"}},
		{"Dnr 2026/123, bil. 4", []string{"dnr", "2026", "123", "bil", "4"}},
		{"o'Brien", []string{"o", "brien"}},
		{"André", []string{"andré"}},
	} {
		if got := NormaliseWords(tc.in); !slices.Equal(got, tc.want) {
			t.Errorf("%q: %q, expected %q", tc.in, got, tc.want)
		}
	}
}

func TestNormaliseNumber(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"INS-2026-00042-SN": "ins202600042sn",
		" KS 2026/123 ":     "ks2026123",
		"+46 (0)70-12":      "4607012",
		"":                  "",
	} {
		if got := NormaliseNumber(in); got != want {
			t.Errorf("%q: %q, expected %q", in, got, want)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"Åsa Öberg", "A\u030asa", "İstanbul", "ǅ ß ς", "\u0344\u0345", "\xff", "1\u0300"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words := NormaliseWords(s)
		if again := NormaliseWords(strings.Join(words, " ")); !slices.Equal(words, again) {
			t.Errorf("%q: %q becomes %q", s, words, again)
		}
		n := NormaliseNumber(s)
		if again := NormaliseNumber(n); n != again {
			t.Errorf("%q: %q becomes %q", s, n, again)
		}
	})
}
