package crypto

import (
	"errors"
	"fmt"
)

// Errors of sealing and of the key store. Compare with errors.Is; none of them carries plaintext or key material.
var (
	// ErrKeyMissing says that the store has never had a key with this id, or that it was lost.
	ErrKeyMissing = errors.New("data key is missing")
	// ErrKeyDestroyed says that the key was destroyed on purpose. What was sealed under it cannot be read again, and a
	// key with the same id cannot be made again.
	ErrKeyDestroyed = errors.New("data key has been destroyed")
	// ErrTampered says that sealed bytes are not what was sealed for this place: altered, cut, or moved from another
	// table, column, row or file.
	ErrTampered = errors.New("sealed data do not verify")
	// ErrStoreGone says that the folder of an opened key store is no longer there, as when it was unmounted. Unlike
	// ErrKeyMissing it says nothing about any key.
	ErrStoreGone = errors.New("key store is not there")
)

// ErrKEKMissing says that something in the store is wrapped with a key-encryption key that INSYN_KEK does not list.
type ErrKEKMissing struct {
	// ID is the name of the key-encryption key to find.
	ID string
}

// Error names the key-encryption key.
func (e ErrKEKMissing) Error() string {
	return fmt.Sprintf("KEK %q is needed by the key store but not listed in INSYN_KEK", e.ID)
}

// ErrKEKMismatch says that INSYN_KEK lists another value under this name than the store was used with.
type ErrKEKMismatch struct {
	// ID is the name of the key-encryption key whose value is wrong.
	ID string
}

// Error names the key-encryption key.
func (e ErrKEKMismatch) Error() string {
	return fmt.Sprintf("KEK %q in INSYN_KEK does not fit this key store", e.ID)
}
