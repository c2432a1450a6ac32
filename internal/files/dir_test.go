package files

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/uuid"
)

// newDir opens a store in a fresh folder and gives the folder too.
func newDir(t testing.TB) (*Dir, string) {
	t.Helper()
	root := filepath.Join(t.TempDir(), "files")
	d, err := OpenDir("file://" + root)
	if err != nil {
		t.Fatal(err)
	}
	return d, root
}

// onDisk lists every file below a folder.
func onDisk(t testing.TB, root string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestDirKeepsAndGives(t *testing.T) {
	t.Parallel()
	d, root := newDir(t)
	id := uuid.NewString()
	if n, err := d.Put(t.Context(), id, strings.NewReader("0123456789")); err != nil || n != 10 {
		t.Fatalf("put: %d, %v", n, err)
	}
	for _, offset := range []int64{0, 4, 10} {
		r, size, err := d.OpenAt(t.Context(), id, offset)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil || string(got) != "0123456789"[offset:] || size != 10 {
			t.Errorf("from %d: %q of %d, %v", offset, got, size, err)
		}
	}
	if _, err := d.Put(t.Context(), id, strings.NewReader("other")); !errors.Is(err, ErrExists) {
		t.Errorf("second put: %v", err)
	}
	info, err := os.Stat(onDisk(t, root)[0])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	for range 2 {
		if err := d.Delete(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := d.OpenAt(t.Context(), id, 0); !errors.Is(err, ErrNotFound) {
		t.Errorf("open after delete: %v", err)
	}
	if err := d.Delete(t.Context(), uuid.NewString()); err != nil {
		t.Errorf("delete of nothing: %v", err)
	}
}

func TestDirTakesNoNameButAnID(t *testing.T) {
	t.Parallel()
	d, root := newDir(t)
	id := uuid.NewString()
	for _, name := range []string{
		"", ".", "..", "../" + id, id + "/..", "/etc/passwd", id + "\x00", strings.ToUpper("abcdef00" + id[8:]), "{" + id + "}",
		"urn:uuid:" + id, strings.ReplaceAll(id, "-", ""), uuid.Nil.String(), id + ".tmp-X", "Utdrag.pdf",
	} {
		_, putErr := d.Put(t.Context(), name, strings.NewReader("x"))
		_, _, openErr := d.OpenAt(t.Context(), name, 0)
		for _, err := range []error{putErr, openErr, d.Delete(t.Context(), name)} {
			if !errors.Is(err, ErrName) {
				t.Errorf("%q: %v", name, err)
			}
		}
	}
	if left := onDisk(t, filepath.Dir(root)); len(left) > 0 {
		t.Errorf("written: %v", left)
	}
}

func TestBrokenPutLeavesNothing(t *testing.T) {
	t.Parallel()
	d, root := newDir(t)
	fault := errors.New("line dropped")
	_, err := d.Put(t.Context(), uuid.NewString(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(fault)))
	if !errors.Is(err, fault) {
		t.Errorf("put: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = d.Put(ctx, uuid.NewString(), io.MultiReader(strings.NewReader("half"), readerFunc(func(p []byte) (int, error) {
		cancel()
		return copy(p, "more"), nil
	})))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
	if left := onDisk(t, root); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// readerFunc is a reader from a function.
type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestRacingPutsEndWithOneFile(t *testing.T) {
	t.Parallel()
	d, root := newDir(t)
	for range 20 {
		id := uuid.NewString()
		won := make([]bool, 8)
		var wg sync.WaitGroup
		for i := range won {
			wg.Go(func() {
				_, err := d.Put(t.Context(), id, bytes.NewReader(bytes.Repeat([]byte{byte(i)}, 1000)))
				won[i] = err == nil
				if err != nil && !errors.Is(err, ErrExists) {
					t.Errorf("put: %v", err)
				}
			})
		}
		wg.Wait()
		winner := -1
		for i, w := range won {
			if w && winner >= 0 {
				t.Fatal("two winners")
			}
			if w {
				winner = i
			}
		}
		r, _, err := d.OpenAt(t.Context(), id, 0)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil || !bytes.Equal(got, bytes.Repeat([]byte{byte(winner)}, 1000)) {
			t.Fatalf("not the winner's file: %v", err)
		}
	}
	if n := len(onDisk(t, root)); n != 20 {
		t.Errorf("%d files", n)
	}
}

func TestListAndSweep(t *testing.T) {
	t.Parallel()
	d, root := newDir(t)
	want := map[uuid.UUID]bool{}
	for range 30 {
		id := uuid.New()
		want[id] = true
		if _, err := d.Put(t.Context(), id.String(), strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
	}
	// What processes left that died in the middle of an upload, long ago and just now; and a stranger's file.
	shard := filepath.Dir(onDisk(t, root)[0])
	old, young := filepath.Join(shard, uuid.NewString()+".tmp-OLD"), filepath.Join(shard, uuid.NewString()+".tmp-NEW")
	for _, name := range []string{old, young, filepath.Join(shard, "README"), filepath.Join(root, "lost+found")} {
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(young)
	if err != nil {
		t.Fatal(err)
	}
	limit := info.ModTime().Add(-24 * time.Hour)
	past := limit.Add(-time.Second)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	seen := map[uuid.UUID]bool{}
	err = NewVault(d, nil).List(t.Context(), func(id uuid.UUID, written time.Time) error {
		if written.Before(limit) {
			t.Errorf("written %v", written)
		}
		seen[id] = true
		return nil
	})
	if err != nil || len(seen) != 30 {
		t.Errorf("listed %d, %v", len(seen), err)
	}
	for id := range want {
		if !seen[id] {
			t.Errorf("%s is not listed", id)
		}
	}
	stop := errors.New("stop")
	if err := d.List(t.Context(), func(uuid.UUID, time.Time) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("list: %v", err)
	}
	n, err := d.SweepTemp(t.Context(), limit)
	if err != nil || n != 1 {
		t.Errorf("swept %d, %v", n, err)
	}
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the old leftover is still there")
	}
	if n := len(onDisk(t, root)); n != 33 {
		t.Errorf("%d files left, expected 33", n)
	}
}

func TestStoreThatWentAway(t *testing.T) {
	t.Parallel()
	d, root := newDir(t)
	if err := os.Rename(root, root+".away"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Put(t.Context(), uuid.NewString(), strings.NewReader("x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("put: %v", err)
	}
	if err := d.Delete(t.Context(), uuid.NewString()); err == nil {
		t.Error("a file of a store that is not there was reported as deleted")
	}
	if _, err := os.Stat(root); !errors.Is(err, fs.ErrNotExist) {
		t.Error("an empty store was made in its place")
	}
	if _, err := OpenDir("s3://bucket"); err == nil || !strings.HasPrefix(err.Error(), "INSYN_FILES_URL: ") {
		t.Errorf("error: %v", err)
	}
}
