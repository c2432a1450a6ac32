package models

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"insyn/internal/calendar"
)

// OrganisationEvent is a link of the chain that tells how the organisation was changed, and by whom. It carries ids, codes and
// dates.
type OrganisationEvent struct {
	Seq       int64
	Kind      string
	ActorKind ActorKind
	StaffID   StaffID
	Data      json.RawMessage
	At        time.Time
	PrevHash  []byte
	Hash      []byte
}

// OrganisationEvent appends an event to the organisation's chain. data is JSON.
func (tx *Tx) OrganisationEvent(kind string, data json.RawMessage) error {
	if _, err := raw[struct{ Seq int64 }](tx, "select append_organisation_event(?, ?::jsonb, ?) as seq", kind, string(data), tx.Now); err != nil {
		return fmt.Errorf("append event: %w", err)
	}
	return nil
}

// LastOrganisationEvent finds the newest event of a kind in the organisation's chain, if there is one.
func (tx *Tx) LastOrganisationEvent(kind string) ([]OrganisationEvent, error) {
	return raw[OrganisationEvent](tx, "select * from organisation_events where kind = ? order by seq desc limit 1", kind)
}

// OrganisationEvents lists the organisation's events, newest first, below a number in the chain; 0 begins at the newest.
func (tx *Tx) OrganisationEvents(before int64, limit int) ([]OrganisationEvent, error) {
	return raw[OrganisationEvent](tx, "select * from organisation_events where ? = 0 or seq < ? order by seq desc limit ?", before, before, limit)
}

// verifyOrganisation checks the organisation's chain as VerifyEvents does the others.
func (tx *Tx) verifyOrganisation() ([]Fault, error) {
	return raw[Fault](tx, `
		with e as (
			select *, lag(hash) over w as before, lag(seq) over w as seq_before from organisation_events window w as (order by seq)
		), last as (select seq, hash from organisation_events order by seq desc limit 1)
		select 'organisation' as stream_kind, seq, 'altered' as what from e where hash <> organisation_digest(prev_hash, seq, kind, actor_kind, staff_id, data, at)
		union all
		select 'organisation', seq, 'missing' from e where seq <> coalesce(seq_before, 0) + 1
		union all
		select 'organisation', seq, 'reordered' from e where seq = coalesce(seq_before, 0) + 1 and prev_hash <> coalesce(before, decode(repeat('00', 32), 'hex'))
		union all
		select 'organisation', h.seq, 'head' from event_heads h left join last l on true where h.stream_kind = 'organisation' and (l.seq, l.hash) is distinct from (h.seq, h.hash)
		union all
		select 'organisation', l.seq, 'unheaded' from last l where not exists (select from event_heads where stream_kind = 'organisation')
		order by 2`)
}

// StaffQuery says which members of staff to list, in order of name.
type StaffQuery struct {
	Search string  // part of a name, an address or a title; empty: all
	After  StaffID // keyset: the last row of the page before
	Limit  int
}

// StaffList lists members of staff. There are some hundreds: the search reads them all.
func (tx *Tx) StaffList(q StaffQuery) ([]Staff, error) {
	escape := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	like := "%" + escape.Replace(strings.ToLower(strings.TrimSpace(q.Search))) + "%"
	return raw[Staff](tx, `select * from staff where (lower(name) like ? or email like ? or lower(title) like ?)
		and (?::uuid is null or (name, id) > (select name, id from staff where id = ?)) order by name, id limit ?`,
		like, like, like, q.After, q.After, q.Limit)
}

// CountStaff counts the members of staff.
func (tx *Tx) CountStaff() (int, error) {
	rows, err := raw[struct{ N int }](tx, "select count(*) as n from staff")
	if err != nil {
		return 0, err
	}
	return rows[0].N, nil
}

// AssignmentsOf lists every assignment of the members of staff given, past and coming too, newest first.
func (tx *Tx) AssignmentsOf(ids ...StaffID) ([]Assignment, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return raw[Assignment](tx, "select * from assignments where staff_id in ? order by valid_from desc, role, id", ids)
}

// Assignments lists every assignment, past and coming too.
func (tx *Tx) Assignments() ([]Assignment, error) {
	return raw[Assignment](tx, "select * from assignments order by valid_from, id")
}

// Assignment loads one assignment.
func (tx *Tx) Assignment(id ID[Assignment]) (Assignment, error) {
	rows, err := raw[Assignment](tx, "select * from assignments where id = ?", id)
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Assignment{}, err
	}
	return rows[0], nil
}

// LockAdministration waits for imports and for other administrators: what one checks must not move under it.
func (tx *Tx) LockAdministration() error {
	if err := tx.db.Exec("select pg_advisory_xact_lock(?)", int64(importLock)).Error; err != nil {
		return fmt.Errorf("lock organisation: %w", err)
	}
	return nil
}

// InsertStaff stores a new member of staff; an address that somebody has is ErrConflict.
func (tx *Tx) InsertStaff(s Staff) error {
	res := tx.db.Exec("insert into staff (id, email, name, title) values (?, lower(?), ?, ?) on conflict on constraint staff_email_key do nothing",
		s.ID, s.Email, s.Name, s.Title)
	return changed(res.RowsAffected, res.Error)
}

// UnbindStaff lets go of the login a member of staff is bound to: the next login with their address binds anew. One that is
// not bound is ErrConflict.
func (tx *Tx) UnbindStaff(id StaffID) error {
	res := tx.db.Exec("update staff set issuer = null, sub = null, bound_at = null where id = ? and sub is not null", id)
	return changed(res.RowsAffected, res.Error)
}

// InsertAssignment stores a new assignment. One with the same person, role, controller and first day is ErrConflict.
func (tx *Tx) InsertAssignment(a Assignment) error {
	res := tx.db.Exec(`insert into assignments (id, staff_id, role, controller_id, valid_from, valid_to, cleared, deputy_for)
		values (?, ?, ?, ?, ?, ?, ?, ?) on conflict on constraint assignments_key do nothing`,
		a.ID, a.StaffID, a.Role, a.ControllerID, a.ValidFrom, a.ValidTo, a.Cleared, a.DeputyFor)
	return changed(res.RowsAffected, res.Error)
}

// EndAssignment gives an assignment a last day; the zero date means until further notice. One that was ended at once is
// ErrConflict.
func (tx *Tx) EndAssignment(id ID[Assignment], last calendar.Date) error {
	res := tx.db.Exec("update assignments set valid_to = ? where id = ? and ended_at is null", last, id)
	return changed(res.RowsAffected, res.Error)
}

// StopAssignment ends an assignment at once and for good; last is its last day as it will be told afterwards.
func (tx *Tx) StopAssignment(id ID[Assignment], last calendar.Date) error {
	res := tx.db.Exec("update assignments set valid_to = ?, ended_at = ? where id = ? and ended_at is null", last, tx.Now, id)
	return changed(res.RowsAffected, res.Error)
}

// ClearAssignment says whether an assignment may handle protected persons.
func (tx *Tx) ClearAssignment(id ID[Assignment], cleared bool) error {
	res := tx.db.Exec("update assignments set cleared = ? where id = ? and ended_at is null", cleared, id)
	return changed(res.RowsAffected, res.Error)
}

// Delegations lists the delegations the actor may see, past and coming too, by controller and number.
func (tx *Tx) Delegations() ([]Delegation, error) {
	return raw[Delegation](tx, `select d.* from delegations d join controllers c on c.id = d.controller_id
		order by c.position, c.name, string_to_array(d.number, '.'), d.number, d.valid_from desc, d.id`)
}

// Delegation loads one delegation that the actor may see.
func (tx *Tx) Delegation(id DelegationID) (Delegation, error) {
	rows, err := raw[Delegation](tx, "select * from delegations where id = ?", id)
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Delegation{}, err
	}
	return rows[0], nil
}

// InsertDelegation stores a new delegation. One with the same controller, number, holder and first day is ErrConflict.
func (tx *Tx) InsertDelegation(d Delegation) error {
	res := tx.db.Exec(`insert into delegations (id, controller_id, number, text, decision_kinds, staff_id, position_title, adopted_on, paragraph,
		valid_from, valid_to) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict on constraint delegations_key do nothing`,
		d.ID, d.ControllerID, d.Number, d.Text, d.DecisionKinds, d.StaffID, d.PositionTitle, d.AdoptedOn, d.Paragraph, d.ValidFrom, d.ValidTo)
	return changed(res.RowsAffected, res.Error)
}

// EndDelegation gives a delegation its last day. What was decided under it stays decided.
func (tx *Tx) EndDelegation(id DelegationID, last calendar.Date) error {
	res := tx.db.Exec("update delegations set valid_to = ? where id = ?", last, id)
	return changed(res.RowsAffected, res.Error)
}

// ImportTrial is a lot of spreadsheets that has been tried and waits to be read in.
type ImportTrial struct {
	ID         ID[ImportTrial]
	StaffID    StaffID
	CreatedAt  time.Time
	EndMissing calendar.Date // from when what the files no longer have is to end; zero: it is left alone
	Files      Sealed

	Sheets []ImportedFile `gorm:"-:all"` // what Files holds
}

// ImportedFile is one spreadsheet.
type ImportedFile struct {
	Name string `json:"name"`
	Body []byte `json:"body"`
}

// ImportTrialKey is the id of the data key that seals spreadsheets that wait.
func ImportTrialKey() uuid.UUID { return uuid.MustParse("5e551040-0000-7000-8000-000000000013") }

// PutImportTrial stores the actor's spreadsheets in place of those that waited before.
func (tx *Tx) PutImportTrial(t *ImportTrial) (err error) {
	if t.Files, err = tx.sealJSON(ImportTrialKey(), "import_trials", "files", t.ID.UUID(), t.Sheets); err != nil {
		return err
	}
	if err := tx.db.Exec("delete from import_trials where staff_id = ?", t.StaffID).Error; err != nil {
		return err
	}
	return tx.db.Exec("insert into import_trials (id, staff_id, created_at, end_missing, files) values (?, ?, ?, ?, ?)",
		t.ID, t.StaffID, tx.Now, t.EndMissing, []byte(t.Files)).Error
}

// ImportTrial loads the actor's spreadsheets that were tried at since or later.
func (tx *Tx) ImportTrial(id ID[ImportTrial], since time.Time) (ImportTrial, error) {
	rows, err := raw[ImportTrial](tx, "select * from import_trials where id = ? and staff_id = ? and created_at >= ?", id, tx.Actor.Staff, since)
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return ImportTrial{}, err
	}
	t := rows[0]
	return t, tx.openJSON(ImportTrialKey(), "import_trials", "files", t.ID.UUID(), t.Files, &t.Sheets)
}

// EndMissingInTrial remembers from when what the spreadsheets no longer have is to end; the zero date is never.
func (tx *Tx) EndMissingInTrial(id ID[ImportTrial], from calendar.Date) error {
	res := tx.db.Exec("update import_trials set end_missing = ? where id = ?", from, id)
	return changed(res.RowsAffected, res.Error)
}

// DropImportTrial throws the actor's spreadsheets away.
func (tx *Tx) DropImportTrial(id ID[ImportTrial]) error {
	return tx.db.Exec("delete from import_trials where id = ?", id).Error
}

// DropImportTrials throws away what was tried before an instant, whoever's.
func (tx *Tx) DropImportTrials(before time.Time) error {
	return tx.db.Exec("delete from import_trials where created_at < ?", before).Error
}
