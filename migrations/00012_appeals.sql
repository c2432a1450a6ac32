-- Appeals that have come in, and what a person is told of the register before they ask.

-- +goose Up

-- One row for each appeal that came in; a decision may get several. It is never changed: what the nämnd does with it is a
-- decision of its own. The states are those that can be reached (decision 14). body is what the appeal says, wanted how the
-- decision should be changed (FL 43 §); on paper both may lie in a file. registered_by is empty for the portal.
create table appeals (
  id            uuid primary key,
  case_id       uuid not null,
  controller_id uuid not null,
  subject_id    uuid not null,
  state         text not null default 'received' constraint appeals_state_known check (state in ('received')),
  channel       text not null constraint appeals_channel_known check (channel in ('portal', 'mail', 'letter', 'desk')),
  arrived_on    date not null,
  registered_at timestamptz not null,
  registered_by uuid constraint appeals_staff_fk references staff,
  wanted        bytea,
  body          bytea,
  last_day      date,          -- as it was known when the appeal was registered; empty: not known, or none
  hand_over_by  date not null, -- a week after it came in (JO 1889-2015)
  constraint appeals_place_key unique (id, case_id),
  constraint appeals_case_fk foreign key (case_id, controller_id, subject_id) references cases (id, controller_id, subject_id),
  constraint appeals_portal check ((channel = 'portal') = (wanted is not null) and (channel = 'portal') = (registered_by is null)),
  constraint appeals_hand_over check (hand_over_by > arrived_on)
);
create index appeals_case_idx on appeals (case_id, registered_at);
create index appeals_open_idx on appeals (controller_id, hand_over_by, id) where state = 'received';

alter table appeals enable row level security;
create policy appeals_read on appeals for select to insyn_app using ((select actor_is_system()) or subject_id = (select actor_subject())
  or controller_id = any ((select actor_content())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]));
-- The person appeals for themselves; a paper is registered in one's own name.
create policy appeals_insert on appeals for insert to insyn_app with check ((select actor_is_system())
  or (channel = 'portal' and subject_id = (select actor_subject()))
  or (channel <> 'portal' and registered_by = (select actor_staff())
    and (controller_id = any ((select actor_handle())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]))));
call hide_protected('appeals', 'case_id');
grant select, insert on appeals to insyn_app;

-- What is sent with an appeal. Until the appeal is sent it is nobody's but the person's, as a draft's files are.
alter table files add column appeal_id uuid;
alter table files drop constraint files_purpose_known,
  add constraint files_purpose_known check (purpose in ('attachment', 'item', 'letter', 'extract-html', 'extract-json', 'extract-csv', 'appeal')),
  add constraint files_appeal_kinds check (appeal_id is null or purpose = 'appeal'),
  add constraint files_appeal_apart check (purpose <> 'appeal' or released_at is null),
  add constraint files_appeal_fk foreign key (appeal_id, case_id) references appeals (id, case_id);
create index files_appeal_idx on files (appeal_id) where appeal_id is not null;
create index files_pending_idx on files (created_at) where purpose = 'appeal' and appeal_id is null;

alter policy files_read on files using ((select actor_is_system())
  or (subject_id = (select actor_subject()) and (purpose in ('attachment', 'appeal') or released_at is not null))
  or (draft_id is null and controller_id = any ((select actor_content())::uuid[]) and (purpose <> 'appeal' or appeal_id is not null))
  or ((purpose = 'letter' or appeal_id is not null) and controller_id = any ((select actor_letters())::uuid[])));
alter policy files_insert on files with check ((select actor_is_system())
  or (purpose = 'attachment' and draft_id is not null and subject_id = (select actor_subject()))
  or (purpose = 'appeal' and appeal_id is null and subject_id = (select actor_subject()))
  or (purpose = 'appeal' and appeal_id is not null
    and (controller_id = any ((select actor_handle())::uuid[]) or controller_id = any ((select actor_letters())::uuid[])))
  or (purpose not in ('attachment', 'appeal') and released_at is null and controller_id = any ((select actor_handle())::uuid[])));
alter policy files_update on files using ((select actor_is_system())
  or (purpose = 'attachment' and draft_id is not null and subject_id = (select actor_subject()))
  or (purpose = 'appeal' and appeal_id is null and subject_id = (select actor_subject())))
  with check ((select actor_is_system()) or (purpose = 'attachment' and draft_id is null and subject_id = (select actor_subject()))
    or (purpose = 'appeal' and subject_id = (select actor_subject())));
alter policy files_delete on files using ((select actor_is_system())
  or (purpose = 'attachment' and draft_id is not null and subject_id = (select actor_subject()))
  or (purpose = 'appeal' and appeal_id is null and subject_id = (select actor_subject()))
  or (purpose = 'item' and released_at is null and controller_id = any ((select actor_handle())::uuid[])));
grant update (appeal_id) on files to insyn_app;

-- The activities of every controller by whom they are about, and nothing else of the register: which controller does what
-- with data about pupils, tenants, patients. Whoever wants to ask must be able to know whom to ask, and each controller tells
-- it anyway (art 13 and 14); nothing here is about a person. The rest of the register is for those who work with it.
create function activities_about(p_relations text[], p_on date) returns table (controller_id uuid, relation text, activity text)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct a.controller_id, r.relation, a.name from activities a cross join unnest(a.relations) r(relation)
  join controllers c on c.id = a.controller_id
  where r.relation = any (p_relations) and (a.valid_from is null or a.valid_from <= p_on) and (a.valid_to is null or a.valid_to >= p_on)
    and (c.valid_to is null or c.valid_to >= p_on)
$$;
revoke all on function activities_about(text[], date) from public;
grant execute on function activities_about(text[], date) to insyn_app;

-- +goose Down
drop function activities_about(text[], date);
revoke update (appeal_id) on files from insyn_app;
alter policy files_read on files using ((select actor_is_system())
  or (subject_id = (select actor_subject()) and (purpose = 'attachment' or released_at is not null))
  or (draft_id is null and controller_id = any ((select actor_content())::uuid[]))
  or (purpose = 'letter' and controller_id = any ((select actor_letters())::uuid[])));
alter policy files_insert on files with check ((select actor_is_system())
  or (purpose = 'attachment' and draft_id is not null and subject_id = (select actor_subject()))
  or (purpose <> 'attachment' and released_at is null and controller_id = any ((select actor_handle())::uuid[])));
alter policy files_update on files using ((select actor_is_system())
  or (purpose = 'attachment' and draft_id is not null and subject_id = (select actor_subject())))
  with check ((select actor_is_system()) or (purpose = 'attachment' and draft_id is null and subject_id = (select actor_subject())));
alter policy files_delete on files using ((select actor_is_system())
  or (purpose = 'attachment' and draft_id is not null and subject_id = (select actor_subject()))
  or (purpose = 'item' and released_at is null and controller_id = any ((select actor_handle())::uuid[])));
drop index files_pending_idx;
drop index files_appeal_idx;
alter table files drop constraint files_appeal_fk, drop constraint files_appeal_apart, drop constraint files_appeal_kinds, drop constraint files_purpose_known;
delete from files where purpose = 'appeal';
alter table files add constraint files_purpose_known check (purpose in ('attachment', 'item', 'letter', 'extract-html', 'extract-json', 'extract-csv'));
alter table files drop column appeal_id;
drop table appeals;
