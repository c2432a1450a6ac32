// Package durable writes files that are either whole and on the disk, or not there.
//
// A file is first written beside its final name, flushed to the disk and then given its name in one step, after which the
// folder itself is flushed. A crash at any point leaves the old state or the new one, and at worst a leftover whose name
// [IsTemp] recognises. Everything is private to the owner: folders 0700, files 0600.
package durable

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

const (
	dirMode  fs.FileMode = 0o700
	fileMode fs.FileMode = 0o600
	// tempMark stands between the final name and a random part; no final name of ours contains it.
	tempMark = ".tmp-"
)

// PathFromURL takes the folder out of a "file:///absolute/path" address. The name of the variable the address was
// configured in goes into the error, so that the message says what to mend.
func PathFromURL(variable, raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", fmt.Errorf("%s: not a valid address, expected file:///absolute/path", variable)
	}
	if u.Scheme != "file" {
		return "", fmt.Errorf("%s: scheme %q is not supported, expected file:///absolute/path", variable, u.Scheme)
	}
	if (u.Host != "" && u.Host != "localhost") || u.RawQuery != "" || u.Fragment != "" || !filepath.IsAbs(u.Path) {
		return "", fmt.Errorf("%s: expected file:///absolute/path", variable)
	}
	return filepath.Clean(u.Path), nil
}

// MkdirPrivate makes the folder, and those above it that are missing, readable by the owner alone. A folder that is
// already there but open to others is closed to them; that it could not be closed is an error.
func MkdirPrivate(path string) error {
	made := missingParents(path)
	if err := os.MkdirAll(path, dirMode); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(path, dirMode); err != nil {
			return fmt.Errorf("folder is open to others and could not be closed: %w", err)
		}
	}
	// A new folder is durable once the folder that names it is.
	for _, dir := range made {
		if err := SyncDir(filepath.Dir(dir)); err != nil {
			return err
		}
	}
	return nil
}

// missingParents lists the folders on the way to path, itself included, that are not there yet.
func missingParents(path string) []string {
	var missing []string
	for {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return missing
		}
		missing = append(missing, path)
		parent := filepath.Dir(path)
		if parent == path {
			return missing
		}
		path = parent
	}
}

// Create writes a new file and reports how many bytes it holds. When the name is taken, by a racing writer too, the
// existing file is left as it is and the error is [fs.ErrExist]. When r fails, nothing is left behind and the error wraps
// r's own.
func Create(path string, r io.Reader) (int64, error) {
	temp, n, err := writeTemp(path, r)
	if err != nil {
		return 0, err
	}
	// A hard link refuses an existing name, which rename does not.
	linkErr := os.Link(temp, path)
	removeErr := os.Remove(temp)
	if linkErr != nil {
		return 0, fmt.Errorf("name the new file: %w", linkErr)
	}
	if removeErr != nil && !errors.Is(removeErr, fs.ErrNotExist) {
		return 0, fmt.Errorf("remove the temporary name: %w", removeErr)
	}
	return n, SyncDir(filepath.Dir(path))
}

// Replace puts data in the place of whatever the file held. Readers see the old content or the new, never a mixture.
func Replace(path string, data []byte) error {
	temp, _, err := writeTemp(path, bytes.NewReader(data))
	if err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		_ = os.Remove(temp)
		return fmt.Errorf("replace the file: %w", err)
	}
	return SyncDir(filepath.Dir(path))
}

// Remove deletes a file for good. A file that is not there is no error.
func Remove(path string) error {
	err := os.Remove(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the file: %w", err)
	}
	// Also when it was gone already: the earlier removal may not have reached the disk.
	if err := SyncDir(filepath.Dir(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// SyncDir flushes a folder, so that names made or removed in it survive a power cut.
func SyncDir(path string) error {
	d, err := os.Open(path) //nolint:gosec // G304: a folder of the caller's store
	if err != nil {
		return fmt.Errorf("flush folder: %w", err)
	}
	syncErr := d.Sync()
	if err := errors.Join(syncErr, d.Close()); err != nil {
		return fmt.Errorf("flush folder: %w", err)
	}
	return nil
}

// IsTemp tells whether a base name is one that [Create] or [Replace] uses while it writes, and of which final name.
func IsTemp(name string) (final string, ok bool) {
	final, _, ok = strings.Cut(name, tempMark)
	return final, ok
}

// writeTemp writes r beside path under a name of its own and flushes it. On error the temporary file is gone.
func writeTemp(path string, r io.Reader) (temp string, n int64, err error) {
	temp = path + tempMark + rand.Text()
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode) //nolint:gosec // G304: beside a file of the caller's store
	if err != nil {
		return "", 0, fmt.Errorf("make temporary file: %w", err)
	}
	n, err = io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return "", 0, fmt.Errorf("write temporary file: %w", errors.Join(err, os.Remove(temp)))
	}
	return temp, n, nil
}
