package models

import (
	"insyn/internal/calendar"
)

// abandonedCase is the condition that a case has a handler who is ombud at its controller no longer; it takes the civil date
// twice.
const abandonedCase = `handler_id is not null and not exists (select from assignments a where a.staff_id = handler_id
	and a.controller_id = cases.controller_id and a.role = 'ombud' and a.ended_at is null and a.valid_from <= ?::date and (a.valid_to is null or a.valid_to >= ?::date))`

// AbandonedCases lists open cases whose handler is ombud at the controller no longer, the most urgent first: somebody must take
// them over.
func (tx *Tx) AbandonedCases(controllers []ControllerID, limit int) ([]Case, error) {
	if len(controllers) == 0 {
		return nil, nil
	}
	today := calendar.DateOf(tx.Now)
	return raw[Case](tx, `select * from cases where controller_id in ? and state not in ('released', 'closed', 'withdrawn') and `+abandonedCase+`
		order by due_on, id limit ?`, controllers, today, today, limit)
}

// CountAbandoned counts what AbandonedCases lists.
func (tx *Tx) CountAbandoned(controllers []ControllerID) (int, error) {
	if len(controllers) == 0 {
		return 0, nil
	}
	today := calendar.DateOf(tx.Now)
	rows, err := raw[struct{ N int }](tx, `select count(*) as n from cases where controller_id in ? and state not in ('released', 'closed', 'withdrawn')
		and `+abandonedCase, controllers, today, today)
	if err != nil {
		return 0, err
	}
	return rows[0].N, nil
}

// Abandoned tells which of the cases given AbandonedCases would list, in one statement for a page of them.
func (tx *Tx) Abandoned(ids []CaseID) (map[CaseID]bool, error) {
	out := map[CaseID]bool{}
	if len(ids) == 0 {
		return out, nil
	}
	today := calendar.DateOf(tx.Now)
	rows, err := raw[struct{ ID CaseID }](tx, `select id from cases where id in ? and state not in ('released', 'closed', 'withdrawn') and `+abandonedCase, ids, today, today)
	for _, r := range rows {
		out[r.ID] = true
	}
	return out, err
}
