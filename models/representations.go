package models

import (
	"time"

	"gorm.io/gorm"

	"insyn/internal/calendar"
)

// RepresentationKind is by what right somebody acts for another.
type RepresentationKind string

// The kinds of representation.
const (
	RepAgent       RepresentationKind = "agent"        // ombud with a power of attorney (FL 14–15 §§)
	RepGuardian    RepresentationKind = "guardian"     // vårdnadshavare
	RepGodMan      RepresentationKind = "god-man"      // god man (FB 11 kap. 4 §)
	RepTrustee     RepresentationKind = "trustee"      // förvaltare (FB 11 kap. 7 §)
	RepFuturePower RepresentationKind = "future-power" // framtidsfullmakt (lag 2017:310)
)

// RepresentationKinds lists every kind of representation.
func RepresentationKinds() []RepresentationKind {
	return []RepresentationKind{RepGuardian, RepAgent, RepGodMan, RepTrustee, RepFuturePower}
}

// MandateState is how far the check of a mandate has come. That its last day has passed is no state: it follows from the day.
type MandateState string

// The states of a mandate.
const (
	MandateClaimed  MandateState = "claimed"  // said to be there, not checked
	MandateVerified MandateState = "verified" // seen, and it covers what is asked
	MandateRejected MandateState = "rejected" // seen or asked for, and it does not
	MandateEnded    MandateState = "ended"    // it was there and is no more
)

// The ways to check a mandate.
const (
	MandateByRegister    = "register"          // custody or appointment seen in the population register or at the överförmyndare
	MandateByPaper       = "power-of-attorney" // the power of attorney was read
	MandateByAppointment = "appointment"       // the court's decision or the register extract was shown
)

// MandateChecks lists the ways to check a mandate.
func MandateChecks() []string {
	return []string{MandateByRegister, MandateByPaper, MandateByAppointment}
}

// Representation says by what right the subject of a request acts for the person the data are about.
type Representation struct {
	RequestID  RequestID
	SubjectID  SubjectID // the one who acts
	Kind       RepresentationKind
	Mandate    Sealed
	State      MandateState
	ValidUntil calendar.Date // the last day; zero: until it is ended
	How        *string
	Reason     Sealed
	CheckedBy  StaffID
	CheckedAt  *time.Time
	CreatedAt  time.Time

	MandateText string `gorm:"-"` // what it covers, in the words of whoever acts
	ReasonText  string `gorm:"-"` // why it was rejected or has ended
}

// Over tells whether the mandate has come to its end: ended by the servicecenter, or its last day has passed.
func (r Representation) Over(day calendar.Date) bool {
	return r.State == MandateEnded || lapsed(r.ValidUntil, day)
}

// Lapsed tells whether the mandate's last day has passed, whatever its state.
func (r Representation) Lapsed(day calendar.Date) bool { return lapsed(r.ValidUntil, day) }

// InsertRepresentation stores by what right somebody acts: claimed, or by the servicecenter checked at once (set State and How).
func (tx *Tx) InsertRepresentation(r *Representation) (err error) {
	if r.Mandate, err = tx.Seal(r.RequestID.UUID(), "representations", "mandate", r.RequestID.UUID(), r.MandateText); err != nil {
		return err
	}
	r.CreatedAt = tx.Now
	if r.State != MandateClaimed {
		r.CheckedBy, r.CheckedAt = tx.Actor.Staff, &tx.Now
	}
	return gorm.G[Representation](tx.db).Create(tx.Context(), r)
}

// Representation loads by what right a request is made, opened; ErrNotFound for one that a person makes for themselves.
func (tx *Tx) Representation(id RequestID) (Representation, error) {
	r, err := one(gorm.G[Representation](tx.db).Where("request_id = ?", id).First(tx.Context()))
	if err != nil {
		return r, err
	}
	if r.MandateText, err = tx.Open(id.UUID(), "representations", "mandate", id.UUID(), r.Mandate); err != nil {
		return r, err
	}
	r.ReasonText, err = tx.Open(id.UUID(), "representations", "reason", id.UUID(), r.Reason)
	return r, err
}

// RepresentationsOf lists by what right the requests given are made, in one query, not opened.
func (tx *Tx) RepresentationsOf(ids []RequestID) ([]Representation, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return raw[Representation](tx, "select * from representations where request_id in ?", ids)
}

// SettleMandate writes what the check of a mandate found, if it is still in the state it was read in.
func (tx *Tx) SettleMandate(r *Representation, from MandateState) (err error) {
	if r.Reason, err = tx.Seal(r.RequestID.UUID(), "representations", "reason", r.RequestID.UUID(), r.ReasonText); err != nil {
		return err
	}
	r.CheckedBy, r.CheckedAt = tx.Actor.Staff, &tx.Now
	res := tx.db.Exec(`update representations set state = ?, valid_until = ?, how = ?, reason = ?, checked_by = ?, checked_at = ?
		where request_id = ? and state = ?`, r.State, r.ValidUntil, r.How, []byte(r.Reason), r.CheckedBy, r.CheckedAt, r.RequestID, from)
	return changed(res.RowsAffected, res.Error)
}

// Mandate is a power of attorney that was sent in with a request; its bytes lie in the file store under its id, sealed under
// the request's key.
type Mandate struct {
	ID        FileID
	RequestID RequestID
	SubjectID SubjectID
	Name      Sealed
	MediaType string
	Size      int64
	SHA256    []byte `gorm:"column:sha256"`
	CreatedAt time.Time
	SentAt    *time.Time

	NameText string `gorm:"-"`
}

// InsertMandate stores the record of a power of attorney attached to a draft.
func (tx *Tx) InsertMandate(m *Mandate) (err error) {
	if m.Name, err = tx.Seal(m.RequestID.UUID(), "mandates", "name", m.ID.UUID(), m.NameText); err != nil {
		return err
	}
	m.CreatedAt = tx.Now
	return gorm.G[Mandate](tx.db).Create(tx.Context(), m)
}

// Mandates lists the powers of attorney of a draft or request, opened, in the order they came.
func (tx *Tx) Mandates(id RequestID) ([]Mandate, error) {
	rows, err := raw[Mandate](tx, "select * from mandates where request_id = ? order by created_at, id", id)
	for i := range rows {
		if err == nil {
			rows[i].NameText, err = tx.Open(id.UUID(), "mandates", "name", rows[i].ID.UUID(), rows[i].Name)
		}
	}
	return rows, err
}

// SendMandates makes a draft's powers of attorney the request's: from now on the servicecenter reads them.
func (tx *Tx) SendMandates(id RequestID) error {
	return tx.db.Exec("update mandates set sent_at = ? where request_id = ? and sent_at is null", tx.Now, id).Error
}

// DeleteMandates removes the records of a draft's or request's powers of attorney; the bytes go with the sweep.
func (tx *Tx) DeleteMandates(id RequestID) error {
	return tx.db.Exec("delete from mandates where request_id = ?", id).Error
}

// DeleteMandate removes the record of one.
func (tx *Tx) DeleteMandate(request RequestID, id FileID) error {
	res := tx.db.Exec("delete from mandates where id = ? and request_id = ?", id, request)
	return changed(res.RowsAffected, res.Error)
}
