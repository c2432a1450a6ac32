package files

import (
	"errors"
	"fmt"
)

// Errors of the store and of the vault. Compare with errors.Is and errors.As. Bytes that do not verify are
// crypto.ErrTampered, a destroyed key is crypto.ErrKeyDestroyed.
var (
	// ErrNotFound says that there is no file by this name.
	ErrNotFound = errors.New("file not found")
	// ErrExists says that the name is taken. Stored files never change.
	ErrExists = errors.New("file exists already")
	// ErrEmpty says that an upload has no content.
	ErrEmpty = errors.New("file is empty")
	// ErrName says that a name is not a canonical UUID, the only form of name there is.
	ErrName = errors.New("file name is not of the expected form")
)

// ErrTooLarge says that an upload holds more than it may.
type ErrTooLarge struct {
	// Max is the limit in bytes.
	Max int64
}

// Error gives the limit.
func (e ErrTooLarge) Error() string { return fmt.Sprintf("file is larger than %d bytes", e.Max) }

// ErrType says that the content of an upload is of a type that is not accepted here.
type ErrType struct {
	// MediaType is what the content looks like, without parameters, for instance "application/x-msdownload".
	MediaType string
}

// Error gives the type.
func (e ErrType) Error() string { return fmt.Sprintf("files of type %s are not accepted", e.MediaType) }
