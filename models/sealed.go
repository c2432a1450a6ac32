package models

import (
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"insyn/internal/crypto"
)

// Sealed is ciphertext, bound to its table, column and row.
type Sealed []byte

// Seal seals text under the case's (or the request's) data key for one column of one row. Empty text stays NULL.
func (tx *Tx) Seal(key uuid.UUID, table, column string, row uuid.UUID, text string) (Sealed, error) {
	if text == "" {
		return nil, nil
	}
	b, err := tx.seal.Seal(tx.Context(), key, crypto.AAD{Table: table, Column: column, Row: row}, []byte(text))
	if err != nil {
		return nil, fmt.Errorf("seal %s.%s: %w", table, column, err)
	}
	return b, nil
}

// Open opens what Seal sealed. NULL is empty text.
func (tx *Tx) Open(key uuid.UUID, table, column string, row uuid.UUID, s Sealed) (string, error) {
	if len(s) == 0 {
		return "", nil
	}
	b, err := tx.seal.Open(tx.Context(), key, crypto.AAD{Table: table, Column: column, Row: row}, s)
	if err != nil {
		return "", fmt.Errorf("open %s.%s: %w", table, column, err)
	}
	return string(b), nil
}

// sealJSON seals a value as JSON.
func (tx *Tx) sealJSON(key uuid.UUID, table, column string, row uuid.UUID, v any) (Sealed, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %s.%s: %w", table, column, err)
	}
	return tx.Seal(key, table, column, row, string(b))
}

// openJSON opens what sealJSON sealed.
func (tx *Tx) openJSON(key uuid.UUID, table, column string, row uuid.UUID, s Sealed, v any) error {
	text, err := tx.Open(key, table, column, row, s)
	if err != nil {
		return err
	}
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return fmt.Errorf("decode %s.%s: malformed", table, column)
	}
	return nil
}
