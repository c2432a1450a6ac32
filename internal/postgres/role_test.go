package postgres

import (
	"errors"
	"testing"
)

func TestCheckRuntimeRole(t *testing.T) {
	t.Parallel()
	logins := []string{"plain", "bypass", "member_of_owner", "noinherit_member", "editor", "column_editor", "stranger", "creator"}
	p := start(t, newDir(t, "insyn-roles"), func(o *PrivateOptions) { o.Logins = logins })
	database(t, p, "insyn")
	owner := open(t, p.OwnerURL("insyn"))
	execute(t, owner,
		"create table events (id int, note text) partition by range (id)",
		"create table events_1 partition of events for values from (0) to (10)",
		"grant select, insert on events to insyn_app")
	admin := open(t, p.AdminURL("insyn"))
	for _, login := range logins {
		execute(t, admin, "create role "+login+" login")
		if login != "stranger" {
			execute(t, admin, "grant insyn_app to "+login)
		}
	}
	execute(t, admin,
		"grant connect on database insyn to public",
		"alter role bypass bypassrls",
		"alter role creator createrole",
		"grant insyn_owner to member_of_owner",
		"alter role noinherit_member noinherit",
		"grant insyn_owner to noinherit_member",
		"grant delete on events_1 to editor",
		"grant update (note) on events to column_editor")

	for _, url := range []string{p.RuntimeURL("insyn"), p.RoleURL("plain", "insyn")} {
		if err := CheckRuntimeRole(t.Context(), open(t, url)); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	for login, want := range map[string]string{
		adminRole:         "is a superuser",
		OwnerRole:         "owns public.events",
		"bypass":          "can bypass row-level security",
		"creator":         "can create roles",
		"member_of_owner": "through insyn_owner",
		"editor":          "can delete events",
		"column_editor":   "can update events",
		"stranger":        "is not a member of insyn_app",
	} {
		err := CheckRuntimeRole(t.Context(), open(t, p.RoleURL(login, "insyn")))
		if !errors.Is(err, ErrUnsafeRole) {
			t.Errorf("%s: got %v", login, err)
			continue
		}
		mustContain(t, err, want)
	}
	// Without inheritance the rights are one SET ROLE away.
	mustContain(t, CheckRuntimeRole(t.Context(), open(t, p.RoleURL("noinherit_member", "insyn"))), "owns public.events through insyn_owner")
	// A superuser that was given a weaker role can take it off again.
	mustContain(t, CheckRuntimeRole(t.Context(), open(t, p.AdminURL("insyn")+"&options=-c%20role%3Dinsyn_app")), "is a superuser")
}
