package models

import (
	"time"

	"gorm.io/gorm"

	"insyn/internal/calendar"
)

// Purposes of the files that are letters to the person and no decisions. Each is given to the person with the action that made
// it; opening one serves no decision and starts no clock (domain P9).
const (
	FileExtension  = "extension"  // more time is needed (art 12.3)
	FileCompletion = "completion" // something is asked for (FL 20 §)
	FileForwarding = "forwarding" // something was sent on to somebody else (FL 6–8 §§)
	FileService    = "service"    // how the decision was served, and the last day to appeal
)

// IsNotice tells whether a file's purpose is a letter that is no decision.
func IsNotice(purpose string) bool {
	switch purpose {
	case FileExtension, FileCompletion, FileForwarding, FileService:
		return true
	}
	return false
}

// NoticeReceipt is the kind of a request's receipt; the other kinds are FileCompletion and FileForwarding.
const NoticeReceipt = "receipt"

// RequestNotice is the record of a letter about the request as a whole, from the servicecenter. Its bytes lie in the file store
// under its id, sealed under the request's key.
type RequestNotice struct {
	ID        FileID
	RequestID RequestID
	SubjectID SubjectID
	Kind      string // NoticeReceipt, FileCompletion or FileForwarding
	MediaType string
	Size      int64
	SHA256    []byte  `gorm:"column:sha256"`
	MadeBy    StaffID // zero: by itself
	CreatedAt time.Time
	OpenedAt  *time.Time // by the person, for the first time
}

// InsertRequestNotice stores the record of a letter in the actor's name; false: it is a receipt, and the request has one already.
func (tx *Tx) InsertRequestNotice(n *RequestNotice) (bool, error) {
	n.MadeBy, n.CreatedAt = tx.Actor.Staff, tx.Now
	res := tx.db.Exec(`insert into request_notices (id, request_id, subject_id, kind, media_type, size, sha256, made_by, created_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (request_id) where kind = 'receipt' do nothing`,
		n.ID, n.RequestID, n.SubjectID, n.Kind, n.MediaType, n.Size, n.SHA256, n.MadeBy, n.CreatedAt)
	return res.RowsAffected > 0, res.Error
}

// RequestNotices lists the letters about a request as a whole, oldest first.
func (tx *Tx) RequestNotices(id RequestID) ([]RequestNotice, error) {
	return raw[RequestNotice](tx, "select * from request_notices where request_id = ? order by created_at, id", id)
}

// RequestNotice loads a letter about a request as a whole.
func (tx *Tx) RequestNotice(id FileID) (RequestNotice, error) {
	return one(gorm.G[RequestNotice](tx.db).Where("id = ?", id).First(tx.Context()))
}

// RequestReceipt loads a request's receipt.
func (tx *Tx) RequestReceipt(id RequestID) (RequestNotice, error) {
	return one(gorm.G[RequestNotice](tx.db).Where("request_id = ? and kind = ?", id, NoticeReceipt).First(tx.Context()))
}

// OpenedRequestNotice notes that the person opened a letter. The first time counts.
func (tx *Tx) OpenedRequestNotice(id FileID) error {
	return tx.db.Exec("update request_notices set opened_at = ? where id = ? and opened_at is null", tx.Now, id).Error
}

// Kinds of what is sent on to somebody else.
const (
	ForwardDocuments = "documents" // copies of public documents (TF)
	ForwardInsight   = "insight"   // a party's insight (FL 10 §)
	ForwardJournal   = "journal"   // copies of a journal
	ForwardOther     = "other"     // a matter for another authority
)

// ForwardKinds lists the kinds of what is sent on.
func ForwardKinds() []string {
	return []string{ForwardDocuments, ForwardInsight, ForwardJournal, ForwardOther}
}

// Forwarding is something in a request that was meant for somebody else and was sent on. It belongs to a case, or to the request
// alone when the servicecenter sent it on.
type Forwarding struct {
	ID           ID[Forwarding]
	RequestID    RequestID
	CaseID       CaseID // zero: the servicecenter's
	ControllerID ControllerID
	SubjectID    SubjectID
	Kind         string
	ForwardedOn  calendar.Date
	Details      Sealed
	StaffID      StaffID
	CreatedAt    time.Time

	Sent ForwardingDetails `gorm:"-"`
}

// ForwardingDetails is what was sent on, and to whom.
type ForwardingDetails struct {
	To      string `json:"to"`
	Address string `json:"address"`
	What    string `json:"what"` // in the words of what the person sent
}

// key is whose key seals the details.
func (f Forwarding) key() CaseID {
	if f.CaseID.IsZero() {
		return IDFrom[Case](f.RequestID.UUID())
	}
	return f.CaseID
}

// InsertForwarding stores that something was sent on, in the actor's name and with what it was sealed.
func (tx *Tx) InsertForwarding(f *Forwarding) (err error) {
	f.StaffID, f.CreatedAt = tx.Actor.Staff, tx.Now
	if f.Details, err = tx.sealJSON(f.key().UUID(), "forwardings", "details", f.ID.UUID(), f.Sent); err != nil {
		return err
	}
	return gorm.G[Forwarding](tx.db).Create(tx.Context(), f)
}

// Forwardings lists what was sent on in a case, opened, oldest first.
func (tx *Tx) Forwardings(id CaseID) ([]Forwarding, error) {
	return tx.openForwardings(raw[Forwarding](tx, "select * from forwardings where case_id = ? order by created_at, id", id))
}

// RequestForwardings lists what the servicecenter sent on of a request, opened, oldest first.
func (tx *Tx) RequestForwardings(id RequestID) ([]Forwarding, error) {
	return tx.openForwardings(raw[Forwarding](tx, "select * from forwardings where request_id = ? and case_id is null order by created_at, id", id))
}

func (tx *Tx) openForwardings(rows []Forwarding, err error) ([]Forwarding, error) {
	for i := range rows {
		if err == nil {
			f := &rows[i]
			err = tx.openJSON(f.key().UUID(), "forwardings", "details", f.ID.UUID(), f.Details, &f.Sent)
		}
	}
	return rows, err
}
