package workflows

import (
	"maps"
	"slices"
	"strconv"
	"strings"

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
	importFaultPeriod         = "period"
	importFaultAdoptedLate    = "adopted-late"
	importFaultAdoptedFuture  = "adopted-future"
	importFaultTwice          = "duplicate"
	importFaultController     = "unknown-controller"
	importFaultStaff          = "unknown-staff"
	importFaultSystem         = "unknown-system"
	importFaultHolder         = "holder-role"
	importFaultIndependence   = "dso-independence"
	importFaultNumber         = "number-stored"
)

// importStored is what the database holds, in the form of rows.
type importStored struct {
	controllers []importController
	staff       []importStaff
	assignments []importAssignment
	delegations []importDelegation
	systems     []importSystem
	activities  []importActivity
}

func storedImport(o models.Organisation) importStored {
	var s importStored
	prefixes, emails, names := map[models.ControllerID]string{}, map[models.StaffID]string{}, map[models.SystemID]string{}
	for _, c := range o.Controllers {
		prefixes[c.ID] = c.Prefix
		s.controllers = append(s.controllers, importController{c})
	}
	for _, p := range o.Staff {
		emails[p.ID] = p.Email
		s.staff = append(s.staff, importStaff{p})
	}
	for _, a := range o.Assignments {
		s.assignments = append(s.assignments, importAssignment{a, emails[a.StaffID], prefixes[a.ControllerID]})
	}
	for _, d := range o.Delegations {
		s.delegations = append(s.delegations, importDelegation{d, emails[d.StaffID], prefixes[d.ControllerID]})
	}
	for _, sys := range o.Systems {
		names[sys.ID] = sys.Name
		s.systems = append(s.systems, importSystem{sys, prefixes[sys.ControllerID]})
	}
	for _, a := range o.Activities {
		s.activities = append(s.activities, importActivity{a, prefixes[a.ControllerID], names[a.SystemID]})
	}
	return s
}

// resolve gives every row its ids: known rows keep theirs, new rows get one, and words that refer to other rows find them in
// the files or in the database.
func (in *importing) resolve(before importStored) {
	controllers, staff, systems := map[string]models.ControllerID{}, map[string]models.StaffID{}, map[string]models.SystemID{}
	for _, c := range before.controllers {
		controllers[c.key()] = c.ID
	}
	for _, s := range before.staff {
		staff[s.key()] = s.ID
	}
	for _, s := range before.systems {
		systems[s.key()] = s.ID
	}
	for i := range in.controllers {
		c := &in.controllers[i].value
		c.ID = known(controllers, c.key())
	}
	for i := range in.staff {
		s := &in.staff[i].value
		s.ID = known(staff, s.key())
	}
	for i := range in.systems {
		row := &in.systems[i]
		row.value.ID = known(systems, row.value.key())
		row.value.ControllerID = refer(row.record, colController, importFaultController, controllers, row.value.prefix)
	}
	for i := range in.assignments {
		row := &in.assignments[i]
		row.value.ID = models.NewID[models.Assignment]()
		row.value.StaffID = refer(row.record, colEmail, importFaultStaff, staff, row.value.email)
		row.value.ControllerID = refer(row.record, colController, importFaultController, controllers, row.value.prefix)
	}
	for i := range in.delegations {
		row := &in.delegations[i]
		row.value.ID = models.NewID[models.Delegation]()
		row.value.StaffID = refer(row.record, colEmail, importFaultStaff, staff, row.value.email)
		row.value.ControllerID = refer(row.record, colController, importFaultController, controllers, row.value.prefix)
	}
	for i := range in.activities {
		row := &in.activities[i]
		row.value.ID = models.NewID[models.Activity]()
		row.value.ControllerID = refer(row.record, colController, importFaultController, controllers, row.value.prefix)
		if !row.value.ControllerID.IsZero() && row.value.system != "" {
			row.value.SystemID = referSystem(row, systems)
		}
	}
}

// known finds the id of a natural key, or gives it a new one.
func known[T any](ids map[string]models.ID[T], key string) models.ID[T] {
	if _, ok := ids[key]; !ok && key != "" {
		ids[key] = models.NewID[T]()
	}
	return ids[key]
}

// refer finds the id a cell refers to. An empty cell refers to nothing; whether it may be empty has been asked before.
func refer[T any](r *sheet.Record, column, fault string, ids map[string]models.ID[T], key string) models.ID[T] {
	id, ok := ids[key]
	if !ok && key != "" {
		args := sheet.Args{}
		if fault == importFaultController {
			args["expected"] = sortedKeys(ids)
		}
		r.Fail(column, fault, args)
	}
	return id
}

func referSystem(row *importRow[importActivity], systems map[string]models.SystemID) models.SystemID {
	of := importSystem{prefix: row.value.prefix}
	of.Name = row.value.system
	id, ok := systems[of.key()]
	if !ok {
		row.record.Fail(colSystem, importFaultSystem, sheet.Args{"controller": row.value.prefix})
	}
	return id
}

func sortedKeys[T any](ids map[string]models.ID[T]) string {
	keys := make([]string, 0, len(ids))
	for k := range ids {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return strings.Join(keys, ", ")
}

// check looks at the rows together.
func (in *importing) check(before importStored, today calendar.Date) {
	onceOnly(in.controllers, "prefix")
	onceOnly(in.staff, colEmail)
	onceOnly(in.assignments, colEmail)
	onceOnly(in.delegations, "number")
	onceOnly(in.systems, colSystem)
	onceOnly(in.activities, "activity")
	assignments := in.allAssignments(before)
	for _, row := range in.delegations {
		if row.value.AdoptedOn.After(today) {
			row.record.Fail("adopted", importFaultAdoptedFuture, sheet.Args{"today": today.String()})
		}
		if !row.record.Faulty() && !holdsDecisions(row.value.Delegation, assignments) {
			row.record.Fail(colEmail, importFaultHolder, sheet.Args{"controller": row.value.prefix})
		}
	}
	for _, row := range in.assignments {
		if !row.record.Faulty() && reviewsItself(row.value.Assignment, assignments) {
			row.record.Fail("role", importFaultIndependence, nil)
		}
	}
}

// onceOnly finds rows with the natural key of an earlier one.
func onceOnly[T importEntity](rows []importRow[T], column string) {
	first := map[string]*sheet.Record{}
	for _, row := range rows {
		if row.record.Faulty() {
			continue // a key made of what could not be read says nothing
		}
		if earlier, twice := first[row.value.key()]; twice {
			at := earlier.At("")
			row.record.Fail(column, importFaultTwice, sheet.Args{"file": at.File, "sheet": at.Sheet, "row": strconv.Itoa(at.Row)})
			continue
		}
		first[row.value.key()] = row.record
	}
}

// allAssignments gives the assignments there will be: those of the files, and those stored that the files do not have,
// which stay.
func (in *importing) allAssignments(before importStored) []models.Assignment {
	all := map[string]models.Assignment{}
	for _, a := range before.assignments {
		all[a.key()] = a.Assignment
	}
	for _, row := range in.assignments {
		now := row.value.Assignment
		now.EndedAt = all[row.value.key()].EndedAt // a file does not bring back what was ended at once
		all[row.value.key()] = now
	}
	return slices.Collect(maps.Values(all))
}
