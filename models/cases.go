package models

import (
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"insyn/internal/calendar"
)

// CaseState is the state of one request at one controller.
type CaseState string

// The states of a case.
const (
	CaseAssigned  CaseState = "assigned"
	CaseSearching CaseState = "searching"
	CaseInReview  CaseState = "in-review"
	CaseReady     CaseState = "ready"
	CaseDecided   CaseState = "decided"
	CaseExecuting CaseState = "executing" // decided, and being carried out
	CaseReleased  CaseState = "released"
	CaseClosed    CaseState = "closed"
	CaseAwaiting  CaseState = "awaiting-subject"
	CaseWithdrawn CaseState = "withdrawn"
)

// CaseStates lists every state of a case.
func CaseStates() []CaseState {
	return []CaseState{CaseAssigned, CaseSearching, CaseInReview, CaseReady, CaseDecided, CaseExecuting, CaseReleased, CaseClosed, CaseAwaiting, CaseWithdrawn}
}

// Done tells whether the person has their answer, or has taken the request back.
func (s CaseState) Done() bool {
	return s == CaseReleased || s == CaseClosed || s == CaseWithdrawn
}

// Outcome is what a decision says.
type Outcome string

// The outcomes of a request. What each means for a right is in the table of rights (workflows.Rights).
const (
	OutcomeGranted      Outcome = "granted"
	OutcomeSupplemented Outcome = "supplemented" // rectification: what was said is added, nothing is taken away
	OutcomePartial      Outcome = "partial"
	OutcomeNothingFound Outcome = "nothing-found"
	OutcomeNeutral      Outcome = "neutral" // sensitive controllers: nothing found and everything secret alike (domain P3)
	OutcomeRefused      Outcome = "refused"
)

// Case is one request at one controller (delärende).
type Case struct {
	ID           CaseID
	Number       string
	RequestID    RequestID
	ControllerID ControllerID
	SubjectID    SubjectID
	Right        Right
	State        CaseState
	Version      int
	Person       Sealed
	Language     string
	ReceivedAt   time.Time
	ReceivedOn   calendar.Date
	DueHard      calendar.Date // one month, without pauses: after it an extension is impossible
	DueOn        calendar.Date // what counts now
	Extended     bool
	Derivation   json.RawMessage `gorm:"type:jsonb"`
	ClockRule    string
	ClockEvent   int64
	HandlerID    StaffID
	DiaryNumber  *string
	Outcome      *Outcome
	Proposal     Sealed
	ProposedBy   StaffID
	ProposedAt   *time.Time
	ManifestSHA  []byte `gorm:"column:manifest_sha"`
	StateSince   time.Time
	DecidedAt    *time.Time
	ReleasedAt   *time.Time
	ClosedAt     *time.Time
	AppealUntil  calendar.Date
	AnswerByPost bool // the person asked for the answer on paper, by post or at the desk
	Protected    bool // as the request: the database copies it, whatever is stored
}

// CasePublic is all that may be known of a case outside its controller.
type CasePublic struct {
	CaseID       CaseID
	RequestID    RequestID
	ControllerID ControllerID
	SubjectID    SubjectID
	Number       string
	Done         bool
	DueOn        calendar.Date
}

// TableName names the table.
func (CasePublic) TableName() string { return "case_public" }

// InsertCase stores a new case with its public row, the person sealed under the case's key. A case that exists already
// is ErrConflict: fan-out may run twice.
func (tx *Tx) InsertCase(c *Case, p Person) (err error) {
	if c.Person, err = tx.sealJSON(c.ID.UUID(), "cases", "person", c.ID.UUID(), p); err != nil {
		return err
	}
	c.Version, c.StateSince, c.AnswerByPost = 1, tx.Now, p.Answer != "portal"
	rows, err := raw[struct{ N int }](tx, "select 1 as n from cases where id = ?", c.ID)
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		return ErrConflict
	}
	if err := gorm.G[Case](tx.db).Create(tx.Context(), c); err != nil {
		return err
	}
	return gorm.G[CasePublic](tx.db).Create(tx.Context(), &CasePublic{CaseID: c.ID, RequestID: c.RequestID, ControllerID: c.ControllerID,
		SubjectID: c.SubjectID, Number: c.Number, DueOn: c.DueOn})
}

// Case loads a case that the actor may see.
func (tx *Tx) Case(id CaseID) (Case, error) {
	return one(gorm.G[Case](tx.db).Where("id = ?", id).First(tx.Context()))
}

// LockCase loads a case that the actor may act on and holds it until the transaction ends: whoever else acts on it waits, and
// then finds it as it has become.
func (tx *Tx) LockCase(id CaseID) (Case, error) {
	rows, err := raw[Case](tx, "select * from cases where id = ? for update", id)
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Case{}, err
	}
	return rows[0], nil
}

// CaseByNumber loads a case by its number.
func (tx *Tx) CaseByNumber(number string) (Case, error) {
	return one(gorm.G[Case](tx.db).Where("number = ?", number).First(tx.Context()))
}

// CasesOfRequest lists the cases of a request that the actor may see.
func (tx *Tx) CasesOfRequest(id RequestID) ([]Case, error) {
	return raw[Case](tx, "select * from cases where request_id = ? order by number", id)
}

// CasesOfSubject lists the actor's own cases of the requests given, in one query.
func (tx *Tx) CasesOfSubject(ids []RequestID) ([]Case, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return raw[Case](tx, "select * from cases where subject_id = ? and request_id in ? order by number", tx.Actor.Subject, ids)
}

// PublicOfRequests lists the public rows of the requests given, in one query.
func (tx *Tx) PublicOfRequests(ids []RequestID) ([]CasePublic, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return raw[CasePublic](tx, "select * from case_public where request_id in ? order by number", ids)
}

// CasePerson opens who the case is from; of a protected person without contact data.
func (tx *Tx) CasePerson(c Case) (p Person, err error) {
	err = tx.openJSON(c.ID.UUID(), "cases", "person", c.ID.UUID(), c.Person, &p)
	return p.reachable(c.Protected), err
}

// MoveCase writes the case's changed facts and its state, guarded by the version and state it was read at. from is the
// state the case had when it was read.
func (tx *Tx) MoveCase(c *Case, from CaseState) error {
	since := c.StateSince
	if c.State != from {
		since = tx.Now
	}
	res := tx.db.Exec(`update cases set state = ?, version = version + 1, state_since = ?, due_hard = ?, due_on = ?, extended = ?, derivation = ?,
		clock_event = ?, handler_id = ?, diary_number = ?, outcome = ?, proposal = ?, proposed_by = ?, proposed_at = ?, manifest_sha = ?,
		decided_at = ?, released_at = ?, closed_at = ?, appeal_until = ?
		where id = ? and version = ? and state = ?`,
		c.State, since, c.DueHard, c.DueOn, c.Extended, c.Derivation,
		c.ClockEvent, c.HandlerID, c.DiaryNumber, c.Outcome, []byte(c.Proposal), c.ProposedBy, c.ProposedAt, c.ManifestSHA,
		c.DecidedAt, c.ReleasedAt, c.ClosedAt, c.AppealUntil,
		c.ID, c.Version, from)
	if err := changed(res.RowsAffected, res.Error); err != nil {
		return err
	}
	c.Version++
	c.StateSince = since
	return tx.db.Exec("update case_public set done = ?, due_on = ? where case_id = ? and (done, due_on) is distinct from (?, ?::date)",
		c.State.Done(), c.DueOn, c.ID, c.State.Done(), c.DueOn).Error
}

// CaseQuery says which cases a queue shows.
type CaseQuery struct {
	Controllers []ControllerID
	Done        bool          // finished cases, newest first, instead of open ones, most urgent first
	State       CaseState     // empty: all
	AfterDue    calendar.Date // keyset: the last row of the page before
	AfterID     CaseID
	Limit       int
}

// Cases lists a page of a queue.
func (tx *Tx) Cases(q CaseQuery) ([]Case, error) {
	if len(q.Controllers) == 0 {
		return nil, nil
	}
	if q.Done {
		// A page of each controller by its index, then the newest of them: the archive grows, the page must not.
		return raw[Case](tx, `select d.* from controllers k cross join lateral (
				select * from cases where controller_id = k.id and state in ('released', 'closed', 'withdrawn')
				and (? = '' or state = ?) and (?::uuid is null or id < ?::uuid) order by id desc limit ?) d
			where k.id in ? order by d.id desc limit ?`,
			q.State, q.State, q.AfterID, q.AfterID, q.Limit, q.Controllers, q.Limit)
	}
	return raw[Case](tx, `select * from cases where controller_id in ? and state not in ('released', 'closed', 'withdrawn')
		and (? = '' or state = ?) and (?::date is null or (due_on, id) > (?::date, ?::uuid)) order by due_on, id limit ?`,
		q.Controllers, q.State, q.State, q.AfterDue, q.AfterDue, q.AfterID, q.Limit)
}

// DueCases lists open cases due on or before a civil date, after a cursor: the due watch.
func (tx *Tx) DueCases(on calendar.Date, after CaseID, limit int) ([]Case, error) {
	return raw[Case](tx, `select * from cases where state not in ('released', 'closed', 'withdrawn') and due_on <= ?
		and (?::uuid is null or id > ?::uuid) order by id limit ?`, on, after, after, limit)
}

// CasesPastAppeal lists released cases whose last day for appeal has passed and that no appeal keeps open.
func (tx *Tx) CasesPastAppeal(today calendar.Date, limit int) ([]Case, error) {
	return raw[Case](tx, `select c.* from cases c where c.state = 'released' and c.appeal_until < ?
		and not exists (select from appeals a where a.case_id = c.id) order by c.appeal_until, c.id limit ?`, today, limit)
}

// UnopenedSince lists released cases whose letter was not opened, that were released before an instant, and for which no job
// is promised under the key that begins so and ends with the case's id. Oldest first.
func (tx *Tx) UnopenedSince(before time.Time, key string, limit int) ([]Case, error) {
	return raw[Case](tx, `select c.* from cases c where c.state = 'released' and c.released_at < ?
		and not exists (select from services s where s.case_id = c.id)
		and not exists (select from jobs j where j.key = ? || c.id::text) order by c.released_at, c.id limit ?`, before, key, limit)
}

// Unattended counts the open cases that have neither a named human nor a live job (invariant 4: zero). To a protected person's
// case only who is cleared counts, whoever handled it before the flag was set.
func (tx *Tx) Unattended(controllers []ControllerID) (int, error) {
	if len(controllers) == 0 {
		return 0, nil
	}
	rows, err := raw[struct{ N int }](tx, `select count(*) as n from cases c where c.controller_id in ?
		and c.state not in ('released', 'closed', 'withdrawn') and (c.handler_id is null or c.protected)
		and not exists (select from jobs j where j.case_id = c.id and j.done_at is null)
		and not exists (select from assignments a where a.controller_id = c.controller_id and a.role = 'ombud' and a.ended_at is null
			and (a.cleared or not c.protected) and a.valid_from <= ?::date and (a.valid_to is null or a.valid_to >= ?::date))`, controllers, calendar.DateOf(tx.Now), calendar.DateOf(tx.Now))
	if err != nil {
		return 0, err
	}
	return rows[0].N, nil
}

// IndexCase stores the tokens a case can be found by.
func (tx *Tx) IndexCase(c Case, tokens [][]byte) error {
	for _, t := range tokens {
		if err := tx.db.Exec("insert into search_tokens (controller_id, token, case_id) values (?, ?, ?) on conflict do nothing",
			c.ControllerID, t, c.ID).Error; err != nil {
			return err
		}
	}
	return nil
}

// FindCases lists cases at a controller that have every token.
func (tx *Tx) FindCases(c ControllerID, tokens [][]byte, limit int) ([]Case, error) {
	if len(tokens) == 0 {
		return nil, nil
	}
	return raw[Case](tx, `select c.* from cases c join (select case_id from search_tokens where controller_id = ? and token in ?
		group by case_id having count(*) = ?) t on t.case_id = c.id order by c.received_at desc, c.id desc limit ?`, c, tokens, len(tokens), limit)
}
