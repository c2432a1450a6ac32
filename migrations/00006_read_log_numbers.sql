-- The numbers of what the read log speaks of.

-- +goose Up

-- The numbers of the cases and requests that rows of the read log speak of, for those who may read the rows: one's own, all
-- for the log reviewer, and for the DSO what lies at the controllers that appointed them. A number tells of no person; nothing
-- else of a case is given out. The condition on the rows is that of read_log_read.
create function read_log_numbers(p_log bigint[]) returns table (log_id bigint, number text)
language sql stable security definer set search_path = public, pg_temp as $$
  with seen as (
    select r.id, u.shown, actor_is_system() or actor_content() is null or coalesce(r.staff_id = actor_staff(), false) as whole
    from read_log r cross join unnest(r.shown) u(shown)
    where r.id = any (p_log) and (actor_is_system() or coalesce(r.staff_id = actor_staff(), false)
      or (actor_reads_log() and (r.controller_id is null or actor_content() is null or r.controller_id = any (actor_content()))))
  )
  select s.id, c.number from seen s join cases c on c.id = s.shown
    where s.whole or c.controller_id = any (actor_content())
  union
  select s.id, c.number from seen s join files f on f.id = s.shown join cases c on c.id = f.case_id
    where s.whole or c.controller_id = any (actor_content())
  union
  select s.id, q.number from seen s join requests q on q.id = s.shown
    where s.whole or exists (select from addressees a where a.request_id = q.id and a.controller_id = any (actor_content()))
$$;
revoke all on function read_log_numbers(bigint[]) from public;
grant execute on function read_log_numbers(bigint[]) to insyn_app;

-- +goose Down
drop function read_log_numbers(bigint[]);
