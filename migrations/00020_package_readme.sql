-- The note in a package is sealed with the decision as the other documents are, and how large the package becomes is kept with
-- its manifest's record: a page that lists it reads nothing of it.

-- +goose Up

-- Other migrations name purposes of their own: whatever is known stays known.
-- +goose StatementBegin
do $$
declare
  known text := (select pg_get_expr(conbin, conrelid) from pg_constraint where conname = 'files_purpose_known' and conrelid = 'files'::regclass);
begin
  execute format('alter table files drop constraint files_purpose_known, add constraint files_purpose_known check (%s or purpose = %L)', known, 'readme');
end
$$;
-- +goose StatementEnd
alter table files add column package_size bigint,
  add constraint files_package_size_kinds check (package_size is null or (package_size > size and purpose = 'manifest'));

-- +goose Down
alter table files drop column package_size;
delete from deliveries where file_id in (select id from files where purpose = 'readme');
delete from files where purpose = 'readme';
-- +goose StatementBegin
do $$
declare
  known text := (select pg_get_expr(conbin, conrelid) from pg_constraint where conname = 'files_purpose_known' and conrelid = 'files'::regclass);
begin
  -- The first part is what was known before.
  execute format('alter table files drop constraint files_purpose_known, add constraint files_purpose_known check (%s)',
    replace(known, ' OR (purpose = ''readme''::text)', ''));
end
$$;
-- +goose StatementEnd
