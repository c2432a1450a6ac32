-- The letters that are not decisions: notice of an extension, request to complete, receipt, forwarding, notice of service.
--
-- What belongs to a case is a file of the case, sealed under its key and given to the person with the action that made it: such a
-- file is never unreleased. What belongs to the request alone, and so to the servicecenter, is a row of request_notices, sealed
-- under the request's key: no controller's staff see it, and nothing of a case is in it (domain P1).

-- +goose Up

-- Other migrations name purposes of their own: whatever is known stays known.
-- +goose StatementBegin
do $$
declare
  known text := (select pg_get_expr(conbin, conrelid) from pg_constraint where conname = 'files_purpose_known' and conrelid = 'files'::regclass);
begin
  execute format('alter table files drop constraint files_purpose_known, add constraint files_purpose_known check (%s or purpose in (%L, %L, %L, %L))',
    known, 'extension', 'completion', 'forwarding', 'service');
end
$$;
-- +goose StatementEnd
alter table files add constraint files_notice_released check (purpose not in ('extension', 'completion', 'forwarding', 'service') or released_at is not null);

-- Beside what files_insert and files_read let through. Officers write to the person; that a decision was served is written by
-- whoever registers it. The registrator posts what is written, and reads it.
create policy files_notices_insert on files for insert to insyn_app with check (released_at is not null
  and ((purpose in ('extension', 'completion', 'forwarding') and controller_id = any ((select actor_handle())::uuid[]))
    or (purpose = 'service' and controller_id = any ((select actor_letters())::uuid[]))));
create policy files_notices_read on files for select to insyn_app
  using (purpose in ('extension', 'completion', 'forwarding', 'service') and controller_id = any ((select actor_letters())::uuid[]));

create table request_notices (
  id         uuid primary key,
  request_id uuid not null,
  subject_id uuid not null,
  kind       text not null constraint request_notices_kind_known check (kind in ('receipt', 'completion', 'forwarding')),
  media_type text not null,
  size       bigint not null constraint request_notices_size_positive check (size > 0),
  sha256     bytea not null constraint request_notices_sha_length check (octet_length(sha256) = 32),
  made_by    uuid constraint request_notices_staff_fk references staff, -- empty: by itself
  created_at timestamptz not null,
  opened_at  timestamptz, -- by the person, for the first time
  constraint request_notices_request_fk foreign key (request_id, subject_id) references requests (id, subject_id)
);
create index request_notices_request_idx on request_notices (request_id, created_at);
create unique index request_notices_receipt_idx on request_notices (request_id) where kind = 'receipt';

-- What was meant for somebody else and was sent on: copies of public documents, a party's insight, copies of a journal, or a
-- matter for another authority (FL 6–8 §§; domain R13, P7). It never stands in for the answer to the request. What is forwarded
-- and to whom lies sealed in details.
create table forwardings (
  id            uuid primary key,
  request_id    uuid not null,
  case_id       uuid,
  controller_id uuid,
  subject_id    uuid not null,
  kind          text not null constraint forwardings_kind_known check (kind in ('documents', 'insight', 'journal', 'other')),
  forwarded_on  date not null,
  details       bytea not null,
  staff_id      uuid not null constraint forwardings_staff_fk references staff,
  created_at    timestamptz not null,
  constraint forwardings_request_fk foreign key (request_id, subject_id) references requests (id, subject_id),
  constraint forwardings_case_fk foreign key (case_id, controller_id, subject_id) references cases (id, controller_id, subject_id),
  constraint forwardings_case_whole check ((case_id is null) = (controller_id is null))
);
create index forwardings_case_idx on forwardings (case_id, created_at) where case_id is not null;
create index forwardings_request_idx on forwardings (request_id, created_at);

-- Until when the person is asked to answer (FL 20 §).
alter table pauses add column answer_by date constraint pauses_answer_by check (answer_by > from_date);
alter table request_pauses add column answer_by date constraint request_pauses_answer_by check (answer_by > from_date);

alter table request_notices enable row level security;
alter table forwardings     enable row level security;

create policy request_notices_read on request_notices for select to insyn_app
  using ((select actor_is_system()) or (select actor_intake()) or subject_id = (select actor_subject()));
create policy request_notices_insert on request_notices for insert to insyn_app
  with check ((select actor_is_system()) or ((select actor_intake()) and made_by = (select actor_staff())));
-- That it was opened, and nothing else: see the grant.
create policy request_notices_update on request_notices for update to insyn_app
  using ((select actor_is_system()) or subject_id = (select actor_subject()));

create policy forwardings_read on forwardings for select to insyn_app using ((select actor_is_system()) or subject_id = (select actor_subject())
  or (case_id is null and (select actor_intake())) or controller_id = any ((select actor_content())::uuid[]));
create policy forwardings_insert on forwardings for insert to insyn_app with check (staff_id = (select actor_staff())
  and ((case_id is null and (select actor_intake())) or controller_id = any ((select actor_handle())::uuid[])));

call hide_protected('request_notices', 'request_id', intake => 'true');
call hide_protected('forwardings', 'request_id', intake => 'case_id is null');

grant select, insert, update (opened_at) on request_notices to insyn_app;
grant select, insert on forwardings to insyn_app;

-- +goose Down
alter table request_pauses drop column answer_by;
alter table pauses drop column answer_by;
call show_protected('forwardings');
call show_protected('request_notices');
drop table forwardings;
drop table request_notices;
drop policy files_notices_read on files;
drop policy files_notices_insert on files;
alter table files drop constraint files_notice_released;
delete from files where purpose in ('extension', 'completion', 'forwarding', 'service');
-- +goose StatementBegin
do $$
declare
  known text := (select pg_get_expr(conbin, conrelid) from pg_constraint where conname = 'files_purpose_known' and conrelid = 'files'::regclass);
begin
  -- The first part is what was known before.
  execute format('alter table files drop constraint files_purpose_known, add constraint files_purpose_known check (%s)',
    replace(known, ' OR (purpose = ANY (ARRAY[''extension''::text, ''completion''::text, ''forwarding''::text, ''service''::text]))', ''));
end
$$;
-- +goose StatementEnd
