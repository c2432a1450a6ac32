package models

import (
	"time"

	"gorm.io/gorm"
)

// CodeAttempts is how many times a one-time code may be tried.
const CodeAttempts = 5

// InquiryCode is a one-time code for reading an inquiry without a login. Only a keyed hash of it is kept.
type InquiryCode struct {
	ID         ID[InquiryCode]
	InquiryID  InquiryID
	Hash       []byte
	CreatedAt  time.Time
	ExpiresAt  time.Time
	Attempts   int
	ConsumedAt *time.Time
}

// TableName names the table.
func (InquiryCode) TableName() string { return "inquiry_codes" }

// InsertCode stores a code's hash. Codes that were sent before are worth nothing from now on.
func (tx *Tx) InsertCode(c *InquiryCode) error {
	if err := tx.db.Exec("update inquiry_codes set consumed_at = ? where inquiry_id = ? and consumed_at is null", tx.Now, c.InquiryID).Error; err != nil {
		return err
	}
	c.CreatedAt = tx.Now
	return gorm.G[InquiryCode](tx.db).Create(tx.Context(), c)
}

// Code loads a code.
func (tx *Tx) Code(id ID[InquiryCode]) (InquiryCode, error) {
	return one(gorm.G[InquiryCode](tx.db).Where("id = ?", id).First(tx.Context()))
}

// TryCode takes one attempt at the code of an inquiry that can still be used, and holds it until the transaction ends, so that of
// any number of attempts at once each counts. ErrNotFound: there is none.
func (tx *Tx) TryCode(id InquiryID) (InquiryCode, error) {
	rows, err := raw[InquiryCode](tx, `update inquiry_codes set attempts = attempts + 1
		where id = (select id from inquiry_codes where inquiry_id = ? order by created_at desc, id desc limit 1)
		and consumed_at is null and expires_at > ? and attempts < ? returning *`, id, tx.Now, CodeAttempts)
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return InquiryCode{}, err
	}
	return rows[0], nil
}

// ConsumeCode uses a code up. One that is used already is ErrConflict.
func (tx *Tx) ConsumeCode(id ID[InquiryCode]) error {
	res := tx.db.Exec("update inquiry_codes set consumed_at = ? where id = ? and consumed_at is null", tx.Now, id)
	return changed(res.RowsAffected, res.Error)
}

// Hit counts one try under a scope and a keyed hash in the window that begins at an instant, and returns how many there are now.
func (tx *Tx) Hit(scope string, token []byte, starts time.Time) (int, error) {
	rows, err := raw[struct{ Hits int }](tx, `insert into rate_limits (scope, token, starts, hits) values (?, ?, ?, 1)
		on conflict (scope, token, starts) do update set hits = rate_limits.hits + 1 returning hits`, scope, token, starts)
	if err != nil {
		return 0, err
	}
	return rows[0].Hits, nil
}

// ForgetHits removes the counts of windows that began before an instant.
func (tx *Tx) ForgetHits(before time.Time) error {
	return tx.db.Exec("delete from rate_limits where starts < ?", before).Error
}
