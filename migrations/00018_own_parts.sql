-- The municipality's own parts of letters and extracts: what it says in its own words in the places that the product leaves for
-- it. Every change is a further version; none is ever changed or removed, since letters tell which they were made with.

-- +goose Up

-- version counts all changes of all places together, so that one number tells what was said everywhere. A part without a
-- controller is the municipality's; a controller's own stands in its place. An empty text is nothing said.
create table own_parts (
  version       bigint not null constraint own_parts_version_positive check (version > 0),
  slot          text not null constraint own_parts_slot_form check (slot ~ '^[a-z][a-z-]{1,30}$'),
  controller_id uuid constraint own_parts_controller_fk references controllers,
  swedish       text not null constraint own_parts_swedish_length check (char_length(swedish) <= 4000),
  english       text not null constraint own_parts_english_length check (char_length(english) <= 4000),
  active_from   date not null,
  staff_id      uuid not null constraint own_parts_staff_fk references staff,
  created_at    timestamptz not null,
  constraint own_parts_pkey primary key (version),
  constraint own_parts_both_languages check ((swedish = '') = (english = ''))
);
create index own_parts_current_idx on own_parts (controller_id, slot, active_from desc, version desc);
create index own_parts_staff_idx on own_parts (staff_id);

-- They stand in what is sent to anybody, so anybody may read them. An administrator writes, in no name but their own.
alter table own_parts enable row level security;
create policy own_parts_read on own_parts for select to insyn_app using (true);
create policy own_parts_add  on own_parts for insert to insyn_app with check ((select actor_is_admin()) and staff_id = (select actor_staff()));
grant select, insert on own_parts to insyn_app;

-- +goose Down
drop table own_parts;
