-- Letters on paper: what is to be posted, in which day's batch it was printed, by whom, and when it was handed to the post.
--
-- A posting is one released letter that goes on paper: the person asked for the answer so, or has left it unopened for a
-- fortnight (domain P9). It belongs to a controller, or, without one, to the servicecenter, which prints its own letters and
-- nobody else's (decision 0027). It says neither what the letter is about nor how the case ended.

-- +goose Up

-- What was printed together: one controller's letters of one day, numbered within the day. A controller that is not there is
-- the servicecenter.
create table print_batches (
  id            uuid primary key,
  controller_id uuid constraint print_batches_controller_fk references controllers,
  day           date not null,
  number        integer not null constraint print_batches_number_positive check (number > 0),
  made_by       uuid not null constraint print_batches_staff_fk references staff,
  made_at       timestamptz not null,
  constraint print_batches_place_key unique (id, controller_id)
);
create unique index print_batches_day_idx on print_batches (controller_id, day, number) nulls not distinct;

create table postings (
  id            uuid primary key,
  request_id    uuid not null,
  subject_id    uuid not null,
  case_id       uuid,
  controller_id uuid,
  letter_id     uuid not null constraint postings_letter_key unique, -- a file of the case, or a letter about the request alone
  extract_id    uuid,                                                -- printed behind the letter
  enclosures    integer not null default 0 constraint postings_enclosures_some check (enclosures >= 0), -- files to add by hand
  way           text not null constraint postings_way_known check (way in ('post', 'desk', 'unopened')),
  waits_since   timestamptz not null,
  batch_id      uuid,
  place         integer constraint postings_place_positive check (place > 0),
  letter_pages  integer constraint postings_letter_pages_positive check (letter_pages > 0),
  extract_pages integer constraint postings_extract_pages_some check (extract_pages >= 0),
  sent_how      text constraint postings_sent_how_known check (sent_how in ('post', 'servicecenter', 'tax-agency', 'handed')),
  sent_on       date,
  sent_by       uuid constraint postings_sent_fk references staff,
  sent_at       timestamptz,
  dropped_at    timestamptz, -- opened in the portal before it was printed
  file_id       uuid generated always as (case when case_id is not null then letter_id end) stored,
  constraint postings_request_fk foreign key (request_id, subject_id) references requests (id, subject_id),
  constraint postings_case_fk foreign key (case_id, controller_id, subject_id) references cases (id, controller_id, subject_id),
  constraint postings_file_fk foreign key (file_id, case_id) references files (id, case_id),
  constraint postings_extract_fk foreign key (extract_id, case_id) references files (id, case_id),
  constraint postings_batch_fk foreign key (batch_id) references print_batches,
  constraint postings_batch_place_fk foreign key (batch_id, controller_id) references print_batches (id, controller_id),
  constraint postings_place_whole check ((case_id is null) = (controller_id is null)),
  constraint postings_extract_of_case check (case_id is not null or (extract_id is null and enclosures = 0)),
  constraint postings_batched_whole check ((batch_id is null) = (place is null) and (batch_id is null) = (letter_pages is null)
    and (batch_id is null) = (extract_pages is null)),
  constraint postings_sent_whole check ((sent_on is null) = (sent_how is null) and (sent_on is null) = (sent_by is null)
    and (sent_on is null) = (sent_at is null)),
  constraint postings_dropped_unsent check (dropped_at is null or (batch_id is null and sent_on is null))
);
-- What is left to do: of all letters ever posted few.
create index postings_waiting_idx on postings (controller_id, waits_since, id) where batch_id is null and sent_on is null and dropped_at is null;
create index postings_batch_idx on postings (batch_id, place) where batch_id is not null;
create index postings_unsent_idx on postings (controller_id, batch_id) where batch_id is not null and sent_on is null;
create index postings_case_idx on postings (case_id) where case_id is not null;

-- One taking of a batch's file: printing again is possible, and seen.
create table printings (
  id            uuid primary key,
  batch_id      uuid not null,
  controller_id uuid,
  printed_by    uuid not null constraint printings_staff_fk references staff,
  printed_at    timestamptz not null,
  letters       integer not null constraint printings_letters_some check (letters > 0),
  pages         integer not null constraint printings_pages_some check (pages >= letters),
  sha256        bytea not null constraint printings_sha_length check (octet_length(sha256) = 32),
  constraint printings_batch_fk foreign key (batch_id) references print_batches,
  constraint printings_batch_place_fk foreign key (batch_id, controller_id) references print_batches (id, controller_id)
);
create index printings_batch_idx on printings (batch_id, printed_at);

alter table print_batches enable row level security;
alter table postings      enable row level security;
alter table printings     enable row level security;

-- Who prints a controller's letters is its registrator and its ombud. The servicecenter prints what belongs to no controller.
create policy print_batches_read on print_batches for select to insyn_app using ((select actor_is_system())
  or (controller_id is null and (select actor_intake()))
  or controller_id = any ((select actor_ombud())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]));
create policy print_batches_insert on print_batches for insert to insyn_app with check (made_by = (select actor_staff())
  and ((controller_id is null and (select actor_intake()))
    or controller_id = any ((select actor_ombud())::uuid[]) or controller_id = any ((select actor_letters())::uuid[])));

create policy printings_read on printings for select to insyn_app using ((select actor_is_system())
  or (controller_id is null and (select actor_intake()))
  or controller_id = any ((select actor_ombud())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]));
create policy printings_insert on printings for insert to insyn_app with check (printed_by = (select actor_staff())
  and ((controller_id is null and (select actor_intake()))
    or controller_id = any ((select actor_ombud())::uuid[]) or controller_id = any ((select actor_letters())::uuid[])));

-- That a letter is to be posted is written with its release, by whoever releases it.
create policy postings_read on postings for select to insyn_app using ((select actor_is_system())
  or (controller_id is null and (select actor_intake()))
  or controller_id = any ((select actor_content())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]));
create policy postings_insert on postings for insert to insyn_app with check (batch_id is null and sent_on is null and dropped_at is null
  and ((select actor_is_system()) or (controller_id is null and (select actor_intake()))
    or controller_id = any ((select actor_handle())::uuid[]) or controller_id = any ((select actor_letters())::uuid[])));
create policy postings_update on postings for update to insyn_app using ((select actor_is_system())
  or (controller_id is null and (select actor_intake()))
  or controller_id = any ((select actor_ombud())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]))
  with check ((select actor_is_system()) or ((sent_by is null or sent_by = (select actor_staff()))
    and ((controller_id is null and (select actor_intake()))
      or controller_id = any ((select actor_ombud())::uuid[]) or controller_id = any ((select actor_letters())::uuid[]))));

call hide_protected('postings', 'request_id', intake => 'controller_id is null');

grant select, insert on print_batches, printings to insyn_app;
grant select, insert, update (batch_id, place, letter_pages, extract_pages, sent_how, sent_on, sent_by, sent_at, dropped_at) on postings to insyn_app;

-- Letters that lie released and unserved already.
insert into postings (id, request_id, subject_id, case_id, controller_id, letter_id, way, waits_since)
  select gen_random_uuid(), c.request_id, c.subject_id, c.id, c.controller_id, d.letter_id, 'post', c.released_at
  from cases c join decisions d on d.case_id = c.id
  where c.state = 'released' and c.appeal_until is null and c.answer_by_post
    and not exists (select from envelopes e where e.case_id = c.id and e.returned_at is null);

-- +goose Down
call show_protected('postings');
drop table printings;
drop table postings;
drop table print_batches;
