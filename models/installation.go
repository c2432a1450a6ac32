package models

import (
	"time"

	"github.com/google/uuid"
)

// KeyStore is a key store that the database has been used with.
type KeyStore struct {
	ID        ID[KeyStore]
	FirstUsed time.Time
}

// KeyStoreInUse returns the key store that the database is used with. The first one asked about is remembered.
func (tx *Tx) KeyStoreInUse(id uuid.UUID) (uuid.UUID, error) {
	if err := tx.db.Exec(`insert into key_stores (id, first_used) select ?::uuid, ? where not exists (select from key_stores)
		on conflict do nothing`, id.String(), tx.Now).Error; err != nil {
		return uuid.Nil, err
	}
	rows, err := raw[KeyStore](tx, "select * from key_stores order by first_used, id limit 1")
	if err != nil {
		return uuid.Nil, err
	}
	return rows[0].ID.UUID(), nil
}
