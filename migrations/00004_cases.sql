-- One request at one controller. Every row carries its controller_id; content is sealed under the case's key.

-- +goose Up
create table cases (
  id             uuid primary key,
  number         text not null constraint cases_number_key unique,
  request_id     uuid not null,
  controller_id  uuid not null constraint cases_controller_fk references controllers,
  subject_id     uuid not null constraint cases_subject_fk references subjects,
  "right"        text not null constraint cases_right_known check ("right" in ('access')),
  state          text not null constraint cases_state_known
                 check (state in ('assigned', 'searching', 'in-review', 'ready', 'decided', 'released', 'closed', 'awaiting-subject', 'withdrawn')),
  version        integer not null default 1,
  person         bytea not null,
  language       text not null constraint cases_language_known check (language in ('sv', 'en')),
  received_at    timestamptz not null,
  received_on    date not null,
  due_hard       date not null,
  due_on         date not null,
  extended       boolean not null default false,
  derivation     jsonb not null,
  clock_rule     text not null,
  clock_event    bigint not null default 0,
  handler_id     uuid constraint cases_handler_fk references staff,
  diary_number   text,
  outcome        text constraint cases_outcome_known check (outcome in ('granted', 'partial', 'nothing-found', 'neutral', 'refused')),
  proposal       bytea,
  proposed_by    uuid constraint cases_proposer_fk references staff,
  proposed_at    timestamptz,
  manifest_sha   bytea,
  state_since    timestamptz not null,
  decided_at     timestamptz,
  released_at    timestamptz,
  closed_at      timestamptz,
  appeal_until   date,
  answer_by_post boolean not null default false, -- as in the sealed person, where a queue cannot ask
  constraint cases_one_per_controller unique (request_id, controller_id),
  constraint cases_place_key unique (id, controller_id),
  constraint cases_scope_key unique (id, controller_id, subject_id),
  constraint cases_request_fk foreign key (request_id, subject_id) references requests (id, subject_id),
  constraint cases_due_order check (due_on >= due_hard and due_hard > received_on),
  constraint cases_proposal_whole check ((proposal is null) = (proposed_by is null) and (proposal is null) = (proposed_at is null)
    and (proposal is null) = (outcome is null) and (proposal is null) = (manifest_sha is null)),
  constraint cases_proposal_fact check (state not in ('in-review', 'ready', 'decided', 'released', 'closed') or proposal is not null),
  constraint cases_decided_fact  check ((state in ('decided', 'released', 'closed')) = (decided_at is not null)),
  constraint cases_released_fact check ((state in ('released', 'closed')) = (released_at is not null)),
  constraint cases_closed_fact   check ((state in ('closed', 'withdrawn')) = (closed_at is not null)),
  constraint cases_handler_fact  check (state not in ('searching', 'in-review', 'ready', 'decided', 'released', 'closed') or handler_id is not null)
);
create index cases_queue_idx   on cases (controller_id, due_on, id) where state not in ('released', 'closed', 'withdrawn');
create index cases_done_idx    on cases (controller_id, id desc) where state in ('released', 'closed', 'withdrawn');
create index cases_subject_idx on cases (subject_id, received_at desc);
create index cases_watch_idx   on cases (due_on) where state not in ('released', 'closed', 'withdrawn');
create index cases_appeal_idx  on cases (appeal_until) where state = 'released';
create index cases_released_idx on cases (released_at, id) where state = 'released';
create index cases_diary_idx   on cases (controller_id, diary_number);
-- Received and not in the diary (OSL 5 kap. 1 §): of all cases few, and for a short time.
create index cases_unregistered_idx on cases (controller_id, received_at, id) where diary_number is null and state <> 'withdrawn';
-- Released and not served: the first service sets the last day for appeal.
create index cases_unserved_idx on cases (controller_id, received_at, id) where state = 'released' and appeal_until is null;

-- CasePublic: all that may be known of a case outside its controller.
create table case_public (
  case_id       uuid primary key,
  request_id    uuid not null,
  controller_id uuid not null,
  subject_id    uuid not null,
  number        text not null,
  done          boolean not null default false,
  due_on        date not null,
  constraint case_public_case_fk foreign key (case_id, controller_id, subject_id) references cases (id, controller_id, subject_id)
);
create index case_public_request_idx on case_public (request_id);
create index case_public_open_idx on case_public (due_on, case_id) where not done;

-- What the request says to this controller. Written when the request is sent, before the case exists.
create table concerns (
  case_id       uuid primary key,
  controller_id uuid not null constraint concerns_controller_fk references controllers,
  subject_id    uuid not null,
  about         bytea not null,
  created_at    timestamptz not null,
  constraint concerns_addressee_fk foreign key (case_id, controller_id, subject_id) references addressees (case_id, controller_id, subject_id)
);

create table pauses (
  id            uuid primary key,
  case_id       uuid not null,
  controller_id uuid not null,
  subject_id    uuid not null,
  reason        text not null constraint pauses_reason_known check (reason in ('identity', 'specification', 'request')),
  from_date     date not null,
  to_date       date,
  resumed_state text not null constraint pauses_resumed_known check (resumed_state in ('assigned', 'searching')),
  constraint pauses_case_fk foreign key (case_id, controller_id, subject_id) references cases (id, controller_id, subject_id),
  constraint pauses_order check (to_date is null or to_date >= from_date)
);
create unique index pauses_one_open_idx on pauses (case_id) where to_date is null;
create index pauses_case_idx on pauses (case_id);

create table extensions (
  case_id       uuid primary key,
  controller_id uuid not null,
  subject_id    uuid not null,
  ground        text not null constraint extensions_ground_known check (ground in ('complexity', 'number')),
  reason        bytea not null,
  decided_by    uuid not null constraint extensions_staff_fk references staff,
  noticed_on    date not null,
  due_hard      date not null,
  due_before    date not null,
  due_after     date not null,
  -- The notice must go out within the first month (art 12.3), counted without pauses.
  constraint extensions_case_fk foreign key (case_id, controller_id, subject_id) references cases (id, controller_id, subject_id),
  constraint extensions_in_time check (noticed_on <= due_hard)
);

create table messages (
  id            uuid primary key,
  case_id       uuid not null,
  controller_id uuid not null,
  subject_id    uuid not null,
  direction     text not null constraint messages_direction_known check (direction in ('to-subject', 'from-subject')),
  staff_id      uuid constraint messages_staff_fk references staff,
  body          bytea not null,
  created_at    timestamptz not null,
  read_at       timestamptz,
  constraint messages_case_fk foreign key (case_id, controller_id, subject_id) references cases (id, controller_id, subject_id),
  constraint messages_author check ((direction = 'to-subject') = (staff_id is not null))
);
create index messages_case_idx on messages (case_id, created_at);

create table notes (
  id            uuid primary key,
  case_id       uuid not null,
  controller_id uuid not null,
  staff_id      uuid not null constraint notes_staff_fk references staff,
  body          bytea not null,
  created_at    timestamptz not null,
  constraint notes_case_fk foreign key (case_id, controller_id) references cases (id, controller_id)
);
create index notes_case_idx on notes (case_id, created_at);

create table searches (
  id            uuid primary key,
  case_id       uuid not null,
  controller_id uuid not null,
  system_id     uuid not null constraint searches_system_fk references systems,
  result        text constraint searches_result_known check (result in ('found', 'nothing', 'not-searched')),
  hits          integer not null default 0,
  reason        bytea,
  attested_by   uuid constraint searches_staff_fk references staff,
  attested_at   timestamptz,
  constraint searches_case_fk foreign key (case_id, controller_id) references cases (id, controller_id),
  constraint searches_key unique (case_id, system_id),
  constraint searches_place_key unique (id, case_id),
  constraint searches_attested_whole check ((result is null) = (attested_by is null) and (result is null) = (attested_at is null)),
  constraint searches_hits check ((result is not distinct from 'found') = (hits > 0)),
  constraint searches_reason check ((result is not distinct from 'not-searched') = (reason is not null))
);

-- A file of a draft is nobody's but the person's; without a draft it is the case's, which the addressee tells.
create table files (
  id            uuid primary key,
  case_id       uuid not null,
  controller_id uuid not null constraint files_controller_fk references controllers,
  subject_id    uuid not null,
  draft_id      uuid,
  purpose       text not null constraint files_purpose_known check (purpose in ('attachment', 'item', 'letter', 'extract-html', 'extract-json', 'extract-csv')),
  name          bytea not null,
  media_type    text not null,
  size          bigint not null constraint files_size_positive check (size > 0),
  sha256        bytea not null constraint files_sha_length check (octet_length(sha256) = 32),
  created_at    timestamptz not null,
  released_at   timestamptz,
  sent_case_id  uuid generated always as (case when draft_id is null then case_id end) stored,
  constraint files_case_key unique (id, case_id),
  constraint files_addressee_fk foreign key (sent_case_id, controller_id, subject_id) references addressees (case_id, controller_id, subject_id),
  constraint files_draft_fk foreign key (draft_id, subject_id) references drafts (id, subject_id),
  constraint files_draft_kinds check (draft_id is null or purpose = 'attachment'),
  constraint files_release_kinds check (released_at is null or purpose <> 'attachment')
);
create index files_case_idx on files (case_id);
create index files_draft_idx on files (draft_id) where draft_id is not null;

create table items (
  id            uuid primary key,
  case_id       uuid not null,
  controller_id uuid not null,
  search_id     uuid not null,
  position      integer not null,
  title         bytea not null,
  body          bytea,
  file_id       uuid,
  sha256        bytea not null,
  disposition   text constraint items_disposition_known check (disposition in ('release', 'withhold')),
  ground        text,
  explanation   bytea,
  draft_since   date,
  added_by      uuid not null constraint items_staff_fk references staff,
  created_at    timestamptz not null,
  constraint items_case_fk foreign key (case_id, controller_id) references cases (id, controller_id),
  constraint items_search_fk foreign key (search_id, case_id) references searches (id, case_id),
  constraint items_file_fk foreign key (file_id, case_id) references files (id, case_id),
  constraint items_one_content check ((body is null) <> (file_id is null)),
  constraint items_ground check ((disposition is not distinct from 'withhold') = (ground is not null)),
  constraint items_explained check ((ground is null) = (explanation is null))
);
create index items_case_idx on items (case_id, position);

create table manifests (
  case_id       uuid not null,
  sha256        bytea not null,
  controller_id uuid not null,
  body          bytea not null,
  created_at    timestamptz not null,
  constraint manifests_case_fk foreign key (case_id, controller_id) references cases (id, controller_id),
  constraint manifests_pkey primary key (case_id, sha256)
);

create table reviews (
  id            uuid primary key,
  case_id       uuid not null,
  controller_id uuid not null,
  round         integer not null,
  manifest_sha  bytea not null,
  offered_at    timestamptz not null,
  closes_on     date not null,
  outcome       text constraint reviews_outcome_known check (outcome in ('no-remarks', 'remarks', 'declined', 'timed-out', 'recalled')),
  remarks       bytea,
  reply         bytea,
  reviewer_id   uuid constraint reviews_staff_fk references staff,
  closed_at     timestamptz,
  constraint reviews_case_fk foreign key (case_id, controller_id) references cases (id, controller_id),
  constraint reviews_round_key unique (case_id, round),
  constraint reviews_closed_whole check ((outcome is null) = (closed_at is null)),
  constraint reviews_remarks check ((outcome is not distinct from 'remarks') = (remarks is not null)),
  constraint reviews_reviewer check (outcome is null or (outcome in ('timed-out', 'recalled')) = (reviewer_id is null))
);
create unique index reviews_one_open_idx on reviews (case_id) where outcome is null;
create index reviews_closing_idx on reviews (closes_on) where outcome is null;

create table decisions (
  id             uuid primary key,
  case_id        uuid not null,
  controller_id  uuid not null,
  subject_id     uuid not null,
  kind           text not null,
  outcome        text not null constraint decisions_outcome_known check (outcome in ('granted', 'partial', 'nothing-found', 'neutral', 'refused')),
  reasons        bytea not null,
  delegation_id  uuid constraint decisions_delegation_fk references delegations,
  delegation     text,
  meeting_on     date,
  meeting_paragraph text,
  decided_by     uuid not null constraint decisions_staff_fk references staff,
  decided_at     timestamptz not null,
  decided_on     date not null,
  appealable     boolean not null,
  remedy         text not null constraint decisions_remedy_known check (remedy in ('none', 'forvaltningsratt', 'imy-and-court')),
  manifest_sha   bytea not null,
  letter_id      uuid not null,
  letter_sha     bytea not null,
  constraint decisions_case_fk foreign key (case_id, controller_id, subject_id) references cases (id, controller_id, subject_id),
  constraint decisions_letter_fk foreign key (letter_id, case_id) references files (id, case_id),
  constraint decisions_one_per_case unique (case_id),
  constraint decisions_authority check ((delegation_id is null) = (delegation is null) and (meeting_on is null) = (meeting_paragraph is null)
    and (delegation_id is null) <> (meeting_on is null)),
  constraint decisions_remedy_when_refused check (outcome in ('granted', 'nothing-found') or remedy <> 'none'),
  constraint decisions_appeal_remedy check (appealable = (remedy = 'forvaltningsratt'))
);

-- Service (delgivning): what starts the appeal clock. Never changed, only followed by another.
create table services (
  id            uuid primary key,
  case_id       uuid not null,
  controller_id uuid not null,
  subject_id    uuid not null,
  method        text not null constraint services_method_known check (method in ('portal', 'post', 'simplified', 'handed-over')),
  served_on     date,
  evidence      bytea,
  staff_id      uuid constraint services_staff_fk references staff,
  created_at    timestamptz not null,
  constraint services_case_fk foreign key (case_id, controller_id, subject_id) references cases (id, controller_id, subject_id),
  constraint services_recorder check ((method = 'portal') = (staff_id is null))
);
create index services_case_idx on services (case_id, created_at);
create unique index services_portal_once_idx on services (case_id) where method = 'portal';

create table deliveries (
  id            uuid primary key,
  case_id       uuid not null,
  controller_id uuid not null,
  subject_id    uuid not null,
  file_id       uuid not null,
  at            timestamptz not null,
  constraint deliveries_file_fk foreign key (file_id, case_id) references files (id, case_id),
  constraint deliveries_case_fk foreign key (case_id, controller_id, subject_id) references cases (id, controller_id, subject_id)
);
create index deliveries_case_idx on deliveries (case_id, at);

-- Search by equality on keyed hashes of the person's name words and number, one set per controller.
create table search_tokens (
  controller_id uuid not null,
  token         bytea not null,
  case_id       uuid not null,
  constraint search_tokens_case_fk foreign key (case_id, controller_id) references cases (id, controller_id),
  constraint search_tokens_pkey primary key (controller_id, token, case_id)
);

-- Row-level security. own/other is decided by the row's own controller_id or subject_id; the actor's scope comes from an
-- InitPlan, once a statement.
alter table cases         enable row level security;
alter table case_public   enable row level security;
alter table concerns      enable row level security;
alter table pauses        enable row level security;
alter table extensions    enable row level security;
alter table messages      enable row level security;
alter table notes         enable row level security;
alter table searches      enable row level security;
alter table files         enable row level security;
alter table items         enable row level security;
alter table manifests     enable row level security;
alter table reviews       enable row level security;
alter table decisions     enable row level security;
alter table services      enable row level security;
alter table deliveries    enable row level security;
alter table search_tokens enable row level security;

-- Shared with the person, the case's officers, the DSO and the registrator.
create policy cases_read on cases for select to insyn_app using ((select actor_is_system()) or subject_id = (select actor_subject())
  or controller_id = any ((select actor_content())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]));
create policy cases_insert on cases for insert to insyn_app with check ((select actor_is_system()));
create policy cases_update on cases for update to insyn_app using ((select actor_is_system()) or subject_id = (select actor_subject())
  or controller_id = any ((select actor_handle())::uuid[]) or controller_id = any ((select actor_review())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]));

-- Which of a case's facts an actor may change, which a policy cannot say. The person withdraws, answers and opens letters;
-- the DSO answers the review; the registrator keeps the diary and the service; none of them decides or moves what was
-- decided, and nobody but the system releases.
-- +goose StatementBegin
create function cases_guard() returns trigger language plpgsql as $$
declare
  kind text := actor_kind();
  handles boolean := kind = 'staff' and coalesce(new.controller_id = any (actor_handle()), false);
begin
  if kind in ('resident', 'staff') and new.released_at is distinct from old.released_at then
    raise exception 'only the system releases' using errcode = 'insufficient_privilege';
  end if;
  if kind = 'resident' and (new.handler_id, new.diary_number, new.outcome, new.proposal, new.proposed_by, new.proposed_at,
      new.manifest_sha, new.decided_at, new.extended) is distinct from (old.handler_id, old.diary_number, old.outcome, old.proposal,
      old.proposed_by, old.proposed_at, old.manifest_sha, old.decided_at, old.extended) then
    raise exception 'not the person''s to change' using errcode = 'insufficient_privilege';
  end if;
  if kind = 'staff' and not handles then
    if (new.handler_id, new.decided_at, new.closed_at, new.extended, new.due_hard, new.due_on)
        is distinct from (old.handler_id, old.decided_at, old.closed_at, old.extended, old.due_hard, old.due_on) then
      raise exception 'not this role''s to change' using errcode = 'insufficient_privilege';
    end if;
    if not coalesce(new.controller_id = any (actor_review()), false) and (new.state, new.outcome, new.proposal, new.manifest_sha)
        is distinct from (old.state, old.outcome, old.proposal, old.manifest_sha) then
      raise exception 'not this role''s to change' using errcode = 'insufficient_privilege';
    end if;
    -- The DSO's remarks take a proposal back; the DSO never makes one.
    if new.proposal is not null and (new.outcome, new.proposal, new.manifest_sha) is distinct from (old.outcome, old.proposal, old.manifest_sha) then
      raise exception 'not this role''s to change' using errcode = 'insufficient_privilege';
    end if;
    if not coalesce(new.controller_id = any (actor_letters()), false) and (new.diary_number, new.appeal_until)
        is distinct from (old.diary_number, old.appeal_until) then
      raise exception 'not this role''s to change' using errcode = 'insufficient_privilege';
    end if;
  end if;
  return new;
end
$$;
-- +goose StatementEnd
create trigger cases_guard before update on cases for each row execute function cases_guard();

create policy case_public_read on case_public for select to insyn_app using ((select actor_is_system()) or (select actor_intake()) or subject_id = (select actor_subject())
  or controller_id = any ((select actor_content())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]));
create policy case_public_insert on case_public for insert to insyn_app with check ((select actor_is_system()));
create policy case_public_update on case_public for update to insyn_app using ((select actor_is_system()) or subject_id = (select actor_subject())
  or controller_id = any ((select actor_handle())::uuid[]) or controller_id = any ((select actor_review())::uuid[]));

create policy concerns_read on concerns for select to insyn_app using ((select actor_is_system()) or subject_id = (select actor_subject())
  or controller_id = any ((select actor_content())::uuid[]));
create policy concerns_insert on concerns for insert to insyn_app with check ((select actor_is_system()) or subject_id = (select actor_subject()));

create policy pauses_read on pauses for select to insyn_app using ((select actor_is_system()) or subject_id = (select actor_subject())
  or controller_id = any ((select actor_content())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]));
create policy pauses_insert on pauses for insert to insyn_app with check ((select actor_is_system()) or controller_id = any ((select actor_handle())::uuid[]));
create policy pauses_update on pauses for update to insyn_app using ((select actor_is_system()) or subject_id = (select actor_subject())
  or controller_id = any ((select actor_handle())::uuid[]));

create policy extensions_read on extensions for select to insyn_app using ((select actor_is_system()) or subject_id = (select actor_subject())
  or controller_id = any ((select actor_content())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]));
-- Who writes is who signs.
create policy extensions_insert on extensions for insert to insyn_app with check (controller_id = any ((select actor_handle())::uuid[])
  and decided_by = (select actor_staff()));

create policy messages_read on messages for select to insyn_app using ((select actor_is_system()) or subject_id = (select actor_subject())
  or controller_id = any ((select actor_content())::uuid[]));
create policy messages_insert on messages for insert to insyn_app with check (
  (direction = 'from-subject' and subject_id = (select actor_subject())) or (direction = 'to-subject' and staff_id = (select actor_staff())
    and controller_id = any ((select actor_handle())::uuid[])));
create policy messages_update on messages for update to insyn_app using ((select actor_is_system()) or subject_id = (select actor_subject())
  or controller_id = any ((select actor_handle())::uuid[]));

-- The person reads the decision as the letter that is released, never as this row.
create policy decisions_read on decisions for select to insyn_app using ((select actor_is_system())
  or controller_id = any ((select actor_content())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]));
create policy decisions_insert on decisions for insert to insyn_app with check (controller_id = any ((select actor_handle())::uuid[])
  and decided_by = (select actor_staff()));

create policy services_read on services for select to insyn_app using ((select actor_is_system()) or subject_id = (select actor_subject())
  or controller_id = any ((select actor_content())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]));
create policy services_insert on services for insert to insyn_app with check ((select actor_is_system())
  or (method = 'portal' and subject_id = (select actor_subject())) or (staff_id = (select actor_staff()) and controller_id = any ((select actor_letters())::uuid[])));

create policy deliveries_read on deliveries for select to insyn_app using ((select actor_is_system()) or subject_id = (select actor_subject())
  or controller_id = any ((select actor_content())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]));
create policy deliveries_insert on deliveries for insert to insyn_app with check (subject_id = (select actor_subject()));

-- Files: the person reads what they sent and what is released; the registrator reads letters. A draft's files are the
-- person's alone until it is sent, and from then on nobody's to change.
create policy files_read on files for select to insyn_app using ((select actor_is_system())
  or (subject_id = (select actor_subject()) and (purpose = 'attachment' or released_at is not null))
  or (draft_id is null and controller_id = any ((select actor_content())::uuid[]))
  or (purpose = 'letter' and controller_id = any ((select actor_letters())::uuid[])));
create policy files_insert on files for insert to insyn_app with check ((select actor_is_system())
  or (purpose = 'attachment' and draft_id is not null and subject_id = (select actor_subject()))
  or (purpose <> 'attachment' and released_at is null and controller_id = any ((select actor_handle())::uuid[])));
create policy files_update on files for update to insyn_app using ((select actor_is_system())
  or (purpose = 'attachment' and draft_id is not null and subject_id = (select actor_subject())))
  with check ((select actor_is_system()) or (purpose = 'attachment' and draft_id is null and subject_id = (select actor_subject())));
create policy files_delete on files for delete to insyn_app using ((select actor_is_system())
  or (purpose = 'attachment' and draft_id is not null and subject_id = (select actor_subject()))
  or (purpose = 'item' and released_at is null and controller_id = any ((select actor_handle())::uuid[])));

-- Work inside the controller: its officers and the DSO, never the person. Notes are the officers' own.
create policy notes_read on notes for select to insyn_app using ((select actor_is_system()) or controller_id = any ((select actor_handle())::uuid[]));
create policy notes_insert on notes for insert to insyn_app with check (controller_id = any ((select actor_handle())::uuid[])
  and staff_id = (select actor_staff()));
create policy searches_read on searches for select to insyn_app using ((select actor_is_system()) or controller_id = any ((select actor_content())::uuid[]));
create policy searches_insert on searches for insert to insyn_app with check ((select actor_is_system()) or controller_id = any ((select actor_handle())::uuid[]));
create policy searches_update on searches for update to insyn_app using (controller_id = any ((select actor_handle())::uuid[]));
create policy items_read on items for select to insyn_app using ((select actor_is_system()) or controller_id = any ((select actor_content())::uuid[]));
create policy items_insert on items for insert to insyn_app with check (controller_id = any ((select actor_handle())::uuid[])
  and added_by = (select actor_staff()));
create policy items_update on items for update to insyn_app using (controller_id = any ((select actor_handle())::uuid[]));
create policy items_delete on items for delete to insyn_app using (controller_id = any ((select actor_handle())::uuid[]));
create policy manifests_read on manifests for select to insyn_app using ((select actor_is_system()) or controller_id = any ((select actor_content())::uuid[]));
create policy manifests_insert on manifests for insert to insyn_app with check (controller_id = any ((select actor_handle())::uuid[]));
create policy reviews_read on reviews for select to insyn_app using ((select actor_is_system()) or controller_id = any ((select actor_content())::uuid[]));
create policy reviews_insert on reviews for insert to insyn_app with check (controller_id = any ((select actor_handle())::uuid[]));
create policy reviews_update on reviews for update to insyn_app using ((select actor_is_system())
  or controller_id = any ((select actor_handle())::uuid[]) or controller_id = any ((select actor_review())::uuid[]));
create policy search_tokens_read on search_tokens for select to insyn_app using ((select actor_is_system())
  or controller_id = any ((select actor_content())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]));
create policy search_tokens_insert on search_tokens for insert to insyn_app with check ((select actor_is_system()));

-- Only what a transition or a record changes can be changed: never whose a row is, or what somebody wrote.
grant select, insert, update (state, version, state_since, due_hard, due_on, extended, derivation, clock_event, handler_id, diary_number,
  outcome, proposal, proposed_by, proposed_at, manifest_sha, decided_at, released_at, closed_at, appeal_until) on cases to insyn_app;
grant select, insert, update (done, due_on) on case_public to insyn_app;
grant select, insert, update (to_date) on pauses to insyn_app;
grant select, insert, update (read_at) on messages to insyn_app;
grant select, insert, update (result, hits, reason, attested_by, attested_at) on searches to insyn_app;
grant select, insert, update (outcome, remarks, reply, reviewer_id, closed_at) on reviews to insyn_app;
grant select, insert, delete, update (draft_id, released_at) on files to insyn_app;
grant select, insert, delete, update (disposition, ground, explanation, draft_since) on items to insyn_app;
grant select, insert on concerns, extensions, notes, manifests, decisions, services, deliveries, search_tokens to insyn_app;

-- +goose Down
drop table search_tokens;
drop table deliveries;
drop table services;
drop table decisions;
drop table reviews;
drop table manifests;
drop table items;
drop table files;
drop table searches;
drop table notes;
drop table messages;
drop table extensions;
drop table pauses;
drop table concerns;
drop table case_public;
drop table cases;
drop function cases_guard();
