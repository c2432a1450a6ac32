package pack

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"insyn/internal/crypto"
	"insyn/internal/files"
)

// peakLimit is what a process may need at the most to give out or check a package, however large.
const peakLimit = 150 // MiB

// childEnv carries a file with what a process of its own is to do, so that its peak memory is that of the work alone.
const childEnv = "INSYN_TEST_PACK"

func TestMain(m *testing.M) {
	if name := os.Getenv(childEnv); name != "" {
		if err := childWork(name); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// depot is a vault in folders, with files that a package is made of.
type depot struct {
	Files, Keys, KEK string
	Key              uuid.UUID
	Manifest, Sig    []byte
	IDs              map[string]uuid.UUID // by name in the package
	Verify           string               // a package to check instead of one to stream
}

func (d depot) vault() (*files.Vault, *crypto.KeyDir, error) {
	dir, err := files.OpenDir("file://" + d.Files)
	if err != nil {
		return nil, nil, err
	}
	keks, err := crypto.ParseKEKs(d.KEK)
	if err != nil {
		return nil, nil, err
	}
	keys, err := crypto.OpenKeyDir("file://"+d.Keys, keks)
	return files.NewVault(dir, crypto.NewSealer(keys)), keys, err
}

// stream gives out the package to dst.
func (d depot) stream(ctx context.Context, dst io.Writer) (int64, error) {
	v, _, err := d.vault()
	if err != nil {
		return 0, err
	}
	p, err := Assemble(d.Manifest, d.Sig, func(ctx context.Context, name string) (io.ReadSeekCloser, error) {
		return v.Open(ctx, d.Key, d.IDs[name])
	})
	if err != nil {
		return 0, err
	}
	r := p.Open(ctx)
	n, err := io.Copy(dst, r)
	if err == nil {
		err = r.Close()
	}
	return n, err
}

func childWork(name string) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var d depot
	if err := json.Unmarshal(b, &d); err != nil {
		return err
	}
	if d.Verify != "" {
		err = verifyFile(d.Verify)
	} else {
		_, err = d.stream(context.Background(), io.Discard)
	}
	if err != nil {
		return err
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			fmt.Fprintln(os.Stdout, strings.Fields(rest)[0])
		}
	}
	return nil
}

func verifyFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	r, err := Verify(context.Background(), f, info.Size())
	if err == nil && !r.Intact() {
		err = fmt.Errorf("it is not whole: %v", r.Faults)
	}
	return err
}

// peak runs the work in a process of its own and reports how much memory it had at the most.
func (d depot) peak(b *testing.B) {
	b.Helper()
	text, err := json.Marshal(d)
	if err != nil {
		b.Fatal(err)
	}
	name := filepath.Join(b.TempDir(), "depot")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+name)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	kib, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(kib/1024, "peak-MiB")
	if kib/1024 >= peakLimit {
		b.Errorf("the peak is %.0f MiB", kib/1024)
	}
}

// random is content without an end that cannot be compressed, as pictures and PDF mostly are.
func random(size int64, seed byte) io.Reader {
	return io.LimitReader(rand.NewChaCha8([32]byte{seed}), size)
}

// newDepot seals n files of a size and lays out a package that has each of them so many times.
func newDepot(b *testing.B, n int, size int64, times int) depot {
	b.Helper()
	dir := b.TempDir()
	kek, err := crypto.GenerateKEK("k1")
	if err != nil {
		b.Fatal(err)
	}
	d := depot{Files: filepath.Join(dir, "files"), Keys: filepath.Join(dir, "keys"), KEK: kek, Key: uuid.New(), IDs: map[string]uuid.UUID{}}
	v, keys, err := d.vault()
	if err == nil {
		err = keys.Create(b.Context(), d.Key)
	}
	if err != nil {
		b.Fatal(err)
	}
	m := Manifest{Package: "INS-2026-00042-SN", Made: day}
	for i := range n {
		id := uuid.New()
		stored, err := v.Store(b.Context(), files.Upload{KeyID: d.Key, FileID: id, Reader: random(size, byte(i)), MaxBytes: 4 << 30, Allow: files.AnyType})
		if err != nil {
			b.Fatal(err)
		}
		for j := range times {
			name := fmt.Sprintf("Handlingar/Handling %06d.pdf", i*times+j+1)
			d.IDs[name] = id
			m.Files = append(m.Files, File{name, stored.Digest})
		}
	}
	if d.Manifest, err = m.Encode(); err != nil {
		b.Fatal(err)
	}
	d.Sig = newKey(b).Sign(d.Manifest)
	return d
}

// BenchmarkPackage gives out a package of 1 GiB of sealed files, beside what else could be done with the same bytes: copying them,
// sealing them, and zipping them. At most about 3 GiB lie on the disk at once.
func BenchmarkPackage(b *testing.B) {
	const count, size = 64, 16 << 20
	d := newDepot(b, count, size, 1)
	b.Run("stream", func(b *testing.B) {
		b.SetBytes(count * size)
		for b.Loop() {
			if _, err := d.stream(b.Context(), io.Discard); err != nil {
				b.Fatal(err)
			}
		}
		d.peak(b)
	})
	plain := filepath.Join(b.TempDir(), "plain")
	writeFile(b, plain, func(w io.Writer) error {
		for i := range count {
			if _, err := io.Copy(w, random(size, byte(i))); err != nil {
				return err
			}
		}
		return nil
	})
	b.Run("stream-to-file", func(b *testing.B) {
		b.SetBytes(count * size)
		for b.Loop() {
			writeFile(b, filepath.Join(b.TempDir(), "out"), func(w io.Writer) error { _, err := d.stream(b.Context(), w); return err })
		}
	})
	source := func(b *testing.B) io.ReadCloser {
		f, err := os.Open(plain)
		if err != nil {
			b.Fatal(err)
		}
		return f
	}
	b.Run("copy", func(b *testing.B) {
		b.SetBytes(count * size)
		for b.Loop() {
			f := source(b)
			// Read and written, as everything else here: a copy inside the kernel would be none.
			writeFile(b, filepath.Join(b.TempDir(), "out"), func(w io.Writer) error { _, err := io.Copy(w, struct{ io.Reader }{f}); return err })
			_ = f.Close()
		}
	})
	b.Run("seal", func(b *testing.B) {
		b.SetBytes(count * size)
		v, _, err := d.vault()
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			f, id := source(b), uuid.New()
			if _, err := v.Store(b.Context(), files.Upload{KeyID: d.Key, FileID: id, Reader: f, MaxBytes: 4 << 30, Allow: files.AnyType}); err != nil {
				b.Fatal(err)
			}
			_ = f.Close()
			if err := v.Delete(b.Context(), id); err != nil {
				b.Fatal(err)
			}
		}
	})
	for name, method := range map[string]uint16{"zip-store": zip.Store, "zip-deflate": zip.Deflate} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(count * size)
			for b.Loop() {
				f := source(b)
				writeFile(b, filepath.Join(b.TempDir(), "out"), func(w io.Writer) error { return zipped(w, f, method, size) })
				_ = f.Close()
			}
		})
	}
	out := filepath.Join(b.TempDir(), "package.zip")
	writeFile(b, out, func(w io.Writer) error { _, err := d.stream(b.Context(), w); return err })
	b.Run("verify", func(b *testing.B) {
		b.SetBytes(count * size)
		for b.Loop() {
			if err := verifyFile(out); err != nil {
				b.Fatal(err)
			}
		}
		depot{Verify: out}.peak(b)
	})
}

// writeFile makes a file; what was there is thrown away first, so that no two lie on the disk.
func writeFile(b *testing.B, name string, write func(io.Writer) error) {
	b.Helper()
	_ = os.Remove(name)
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	if err := write(f); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// zipped is the package as archive/zip makes it.
func zipped(dst io.Writer, src io.Reader, method uint16, size int64) error {
	z := zip.NewWriter(dst)
	for i := 0; ; i++ {
		w, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("%06d.pdf", i), Method: method})
		if err != nil {
			return err
		}
		n, err := io.CopyN(w, src, size)
		if n == 0 {
			return z.Close()
		}
		if err != nil && n != size {
			return err
		}
	}
}

// BenchmarkManyFiles gives out and checks a package of 2 GiB with 50 000 files. They are 500 sealed files, each there a hundred
// times: storing is not what is measured.
func BenchmarkManyFiles(b *testing.B) {
	const count, size, times = 500, 43_000, 100
	d := newDepot(b, count, size, times)
	b.Run("stream", func(b *testing.B) {
		b.SetBytes(count * size * times)
		for b.Loop() {
			if _, err := d.stream(b.Context(), io.Discard); err != nil {
				b.Fatal(err)
			}
		}
		d.peak(b)
	})
	// What goes on at the end of a package needs nothing of what lies before.
	b.Run("last-MiB", func(b *testing.B) {
		v, _, err := d.vault()
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			p, err := Assemble(d.Manifest, d.Sig, func(ctx context.Context, name string) (io.ReadSeekCloser, error) {
				return v.Open(ctx, d.Key, d.IDs[name])
			})
			if err != nil {
				b.Fatal(err)
			}
			r := p.Open(b.Context())
			if _, err := r.Seek(-1<<20, io.SeekEnd); err != nil {
				b.Fatal(err)
			}
			if n, err := io.Copy(io.Discard, r); n != 1<<20 || err != nil {
				b.Fatal(n, err)
			}
			_ = r.Close()
		}
	})
	out := filepath.Join(b.TempDir(), "package.zip")
	writeFile(b, out, func(w io.Writer) error { _, err := d.stream(b.Context(), w); return err })
	b.Run("verify", func(b *testing.B) {
		b.SetBytes(count * size * times)
		for b.Loop() {
			if err := verifyFile(out); err != nil {
				b.Fatal(err)
			}
		}
		depot{Verify: out}.peak(b)
	})
}
