-- People with protected personal data (skyddade personuppgifter, OSL 21 kap. 3 and 3 a §§; domain 5, P16).
--
-- What is about such a person is seen by the person, by the system, and by members of staff who are cleared for it: their own
-- roles say what they see, clearance says whether they see it of this person. Every row that hangs on a request or a case
-- carries the flag `protected`, copied by a trigger when the row is stored and set on all of them at once by protect(). A
-- restrictive policy per table hides the row from everybody else, whatever the other policies let through. It compares the
-- row's own columns with the actor's settings, as all policies here do.
--
-- A table made later takes part with one line in its own migration, after its row-level security is enabled:
--
--   call hide_protected('appeals', 'case_id');
--
-- hide_protected(table, by, parent, intake): by is the column that tells whose the row is: case_id, request_id, subject_id,
-- or another one, whose table is then given as parent (a table with an id, a subject_id and its own flag). intake is the condition for rows that the
-- servicecenter works with, such as 'true'; without it the servicecenter's clearance opens nothing. The table's own columns
-- subject_id and controller_id, where it has them, open the row to the person and to the controller's cleared staff.

-- +goose Up

-- Controllers where the actor holds a role with clearance.
create function actor_cleared() returns uuid[] language sql stable parallel safe
  as $$ select case when actor_kind() = 'staff' then nullif(current_setting('insyn.cleared', true), '')::uuid[] end $$;
-- A servicecenter with clearance.
create function actor_cleared_intake() returns boolean language sql stable parallel safe
  as $$ select case when actor_kind() = 'staff' then coalesce(nullif(current_setting('insyn.cleared_intake', true), '')::boolean, false) else false end $$;
-- The log reviewer, who reads every row of the read log and nothing that it speaks of.
create function actor_reviews_log() returns boolean language sql stable parallel safe
  as $$ select actor_reads_log() and actor_content() is null $$;

-- The person is remembered, so that what they send later starts protected. Nothing else is linked by it: who has been given a
-- new identity is somebody else here.
alter table subjects add column protected boolean not null default false;

-- Copies of the flag. Each runs as the owner, since whoever writes a row may not see what it hangs on. What the writer says
-- is not asked, but for the request itself: the person declares it there.
-- +goose StatementBegin
create function copy_protected_request() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.protected then
    update subjects set protected = true where id = new.subject_id and not protected;
  else
    -- Held, so that a request which is being sent while the person is flagged is not passed over by protect().
    new.protected := coalesce((select protected from subjects where id = new.subject_id for share), false);
  end if;
  return new;
end
$$;
-- +goose StatementEnd
-- +goose StatementBegin
create function copy_protected() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  flag boolean;
begin
  case tg_argv[0]
    -- A case that is still to be made is known by its addressee.
    when 'case_id' then flag := coalesce((select c.protected from cases c where c.id = new.case_id),
      (select a.protected from addressees a where a.case_id = new.case_id));
    when 'request_id' then flag := (select r.protected from requests r where r.id = new.request_id);
    when 'subject_id' then flag := (select s.protected from subjects s where s.id = new.subject_id);
    else execute format('select p.protected from %s p where p.id = ($1).%I', tg_argv[1], tg_argv[0]) into flag using new;
  end case;
  new.protected := coalesce(flag, false);
  return new;
end
$$;
-- +goose StatementEnd
-- An event, also: append_event runs as the owner, so a chain that is hidden from the actor is shut here.
-- +goose StatementBegin
create function copy_protected_event() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  new.protected := coalesce((select s.protected from subjects s where s.id = new.subject_id), false);
  if new.protected and actor_kind() = 'staff' and not coalesce(case when new.controller_id is null then actor_cleared_intake()
      else new.controller_id = any (actor_cleared()) end, false) then
    raise exception 'event on a stream that is not there' using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create procedure hide_protected(tab regclass, by text, parent text default '', intake text default 'false') language plpgsql as $$
declare
  opens text := 'not protected or (select actor_is_system())';
begin
  execute format('alter table %s add column protected boolean not null default false', tab);
  -- Of a draft's rows and of jobs the column may be filled in later.
  execute format('create trigger copy_protected before insert or update of %I on %s for each row execute function copy_protected(%L, %L)', by, tab, by, parent);
  if exists (select from pg_attribute where attrelid = tab and attname = 'subject_id' and not attisdropped) then
    opens := opens || ' or subject_id = (select actor_subject())';
  end if;
  if exists (select from pg_attribute where attrelid = tab and attname = 'controller_id' and not attisdropped) then
    opens := opens || ' or controller_id = any ((select actor_cleared())::uuid[])';
  end if;
  if intake <> 'false' then
    opens := opens || format(' or ((select actor_cleared_intake()) and %s)', intake);
  end if;
  execute format('create policy hide_protected on %s as restrictive to insyn_app using (%s)', tab, opens);
end
$$;
-- +goose StatementEnd
-- The way back, for a migration that leaves the table.
-- +goose StatementBegin
create procedure show_protected(tab regclass) language plpgsql as $$
begin
  execute format('drop policy hide_protected on %s', tab);
  execute format('drop trigger copy_protected on %s', tab);
  execute format('alter table %s drop column protected', tab);
end
$$;
-- +goose StatementEnd
revoke all on function copy_protected_request() from public;
revoke all on function copy_protected() from public;
revoke all on function copy_protected_event() from public;
revoke all on procedure hide_protected(regclass, text, text, text) from public;
revoke all on procedure show_protected(regclass) from public;

call hide_protected('requests', 'subject_id', intake => 'true');
drop trigger copy_protected on requests;
create trigger copy_protected before insert on requests for each row execute function copy_protected_request();
call hide_protected('addressees', 'request_id', intake => 'true');
call hide_protected('request_pauses', 'request_id', intake => 'true');
call hide_protected('cases', 'request_id');
call hide_protected('case_public', 'case_id', intake => 'true');
call hide_protected('concerns', 'case_id');
call hide_protected('pauses', 'case_id');
call hide_protected('extensions', 'case_id');
call hide_protected('messages', 'case_id');
call hide_protected('notes', 'case_id');
call hide_protected('searches', 'case_id');
call hide_protected('files', 'case_id');
drop trigger copy_protected on files;
-- A draft's file belongs to a case when the draft is sent.
create trigger copy_protected before insert or update of draft_id on files for each row execute function copy_protected('case_id');
call hide_protected('items', 'case_id');
call hide_protected('manifests', 'case_id');
call hide_protected('reviews', 'case_id');
call hide_protected('decisions', 'case_id');
call hide_protected('services', 'case_id');
call hide_protected('deliveries', 'case_id');
call hide_protected('search_tokens', 'case_id');
call hide_protected('measures', 'case_id');
call hide_protected('events', 'subject_id', intake => 'stream_kind = ''request''');
drop trigger copy_protected on events;
create trigger copy_protected before insert on events for each row execute function copy_protected_event();
-- Whoever may see what a job is about may promise it (jobs_insert), the person too, whose row it is not.
call hide_protected('jobs', 'request_id', intake => 'case_id is null');
drop policy hide_protected on jobs;
create policy hide_protected on jobs as restrictive for select to insyn_app using (not protected or (select actor_is_system())
  or controller_id = any ((select actor_cleared())::uuid[]) or ((select actor_cleared_intake()) and case_id is null));
-- A protected person's request goes where the person has said, one by one; the servicecenter adds nothing (P16).
create policy addressees_confirmed on addressees as restrictive for insert to insyn_app with check (not protected or (select actor_is_system()) or added_by = 'subject');

create index cases_protected_idx    on cases (id) where protected;
create index requests_protected_idx on requests (id) where protected;
create index search_tokens_case_idx on search_tokens (case_id);

-- The read log. A view that showed protected people among others is two rows, so that what may be read of it is not lost.
alter table read_log add column protected boolean not null default false;
-- +goose StatementBegin
create function copy_protected_reading() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  hidden uuid[];
begin
  if pg_trigger_depth() > 1 then
    return new; -- the second row, from below
  end if;
  new.protected := false;
  hidden := array(select id from cases where protected and id = any (new.shown) union select id from requests where protected and id = any (new.shown)
    union select f.id from files f where f.id = any (new.shown) and f.protected);
  if cardinality(hidden) = 0 then
    return new;
  end if;
  if not new.shown <@ hidden then
    insert into read_log (at, actor_kind, staff_id, subject_actor, page, controller_id, shown, protected)
      values (new.at, new.actor_kind, new.staff_id, new.subject_actor, new.page, new.controller_id,
        array(select u from unnest(new.shown) with ordinality s(u, n) where u = any (hidden) order by n), true);
    new.shown := array(select u from unnest(new.shown) with ordinality s(u, n) where u <> all (hidden) order by n);
    return new;
  end if;
  new.protected := true;
  return new;
end
$$;
-- +goose StatementEnd
revoke all on function copy_protected_reading() from public;
create trigger copy_protected before insert on read_log for each row execute function copy_protected_reading();
-- One's own readings, and the log reviewer's, who sees numbers and no more.
create policy hide_protected on read_log as restrictive for select to insyn_app using (not protected or (select actor_is_system())
  or staff_id = (select actor_staff()) or (select actor_reviews_log()) or controller_id = any ((select actor_cleared())::uuid[]));

-- As in 00006, and the number of a protected person's case is for those who are cleared and for the log reviewer.
create or replace function read_log_numbers(p_log bigint[]) returns table (log_id bigint, number text)
language sql stable security definer set search_path = public, pg_temp as $$
  with seen as (
    select r.id, u.shown, actor_is_system() or actor_content() is null or coalesce(r.staff_id = actor_staff(), false) as whole
    from read_log r cross join unnest(r.shown) u(shown)
    where r.id = any (p_log) and (actor_is_system() or coalesce(r.staff_id = actor_staff(), false)
      or (actor_reads_log() and (r.controller_id is null or actor_content() is null or r.controller_id = any (actor_content()))))
  ), named as (
    select s.id, c.number, c.protected, c.controller_id, s.whole or c.controller_id = any (actor_content()) as open
      from seen s join cases c on c.id = s.shown
    union
    select s.id, c.number, c.protected, c.controller_id, s.whole or c.controller_id = any (actor_content())
      from seen s join files f on f.id = s.shown join cases c on c.id = f.case_id
    union
    select s.id, q.number, q.protected, null, s.whole or exists (select from addressees a where a.request_id = q.id and a.controller_id = any (actor_content()))
      from seen s join requests q on q.id = s.shown
  )
  select n.id, n.number from named n where n.open and (not n.protected or actor_is_system() or actor_reviews_log()
    or coalesce(n.controller_id = any (actor_cleared()), false) or (n.controller_id is null and actor_cleared_intake()))
$$;

-- Sets or lifts the protection of the person whose request it is, on everything that hangs on any of their requests, and
-- tells so in the chain of the request, or of the case if one is named. Who may set it: the person, whoever coordinates the
-- request, whoever handles the case, cleared or not. Who may lift it: those of them on the staff who are cleared. Nothing that
-- the person is not in is touched. The requests are held before the cases, as everyone who holds both does.
-- +goose StatementBegin
create function protect(p_request uuid, p_case uuid, p_protected boolean, p_reason text, p_at timestamptz) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  of requests%rowtype;
  at_case cases%rowtype;
  allowed boolean;
  asked uuid[];
  made uuid[];
  tab record;
begin
  select * into of from requests where id = p_request;
  if p_case is not null then
    select * into at_case from cases where id = p_case and request_id = p_request;
  end if;
  allowed := case actor_kind()
    when 'system' then of.id is not null
    when 'resident' then p_protected and p_case is null and of.subject_id = actor_subject()
    when 'staff' then case when p_case is null then actor_intake() and (actor_cleared_intake() or (p_protected and not of.protected))
      else at_case.controller_id = any (coalesce(actor_handle(), '{}'))
        and (at_case.controller_id = any (coalesce(actor_cleared(), '{}')) or (p_protected and not of.protected)) end
    else false end;
  if not coalesce(allowed, false) then
    raise exception 'not the actor''s to protect' using errcode = 'insufficient_privilege';
  end if;
  perform from subjects where id = of.subject_id for update;
  perform from requests where subject_id = of.subject_id order by id for update;
  perform from cases where subject_id = of.subject_id order by id for update;
  select * into of from requests where id = p_request;
  if of.protected = p_protected then
    return false; -- somebody else was first
  end if;
  -- Before the flag is set: an actor who is not cleared is shut out from here on.
  perform append_event(case when p_case is null then 'request' else 'case' end, coalesce(p_case, p_request), at_case.controller_id, of.subject_id,
    case when p_protected then 'protected-set' else 'protected-unset' end, 'staff', jsonb_strip_nulls(jsonb_build_object('reason', p_reason)), p_at);
  asked := array(select id from requests where subject_id = of.subject_id);
  made := array(select id from cases where subject_id = of.subject_id union select case_id from addressees where request_id = any (asked));
  update subjects set protected = p_protected where id = of.subject_id;
  update requests set protected = p_protected, version = version + 1 where id = any (asked);
  update cases set protected = p_protected, version = version + 1 where id = any (made);
  for tab in
    select t.tgrelid::regclass as name, split_part(encode(t.tgargs, 'escape'), '\000', 1) as of_column, split_part(encode(t.tgargs, 'escape'), '\000', 2) as parent
    from pg_trigger t join pg_class k on k.oid = t.tgrelid where t.tgname = 'copy_protected' and k.relnamespace = 'public'::regnamespace
      and k.relname not in ('requests', 'cases', 'events', 'read_log') order by split_part(encode(t.tgargs, 'escape'), '\000', 2) <> '', k.relname
  loop
    case
      when tab.of_column = 'case_id' then execute format('update %s set protected = $1 where case_id = any ($2) and protected <> $1', tab.name) using p_protected, made;
      when tab.of_column = 'request_id' then execute format('update %s set protected = $1 where request_id = any ($2) and protected <> $1', tab.name) using p_protected, asked;
      when tab.of_column = 'subject_id' then execute format('update %s set protected = $1 where subject_id = $2 and protected <> $1', tab.name) using p_protected, of.subject_id;
      else execute format('update %s t set protected = $1 from %s p where p.id = t.%I and p.subject_id = $2 and t.protected <> $1', tab.name, tab.parent, tab.of_column)
        using p_protected, of.subject_id;
    end case;
  end loop;
  update events set protected = p_protected where subject_id = of.subject_id;
  -- A reading of others too was stored as it was; the numbers of this person's are not given out with it.
  update read_log set protected = p_protected where shown && (asked || made) and shown <@ (asked || made || array(select id from files where case_id = any (made)));
  return true;
end
$$;
-- +goose StatementEnd

-- How many open cases of protected people have nobody on the controller's staff who may handle them on the day. A number, for
-- those who can see to it: the administrator, the DSO, and a cleared servicecenter.
-- +goose StatementBegin
create function unhandled_protected(p_on date) returns bigint
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  if not (actor_is_system() or actor_is_admin() or actor_cleared_intake() or actor_review() is not null) then
    raise exception 'not the actor''s to count' using errcode = 'insufficient_privilege';
  end if;
  return (select count(*) from cases c where c.protected and c.state not in ('released', 'closed', 'withdrawn')
    and not exists (select from assignments a where a.controller_id = c.controller_id and a.role = 'ombud' and a.cleared and a.ended_at is null
      and a.valid_from <= p_on and (a.valid_to is null or a.valid_to >= p_on)));
end
$$;
-- +goose StatementEnd
revoke all on function protect(uuid, uuid, boolean, text, timestamptz) from public;
revoke all on function unhandled_protected(date) from public;
grant execute on function protect(uuid, uuid, boolean, text, timestamptz) to insyn_app;
grant execute on function unhandled_protected(date) to insyn_app;

-- +goose Down
drop function unhandled_protected(date);
drop function protect(uuid, uuid, boolean, text, timestamptz);
create or replace function read_log_numbers(p_log bigint[]) returns table (log_id bigint, number text)
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
drop policy hide_protected on read_log;
drop trigger copy_protected on read_log;
drop function copy_protected_reading();
alter table read_log drop column protected;
drop index search_tokens_case_idx;
drop index requests_protected_idx;
drop index cases_protected_idx;
drop policy addressees_confirmed on addressees;
call show_protected('jobs');
call show_protected('events');
call show_protected('measures');
call show_protected('search_tokens');
call show_protected('deliveries');
call show_protected('services');
call show_protected('decisions');
call show_protected('reviews');
call show_protected('manifests');
call show_protected('items');
call show_protected('files');
call show_protected('searches');
call show_protected('notes');
call show_protected('messages');
call show_protected('extensions');
call show_protected('pauses');
call show_protected('concerns');
call show_protected('case_public');
call show_protected('cases');
call show_protected('request_pauses');
call show_protected('addressees');
call show_protected('requests');
drop procedure show_protected(regclass);
drop procedure hide_protected(regclass, text, text, text);
drop function copy_protected_event();
drop function copy_protected();
drop function copy_protected_request();
alter table subjects drop column protected;
drop function actor_reviews_log();
drop function actor_cleared_intake();
drop function actor_cleared();
