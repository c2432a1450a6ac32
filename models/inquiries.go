package models

import (
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"insyn/internal/calendar"
)

// InquiryState is the state of an inquiry.
type InquiryState string

// The states of an inquiry.
const (
	InquiryOpen      InquiryState = "open"
	InquiryAnswered  InquiryState = "answered"
	InquiryClosed    InquiryState = "closed"
	InquiryConverted InquiryState = "converted" // it was a request, and became one
)

// InquiryStates lists every state of an inquiry.
func InquiryStates() []InquiryState {
	return []InquiryState{InquiryOpen, InquiryAnswered, InquiryClosed, InquiryConverted}
}

// The tiers that answer inquiries.
const (
	TierServicecenter = 1
	TierOmbud         = 2
	TierDSO           = 3
)

// Series of numbers. What goes straight to the DSO has one of its own: a gap in the servicecenter's would tell of it.
const (
	SeriesInquiry = "FRG"
	SeriesDirect  = "DSO"
)

// Inquiry is a question, answered in tier 1 (servicecenter), 2 (ombud) or 3 (DSO).
type Inquiry struct {
	ID              InquiryID
	Number          string // FRG-2026-00017, or DSO-2026-00003 of one that went straight to the DSO
	State           InquiryState
	Tier            int
	Direct          bool         // straight to the DSO, unseen by tiers 1 and 2
	ControllerID    ControllerID // whose ombud has it, or has had it
	DPOControllerID ControllerID `gorm:"column:dpo_controller_id"` // whose DSO
	SubjectID       SubjectID    // who asked, when logged in
	Version         int
	Language        string
	Topic           string
	Contact         Sealed
	SentToken       []byte
	Offer           *json.RawMessage `gorm:"type:jsonb"` // what request it was found to be, until the asker has shown who they are
	RequestID       RequestID        // the request it became
	ReceivedAt      time.Time
	ReceivedOn      calendar.Date
	StateSince      time.Time
	AnsweredAt      *time.Time
	ClosedAt        *time.Time
	MailFailedAt    *time.Time
	Protected       bool // the person has protected personal data
}

// Contact is what is known of who asks, sealed under the inquiry's key. Name and number come from an e-ID only.
type Contact struct {
	Name   string `json:"name,omitempty"`
	Number string `json:"number,omitempty"`
	Email  string `json:"email,omitempty"`
}

// InquiryMessage is a part of an inquiry's thread, with those it is laid before.
type InquiryMessage struct {
	ID              ID[InquiryMessage]
	InquiryID       InquiryID
	Tier            int
	ControllerID    ControllerID
	DPOControllerID ControllerID `gorm:"column:dpo_controller_id"`
	SubjectID       SubjectID
	Direction       string // from-asker, to-asker or note
	StaffID         StaffID
	Body            Sealed
	CreatedAt       time.Time
	Protected       bool

	Text string `gorm:"-"`
}

// Directions of a message of an inquiry.
const (
	FromAsker   = "from-asker"
	ToAsker     = "to-asker"
	InquiryNote = "note" // between the tiers; the asker does not see it
)

// InsertInquiry stores an inquiry with who asks sealed under its own key. The form was sent before: ErrConflict.
func (tx *Tx) InsertInquiry(q *Inquiry, c Contact) (err error) {
	if q.Contact, err = tx.sealJSON(q.ID.UUID(), "inquiries", "contact", q.ID.UUID(), c); err != nil {
		return err
	}
	q.Version, q.State, q.ReceivedAt, q.ReceivedOn, q.StateSince = 1, InquiryOpen, tx.Now, calendar.DateOf(tx.Now), tx.Now
	return gorm.G[Inquiry](tx.db).Create(tx.Context(), q)
}

// Inquiry loads an inquiry that the actor may see.
func (tx *Tx) Inquiry(id InquiryID) (Inquiry, error) {
	return one(gorm.G[Inquiry](tx.db).Where("id = ?", id).First(tx.Context()))
}

// InquiryByNumber loads an inquiry that the actor may see by its number.
func (tx *Tx) InquiryByNumber(number string) (Inquiry, error) {
	return one(gorm.G[Inquiry](tx.db).Where("number = ?", number).First(tx.Context()))
}

// InquirySent finds the inquiry that a form has become, by the form's token.
func (tx *Tx) InquirySent(token []byte) (Inquiry, error) {
	return one(gorm.G[Inquiry](tx.db).Where("sent_token = ?", token).First(tx.Context()))
}

// LockInquiry loads an inquiry that the actor may change and holds it until the transaction ends.
func (tx *Tx) LockInquiry(id InquiryID) (Inquiry, error) {
	rows, err := raw[Inquiry](tx, "select * from inquiries where id = ? for update", id)
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Inquiry{}, err
	}
	return rows[0], nil
}

// InquiryContact opens who an inquiry is from.
func (tx *Tx) InquiryContact(q Inquiry) (c Contact, err error) {
	return c, tx.openJSON(q.ID.UUID(), "inquiries", "contact", q.ID.UUID(), q.Contact, &c)
}

// SealContact replaces who an inquiry is from; it is stored with the next MoveInquiry.
func (tx *Tx) SealContact(q *Inquiry, c Contact) (err error) {
	q.Contact, err = tx.sealJSON(q.ID.UUID(), "inquiries", "contact", q.ID.UUID(), c)
	return err
}

// MoveInquiry writes an inquiry's facts, guarded by the version and state it was read at.
func (tx *Tx) MoveInquiry(q *Inquiry, from InquiryState) error {
	if q.State != from {
		q.StateSince = tx.Now
	}
	var offer any // an empty value is NULL and not the JSON null
	if q.Offer != nil {
		offer = string(*q.Offer)
	}
	res := tx.db.Exec(`update inquiries set state = ?, tier = ?, controller_id = ?, dpo_controller_id = ?, contact = ?, offer = ?::jsonb, request_id = ?,
		state_since = ?, answered_at = ?, closed_at = ?, mail_failed_at = ?, version = version + 1 where id = ? and version = ? and state = ?`,
		q.State, q.Tier, q.ControllerID, q.DPOControllerID, []byte(q.Contact), offer, q.RequestID, q.StateSince, q.AnsweredAt, q.ClosedAt, q.MailFailedAt,
		q.ID, q.Version, from)
	if err := changed(res.RowsAffected, res.Error); err != nil {
		return err
	}
	q.Version++
	return nil
}

// OwnInquiries lists the actor's inquiries, newest first.
func (tx *Tx) OwnInquiries(limit int) ([]Inquiry, error) {
	return raw[Inquiry](tx, "select * from inquiries where subject_id = ? order by received_at desc, id desc limit ?", tx.Actor.Subject, limit)
}

// InquiriesOf lists the open and answered inquiries of a tier that the actor may see, oldest first, after a cursor: what the tier
// has to answer before what is answered.
func (tx *Tx) InquiriesOf(tier int, state InquiryState, after time.Time, afterID InquiryID, limit int) ([]Inquiry, error) {
	return raw[Inquiry](tx, `select * from inquiries where tier = ? and state = ? and (state_since, id) > (?, ?::uuid)
		order by state_since, id limit ?`, tier, state, after, afterID.UUID().String(), limit)
}

// PassedOn lists what is not closed and lies in another tier than the one given, newest first: what was passed on.
func (tx *Tx) PassedOn(tier, limit int) ([]Inquiry, error) {
	return raw[Inquiry](tx, `select * from inquiries where tier <> ? and not direct and state in ('open', 'answered')
		order by state_since desc, id desc limit ?`, tier, limit)
}

// CountInquiries counts the open inquiries of a tier that the actor may see.
func (tx *Tx) CountInquiries(tier int) (int, error) {
	rows, err := raw[struct{ N int }](tx, "select count(*) as n from inquiries where tier = ? and state = 'open'", tier)
	if err != nil {
		return 0, err
	}
	return rows[0].N, nil
}

// AnsweredBefore lists inquiries that have stood answered since before an instant, for the watch.
func (tx *Tx) AnsweredBefore(before time.Time, limit int) ([]Inquiry, error) {
	return raw[Inquiry](tx, "select * from inquiries where state = 'answered' and state_since <= ? order by state_since, id limit ?", before, limit)
}

// InsertInquiryMessage stores a message in the tier that the inquiry is in, with its text sealed.
func (tx *Tx) InsertInquiryMessage(q Inquiry, direction, text string) error {
	m := InquiryMessage{ID: NewID[InquiryMessage](), InquiryID: q.ID, Tier: q.Tier, SubjectID: q.SubjectID, Direction: direction, CreatedAt: tx.Now}
	switch q.Tier {
	case TierOmbud:
		m.ControllerID = q.ControllerID
	case TierDSO:
		m.DPOControllerID = q.DPOControllerID
	}
	if direction != FromAsker {
		m.StaffID = tx.Actor.Staff
	}
	var err error
	if m.Body, err = tx.Seal(q.ID.UUID(), "inquiry_messages", "body", m.ID.UUID(), text); err != nil {
		return err
	}
	return gorm.G[InquiryMessage](tx.db).Create(tx.Context(), &m)
}

// LayBeforeOmbud lets the ombuds of a controller read what the actor sees of the thread.
func (tx *Tx) LayBeforeOmbud(id InquiryID, c ControllerID) error {
	return tx.db.Exec("update inquiry_messages set controller_id = ? where inquiry_id = ?", c, id).Error
}

// LayBeforeDSO lets a controller's DSO read what the actor sees of the thread.
func (tx *Tx) LayBeforeDSO(id InquiryID, c ControllerID) error {
	return tx.db.Exec("update inquiry_messages set dpo_controller_id = ? where inquiry_id = ?", c, id).Error
}

// InquiryMessages lists what the actor may read of a thread, opened, oldest first.
func (tx *Tx) InquiryMessages(id InquiryID) ([]InquiryMessage, error) {
	rows, err := raw[InquiryMessage](tx, "select * from inquiry_messages where inquiry_id = ? order by created_at, id", id)
	for i := range rows {
		if err == nil {
			rows[i].Text, err = tx.Open(id.UUID(), "inquiry_messages", "body", rows[i].ID.UUID(), rows[i].Body)
		}
	}
	return rows, err
}

// InquiryEvent appends an event to an inquiry's chain.
func (tx *Tx) InquiryEvent(q Inquiry, kind string, audience Audience, data map[string]any) (int64, error) {
	return tx.append("inquiry", q.ID.UUID(), ControllerID{}, q.SubjectID, kind, audience, data)
}
