package workflowtest

import (
	"context"

	"insyn/models"
)

// Clear gives everybody named, by role as in As, clearance for protected people in all their roles, and takes it from the rest.
// It answers nothing: As gives the actors as they are from now on.
func (w *World) Clear(roles ...string) {
	w.T.Helper()
	ctx := context.Background()
	run := func(sql string, args ...any) {
		w.must(w.DB.Owner.Exec(sql, args...).Error)
	}
	run("update assignments set cleared = false")
	for _, role := range roles {
		run("update assignments set cleared = true where staff_id = ?", w.As(role).Staff)
	}
	fresh := map[models.StaffID]models.Actor{}
	for name, a := range w.Staff {
		if _, known := fresh[a.Staff]; !known {
			actor, _, _, err := w.StaffActor(ctx, a.Staff)
			w.must(err)
			fresh[a.Staff] = actor
		}
		w.Staff[name] = fresh[a.Staff]
	}
}
