package models

import (
	"errors"
	"fmt"

	"gorm.io/gorm/clause"
)

// importLock is the advisory lock that imports take in turn: what one compares with must not move under it.
const importLock = 0x696e73796e // “insyn”

// Organisation is everything that an import can load.
type Organisation struct {
	Controllers []Controller
	Staff       []Staff
	Assignments []Assignment
	Delegations []Delegation
	Systems     []System
	Activities  []Activity
}

// LockOrganisation waits for other imports and loads the organisation as it is. Two imports at once would each compare
// with what the other is about to change.
func (tx *Tx) LockOrganisation() (Organisation, error) {
	if err := tx.db.Exec("select pg_advisory_xact_lock(?)", int64(importLock)).Error; err != nil {
		return Organisation{}, fmt.Errorf("lock organisation: %w", err)
	}
	return tx.Organisation()
}

// Organisation loads what the actor may see of the organisation, in the order a reader of a spreadsheet would want.
func (tx *Tx) Organisation() (Organisation, error) {
	var o Organisation
	return o, errors.Join(
		load(tx, &o.Controllers, "select * from controllers order by position, prefix"),
		load(tx, &o.Staff, "select * from staff order by email"),
		load(tx, &o.Assignments, `select a.* from assignments a join staff s on s.id = a.staff_id left join controllers c on c.id = a.controller_id
			order by c.position nulls first, c.prefix nulls first, a.role, s.email, a.valid_from`),
		load(tx, &o.Delegations, `select d.* from delegations d join staff s on s.id = d.staff_id join controllers c on c.id = d.controller_id
			order by c.position, c.prefix, d.number, s.email, d.valid_from`),
		load(tx, &o.Systems, `select s.* from systems s join controllers c on c.id = s.controller_id order by c.position, c.prefix, s.position, s.name`),
		load(tx, &o.Activities, `select a.* from activities a join controllers c on c.id = a.controller_id join systems s on s.id = a.system_id
			order by c.position, c.prefix, s.position, s.name, a.name`),
	)
}

func load[T any](tx *Tx, rows *[]T, sql string) error {
	var err error
	if *rows, err = raw[T](tx, sql); err != nil {
		return fmt.Errorf("load organisation: %w", err)
	}
	return nil
}

// SaveControllers writes rows as they are: new ones, and old ones by their id.
func (tx *Tx) SaveControllers(rows []Controller) error {
	// Who coordinates may change: the row that lets go is written before the one that takes over.
	ordered := make([]Controller, 0, len(rows))
	for _, coordinates := range []bool{false, true} {
		for _, r := range rows {
			if r.Coordinates == coordinates {
				ordered = append(ordered, r)
			}
		}
	}
	return save(tx, ordered, "prefix", "name", "description", "kind", "sensitive", "court", "address", "email", "phone", "dpo_name", "dpo_email",
		"dpo_phone", "processor_agreement", "review_days", "position", "coordinates", "valid_to")
}

// SaveStaff writes rows: new ones, and old ones by their id. Whom a person is bound to at the identity provider is left alone.
func (tx *Tx) SaveStaff(rows []Staff) error { return save(tx, rows, "email", "name", "title") }

// SaveAssignments writes rows: new ones, and of old ones, by their id, what may change. That one was ended with effect at once
// is left alone.
func (tx *Tx) SaveAssignments(rows []Assignment) error {
	return save(tx, rows, "valid_to", "cleared", "deputy_for")
}

// SaveDelegations writes rows as they are: new ones, and old ones by their id.
func (tx *Tx) SaveDelegations(rows []Delegation) error {
	return save(tx, rows, "number", "text", "decision_kinds", "position_title", "adopted_on", "paragraph", "valid_to")
}

// SaveSystems writes rows as they are: new ones, and old ones by their id.
func (tx *Tx) SaveSystems(rows []System) error {
	return save(tx, rows, "name", "description", "owner", "search_hint", "classification", "position", "category", "common", "processor",
		"valid_from", "valid_to")
}

// SaveActivities writes rows as they are: new ones, and old ones by their id.
func (tx *Tx) SaveActivities(rows []Activity) error {
	return save(tx, rows, "name", "purpose", "legal_basis", "data_categories", "recipients", "storage", "source", "third_country", "automated",
		"subject_categories", "relations", "joint_with", "process_code", "valid_from", "valid_to")
}

// saveBatch bounds the rows of one statement; PostgreSQL takes 65 535 parameters.
const saveBatch = 500

// save inserts rows, or updates the columns named of those whose id exists.
func save[T any](tx *Tx, rows []T, columns ...string) error {
	if len(rows) == 0 {
		return nil
	}
	res := tx.db.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, DoUpdates: clause.AssignmentColumns(columns)}).CreateInBatches(rows, saveBatch)
	if res.Error != nil {
		return fmt.Errorf("save organisation: %w", res.Error)
	}
	if res.RowsAffected != int64(len(rows)) {
		return fmt.Errorf("save organisation: %d of %d rows written", res.RowsAffected, len(rows))
	}
	return nil
}
