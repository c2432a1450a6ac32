package models

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"insyn/internal/clock"
	"insyn/internal/crypto"
)

// JobChannel is the NOTIFY channel that wakes the relay.
const JobChannel = "insyn_jobs"

// Store opens transactions.
type Store struct {
	db    *gorm.DB
	seal  *crypto.Sealer
	clock clock.Clock
}

// NewStore returns a store on a database opened under the runtime role.
func NewStore(db *gorm.DB, seal *crypto.Sealer, c clock.Clock) *Store {
	return &Store{db: db, seal: seal, clock: c}
}

// Tx is one transaction of one actor at one instant. Everything that is written in it, its events and its jobs commit
// together or not at all.
type Tx struct {
	db     *gorm.DB
	seal   *crypto.Sealer
	notify bool

	// Actor is who acts. Row-level security holds the transaction to it.
	Actor Actor
	// Now is the instant of the transaction, UTC, whole microseconds (what PostgreSQL keeps).
	Now time.Time
}

// Sentinel errors of the room. Zero rows is never merged with a database error.
var (
	// ErrNotFound: no such row, or not the actor's; the two look the same.
	ErrNotFound = errors.New("not found")
	// ErrConflict: the row has changed since it was read (its version or state is another).
	ErrConflict = errors.New("conflict")
)

// InTx runs fn in a transaction of the actor and commits if it returns nil.
func (s *Store) InTx(ctx context.Context, actor Actor, fn func(tx *Tx) error) error {
	return s.db.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		tx := &Tx{db: db, seal: s.seal, Actor: actor, Now: s.clock.Now().UTC().Truncate(time.Microsecond)}
		if err := tx.setActor(); err != nil {
			return err
		}
		if err := fn(tx); err != nil {
			return err
		}
		if tx.notify {
			// One NOTIFY a transaction, however many jobs: listeners only learn that there is something.
			if err := db.Exec("select pg_notify(?, '')", JobChannel).Error; err != nil {
				return fmt.Errorf("notify: %w", err)
			}
		}
		return nil
	})
}

// setActor tells row-level security who acts, in one round trip.
func (tx *Tx) setActor() error {
	settings := tx.Actor.settings()
	calls := make([]string, len(settings))
	args := make([]any, 0, 2*len(settings))
	for i, s := range settings {
		calls[i] = "set_config(?, ?, true)"
		args = append(args, s[0], s[1])
	}
	if err := tx.db.Exec("select "+strings.Join(calls, ", "), args...).Error; err != nil {
		return fmt.Errorf("set actor: %w", err)
	}
	return nil
}

// Context returns the context that the transaction runs under.
func (tx *Tx) Context() context.Context { return tx.db.Statement.Context }

// one turns GORM's two ways of finding nothing into ErrNotFound.
func one[T any](row T, err error) (T, error) {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return row, ErrNotFound
	}
	return row, err
}

// raw runs a query that fills rows of T.
func raw[T any](tx *Tx, sql string, args ...any) ([]T, error) {
	var out []T
	err := tx.db.Raw(sql, args...).Scan(&out).Error
	return out, err
}

// changed runs a guarded write: exactly one row, else ErrConflict.
func changed(rows int64, err error) error {
	switch {
	case err != nil:
		return err
	case rows == 0:
		return ErrConflict
	default:
		return nil
	}
}
