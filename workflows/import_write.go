package workflows

import (
	"errors"

	"insyn/internal/calendar"
	"insyn/models"
)

// writeAll writes what is new or changed of every table, and ends what is to be ended.
func (in *importing) writeAll(tx *models.Tx, before importStored) error {
	return errors.Join(
		writeImported(in, ImportControllers, in.controllers, before.controllers, importController.until, func(rows []importController) error {
			return tx.SaveControllers(importModels(rows, func(r importController) models.Controller { return r.Controller }))
		}),
		writeImported(in, ImportStaff, in.staff, before.staff, nil, func(rows []importStaff) error {
			return tx.SaveStaff(importModels(rows, func(r importStaff) models.Staff { return r.Staff }))
		}),
		writeImported(in, ImportAssignments, in.assignments, before.assignments, importAssignment.until, func(rows []importAssignment) error {
			return tx.SaveAssignments(importModels(rows, func(r importAssignment) models.Assignment { return r.Assignment }))
		}),
		writeImported(in, ImportDelegations, in.delegations, before.delegations, importDelegation.until, func(rows []importDelegation) error {
			return tx.SaveDelegations(importModels(rows, func(r importDelegation) models.Delegation { return r.Delegation }))
		}),
		writeImported(in, ImportSystems, in.systems, before.systems, importSystem.until, func(rows []importSystem) error {
			return tx.SaveSystems(importModels(rows, func(r importSystem) models.System { return r.System }))
		}),
		writeImported(in, ImportActivities, in.activities, before.activities, importActivity.until, func(rows []importActivity) error {
			return tx.SaveActivities(importModels(rows, func(r importActivity) models.Activity { return r.Activity }))
		}),
	)
}

func importModels[T, M any](rows []T, model func(T) M) []M {
	out := make([]M, len(rows))
	for i, r := range rows {
		out[i] = model(r)
	}
	return out
}

// writeImported writes the rows of one table and notes what becomes of them, and which stored rows no file has. until gives a
// row another last day; nil for a table whose rows have none.
func writeImported[T importEntity](in *importing, table ImportTable, rows []importRow[T], stored []T, until func(T, calendar.Date) T, save func([]T) error) error {
	old := importByKey(stored)
	summary := ImportSummary{Table: table}
	var write []T
	for _, row := range rows {
		key := importMatchKey(row.value)
		was, known := old[key]
		var differences []ImportDifference
		if known {
			if differences = compareImported(table, was.fields(), row.value.fields()); len(differences) == 0 {
				summary.Unchanged++
				continue
			}
			summary.Changed++
		} else {
			summary.Created++
		}
		write = append(write, row.value)
		at := row.record.At("")
		in.changes = append(in.changes, ImportChange{Table: table, File: at.File, Sheet: at.Sheet, Row: at.Row, Key: row.value.key(), Created: !known, Differences: differences})
	}
	for _, s := range stored {
		gone, ok := in.missing(table, s)
		if !ok {
			continue
		}
		in.gone = append(in.gone, gone)
		summary.Gone++
		if gone.EndedNow {
			summary.Ended++
			write = append(write, until(s, gone.Last))
		}
	}
	if in.present[table] || summary.Gone > 0 {
		in.summaries = append(in.summaries, summary)
	}
	return save(write)
}

func compareImported(table ImportTable, old, now []importField) []ImportDifference {
	var out []ImportDifference
	for i := range now {
		if old[i].value != now[i].value {
			out = append(out, ImportDifference{Heading: importHeading(table, now[i].column), Old: old[i].value, New: now[i].value})
		}
	}
	return out
}
