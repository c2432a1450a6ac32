package workflows

import (
	"slices"

	"insyn/internal/calendar"
	"insyn/internal/sheet"
	"insyn/models"
)

// The faults that only the tables together show, and those of what they mean.
const (
	importFaultEmpty          = "file-empty"
	importFaultSheet          = "sheet-unknown"
	importFaultCourt          = "court-required"
	importFaultAgreement      = "agreement-required"
	importFaultRoleAnywhere   = "role-without-controller"
	importFaultRoleController = "role-needs-controller"
	importFaultRoleCleared    = "role-never-cleared"
	importFaultPeriod         = "period"
	importFaultAdoptedLate    = "adopted-late"
	importFaultAdoptedFuture  = "adopted-future"
	importFaultTwice          = "duplicate"
	importFaultController     = "unknown-controller"
	importFaultNoControllers  = "no-controllers"
	importFaultStaff          = "unknown-staff"
	importFaultSystem         = "unknown-system"
	importFaultHolder         = "holder-role"
	importFaultIndependence   = "dso-independence"
	importFaultNumber         = "number-stored"
	importFaultAdministrator  = "administrator-left"
	importFaultDeputySelf     = "deputy-self"
	importFaultDeputyRole     = "deputy-role"
	importFaultProcessorSelf  = "processor-self"
	importFaultJointSelf      = "joint-self"
	importFaultCoordinates    = "coordinates-twice"
	importFaultEnded          = "assignment-ended"

	importFaultDelegationEnded   = "delegation-ended"
	importFaultLastAdministrator = "administrator-last"
)

// check looks at the rows together.
func (in *importing) check(before importStored, today calendar.Date) {
	in.checkCoordinator(before)
	assignments := in.allAssignments(before)
	unsure := in.unsure[ImportAssignments]
	for _, row := range in.assignments {
		unsure = unsure || row.record.Faulty() // it may be what is missed below
	}
	for _, row := range in.assignments {
		if a := row.value.counted(); !row.record.Faulty() && !unsure && !a.DeputyFor.IsZero() && !deputises(a, assignments) {
			row.record.Fail(colDeputyFor, importFaultDeputyRole, sheet.Args{"role": importRoles().Text(string(a.Role))})
		}
	}
	for _, row := range in.delegations {
		if row.value.AdoptedOn.After(today) {
			row.record.Fail("adopted", importFaultAdoptedFuture, sheet.Args{"today": today.String()})
		}
		if d := row.value.Delegation; !row.record.Faulty() && !unsure && !d.StaffID.IsZero() && !d.ControllerID.IsZero() && !holdsDecisions(d, assignments) {
			row.record.Fail(colEmail, importFaultHolder, sheet.Args{"controller": row.value.prefix})
		}
	}
	in.checkIndependence(before)
	in.checkAdministrator(before, assignments)
}

// checkAdministrator sees to it that somebody goes on as administrator where one now leaves: otherwise only the command line
// helps.
func (in *importing) checkAdministrator(before importStored, after []models.Assignment) {
	stored := importByKey(before.assignments)
	for _, row := range in.assignments {
		was, known := stored[importMatchKey(row.value)]
		shorter := known && was.Role == models.RoleAdmin && !row.value.ValidTo.IsZero() && (was.lastDay().IsZero() || row.value.ValidTo.Before(was.lastDay()))
		if shorter && !row.record.Faulty() && !administratorStays(was.StaffID, row.value.ValidTo, after) {
			row.record.Fail(colTo, importFaultLastAdministrator, nil)
		}
	}
	for _, a := range before.assignments {
		gone, ok := in.missing(ImportAssignments, a)
		if ok && gone.EndedNow && a.Role == models.RoleAdmin && !administratorStays(a.StaffID, gone.Last, after) {
			in.faults.Add(sheet.Fault{File: in.fileOf(), Sheet: importKindOf(ImportAssignments).sheet, Found: a.key(), Key: importFaultLastAdministrator})
		}
	}
}

// fileOf names a file in which staff or their assignments stand.
func (in *importing) fileOf() string {
	if len(in.assignments) > 0 {
		return in.assignments[0].record.At("").File
	}
	if len(in.staff) > 0 {
		return in.staff[0].record.At("").File
	}
	return ""
}

// checkCoordinator sees to it that only one coordinates.
func (in *importing) checkCoordinator(before importStored) {
	other := ""
	for _, c := range before.controllers {
		if c.Coordinates && !in.keys[ImportControllers][importMatchKey(c)] {
			other = c.Prefix
		}
	}
	for _, row := range in.controllers {
		if !row.value.Coordinates || row.record.Faulty() {
			continue
		}
		if other != "" {
			row.record.Fail(colCoordinate, importFaultCoordinates, sheet.Args{"other": other})
			continue
		}
		other = row.value.Prefix
	}
}

// checkIndependence finds somebody who is DSO and also ombud or decision maker at one time. It is said once of a person, at the
// first row that does not fit those stored or the rows before.
func (in *importing) checkIndependence(before importStored) {
	var earlier []importAssignment
	for _, a := range before.assignments {
		if a = in.ended(a); !a.never() && !in.keys[ImportAssignments][importMatchKey(a)] {
			earlier = append(earlier, a)
		}
	}
	said := map[models.StaffID]bool{}
	for _, row := range in.assignments {
		if row.record.Faulty() || row.value.StaffID.IsZero() || said[row.value.StaffID] {
			continue
		}
		i := slices.IndexFunc(earlier, func(b importAssignment) bool {
			return reviewsItself(row.value.counted(), []models.Assignment{b.counted()})
		})
		if i >= 0 {
			said[row.value.StaffID] = true
			row.record.Fail(colRole, importFaultIndependence, sheet.Args{"other": earlier[i].key()})
			continue
		}
		earlier = append(earlier, row.value)
	}
}

func importKeys[T importEntity](rows []importRow[T]) map[string]bool {
	keys := map[string]bool{}
	for _, row := range rows {
		keys[importMatchKey(row.value)] = true
	}
	return keys
}

// allAssignments gives the assignments there will be: those of the files, and those stored that the files do not have.
func (in *importing) allAssignments(before importStored) []models.Assignment {
	var all []models.Assignment
	for _, a := range before.assignments {
		if a = in.ended(a); !a.never() && !in.keys[ImportAssignments][importMatchKey(a)] {
			all = append(all, a.counted())
		}
	}
	for _, row := range in.assignments {
		all = append(all, row.value.counted())
	}
	return all
}

// checkImportPeriod finds a last day before the first, where one of them was stored before. Within a row it has been said.
func checkImportPeriod(r *sheet.Record, from, to calendar.Date) {
	if !r.Faulty() && !from.IsZero() && !to.IsZero() && to.Before(from) {
		r.Fail(colTo, importFaultPeriod, sheet.Args{"from": from.String()})
	}
}

// deputises tells whether somebody holds the role that a deputy stands in for, at the same place and at a time in common.
func deputises(a models.Assignment, assignments []models.Assignment) bool {
	return slices.ContainsFunc(assignments, func(b models.Assignment) bool {
		return b.StaffID == a.DeputyFor && b.ControllerID == a.ControllerID && b.Role == a.Role && overlap(a.ValidFrom, a.ValidTo, b.ValidFrom, b.ValidTo)
	})
}
