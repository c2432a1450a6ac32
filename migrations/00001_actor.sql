-- The actor of a transaction, as row-level security sees it.
--
-- Every transaction sets its actor with set_config('insyn.…', …, true). An unset or empty setting gives an actor that may
-- see nothing: nullif(current_setting(…, true), '') is null, and a comparison with null admits no row. A setting counts
-- only together with the kind of actor it belongs to, so that settings that contradict each other open nothing.

-- +goose Up
-- +goose StatementBegin
do $$
begin
  if not exists (select from pg_roles where rolname = 'insyn_app') then
    create role insyn_app nologin;
  end if;
end
$$;
-- +goose StatementEnd

grant usage on schema public to insyn_app;

create function actor_kind() returns text language sql stable parallel safe
  as $$ select coalesce(nullif(current_setting('insyn.kind', true), ''), 'anonymous') $$;
create function actor_is_system() returns boolean language sql stable parallel safe
  as $$ select actor_kind() = 'system' $$;
create function actor_subject() returns uuid language sql stable parallel safe
  as $$ select case when actor_kind() = 'resident' then nullif(current_setting('insyn.subject', true), '')::uuid end $$;
create function actor_staff() returns uuid language sql stable parallel safe
  as $$ select case when actor_kind() = 'staff' then nullif(current_setting('insyn.staff', true), '')::uuid end $$;
-- Controllers whose case content the actor may read (ombud, decision maker, DSO).
create function actor_content() returns uuid[] language sql stable parallel safe
  as $$ select case when actor_kind() = 'staff' then nullif(current_setting('insyn.content', true), '')::uuid[] end $$;
-- Controllers whose case content the actor may write (ombud, decision maker).
create function actor_handle() returns uuid[] language sql stable parallel safe
  as $$ select case when actor_kind() = 'staff' then nullif(current_setting('insyn.handle', true), '')::uuid[] end $$;
-- Controllers whose extracts the actor reviews (DSO).
create function actor_review() returns uuid[] language sql stable parallel safe
  as $$ select case when actor_kind() = 'staff' then nullif(current_setting('insyn.review', true), '')::uuid[] end $$;
-- Controllers whose diary and letters the actor keeps (registrator).
create function actor_letters() returns uuid[] language sql stable parallel safe
  as $$ select case when actor_kind() = 'staff' then nullif(current_setting('insyn.letters', true), '')::uuid[] end $$;
-- The servicecenter: the shared part of every request, never a case's content.
create function actor_intake() returns boolean language sql stable parallel safe
  as $$ select case when actor_kind() = 'staff' then coalesce(nullif(current_setting('insyn.intake', true), '')::boolean, false) else false end $$;
-- Who may read the read log (DSO, log reviewer).
create function actor_reads_log() returns boolean language sql stable parallel safe
  as $$ select case when actor_kind() = 'staff' then coalesce(nullif(current_setting('insyn.log', true), '')::boolean, false) else false end $$;
-- The administrator: staff, delegations and the register, never a case.
create function actor_is_admin() returns boolean language sql stable parallel safe
  as $$ select case when actor_kind() = 'staff' then coalesce(nullif(current_setting('insyn.admin', true), '')::boolean, false) else false end $$;

-- +goose Down
drop function actor_is_admin();
drop function actor_reads_log();
drop function actor_intake();
drop function actor_letters();
drop function actor_review();
drop function actor_handle();
drop function actor_content();
drop function actor_staff();
drop function actor_subject();
drop function actor_is_system();
drop function actor_kind();
revoke usage on schema public from insyn_app;
