package models

import (
	"gorm.io/gorm"

	"insyn/internal/calendar"
)

// Pause is a time when a case waits for the person.
type Pause struct {
	ID           ID[Pause]
	CaseID       CaseID
	ControllerID ControllerID
	SubjectID    SubjectID
	Reason       string // identity, specification or request
	FromDate     calendar.Date
	ToDate       calendar.Date
	AnswerBy     calendar.Date // until when the person is asked to answer; zero: not said
	ResumedState CaseState
}

// Extension is the one extension a case may have (art 12.3).
type Extension struct {
	CaseID       CaseID
	ControllerID ControllerID
	SubjectID    SubjectID
	Ground       string // complexity or number
	Reason       Sealed
	DecidedBy    StaffID
	NoticedOn    calendar.Date
	DueHard      calendar.Date
	DueBefore    calendar.Date
	DueAfter     calendar.Date

	Text string `gorm:"-"`
}

// InsertPause stores a pause that has begun.
func (tx *Tx) InsertPause(p *Pause) error { return gorm.G[Pause](tx.db).Create(tx.Context(), p) }

// EndPause ends the case's open pause on a civil date and returns it.
func (tx *Tx) EndPause(id CaseID, on calendar.Date) (Pause, error) {
	p, err := one(gorm.G[Pause](tx.db).Where("case_id = ? and to_date is null", id).First(tx.Context()))
	if err != nil {
		return p, err
	}
	res := tx.db.Exec("update pauses set to_date = ? where id = ? and to_date is null", on, p.ID)
	p.ToDate = on
	return p, changed(res.RowsAffected, res.Error)
}

// Pauses lists a case's pauses.
func (tx *Tx) Pauses(id CaseID) ([]Pause, error) {
	return raw[Pause](tx, "select * from pauses where case_id = ? order by from_date, id", id)
}

// InsertExtension stores the extension with its reason sealed.
func (tx *Tx) InsertExtension(e *Extension) (err error) {
	if e.Reason, err = tx.Seal(e.CaseID.UUID(), "extensions", "reason", e.CaseID.UUID(), e.Text); err != nil {
		return err
	}
	return gorm.G[Extension](tx.db).Create(tx.Context(), e)
}

// Extension loads a case's extension, opened.
func (tx *Tx) Extension(id CaseID) (Extension, error) {
	e, err := one(gorm.G[Extension](tx.db).Where("case_id = ?", id).First(tx.Context()))
	if err != nil {
		return e, err
	}
	e.Text, err = tx.Open(id.UUID(), "extensions", "reason", id.UUID(), e.Reason)
	return e, err
}
