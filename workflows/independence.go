package workflows

import (
	"slices"

	"insyn/internal/calendar"
	"insyn/models"
)

// reviewsItself tells whether an assignment makes somebody DSO and also ombud or decision maker, anywhere at one time: the
// DSO would review what they have done themselves (art 38.6). Every way in asks it: spreadsheets, the administrator's pages,
// the command.
func reviewsItself(a models.Assignment, others []models.Assignment) bool {
	handles := func(r models.Role) bool { return r == models.RoleOmbud || r == models.RoleDecider }
	return a.EndedAt == nil && slices.ContainsFunc(others, func(b models.Assignment) bool {
		return a.StaffID == b.StaffID && b.EndedAt == nil && (a.Role == models.RoleDSO && handles(b.Role) || handles(a.Role) && b.Role == models.RoleDSO) &&
			overlap(a.ValidFrom, a.ValidTo, b.ValidFrom, b.ValidTo)
	})
}

// holdsDecisions tells whether the holder of a delegation is ombud or decision maker at its controller at some time during
// it. DSO, servicecenter and registrator never decide (design.md section 5, 8).
func holdsDecisions(d models.Delegation, assignments []models.Assignment) bool {
	return slices.ContainsFunc(assignments, func(a models.Assignment) bool {
		return a.StaffID == d.StaffID && a.ControllerID == d.ControllerID && a.EndedAt == nil &&
			(a.Role == models.RoleOmbud || a.Role == models.RoleDecider) && overlap(a.ValidFrom, a.ValidTo, d.ValidFrom, d.ValidTo)
	})
}

// administratorStays tells whether somebody else goes on as administrator after the last day of an administrator.
func administratorStays(leaving models.StaffID, last calendar.Date, assignments []models.Assignment) bool {
	return slices.ContainsFunc(assignments, func(a models.Assignment) bool {
		return a.Role == models.RoleAdmin && a.StaffID != leaving && a.EndedAt == nil && !a.ValidFrom.After(last) &&
			(a.ValidTo.IsZero() || a.ValidTo.After(last))
	})
}

// overlap tells whether two periods have a day in common; no last day means for ever.
func overlap(from, to, otherFrom, otherTo calendar.Date) bool {
	return (to.IsZero() || !otherFrom.After(to)) && (otherTo.IsZero() || !from.After(otherTo))
}
