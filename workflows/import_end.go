package workflows

import (
	"insyn/internal/calendar"
	"insyn/internal/sheet"
)

// missing tells whether a stored row that still counts is in no file, though the files have its table, and what becomes of it:
// it stays as it is, or ends on the day that the caller gave. Nothing is ever deleted, and a row that has not begun by that day
// is left alone: the caller must say what it was to be.
func (in *importing) missing(table ImportTable, e importEntity) (ImportGone, bool) {
	if in.keys[table][importMatchKey(e)] || !in.present[table] && !in.left(e) {
		return ImportGone{}, false
	}
	from, last := e.period()
	gone := ImportGone{Table: table, Key: e.key(), Last: last}
	if table == ImportStaff {
		return gone, in.working[e.key()] // a person counts while an assignment does
	}
	if !last.IsZero() && (last.Before(in.today) || last.Before(from)) {
		return gone, false // over, or never begun
	}
	switch day := in.end; {
	case day.IsZero() || !last.IsZero() && !last.After(day):
	case from.After(day):
		gone.NotBegun = true
	default:
		gone.Last, gone.EndedNow = day, true
	}
	return gone, true
}

// left tells whether a row is somebody's whom the files no longer have, and is to end for that reason.
func (in *importing) left(e importEntity) bool {
	return !in.end.IsZero() && in.present[ImportStaff] && e.person() != "" && !in.keys[ImportStaff][sheet.Fold(e.person())]
}

// ended is a stored assignment as it will be.
func (in *importing) ended(a importAssignment) importAssignment {
	if gone, ok := in.missing(ImportAssignments, a); ok && gone.EndedNow {
		return a.until(gone.Last)
	}
	return a
}

// survey notes which rows the files have, and who works.
func (in *importing) survey(before importStored) {
	in.keys = map[ImportTable]map[string]bool{
		ImportControllers: importKeys(in.controllers), ImportStaff: importKeys(in.staff), ImportAssignments: importKeys(in.assignments),
		ImportDelegations: importKeys(in.delegations), ImportSystems: importKeys(in.systems), ImportActivities: importKeys(in.activities),
	}
	in.working = map[string]bool{}
	for _, a := range before.assignments {
		if last := a.lastDay(); last.IsZero() || !last.Before(in.today) {
			in.working[a.email] = true
		}
	}
}

// Periods, whose days are both included; a row that is somebody's ends with them.

func (c importController) period() (from, last calendar.Date) { return calendar.Date{}, c.ValidTo }
func (s importStaff) period() (from, last calendar.Date)      { return calendar.Date{}, calendar.Date{} }
func (a importAssignment) period() (from, last calendar.Date) { return a.ValidFrom, a.lastDay() }
func (d importDelegation) period() (from, last calendar.Date) { return d.ValidFrom, d.ValidTo }
func (s importSystem) period() (from, last calendar.Date)     { return s.ValidFrom, s.ValidTo }
func (a importActivity) period() (from, last calendar.Date)   { return a.ValidFrom, a.ValidTo }

func (c importController) person() string { return "" }
func (s importStaff) person() string      { return "" }
func (a importAssignment) person() string { return a.email }
func (d importDelegation) person() string { return d.email }
func (s importSystem) person() string     { return "" }
func (a importActivity) person() string   { return "" }

func (c importController) until(day calendar.Date) importController { c.ValidTo = day; return c }
func (a importAssignment) until(day calendar.Date) importAssignment { a.ValidTo = day; return a }
func (d importDelegation) until(day calendar.Date) importDelegation { d.ValidTo = day; return d }
func (s importSystem) until(day calendar.Date) importSystem         { s.ValidTo = day; return s }
func (a importActivity) until(day calendar.Date) importActivity     { a.ValidTo = day; return a }
