-- The administrator's work: staff, assignments and delegations are changed on pages too, every change leaves an event, and a
-- spreadsheet that is being imported waits for its administrator. Nothing here is about a resident.

-- +goose Up

-- The administrator writes staff, assignments and delegations; a registrator the delegations of their own controllers
-- (design.md section 6). What in a row may change is organisation_guard's.
create policy staff_administer_insert       on staff       for insert to insyn_app with check ((select actor_is_admin()));
create policy staff_administer_update       on staff       for update to insyn_app using ((select actor_is_admin())) with check ((select actor_is_admin()));
create policy assignments_administer_insert on assignments for insert to insyn_app with check ((select actor_is_admin()));
create policy assignments_administer_update on assignments for update to insyn_app using ((select actor_is_admin())) with check ((select actor_is_admin()));
create policy delegations_administer_insert on delegations for insert to insyn_app with check ((select actor_is_admin())
  or controller_id = any ((select actor_letters())::uuid[]));
create policy delegations_administer_update on delegations for update to insyn_app using ((select actor_is_admin())
  or controller_id = any ((select actor_letters())::uuid[])) with check ((select actor_is_admin()) or controller_id = any ((select actor_letters())::uuid[]));

-- What people may change in a row, whichever page they come from. An assignment and a delegation are what they are: they get
-- another last day and nothing else, since decisions and events speak of them. A login is let go of, never given. Nobody gives
-- themselves a role. An administrator goes only if another stays. The import is the system, and is held by its own checks.
-- +goose StatementBegin
create function organisation_guard() returns trigger language plpgsql as $$
declare
  free text[] := case tg_table_name
    when 'assignments' then array['valid_to', 'ended_at', 'cleared']
    when 'delegations' then array['valid_to']
    else array['name', 'title', 'issuer', 'sub', 'bound_at'] end;
  last date;
begin
  if actor_kind() <> 'staff' then
    return new;
  end if;
  if tg_op = 'UPDATE' and to_jsonb(new) - free <> to_jsonb(old) - free then
    raise exception 'this of % cannot be changed', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  if tg_table_name = 'staff' then
    if new.sub is not null and (tg_op = 'INSERT' or (new.issuer, new.sub, new.bound_at) is distinct from (old.issuer, old.sub, old.bound_at)) then
      raise exception 'only a login binds a member of staff' using errcode = 'insufficient_privilege';
    end if;
    return new;
  end if;
  if tg_table_name = 'assignments' then
    if new.staff_id = actor_staff() and (tg_op = 'INSERT' or new.cleared and not old.cleared or old.ended_at is not null
        or coalesce(new.valid_to, 'infinity') > coalesce(old.valid_to, 'infinity')) then
      raise exception 'nobody gives themselves a role' using errcode = 'insufficient_privilege';
    end if;
    if tg_op = 'UPDATE' and old.ended_at is not null and new.ended_at is distinct from old.ended_at then
      raise exception 'what has ended at once has ended' using errcode = 'insufficient_privilege';
    end if;
    last := least(new.valid_to, (new.ended_at at time zone 'Europe/Stockholm')::date);
    if tg_op = 'UPDATE' and new.role = 'admin' and last is not null and (new.valid_to, new.ended_at) is distinct from (old.valid_to, old.ended_at)
       and not exists (select from assignments a where a.role = 'admin' and a.staff_id <> new.staff_id and a.ended_at is null
         and a.valid_from <= last and (a.valid_to is null or a.valid_to > last)) then
      raise exception 'no administrator would be left' using errcode = 'check_violation', constraint = 'assignments_administrator_left';
    end if;
  end if;
  return new;
end
$$;
-- +goose StatementEnd
create trigger staff_guard       before insert or update on staff       for each row execute function organisation_guard();
create trigger assignments_guard before insert or update on assignments for each row execute function organisation_guard();
create trigger delegations_guard before insert or update on delegations for each row execute function organisation_guard();

-- What was changed in the organisation and by whom: one chain, about no subject, made as those of events (00005). It has a
-- table of its own, since every event of those is about somebody; its head stands with theirs.
create table organisation_events (
  seq        bigint not null,
  kind       text not null,
  actor_kind text not null,
  staff_id   uuid,
  data       jsonb not null,
  at         timestamptz not null,
  prev_hash  bytea not null,
  hash       bytea not null,
  constraint organisation_events_pkey primary key (seq),
  constraint organisation_events_hash_length check (octet_length(hash) = 32 and octet_length(prev_hash) = 32)
);
create index organisation_events_kind_idx on organisation_events (kind, seq);

alter table organisation_events enable row level security;
create policy organisation_events_read on organisation_events for select to insyn_app
  using ((select actor_is_system()) or (select actor_is_admin()) or (select actor_review()) is not null);
grant select on organisation_events to insyn_app;

create function organisation_digest(p_prev bytea, p_seq bigint, p_kind text, p_actor_kind text, p_staff uuid, p_data jsonb, p_at timestamptz) returns bytea
language sql stable as $$
  select event_digest(p_prev, 'organisation', null, p_seq, null, null, p_kind, 'staff', p_actor_kind, p_staff, p_data, p_at)
$$;

-- The only way to write such an event. A registrator tells of delegations only.
-- +goose StatementBegin
create function append_organisation_event(p_kind text, p_data jsonb, p_at timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  stream constant uuid := '00000000-0000-7000-8000-0000006f7267';
  head event_heads%rowtype;
  digest bytea;
begin
  if not (actor_is_system() or actor_is_admin() or (p_kind like 'delegation-%' and coalesce(cardinality(actor_letters()), 0) > 0)) then
    raise exception 'event on the organisation by somebody who does not administer it' using errcode = 'insufficient_privilege';
  end if;
  insert into event_heads values ('organisation', stream, 0, decode(repeat('00', 32), 'hex')) on conflict do nothing;
  select * into strict head from event_heads where stream_kind = 'organisation' and stream_id = stream for update;
  digest := organisation_digest(head.hash, head.seq + 1, p_kind, actor_kind(), actor_staff(), p_data, p_at);
  insert into organisation_events values (head.seq + 1, p_kind, actor_kind(), actor_staff(), p_data, p_at, head.hash, digest);
  update event_heads set seq = head.seq + 1, hash = digest where stream_kind = 'organisation' and stream_id = stream;
  return head.seq + 1;
end
$$;
-- +goose StatementEnd
revoke all on function append_organisation_event(text, jsonb, timestamptz) from public;
grant execute on function append_organisation_event(text, jsonb, timestamptz) to insyn_app;

-- Spreadsheets that have been tried and wait to be read in, sealed. They are their administrator's alone, one lot at a time,
-- and gone after an hour. end_missing: from when what the files no longer have is to end.
create table import_trials (
  id          uuid primary key,
  staff_id    uuid not null constraint import_trials_staff_fk references staff,
  created_at  timestamptz not null,
  end_missing date,
  files       bytea not null
);
create index import_trials_staff_idx on import_trials (staff_id);
create index import_trials_age_idx on import_trials (created_at);

alter table import_trials enable row level security;
create policy import_trials_own    on import_trials to insyn_app using (staff_id = (select actor_staff()) and (select actor_is_admin()))
  with check (staff_id = (select actor_staff()) and (select actor_is_admin()));
create policy import_trials_read   on import_trials for select to insyn_app using ((select actor_is_system()));
create policy import_trials_remove on import_trials for delete to insyn_app using ((select actor_is_system()));
grant select, insert, update (end_missing), delete on import_trials to insyn_app;

-- +goose Down
drop table import_trials;
drop function append_organisation_event(text, jsonb, timestamptz);
drop function organisation_digest(bytea, bigint, text, text, uuid, jsonb, timestamptz);
drop table organisation_events;
delete from event_heads where stream_kind = 'organisation';
drop trigger delegations_guard on delegations;
drop trigger assignments_guard on assignments;
drop trigger staff_guard on staff;
drop function organisation_guard();
drop policy delegations_administer_update on delegations;
drop policy delegations_administer_insert on delegations;
drop policy assignments_administer_update on assignments;
drop policy assignments_administer_insert on assignments;
drop policy staff_administer_update on staff;
drop policy staff_administer_insert on staff;
