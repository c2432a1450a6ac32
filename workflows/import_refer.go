package workflows

import (
	"slices"
	"strconv"
	"strings"

	"insyn/internal/calendar"
	"insyn/internal/sheet"
	"insyn/models"
)

// importTargets are rows that others refer to, by folded key: their ids and how the key is spelt.
type importTargets[T any] map[string]importTarget[T]

type importTarget[T any] struct {
	id    models.ID[T]
	spelt string
}

func (t importTargets[T]) list() string {
	var keys []string
	for _, target := range t {
		keys = append(keys, target.spelt)
	}
	slices.Sort(keys)
	return strings.Join(keys, ", ")
}

// importReferences finds what the words in cells refer to, in the files and in the database.
type importReferences struct {
	controllers importTargets[models.Controller]
	staff       importTargets[models.Staff]
	systems     importTargets[models.System]
	unsure      map[ImportTable]bool // tables that are not wholly known: what seems to be missing in them may be there
}

// resolve gives every row its ids: known rows keep theirs, new rows get one, and words that refer to other rows find them.
func (in *importing) resolve(before importStored) {
	refs := importReferences{controllers: importTargets[models.Controller]{}, staff: importTargets[models.Staff]{}, systems: importTargets[models.System]{}, unsure: in.unsure}
	controllers := importByKey(before.controllers)
	for _, c := range before.controllers {
		refs.controllers[sheet.Fold(c.Prefix)] = importTarget[models.Controller]{c.ID, c.Prefix}
	}
	for i := range in.controllers {
		row := &in.controllers[i]
		was, known := controllers[importMatchKey(row.value)]
		if row.value.ID = was.ID; known {
			row.value.keep(was, row.record.Has)
		}
		row.value.ID = target(in, ImportControllers, refs.controllers, row.value.Prefix, row.value.Prefix, was.ID)
	}
	for _, s := range before.staff {
		refs.staff[sheet.Fold(s.Email)] = importTarget[models.Staff]{s.ID, s.Email}
	}
	staff := importByKey(before.staff)
	for i := range in.staff {
		row := &in.staff[i]
		row.value.ID = target(in, ImportStaff, refs.staff, row.value.Email, row.value.Email, staff[importMatchKey(row.value)].ID)
	}
	onceOnly(in, ImportControllers, in.controllers, colPrefix)
	onceOnly(in, ImportStaff, in.staff, colEmail)
	in.resolveSystems(before, refs)
	in.resolveAssignments(before, refs)
	in.resolveDelegations(before, refs)
	in.resolveActivities(before, refs)
}

func (in *importing) resolveSystems(before importStored, refs importReferences) {
	for _, s := range before.systems {
		refs.systems[importMatchKey(s)] = importTarget[models.System]{s.ID, s.Name}
	}
	systems := importByKey(before.systems)
	for i := range in.systems {
		row := &in.systems[i]
		refs.controller(row.record, colController, row.value.prefix, &row.value.ControllerID)
		was, known := systems[importMatchKey(row.value)]
		if known {
			row.value.keep(was, row.record.Has)
		}
		key := importMatchKey(row.value)
		if row.value.prefix == "" || row.value.Name == "" {
			key = ""
		}
		row.value.ID = target(in, ImportSystems, refs.systems, key, row.value.Name, was.ID)
		if p, ok := refs.controllers[sheet.Fold(row.value.Processor)]; ok {
			row.value.Processor = p.spelt
			if p.id == row.value.ControllerID {
				row.record.Fail(colProcessor, importFaultProcessorSelf, nil)
			}
		}
		checkImportPeriod(row.record, row.value.ValidFrom, row.value.ValidTo)
	}
	onceOnly(in, ImportSystems, in.systems, colSystem)
}

func (in *importing) resolveAssignments(before importStored, refs importReferences) {
	stored := importByKey(before.assignments)
	for i := range in.assignments {
		row := &in.assignments[i]
		refs.person(row.record, colEmail, row.value.email, &row.value.StaffID)
		refs.person(row.record, colDeputyFor, row.value.deputyFor, &row.value.DeputyFor)
		refs.controller(row.record, colController, row.value.prefix, &row.value.ControllerID)
		row.value.ID = models.NewID[models.Assignment]()
		if was, known := stored[importMatchKey(row.value)]; known {
			row.value.ID, row.value.EndedAt = was.ID, was.EndedAt
			row.value.keep(was, row.record.Has)
			in.closed(row.record, importFaultEnded, was.lastDay(), row.value.ValidTo, was.EndedAt != nil)
		}
	}
	onceOnly(in, ImportAssignments, in.assignments, colEmail)
}

func (in *importing) resolveDelegations(before importStored, refs importReferences) {
	stored := importByKey(before.delegations)
	for i := range in.delegations {
		row := &in.delegations[i]
		refs.person(row.record, colEmail, row.value.email, &row.value.StaffID)
		refs.controller(row.record, colController, row.value.prefix, &row.value.ControllerID)
		row.value.ID = models.NewID[models.Delegation]()
		if was, known := stored[importMatchKey(row.value)]; known {
			row.value.ID = was.ID
			in.closed(row.record, importFaultDelegationEnded, was.ValidTo, row.value.ValidTo, false)
		}
	}
	onceOnly(in, ImportDelegations, in.delegations, colNumber)
}

func (in *importing) resolveActivities(before importStored, refs importReferences) {
	stored := importByKey(before.activities)
	for i := range in.activities {
		row := &in.activities[i]
		refs.controller(row.record, colController, row.value.prefix, &row.value.ControllerID)
		refs.system(row)
		for _, p := range row.value.JointWith {
			var other models.ControllerID
			refs.controller(row.record, colJoint, p, &other)
			if !other.IsZero() && other == row.value.ControllerID {
				row.record.Fail(colJoint, importFaultJointSelf, nil)
			}
		}
		row.value.ID = models.NewID[models.Activity]()
		if was, known := stored[importMatchKey(row.value)]; known {
			row.value.ID = was.ID
			row.value.keep(was, row.record.Has)
		}
		checkImportPeriod(row.record, row.value.ValidFrom, row.value.ValidTo)
	}
	onceOnly(in, ImportActivities, in.activities, colActivity)
}

// closed finds a row that would open again what is over: events and decisions speak of it, so that a new row is asked for.
func (in *importing) closed(r *sheet.Record, fault string, was, now calendar.Date, stopped bool) {
	over := stopped || !was.IsZero() && was.Before(in.today)
	if over && (now.IsZero() || now.After(was)) {
		r.Fail(colTo, fault, sheet.Args{"last": was.String()})
	}
}

// importByKey finds stored rows by their keys.
func importByKey[T importEntity](rows []T) map[string]T {
	by := make(map[string]T, len(rows))
	for _, r := range rows {
		by[importMatchKey(r)] = r
	}
	return by
}

// target makes a row of a file one that others can refer to, under its old id or a new one. A row whose key could not be read
// may be any: then nothing is said to be missing in its table.
func target[T any](in *importing, table ImportTable, targets importTargets[T], key, spelt string, old models.ID[T]) models.ID[T] {
	if old.IsZero() {
		old = models.NewID[T]()
	}
	if key = sheet.Fold(key); key == "" {
		in.unsure[table] = true
		return old
	}
	targets[key] = importTarget[T]{old, spelt}
	return old
}

// An empty cell refers to nothing; whether it may be empty has been asked before.

func (refs importReferences) controller(r *sheet.Record, column, prefix string, id *models.ControllerID) {
	t, ok := refs.controllers[sheet.Fold(prefix)]
	switch {
	case ok:
		*id = t.id
	case prefix == "" || refs.unsure[ImportControllers]:
	case len(refs.controllers) == 0:
		r.Fail(column, importFaultNoControllers, nil)
	default:
		r.Fail(column, importFaultController, sheet.Args{"expected": refs.controllers.list()})
	}
}

func (refs importReferences) person(r *sheet.Record, column, email string, id *models.StaffID) {
	if t, ok := refs.staff[sheet.Fold(email)]; ok {
		*id = t.id
	} else if email != "" && !refs.unsure[ImportStaff] {
		r.Fail(column, importFaultStaff, nil)
	}
}

func (refs importReferences) system(row *importRow[importActivity]) {
	if row.value.ControllerID.IsZero() || row.value.system == "" {
		return
	}
	of := importSystem{prefix: row.value.prefix}
	of.Name = row.value.system
	if t, ok := refs.systems[importMatchKey(of)]; ok {
		row.value.SystemID, row.value.system = t.id, t.spelt
	} else if !refs.unsure[ImportSystems] {
		row.record.Fail(colSystem, importFaultSystem, sheet.Args{"controller": row.value.prefix})
	}
}

// onceOnly finds rows with the natural key of an earlier one. What the later row was meant to be nobody knows, so that nothing
// is said to be missing in the table.
func onceOnly[T importEntity](in *importing, table ImportTable, rows []importRow[T], column string) {
	first := map[string]*sheet.Record{}
	for _, row := range rows {
		if row.record.Faulty() {
			continue // a key made of what could not be read says nothing
		}
		key := importMatchKey(row.value)
		if earlier, twice := first[key]; twice {
			at := earlier.At("")
			row.record.Fail(column, importFaultTwice, sheet.Args{"file": at.File, "sheet": at.Sheet, "row": strconv.Itoa(at.Row)})
			in.unsure[table] = true
			continue
		}
		first[key] = row.record
	}
}
