package models

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"insyn/internal/calendar"
)

// Right is one of the rights of the GDPR that a request can be about.
type Right string

// The rights that the service handles.
const (
	Access        Right = "access"        // art 15
	Rectification Right = "rectification" // art 16
	Erasure       Right = "erasure"       // art 17
)

// RequestState is the state of the shared part of a request.
type RequestState string

// The states of a request.
const (
	RequestSubmitted RequestState = "submitted"
	RequestActive    RequestState = "active"
	RequestAwaiting  RequestState = "awaiting-subject"
	RequestWithdrawn RequestState = "withdrawn"
	RequestClosed    RequestState = "closed"
)

// Subject is whoever makes a request, known only by a keyed hash of the number; somebody without a number has none.
type Subject struct {
	ID          SubjectID
	NumberToken []byte
	CreatedAt   time.Time
	Protected   bool // has protected personal data: what is sent later starts protected
}

// Person is what a request says about the person the data are about: sealed under the request's key, and again under each
// case's. Where somebody acts for the person, the ways to reach are theirs.
type Person struct {
	Name   string `json:"name"`
	Number string `json:"number"`         // twelve digits; empty for a person who has none
	Born   string `json:"born,omitempty"` // as written, of a person without a number
	// Agent is who acts for the person; nil when the person does.
	Agent *Agent `json:"agent,omitempty"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
	// Answer is how the person wants the answer: "portal", "post" or, for those who asked elsewhere, "desk".
	Answer  string `json:"answer"`
	Address string `json:"address,omitempty"`
}

// Agent is who acts for the person in a request: ombud, guardian, god man, trustee.
type Agent struct {
	Name   string             `json:"name"`
	Number string             `json:"number"` // twelve digits; empty for somebody who has none
	Kind   RepresentationKind `json:"kind"`
}

// Receiver is the name that letters are addressed to.
func (p Person) Receiver() string {
	if p.Agent != nil {
		return p.Agent.Name
	}
	return p.Name
}

// Draft is a request that is being written. It is not received.
type Draft struct {
	ID          RequestID
	SubjectID   SubjectID
	Version     int
	Form        Sealed
	CreatedAt   time.Time
	UpdatedAt   time.Time
	SubmittedAt *time.Time
}

// Request is the shared part of a request.
type Request struct {
	ID         RequestID
	Number     string
	SubjectID  SubjectID
	Right      Right
	State      RequestState
	Version    int
	Language   string
	Person     Sealed
	ReceivedAt time.Time
	ReceivedOn calendar.Date
	StateSince time.Time
	ClosedAt   *time.Time
	Protected  bool // seen by the person and by cleared staff only (migration 00009)
}

// Addressee is a controller that a request goes to.
type Addressee struct {
	RequestID    RequestID
	ControllerID ControllerID
	CaseID       CaseID
	SubjectID    SubjectID
	ReceivedOn   calendar.Date
	AddedBy      string
	Reason       Sealed
	CreatedAt    time.Time
}

// RequestPause is a question by the servicecenter about the request as a whole.
type RequestPause struct {
	ID        ID[RequestPause]
	RequestID RequestID
	SubjectID SubjectID
	Question  Sealed
	Answer    Sealed
	FromDate  calendar.Date
	ToDate    calendar.Date
	AnswerBy  calendar.Date // until when the person is asked to answer; zero: not said

	QuestionText string `gorm:"-"`
	AnswerText   string `gorm:"-"`
}

// SubjectByToken finds or makes the subject with this keyed hash of a number.
func (tx *Tx) SubjectByToken(token []byte) (SubjectID, error) {
	err := tx.db.Exec("insert into subjects (id, number_token, created_at) values (?, ?, ?) on conflict (number_token) do nothing",
		NewID[Subject](), token, tx.Now).Error
	if err != nil {
		return SubjectID{}, fmt.Errorf("insert subject: %w", err)
	}
	s, err := one(gorm.G[Subject](tx.db).Where("number_token = ?", token).First(tx.Context()))
	return s.ID, err
}

// InsertDraft stores a new draft with its form sealed under the draft's own key.
func (tx *Tx) InsertDraft(d *Draft, form any) (err error) {
	if d.Form, err = tx.sealJSON(d.ID.UUID(), "drafts", "form", d.ID.UUID(), form); err != nil {
		return err
	}
	d.CreatedAt, d.UpdatedAt, d.Version = tx.Now, tx.Now, 1
	return gorm.G[Draft](tx.db).Create(tx.Context(), d)
}

// UpdateDraft replaces the form of a draft that is still at the version and not sent.
func (tx *Tx) UpdateDraft(d *Draft, form any) error {
	sealed, err := tx.sealJSON(d.ID.UUID(), "drafts", "form", d.ID.UUID(), form)
	if err != nil {
		return err
	}
	res := tx.db.Exec(`update drafts set form = ?, updated_at = ?, version = version + 1
		where id = ? and version = ? and submitted_at is null`, sealed, tx.Now, d.ID, d.Version)
	return changed(res.RowsAffected, res.Error)
}

// SubmitDraft marks the draft sent and empties it: what was written lies with the cases from now on and nowhere else. A
// draft that is sent already is ErrConflict.
func (tx *Tx) SubmitDraft(id RequestID, empty any) error {
	form, err := tx.sealJSON(id.UUID(), "drafts", "form", id.UUID(), empty)
	if err != nil {
		return err
	}
	res := tx.db.Exec("update drafts set submitted_at = ?, form = ?, version = version + 1 where id = ? and submitted_at is null", tx.Now, []byte(form), id)
	return changed(res.RowsAffected, res.Error)
}

// Draft loads a draft of the actor's own and opens its form into form.
func (tx *Tx) Draft(id RequestID, form any) (Draft, error) {
	d, err := one(gorm.G[Draft](tx.db).Where("id = ? and subject_id = ?", id, tx.Actor.Subject).First(tx.Context()))
	if err != nil {
		return d, err
	}
	return d, tx.openJSON(id.UUID(), "drafts", "form", id.UUID(), d.Form, form)
}

// OpenDrafts lists the actor's drafts that are not sent, newest first.
func (tx *Tx) OpenDrafts() ([]Draft, error) {
	return raw[Draft](tx, "select * from drafts where subject_id = ? and submitted_at is null order by updated_at desc limit 20", tx.Actor.Subject)
}

// StaleDrafts lists drafts not touched since an instant and never sent, for the sweep.
func (tx *Tx) StaleDrafts(before time.Time, limit int) ([]Draft, error) {
	return raw[Draft](tx, "select * from drafts where submitted_at is null and updated_at < ? order by updated_at limit ?", before, limit)
}

// DeleteDraft removes a draft that was not sent.
func (tx *Tx) DeleteDraft(id RequestID) error {
	res := tx.db.Exec("delete from drafts where id = ? and submitted_at is null", id)
	return changed(res.RowsAffected, res.Error)
}

// NextNumber takes the next number of a series and year. Numbers have no gaps: the row is locked until commit.
func (tx *Tx) NextNumber(series string, year int) (int, error) {
	rows, err := raw[struct{ Last int }](tx, `insert into counters (series, year, last) values (?, ?, 1)
		on conflict (series, year) do update set last = counters.last + 1 returning last`, series, year)
	if err != nil {
		return 0, err
	}
	return rows[0].Last, nil
}

// InsertRequest stores a received request.
func (tx *Tx) InsertRequest(r *Request, p Person) (err error) {
	if r.Person, err = tx.sealJSON(r.ID.UUID(), "requests", "person", r.ID.UUID(), p); err != nil {
		return err
	}
	r.Version, r.StateSince = 1, tx.Now
	return gorm.G[Request](tx.db).Create(tx.Context(), r)
}

// InsertAddressee stores that a request goes to a controller; reason is given when the servicecenter added it.
func (tx *Tx) InsertAddressee(a *Addressee, reason string) (err error) {
	if a.Reason, err = tx.Seal(a.RequestID.UUID(), "addressees", "reason", a.CaseID.UUID(), reason); err != nil {
		return err
	}
	a.CreatedAt = tx.Now
	return gorm.G[Addressee](tx.db).Create(tx.Context(), a)
}

// Request loads a request; a resident gets only their own.
func (tx *Tx) Request(id RequestID) (Request, error) {
	return one(gorm.G[Request](tx.db).Where("id = ?", id).First(tx.Context()))
}

// LockRequest loads a request and holds it until the transaction ends.
func (tx *Tx) LockRequest(id RequestID) (Request, error) {
	rows, err := raw[Request](tx, "select * from requests where id = ? for update", id)
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Request{}, err
	}
	return rows[0], nil
}

// RequestByNumber loads a request by its number.
func (tx *Tx) RequestByNumber(number string) (Request, error) {
	return one(gorm.G[Request](tx.db).Where("number = ?", number).First(tx.Context()))
}

// RequestPerson opens who the request is from; of a protected person without contact data.
func (tx *Tx) RequestPerson(r Request) (p Person, err error) {
	err = tx.openJSON(r.ID.UUID(), "requests", "person", r.ID.UUID(), r.Person, &p)
	return p.reachable(r.Protected), err
}

// OwnRequests lists the actor's requests, newest first.
func (tx *Tx) OwnRequests(limit int) ([]Request, error) {
	return raw[Request](tx, "select * from requests where subject_id = ? order by received_at desc, id desc limit ?", tx.Actor.Subject, limit)
}

// Addressees lists the controllers a request goes to.
func (tx *Tx) Addressees(id RequestID) ([]Addressee, error) {
	return raw[Addressee](tx, "select * from addressees where request_id = ? order by created_at, controller_id", id)
}

// AddresseeByCase finds which addressee became (or is to become) a case.
func (tx *Tx) AddresseeByCase(id CaseID) (Addressee, error) {
	return one(gorm.G[Addressee](tx.db).Where("case_id = ?", id).First(tx.Context()))
}

// MoveRequest sets a request's state, guarded by the version it was read at.
func (tx *Tx) MoveRequest(r *Request, to RequestState) error {
	var closed *time.Time
	if to == RequestClosed || to == RequestWithdrawn {
		closed = &tx.Now
	}
	res := tx.db.Exec(`update requests set state = ?, version = version + 1, state_since = ?, closed_at = ? where id = ? and version = ? and state = ?`,
		to, tx.Now, closed, r.ID, r.Version, r.State)
	if err := changed(res.RowsAffected, res.Error); err != nil {
		return err
	}
	r.State, r.Version, r.StateSince, r.ClosedAt = to, r.Version+1, tx.Now, closed
	return nil
}

// TouchRequest takes the request's next version without changing its state.
func (tx *Tx) TouchRequest(r *Request) error {
	res := tx.db.Exec("update requests set version = version + 1 where id = ? and version = ?", r.ID, r.Version)
	if err := changed(res.RowsAffected, res.Error); err != nil {
		return err
	}
	r.Version++
	return nil
}

// InsertRequestPause stores the servicecenter's question.
func (tx *Tx) InsertRequestPause(p *RequestPause, question string) (err error) {
	if p.Question, err = tx.Seal(p.RequestID.UUID(), "request_pauses", "question", p.ID.UUID(), question); err != nil {
		return err
	}
	return gorm.G[RequestPause](tx.db).Create(tx.Context(), p)
}

// AnswerRequestPause closes the open question of a request on a civil date.
func (tx *Tx) AnswerRequestPause(r Request, answer string, on calendar.Date) error {
	p, err := one(gorm.G[RequestPause](tx.db).Where("request_id = ? and to_date is null", r.ID).First(tx.Context()))
	if err != nil {
		return err
	}
	sealed, err := tx.Seal(r.ID.UUID(), "request_pauses", "answer", p.ID.UUID(), answer)
	if err != nil {
		return err
	}
	res := tx.db.Exec("update request_pauses set answer = ?, to_date = ? where id = ? and to_date is null", sealed, on, p.ID)
	return changed(res.RowsAffected, res.Error)
}

// RequestPauses lists a request's questions, opened.
func (tx *Tx) RequestPauses(id RequestID) ([]RequestPause, error) {
	rows, err := raw[RequestPause](tx, "select * from request_pauses where request_id = ? order by from_date, id", id)
	for i := range rows {
		p := &rows[i]
		if err == nil {
			p.QuestionText, err = tx.Open(id.UUID(), "request_pauses", "question", p.ID.UUID(), p.Question)
		}
		if err == nil {
			p.AnswerText, err = tx.Open(id.UUID(), "request_pauses", "answer", p.ID.UUID(), p.Answer)
		}
	}
	return rows, err
}

// OpenRequests lists the requests that are not closed, oldest first, after a cursor: the servicecenter's queue.
func (tx *Tx) OpenRequests(after time.Time, afterID RequestID, limit int) ([]Request, error) {
	return raw[Request](tx, `select * from requests where state not in ('closed', 'withdrawn') and (received_at, id) > (?, ?::uuid)
		order by received_at, id limit ?`, after, afterID.UUID().String(), limit)
}

// InsertWish stores what the person wished of the servicecenter, in the words that were said: it asks nothing and pauses
// nothing.
func (tx *Tx) InsertWish(p *RequestPause, wish string) (err error) {
	if p.Question, err = tx.Seal(p.RequestID.UUID(), "request_pauses", "question", p.ID.UUID(), "-"); err != nil {
		return err
	}
	if p.Answer, err = tx.Seal(p.RequestID.UUID(), "request_pauses", "answer", p.ID.UUID(), wish); err != nil {
		return err
	}
	return gorm.G[RequestPause](tx.db).Create(tx.Context(), p)
}
