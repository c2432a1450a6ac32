package models

import (
	"time"

	"gorm.io/gorm"

	"insyn/internal/calendar"
)

// AppealState is the state of an appeal. There are as many as can be reached: what follows on the arrival is not built.
type AppealState string

// AppealReceived says that the appeal has come in, and the controller is to try whether it came in time.
const AppealReceived AppealState = "received"

// AppealStates lists every state of an appeal.
func AppealStates() []AppealState { return []AppealState{AppealReceived} }

// The ways an appeal may come in.
const (
	AppealPortal = "portal"
	AppealMail   = "mail"
	AppealLetter = "letter"
	AppealDesk   = "desk"
)

// Appeal (överklagande) is one appeal against a case's decision as it came in. It is never changed.
type Appeal struct {
	ID           AppealID
	CaseID       CaseID
	ControllerID ControllerID
	SubjectID    SubjectID
	State        AppealState
	Channel      string
	ArrivedOn    calendar.Date
	RegisteredAt time.Time
	RegisteredBy StaffID // zero for the portal
	Wanted       Sealed
	Body         Sealed
	LastDay      calendar.Date // as it was known when the appeal was registered; zero: not known, or none
	HandOverBy   calendar.Date

	WantedText string `gorm:"-"` // how the decision should be changed (FL 43 §)
	BodyText   string `gorm:"-"` // why; or what a paper says in short
}

// InsertAppeal stores an appeal with its texts sealed. An appeal that is there already is ErrConflict.
func (tx *Tx) InsertAppeal(a *Appeal) (err error) {
	if a.Wanted, err = tx.Seal(a.CaseID.UUID(), "appeals", "wanted", a.ID.UUID(), a.WantedText); err != nil {
		return err
	}
	if a.Body, err = tx.Seal(a.CaseID.UUID(), "appeals", "body", a.ID.UUID(), a.BodyText); err != nil {
		return err
	}
	a.RegisteredAt = tx.Now
	res := tx.db.Exec(`insert into appeals (id, case_id, controller_id, subject_id, state, channel, arrived_on, registered_at, registered_by, wanted, body,
		last_day, hand_over_by) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict on constraint appeals_pkey do nothing`,
		a.ID, a.CaseID, a.ControllerID, a.SubjectID, a.State, a.Channel, a.ArrivedOn, a.RegisteredAt, a.RegisteredBy, []byte(a.Wanted), []byte(a.Body),
		a.LastDay, a.HandOverBy)
	return changed(res.RowsAffected, res.Error)
}

// Appeals lists a case's appeals that the actor may see, opened, in the order they came in.
func (tx *Tx) Appeals(id CaseID) ([]Appeal, error) {
	rows, err := raw[Appeal](tx, "select * from appeals where case_id = ? order by arrived_on, registered_at, id", id)
	for i := range rows {
		if err == nil {
			rows[i].WantedText, err = tx.Open(id.UUID(), "appeals", "wanted", rows[i].ID.UUID(), rows[i].Wanted)
		}
		if err == nil {
			rows[i].BodyText, err = tx.Open(id.UUID(), "appeals", "body", rows[i].ID.UUID(), rows[i].Body)
		}
	}
	return rows, err
}

// OpenAppeals lists the appeals at controllers that are still to be dealt with, the most urgent first. Their texts stay sealed.
func (tx *Tx) OpenAppeals(controllers []ControllerID, limit int) ([]Appeal, error) {
	if len(controllers) == 0 {
		return nil, nil
	}
	return raw[Appeal](tx, "select * from appeals where state = 'received' and controller_id in ? order by hand_over_by, id limit ?", controllers, limit)
}

// CasesByID lists the cases with the ids that the actor may see.
func (tx *Tx) CasesByID(ids []CaseID) ([]Case, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return gorm.G[Case](tx.db).Where("id in ?", ids).Find(tx.Context())
}

// PendingAppealFiles lists what the actor has attached to an appeal that is not sent, opened, oldest first.
func (tx *Tx) PendingAppealFiles(id CaseID) ([]File, error) {
	rows, err := raw[File](tx, "select * from files where case_id = ? and purpose = 'appeal' and appeal_id is null and subject_id = ? order by created_at, id",
		id, tx.Actor.Subject)
	for i := range rows {
		if err == nil {
			rows[i].NameText, err = tx.Open(id.UUID(), "files", "name", rows[i].ID.UUID(), rows[i].Name)
		}
	}
	return rows, err
}

// KeepAppealFiles sends what the actor has attached with the appeal.
func (tx *Tx) KeepAppealFiles(id CaseID, appeal AppealID) error {
	return tx.db.Exec("update files set appeal_id = ? where case_id = ? and purpose = 'appeal' and appeal_id is null and subject_id = ?",
		appeal, id, tx.Actor.Subject).Error
}

// StaleAppealFiles lists files that were attached before an instant to appeals that were never sent.
func (tx *Tx) StaleAppealFiles(before time.Time, limit int) ([]File, error) {
	return raw[File](tx, "select * from files where purpose = 'appeal' and appeal_id is null and created_at < ? order by created_at, id limit ?", before, limit)
}
