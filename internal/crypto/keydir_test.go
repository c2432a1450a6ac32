package crypto

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

// openDir opens a key store in a folder with the KEKs given as "id=letter".
func openDir(t *testing.T, root string, keks ...string) *KeyDir {
	t.Helper()
	d, err := tryOpen(t, root, keks...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func tryOpen(t *testing.T, root string, keks ...string) (*KeyDir, error) {
	t.Helper()
	var list []byte
	for i, k := range keks {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, k[:len(k)-2]+":"+value(k[len(k)-1])...)
	}
	set, err := ParseKEKs(string(list))
	if err != nil {
		t.Fatal(err)
	}
	return OpenKeyDir("file://"+root, set)
}

func storeRoot(t *testing.T) string { return filepath.Join(t.TempDir(), "keys") }

var place = AAD{Table: "cases", Column: "text", Row: uuid.MustParse("018f4e6a-0000-7000-8000-00000000000a")}

// sealed seals a text under a new key.
func sealed(t *testing.T, d *KeyDir, id uuid.UUID, text string) []byte {
	t.Helper()
	if err := d.Create(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	c, err := NewSealer(d).SealString(t.Context(), id, place, text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustOpen(t *testing.T, d *KeyDir, id uuid.UUID, c []byte, want string) {
	t.Helper()
	got, err := NewSealer(d).OpenString(t.Context(), id, place, c)
	if err != nil || got != want {
		t.Errorf("open: %q, %v", got, err)
	}
}

func TestKeyOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	root, id := storeRoot(t), uuid.New()
	first := openDir(t, root, "k1=a")
	c := sealed(t, first, id, "hemligt")
	second := openDir(t, root, "k1=a")
	mustOpen(t, second, id, c, "hemligt")
	if first.ID() != second.ID() {
		t.Error("the store's id changed")
	}
	if err := second.Create(t.Context(), id); err != nil {
		t.Errorf("creating an existing key: %v", err)
	}
	mustOpen(t, openDir(t, root, "k1=a"), id, c, "hemligt")
}

func TestMissingKey(t *testing.T) {
	t.Parallel()
	d := openDir(t, storeRoot(t), "k1=a")
	s := NewSealer(d)
	if err := s.CheckKey(t.Context(), uuid.New()); !errors.Is(err, ErrKeyMissing) {
		t.Errorf("check: %v", err)
	}
	if _, err := s.Seal(t.Context(), uuid.New(), place, []byte("x")); !errors.Is(err, ErrKeyMissing) {
		t.Errorf("sealing must not make a key by itself: %v", err)
	}
	if err := d.Create(t.Context(), uuid.Nil); err == nil {
		t.Error("a key for the empty id was made")
	}
}

func TestEverythingIsPrivate(t *testing.T) {
	t.Parallel()
	root := storeRoot(t)
	if err := os.MkdirAll(root, 0o755); err != nil {
		t.Fatal(err)
	}
	d := openDir(t, root, "k1=a")
	sealed(t, d, uuid.New(), "x")
	if err := d.Destroy(t.Context(), uuid.New()); err != nil {
		t.Fatal(err)
	}
	files := 0
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		if !e.IsDir() {
			files++
		}
		return nil
	})
	if err != nil || files < 5 {
		t.Errorf("%d files, %v", files, err)
	}
}

func TestWrongKEKIsNamedAtOpen(t *testing.T) {
	t.Parallel()
	root := storeRoot(t)
	sealed(t, openDir(t, root, "k1=a"), uuid.New(), "x")
	_, err := tryOpen(t, root, "k1=b")
	var mismatch ErrKEKMismatch
	if !errors.As(err, &mismatch) || mismatch.ID != "k1" {
		t.Fatalf("error: %v", err)
	}
	if want := `open key store: KEK "k1" in INSYN_KEK does not fit this key store`; err.Error() != want {
		t.Errorf("message: %v", err)
	}
	// An unused older key with a wrong value is found too, and not only the active one.
	openDir(t, root, "k1=a", "k0=z")
	if _, err = tryOpen(t, root, "k1=a", "k0=y"); !errors.As(err, &mismatch) || mismatch.ID != "k0" {
		t.Errorf("error: %v", err)
	}
}

func TestLostKEKIsNamedAtOpen(t *testing.T) {
	t.Parallel()
	root, id := storeRoot(t), uuid.New()
	c := sealed(t, openDir(t, root, "k1=a"), id, "x")
	_, err := tryOpen(t, root, "k2=b")
	var lost ErrKEKMissing
	if !errors.As(err, &lost) || lost.ID != "k1" {
		t.Fatalf("error: %v", err)
	}
	// The refused list left nothing behind: k2 may still get another value, and k1 still opens everything.
	mustOpen(t, openDir(t, root, "k2=c", "k1=a"), id, c, "x")
}

func TestLostKEKIsNamedAtUse(t *testing.T) {
	t.Parallel()
	root := storeRoot(t)
	oldKey, newKey := uuid.New(), uuid.New()
	old := sealed(t, openDir(t, root, "k1=a"), oldKey, "old")
	both := openDir(t, root, "k2=b", "k1=a")
	fresh := sealed(t, both, newKey, "new")
	// Only the lookup secret moves to k2, as if the old key were taken away half-way through a change.
	if _, err := both.rewrapLookup(); err != nil {
		t.Fatal(err)
	}
	d := openDir(t, root, "k2=b")
	mustOpen(t, d, newKey, fresh, "new")
	_, err := NewSealer(d).Open(t.Context(), oldKey, place, old)
	var lost ErrKEKMissing
	if !errors.As(err, &lost) || lost.ID != "k1" {
		t.Errorf("error: %v", err)
	}
	if IsUnreadable(err) {
		t.Error("a KEK that is not listed can be listed again; that is not the end")
	}
	if err := d.Create(t.Context(), oldKey); !errors.As(err, &lost) {
		t.Errorf("a key this process cannot unwrap was reported as made: %v", err)
	}
	status, err := d.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(status.Keys, status.Missing, status.Lookup); got != "map[k1:1 k2:1] [k1]k2" {
		t.Errorf("status: %s", got)
	}
	report, err := d.Rewrap(t.Context())
	if !errors.As(err, &lost) || report.Failed != 1 || report.Already != 1 {
		t.Errorf("rewrap: %+v, %v", report, err)
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	root := storeRoot(t)
	before := openDir(t, root, "k1=a")
	token := before.LookupKey().Token([]byte("scope"), "åberg")
	texts := map[uuid.UUID][]byte{}
	for i := range 20 {
		id := uuid.New()
		texts[id] = sealed(t, before, id, fmt.Sprint("text ", i))
	}
	gone := uuid.New()
	sealed(t, before, gone, "gone")
	if err := before.Destroy(t.Context(), gone); err != nil {
		t.Fatal(err)
	}

	both := openDir(t, root, "k2=b", "k1=a")
	report, err := both.Rewrap(t.Context())
	if err != nil || report != (RewrapReport{Active: "k2", Rewrapped: 20, Lookup: true}) {
		t.Fatalf("rewrap: %+v, %v", report, err)
	}
	if report, err = both.Rewrap(t.Context()); err != nil || report.Already != 20 || report.Rewrapped != 0 || report.Lookup {
		t.Errorf("second rewrap: %+v, %v", report, err)
	}

	after := openDir(t, root, "k2=b")
	for id, c := range texts {
		if _, err := NewSealer(after).Open(t.Context(), id, place, c); err != nil {
			t.Errorf("after the change: %v", err)
		}
	}
	if !bytes.Equal(token, after.LookupKey().Token([]byte("scope"), "åberg")) {
		t.Error("tokens changed with the KEK; every search would find nothing")
	}
	status, err := after.Status(t.Context())
	if err != nil || fmt.Sprint(status.Keys, status.Destroyed, status.Missing, len(status.Damaged)) != "map[k2:20] 1 [] 0" {
		t.Errorf("status: %+v, %v", status, err)
	}
	if _, err := tryOpen(t, root, "k1=a"); !errors.As(err, new(ErrKEKMissing)) {
		t.Errorf("the old KEK alone: %v", err)
	}
	if err := after.Check(t.Context()); err != nil {
		t.Errorf("check: %v", err)
	}
}

// endingContext ends after it has been asked a number of times: a rewrap broken off in the middle.
type endingContext struct {
	context.Context
	mu   sync.Mutex
	left int
}

func (c *endingContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestRewrapGoesOnWhereItWasBrokenOff(t *testing.T) {
	t.Parallel()
	root := storeRoot(t)
	before := openDir(t, root, "k1=a")
	const keys = 40
	texts := map[uuid.UUID][]byte{}
	for range keys {
		id := uuid.New()
		texts[id] = sealed(t, before, id, "text")
	}
	both := openDir(t, root, "k2=b", "k1=a")
	done := 0
	for left := keys + 5; ; left += 7 {
		report, err := both.Rewrap(&endingContext{Context: t.Context(), left: left})
		done += report.Rewrapped
		// Broken off or not, everything opens: half is wrapped with one KEK and half with the other.
		d := openDir(t, root, "k1=a", "k2=b")
		for id, c := range texts {
			mustOpen(t, d, id, c, "text")
		}
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if done != keys {
		t.Errorf("rewrapped %d in all, expected %d", done, keys)
	}
	openDir(t, root, "k2=b")
}

func TestDestroyedKey(t *testing.T) {
	t.Parallel()
	root, id := storeRoot(t), uuid.New()
	worker, server := openDir(t, root, "k1=a"), openDir(t, root, "k1=a")
	c := sealed(t, worker, id, "x")
	mustOpen(t, server, id, c, "x") // now it lies in the other process's memory
	for range 2 {
		if err := worker.Destroy(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	for name, d := range map[string]*KeyDir{"same": worker, "other": server, "new": openDir(t, root, "k1=a")} {
		if _, err := NewSealer(d).Open(t.Context(), id, place, c); !errors.Is(err, ErrKeyDestroyed) {
			t.Errorf("%s process: %v", name, err)
		}
		if err := d.Create(t.Context(), id); !errors.Is(err, ErrKeyDestroyed) {
			t.Errorf("%s process made the key again: %v", name, err)
		}
	}
	if files := keyFiles(t, root, id); len(files) > 0 {
		t.Errorf("left: %v", files)
	}
}

// keyFiles lists whatever in the store still carries the id of a key, but for the mark of its destruction.
func keyFiles(t *testing.T, root string, id uuid.UUID) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, keysFolder, "*", id.String()+"*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestDestroyTakesLeftoversOfACrashAlong(t *testing.T) {
	t.Parallel()
	root, id := storeRoot(t), uuid.New()
	d := openDir(t, root, "k1=a")
	sealed(t, d, id, "x")
	// A process that died between naming the key and removing the temporary name leaves the key under two names.
	if err := os.Link(d.keyPath(id), d.keyPath(id)+".tmp-CRASHED"); err != nil {
		t.Fatal(err)
	}
	if err := d.Destroy(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if files := keyFiles(t, root, id); len(files) > 0 {
		t.Errorf("the key is still there: %v", files)
	}
}

func TestCrashInTheMiddleOfDestruction(t *testing.T) {
	t.Parallel()
	root, id := storeRoot(t), uuid.New()
	d := openDir(t, root, "k1=a")
	c := sealed(t, d, id, "x")
	// The mark is written, the key not yet removed.
	if err := os.MkdirAll(filepath.Dir(d.tombPath(id)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(d.tombPath(id), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewSealer(d).Open(t.Context(), id, place, c); !errors.Is(err, ErrKeyDestroyed) {
		t.Errorf("open: %v", err)
	}
	both := openDir(t, root, "k2=b", "k1=a")
	if report, err := both.Rewrap(t.Context()); err != nil || report.Rewrapped != 0 {
		t.Errorf("rewrap: %+v, %v", report, err)
	}
	if files := keyFiles(t, root, id); len(files) > 0 {
		t.Errorf("rewrap did not finish the destruction: %v", files)
	}
}

func TestRewrapSweepsOldLeftovers(t *testing.T) {
	t.Parallel()
	root, id := storeRoot(t), uuid.New()
	d := openDir(t, root, "k1=a")
	sealed(t, d, id, "x")
	old, young := d.keyPath(id)+".tmp-OLD", d.keyPath(id)+".tmp-YOUNG"
	for _, name := range []string{old, young} {
		if err := os.WriteFile(name, []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(young)
	if err != nil {
		t.Fatal(err)
	}
	past := info.ModTime().Add(-2 * time.Hour)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Rewrap(t.Context()); err != nil {
		t.Fatal(err)
	}
	if files := keyFiles(t, root, id); len(files) != 2 {
		t.Errorf("left: %v, expected the key and the young file", files)
	}
}

func TestRacingCreatorsEndWithOneKey(t *testing.T) {
	t.Parallel()
	root := storeRoot(t)
	const racers = 16
	for range 10 {
		id := uuid.New()
		results := make([][]byte, racers)
		stores := make([]*KeyDir, racers)
		for i := range stores {
			stores[i] = openDir(t, root, "k1=a") // a process each, with its own memory
		}
		race(racers, func(i int) {
			if err := stores[i].Create(t.Context(), id); err != nil {
				t.Errorf("create: %v", err)
				return
			}
			var err error
			if results[i], err = NewSealer(stores[i]).SealString(t.Context(), id, place, "x"); err != nil {
				t.Errorf("seal: %v", err)
			}
		})
		judge := openDir(t, root, "k1=a")
		for _, c := range results {
			mustOpen(t, judge, id, c, "x")
		}
		if files := keyFiles(t, root, id); len(files) != 1 {
			t.Errorf("files: %v", files)
		}
	}
}

func TestRacingFirstOpenersEndWithOneStore(t *testing.T) {
	t.Parallel()
	root := storeRoot(t)
	const racers = 16
	tokens, ids := make([]string, racers), make([]uuid.UUID, racers)
	race(racers, func(i int) {
		d, err := tryOpen(t, root, "k1=a")
		if err != nil {
			t.Errorf("open: %v", err)
			return
		}
		tokens[i], ids[i] = string(d.LookupKey().Token(nil, "x")), d.ID()
	})
	for i := range racers {
		if tokens[i] != tokens[0] || ids[i] != ids[0] {
			t.Fatal("two processes use different lookup secrets or store ids")
		}
	}
}

func TestRacingCreateRewrapAndDestroy(t *testing.T) {
	t.Parallel()
	root := storeRoot(t)
	old, both := openDir(t, root, "k1=a"), openDir(t, root, "k2=b", "k1=a")
	for range 60 {
		id := uuid.New()
		race(4, func(i int) {
			var err error
			switch i {
			case 0:
				err = old.Create(t.Context(), id)
			case 1:
				_, err = both.rewrapKey(id)
			case 2:
				err = both.Destroy(t.Context(), id)
			case 3:
				_, err = both.AEAD(t.Context(), id)
			}
			if err != nil && !errors.Is(err, ErrKeyDestroyed) && !errors.Is(err, ErrKeyMissing) {
				t.Errorf("racer %d: %v", i, err)
			}
		})
		if files := keyFiles(t, root, id); len(files) > 0 {
			t.Fatalf("a destroyed key came back: %v", files)
		}
		for _, d := range []*KeyDir{old, both} {
			if _, err := d.AEAD(t.Context(), id); !errors.Is(err, ErrKeyDestroyed) {
				t.Fatalf("after destruction: %v", err)
			}
		}
	}
}

// race runs n functions that all start at once, and waits for them.
func race(n int, f func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	wg.Wait()
}

func TestKeyFilesCannotBeExchanged(t *testing.T) {
	t.Parallel()
	root := storeRoot(t)
	d := openDir(t, root, "k1=a")
	a, b := uuid.New(), uuid.New()
	sealed(t, d, a, "x")
	sealed(t, d, b, "y")
	data, err := os.ReadFile(d.keyPath(a))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"another key's": data,
		"cut":           data[:len(data)/2],
		"empty":         {},
		"other format":  bytes.Replace(data, []byte(`"format":1`), []byte(`"format":9`), 1),
		"strange KEK":   bytes.Replace(data, []byte(`"k1"`), []byte(`"../../x"`), 1),
	} {
		if err := os.WriteFile(d.keyPath(b), content, 0o600); err != nil {
			t.Fatal(err)
		}
		fresh := openDir(t, root, "k1=a")
		if _, err := fresh.AEAD(t.Context(), b); !errors.Is(err, ErrTampered) {
			t.Errorf("%s file: %v", name, err)
		}
		if err := fresh.Create(t.Context(), b); !errors.Is(err, ErrTampered) {
			t.Errorf("%s file: created: %v", name, err)
		}
	}
	status, err := d.Status(t.Context())
	if err != nil || len(status.Damaged) > 1 {
		t.Errorf("status: %+v, %v", status, err)
	}
}

func TestStoreThatWentAway(t *testing.T) {
	t.Parallel()
	root, id := storeRoot(t), uuid.New()
	d := openDir(t, root, "k1=a")
	sealed(t, d, id, "x")
	if err := os.Rename(root, root+".away"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.AEAD(t.Context(), uuid.New()); !errors.Is(err, ErrStoreGone) {
		t.Errorf("use: %v", err)
	}
	if err := d.Create(t.Context(), uuid.New()); !errors.Is(err, ErrStoreGone) {
		t.Errorf("create: %v", err)
	}
	if err := d.Destroy(t.Context(), id); !errors.Is(err, ErrStoreGone) {
		t.Errorf("destroy: %v", err)
	}
	if err := d.Check(t.Context()); !errors.Is(err, ErrStoreGone) {
		t.Errorf("check: %v", err)
	}
	if _, err := os.Lstat(root); !errors.Is(err, fs.ErrNotExist) {
		t.Error("an empty store was made in its place")
	}
}

func TestLookingDoesNotMakeAStore(t *testing.T) {
	t.Parallel()
	root := storeRoot(t)
	set, err := ParseKEKs("k1:" + value('a'))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenExistingKeyDir("file://"+root, set); !errors.Is(err, ErrStoreGone) {
		t.Errorf("error: %v", err)
	}
	if _, err := os.Lstat(root); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a store was made")
	}
	made := openDir(t, root, "k1=a")
	found, err := OpenExistingKeyDir("file://"+root, set)
	if err != nil || found.ID() != made.ID() {
		t.Errorf("error: %v", err)
	}
}

func TestFolderOfSomethingElseIsRefused(t *testing.T) {
	t.Parallel()
	root := storeRoot(t)
	if err := os.MkdirAll(filepath.Join(root, "photos"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := tryOpen(t, root, "k1=a"); err == nil {
		t.Error("the folder was taken over")
	}
	set, err := ParseKEKs("k1:" + value('a'))
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"", "keys", "file://keys", "file:keys", "s3://keys/x", "file:///x?y", "%zz"} {
		if _, err := OpenKeyDir(url, set); err == nil || !bytes.HasPrefix([]byte(err.Error()), []byte("INSYN_KEYS_URL: ")) {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	root := storeRoot(t)
	d := openDir(t, root, "k1=a")
	d.cache = newKeyCache(3)
	texts := map[uuid.UUID][]byte{}
	for range 10 {
		id := uuid.New()
		texts[id] = sealed(t, d, id, "x")
		if n := d.cache.len(); n > 3 {
			t.Fatalf("%d keys in memory", n)
		}
	}
	for id, c := range texts {
		mustOpen(t, d, id, c, "x")
	}
	d.cache.put(uuid.Nil, nil)
	if len(d.cache.byID) != 3 || d.cache.order.Len() != 3 {
		t.Error("the map and the list went apart")
	}
}
