package models_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"insyn/internal/postgres"
	"insyn/models"
)

// TestOrganisationGuard: what people may change in the organisation's rows, by raw SQL, whatever the pages say.
func TestOrganisationGuard(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	conn := connect(t, w.db.RuntimeURL)
	admin, own := w.actor(models.RoleAdmin), w.staff[models.RoleAdmin]
	w.seed("delegations")
	put := func(r record) record { w.put("assignments", r); return r }
	theirs := put(w.row("assignments", w.bare[0], w.colleague))
	mine := put(w.row("assignments:central", w.bare[0], own).with(record{"role": "admin", "valid_from": "2026-01-01"}))
	const denied, check = postgres.CodeInsufficientRights, postgres.CodeCheckViolation
	for _, sql := range []string{
		"update assignments set role = 'decider' where id = $1", "update assignments set valid_from = valid_from + 1 where id = $1",
		"update assignments set staff_id = '" + own.String() + "' where id = $1", "update assignments set controller_id = null where id = $1",
	} {
		refused(t, conn, admin, denied, sql, theirs["id"])
	}
	delegation := w.seeds["delegations"][0]["id"]
	refused(t, conn, admin, denied, "update delegations set decision_kinds = '{extension}' where id = $1", delegation)
	refused(t, conn, w.actor(models.RoleRegistrator), denied, "update delegations set staff_id = '"+own.String()+"' where id = $1", delegation)
	refused(t, conn, admin, denied, "update staff set issuer = 'i', sub = 's', bound_at = now() where id = $1", w.colleague)
	refused(t, conn, admin, denied, "update staff set email = 'annan@kommun.example' where id = $1", w.colleague)
	refused(t, conn, admin, denied, "insert into staff (id, email, name, issuer, sub, bound_at) values ($1, 'ny@kommun.example', 'Ny', 'i', 's', now())", id())
	self := w.row("assignments", w.bare[0], own)
	refused(t, conn, admin, denied, insertSQL("assignments", self), self.json(t))
	refused(t, conn, admin, denied, "update assignments set cleared = true where id = $1", mine["id"])
	refused(t, conn, admin, check, "update assignments set ended_at = '2026-03-02 12:00Z' where id = $1", mine["id"])
	refused(t, conn, admin, check, "update assignments set valid_to = '2027-01-01' where id = $1", mine["id"])
	// With somebody who goes on, one may go.
	put(w.row("assignments:central", w.bare[0], w.colleague).with(record{"role": "admin", "valid_from": "2026-01-01"}))
	refused(t, conn, admin, "", "update assignments set valid_to = '2027-01-01' where id = $1", mine["id"])
	w.do("update assignments set ended_at = now() where id = $1", theirs["id"])
	refused(t, conn, admin, denied, "update assignments set ended_at = null where id = $1", theirs["id"])
}

// TestImportTrialsAreTheirAdministrators: another administrator neither sees nor makes them.
func TestImportTrialsAreTheirAdministrators(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	conn := connect(t, w.db.RuntimeURL)
	r := w.row("import_trials", w.bare[0], w.colleague)
	w.put("import_trials", r)
	other := models.StaffActor(models.IDFrom[models.Staff](w.colleague), models.Grant{Role: models.RoleAdmin})
	for _, sql := range []string{"select from import_trials", "update import_trials set end_missing = '2027-01-01'", "delete from import_trials"} {
		tx := begin(t, conn, other)
		tag, err := tx.Exec(context.Background(), sql)
		if err != nil || tag.RowsAffected() > 0 {
			t.Errorf("%s reached %d rows, %v", sql, tag.RowsAffected(), err)
		}
		_ = tx.Rollback(context.Background())
	}
	forged := w.row("import_trials", w.bare[0], w.colleague)
	refused(t, conn, other, postgres.CodeInsufficientRights, insertSQL("import_trials", forged), forged.json(t))
}

// TestAppendOrganisationEventByActor tries the only door to the organisation's chain.
func TestAppendOrganisationEventByActor(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	conn := connect(t, w.db.RuntimeURL)
	may := map[string]string{"admin": "staff-added delegation-added", "registrator": "delegation-added", "system": "staff-added delegation-added"}
	for name, actor := range actorsOf(w) {
		for _, kind := range []string{"staff-added", "delegation-added"} {
			tx := begin(t, conn, actor)
			_, err := tx.Exec(context.Background(), "select append_organisation_event($1, '{}', now())", kind)
			_ = tx.Rollback(context.Background())
			if want := slices.Contains(strings.Fields(may[name]), kind); (err == nil) != want {
				t.Errorf("%s as %s: %v, want %v", kind, name, err, want)
			}
		}
	}
	refused(t, conn, models.SystemActor(), postgres.CodeInsufficientRights, "delete from organisation_events")
	refused(t, conn, models.SystemActor(), postgres.CodeInsufficientRights, "update organisation_events set kind = kind")
}

// TestOwnPartsAreWrittenInOnesOwnName: an administrator adds a version in nobody else's name, and nobody changes or removes one.
func TestOwnPartsAreWrittenInOnesOwnName(t *testing.T) {
	t.Parallel()
	w := newWorld(t).withPlaces()
	conn := connect(t, w.db.RuntimeURL)
	admin := w.actor(models.RoleAdmin)
	mine := w.row("own_parts", w.bare[0], w.colleague) // the row's author is the administrator
	refused(t, conn, admin, "", insertSQL("own_parts", mine), mine.json(t))
	forged := mine.with(record{"staff_id": w.colleague})
	refused(t, conn, admin, postgres.CodeInsufficientRights, insertSQL("own_parts", forged), forged.json(t))
	w.put("own_parts", mine)
	for _, actor := range []models.Actor{admin, models.SystemActor()} {
		refused(t, conn, actor, postgres.CodeInsufficientRights, "delete from own_parts")
		refused(t, conn, actor, postgres.CodeInsufficientRights, "update own_parts set swedish = swedish")
	}
}
