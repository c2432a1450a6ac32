package durable

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestCreateReplaceRemove(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	if n, err := Create(path, strings.NewReader("one")); n != 3 || err != nil {
		t.Fatalf("create: %d, %v", n, err)
	}
	if _, err := Create(path, strings.NewReader("two")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("second create: %v", err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "one" {
		t.Errorf("after the second create: %q, %v", got, err)
	}
	if err := Replace(path, []byte("three")); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "three" {
		t.Errorf("after replace: %q, %v", got, err)
	}
	for range 2 {
		if err := Remove(path); err != nil {
			t.Errorf("remove: %v", err)
		}
	}
	if err := Remove(filepath.Join(dir, "no", "such")); err != nil {
		t.Errorf("remove in a folder that is not there: %v", err)
	}
	if left := names(t, dir); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestBrokenWriteLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fault := errors.New("fault")
	_, err := Create(filepath.Join(dir, "a"), io.MultiReader(bytes.NewReader(make([]byte, 1<<20)), iotest.ErrReader(fault)))
	if !errors.Is(err, fault) {
		t.Errorf("create: %v", err)
	}
	// A folder cannot be replaced by a file.
	if err := os.Mkdir(filepath.Join(dir, "b"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Replace(filepath.Join(dir, "b"), nil); err == nil {
		t.Error("a folder was replaced")
	}
	if left := names(t, dir); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}

// A process that dies while it writes leaves a name that is told from every finished one, and that tells whose it was.
func TestHalfWrittenFileIsRecognised(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var during []string
	_, err := Create(filepath.Join(dir, "a"), io.MultiReader(strings.NewReader("half"), probe(func() { during = names(t, dir) })))
	if err != nil || len(during) != 1 {
		t.Fatalf("while writing: %v, %v", during, err)
	}
	if final, ok := IsTemp(during[0]); !ok || final != "a" {
		t.Errorf("%q: %q, %v", during[0], final, ok)
	}
	if _, ok := IsTemp("a"); ok {
		t.Error("a finished file was taken for a half-written one")
	}
}

// probe is an empty reader that calls a function when it is read.
type probe func()

func (p probe) Read([]byte) (int, error) { p(); return 0, io.EOF }

func TestFoldersAreClosedToOthers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := filepath.Join(dir, "open")
	if err := os.Mkdir(open, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{open, filepath.Join(dir, "x", "y", "z")} {
		if err := MkdirPrivate(path); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := MkdirPrivate(file); err == nil {
		t.Error("a file was taken for a folder")
	}
}

func TestPathFromURL(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"file:///var/lib/insyn": "/var/lib/insyn", "file:///a/../b/": "/b", "file://localhost/a": "/a", "file:///a%20b": "/a b",
	} {
		if got, err := PathFromURL("X", raw); err != nil || got != want {
			t.Errorf("%q: %q, %v", raw, got, err)
		}
	}
	for _, raw := range []string{"", "/a", "file:a", "file://host/a", "http://u:secret@h/a", "file:///a#b", "%zz:secret"} {
		_, err := PathFromURL("INSYN_X", raw)
		if err == nil || !strings.HasPrefix(err.Error(), "INSYN_X: ") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", raw, err)
		}
	}
}
