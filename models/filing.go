package models

import (
	"time"

	"gorm.io/gorm"

	"insyn/internal/calendar"
)

// Channel is how a request came in that did not come through the e-service.
type Channel string

// The channels of a request that the servicecenter writes down.
const (
	ChannelDesk    Channel = "desk"
	ChannelPhone   Channel = "phone"
	ChannelLetter  Channel = "letter"
	ChannelInquiry Channel = "inquiry" // a question that turned out to be a request
)

// Rules for the day a request counts as received (FL 22 §).
const (
	RuleAsArrived = "as-arrived" // the day it reached the authority
	RuleFL22      = "fl-22"      // by post, or in the letterbox at its first emptying that day: the working day before
)

// IdentityMethod is how somebody's identity was checked. That it was is all that is kept: never a copy, never the number of a
// document (domain.md R7).
type IdentityMethod string

// The ways to check an identity.
const (
	IdentityNotYet     IdentityMethod = "not-yet"
	IdentityShown      IdentityMethod = "id-shown"           // an identity document was shown
	IdentityKnown      IdentityMethod = "known"              // the person is known to whoever checked
	IdentityCallBack   IdentityMethod = "call-back"          // called back on a number in the population register's address
	IdentityBankID     IdentityMethod = "bank-id"            // shown with an e-ID at the desk or over the phone
	IdentityRegistered IdentityMethod = "registered-address" // answered a letter sent to the registered address
)

// IdentityMethods lists the ways by which an identity can have been checked.
func IdentityMethods() []IdentityMethod {
	return []IdentityMethod{IdentityShown, IdentityBankID, IdentityKnown, IdentityCallBack, IdentityRegistered}
}

// Filing is how a request that did not come through the e-service came in. A request that has none was sent by somebody
// logged in with an e-ID.
type Filing struct {
	RequestID    RequestID
	SubjectID    SubjectID
	Channel      Channel
	ArrivedOn    calendar.Date // the day it was in the authority's hands
	Rule         string
	RegisteredBy StaffID
	RegisteredAt time.Time
	Identity     IdentityMethod
	IdentityBy   StaffID
	IdentityAt   *time.Time
}

// Checked tells whether the identity of whoever asks is checked.
func (f Filing) Checked() bool { return f.Identity != IdentityNotYet }

// InsertFiling stores how a request came in. Set RequestID, SubjectID, Channel, ArrivedOn, Rule and Identity; a
// job names also who registered it.
func (tx *Tx) InsertFiling(f *Filing) error {
	if tx.Actor.Kind != SystemKind {
		f.RegisteredBy = tx.Actor.Staff
	}
	f.RegisteredAt = tx.Now
	if f.Checked() {
		f.IdentityBy, f.IdentityAt = f.RegisteredBy, &tx.Now
	}
	return gorm.G[Filing](tx.db).Create(tx.Context(), f)
}

// Filing loads how a request came in; ErrNotFound for one that came through the e-service.
func (tx *Tx) Filing(id RequestID) (Filing, error) {
	return one(gorm.G[Filing](tx.db).Where("request_id = ?", id).First(tx.Context()))
}

// FilingsOf lists how the requests given came in, in one query.
func (tx *Tx) FilingsOf(ids []RequestID) ([]Filing, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return raw[Filing](tx, "select * from filings where request_id in ?", ids)
}

// CheckIdentity records that the identity of whoever asks is checked. One that is checked already is ErrConflict.
func (tx *Tx) CheckIdentity(id RequestID, method IdentityMethod) error {
	res := tx.db.Exec("update filings set identity = ?, identity_by = ?, identity_at = ? where request_id = ? and identity = 'not-yet'",
		method, tx.Actor.Staff, tx.Now, id)
	return changed(res.RowsAffected, res.Error)
}

// SubjectWithoutNumber makes the subject of a request by somebody who has no number, with the request's own id; a second time
// it is there already.
func (tx *Tx) SubjectWithoutNumber(id RequestID) (SubjectID, error) {
	s := IDFrom[Subject](id.UUID())
	return s, tx.db.Exec("insert into subjects (id, created_at) values (?, ?) on conflict do nothing", s, tx.Now).Error
}

// SubjectProtected tells whether a subject has protected personal data. Only the system sees every subject.
func (tx *Tx) SubjectProtected(id SubjectID) (bool, error) {
	rows, err := raw[struct{ Protected bool }](tx, "select protected from subjects where id = ?", id)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	return rows[0].Protected, nil
}

// CaseFiling is what those who may see a case know of how its request came in and who acts in it. Of a request that came
// through the e-service Channel is empty; of one that the person makes for themselves Kind is.
type CaseFiling struct {
	Channel      Channel
	ArrivedOn    calendar.Date
	Rule         string
	Identity     IdentityMethod
	IdentityAt   *time.Time
	RegisteredAt *time.Time
	Kind         RepresentationKind
	State        MandateState
	ValidUntil   calendar.Date
	How          string
	CheckedAt    *time.Time
}

// CaseFiling loads how the request behind a case came in; the zero CaseFiling if the case is not the actor's to see.
func (tx *Tx) CaseFiling(id CaseID) (CaseFiling, error) {
	rows, err := raw[CaseFiling](tx, `select coalesce(channel, '') as channel, arrived_on, coalesce(rule, '') as rule, coalesce(identity, '') as identity,
		identity_at, registered_at, coalesce(kind, '') as kind, coalesce(state, '') as state, valid_until, coalesce(how, '') as how, checked_at
		from case_filing(?)`, id)
	if err != nil || len(rows) == 0 {
		return CaseFiling{}, err
	}
	return rows[0], nil
}

// Paper is the day the paper that began the case was found, where the case counts as received the working day before; zero
// for all others. A controller that was added later has a day of its own.
func (f CaseFiling) Paper(received calendar.Date) calendar.Date {
	if f.Rule != RuleFL22 || !received.Before(f.ArrivedOn) {
		return calendar.Date{}
	}
	return f.ArrivedOn
}

// Unchecked tells whether the identity of whoever asks is still to be checked.
func (f CaseFiling) Unchecked() bool { return f.Identity == IdentityNotYet }

// Represented tells whether somebody acts for the person.
func (f CaseFiling) Represented() bool { return f.Kind != "" }

// InForce tells whether the one who acts may on a day: the mandate is checked, and its last day has not passed.
func (f CaseFiling) InForce(day calendar.Date) bool {
	return f.State == MandateVerified && !lapsed(f.ValidUntil, day)
}

// Over tells whether a mandate that was there has come to its end.
func (f CaseFiling) Over(day calendar.Date) bool {
	return f.Represented() && (f.State == MandateEnded || lapsed(f.ValidUntil, day))
}

// lapsed tells whether the last day has passed. No last day never passes.
func lapsed(last, day calendar.Date) bool { return !last.IsZero() && day.After(last) }
