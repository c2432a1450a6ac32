package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"insyn/internal/durable"
)

const filesVariable = "INSYN_FILES_URL"

// Dir is a Store in a folder, with a sub folder for each of the last two digits of the name (the beginning of a UUIDv7 is a
// time, its end is random). Several processes may use one folder. Safe for concurrent use.
type Dir struct {
	root string
}

// OpenDir opens the store at "file:///absolute/path", making the folder when it is absent.
func OpenDir(url string) (*Dir, error) {
	root, err := durable.PathFromURL(filesVariable, url)
	if err != nil {
		return nil, err
	}
	if err := durable.MkdirPrivate(root); err != nil {
		return nil, fmt.Errorf("%s: open file store: %w", filesVariable, err)
	}
	return &Dir{root: root}, nil
}

// Put implements [Store].
func (d *Dir) Put(ctx context.Context, key string, r io.Reader) (int64, error) {
	path, err := d.path(key)
	if err != nil {
		return 0, fmt.Errorf("put file: %w", err)
	}
	// The sub folder may be made, the folder of the store may not: a file system that was unmounted must not be
	// replaced by an empty folder.
	if err := d.Check(ctx); err != nil {
		return 0, fmt.Errorf("put file: %w", err)
	}
	if err := durable.MkdirPrivate(filepath.Dir(path)); err != nil {
		return 0, fmt.Errorf("put file: %w", err)
	}
	// Told before the upload is read, so that a repeated one costs nothing; the race is settled by Create.
	if _, err := os.Lstat(path); err == nil { //nolint:gosec // G703: path takes canonical UUIDs only
		return 0, fmt.Errorf("put file: %w", ErrExists)
	}
	n, err := durable.Create(path, &contextReader{ctx: ctx, r: r})
	if errors.Is(err, fs.ErrExist) {
		return 0, fmt.Errorf("put file: %w", ErrExists)
	}
	if err != nil {
		return 0, fmt.Errorf("put file: %w", err)
	}
	return n, nil
}

// OpenAt implements [Store].
func (d *Dir) OpenAt(ctx context.Context, key string, offset int64) (io.ReadCloser, int64, error) {
	path, err := d.path(key)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, 0, fmt.Errorf("open file: %w", err)
	}
	f, err := os.Open(path) //nolint:gosec // G304: path takes canonical UUIDs only
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fmt.Errorf("open file: %w", ErrNotFound)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("open file: %w", err)
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.Seek(offset, io.SeekStart)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("open file: %w", errors.Join(err, f.Close()))
	}
	return f, info.Size(), nil
}

// Delete implements [Store].
func (d *Dir) Delete(ctx context.Context, key string) error {
	path, err := d.path(key)
	if err == nil {
		err = d.Check(ctx)
	}
	if err == nil {
		err = durable.Remove(path)
	}
	if err != nil {
		return fmt.Errorf("delete file: %w", err)
	}
	return nil
}

// List implements [Lister].
func (d *Dir) List(ctx context.Context, visit func(id uuid.UUID, written time.Time) error) error {
	return d.walk(ctx, func(_ string, info fs.FileInfo) error {
		id, err := parseName(info.Name())
		if err != nil {
			return nil //nolint:nilerr // half-written, or not ours
		}
		return visit(id, info.ModTime())
	})
}

// SweepTemp removes half-written files last written to before the given instant, what crashes left behind, and returns how
// many. The instant must lie further back than the longest upload pauses between two writes; a day is ample.
func (d *Dir) SweepTemp(ctx context.Context, olderThan time.Time) (int, error) {
	n := 0
	err := d.walk(ctx, func(path string, info fs.FileInfo) error {
		if _, temp := durable.IsTemp(info.Name()); !temp || !info.ModTime().Before(olderThan) {
			return nil
		}
		if err := durable.Remove(path); err != nil {
			return err
		}
		n++
		return nil
	})
	return n, err
}

// Check proves that the folder is there.
func (d *Dir) Check(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := os.Stat(d.root); err != nil {
		return fmt.Errorf("file store: %w", err)
	}
	return nil
}

// walk visits the files of all sub folders, one sub folder in memory at a time. Files that vanish meanwhile are passed over.
func (d *Dir) walk(ctx context.Context, visit func(path string, info fs.FileInfo) error) error {
	shards, err := os.ReadDir(d.root)
	if err != nil {
		return fmt.Errorf("list file store: %w", err)
	}
	for _, s := range shards {
		if !s.IsDir() || len(s.Name()) != 2 {
			continue
		}
		dir := filepath.Join(d.root, s.Name())
		entries, err := os.ReadDir(dir)
		if err != nil {
			return fmt.Errorf("list file store: %w", err)
		}
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				return err
			}
			info, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return fmt.Errorf("list file store: %w", err)
			}
			if err := visit(filepath.Join(dir, e.Name()), info); err != nil {
				return err
			}
		}
	}
	return nil
}

// path is where a name lies. Only a canonical UUID is a name, so no name leads out of the folder.
func (d *Dir) path(key string) (string, error) {
	id, err := parseName(key)
	if err != nil {
		return "", err
	}
	name := id.String()
	return filepath.Join(d.root, name[len(name)-2:], name), nil
}

// parseName reads a canonical UUID and nothing else. The name is not repeated in the error: it may be anything.
func parseName(key string) (uuid.UUID, error) {
	id, err := uuid.Parse(key)
	if err != nil || id.String() != key || id == uuid.Nil {
		return uuid.Nil, ErrName
	}
	return id, nil
}

// contextReader ends a long copy when its context does.
type contextReader struct {
	ctx context.Context //nolint:containedctx // lives for one call of Put
	r   io.Reader
}

// Read implements [io.Reader].
func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
