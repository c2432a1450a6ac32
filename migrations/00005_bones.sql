-- Jobs, events, the read log, sessions.

-- +goose Up

-- One row is the outbox entry (written with the change), the queue hint (enqueued_at, attempt) and the receipt (done_at,
-- written with the effect). key names the effect, so that the same effect is never promised twice.
create table jobs (
  id            uuid primary key,
  kind          text not null,
  key           text not null constraint jobs_key_key unique,
  request_id    uuid,
  case_id       uuid,
  controller_id uuid,
  data          jsonb not null default '{}',
  run_at        timestamptz not null,
  created_at    timestamptz not null,
  attempt       integer not null default 0,
  enqueued_at   timestamptz,
  error_code    text,
  failures      integer not null default 0,
  sent_at       timestamptz,
  done_at       timestamptz,
  result        text,
  constraint jobs_done_whole check ((done_at is null) = (result is null)),
  constraint jobs_kind_form check (kind ~ '^[a-z]+(-[a-z]+)*$')
);
create index jobs_due_idx on jobs (run_at, id) where done_at is null and enqueued_at is null;
create index jobs_live_idx on jobs (enqueued_at) where done_at is null and enqueued_at is not null;
create index jobs_case_idx on jobs (case_id) where done_at is null;

alter table jobs enable row level security;
create policy jobs_read on jobs for select to insyn_app using ((select actor_is_system())
  or controller_id = any ((select actor_content())::uuid[]) or ((select actor_intake()) and case_id is null));
-- A job is promised for what the actor may act on: it runs as the system. The lookups are one row each, on insert only.
create policy jobs_insert on jobs for insert to insyn_app with check ((select actor_is_system())
  or (exists (select from requests r where r.id = request_id and r.subject_id = (select actor_subject()))
    and (case_id is null or exists (select from cases c where c.id = case_id and c.request_id = jobs.request_id)))
  or ((select actor_intake()) and exists (select from requests r where r.id = request_id)
    and (case_id is null or exists (select from addressees a where a.case_id = jobs.case_id and a.request_id = jobs.request_id)))
  or ((controller_id = any ((select actor_content())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]))
    and exists (select from cases c where c.id = case_id and c.controller_id = jobs.controller_id and c.request_id = jobs.request_id)));
create policy jobs_update on jobs for update to insyn_app using ((select actor_is_system()));
grant select, insert, update (run_at, attempt, enqueued_at, error_code, failures, sent_at, done_at, result) on jobs to insyn_app;

create table events (
  stream_kind   text not null constraint events_stream_known check (stream_kind in ('request', 'case')),
  stream_id     uuid not null,
  seq           bigint not null,
  controller_id uuid,
  subject_id    uuid not null,
  kind          text not null,
  audience      text not null constraint events_audience_known check (audience in ('subject', 'staff')),
  actor_kind    text not null,
  staff_id      uuid,
  data          jsonb not null,
  at            timestamptz not null,
  prev_hash     bytea not null,
  hash          bytea not null,
  constraint events_pkey primary key (stream_kind, stream_id, seq),
  constraint events_controller_of_case check ((stream_kind = 'case') = (controller_id is not null)),
  constraint events_hash_length check (octet_length(hash) = 32 and octet_length(prev_hash) = 32)
);
create index events_subject_idx on events (subject_id, at);

create table event_heads (
  stream_kind text not null,
  stream_id   uuid not null,
  seq         bigint not null,
  hash        bytea not null,
  constraint event_heads_pkey primary key (stream_kind, stream_id)
);

alter table events enable row level security;
alter table event_heads enable row level security;
create policy events_read on events for select to insyn_app using ((select actor_is_system())
  or (subject_id = (select actor_subject()) and audience = 'subject')
  or controller_id = any ((select actor_content())::uuid[]) or controller_id = any ((select actor_letters())::uuid[])
  or ((select actor_intake()) and stream_kind = 'request'));
create policy event_heads_read on event_heads for select to insyn_app using ((select actor_is_system()));
grant select on events, event_heads to insyn_app;

-- What an event's hash is taken over. jsonb's text is canonical; the instant is in microseconds since 1970.
create function event_digest(p_prev bytea, p_stream_kind text, p_stream_id uuid, p_seq bigint, p_controller uuid, p_subject uuid,
  p_kind text, p_audience text, p_actor_kind text, p_staff uuid, p_data jsonb, p_at timestamptz) returns bytea
language sql stable as $$
  select sha256(p_prev || convert_to(jsonb_build_array(p_stream_kind, p_stream_id, p_seq, p_controller, p_subject, p_kind, p_audience,
    p_actor_kind, p_staff, p_data, (extract(epoch from p_at) * 1000000)::bigint)::text, 'UTF8'))
$$;

-- The only way to write an event. It takes the actor from the transaction and refuses a stream that is not the actor's, and
-- one that is not the controller's and the subject's it is said to be. pg_temp comes last, so that no temporary table can
-- stand in for one of ours.
-- +goose StatementBegin
create function append_event(p_stream_kind text, p_stream_id uuid, p_controller uuid, p_subject uuid, p_kind text, p_audience text,
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
revoke all on function append_event(text, uuid, uuid, uuid, text, text, jsonb, timestamptz) from public;
grant execute on function append_event(text, uuid, uuid, uuid, text, text, jsonb, timestamptz) to insyn_app;

-- Who looked at whose data: one row per page view, committed before the page is sent, sealed in batches.
create table read_log (
  id            bigint generated always as identity primary key,
  at            timestamptz not null,
  actor_kind    text not null,
  staff_id      uuid,
  subject_actor uuid,
  page          text not null,
  controller_id uuid,
  shown         uuid[] not null,
  seal_id       bigint,
  constraint read_log_who check ((actor_kind = 'staff') = (staff_id is not null) and (actor_kind = 'resident') = (subject_actor is not null))
);
create index read_log_unsealed_idx on read_log (id) where seal_id is null;
create index read_log_staff_idx on read_log (staff_id, at desc);
create index read_log_shown_idx on read_log using gin (shown);

create table read_log_seals (
  id       bigint primary key,
  rows     bigint not null,
  at       timestamptz not null,
  prev     bytea not null,
  hash     bytea not null
);

alter table read_log enable row level security;
alter table read_log_seals enable row level security;
create policy read_log_insert on read_log for insert to insyn_app with check (
  seal_id is null and (select actor_kind()) in ('resident', 'staff', 'system') and actor_kind = (select actor_kind()) and staff_id is not distinct from (select actor_staff()) and subject_actor is not distinct from (select actor_subject()));
create policy read_log_read on read_log for select to insyn_app using ((select actor_is_system())
  or ((select actor_reads_log()) and (controller_id is null or (select actor_content()) is null or controller_id = any ((select actor_content())::uuid[])))
  or staff_id = (select actor_staff()));
create policy read_log_seals_read on read_log_seals for select to insyn_app using ((select actor_is_system()) or (select actor_reads_log()));
grant select, insert on read_log to insyn_app;
grant select on read_log_seals to insyn_app;

create function read_log_digest(p_prev bytea, p_seal bigint) returns bytea language sql stable as $$
  select sha256(p_prev || convert_to(coalesce(string_agg(jsonb_build_array(id, (extract(epoch from at) * 1000000)::bigint, actor_kind, staff_id,
    subject_actor, page, controller_id, shown)::text, E'\n' order by id), ''), 'UTF8')) from read_log where seal_id = p_seal
$$;

-- Seals the rows that are not sealed yet; returns how many. Rows younger than the given instant wait, so that a transaction
-- that took its id early and commits late is not passed over.
-- +goose StatementBegin
create function seal_read_log(p_before timestamptz, p_at timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  last read_log_seals%rowtype;
  next_id bigint;
  n bigint;
  digest bytea;
begin
  if not actor_is_system() then
    raise exception 'only the system seals the read log' using errcode = 'insufficient_privilege';
  end if;
  lock table read_log_seals in exclusive mode;
  select * into last from read_log_seals order by id desc limit 1;
  next_id := coalesce(last.id, 0) + 1;
  update read_log set seal_id = next_id where seal_id is null and at < p_before;
  get diagnostics n = row_count;
  if n = 0 then
    return 0;
  end if;
  digest := read_log_digest(coalesce(last.hash, decode(repeat('00', 32), 'hex')), next_id);
  insert into read_log_seals values (next_id, n, p_at, coalesce(last.hash, decode(repeat('00', 32), 'hex')), digest);
  return n;
end
$$;
-- +goose StatementEnd
revoke all on function seal_read_log(timestamptz, timestamptz) from public;
grant execute on function seal_read_log(timestamptz, timestamptz) to insyn_app;

-- Which key store this database was used with first: another one, such as a folder whose disk was not mounted, is named at
-- the start instead of being filled with new keys.
create table key_stores (
  id         uuid primary key,
  first_used timestamptz not null
);
alter table key_stores enable row level security;
create policy key_stores_read on key_stores for select to insyn_app using ((select actor_is_system()));
create policy key_stores_insert on key_stores for insert to insyn_app with check ((select actor_is_system()));
grant select, insert on key_stores to insyn_app;

-- token is the SHA-256 of the cookie's token: whoever reads this table cannot take over a session.
create table sessions (
  token  text primary key,
  data   bytea not null,
  expiry timestamptz not null
);
create index sessions_expiry_idx on sessions (expiry);
grant select, insert, update, delete on sessions to insyn_app;

-- +goose Down
drop table sessions;
drop table key_stores;
drop function seal_read_log(timestamptz, timestamptz);
drop function read_log_digest(bytea, bigint);
drop table read_log_seals;
drop table read_log;
drop function append_event(text, uuid, uuid, uuid, text, text, jsonb, timestamptz);
drop function event_digest(bytea, text, uuid, bigint, uuid, uuid, text, text, text, uuid, jsonb, timestamptz);
drop table event_heads;
drop table events;
drop table jobs;
