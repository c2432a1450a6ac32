package files

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"insyn/internal/crypto"
)

// crashEnv carries what the process to be killed needs: files folder, keys folder, KEK.
const crashEnv = "INSYN_TEST_CRASH"

func TestMain(m *testing.M) {
	if args := os.Getenv(crashEnv); args != "" {
		fmt.Fprintln(os.Stdout, storeForEver(strings.Split(args, "|")))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// storeForEver makes keys and stores files until it is killed. It prints what it begins, and again with the hash when it is
// told that the file is stored.
func storeForEver(args []string) error {
	ctx := context.Background()
	dir, err := OpenDir("file://" + args[0])
	if err != nil {
		return err
	}
	keks, err := crypto.ParseKEKs(args[2])
	if err != nil {
		return err
	}
	keys, err := crypto.OpenKeyDir("file://"+args[1], keks)
	if err != nil {
		return err
	}
	vault := NewVault(dir, crypto.NewSealer(keys))
	for i := 0; ; i++ {
		key, id := uuid.New(), uuid.New()
		if err := keys.Create(ctx, key); err != nil {
			return err
		}
		fmt.Fprintln(os.Stdout, key, id)
		stored, err := vault.Store(ctx, Upload{
			KeyID: key, FileID: id, MaxBytes: 1 << 30, Allow: AnyType,
			Reader: bytes.NewReader(noise(1+i*7919%(4*segmentSize), uint64(i))),
		})
		if err != nil {
			return err
		}
		fmt.Fprintln(os.Stdout, key, id, hex.EncodeToString(stored.SHA256[:]))
	}
}

// TestKilledProcess kills a process in the middle of its work, several times over the same folders. What it was told to be
// stored is there; what lies there under a name is whole; the rest is swept.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	keyOf, hashOf := map[uuid.UUID]uuid.UUID{}, map[uuid.UUID]string{}
	for round := range 8 {
		for _, line := range runAndKill(t, r, 6+3*round) {
			part := strings.Fields(line)
			if len(part) != 2 && len(part) != 3 {
				t.Fatalf("the process failed: %s", line)
			}
			id := uuid.MustParse(part[1])
			keyOf[id] = uuid.MustParse(part[0])
			if len(part) == 3 {
				hashOf[id] = part[2]
			}
		}
	}
	reader := NewVault(r.dir, crypto.NewSealer(r.openKeys(t, r.kek)))
	found := map[uuid.UUID]bool{}
	err := reader.List(t.Context(), func(id uuid.UUID, _ time.Time) error {
		found[id] = true
		hash, err := hashOfFile(t.Context(), reader, keyOf[id], id)
		if promised, ok := hashOf[id]; err != nil || (ok && hash != promised) {
			t.Errorf("a file under its name is not whole: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for id := range hashOf {
		if !found[id] {
			t.Error("a file that was told to be stored is not there")
		}
	}
	far := time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, err := r.dir.SweepTemp(t.Context(), far); err != nil {
		t.Fatal(err)
	}
	if left := len(onDisk(t, r.root)); left != len(found) {
		t.Errorf("%d files after the sweep, expected %d", left, len(found))
	}
	if _, err := r.keys.Rewrap(t.Context()); err != nil {
		t.Errorf("key store after the kills: %v", err)
	}
}

// hashOfFile reads a file to its end.
func hashOfFile(ctx context.Context, v *Vault, key, id uuid.UUID) (string, error) {
	f, err := v.Open(ctx, key, id)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	return hex.EncodeToString(sum.Sum(nil)), errors.Join(err, f.Close())
}

// runAndKill lets the process print some lines, kills it without warning and gives the whole lines.
func runAndKill(t *testing.T, r *rig, lines int) []string {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), crashEnv+"="+strings.Join([]string{r.root, r.keysRoot, r.kek}, "|"))
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var got []string
	buffered := bufio.NewReader(out)
	for {
		line, err := buffered.ReadString('\n')
		if err != nil {
			break // the end, or half a line
		}
		if got = append(got, line); len(got) == lines {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait() // says that it was killed
	if len(got) < lines {
		t.Fatalf("the process ended by itself: %q", got)
	}
	return got
}
