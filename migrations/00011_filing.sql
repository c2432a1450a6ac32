-- Requests that came another way than through the e-service, and requests made for somebody else.

-- +goose Up

-- A person without an e-ID may have no number at all: such a subject is known by its request alone.
alter table subjects alter column number_token drop not null;

-- How a request came that the servicecenter wrote down. A request without a row here came through the e-service from
-- somebody logged in with an e-ID. arrived_on is the day it was in the authority's hands; requests.received_on the day it
-- counts as received, by the rule (FL 22 §). Of an identity document there is only that it was seen, how, when and by whom.
create table filings (
  request_id    uuid not null constraint filings_pkey primary key,
  subject_id    uuid not null,
  channel       text not null constraint filings_channel_known check (channel in ('desk', 'phone', 'letter', 'inquiry')),
  arrived_on    date not null,
  rule          text not null constraint filings_rule_known check (rule in ('as-arrived', 'fl-22')),
  registered_by uuid not null constraint filings_registered_fk references staff,
  registered_at timestamptz not null,
  identity      text not null constraint filings_identity_known
                check (identity in ('not-yet', 'id-shown', 'known', 'call-back', 'bank-id', 'registered-address')),
  identity_by   uuid constraint filings_identity_fk references staff,
  identity_at   timestamptz,
  constraint filings_request_fk foreign key (request_id, subject_id) references requests (id, subject_id),
  constraint filings_rule_of_paper check (rule = 'as-arrived' or channel = 'letter'),
  constraint filings_identity_whole check ((identity = 'not-yet') = (identity_by is null) and (identity = 'not-yet') = (identity_at is null))
);

-- Who acts for the person the data are about: requests.subject_id is the one who acts, and this row says by what right.
-- valid_until is the last day of it: for a guardian the day before the child turns eighteen.
create table representations (
  request_id  uuid not null constraint representations_pkey primary key,
  subject_id  uuid not null,
  kind        text not null constraint representations_kind_known check (kind in ('agent', 'guardian', 'god-man', 'trustee', 'future-power')),
  mandate     bytea,
  state       text not null constraint representations_state_known check (state in ('claimed', 'verified', 'rejected', 'ended')),
  valid_until date,
  how         text constraint representations_how_known check (how in ('register', 'power-of-attorney', 'appointment')),
  reason      bytea,
  checked_by  uuid constraint representations_checked_fk references staff,
  checked_at  timestamptz,
  created_at  timestamptz not null,
  constraint representations_request_fk foreign key (request_id, subject_id) references requests (id, subject_id),
  constraint representations_checked_whole check ((state = 'claimed') = (checked_by is null) and (state = 'claimed') = (checked_at is null)),
  constraint representations_how_verified check ((state in ('verified', 'ended')) = (how is not null)),
  constraint representations_reason_given check ((state in ('rejected', 'ended')) = (reason is not null))
);

-- The power of attorney that is sent in with a request, until it has been checked. It belongs to no controller's case.
create table mandates (
  id         uuid primary key,
  request_id uuid not null,
  subject_id uuid not null,
  name       bytea not null,
  media_type text not null,
  size       bigint not null constraint mandates_size_positive check (size > 0),
  sha256     bytea not null constraint mandates_sha_length check (octet_length(sha256) = 32),
  created_at timestamptz not null,
  sent_at    timestamptz, -- before that it is a draft's, and nobody's but the person's
  constraint mandates_draft_fk foreign key (request_id, subject_id) references drafts (id, subject_id)
);
create index mandates_request_idx on mandates (request_id);

-- A sealed envelope with a decision, left by the controller at the servicecenter to be handed over.
create table envelopes (
  id            uuid primary key,
  case_id       uuid not null,
  controller_id uuid not null,
  subject_id    uuid not null,
  sealed_by     uuid not null constraint envelopes_sealed_fk references staff,
  sealed_at     timestamptz not null,
  identity      text constraint envelopes_identity_known check (identity in ('id-shown', 'known', 'bank-id')),
  handed_by     uuid constraint envelopes_handed_fk references staff,
  handed_at     timestamptz,
  served_at     timestamptz, -- when the handing over was entered in the case as its service
  returned_by   uuid constraint envelopes_returned_fk references staff,
  returned_at   timestamptz,
  constraint envelopes_case_fk foreign key (case_id, controller_id, subject_id) references cases (id, controller_id, subject_id),
  constraint envelopes_handed_whole check ((handed_at is null) = (handed_by is null) and (handed_at is null) = (identity is null)),
  constraint envelopes_returned_whole check ((returned_at is null) = (returned_by is null)),
  constraint envelopes_served_handed check (served_at is null or handed_at is not null),
  constraint envelopes_one_way_out check (handed_at is null or returned_at is null)
);
create unique index envelopes_one_idx on envelopes (case_id) where returned_at is null;
create index envelopes_waiting_idx on envelopes (sealed_at, id) where handed_at is null and returned_at is null;

alter table filings         enable row level security;
alter table representations enable row level security;
alter table mandates        enable row level security;
alter table envelopes       enable row level security;

create policy filings_read on filings for select to insyn_app
  using ((select actor_is_system()) or (select actor_intake()) or subject_id = (select actor_subject()));
create policy filings_insert on filings for insert to insyn_app
  with check ((select actor_is_system()) or ((select actor_intake()) and registered_by = (select actor_staff())
    and (identity_by is null or identity_by = (select actor_staff()))));
create policy filings_update on filings for update to insyn_app using ((select actor_is_system()) or (select actor_intake()))
  with check ((select actor_is_system()) or ((select actor_intake()) and (identity_by is null or identity_by = (select actor_staff()))));

-- The one who acts claims; the servicecenter checks, in its own name.
create policy representations_read on representations for select to insyn_app
  using ((select actor_is_system()) or (select actor_intake()) or subject_id = (select actor_subject()));
create policy representations_insert on representations for insert to insyn_app
  with check ((select actor_is_system()) or (subject_id = (select actor_subject()) and state = 'claimed')
    or ((select actor_intake()) and (checked_by is null or checked_by = (select actor_staff()))));
create policy representations_update on representations for update to insyn_app using ((select actor_is_system()) or (select actor_intake()))
  with check ((select actor_is_system()) or ((select actor_intake()) and (checked_by is null or checked_by = (select actor_staff()))));

create policy mandates_read on mandates for select to insyn_app
  using ((select actor_is_system()) or subject_id = (select actor_subject()) or ((select actor_intake()) and sent_at is not null));
create policy mandates_insert on mandates for insert to insyn_app
  with check ((select actor_is_system()) or (subject_id = (select actor_subject()) and sent_at is null));
create policy mandates_update on mandates for update to insyn_app
  using ((select actor_is_system()) or (subject_id = (select actor_subject()) and sent_at is null))
  with check ((select actor_is_system()) or subject_id = (select actor_subject()));
create policy mandates_delete on mandates for delete to insyn_app
  using ((select actor_is_system()) or (subject_id = (select actor_subject()) and sent_at is null) or ((select actor_intake()) and sent_at is not null));

-- The controller seals, the servicecenter hands over: that there is an envelope says neither what is in it nor how it ended.
create policy envelopes_read on envelopes for select to insyn_app using ((select actor_is_system()) or (select actor_intake())
  or controller_id = any ((select actor_content())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]));
create policy envelopes_insert on envelopes for insert to insyn_app with check (sealed_by = (select actor_staff())
  and handed_at is null and returned_at is null
  and (controller_id = any ((select actor_handle())::uuid[]) or controller_id = any ((select actor_letters())::uuid[])));
create policy envelopes_update on envelopes for update to insyn_app using ((select actor_is_system()) or (select actor_intake()))
  with check ((select actor_is_system()) or (select actor_intake()) and (handed_by is null or handed_by = (select actor_staff()))
    and (returned_by is null or returned_by = (select actor_staff())));

call hide_protected('filings', 'request_id', intake => 'true');
call hide_protected('representations', 'request_id', intake => 'true');
call hide_protected('mandates', 'subject_id', intake => 'true');
drop trigger copy_protected on mandates;
-- The person may say that they are protected when the draft is sent.
create trigger copy_protected before insert or update of sent_at on mandates for each row execute function copy_protected('subject_id');
call hide_protected('envelopes', 'case_id', intake => 'true');

grant select, insert, update (identity, identity_by, identity_at) on filings to insyn_app;
grant select, insert, update (state, valid_until, how, reason, checked_by, checked_at) on representations to insyn_app;
grant select, insert, delete, update (sent_at) on mandates to insyn_app;
grant select, insert, update (identity, handed_by, handed_at, served_at, returned_by, returned_at) on envelopes to insyn_app;

-- The servicecenter registers what somebody asks for at the desk, by phone or by letter. What is said to one controller it
-- writes down and cannot read again: concerns_read stays as it is (domain P1).
drop policy requests_insert on requests;
create policy requests_insert on requests for insert to insyn_app
  with check ((select actor_is_system()) or ((subject_id = (select actor_subject()) or (select actor_intake())) and state = 'submitted'));
drop policy addressees_insert on addressees;
create policy addressees_insert on addressees for insert to insyn_app
  with check ((select actor_is_system()) or (select actor_intake()) or (subject_id = (select actor_subject()) and added_by = 'subject'));
drop policy concerns_insert on concerns;
create policy concerns_insert on concerns for insert to insyn_app
  with check ((select actor_is_system()) or (select actor_intake()) or subject_id = (select actor_subject()));

-- The cleared servicecenter writes it down for a protected person, and cannot read it either.
alter policy hide_protected on concerns with check (not protected or (select actor_is_system()) or (select actor_cleared_intake())
  or subject_id = (select actor_subject()) or controller_id = any ((select actor_cleared())::uuid[]));

-- How the request behind a case came, and who acts in it, for those who may see the case: facts of the shared part, which a
-- controller's staff do not read themselves since its other addressees are none of their business.
create function case_filing(p_case uuid) returns table (channel text, arrived_on date, rule text, identity text, identity_at timestamptz,
  registered_at timestamptz, kind text, state text, valid_until date, how text, checked_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select f.channel, f.arrived_on, f.rule, f.identity, f.identity_at, f.registered_at, r.kind, r.state, r.valid_until, r.how, r.checked_at
  from cases c left join filings f on f.request_id = c.request_id left join representations r on r.request_id = c.request_id
  where c.id = p_case and (actor_is_system() or c.subject_id = actor_subject()
    or ((c.controller_id = any (actor_content()) or c.controller_id = any (actor_letters()))
      and (not c.protected or c.controller_id = any (actor_cleared()))))
$$;
revoke all on function case_filing(uuid) from public;
grant execute on function case_filing(uuid) to insyn_app;

-- +goose Down
drop function case_filing(uuid);
drop policy hide_protected on concerns;
create policy hide_protected on concerns as restrictive to insyn_app using (not protected or (select actor_is_system())
  or subject_id = (select actor_subject()) or controller_id = any ((select actor_cleared())::uuid[]));
drop policy concerns_insert on concerns;
create policy concerns_insert on concerns for insert to insyn_app with check ((select actor_is_system()) or subject_id = (select actor_subject()));
drop policy addressees_insert on addressees;
create policy addressees_insert on addressees for insert to insyn_app
  with check ((select actor_is_system()) or ((select actor_intake()) and added_by = 'servicecenter')
    or (subject_id = (select actor_subject()) and added_by = 'subject'));
drop policy requests_insert on requests;
create policy requests_insert on requests for insert to insyn_app
  with check ((select actor_is_system()) or (subject_id = (select actor_subject()) and state = 'submitted'));
call show_protected('envelopes');
call show_protected('mandates');
call show_protected('representations');
call show_protected('filings');
drop table envelopes;
drop table mandates;
drop table representations;
drop table filings;
alter table subjects alter column number_token set not null;
