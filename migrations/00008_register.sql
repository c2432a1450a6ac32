-- What a whole municipality's organisation and register say: who coordinates, deputies and clearance, from when to when a
-- system or an activity is in use, whom an activity is about. Nothing here is about a resident.

-- +goose Up

-- The coordinating body takes questions that are put straight to a data protection officer; there is one. A controller that
-- no longer exists is not offered to anyone after its last day; its cases live on.
alter table controllers add column coordinates boolean not null default false;
alter table controllers add column valid_to date;
create unique index controllers_coordinates_idx on controllers (coordinates) where coordinates;

-- cleared: may handle protected persons. deputy_for: whom the person stands in for. ended_at: an administrator ended the
-- assignment with effect at once; from then it never counts, whatever its last day says.
alter table assignments add column cleared boolean not null default false;
alter table assignments add column deputy_for uuid constraint assignments_deputy_fk references staff;
alter table assignments add column ended_at timestamptz;
alter table assignments add constraint assignments_deputy_other check (deputy_for <> staff_id);

-- processor: the prefix of the controller that runs the system for this one, or the name of an outside processor.
alter table systems add column category text not null default '';
alter table systems add column common boolean not null default false;
alter table systems add column processor text not null default '';
alter table systems add column valid_from date;
alter table systems add column valid_to date;
alter table systems add constraint systems_period check (valid_to >= valid_from);

-- relations: what a person the activity is about is or was (workflows.Relations). joint_with: prefixes of the controllers that
-- share the responsibility (art 26).
alter table activities add column subject_categories text not null default '';
alter table activities add column relations text[] not null default '{}';
alter table activities add column joint_with text[] not null default '{}';
alter table activities add column process_code text not null default '';
alter table activities add column valid_from date;
alter table activities add column valid_to date;
alter table activities add constraint activities_period check (valid_to >= valid_from);

-- +goose Down
alter table activities drop column subject_categories, drop column relations, drop column joint_with, drop column process_code,
  drop column valid_from, drop column valid_to;
alter table systems drop column category, drop column common, drop column processor, drop column valid_from, drop column valid_to;
alter table assignments drop column cleared, drop column deputy_for, drop column ended_at;
alter table controllers drop column coordinates, drop column valid_to;
