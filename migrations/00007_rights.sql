-- Rectification (art 16) and erasure (art 17): what is to be done in each system, and that it was done.

-- +goose Up
alter table requests drop constraint requests_right_known,
  add constraint requests_right_known check ("right" in ('access', 'rectification', 'erasure'));

-- executing: a decision that something is to be done is not answered until it is done (domain P5).
alter table cases drop constraint cases_right_known, drop constraint cases_state_known, drop constraint cases_outcome_known,
  drop constraint cases_proposal_fact, drop constraint cases_decided_fact, drop constraint cases_handler_fact,
  add constraint cases_right_known check ("right" in ('access', 'rectification', 'erasure')),
  add constraint cases_state_known check (state in ('assigned', 'searching', 'in-review', 'ready', 'decided', 'executing', 'released',
    'closed', 'awaiting-subject', 'withdrawn')),
  add constraint cases_outcome_known check (outcome in ('granted', 'supplemented', 'partial', 'nothing-found', 'neutral', 'refused')),
  add constraint cases_proposal_fact check (state not in ('in-review', 'ready', 'decided', 'executing', 'released', 'closed') or proposal is not null),
  add constraint cases_decided_fact  check ((state in ('decided', 'executing', 'released', 'closed')) = (decided_at is not null)),
  add constraint cases_handler_fact  check (state not in ('searching', 'in-review', 'ready', 'decided', 'executing', 'released', 'closed') or handler_id is not null);
alter table decisions drop constraint decisions_outcome_known,
  add constraint decisions_outcome_known check (outcome in ('granted', 'supplemented', 'partial', 'nothing-found', 'neutral', 'refused'));

-- A measure is what is to be done, or not, with some data in one system. What is kept has a ground, as what is withheld has.
create table measures (
  id            uuid primary key,
  case_id       uuid not null,
  controller_id uuid not null,
  search_id     uuid not null,
  position      integer not null,
  kind          text not null constraint measures_kind_known check (kind in ('correct', 'supplement', 'erase', 'keep')),
  what          bytea not null,
  ground        text,
  explanation   bytea,
  added_by      uuid not null constraint measures_staff_fk references staff,
  created_at    timestamptz not null,
  done_at       timestamptz,
  done_by       uuid constraint measures_done_by_fk references staff,
  receipt       bytea,
  constraint measures_case_fk foreign key (case_id, controller_id) references cases (id, controller_id),
  constraint measures_search_fk foreign key (search_id, case_id) references searches (id, case_id),
  constraint measures_ground check ((kind = 'keep') = (ground is not null)),
  constraint measures_explained check ((ground is null) = (explanation is null)),
  constraint measures_done_whole check ((done_at is null) = (done_by is null) and (done_at is null) = (receipt is null)),
  constraint measures_kept_undone check (kind <> 'keep' or done_at is null)
);
create index measures_case_idx on measures (case_id, position);

alter table measures enable row level security;
create policy measures_read on measures for select to insyn_app using ((select actor_is_system()) or controller_id = any ((select actor_content())::uuid[]));
create policy measures_insert on measures for insert to insyn_app with check (controller_id = any ((select actor_handle())::uuid[])
  and added_by = (select actor_staff()) and done_at is null);
create policy measures_update on measures for update to insyn_app using (controller_id = any ((select actor_handle())::uuid[]));
create policy measures_delete on measures for delete to insyn_app using (controller_id = any ((select actor_handle())::uuid[]));
grant select, insert, delete, update (done_at, done_by, receipt) on measures to insyn_app;

-- +goose Down
drop table measures;
alter table decisions drop constraint decisions_outcome_known,
  add constraint decisions_outcome_known check (outcome in ('granted', 'partial', 'nothing-found', 'neutral', 'refused'));
alter table cases drop constraint cases_right_known, drop constraint cases_state_known, drop constraint cases_outcome_known,
  drop constraint cases_proposal_fact, drop constraint cases_decided_fact, drop constraint cases_handler_fact,
  add constraint cases_right_known check ("right" in ('access')),
  add constraint cases_state_known check (state in ('assigned', 'searching', 'in-review', 'ready', 'decided', 'released', 'closed', 'awaiting-subject', 'withdrawn')),
  add constraint cases_outcome_known check (outcome in ('granted', 'partial', 'nothing-found', 'neutral', 'refused')),
  add constraint cases_proposal_fact check (state not in ('in-review', 'ready', 'decided', 'released', 'closed') or proposal is not null),
  add constraint cases_decided_fact  check ((state in ('decided', 'released', 'closed')) = (decided_at is not null)),
  add constraint cases_handler_fact  check (state not in ('searching', 'in-review', 'ready', 'decided', 'released', 'closed') or handler_id is not null);
alter table requests drop constraint requests_right_known, add constraint requests_right_known check ("right" in ('access'));
