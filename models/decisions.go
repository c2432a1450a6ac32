package models

import (
	"time"

	"gorm.io/gorm"

	"insyn/internal/calendar"
)

// Remedy is what a person who is not content can do.
type Remedy string

// The remedies (domain.md 1.3).
const (
	RemedyNone             Remedy = "none"
	RemedyForvaltningsratt Remedy = "forvaltningsratt" // dataskyddslagen 7 kap. 2 §
	RemedyIMYAndCourt      Remedy = "imy-and-court"    // art 77 and 79: companies and foundations
)

// Review is one round of the DSO's check of an extract.
type Review struct {
	ID           ID[Review]
	CaseID       CaseID
	ControllerID ControllerID
	Round        int
	ManifestSHA  []byte `gorm:"column:manifest_sha"`
	OfferedAt    time.Time
	ClosesOn     calendar.Date
	Outcome      *string
	Remarks      Sealed
	Reply        Sealed
	ReviewerID   StaffID
	ClosedAt     *time.Time

	RemarksText string `gorm:"-"`
	ReplyText   string `gorm:"-"`
}

// Outcomes of a review. Recalled: the extract was taken back before the DSO had answered.
const (
	ReviewNoRemarks = "no-remarks"
	ReviewRemarks   = "remarks"
	ReviewDeclined  = "declined"
	ReviewTimedOut  = "timed-out"
	ReviewRecalled  = "recalled"
)

// Decision is a controller's decision. It is never changed, only followed by another.
type Decision struct {
	ID               ID[Decision]
	CaseID           CaseID
	ControllerID     ControllerID
	SubjectID        SubjectID
	Kind             string
	Outcome          Outcome
	Reasons          Sealed
	DelegationID     DelegationID
	Delegation       *string // number, text, date and paragraph, copied on the day
	MeetingOn        calendar.Date
	MeetingParagraph *string
	DecidedBy        StaffID
	DecidedAt        time.Time
	DecidedOn        calendar.Date
	Appealable       bool
	Remedy           Remedy
	ManifestSHA      []byte `gorm:"column:manifest_sha"`
	LetterID         FileID
	LetterSHA        []byte `gorm:"column:letter_sha"`
	OfficialsMasked  bool   // nothing the person gets names an official (FL 33 § fourth paragraph)
	MaskReason       Sealed

	ReasonsText    string `gorm:"-"`
	MaskReasonText string `gorm:"-"` // why: for the desk only
}

// Service (delgivning) is when and how a decision reached the person.
type Service struct {
	ID           ID[Service]
	CaseID       CaseID
	ControllerID ControllerID
	SubjectID    SubjectID
	Method       string // portal, post, simplified or handed-over
	ServedOn     calendar.Date
	Evidence     Sealed
	StaffID      StaffID
	CreatedAt    time.Time

	EvidenceText string `gorm:"-"`
}

// InsertManifest stores an extract's manifest; the same manifest again is no change.
func (tx *Tx) InsertManifest(c Case, sha []byte, manifest []byte) error {
	sealed, err := tx.Seal(c.ID.UUID(), "manifests", "body", c.ID.UUID(), string(manifest))
	if err != nil {
		return err
	}
	return tx.db.Exec(`insert into manifests (case_id, sha256, controller_id, body, created_at) values (?, ?, ?, ?, ?)
		on conflict on constraint manifests_pkey do nothing`, c.ID, sha, c.ControllerID, []byte(sealed), tx.Now).Error
}

// Manifest opens a case's manifest by its hash.
func (tx *Tx) Manifest(id CaseID, sha []byte) ([]byte, error) {
	rows, err := raw[struct{ Body []byte }](tx, "select body from manifests where case_id = ? and sha256 = ?", id, sha)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrNotFound
	}
	text, err := tx.Open(id.UUID(), "manifests", "body", id.UUID(), rows[0].Body)
	return []byte(text), err
}

// InsertReview offers the extract to the DSO.
func (tx *Tx) InsertReview(r *Review) error { return gorm.G[Review](tx.db).Create(tx.Context(), r) }

// Reviews lists a case's reviews, opened, oldest first.
func (tx *Tx) Reviews(id CaseID) ([]Review, error) {
	rows, err := raw[Review](tx, "select * from reviews where case_id = ? order by round", id)
	for i := range rows {
		r := &rows[i]
		if err == nil {
			r.RemarksText, err = tx.Open(id.UUID(), "reviews", "remarks", r.ID.UUID(), r.Remarks)
		}
		if err == nil {
			r.ReplyText, err = tx.Open(id.UUID(), "reviews", "reply", r.ID.UUID(), r.Reply)
		}
	}
	return rows, err
}

// CloseReview stores how the open review of a case ended.
func (tx *Tx) CloseReview(r *Review) error {
	remarks, err := tx.Seal(r.CaseID.UUID(), "reviews", "remarks", r.ID.UUID(), r.RemarksText)
	if err != nil {
		return err
	}
	res := tx.db.Exec("update reviews set outcome = ?, remarks = ?, reviewer_id = ?, closed_at = ? where id = ? and outcome is null",
		r.Outcome, []byte(remarks), r.ReviewerID, tx.Now, r.ID)
	return changed(res.RowsAffected, res.Error)
}

// ReplyReview stores what the ombud did about remarks, or why not.
func (tx *Tx) ReplyReview(r *Review) error {
	reply, err := tx.Seal(r.CaseID.UUID(), "reviews", "reply", r.ID.UUID(), r.ReplyText)
	if err != nil {
		return err
	}
	res := tx.db.Exec("update reviews set reply = ? where id = ? and outcome = 'remarks'", []byte(reply), r.ID)
	return changed(res.RowsAffected, res.Error)
}

// ReviewsClosing lists open reviews whose time is out, for the sweep.
func (tx *Tx) ReviewsClosing(today calendar.Date, limit int) ([]Review, error) {
	return raw[Review](tx, "select * from reviews where outcome is null and closes_on < ? order by closes_on, id limit ?", today, limit)
}

// InsertDecision stores a decision with its reasons sealed, and why names are left out.
func (tx *Tx) InsertDecision(d *Decision) (err error) {
	if d.Reasons, err = tx.Seal(d.CaseID.UUID(), "decisions", "reasons", d.ID.UUID(), d.ReasonsText); err != nil {
		return err
	}
	if d.MaskReason, err = tx.Seal(d.CaseID.UUID(), "decisions", "mask_reason", d.ID.UUID(), d.MaskReasonText); err != nil {
		return err
	}
	return gorm.G[Decision](tx.db).Create(tx.Context(), d)
}

// Decision loads a case's decision, opened.
func (tx *Tx) Decision(id CaseID) (Decision, error) {
	d, err := one(gorm.G[Decision](tx.db).Where("case_id = ?", id).First(tx.Context()))
	if err != nil {
		return d, err
	}
	if d.ReasonsText, err = tx.Open(id.UUID(), "decisions", "reasons", d.ID.UUID(), d.Reasons); err != nil {
		return d, err
	}
	d.MaskReasonText, err = tx.Open(id.UUID(), "decisions", "mask_reason", d.ID.UUID(), d.MaskReason)
	return d, err
}

// InsertService stores that a decision was served. A second portal service of the same case is no change (false).
func (tx *Tx) InsertService(s *Service) (bool, error) {
	evidence, err := tx.Seal(s.CaseID.UUID(), "services", "evidence", s.ID.UUID(), s.EvidenceText)
	if err != nil {
		return false, err
	}
	s.Evidence, s.CreatedAt = evidence, tx.Now
	res := tx.db.Exec(`insert into services (id, case_id, controller_id, subject_id, method, served_on, evidence, staff_id, created_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
		s.ID, s.CaseID, s.ControllerID, s.SubjectID, s.Method, s.ServedOn, []byte(s.Evidence), s.StaffID, s.CreatedAt)
	return res.RowsAffected == 1, res.Error
}

// Services lists how a case's decision was served, opened, oldest first.
func (tx *Tx) Services(id CaseID) ([]Service, error) {
	rows, err := raw[Service](tx, "select * from services where case_id = ? order by created_at, id", id)
	for i := range rows {
		if err == nil {
			rows[i].EvidenceText, err = tx.Open(id.UUID(), "services", "evidence", rows[i].ID.UUID(), rows[i].Evidence)
		}
	}
	return rows, err
}

// Delivery is the receipt of one download.
type Delivery struct {
	ID           ID[Delivery]
	CaseID       CaseID
	ControllerID ControllerID
	SubjectID    SubjectID
	FileID       FileID
	At           time.Time
}

// InsertDelivery stores the receipt of a download, before its bytes are sent.
func (tx *Tx) InsertDelivery(d *Delivery) error {
	d.At = tx.Now
	return gorm.G[Delivery](tx.db).Create(tx.Context(), d)
}

// Deliveries lists the receipts of a case, oldest first.
func (tx *Tx) Deliveries(id CaseID) ([]Delivery, error) {
	return raw[Delivery](tx, "select * from deliveries where case_id = ? order by at, id", id)
}
