package models

import (
	"time"

	"gorm.io/gorm"
)

// Envelope is a sealed envelope with a decision that a controller has left at the servicecenter. Neither what is in it nor
// how the case ended stands here.
type Envelope struct {
	ID           ID[Envelope]
	CaseID       CaseID
	ControllerID ControllerID
	SubjectID    SubjectID
	SealedBy     StaffID
	SealedAt     time.Time
	Identity     *string // how the receiver's identity was checked
	HandedBy     StaffID
	HandedAt     *time.Time
	ServedAt     *time.Time // when the case had it entered as its service
	ReturnedBy   StaffID
	ReturnedAt   *time.Time
}

// InsertEnvelope stores that an envelope lies at the servicecenter. There is one at a time for a case; a second is ErrConflict.
func (tx *Tx) InsertEnvelope(e *Envelope) error {
	rows, err := raw[struct{ N int }](tx, "select 1 as n from envelopes where case_id = ? and returned_at is null", e.CaseID)
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		return ErrConflict
	}
	e.SealedBy, e.SealedAt = tx.Actor.Staff, tx.Now
	return gorm.G[Envelope](tx.db).Create(tx.Context(), e)
}

// Envelope loads an envelope.
func (tx *Tx) Envelope(id ID[Envelope]) (Envelope, error) {
	return one(gorm.G[Envelope](tx.db).Where("id = ?", id).First(tx.Context()))
}

// EnvelopesOf lists a case's envelopes, the newest first.
func (tx *Tx) EnvelopesOf(id CaseID) ([]Envelope, error) {
	return raw[Envelope](tx, "select * from envelopes where case_id = ? order by sealed_at desc, id desc", id)
}

// WaitingEnvelopes lists the envelopes that lie at the servicecenter, oldest first.
func (tx *Tx) WaitingEnvelopes(limit int) ([]Envelope, error) {
	return raw[Envelope](tx, "select * from envelopes where handed_at is null and returned_at is null order by sealed_at, id limit ?", limit)
}

// PublicOfCases lists the public rows of the cases given, in one query.
func (tx *Tx) PublicOfCases(ids []CaseID) ([]CasePublic, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return raw[CasePublic](tx, "select * from case_public where case_id in ? order by number", ids)
}

// HandOverEnvelope records that the envelope was handed over, once.
func (tx *Tx) HandOverEnvelope(id ID[Envelope], how IdentityMethod) error {
	res := tx.db.Exec(`update envelopes set identity = ?, handed_by = ?, handed_at = ? where id = ? and handed_at is null and returned_at is null`,
		how, tx.Actor.Staff, tx.Now, id)
	return changed(res.RowsAffected, res.Error)
}

// ReturnEnvelope records that the envelope went back to its controller, not handed over.
func (tx *Tx) ReturnEnvelope(id ID[Envelope]) error {
	res := tx.db.Exec(`update envelopes set returned_by = ?, returned_at = ? where id = ? and handed_at is null and returned_at is null`,
		tx.Actor.Staff, tx.Now, id)
	return changed(res.RowsAffected, res.Error)
}

// ServeEnvelope marks that the handing over is entered in the case, once.
func (tx *Tx) ServeEnvelope(id ID[Envelope]) error {
	res := tx.db.Exec("update envelopes set served_at = ? where id = ? and handed_at is not null and served_at is null", tx.Now, id)
	return changed(res.RowsAffected, res.Error)
}

// HandedEnvelope loads the case's envelope that was handed over and is not entered as its service yet.
func (tx *Tx) HandedEnvelope(id CaseID) (Envelope, error) {
	return one(gorm.G[Envelope](tx.db).Where("case_id = ? and handed_at is not null and served_at is null", id).First(tx.Context()))
}
