package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// ErrUnsafeRole says that the database login could get around row-level security or change history.
var ErrUnsafeRole = errors.New("the database login has more rights than a running service may have")

const superuserFinding = "is a superuser"

// roleChecks each name one right a service must not have. A login also has what the roles it is a member of have,
// since it can SET ROLE to them, so every check looks at all roles within reach. Both the session's login and its
// current role count: a login that was given a weaker role at start can go back with RESET ROLE.
const roleChecks = `
with reach as (
	select r.oid, r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolreplication
	from pg_roles r
	where pg_has_role(session_user, r.oid, 'MEMBER') or pg_has_role(current_user, r.oid, 'MEMBER')
), kept as (
	select c.oid, n.nspname, c.relname, c.relowner from pg_class c join pg_namespace n on n.oid = c.relnamespace
	where n.nspname in ('public', 'insyn') and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
), history as (
	select oid, relname from kept where relname = 'events'
	union
	select i.inhrelid, k.relname from kept k join pg_inherits i on i.inhparent = k.oid where k.relname = 'events'
)
select '` + superuserFinding + `' from pg_roles where rolname in (session_user, current_user) and rolsuper
union all
select 'can become the superuser ' || rolname from reach where rolsuper
union all
select 'has the right ' || rolname from reach
	where rolname in ('pg_write_all_data', 'pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files')
union all
select 'can bypass row-level security' || through(rolname) from reach where rolbypassrls and not rolsuper
union all
select 'can create roles' || through(rolname) from reach where rolcreaterole and not rolsuper
union all
select 'can create databases' || through(rolname) from reach where rolcreatedb and not rolsuper
union all
select 'can replicate the database' || through(rolname) from reach where rolreplication and not rolsuper
union all
select 'owns ' || k.nspname || '.' || k.relname || through(rolname) from kept k join reach on reach.oid = k.relowner where not rolsuper
union all
select 'owns the schema ' || n.nspname || through(rolname) from pg_namespace n join reach on reach.oid = n.nspowner
	where n.nspname in ('public', 'insyn') and not rolsuper
union all
select 'owns the database' || through(rolname) from pg_database d join reach on reach.oid = d.datdba
	where d.datname = current_database() and not rolsuper
union all
select distinct 'can ' || lower(verb) || ' ' || h.relname || through(rolname)
	from history h, reach, unnest(array['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) verb
	where not rolsuper and case verb
		when 'UPDATE' then has_any_column_privilege(reach.oid, h.oid, verb)
		else has_table_privilege(reach.oid, h.oid, verb) end
union all
select 'is not a member of ` + AppRole + `' where exists (select from pg_roles where rolname = '` + AppRole + `')
	and not (select pg_has_role(current_user, oid, 'USAGE') from pg_roles where rolname = '` + AppRole + `')
limit 20`

// through tells by which membership a right comes, in place of a function the database would have to hold.
const through = `case when rolname = session_user then '' else ' through ' || rolname end`

// CheckRuntimeRole refuses a login that a running service must not have: a superuser, one that can bypass row-level
// security, one that owns a table, view or sequence of the schemas public and insyn, one that can change or delete
// rows of the table events, or one that reaches any of this through a role it is a member of. The login must be
// AppRole or a member of it. The error wraps ErrUnsafeRole and names each finding.
func CheckRuntimeRole(ctx context.Context, db *gorm.DB) error {
	query := strings.ReplaceAll(roleChecks, "through(rolname)", through)
	var findings []string
	if err := db.WithContext(ctx).Raw(query).Scan(&findings).Error; err != nil {
		return fmt.Errorf("check the database login: %w", err)
	}
	if slices.Contains(findings, superuserFinding) {
		findings = []string{superuserFinding} // everything else follows from it
	}
	if len(findings) > 0 {
		return fmt.Errorf("%w: it %s", ErrUnsafeRole, strings.Join(findings, ", "))
	}
	return nil
}
