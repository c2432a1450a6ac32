package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"insyn/internal/crypto"
)

// rig is a vault with its store and key store in fresh folders.
type rig struct {
	*Vault
	dir      *Dir
	root     string
	keysRoot string
	kek      string
	keys     *crypto.KeyDir
	key      uuid.UUID
}

func newRig(t testing.TB) *rig {
	t.Helper()
	kek, err := crypto.GenerateKEK("k1")
	if err != nil {
		t.Fatal(err)
	}
	dir, root := newDir(t)
	r := &rig{dir: dir, root: root, keysRoot: filepath.Join(t.TempDir(), "keys"), kek: kek, key: uuid.New()}
	r.keys = r.openKeys(t, kek)
	if err := r.keys.Create(t.Context(), r.key); err != nil {
		t.Fatal(err)
	}
	r.Vault = NewVault(dir, crypto.NewSealer(r.keys))
	return r
}

// openKeys opens the rig's key store as another process would.
func (r *rig) openKeys(t testing.TB, list string) *crypto.KeyDir {
	t.Helper()
	keks, err := crypto.ParseKEKs(list)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := crypto.OpenKeyDir("file://"+r.keysRoot, keks)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func (r *rig) upload(content io.Reader) Upload {
	return Upload{KeyID: r.key, FileID: uuid.New(), Reader: content, MaxBytes: 1 << 30, Allow: AnyType}
}

// put stores bytes and gives the file's id and where it lies.
func (r *rig) put(t testing.TB, content []byte) (uuid.UUID, string) {
	t.Helper()
	u := r.upload(bytes.NewReader(content))
	if _, err := r.Store(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	path, err := r.dir.path(u.FileID.String())
	if err != nil {
		t.Fatal(err)
	}
	return u.FileID, path
}

// readAll opens and reads a file to its end.
func (r *rig) readAll(ctx context.Context, id uuid.UUID) ([]byte, error) {
	f, err := r.Open(ctx, r.key, id)
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(f)
	return got, errors.Join(err, f.Close())
}

// noise is content that repeats nowhere, the same for the same seed.
func noise(size int, seed uint64) []byte {
	b := make([]byte, size)
	g := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(seed >> 16), byte(seed >> 24)})
	_, _ = g.Read(b)
	return b
}

// sizes are those where one segment becomes two, and their neighbours.
func sizes() []int {
	list := []int{1, 2, 15, 16, 17, sniffSize - 1, sniffSize, sniffSize + 1}
	for n := 1; n <= 3; n++ {
		for d := -17; d <= 17; d++ {
			list = append(list, n*segmentSize+d)
		}
	}
	return list
}

func TestEverySizeComesBack(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, size := range sizes() {
		content := noise(size, uint64(size))
		u := r.upload(iotest.HalfReader(bytes.NewReader(content)))
		stored, err := r.Store(t.Context(), u)
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if stored.Size != int64(size) || stored.SHA256 != sha256.Sum256(content) {
			t.Errorf("%d bytes: told %d", size, stored.Size)
		}
		f, err := r.Open(t.Context(), r.key, u.FileID)
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if f.Size() != int64(size) {
			t.Errorf("%d bytes: size %d", size, f.Size())
		}
		if err := iotest.TestReader(f, content); err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestAnySizeIsReadFromAnywhere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := t.Context()
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.OneOf(rapid.SampledFrom(sizes()), rapid.IntRange(1, 4*segmentSize)).Draw(t, "size")
		content := noise(size, rapid.Uint64().Draw(t, "seed"))
		u := r.upload(bytes.NewReader(content))
		if _, err := r.Store(ctx, u); err != nil {
			t.Fatal(err)
		}
		f, err := r.Open(ctx, r.key, u.FileID)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for range rapid.IntRange(1, 6).Draw(t, "reads") {
			from := rapid.IntRange(0, size+2).Draw(t, "from")
			length := rapid.IntRange(0, segmentSize+100).Draw(t, "length")
			if _, err := f.Seek(int64(from-size), io.SeekEnd); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(io.LimitReader(f, int64(length)))
			want := content[min(from, size):min(from+length, size)]
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%d bytes, from %d length %d: got %d bytes, %v", size, from, length, len(got), err)
			}
		}
		if err := r.Delete(ctx, u.FileID); err != nil {
			t.Fatal(err)
		}
	})
}

// TestDownloadResumes asks over HTTP as a browser does whose line broke.
func TestDownloadResumes(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	content := noise(5*segmentSize+123, 7)
	id, _ := r.put(t, content)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		f, err := r.Open(req.Context(), r.key, id)
		if err != nil {
			t.Error(err)
			return
		}
		defer f.Close()
		w.Header().Set("ETag", `"x"`)
		http.ServeContent(w, req, "", time.Time{}, f)
	}))
	defer server.Close()
	client := server.Client()
	defer client.CloseIdleConnections()
	for _, tc := range []struct {
		ask      string
		from, to int
	}{
		{"", 0, len(content)},
		{"bytes=0-0", 0, 1},
		{"bytes=65535-65536", 65535, 65537},
		{"bytes=200000-", 200000, len(content)},
		{"bytes=-123", len(content) - 123, len(content)},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		if tc.ask != "" {
			req.Header.Set("Range", tc.ask)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		if err := errors.Join(err, resp.Body.Close()); err != nil || !bytes.Equal(got, content[tc.from:tc.to]) {
			t.Errorf("%q: %s, %d bytes, %v", tc.ask, resp.Status, len(got), err)
		}
	}
}

func TestNothingReadableOnDisk(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, path := r.put(t, bytes.Repeat([]byte("Anteckning om barnet. "), 10_000))
	stored, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(stored, []byte("nteckning")) || bytes.Contains(stored, []byte("barn")) {
		t.Error("the content lies open")
	}
}

// alter rewrites a stored file.
func alter(t testing.TB, path string, change func([]byte) []byte) {
	t.Helper()
	stored, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(stored), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestEveryAlteredByteIsFound(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	content := noise(2*segmentSize+1000, 3)
	id, path := r.put(t, content)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head := len(good) - len(content) - 3*tagSize
	var places []int
	for i := range head + 40 { // the whole header and the first bytes of content
		places = append(places, i)
	}
	for _, border := range []int{head + sealedSize, head + 2*sealedSize, len(good)} {
		for i := max(border-40, 0); i < min(border+40, len(good)); i++ {
			places = append(places, i)
		}
	}
	for range 300 {
		places = append(places, rand.IntN(len(good)))
	}
	for _, i := range places {
		bad := bytes.Clone(good)
		bad[i] ^= 1 << rand.IntN(8)
		alter(t, path, func([]byte) []byte { return bad })
		got, err := r.readAll(t.Context(), id)
		if !errors.Is(err, crypto.ErrTampered) {
			t.Fatalf("byte %d: %v", i, err)
		}
		// Only whole verified segments before the fault have left.
		if len(got)%segmentSize != 0 || !bytes.HasPrefix(content, got) {
			t.Fatalf("byte %d: %d bytes left unverified", i, len(got))
		}
	}
}

func TestRearrangedFilesAreFound(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	content := noise(3*segmentSize, 4) // the last segment is full, so that cutting at a border looks natural
	id, path := r.put(t, content)
	_, otherPath := r.put(t, noise(3*segmentSize, 5))
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(otherPath)
	if err != nil {
		t.Fatal(err)
	}
	head := len(good) - 3*sealedSize
	seg := func(b []byte, i int) []byte { return b[head+i*sealedSize : head+(i+1)*sealedSize] }
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for name, bad := range map[string][]byte{
		"cut after the second segment":   good[:head+2*sealedSize],
		"cut after the first segment":    good[:head+sealedSize],
		"cut after the header":           good[:head],
		"cut in the header":              good[:head-1],
		"cut in the prefix":              good[:3],
		"cut by a byte":                  good[:len(good)-1],
		"cut to a tag":                   good[:head+2*sealedSize+tagSize],
		"empty":                          {},
		"a byte more":                    append(bytes.Clone(good), 0),
		"last segment twice":             join(good, seg(good, 2)),
		"segments changed about":         join(good[:head], seg(good, 1), seg(good, 0), seg(good, 2)),
		"a segment missing":              join(good[:head], seg(good, 0), seg(good, 2)),
		"another file's segment":         join(good[:head], seg(good, 0), seg(other, 1), seg(good, 2)),
		"another file's header":          join(other[:head], good[head:]),
		"another file":                   other,
		"another file under the same id": join(good[:head], other[head:]),
	} {
		alter(t, path, func([]byte) []byte { return bad })
		got, err := r.readAll(t.Context(), id)
		if !errors.Is(err, crypto.ErrTampered) {
			t.Errorf("%s: %v", name, err)
		}
		if strings.HasPrefix(name, "cut") && len(got) > 0 {
			t.Errorf("%s: %d bytes left before it was found", name, len(got))
		}
		if !bytes.HasPrefix(content, got) {
			t.Errorf("%s: foreign bytes left", name)
		}
	}
	alter(t, path, func([]byte) []byte { return good })
	if got, err := r.readAll(t.Context(), id); err != nil || !bytes.Equal(got, content) {
		t.Errorf("the file as it was: %v", err)
	}
}

// A file is bound to its id twice, by its sealed key and by each segment. Either would hide that the other is missing.
func TestBothBindingsToTheFileHold(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, path := r.put(t, []byte("innehåll"))
	stored, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sealedKey, head, err := readHeader(bytes.NewReader(stored))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.sealer.Open(t.Context(), r.key, fileKeyPlace(uuid.New()), sealedKey); !errors.Is(err, crypto.ErrTampered) {
		t.Errorf("the key of a file opens for another: %v", err)
	}
	key, err := r.sealer.Open(t.Context(), r.key, fileKeyPlace(id), sealedKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		id   uuid.UUID
		fits bool
	}{{id, true}, {uuid.New(), false}} {
		c, err := newSegmentCipher(key, tc.id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.open(bytes.Clone(stored[head:]), 0, true); (err == nil) != tc.fits {
			t.Errorf("segment, fits %v: %v", tc.fits, err)
		}
	}
}

func TestRefusedUploadsLeaveNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	fault := errors.New("line dropped")
	pdf := func(mediaType string) bool { return mediaType == "application/pdf" }
	big := noise(3*segmentSize, 1)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, tc := range map[string]struct {
		ctx   context.Context //nolint:containedctx // a table of cases
		u     Upload
		check func(error) bool
	}{
		"empty": {u: r.upload(strings.NewReader("")), check: is(ErrEmpty)},
		"a byte too much": {u: func() Upload {
			u := r.upload(bytes.NewReader(big))
			u.MaxBytes = int64(len(big)) - 1
			return u
		}(), check: func(err error) bool {
			var e ErrTooLarge
			return errors.As(err, &e) && e.Max == int64(len(big))-1
		}},
		"far too much, at once": {u: func() Upload {
			u := r.upload(endless{})
			u.MaxBytes = 100
			return u
		}(), check: func(err error) bool { return errors.As(err, new(ErrTooLarge)) }},
		"a program that says it is a document": {u: func() Upload {
			u := r.upload(strings.NewReader("MZ\x90\x00" + strings.Repeat("x", 500)))
			u.Allow = pdf
			return u
		}(), check: func(err error) bool {
			var e ErrType
			return errors.As(err, &e) && e.MediaType == "application/vnd.microsoft.portable-executable"
		}},
		"line dropped at once":         {u: r.upload(iotest.ErrReader(fault)), check: is(fault)},
		"line dropped in the middle":   {u: r.upload(io.MultiReader(bytes.NewReader(big), iotest.ErrReader(fault))), check: is(fault)},
		"body ends before its length":  {u: r.upload(io.MultiReader(bytes.NewReader(big[:100]), iotest.ErrReader(io.ErrUnexpectedEOF))), check: is(io.ErrUnexpectedEOF)},
		"body ends early, at a border": {u: r.upload(io.MultiReader(bytes.NewReader(big), iotest.ErrReader(io.ErrUnexpectedEOF))), check: is(io.ErrUnexpectedEOF)},
		"fault with the last byte": {u: r.upload(iotest.DataErrReader(
			io.MultiReader(bytes.NewReader(big[:segmentSize]), onceErr(fault)))), check: is(fault)},
		"given up": {ctx: ended, u: r.upload(bytes.NewReader(big)), check: is(context.Canceled)},
		"no limit": {u: Upload{KeyID: r.key, FileID: uuid.New(), Reader: bytes.NewReader(big), Allow: AnyType}, check: isError},
		"no types": {u: Upload{KeyID: r.key, FileID: uuid.New(), Reader: bytes.NewReader(big), MaxBytes: 1}, check: isError},
		"no id":    {u: Upload{KeyID: r.key, Reader: bytes.NewReader(big), MaxBytes: 1 << 30, Allow: AnyType}, check: is(ErrName)},
		"no key":   {u: Upload{KeyID: uuid.New(), FileID: uuid.New(), Reader: bytes.NewReader(big), MaxBytes: 1 << 30, Allow: AnyType}, check: is(crypto.ErrKeyMissing)},
	} {
		ctx := tc.ctx
		if ctx == nil {
			ctx = t.Context()
		}
		if _, err := r.Store(ctx, tc.u); !tc.check(err) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := r.Open(t.Context(), r.key, tc.u.FileID); err == nil {
			t.Errorf("%s: can be opened", name)
		}
	}
	if left := onDisk(t, r.root); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	exact := r.upload(bytes.NewReader(big))
	exact.MaxBytes = int64(len(big))
	if _, err := r.Store(t.Context(), exact); err != nil {
		t.Errorf("exactly the limit: %v", err)
	}
}

func is(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }

func isError(err error) bool { return err != nil }

// endless is a sender that never stops.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// onceErr gives an error once and ends after that, as some readers do.
func onceErr(err error) io.Reader {
	done := false
	return readerFunc(func([]byte) (int, error) {
		if done {
			return 0, io.EOF
		}
		done = true
		return 0, err
	})
}

func TestTypesAreRecognisedByContent(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for content, want := range map[string]string{
		"%PDF-1.7\n%âãÏÓ":                  "application/pdf",
		"\x89PNG\r\n\x1a\n\x00\x00\x00\rI": "image/png",
		"Hej! Åäö.":                        "text/plain",
		"<!DOCTYPE html><script>":          "text/html",
		"\x00\x01\x02\x03":                 "application/octet-stream",
	} {
		asked := ""
		u := r.upload(strings.NewReader(content))
		u.Allow = func(mediaType string) bool { asked = mediaType; return true }
		stored, err := r.Store(t.Context(), u)
		if err != nil || stored.MediaType != want || asked != want {
			t.Errorf("%q: %q, asked %q, %v", content, stored.MediaType, asked, err)
		}
	}
}

func TestSameNameTwiceKeepsTheFirst(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	u := r.upload(strings.NewReader("first"))
	if _, err := r.Store(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	u.Reader = strings.NewReader("second")
	if _, err := r.Store(t.Context(), u); !errors.Is(err, ErrExists) {
		t.Errorf("second: %v", err)
	}
	if got, err := r.readAll(t.Context(), u.FileID); err != nil || string(got) != "first" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestKeysOfTheVault(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, _ := r.put(t, []byte("innehåll"))
	otherKey := uuid.New()
	if err := r.keys.Create(t.Context(), otherKey); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Open(t.Context(), otherKey, id); !errors.Is(err, crypto.ErrTampered) {
		t.Errorf("another key: %v", err)
	}
	if _, err := r.Open(t.Context(), uuid.New(), id); !errors.Is(err, crypto.ErrKeyMissing) {
		t.Errorf("no key: %v", err)
	}
	if _, err := r.Open(t.Context(), r.key, uuid.New()); !errors.Is(err, ErrNotFound) {
		t.Errorf("no file: %v", err)
	}

	// The key-encryption key is changed; then a process comes that has lost the first one, or never had the second.
	k2, err := crypto.GenerateKEK("k2")
	if err != nil {
		t.Fatal(err)
	}
	half := NewVault(r.dir, crypto.NewSealer(r.openKeys(t, k2+","+r.kek)))
	late := uuid.New()
	if err := half.sealer.(*crypto.Sealer).CreateKey(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	lateID := uuid.New()
	if _, err := half.Store(t.Context(), Upload{KeyID: late, FileID: lateID, Reader: strings.NewReader("x"), MaxBytes: 9, Allow: AnyType}); err != nil {
		t.Fatal(err)
	}
	var lost crypto.ErrKEKMissing
	if _, err := r.Open(t.Context(), late, lateID); !errors.As(err, &lost) || lost.ID != "k2" {
		t.Errorf("KEK not listed: %v", err)
	}
	if _, err := r.openKeys(t, k2+","+r.kek).Rewrap(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.Vault = NewVault(r.dir, crypto.NewSealer(r.openKeys(t, k2)))
	if got, err := r.readAll(t.Context(), id); err != nil || string(got) != "innehåll" {
		t.Errorf("after the change: %q, %v", got, err)
	}

	// Another process destroys the key; the bytes still lie there.
	if err := r.openKeys(t, k2).Destroy(t.Context(), r.key); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Open(t.Context(), r.key, id); !errors.Is(err, crypto.ErrKeyDestroyed) {
		t.Errorf("destroyed: %v", err)
	}
	if _, err := r.Store(t.Context(), r.upload(strings.NewReader("x"))); !errors.Is(err, crypto.ErrKeyDestroyed) {
		t.Errorf("store: %v", err)
	}
	if err := r.Delete(t.Context(), id); err != nil {
		t.Errorf("delete without a key: %v", err)
	}
	if _, err := r.Open(t.Context(), r.key, id); !errors.Is(err, crypto.ErrKeyDestroyed) {
		t.Errorf("destroyed and deleted: %v", err)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	shared := noise(2*segmentSize+5, 99)
	sharedID, _ := r.put(t, shared)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			content := noise(segmentSize+i*1000, uint64(i))
			u := r.upload(bytes.NewReader(content))
			if _, err := r.Store(t.Context(), u); err != nil {
				t.Errorf("store: %v", err)
				return
			}
			for id, want := range map[uuid.UUID][]byte{u.FileID: content, sharedID: shared} {
				if got, err := r.readAll(t.Context(), id); err != nil || !bytes.Equal(got, want) {
					t.Errorf("read: %v", err)
				}
			}
		})
	}
	wg.Wait()
}

func TestClosedFile(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, _ := r.put(t, []byte("innehåll"))
	f, err := r.Open(t.Context(), r.key, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(-1, io.SeekStart); err == nil {
		t.Error("a seek before the beginning was accepted")
	}
	if _, err := f.Seek(0, 9); err == nil {
		t.Error("an unknown whence was accepted")
	}
	for range 2 {
		if err := f.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	if _, err := f.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("read: %v", err)
	}
	if _, err := f.Seek(0, io.SeekStart); !errors.Is(err, os.ErrClosed) {
		t.Errorf("seek: %v", err)
	}
}

// TestMemoryDoesNotGrowWithTheFile streams 256 MiB in and out and looks at the heap on the way. Not parallel: the heap is
// everybody's.
func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	const size, most = 256 << 20, 24 << 20
	r := newRig(t)
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, peak := m.HeapAlloc, uint64(0)
	watch := func() {
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapAlloc)
	}
	u := r.upload(io.LimitReader(&watched{r: rand.NewChaCha8([32]byte{1}), every: 8 << 20, look: watch}, size))
	stored, err := r.Store(t.Context(), u)
	if err != nil || stored.Size != size {
		t.Fatalf("%d, %v", stored.Size, err)
	}
	f, err := r.Open(t.Context(), r.key, u.FileID)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, &watched{r: f, every: 8 << 20, look: watch}); err != nil {
		t.Fatal(err)
	}
	if [32]byte(sum.Sum(nil)) != stored.SHA256 {
		t.Error("came back different")
	}
	if grown := int64(peak) - int64(before); grown > most {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
}

// watched calls look each time so many bytes have passed.
type watched struct {
	r     io.Reader
	n     int
	every int
	look  func()
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if w.n += n; w.n >= w.every {
		w.n = 0
		w.look()
	}
	return n, err
}

// brokenFiles is a store whose disk fails.
type brokenFiles struct{ err error }

func (b brokenFiles) Put(context.Context, string, io.Reader) (int64, error) { return 0, b.err }

func (b brokenFiles) OpenAt(context.Context, string, int64) (io.ReadCloser, int64, error) {
	return io.NopCloser(iotest.ErrReader(b.err)), 1 << 20, nil
}

func (b brokenFiles) Delete(context.Context, string) error { return b.err }

func TestFaultOfTheStoreIsNotTakenForTampering(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	fault := fmt.Errorf("disk fault")
	v := NewVault(brokenFiles{err: fault}, crypto.NewSealer(r.keys))
	_, storeErr := v.Store(t.Context(), r.upload(strings.NewReader("x")))
	_, openErr := v.Open(t.Context(), r.key, uuid.New())
	for _, err := range []error{storeErr, openErr, v.Delete(t.Context(), uuid.New())} {
		if !errors.Is(err, fault) || crypto.IsUnreadable(err) {
			t.Errorf("error: %v", err)
		}
	}
	if err := v.List(t.Context(), nil); err == nil {
		t.Error("a store that cannot be listed was listed")
	}
}
