package crypto

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"

	"insyn/internal/durable"
)

// leftoverAge is how old a half-written file must be before it is taken for the leftover of a crash. Writing one takes
// milliseconds.
const leftoverAge = time.Hour

// Status is a count of what a key store holds.
type Status struct {
	// Keys counts data keys by the KEK that wraps them.
	Keys map[string]int
	// Lookup names the KEK that wraps the lookup secret.
	Lookup string
	// Destroyed counts the marks of destroyed keys.
	Destroyed int
	// Damaged lists key files that cannot be read as such.
	Damaged []uuid.UUID
	// Missing names KEKs that something is wrapped with but that are not listed, in order.
	Missing []string
}

// Total counts the data keys that can be read as such.
func (s Status) Total() int {
	n := 0
	for _, count := range s.Keys {
		n += count
	}
	return n
}

// Status reads every key file's header; it unwraps nothing.
func (d *KeyDir) Status(ctx context.Context) (Status, error) {
	s := Status{Keys: map[string]int{}}
	missing := map[string]bool{}
	err := d.eachKey(ctx, func(id uuid.UUID) error {
		w, err := d.readWrapped(id)
		switch {
		case errors.Is(err, ErrTampered):
			s.Damaged = append(s.Damaged, id)
			return nil
		case errors.Is(err, ErrKeyDestroyed), errors.Is(err, ErrKeyMissing):
			return nil // destroyed since the folder was listed
		case err != nil:
			return err
		}
		s.Keys[w.KEK]++
		if _, known := d.keks.keys[w.KEK]; !known {
			missing[w.KEK] = true
		}
		return nil
	})
	if err != nil {
		return Status{}, fmt.Errorf("key store status: %w", err)
	}
	if s.Destroyed, err = d.countTombs(ctx); err != nil {
		return Status{}, fmt.Errorf("key store status: %w", err)
	}
	lookup, err := d.readLookup()
	if err != nil {
		return Status{}, fmt.Errorf("key store status: %w", err)
	}
	s.Lookup = lookup.KEK
	if _, known := d.keks.keys[lookup.KEK]; !known {
		missing[lookup.KEK] = true
	}
	s.Missing = slices.Sorted(maps.Keys(missing))
	return s, nil
}

// RewrapReport counts what Rewrap did.
type RewrapReport struct {
	// Active names the KEK that everything is now wrapped with, but for Failed.
	Active string
	// Rewrapped counts data keys that were wrapped anew, and Already those that did not need it.
	Rewrapped, Already int
	// Failed counts data keys that could not be unwrapped; they are left as they are.
	Failed int
	// Lookup tells whether the lookup secret was wrapped anew.
	Lookup bool
}

// Rewrap wraps every data key, and at last the lookup secret, with the active KEK. The keys themselves do not change, so
// nothing sealed is touched and the store stays in use meanwhile. Broken off, it goes on where it was when called again. A
// key that cannot be unwrapped is counted and passed over; the error then joins one ErrKEKMissing or ErrTampered for each
// kind of failure. Only when it returns no error may the older KEKs leave INSYN_KEK.
func (d *KeyDir) Rewrap(ctx context.Context) (RewrapReport, error) {
	report := RewrapReport{Active: d.keks.Active()}
	failures := map[string]error{} // one of each kind, not one per key
	if err := d.sweepLeftovers(ctx); err != nil {
		return report, fmt.Errorf("rewrap: %w", err)
	}
	err := d.eachKey(ctx, func(id uuid.UUID) error {
		changed, err := d.rewrapKey(id)
		var lost ErrKEKMissing
		switch {
		case errors.Is(err, ErrKeyDestroyed), errors.Is(err, ErrKeyMissing):
		case errors.As(err, &lost), errors.Is(err, ErrTampered):
			report.Failed++
			failures[err.Error()] = err
		case err != nil:
			return err
		case changed:
			report.Rewrapped++
		default:
			report.Already++
		}
		return nil
	})
	if err != nil {
		return report, fmt.Errorf("rewrap: %w", err)
	}
	if report.Failed == 0 {
		// Last, because its KEK is the one that opening the store insists on.
		if report.Lookup, err = d.rewrapLookup(); err != nil {
			return report, fmt.Errorf("rewrap: %w", err)
		}
		return report, nil
	}
	joined := make([]error, 0, len(failures))
	for _, text := range slices.Sorted(maps.Keys(failures)) {
		joined = append(joined, failures[text])
	}
	return report, fmt.Errorf("rewrap: %d keys could not be unwrapped: %w", report.Failed, errors.Join(joined...))
}

// rewrapKey wraps one data key anew and tells whether that was needed.
func (d *KeyDir) rewrapKey(id uuid.UUID) (changed bool, err error) {
	w, err := d.readWrapped(id)
	if err != nil {
		if errors.Is(err, ErrKeyDestroyed) {
			// A mark and a key file together are what a crash in the middle of a destruction leaves. Finish it.
			if failed := d.removeKeyFiles(id); failed != nil {
				return false, failed
			}
		}
		return false, err
	}
	if w.KEK == d.keks.Active() {
		return false, nil
	}
	h, err := d.keks.unwrapDataKey(w, keyPurpose(id))
	if err != nil {
		return false, err
	}
	data, err := d.keks.wrapDataKey(h, keyPurpose(id))
	if err != nil {
		return false, err
	}
	if err := durable.Replace(d.keyPath(id), data); err != nil {
		return false, errors.Join(d.unlessDestroyed(id), err)
	}
	return true, d.unlessDestroyed(id)
}

// rewrapLookup wraps the lookup secret anew and tells whether that was needed.
func (d *KeyDir) rewrapLookup() (changed bool, err error) {
	w, err := d.readLookup()
	if err != nil {
		return false, err
	}
	if w.KEK == d.keks.Active() {
		return false, nil
	}
	secret, err := d.keks.unwrapSecret(w, lookupPurpose())
	if err != nil {
		return false, err
	}
	data, err := d.keks.wrapSecret(secret, lookupPurpose())
	if err != nil {
		return false, err
	}
	return true, durable.Replace(filepath.Join(d.root, lookupFile), data)
}

// Check proves that the store is there, readable and writable, for health checks. It leaves nothing behind.
func (d *KeyDir) Check(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("check key store: %w", err)
	}
	if err := d.present(); err != nil {
		return fmt.Errorf("check key store: %w", err)
	}
	w, err := d.readLookup()
	if err == nil {
		_, err = d.keks.unwrapSecret(w, lookupPurpose())
	}
	if err == nil {
		_, err = d.fileSystemTime()
	}
	if err != nil {
		return fmt.Errorf("check key store: %w", err)
	}
	return nil
}

// readWrapped reads a key file without unwrapping it.
func (d *KeyDir) readWrapped(id uuid.UUID) (wrapped, error) {
	if err := d.live(id); err != nil {
		return wrapped{}, err
	}
	data, err := os.ReadFile(d.keyPath(id))
	if errors.Is(err, fs.ErrNotExist) {
		return wrapped{}, d.absent(id)
	}
	if err != nil {
		return wrapped{}, fmt.Errorf("read data key: %w", err)
	}
	return parseWrapped(data)
}

func (d *KeyDir) readLookup() (wrapped, error) {
	data, err := os.ReadFile(filepath.Join(d.root, lookupFile))
	if err != nil {
		return wrapped{}, fmt.Errorf("read lookup secret: %w", err)
	}
	return parseWrapped(data)
}

// eachKey calls visit for every key file, destroyed ones with a left-over file too.
func (d *KeyDir) eachKey(ctx context.Context, visit func(id uuid.UUID) error) error {
	return d.eachFile(ctx, keysFolder, func(path string) error {
		if id, ok := keyIDFromFile(filepath.Base(path)); ok {
			return visit(id)
		}
		return nil
	})
}

func (d *KeyDir) countTombs(ctx context.Context) (int, error) {
	n := 0
	err := d.eachFile(ctx, tombsFolder, func(path string) error {
		if _, err := uuid.Parse(filepath.Base(path)); err == nil {
			n++
		}
		return nil
	})
	return n, err
}

// eachFile walks the sub folders of a part of the store, one sub folder in memory at a time.
func (d *KeyDir) eachFile(ctx context.Context, folder string, visit func(path string) error) error {
	if err := d.present(); err != nil {
		return err
	}
	shards, err := os.ReadDir(filepath.Join(d.root, folder))
	if err != nil {
		return fmt.Errorf("list key store: %w", err)
	}
	for _, s := range shards {
		dir := filepath.Join(d.root, folder, s.Name())
		files, err := os.ReadDir(dir)
		if err != nil {
			return fmt.Errorf("list key store: %w", err)
		}
		for _, f := range files {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := visit(filepath.Join(dir, f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// sweepLeftovers removes what crashes in the middle of writing a key left: a file still wrapped with an older KEK.
func (d *KeyDir) sweepLeftovers(ctx context.Context) error {
	now, err := d.fileSystemTime()
	if err != nil {
		return err
	}
	return d.eachFile(ctx, keysFolder, func(path string) error {
		if _, temp := durable.IsTemp(filepath.Base(path)); !temp {
			return nil
		}
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("look at leftover: %w", err)
		}
		if now.Sub(info.ModTime()) < leftoverAge {
			return nil
		}
		return durable.Remove(path)
	})
}

// fileSystemTime asks the file system for its time by writing a file. Ages of files can only be compared with that clock,
// which on a network share is another machine's. It proves too that the store can be written.
func (d *KeyDir) fileSystemTime() (time.Time, error) {
	probe := filepath.Join(d.root, ".probe-"+rand.Text())
	if _, err := durable.Create(probe, bytes.NewReader(nil)); err != nil {
		return time.Time{}, err
	}
	info, err := os.Lstat(probe)
	if err := errors.Join(err, durable.Remove(probe)); err != nil {
		return time.Time{}, fmt.Errorf("probe key store: %w", err)
	}
	return info.ModTime(), nil
}
