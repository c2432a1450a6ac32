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
	mu   sync.Mutex
	hash string
	data []byte
}

type seenKey struct{ s *store }

// begin prepares a context to remember what is found.
func (s *store) begin(ctx context.Context) context.Context {
	return context.WithValue(ctx, seenKey{s}, &seen{})
}

func (s *store) seen(ctx context.Context) *seen {
	if v, ok := ctx.Value(seenKey{s}).(*seen); ok {
		return v
	}
	return &seen{}
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

// Find, Commit and Delete are there because scs.Store has them; scs calls the
// ones with a context.

// Find implements scs.Store.
func (s *store) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit implements scs.Store.
func (s *store) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// Delete implements scs.Store.
func (s *store) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
