// Package files keeps uploads and produced documents as sealed files.
//
// Below is a [Store] of opaque bytes by random name, a folder ([Dir]) or an object store. On top is the [Vault]: it limits,
// recognises, hashes and seals content while it streams in, and gives it out again from any offset, each segment verified
// before its bytes leave. Names are random UUIDs; what a file is called, and whose it is, is for the caller to remember.
package files

import (
	"context"
	"io"
	"time"

	"github.com/google/uuid"
)

// Store keeps whole, unchanging files by name. The name is a UUID in canonical form, never anything a person wrote.
type Store interface {
	// Put writes a new file and returns its size in bytes. The file is there whole and durable, or not at all: when r
	// fails, ctx ends or the process dies nothing stays under the name, and r's error is wrapped. A name in use is
	// ErrExists.
	Put(ctx context.Context, key string, r io.Reader) (size int64, err error)
	// OpenAt reads from an offset to the end; size is that of the whole file. An offset at the end reads nothing.
	// ErrNotFound if there is none.
	OpenAt(ctx context.Context, key string, offset int64) (r io.ReadCloser, size int64, err error)
	// Delete removes a file for good. One that is not there is no error.
	Delete(ctx context.Context, key string) error
}

// Lister is a store that can also be walked, for the sweep of files nobody refers to.
type Lister interface {
	// List calls visit for each file with its name and the instant it was written, by the store's clock. An error from
	// visit ends the walk and is returned.
	List(ctx context.Context, visit func(id uuid.UUID, written time.Time) error) error
}
