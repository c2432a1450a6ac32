package models

import (
	"fmt"

	"insyn/internal/calendar"
)

// Protect sets or lifts the protection of the person whose request it is, on everything about them, and tells so in the chain
// of the case if one is given, else of the request. reason is a code, for lifting. It answers whether anything changed. The
// database asks once more whether the actor may. Who is not cleared sees nothing of the person from here on.
func (tx *Tx) Protect(r RequestID, c CaseID, protected bool, reason string) (bool, error) {
	var why *string
	if reason != "" {
		why = &reason
	}
	rows, err := raw[struct{ Done bool }](tx, "select protect(?, ?, ?, ?, ?) as done", r, c, protected, why, tx.Now)
	if err != nil {
		return false, fmt.Errorf("protect: %w", err)
	}
	return rows[0].Done, nil
}

// OwnProtection tells whether the actor, a resident, is flagged as having protected personal data.
func (tx *Tx) OwnProtection() (bool, error) {
	rows, err := raw[struct{ Protected bool }](tx, "select protected from subjects where id = ?", tx.Actor.Subject)
	return err == nil && len(rows) == 1 && rows[0].Protected, err
}

// AllOf lists every request and case of a person that the actor may see: for the system.
func (tx *Tx) AllOf(s SubjectID) ([]Request, []Case, error) {
	requests, err := raw[Request](tx, "select * from requests where subject_id = ? order by id", s)
	if err != nil {
		return nil, nil, err
	}
	cases, err := raw[Case](tx, "select * from cases where subject_id = ? order by id", s)
	return requests, cases, err
}

// UnhandledProtected counts the open cases of protected people at controllers where nobody is cleared to handle them on the
// day. For the administrator, the DSO and a cleared servicecenter: a number and nothing else.
func (tx *Tx) UnhandledProtected(day calendar.Date) (int, error) {
	rows, err := raw[struct{ N int }](tx, "select unhandled_protected(?) as n", day)
	if err != nil {
		return 0, fmt.Errorf("count unhandled: %w", err)
	}
	return rows[0].N, nil
}

// reachable is what may be known of a person: of a protected one no contact data at all (OSL 21 kap. 3 §). The answer is fetched.
func (p Person) reachable(protected bool) Person {
	if protected {
		p.Email, p.Phone, p.Address = "", "", ""
	}
	return p
}
