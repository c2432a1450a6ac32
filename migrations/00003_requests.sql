-- The shared part of a request: who, which right, to whom, when. What a request says to one controller lies with that
-- controller's case (00004) and nowhere else (domain P1).

-- +goose Up
create table subjects (
  id           uuid primary key,
  number_token bytea not null constraint subjects_number_key unique,
  created_at   timestamptz not null
);

-- A draft is not a received request. Its id becomes the request's id, so that however often it is sent there is one request.
create table drafts (
  id           uuid primary key,
  subject_id   uuid not null constraint drafts_subject_fk references subjects,
  version      integer not null default 1,
  form         bytea not null,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  submitted_at timestamptz,
  constraint drafts_scope_key unique (id, subject_id)
);
create index drafts_subject_idx on drafts (subject_id, updated_at desc);

create table counters (
  series text not null,
  year   integer not null,
  last   integer not null,
  constraint counters_pkey primary key (series, year)
);

create table requests (
  id           uuid primary key,
  number       text not null constraint requests_number_key unique constraint requests_number_form check (number ~ '^INS-[0-9]{4}-[0-9]{5,}$'),
  subject_id   uuid not null constraint requests_subject_fk references subjects,
  "right"      text not null constraint requests_right_known check ("right" in ('access')),
  state        text not null constraint requests_state_known
               check (state in ('submitted', 'active', 'awaiting-subject', 'withdrawn', 'closed')),
  version      integer not null default 1,
  language     text not null constraint requests_language_known check (language in ('sv', 'en')),
  person       bytea not null,
  received_at  timestamptz not null,
  received_on  date not null,
  state_since  timestamptz not null,
  closed_at    timestamptz,
  constraint requests_scope_key unique (id, subject_id),
  constraint requests_closed_fact check ((state in ('closed', 'withdrawn')) = (closed_at is not null))
);
create index requests_subject_idx on requests (subject_id, received_at desc, id desc);
create index requests_open_idx on requests (state, received_at, id) where state not in ('closed', 'withdrawn');

-- Which controllers a request goes to. No staff of a controller reads this table: the other addressees are none of its business.
-- Here and below a foreign key over several columns holds a row to the owner of what it hangs on, since row-level security
-- looks at the row's own columns only.
create table addressees (
  request_id    uuid not null,
  controller_id uuid not null constraint addressees_controller_fk references controllers,
  case_id       uuid not null constraint addressees_case_key unique,
  subject_id    uuid not null,
  received_on   date not null,
  added_by      text not null constraint addressees_added_by_known check (added_by in ('subject', 'servicecenter')),
  reason        bytea,
  created_at    timestamptz not null,
  constraint addressees_pkey primary key (request_id, controller_id),
  constraint addressees_scope_key unique (case_id, controller_id, subject_id),
  constraint addressees_request_fk foreign key (request_id, subject_id) references requests (id, subject_id),
  constraint addressees_reason_when_added check ((added_by = 'servicecenter') = (reason is not null))
);

-- What the servicecenter asks the person about the request as a whole, and the pause it makes.
create table request_pauses (
  id         uuid primary key,
  request_id uuid not null,
  subject_id uuid not null,
  question   bytea not null,
  answer     bytea,
  from_date  date not null,
  to_date    date,
  constraint request_pauses_request_fk foreign key (request_id, subject_id) references requests (id, subject_id),
  constraint request_pauses_answered check ((answer is null) = (to_date is null))
);
create unique index request_pauses_one_open_idx on request_pauses (request_id) where to_date is null;

alter table subjects       enable row level security;
alter table drafts         enable row level security;
alter table counters       enable row level security;
alter table requests       enable row level security;
alter table addressees     enable row level security;
alter table request_pauses enable row level security;

create policy subjects_all on subjects to insyn_app
  using ((select actor_is_system()) or id = (select actor_subject()))
  with check ((select actor_is_system()));
create policy drafts_all on drafts to insyn_app
  using ((select actor_is_system()) or subject_id = (select actor_subject()))
  with check ((select actor_is_system()) or subject_id = (select actor_subject()));
-- Numbers are taken by whoever registers a request.
create policy counters_all on counters to insyn_app using ((select actor_kind()) in ('resident', 'system') or (select actor_intake()))
  with check ((select actor_kind()) in ('resident', 'system') or (select actor_intake()));

-- The servicecenter coordinates: it reads and moves every request, but sends none.
create policy requests_read on requests for select to insyn_app
  using ((select actor_is_system()) or (select actor_intake()) or subject_id = (select actor_subject()));
create policy requests_insert on requests for insert to insyn_app
  with check ((select actor_is_system()) or (subject_id = (select actor_subject()) and state = 'submitted'));
create policy requests_update on requests for update to insyn_app
  using ((select actor_is_system()) or (select actor_intake()) or subject_id = (select actor_subject()));

create policy addressees_read on addressees for select to insyn_app
  using ((select actor_is_system()) or (select actor_intake()) or subject_id = (select actor_subject()));
create policy addressees_insert on addressees for insert to insyn_app
  with check ((select actor_is_system()) or ((select actor_intake()) and added_by = 'servicecenter')
    or (subject_id = (select actor_subject()) and added_by = 'subject'));

-- The servicecenter asks, the person answers.
create policy request_pauses_read on request_pauses for select to insyn_app
  using ((select actor_is_system()) or (select actor_intake()) or subject_id = (select actor_subject()));
create policy request_pauses_insert on request_pauses for insert to insyn_app
  with check ((select actor_is_system()) or (select actor_intake()));
create policy request_pauses_update on request_pauses for update to insyn_app
  using ((select actor_is_system()) or (select actor_intake()) or subject_id = (select actor_subject()));

-- Only what a transition changes can be changed: never whose a row is, when it came, or what was asked.
grant select, insert on subjects, addressees to insyn_app;
grant select, insert, update on counters to insyn_app;
grant select, insert, delete, update (version, form, updated_at, submitted_at) on drafts to insyn_app;
grant select, insert, update (state, version, state_since, closed_at) on requests to insyn_app;
grant select, insert, update (answer, to_date) on request_pauses to insyn_app;

-- +goose Down
drop table request_pauses;
drop table addressees;
drop table requests;
drop table counters;
drop table drafts;
drop table subjects;
