package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"insyn/internal/calendar"
	"insyn/internal/files"
	"insyn/internal/pack"
)

// file is content that need not be closed.
type file struct{ *bytes.Reader }

func (file) Close() error { return nil }

// writePackage makes a package with one file, signed by a fresh key, and gives its name.
func writePackage(t *testing.T) (string, pack.Keys) {
	t.Helper()
	keys, err := pack.ParseKeys(pack.GenerateSigningKey(), "")
	ok(t, err)
	content := bytes.Repeat([]byte("uppgifter "), 1000)
	h := files.NewHasher()
	_, _ = h.Write(content)
	manifest, err := pack.Manifest{Package: "INS-2026-00042-SN", Made: calendar.New(2026, 3, 20), Files: []pack.File{{Name: "Läs mig först.txt", Digest: h.Digest()}}}.Encode()
	ok(t, err)
	p, err := pack.Assemble(manifest, keys.Active.Sign(manifest), func(context.Context, string) (io.ReadSeekCloser, error) {
		return file{bytes.NewReader(content)}, nil
	})
	ok(t, err)
	b, err := io.ReadAll(p.Open(t.Context()))
	ok(t, err)
	path := filepath.Join(t.TempDir(), "paket.zip")
	ok(t, os.WriteFile(path, b, 0o600))
	return path, keys
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// runVerify runs "insyn package verify …" with an environment that no other command could do with.
func runVerify(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	code := run(t.Context(), append([]string{"package", "verify"}, args...), []string{"INSYN_NO_SUCH=x"}, strings.NewReader(""), &out, &out)
	return code, out.String()
}

func TestPackageVerify(t *testing.T) {
	t.Parallel()
	path, keys := writePackage(t)
	public := keys.Active.Public()
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		ok(t, os.WriteFile(p, b, 0o600))
		return p
	}
	list, err := json.Marshal(keys.Publish())
	ok(t, err)
	for _, key := range []string{public.Base64(), public.Fingerprint(), strings.ToUpper(spaced(public.Fingerprint())), write("k.pem", []byte(public.PEM())),
		write("k.txt", []byte(public.Base64()+"\n")), write("keys.json", list)} {
		if code, out := runVerify(t, path, "--key", key); code != 0 || !strings.Contains(out, "every byte is as it was signed") || !strings.Contains(out, "which you gave") {
			t.Errorf("--key %q: %d\n%s", key, code, out)
		}
	}
	other, err := pack.ParseSigningKey(pack.GenerateSigningKey())
	ok(t, err)
	for _, args := range [][]string{{path}, {path, "--key", other.Public().Base64()}} {
		code, out := runVerify(t, args...)
		if code != exitUnknown || !strings.Contains(out, "signed with a key that you did not give") || !strings.Contains(out, spaced(public.Fingerprint())) {
			t.Errorf("%q: %d\n%s", args, code, out)
		}
	}
	b, err := os.ReadFile(path)
	ok(t, err)
	at := bytes.LastIndex(b, []byte("uppgifter uppgifter"))
	b[at] ^= 1
	code, out := runVerify(t, write("fel.zip", b), "--key", public.Base64())
	if code != exitWrong || !strings.Contains(out, `of "Läs mig först.txt": not what was signed`) {
		t.Errorf("altered: %d\n%s", code, out)
	}
	code, out = runVerify(t, write("kort.zip", b[:at]), "--key", public.Base64())
	if code != exitWrong || !strings.Contains(out, "cut short") {
		t.Errorf("cut short: %d\n%s", code, out)
	}
	code, out = runVerify(t, write("annat.txt", []byte("ett brev")))
	if code != exitWrong || !strings.Contains(out, "no package begins here") {
		t.Errorf("another file: %d\n%s", code, out)
	}
	for _, args := range [][]string{{filepath.Join(dir, "saknas.zip")}, {dir}, {path, "--key", "saknas"}, {path, "--key", path}, {path, "--key", write("tom.json", []byte("{}"))}} {
		if code, out := runVerify(t, args...); code != 1 || strings.Count(out, "\n") != 1 {
			t.Errorf("%q: %d\n%s", args, code, out)
		}
	}
	if code, _ := runVerify(t); code != 2 {
		t.Errorf("no file: %d", code)
	}
}

func TestKeysOfPackages(t *testing.T) {
	t.Parallel()
	command := func(environ []string, args ...string) (int, string) {
		var out bytes.Buffer
		return run(t.Context(), args, environ, strings.NewReader(""), &out, &out), out.String()
	}
	code, secret := command(nil, "keys", "signing")
	key, err := pack.ParseSigningKey(secret)
	if code != 0 || err != nil {
		t.Fatalf("%d, %v", code, err)
	}
	path := filepath.Join(t.TempDir(), "signing")
	ok(t, os.WriteFile(path, []byte(secret), 0o600))
	code, out := command([]string{"INSYN_SIGNING_KEY_FILE=" + path}, "keys", "public")
	if p := key.Public(); code != 0 || !strings.Contains(out, p.ID()) || !strings.Contains(out, p.Fingerprint()) || !strings.Contains(out, p.Base64()) || !strings.Contains(out, p.PEM()) {
		t.Errorf("%d\n%s", code, out)
	}
	if strings.Contains(out, strings.TrimSpace(secret)) {
		t.Error("the private key is shown")
	}
	for environ, want := range map[string]string{"INSYN_SIGNING_KEY=hemligt": "insyn: INSYN_SIGNING_KEY: ", "INSYN_LOG_LEVEL=info": "insyn: INSYN_SIGNING_KEY: missing"} {
		if code, out := command([]string{environ}, "keys", "public"); code != 1 || !strings.HasPrefix(out, want) || strings.Count(out, "\n") != 1 || strings.Contains(out, "hemligt") {
			t.Errorf("%s: %d %s", environ, code, out)
		}
	}
}
