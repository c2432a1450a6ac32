package crypto

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// value is a KEK value for tests: 32 equal bytes, so that a leak of it into a message is easy to search for.
func value(b byte) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(rune(b)), kekBytes)))
}

func TestParseKEKs(t *testing.T) {
	t.Parallel()
	set, err := ParseKEKs(" new:" + value('n') + ", old:" + strings.TrimRight(value('o'), "="))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(set.IDs()); got != "[new old]" || set.Active() != "new" {
		t.Errorf("active and ids: %s", got)
	}
}

func TestParseKEKsNamesWhatIsWrongAndNotTheValue(t *testing.T) {
	t.Parallel()
	long := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 31)))
	for _, tc := range []struct{ name, in, want string }{
		{"empty", "  ", "is empty"},
		{"no id", value('s'), "entry 1 is not of the form id:base64"},
		{"wrong way round", value('s') + ":k1", "id of entry 1"},
		{"upper case id", "K1:" + value('s'), "id of entry 1"},
		{"path as id", "../k1:" + value('s'), "id of entry 1"},
		{"second entry empty", "k1:" + value('s') + ",", "entry 2"},
		{"twice", "k1:" + value('s') + ",k1:" + value('t'), `id "k1" is listed twice`},
		{"not base64", "k1:ssss*ssss", `key "k1" is not valid base64`},
		{"too short", "k1:" + long, `key "k1" has 31 bytes, expected 32`},
		{"no value", "k1:", `key "k1" has 0 bytes`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseKEKs(tc.in)
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.HasPrefix(err.Error(), "INSYN_KEK: ") || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("message: %v", err)
			}
			for _, secret := range []string{value('s')[:8], "ssss", long[:8]} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the message repeats the value: %v", err)
				}
			}
		})
	}
}

func TestGenerateKEKFits(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 50 {
		entry, err := GenerateKEK("")
		if err != nil {
			t.Fatal(err)
		}
		set, err := ParseKEKs(entry)
		if err != nil {
			t.Fatalf("generated entry: %v", err)
		}
		if seen[set.Active()] {
			t.Error("the same id twice")
		}
		seen[set.Active()] = true
	}
	if _, err := GenerateKEK("No Good"); err == nil {
		t.Error("an id that cannot be parsed was generated")
	}
}

func TestKEKsDoNotPrint(t *testing.T) {
	t.Parallel()
	set, err := ParseKEKs("k1:" + value('s'))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		text := fmt.Sprintf(verb, set)
		for _, leak := range []string{"ssss", "115 115", "0x73", "73737373"} {
			if strings.Contains(text, leak) {
				t.Errorf("%s prints the key: %s", verb, text)
			}
		}
	}
}
