package models

import (
	"time"

	"gorm.io/gorm"
)

// Kinds of measure: what is done with data that are not copied out but changed (art 16 and 17).
const (
	MeasureCorrect    = "correct"
	MeasureSupplement = "supplement"
	MeasureErase      = "erase"
	MeasureKeep       = "keep" // nothing is done, on a ground
)

// Measure is what is to be done, or not, with some data in one system of a case.
type Measure struct {
	ID           MeasureID
	CaseID       CaseID
	ControllerID ControllerID
	SearchID     SearchID
	Position     int
	Kind         string
	What         Sealed
	Ground       *string // of what is kept
	Explanation  Sealed
	AddedBy      StaffID
	CreatedAt    time.Time
	DoneAt       *time.Time
	DoneBy       StaffID
	Receipt      Sealed

	WhatText        string          `gorm:"-"`
	ExplanationText string          `gorm:"-"`
	ReceiptText     *MeasureReceipt `gorm:"-"`
}

// MeasureReceipt is the sealed proof that a measure was carried out.
type MeasureReceipt struct {
	How      string `json:"how"`             // what was done, in words
	Notified string `json:"notified"`        // recipients told under art 19: none, told or impossible
	Names    string `json:"names,omitempty"` // the recipients that were told, or why it was impossible
}

// Recipients of the data under art 19.
const (
	NotifiedNone       = "none"       // nobody has been given the data
	NotifiedTold       = "told"       // each recipient has been told
	NotifiedImpossible = "impossible" // impossible, or a disproportionate effort
)

// InsertMeasure stores a measure with its texts sealed, last in the case's order.
func (tx *Tx) InsertMeasure(m *Measure) (err error) {
	if m.What, err = tx.Seal(m.CaseID.UUID(), "measures", "what", m.ID.UUID(), m.WhatText); err != nil {
		return err
	}
	if m.Explanation, err = tx.Seal(m.CaseID.UUID(), "measures", "explanation", m.ID.UUID(), m.ExplanationText); err != nil {
		return err
	}
	rows, err := raw[struct{ N int }](tx, "select coalesce(max(position), 0) + 1 as n from measures where case_id = ?", m.CaseID)
	if err != nil {
		return err
	}
	m.Position, m.CreatedAt = rows[0].N, tx.Now
	return gorm.G[Measure](tx.db).Create(tx.Context(), m)
}

// Measures lists a case's measures, opened, in their order.
func (tx *Tx) Measures(id CaseID) ([]Measure, error) {
	rows, err := raw[Measure](tx, "select * from measures where case_id = ? order by position, id", id)
	for i := range rows {
		if err == nil {
			err = tx.openMeasure(&rows[i])
		}
	}
	return rows, err
}

func (tx *Tx) openMeasure(m *Measure) (err error) {
	key, row := m.CaseID.UUID(), m.ID.UUID()
	if m.WhatText, err = tx.Open(key, "measures", "what", row, m.What); err != nil {
		return err
	}
	if m.ExplanationText, err = tx.Open(key, "measures", "explanation", row, m.Explanation); err != nil {
		return err
	}
	if len(m.Receipt) == 0 {
		return nil
	}
	m.ReceiptText = &MeasureReceipt{}
	return tx.openJSON(key, "measures", "receipt", row, m.Receipt, m.ReceiptText)
}

// CarryOut stores the proof that a measure was carried out, once; a second time is ErrConflict.
func (tx *Tx) CarryOut(m *Measure, r MeasureReceipt) error {
	sealed, err := tx.sealJSON(m.CaseID.UUID(), "measures", "receipt", m.ID.UUID(), r)
	if err != nil {
		return err
	}
	res := tx.db.Exec("update measures set done_at = ?, done_by = ?, receipt = ? where id = ? and case_id = ? and done_at is null",
		tx.Now, tx.Actor.Staff, []byte(sealed), m.ID, m.CaseID)
	return changed(res.RowsAffected, res.Error)
}

// DeleteMeasure removes a measure that was added by mistake.
func (tx *Tx) DeleteMeasure(m Measure) error {
	res := tx.db.Exec("delete from measures where id = ? and case_id = ? and done_at is null", m.ID, m.CaseID)
	return changed(res.RowsAffected, res.Error)
}

// OtherOpenCases counts the person's open cases at the same controller that are about another right: what they ask for must not
// be changed away meanwhile (FL 35 §). A case with an appeal that is not settled is open. Two of the same right do not wait for each other.
func (tx *Tx) OtherOpenCases(c Case) (int, error) {
	rows, err := raw[struct{ N int }](tx, `select count(*) as n from cases where subject_id = ? and controller_id = ? and "right" <> ?
		and (state not in ('released', 'closed', 'withdrawn') or exists (select from appeals a where a.case_id = cases.id))`, c.SubjectID, c.ControllerID, c.Right)
	if err != nil {
		return 0, err
	}
	return rows[0].N, nil
}
