package session

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"
)

// store is scs's store over PostgreSQL. It differs from the ready-made one
// (pgxstore) in four ways: tokens are stored as hashes bound to the kind of
// user; a session that was ended meanwhile is not written back by a slower
// request; a visit that changes nothing writes nothing but the new expiry, and
// that once a minute; and there is no goroutine.
type store struct {
	db    *sql.DB
	realm string
}

// touchStep is how much later an expiry must be to be worth a write.
const touchStep = time.Minute

// seen is the session as this request found it.
type seen struct {
	store *store
	mu    sync.Mutex
	hash  string
	data  []byte
}

type seenKey struct{}

// begin prepares a context to remember what is found. Sessions inside sessions
// are a mistake in the wiring, and would be one session to scs.
func (s *store) begin(ctx context.Context) (context.Context, error) {
	if ctx.Value(seenKey{}) != nil {
		return nil, errors.New("a request has a session already")
	}
	return context.WithValue(ctx, seenKey{}, &seen{store: s}), nil
}

// seen is what this request has of this store, or nil.
func (s *store) seen(ctx context.Context) *seen {
	if v, ok := ctx.Value(seenKey{}).(*seen); ok && v.store == s {
		return v
	}
	return nil
}

// hash is what stands in the table for a token.
func (s *store) hash(token string) string {
	sum := sha256.Sum256([]byte(s.realm + "\x00" + token))
	return hex.EncodeToString(sum[:])
}

// FindCtx implements scs.CtxStore.
func (s *store) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var b []byte
	hash := s.hash(token)
	err := s.db.QueryRowContext(ctx,
		"SELECT data FROM sessions WHERE token = $1 AND current_timestamp < expiry", hash).Scan(&b)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find a session: %w", err)
	}
	v := s.seen(ctx)
	v.mu.Lock()
	v.hash, v.data = hash, bytes.Clone(b)
	v.mu.Unlock()
	return b, true, nil
}

// CommitCtx implements scs.CtxStore. A session that this request found is
// updated if it is still there; only a new one is inserted.
func (s *store) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	hash := s.hash(token)
	v := s.seen(ctx)
	v.mu.Lock()
	defer v.mu.Unlock()
	var err error
	switch {
	case v.hash != hash:
		_, err = s.db.ExecContext(ctx, "INSERT INTO sessions (token, data, expiry) VALUES ($1, $2, $3)", hash, b, expiry)
	case bytes.Equal(v.data, b):
		_, err = s.db.ExecContext(ctx, "UPDATE sessions SET expiry = $2 WHERE token = $1 AND expiry < $3",
			hash, expiry, expiry.Add(-touchStep))
	default:
		_, err = s.db.ExecContext(ctx, "UPDATE sessions SET data = $2, expiry = $3 WHERE token = $1", hash, b, expiry)
	}
	if err != nil {
		return fmt.Errorf("keep a session: %w", err)
	}
	v.hash, v.data = hash, bytes.Clone(b)
	return nil
}

// replace writes new data if the session is as this request found it, and
// tells whether it was.
func (s *store) replace(ctx context.Context, token string, encode func() ([]byte, error)) (bool, error) {
	b, err := encode()
	if err != nil {
		return false, err
	}
	v := s.seen(ctx)
	v.mu.Lock()
	defer v.mu.Unlock()
	hash := s.hash(token)
	if v.hash != hash {
		return true, nil // made in this very request, nobody else has it
	}
	r, err := s.db.ExecContext(ctx, "UPDATE sessions SET data = $2 WHERE token = $1 AND data = $3", hash, b, v.data)
	if err != nil {
		return false, fmt.Errorf("keep a session: %w", err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("keep a session: %w", err)
	}
	if n == 1 {
		v.data = bytes.Clone(b)
	}
	return n == 1, nil
}

// DeleteCtx implements scs.CtxStore.
func (s *store) DeleteCtx(ctx context.Context, token string) error {
	if _, err := s.db.ExecContext(ctx, "DELETE FROM sessions WHERE token = $1", s.hash(token)); err != nil {
		return fmt.Errorf("delete a session: %w", err)
	}
	return nil
}

// errNoContext answers the methods that scs.Store asks for and scs, seeing the
// ones with a context, never calls.
var errNoContext = errors.New("session: the store needs a context")

// Find implements scs.Store.
func (s *store) Find(string) ([]byte, bool, error) { return nil, false, errNoContext }

// Commit implements scs.Store.
func (s *store) Commit(string, []byte, time.Time) error { return errNoContext }

// Delete implements scs.Store.
func (s *store) Delete(string) error { return errNoContext }
