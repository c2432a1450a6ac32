// Package crypto seals values under data keys that lie outside the database, and makes search tokens.
//
// Three kinds of key: a key-encryption key (KEK, from INSYN_KEK) wraps data keys; a data key seals what belongs together,
// and destroying it makes that unreadable everywhere, in backups of the database too; one lookup secret makes search tokens.
// Data keys and the lookup secret lie wrapped in a key store, here a folder ([KeyDir]). Ciphertext is bound to the table,
// column and row it was made for. AES-256-GCM by Tink throughout.
//
// The package knows nothing of what it seals.
package crypto

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/tink"

	"insyn/internal/durable"
)

const (
	keyStoreVariable = "INSYN_KEYS_URL"
	storeFile        = "store.json"
	lookupFile       = "lookup.key"
	keysFolder       = "keys"
	tombsFolder      = "destroyed"
	checksFolder     = "keks"
	keySuffix        = ".key"
	storeFormat      = 1
	// cachedKeys bounds the unwrapped keys in memory; a desk page of fifty cases fits many times over.
	cachedKeys = 1024
	// checkValue is what a key-encryption key's check file holds. It is no secret; that it opens is the proof.
	checkValue = "insyn key-encryption key check"
)

// KeyDir is a key store in a folder:
//
//	store.json              format and the store's own id
//	keks/<kek id>.json      a known value wrapped by each KEK ever used, to tell a wrong KEK at once
//	lookup.key              the lookup secret, wrapped
//	keys/ab/<key id>.key    a data key, wrapped, in a sub folder by the last two digits of its id
//	destroyed/ab/<key id>   an empty mark: this key was destroyed and never comes back
//
// Several processes may use one store at once. The key ids say nothing about a person. Safe for concurrent use.
type KeyDir struct {
	root   string
	id     uuid.UUID
	keks   KEKSet
	cache  *keyCache
	lookup *LookupKey
}

// storeInfo is the content of store.json.
type storeInfo struct {
	Format int       `json:"format"`
	ID     uuid.UUID `json:"id"`
}

// OpenKeyDir opens the key store at "file:///absolute/path", making it when the folder is absent or empty. A KEK whose value
// is not the one the store knows by that name gives ErrKEKMismatch; a store whose lookup secret needs a KEK that is not
// listed gives ErrKEKMissing. Both name the KEK.
func OpenKeyDir(url string, keks KEKSet) (*KeyDir, error) {
	root, err := durable.PathFromURL(keyStoreVariable, url)
	if err != nil {
		return nil, err
	}
	if keks.Active() == "" {
		return nil, errors.New("INSYN_KEK: no key-encryption key is given")
	}
	d := &KeyDir{root: root, keks: keks, cache: newKeyCache(cachedKeys)}
	for _, step := range []func() error{d.openFolders, d.openInfo, d.checkKEKs, d.openLookup, d.recordKEKs} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("open key store: %w", err)
		}
	}
	return d, nil
}

// OpenExistingKeyDir is OpenKeyDir for whoever only looks after a store: one that is not there is ErrStoreGone, and nothing
// is made in its place.
func OpenExistingKeyDir(url string, keks KEKSet) (*KeyDir, error) {
	root, err := durable.PathFromURL(keyStoreVariable, url)
	if err != nil {
		return nil, err
	}
	if err := (&KeyDir{root: root}).present(); err != nil {
		return nil, fmt.Errorf("%s: %w", keyStoreVariable, err)
	}
	return OpenKeyDir(url, keks)
}

// ID is the store's own random id. An installation can remember it, and notice when another store is mounted in its place.
func (d *KeyDir) ID() uuid.UUID { return d.id }

// LookupKey gives the key for search tokens.
func (d *KeyDir) LookupKey() *LookupKey { return d.lookup }

func (d *KeyDir) openFolders() error {
	if err := durable.MkdirPrivate(d.root); err != nil {
		return err
	}
	// A folder with something else in it is not taken over; it is probably the wrong path.
	entries, err := os.ReadDir(d.root)
	if err != nil {
		return fmt.Errorf("list the folder: %w", err)
	}
	for _, e := range entries {
		if !ownName(e.Name()) {
			return fmt.Errorf("%s: the folder holds %q, which is not part of a key store", keyStoreVariable, e.Name())
		}
	}
	for _, name := range []string{keysFolder, tombsFolder, checksFolder} {
		if err := durable.MkdirPrivate(filepath.Join(d.root, name)); err != nil {
			return err
		}
	}
	return nil
}

// ownName tells whether an entry of the store's folder belongs there. lost+found is what a file system of its own has.
func ownName(name string) bool {
	if final, ok := durable.IsTemp(name); ok {
		name = final
	}
	if strings.HasPrefix(name, ".") { // .snapshot and the like
		return true
	}
	switch name {
	case storeFile, lookupFile, keysFolder, tombsFolder, checksFolder, "lost+found":
		return true
	}
	return false
}

// openInfo reads the store's id, or gives a new store one. Racing first openers agree on the winner's.
func (d *KeyDir) openInfo() error {
	fresh, err := json.Marshal(storeInfo{Format: storeFormat, ID: uuid.New()})
	if err != nil {
		return fmt.Errorf("make store id: %w", err)
	}
	data, err := createOrRead(filepath.Join(d.root, storeFile), func() ([]byte, error) { return fresh, nil })
	if err != nil {
		return err
	}
	var info storeInfo
	if err := json.Unmarshal(data, &info); err != nil {
		return fmt.Errorf("%s is damaged", storeFile)
	}
	if info.Format != storeFormat {
		return fmt.Errorf("%s: format %d is not known to this version", storeFile, info.Format)
	}
	d.id = info.ID
	return nil
}

// checkKEKs proves each listed KEK against the value the store keeps for it, if it has met that KEK before.
func (d *KeyDir) checkKEKs() error {
	for _, id := range d.keks.ids {
		data, err := os.ReadFile(d.checkPath(id))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = d.checkKEK(id, data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// recordKEKs writes the check values of KEKs the store meets for the first time. It is the last step of opening, so that a
// list that does not open the store leaves nothing in it.
func (d *KeyDir) recordKEKs() error {
	for _, id := range d.keks.ids {
		data, err := createOrRead(d.checkPath(id), func() ([]byte, error) {
			return d.keks.seal(id, d.keks.keys[id], []byte(checkValue), checkPurpose(id))
		})
		if err == nil {
			err = d.checkKEK(id, data) // of a racing opener, perhaps with another value
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkKEK opens a check value with the listed KEK of that name.
func (d *KeyDir) checkKEK(id string, data []byte) error {
	w, err := parseWrapped(data)
	if err != nil {
		return fmt.Errorf("check value of KEK %q: %w", id, err)
	}
	value, err := d.keks.keys[id].Decrypt(w.Secret, checkPurpose(id))
	if err != nil || string(value) != checkValue {
		return ErrKEKMismatch{ID: id}
	}
	return nil
}

func (d *KeyDir) checkPath(id string) string {
	return filepath.Join(d.root, checksFolder, id+".json")
}

func checkPurpose(id string) []byte { return []byte("insyn/kek-check/1/" + id) }

// openLookup reads the lookup secret or makes it. It is also the proof, at start and not at the first case, that the KEK
// this store was last wrapped with is still listed.
func (d *KeyDir) openLookup() error {
	data, err := createOrRead(filepath.Join(d.root, lookupFile), func() ([]byte, error) {
		secret := make([]byte, lookupBytes)
		_, _ = rand.Read(secret)
		return d.keks.wrapSecret(secret, lookupPurpose())
	})
	if err != nil {
		return err
	}
	w, err := parseWrapped(data)
	if err != nil {
		return fmt.Errorf("lookup secret: %w", err)
	}
	secret, err := d.keks.unwrapSecret(w, lookupPurpose())
	if err != nil {
		return fmt.Errorf("lookup secret: %w", err)
	}
	d.lookup, err = newLookupKey(secret)
	return err
}

// Create makes a data key; one that is there already, or that another process makes meanwhile, is kept. A destroyed key is
// ErrKeyDestroyed.
func (d *KeyDir) Create(ctx context.Context, id uuid.UUID) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("create data key: %w", err)
	}
	if id == uuid.Nil {
		return errors.New("create data key: the id is empty")
	}
	if err := d.live(id); err != nil {
		return fmt.Errorf("create data key: %w", err)
	}
	if err := d.present(); err != nil {
		return fmt.Errorf("create data key: %w", err)
	}
	if err := durable.MkdirPrivate(filepath.Dir(d.keyPath(id))); err != nil {
		return fmt.Errorf("create data key: %w", err)
	}
	data, err := createOrRead(d.keyPath(id), func() ([]byte, error) {
		h, err := newDataKey()
		if err != nil {
			return nil, err
		}
		return d.keks.wrapDataKey(h, keyPurpose(id))
	})
	if err != nil {
		// A destruction at the same time takes the file away from under the writer; that is the better answer.
		return fmt.Errorf("create data key: %w", errors.Join(d.unlessDestroyed(id), err))
	}
	// The winner of a race may not have flushed the folder yet; what is sealed next must not outlive its key.
	if err := durable.SyncDir(filepath.Dir(d.keyPath(id))); err != nil {
		return fmt.Errorf("create data key: %w", err)
	}
	// Proves that the key, ours or the winner's, can be used by this process before anything is sealed under it.
	if _, err := d.unwrap(id, data); err != nil {
		return fmt.Errorf("create data key: %w", err)
	}
	return d.unlessDestroyed(id)
}

// unlessDestroyed takes back a key file that was written while the key was being destroyed.
func (d *KeyDir) unlessDestroyed(id uuid.UUID) error {
	err := d.live(id)
	if errors.Is(err, ErrKeyDestroyed) {
		d.cache.drop(id)
		return errors.Join(err, d.removeKeyFiles(id))
	}
	return err
}

// AEAD gives the use of a data key. Each call looks at the disk for a mark of destruction, so that a key another process
// destroyed is refused here too.
func (d *KeyDir) AEAD(ctx context.Context, id uuid.UUID) (tink.AEAD, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("use data key: %w", err)
	}
	if err := d.live(id); err != nil {
		d.cache.drop(id)
		return nil, err
	}
	if a, ok := d.cache.get(id); ok {
		return a, nil
	}
	data, err := os.ReadFile(d.keyPath(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, d.absent(id)
	}
	if err != nil {
		return nil, fmt.Errorf("read data key: %w", err)
	}
	a, err := d.unwrap(id, data)
	if err != nil {
		return nil, err
	}
	d.cache.put(id, a)
	return a, nil
}

// absent says why there is no key file: destroyed a moment ago, the whole store gone, or this key missing.
func (d *KeyDir) absent(id uuid.UUID) error {
	if err := d.live(id); err != nil {
		return err
	}
	if err := d.present(); err != nil {
		return err
	}
	return ErrKeyMissing
}

// Destroy removes a data key for good and leaves a mark, first the mark so that a crash in between never brings the key
// back. Calling it again finishes what was begun. A key that was never there is marked too.
func (d *KeyDir) Destroy(ctx context.Context, id uuid.UUID) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("destroy data key: %w", err)
	}
	if id == uuid.Nil {
		return errors.New("destroy data key: the id is empty")
	}
	if err := d.present(); err != nil {
		return fmt.Errorf("destroy data key: %w", err)
	}
	mark := d.tombPath(id)
	if err := durable.MkdirPrivate(filepath.Dir(mark)); err != nil {
		return fmt.Errorf("destroy data key: %w", err)
	}
	if _, err := durable.Create(mark, bytes.NewReader(nil)); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("destroy data key: %w", err)
	}
	d.cache.drop(id)
	return d.removeKeyFiles(id)
}

// removeKeyFiles removes the key and any leftover of writing it: a leftover after a crash is a second name of the same key.
func (d *KeyDir) removeKeyFiles(id uuid.UUID) error {
	path := d.keyPath(id)
	leftovers, err := filepath.Glob(path + "*")
	if err != nil {
		return fmt.Errorf("destroy data key: %w", err)
	}
	for _, name := range append(leftovers, path) {
		if err := durable.Remove(name); err != nil {
			return fmt.Errorf("destroy data key: %w", err)
		}
	}
	return nil
}

// unwrap reads the content of a key file.
func (d *KeyDir) unwrap(id uuid.UUID, data []byte) (tink.AEAD, error) {
	w, err := parseWrapped(data)
	if err != nil {
		return nil, err
	}
	h, err := d.keks.unwrapDataKey(w, keyPurpose(id))
	if err != nil {
		return nil, err
	}
	a, err := aead.New(h)
	if err != nil {
		return nil, fmt.Errorf("use data key: %w", err)
	}
	return a, nil
}

// live refuses a key that carries the mark of destruction.
func (d *KeyDir) live(id uuid.UUID) error {
	_, err := os.Lstat(d.tombPath(id))
	switch {
	case err == nil:
		return ErrKeyDestroyed
	case errors.Is(err, fs.ErrNotExist):
		return nil
	default:
		return fmt.Errorf("look for data key: %w", err)
	}
}

// present tells whether the opened store is still there.
func (d *KeyDir) present() error {
	_, err := os.Lstat(filepath.Join(d.root, storeFile))
	if errors.Is(err, fs.ErrNotExist) {
		return ErrStoreGone
	}
	if err != nil {
		return fmt.Errorf("look for key store: %w", err)
	}
	return nil
}

func (d *KeyDir) keyPath(id uuid.UUID) string {
	return filepath.Join(d.root, keysFolder, shard(id), id.String()+keySuffix)
}

func (d *KeyDir) tombPath(id uuid.UUID) string {
	return filepath.Join(d.root, tombsFolder, shard(id), id.String())
}

// shard is the sub folder of an id. The end of an id is random also where its beginning is a time (UUIDv7).
func shard(id uuid.UUID) string {
	s := id.String()
	return s[len(s)-2:]
}

// keyPurpose binds a wrapped data key to its id, so that key files cannot be exchanged.
func keyPurpose(id uuid.UUID) []byte { return append([]byte("insyn/data-key/1/"), id[:]...) }

func lookupPurpose() []byte { return []byte("insyn/lookup-secret/1") }

// createOrRead gives the content of a file that is made once: ours, or that of whoever was first.
func createOrRead(path string, content func() ([]byte, error)) ([]byte, error) {
	data, err := os.ReadFile(path) //nolint:gosec // G304: the store's folder and a name of ours
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return data, err
	}
	fresh, err := content()
	if err != nil {
		return nil, err
	}
	_, err = durable.Create(path, bytes.NewReader(fresh))
	if errors.Is(err, fs.ErrExist) {
		return os.ReadFile(path) //nolint:gosec // G304: the store's folder and a name of ours
	}
	return fresh, err
}

// keyIDFromFile reads the id out of a key file's name.
func keyIDFromFile(name string) (uuid.UUID, bool) {
	base, ok := strings.CutSuffix(name, keySuffix)
	if !ok {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(base)
	return id, err == nil && id.String() == base
}
