package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/uuid"

	"insyn/internal/crypto"
)

// runKeys runs "insyn keys …" as main does and gives what it printed.
func runKeys(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	var cli struct {
		Keys keysCmd `cmd:""`
	}
	parser, err := kong.New(&cli,
		kong.BindTo(&out, (*io.Writer)(nil)),
		kong.BindTo(t.Context(), (*context.Context)(nil)),
		kong.Writers(io.Discard, io.Discard),
		kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	command, err := parser.Parse(append([]string{"keys"}, args...))
	if err != nil {
		return "", err
	}
	err = command.Run()
	return out.String(), err
}

func generateKey(t *testing.T, id string) string {
	t.Helper()
	out, err := runKeys(t, "generate", "--id", id)
	if err != nil || strings.Count(out, "\n") != 1 {
		t.Fatalf("generate: %q, %v", out, err)
	}
	return strings.TrimSpace(out)
}

func TestKeysChangeOfKEK(t *testing.T) {
	t.Parallel()
	url := "file://" + filepath.Join(t.TempDir(), "keys")
	k1, k2 := generateKey(t, "k1"), generateKey(t, "k2")
	keks, err := crypto.ParseKEKs(k1)
	if err != nil {
		t.Fatal(err)
	}
	store, err := crypto.OpenKeyDir(url, keks)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		id := uuid.New()
		if err := store.Create(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if err := store.Destroy(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, step := range []struct {
		command, kek string
		want         []string
	}{
		{"status", k1, []string{`2 wrapped with KEK "k1"`, "destroyed      1", store.ID().String()}},
		{"status", k2 + "," + k1, []string{`2 wrapped with KEK "k1"`}},
		{"rewrap", k2 + "," + k1, []string{"rewrapped      2", "failed         0", `Everything is wrapped with "k2"`}},
		{"rewrap", k2 + "," + k1, []string{"rewrapped      0", "already done   2"}},
		{"status", k2, []string{`2 wrapped with KEK "k2"`, `lookup secret  wrapped with KEK "k2"`}},
	} {
		out, err := runKeys(t, step.command, "--keys-url", url, "--kek", step.kek)
		if err != nil {
			t.Fatalf("%s: %v", step.command, err)
		}
		for _, want := range step.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s does not print %q:\n%s", step.command, want, out)
			}
		}
		if strings.Contains(out, k1[3:]) || strings.Contains(out, k2[3:]) {
			t.Errorf("%s prints a key", step.command)
		}
	}
	var lost crypto.ErrKEKMissing
	if _, err := runKeys(t, "status", "--keys-url", url, "--kek", k1); !errors.As(err, &lost) || lost.ID != "k2" {
		t.Errorf("lost KEK: %v", err)
	}
	var wrong crypto.ErrKEKMismatch
	if _, err := runKeys(t, "status", "--keys-url", url, "--kek", generateKey(t, "k2")); !errors.As(err, &wrong) || wrong.ID != "k2" {
		t.Errorf("wrong KEK: %v", err)
	}
}

// Not parallel: the variables of whoever runs the tests are taken away for it.
func TestKeysNamesWhatIsMissing(t *testing.T) {
	for _, name := range []string{"INSYN_KEYS_URL", "INSYN_KEK"} {
		t.Setenv(name, "") // restores it afterwards
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := runKeys(t, "status", "--kek", "k1:x"); err == nil || !strings.Contains(err.Error(), "--keys-url") {
		t.Errorf("no address: %v", err)
	}
	if _, err := runKeys(t, "status", "--keys-url", "file:///x", "--kek", "nonsense"); err == nil || !strings.Contains(err.Error(), "INSYN_KEK") {
		t.Errorf("no key: %v", err)
	}
	if _, err := runKeys(t, "generate", "--id", "Not Good"); err == nil {
		t.Error("a bad name was taken")
	}
}
