-- Inquiries: questions about personal data, asked with or without a login, and answered in three tiers (servicecenter, ombud,
-- DSO). One that goes straight to the DSO is nothing to tiers 1 and 2: not its row, its number, its events nor its jobs.

-- +goose Up

-- Somebody without a login who has shown a one-time code: the actor of one inquiry.
create function actor_inquiry() returns uuid language sql stable parallel safe
  as $$ select case when actor_kind() = 'inquirer' then nullif(current_setting('insyn.inquiry', true), '')::uuid end $$;
-- Controllers where the actor is ombud: deciders read cases, and no inquiries.
create function actor_ombud() returns uuid[] language sql stable parallel safe
  as $$ select case when actor_kind() = 'staff' then nullif(current_setting('insyn.ombud', true), '')::uuid[] end $$;

-- controller_id is whose ombud has the inquiry, or has had it; dpo_controller_id whose DSO. The number of one that went straight to
-- the DSO is of a series of its own, so that its absence from the servicecenter's series tells nothing.
create table inquiries (
  id                uuid primary key,
  number            text not null constraint inquiries_number_key unique constraint inquiries_number_form check (number ~ '^(FRG|DSO)-[0-9]{4}-[0-9]{5,}$'),
  state             text not null constraint inquiries_state_known check (state in ('open', 'answered', 'closed', 'converted')),
  tier              integer not null constraint inquiries_tier_known check (tier in (1, 2, 3)),
  direct            boolean not null,
  controller_id     uuid constraint inquiries_controller_fk references controllers,
  dpo_controller_id uuid constraint inquiries_dpo_controller_fk references controllers,
  subject_id        uuid constraint inquiries_subject_fk references subjects,
  version           integer not null default 1,
  language          text not null constraint inquiries_language_known check (language in ('sv', 'en')),
  topic             text not null default '' constraint inquiries_topic_form check (topic ~ '^[a-z-]*$'),
  contact           bytea not null,
  sent_token        bytea not null constraint inquiries_sent_key unique,
  offer             jsonb,
  request_id        uuid constraint inquiries_request_fk references requests,
  received_at       timestamptz not null,
  received_on       date not null,
  state_since       timestamptz not null,
  answered_at       timestamptz,
  closed_at         timestamptz,
  mail_failed_at    timestamptz,
  constraint inquiries_scope_key unique (id, subject_id),
  constraint inquiries_direct_whole check (not direct or (tier = 3 and controller_id is null)),
  constraint inquiries_series check (direct = (number ~ '^DSO-')),
  constraint inquiries_tier_fact check ((tier <> 2 or controller_id is not null) and (tier <> 3 or dpo_controller_id is not null)),
  constraint inquiries_answered_fact check (state <> 'answered' or answered_at is not null),
  constraint inquiries_closed_fact check ((state in ('closed', 'converted')) = (closed_at is not null)),
  constraint inquiries_request_fact check (request_id is null or state = 'converted')
);
create index inquiries_open_idx on inquiries (tier, state_since, id) where state in ('open', 'answered');
create index inquiries_subject_idx on inquiries (subject_id, received_at desc) where subject_id is not null;

-- The thread. A message belongs to the tier it was written in; passing an inquiry on lets the next tier read what is there.
create table inquiry_messages (
  id                uuid primary key,
  inquiry_id        uuid not null constraint inquiry_messages_inquiry_fk references inquiries,
  tier              integer not null constraint inquiry_messages_tier_known check (tier in (1, 2, 3)),
  controller_id     uuid,
  dpo_controller_id uuid,
  subject_id        uuid,
  direction         text not null constraint inquiry_messages_direction_known check (direction in ('from-asker', 'to-asker', 'note')),
  staff_id          uuid constraint inquiry_messages_staff_fk references staff,
  body              bytea not null,
  created_at        timestamptz not null,
  constraint inquiry_messages_subject_fk foreign key (inquiry_id, subject_id) references inquiries (id, subject_id),
  constraint inquiry_messages_author check ((direction = 'from-asker') = (staff_id is null)),
  constraint inquiry_messages_scope check ((tier <> 2 or controller_id is not null) and (tier <> 3 or dpo_controller_id is not null))
);
create index inquiry_messages_inquiry_idx on inquiry_messages (inquiry_id, created_at, id);

-- One-time codes: a keyed hash. The code itself is in the mail and nowhere else.
create table inquiry_codes (
  id          uuid primary key,
  inquiry_id  uuid not null constraint inquiry_codes_inquiry_fk references inquiries,
  hash        bytea not null constraint inquiry_codes_hash_length check (octet_length(hash) = 32),
  created_at  timestamptz not null,
  expires_at  timestamptz not null,
  attempts    integer not null default 0 constraint inquiry_codes_attempts_range check (attempts between 0 and 5),
  consumed_at timestamptz,
  constraint inquiry_codes_short_life check (expires_at <= created_at + interval '15 minutes')
);
create index inquiry_codes_inquiry_idx on inquiry_codes (inquiry_id, created_at desc);

-- How often something was tried, by keyed hashes of an address, a network address or an inquiry's id; old rows are removed.
create table rate_limits (
  scope  text not null,
  token  bytea not null,
  starts timestamptz not null,
  hits   integer not null,
  constraint rate_limits_pkey primary key (scope, token, starts),
  constraint rate_limits_hits_positive check (hits > 0)
);
create index rate_limits_starts_idx on rate_limits (starts);

alter table inquiries        enable row level security;
alter table inquiry_messages enable row level security;
alter table inquiry_codes    enable row level security;
alter table rate_limits      enable row level security;

-- The servicecenter goes on seeing that an inquiry was passed on and how it stands, never one that went straight to the DSO.
create policy inquiries_read on inquiries for select to insyn_app using ((select actor_is_system())
  or subject_id = (select actor_subject()) or id = (select actor_inquiry())
  or ((select actor_intake()) and not direct)
  or (not direct and controller_id = any ((select actor_ombud())::uuid[]))
  or dpo_controller_id = any ((select actor_review())::uuid[]));
create policy inquiries_insert on inquiries for insert to insyn_app with check ((select actor_is_system())
  or (state = 'open' and (tier = 1 or direct) and (subject_id = (select actor_subject()) or (id = (select actor_inquiry()) and subject_id is null))));
-- Who has the inquiry moves it; where to is for the transition table. What the asker may change is held by inquiries_guard.
create policy inquiries_update on inquiries for update to insyn_app using ((select actor_is_system())
  or subject_id = (select actor_subject()) or id = (select actor_inquiry())
  or ((select actor_intake()) and tier = 1)
  or (tier = 2 and controller_id = any ((select actor_ombud())::uuid[]))
  or (tier = 3 and dpo_controller_id = any ((select actor_review())::uuid[])))
  with check ((select actor_is_system())
  or subject_id = (select actor_subject()) or id = (select actor_inquiry())
  or ((select actor_intake()) and not direct)
  or (not direct and controller_id = any ((select actor_ombud())::uuid[]))
  or dpo_controller_id = any ((select actor_review())::uuid[]));

-- +goose StatementBegin
create function inquiries_guard() returns trigger language plpgsql as $$
begin
  if actor_kind() in ('resident', 'inquirer')
     and (new.tier, new.controller_id, new.dpo_controller_id, new.request_id, new.offer, new.mail_failed_at)
       is distinct from (old.tier, old.controller_id, old.dpo_controller_id, old.request_id, old.offer, old.mail_failed_at) then
    raise exception 'the asker does not route an inquiry' using errcode = 'insufficient_privilege';
  end if;
  if actor_kind() = 'staff' and (new.contact, new.request_id) is distinct from (old.contact, old.request_id) then
    raise exception 'whom an inquiry is from is not for staff to change' using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
-- +goose StatementEnd
create trigger inquiries_guard before update on inquiries for each row execute function inquiries_guard();

-- The asker sees no notes. The servicecenter reads tier 1, an ombud and a DSO what has been laid before them.
create policy inquiry_messages_read on inquiry_messages for select to insyn_app using ((select actor_is_system())
  or (direction <> 'note' and (subject_id = (select actor_subject()) or inquiry_id = (select actor_inquiry())))
  or ((select actor_intake()) and tier = 1)
  or controller_id = any ((select actor_ombud())::uuid[])
  or dpo_controller_id = any ((select actor_review())::uuid[]));
-- A message hangs on an inquiry that the actor sees, and is laid before those who have it. The lookup is one row, on insert only.
create policy inquiry_messages_insert on inquiry_messages for insert to insyn_app with check (
  (((select actor_is_system()))
    or (direction = 'from-asker' and (subject_id = (select actor_subject()) or (subject_id is null and inquiry_id = (select actor_inquiry()))))
    or (direction <> 'from-asker' and staff_id = (select actor_staff()) and (((select actor_intake()) and tier = 1)
      or controller_id = any ((select actor_ombud())::uuid[]) or (tier = 1 and (select actor_ombud()) is not null)
      or dpo_controller_id = any ((select actor_review())::uuid[]) or (tier = 1 and (select actor_review()) is not null))))
  and exists (select from inquiries i where i.id = inquiry_id and i.tier = inquiry_messages.tier
    and inquiry_messages.controller_id is not distinct from case when i.tier = 2 then i.controller_id end
    and inquiry_messages.dpo_controller_id is not distinct from case when i.tier = 3 then i.dpo_controller_id end));
create policy inquiry_messages_update on inquiry_messages for update to insyn_app using ((select actor_is_system())
  or ((select actor_intake()) and tier = 1) or controller_id = any ((select actor_ombud())::uuid[]));

-- Protected persons, as in 00009; of the third tier the DSO's clearance counts.
call hide_protected('inquiries', 'subject_id', intake => 'not direct');
alter policy hide_protected on inquiries using (not protected or (select actor_is_system()) or subject_id = (select actor_subject())
  or (not direct and controller_id = any ((select actor_cleared())::uuid[])) or dpo_controller_id = any ((select actor_cleared())::uuid[])
  or ((select actor_cleared_intake()) and not direct));
call hide_protected('inquiry_messages', 'inquiry_id', 'inquiries', 'tier = 1');
alter policy hide_protected on inquiry_messages using (not protected or (select actor_is_system()) or subject_id = (select actor_subject())
  or controller_id = any ((select actor_cleared())::uuid[]) or dpo_controller_id = any ((select actor_cleared())::uuid[])
  or ((select actor_cleared_intake()) and tier = 1));
-- An event of an inquiry carries no controller: who has the inquiry says whose clearance is needed.
-- +goose StatementBegin
create or replace function copy_protected_event() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  new.protected := coalesce((select s.protected from subjects s where s.id = new.subject_id), false);
  if new.protected and actor_kind() = 'staff' and not coalesce(case
      when new.stream_kind = 'inquiry' then exists (select from inquiries i where i.id = new.stream_id and ((actor_cleared_intake() and not i.direct)
        or (not i.direct and i.controller_id = any (actor_cleared())) or i.dpo_controller_id = any (actor_cleared())))
      when new.controller_id is null then actor_cleared_intake()
      else new.controller_id = any (actor_cleared()) end, false) then
    raise exception 'event on a stream that is not there' using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
-- +goose StatementEnd

create policy inquiry_codes_all on inquiry_codes to insyn_app using ((select actor_is_system())) with check ((select actor_is_system()));
create policy rate_limits_all on rate_limits to insyn_app using ((select actor_is_system())) with check ((select actor_is_system()));

grant select, insert, update (state, tier, controller_id, dpo_controller_id, version, contact, offer, request_id, state_since, answered_at, closed_at,
  mail_failed_at) on inquiries to insyn_app;
grant select, insert, update (controller_id, dpo_controller_id) on inquiry_messages to insyn_app;
grant select, insert, update (attempts, consumed_at) on inquiry_codes to insyn_app;
grant select, insert, update, delete on rate_limits to insyn_app;

-- Numbers: who asks takes one. The series of what goes straight to the DSO is not for staff to count.
drop policy counters_all on counters;
create policy counters_all on counters to insyn_app
  using ((select actor_kind()) in ('resident', 'system') or ((select actor_kind()) = 'inquirer' and series in ('FRG', 'DSO')) or ((select actor_intake()) and series <> 'DSO'))
  with check ((select actor_kind()) in ('resident', 'system') or ((select actor_kind()) = 'inquirer' and series in ('FRG', 'DSO')) or ((select actor_intake()) and series <> 'DSO'));

-- Jobs of an inquiry belong to no request, case or controller; only the system reads them.
alter table jobs add column inquiry_id uuid,
  add constraint jobs_inquiry_alone check (inquiry_id is null or (request_id is null and case_id is null and controller_id is null));
drop policy jobs_read on jobs;
create policy jobs_read on jobs for select to insyn_app using ((select actor_is_system())
  or controller_id = any ((select actor_content())::uuid[]) or ((select actor_intake()) and case_id is null and inquiry_id is null));
create policy jobs_insert_inquiry on jobs for insert to insyn_app with check (
  inquiry_id is not null and exists (select from inquiries i where i.id = inquiry_id));

-- Events of an inquiry carry no controller, so that no policy by controller opens them: the asker and the system read them; staff
-- read the thread.
alter table events alter column subject_id drop not null;
alter table events drop constraint events_stream_known,
  add constraint events_stream_known check (stream_kind in ('request', 'case', 'inquiry')),
  add constraint events_subject_known check (stream_kind = 'inquiry' or subject_id is not null);
create policy events_read_inquirer on events for select to insyn_app
  using (stream_kind = 'inquiry' and audience = 'subject' and stream_id = (select actor_inquiry()));

drop policy read_log_insert on read_log;
create policy read_log_insert on read_log for insert to insyn_app with check (
  seal_id is null and (select actor_kind()) in ('resident', 'inquirer', 'staff', 'system') and actor_kind = (select actor_kind())
  and staff_id is not distinct from (select actor_staff()) and subject_actor is not distinct from (select actor_subject()));

-- append_event as in 00005, with the streams of inquiries.
-- +goose StatementBegin
create or replace function append_event(p_stream_kind text, p_stream_id uuid, p_controller uuid, p_subject uuid, p_kind text, p_audience text,
  p_data jsonb, p_at timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  head event_heads%rowtype;
  digest bytea;
begin
  if actor_kind() = 'staff' and p_controller is not null
     and not (p_controller = any (coalesce(actor_content(), '{}')) or p_controller = any (coalesce(actor_letters(), '{}'))) then
    raise exception 'event outside the actor''s controllers' using errcode = 'insufficient_privilege';
  end if;
  if actor_kind() = 'staff' and p_controller is null and p_stream_kind <> 'inquiry' and not actor_intake() then
    raise exception 'event on a request by staff without intake' using errcode = 'insufficient_privilege';
  end if;
  if actor_kind() = 'resident' and p_subject is distinct from actor_subject() then
    raise exception 'event on another subject' using errcode = 'insufficient_privilege';
  end if;
  if actor_kind() not in ('staff', 'resident', 'system') and not (actor_kind() = 'inquirer' and p_stream_kind = 'inquiry') then
    raise exception 'event without an actor' using errcode = 'insufficient_privilege';
  end if;
  if not (case p_stream_kind
      when 'request' then p_controller is null and exists (select from requests where id = p_stream_id and subject_id = p_subject)
      when 'case' then exists (select from cases where id = p_stream_id and controller_id = p_controller and subject_id = p_subject)
      when 'inquiry' then p_controller is null and exists (select from inquiries i where i.id = p_stream_id and i.subject_id is not distinct from p_subject
        and (actor_is_system() or i.subject_id = actor_subject() or i.id = actor_inquiry() or (actor_intake() and not i.direct)
          or (not i.direct and i.controller_id = any (actor_ombud())) or i.dpo_controller_id = any (actor_review())))
      else false end) then
    raise exception 'event on a stream that is not there' using errcode = 'insufficient_privilege';
  end if;
  insert into event_heads values (p_stream_kind, p_stream_id, 0, decode(repeat('00', 32), 'hex')) on conflict do nothing;
  select * into strict head from event_heads where stream_kind = p_stream_kind and stream_id = p_stream_id for update;
  digest := event_digest(head.hash, p_stream_kind, p_stream_id, head.seq + 1, p_controller, p_subject, p_kind, p_audience,
    actor_kind(), actor_staff(), p_data, p_at);
  insert into events values (p_stream_kind, p_stream_id, head.seq + 1, p_controller, p_subject, p_kind, p_audience,
    actor_kind(), actor_staff(), p_data, p_at, head.hash, digest);
  update event_heads set seq = head.seq + 1, hash = digest where stream_kind = p_stream_kind and stream_id = p_stream_id;
  return head.seq + 1;
end
$$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
create or replace function append_event(p_stream_kind text, p_stream_id uuid, p_controller uuid, p_subject uuid, p_kind text, p_audience text,
  p_data jsonb, p_at timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  head event_heads%rowtype;
  digest bytea;
begin
  if actor_kind() = 'staff' and p_controller is not null
     and not (p_controller = any (coalesce(actor_content(), '{}')) or p_controller = any (coalesce(actor_letters(), '{}'))) then
    raise exception 'event outside the actor''s controllers' using errcode = 'insufficient_privilege';
  end if;
  if actor_kind() = 'staff' and p_controller is null and not actor_intake() then
    raise exception 'event on a request by staff without intake' using errcode = 'insufficient_privilege';
  end if;
  if actor_kind() = 'resident' and p_subject is distinct from actor_subject() then
    raise exception 'event on another subject' using errcode = 'insufficient_privilege';
  end if;
  if actor_kind() not in ('staff', 'resident', 'system') then
    raise exception 'event without an actor' using errcode = 'insufficient_privilege';
  end if;
  if not (case p_stream_kind
      when 'request' then p_controller is null and exists (select from requests where id = p_stream_id and subject_id = p_subject)
      when 'case' then exists (select from cases where id = p_stream_id and controller_id = p_controller and subject_id = p_subject)
      else false end) then
    raise exception 'event on a stream that is not there' using errcode = 'insufficient_privilege';
  end if;
  insert into event_heads values (p_stream_kind, p_stream_id, 0, decode(repeat('00', 32), 'hex')) on conflict do nothing;
  select * into strict head from event_heads where stream_kind = p_stream_kind and stream_id = p_stream_id for update;
  digest := event_digest(head.hash, p_stream_kind, p_stream_id, head.seq + 1, p_controller, p_subject, p_kind, p_audience,
    actor_kind(), actor_staff(), p_data, p_at);
  insert into events values (p_stream_kind, p_stream_id, head.seq + 1, p_controller, p_subject, p_kind, p_audience,
    actor_kind(), actor_staff(), p_data, p_at, head.hash, digest);
  update event_heads set seq = head.seq + 1, hash = digest where stream_kind = p_stream_kind and stream_id = p_stream_id;
  return head.seq + 1;
end
$$;
-- +goose StatementEnd
-- +goose StatementBegin
create or replace function copy_protected_event() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
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
drop policy read_log_insert on read_log;
create policy read_log_insert on read_log for insert to insyn_app with check (
  seal_id is null and (select actor_kind()) in ('resident', 'staff', 'system') and actor_kind = (select actor_kind()) and staff_id is not distinct from (select actor_staff()) and subject_actor is not distinct from (select actor_subject()));
drop policy events_read_inquirer on events;
delete from events where stream_kind = 'inquiry';
delete from event_heads where stream_kind = 'inquiry';
alter table events drop constraint events_subject_known, drop constraint events_stream_known,
  add constraint events_stream_known check (stream_kind in ('request', 'case'));
alter table events alter column subject_id set not null;
drop policy jobs_insert_inquiry on jobs;
drop policy jobs_read on jobs;
create policy jobs_read on jobs for select to insyn_app using ((select actor_is_system())
  or controller_id = any ((select actor_content())::uuid[]) or ((select actor_intake()) and case_id is null));
delete from jobs where inquiry_id is not null;
alter table jobs drop constraint jobs_inquiry_alone, drop column inquiry_id;
drop policy counters_all on counters;
create policy counters_all on counters to insyn_app using ((select actor_kind()) in ('resident', 'system') or (select actor_intake()))
  with check ((select actor_kind()) in ('resident', 'system') or (select actor_intake()));
drop table rate_limits;
drop table inquiry_codes;
drop table inquiry_messages;
drop table inquiries;
drop function inquiries_guard();
drop function actor_ombud();
drop function actor_inquiry();
