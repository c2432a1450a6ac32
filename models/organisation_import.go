package models

import (
	"fmt"
)

// Put tells what an upsert did.
type Put string

// What an upsert can do. A row that says the same already is not written again.
const (
	PutUnchanged Put = "unchanged"
	PutCreated   Put = "created"
	PutChanged   Put = "changed"
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
	var o Organisation
	if err := tx.db.Exec("select pg_advisory_xact_lock(?)", int64(importLock)).Error; err != nil {
		return o, fmt.Errorf("lock organisation: %w", err)
	}
	var err error
	if o.Controllers, err = raw[Controller](tx, "select * from controllers order by position, prefix"); err != nil {
		return o, fmt.Errorf("load controllers: %w", err)
	}
	if o.Staff, err = raw[Staff](tx, "select * from staff order by email"); err != nil {
		return o, fmt.Errorf("load staff: %w", err)
	}
	if o.Assignments, err = raw[Assignment](tx, "select * from assignments order by id"); err != nil {
		return o, fmt.Errorf("load assignments: %w", err)
	}
	if o.Delegations, err = raw[Delegation](tx, "select * from delegations order by id"); err != nil {
		return o, fmt.Errorf("load delegations: %w", err)
	}
	if o.Systems, err = raw[System](tx, "select * from systems order by id"); err != nil {
		return o, fmt.Errorf("load systems: %w", err)
	}
	if o.Activities, err = raw[Activity](tx, "select * from activities order by id"); err != nil {
		return o, fmt.Errorf("load activities: %w", err)
	}
	return o, nil
}

// upsert runs an insert … on conflict … returning (xmax = 0). A row that is as it should be returns nothing; xmax is 0
// for a fresh row and the transaction's own number for one that was locked to be updated.
func (tx *Tx) upsert(sql string, args ...any) (Put, error) {
	rows, err := raw[struct{ Created bool }](tx, sql, args...)
	switch {
	case err != nil:
		return "", err
	case len(rows) == 0:
		return PutUnchanged, nil
	case rows[0].Created:
		return PutCreated, nil
	default:
		return PutChanged, nil
	}
}

// PutController creates or updates the controller with c.Prefix; c.ID is used for a new one only.
func (tx *Tx) PutController(c Controller) (Put, error) {
	put, err := tx.upsert(`insert into controllers as t (id, prefix, name, description, kind, sensitive, court, address, email, phone,
			dpo_name, dpo_email, dpo_phone, processor_agreement, review_days, position)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict on constraint controllers_prefix_key do update set name = excluded.name, description = excluded.description,
			kind = excluded.kind, sensitive = excluded.sensitive, court = excluded.court, address = excluded.address,
			email = excluded.email, phone = excluded.phone, dpo_name = excluded.dpo_name, dpo_email = excluded.dpo_email,
			dpo_phone = excluded.dpo_phone, processor_agreement = excluded.processor_agreement,
			review_days = excluded.review_days, position = excluded.position
		where (t.name, t.description, t.kind, t.sensitive, t.court, t.address, t.email, t.phone, t.dpo_name, t.dpo_email,
				t.dpo_phone, t.processor_agreement, t.review_days, t.position)
			is distinct from (excluded.name, excluded.description, excluded.kind, excluded.sensitive, excluded.court,
				excluded.address, excluded.email, excluded.phone, excluded.dpo_name, excluded.dpo_email, excluded.dpo_phone,
				excluded.processor_agreement, excluded.review_days, excluded.position)
		returning (xmax = 0) as created`,
		c.ID, c.Prefix, c.Name, c.Description, c.Kind, c.Sensitive, c.Court, c.Address, c.Email, c.Phone,
		c.DPOName, c.DPOEmail, c.DPOPhone, c.ProcessorAgreement, c.ReviewDays, c.Position)
	return put, putError("controller", err)
}

// PutStaff creates or updates the member of staff with s.Email; s.ID is used for a new one only. Whom the person is bound
// to at the identity provider is left alone.
func (tx *Tx) PutStaff(s Staff) (Put, error) {
	put, err := tx.upsert(`insert into staff as t (id, email, name, title) values (?, ?, ?, ?)
		on conflict on constraint staff_email_key do update set name = excluded.name, title = excluded.title
		where (t.name, t.title) is distinct from (excluded.name, excluded.title)
		returning (xmax = 0) as created`, s.ID, s.Email, s.Name, s.Title)
	return put, putError("staff", err)
}

// PutAssignment creates the assignment, or moves its last day; its key is person, role, controller and first day.
func (tx *Tx) PutAssignment(a Assignment) (Put, error) {
	put, err := tx.upsert(`insert into assignments as t (id, staff_id, role, controller_id, valid_from, valid_to) values (?, ?, ?, ?, ?, ?)
		on conflict on constraint assignments_key do update set valid_to = excluded.valid_to
		where t.valid_to is distinct from excluded.valid_to
		returning (xmax = 0) as created`, a.ID, a.StaffID, a.Role, a.ControllerID, a.ValidFrom, a.ValidTo)
	return put, putError("assignment", err)
}

// PutDelegation creates or updates the delegation; its key is controller, number, holder and first day.
func (tx *Tx) PutDelegation(d Delegation) (Put, error) {
	put, err := tx.upsert(`insert into delegations as t (id, controller_id, number, text, decision_kinds, staff_id, position_title,
			adopted_on, paragraph, valid_from, valid_to) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict on constraint delegations_key do update set text = excluded.text, decision_kinds = excluded.decision_kinds,
			position_title = excluded.position_title, adopted_on = excluded.adopted_on, paragraph = excluded.paragraph,
			valid_to = excluded.valid_to
		where (t.text, t.decision_kinds, t.position_title, t.adopted_on, t.paragraph, t.valid_to)
			is distinct from (excluded.text, excluded.decision_kinds, excluded.position_title, excluded.adopted_on,
				excluded.paragraph, excluded.valid_to)
		returning (xmax = 0) as created`,
		d.ID, d.ControllerID, d.Number, d.Text, d.DecisionKinds, d.StaffID, d.PositionTitle, d.AdoptedOn, d.Paragraph, d.ValidFrom, d.ValidTo)
	return put, putError("delegation", err)
}

// PutSystem creates or updates the system; its key is controller and name.
func (tx *Tx) PutSystem(s System) (Put, error) {
	put, err := tx.upsert(`insert into systems as t (id, controller_id, name, description, owner, search_hint, classification, position)
		values (?, ?, ?, ?, ?, ?, ?, ?)
		on conflict on constraint systems_key do update set description = excluded.description, owner = excluded.owner,
			search_hint = excluded.search_hint, classification = excluded.classification, position = excluded.position
		where (t.description, t.owner, t.search_hint, t.classification, t.position)
			is distinct from (excluded.description, excluded.owner, excluded.search_hint, excluded.classification, excluded.position)
		returning (xmax = 0) as created`, s.ID, s.ControllerID, s.Name, s.Description, s.Owner, s.SearchHint, s.Classification, s.Position)
	return put, putError("system", err)
}

// PutActivity creates or updates the activity; its key is controller, system and name.
func (tx *Tx) PutActivity(a Activity) (Put, error) {
	put, err := tx.upsert(`insert into activities as t (id, controller_id, system_id, name, purpose, legal_basis, data_categories,
			recipients, storage, source, third_country, automated) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict on constraint activities_key do update set purpose = excluded.purpose, legal_basis = excluded.legal_basis,
			data_categories = excluded.data_categories, recipients = excluded.recipients, storage = excluded.storage,
			source = excluded.source, third_country = excluded.third_country, automated = excluded.automated
		where (t.purpose, t.legal_basis, t.data_categories, t.recipients, t.storage, t.source, t.third_country, t.automated)
			is distinct from (excluded.purpose, excluded.legal_basis, excluded.data_categories, excluded.recipients,
				excluded.storage, excluded.source, excluded.third_country, excluded.automated)
		returning (xmax = 0) as created`, a.ID, a.ControllerID, a.SystemID, a.Name, a.Purpose, a.LegalBasis, a.DataCategories,
		a.Recipients, a.Storage, a.Source, a.ThirdCountry, a.Automated)
	return put, putError("activity", err)
}

func putError(what string, err error) error {
	if err != nil {
		return fmt.Errorf("put %s: %w", what, err)
	}
	return nil
}
