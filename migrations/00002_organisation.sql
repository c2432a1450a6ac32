-- Controllers, staff, delegations and the register (art 30). Nothing here is about a resident. It is loaded by
-- `insyn import`; the natural keys are the prefix, the e-mail address, the delegation number and the system name.

-- +goose Up
create table controllers (
  id            uuid primary key,
  prefix        text not null constraint controllers_prefix_key unique
                constraint controllers_prefix_form check (prefix ~ '^[A-ZÅÄÖ]{2,6}$'),
  name          text not null,
  description   text not null default '',
  kind          text not null constraint controllers_kind_known check (kind in ('namnd', 'styrelse', 'revision', 'bolag', 'stiftelse')),
  sensitive     boolean not null default false,
  court         text not null default '',
  address       text not null default '',
  email         text not null default '',
  phone         text not null default '',
  dpo_name      text not null default '',
  dpo_email     text not null default '',
  dpo_phone     text not null default '',
  processor_agreement text not null default '',
  review_days   integer not null default 3 constraint controllers_review_days_range check (review_days between 1 and 10),
  position      integer not null default 0,
  constraint controllers_court_for_authorities check (kind in ('bolag', 'stiftelse') or court <> ''),
  -- A company or a foundation takes part only under a processor agreement (domain P12).
  constraint controllers_agreement_for_companies check (kind not in ('bolag', 'stiftelse') or processor_agreement <> '')
);

create table staff (
  id        uuid primary key,
  email     text not null constraint staff_email_key unique constraint staff_email_lower check (email = lower(email)),
  name      text not null,
  title     text not null default '',
  issuer    text,
  sub       text,
  bound_at  timestamptz,
  constraint staff_identity_key unique (issuer, sub),
  constraint staff_bound_whole check ((issuer is null) = (sub is null) and (issuer is null) = (bound_at is null))
);

create table assignments (
  id            uuid primary key,
  staff_id      uuid not null constraint assignments_staff_fk references staff,
  role          text not null constraint assignments_role_known
                check (role in ('servicecenter', 'ombud', 'decider', 'dso', 'registrator', 'logreviewer', 'admin')),
  controller_id uuid constraint assignments_controller_fk references controllers,
  valid_from    date not null,
  valid_to      date,
  constraint assignments_controller_by_role check ((role in ('servicecenter', 'logreviewer', 'admin')) = (controller_id is null)),
  constraint assignments_period check (valid_to is null or valid_to >= valid_from),
  constraint assignments_key unique nulls not distinct (staff_id, role, controller_id, valid_from)
);
create index assignments_staff_idx on assignments (staff_id);
create index assignments_controller_idx on assignments (controller_id, role);

create table delegations (
  id             uuid primary key,
  controller_id  uuid not null constraint delegations_controller_fk references controllers,
  number         text not null,
  text           text not null,
  decision_kinds text[] not null constraint delegations_kinds_some check (cardinality(decision_kinds) > 0),
  staff_id       uuid not null constraint delegations_staff_fk references staff,
  position_title text not null,
  adopted_on     date not null,
  paragraph      text not null,
  valid_from     date not null,
  valid_to       date,
  constraint delegations_key unique (controller_id, number, staff_id, valid_from),
  constraint delegations_period check (valid_to is null or valid_to >= valid_from)
);
create index delegations_staff_idx on delegations (staff_id, controller_id);

create table systems (
  id            uuid primary key,
  controller_id uuid not null constraint systems_controller_fk references controllers,
  name          text not null,
  description   text not null default '',
  owner         text not null default '',
  search_hint   text not null default '',
  classification text not null default '',
  position      integer not null default 0,
  constraint systems_key unique (controller_id, name)
);

create table activities (
  id            uuid primary key,
  controller_id uuid not null constraint activities_controller_fk references controllers,
  system_id     uuid not null constraint activities_system_fk references systems,
  name          text not null,
  purpose       text not null,
  legal_basis   text not null,
  data_categories text not null,
  recipients    text not null,
  storage       text not null,
  source        text not null,
  third_country text not null default '',
  automated     text not null default '',
  constraint activities_key unique (controller_id, system_id, name)
);
create index activities_system_idx on activities (system_id);

alter table controllers enable row level security;
alter table staff       enable row level security;
alter table assignments enable row level security;
alter table delegations enable row level security;
alter table systems     enable row level security;
alter table activities  enable row level security;

-- Who the controllers are is public. The names of staff are for staff. Who may do what, and the register, are for those who
-- work at the controller and for the administrator (design.md section 6); all of it is written by the import, as the system.
create policy controllers_read on controllers for select to insyn_app using (true);
create policy staff_read       on staff       for select to insyn_app using ((select actor_kind()) in ('staff', 'system'));
create policy assignments_read on assignments for select to insyn_app using ((select actor_is_system()) or (select actor_is_admin())
  or staff_id = (select actor_staff()) or controller_id = any ((select actor_content())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]));
create policy delegations_read on delegations for select to insyn_app using ((select actor_is_system()) or (select actor_is_admin())
  or controller_id = any ((select actor_content())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]));
create policy systems_read     on systems     for select to insyn_app using ((select actor_is_system()) or (select actor_is_admin()) or controller_id = any ((select actor_content())::uuid[]));
create policy activities_read  on activities  for select to insyn_app using ((select actor_is_system()) or (select actor_is_admin()) or controller_id = any ((select actor_content())::uuid[]));
create policy controllers_write on controllers to insyn_app using ((select actor_is_system())) with check ((select actor_is_system()));
create policy staff_write       on staff       to insyn_app using ((select actor_is_system())) with check ((select actor_is_system()));
create policy assignments_write on assignments to insyn_app using ((select actor_is_system())) with check ((select actor_is_system()));
create policy delegations_write on delegations to insyn_app using ((select actor_is_system())) with check ((select actor_is_system()));
create policy systems_write     on systems     to insyn_app using ((select actor_is_system())) with check ((select actor_is_system()));
create policy activities_write  on activities  to insyn_app using ((select actor_is_system())) with check ((select actor_is_system()));

grant select, insert, update on controllers, staff, assignments, delegations, systems, activities to insyn_app;

-- +goose Down
drop table activities;
drop table systems;
drop table delegations;
drop table assignments;
drop table staff;
drop table controllers;
