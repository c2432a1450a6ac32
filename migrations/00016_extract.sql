-- The extract as documents: a PDF to read, JSON and CSV, and the manifest with its signature that the package is laid out by.

-- +goose Up

-- extract-html is of extracts made before there was a PDF; no more are made. number is the place of a released piece of
-- material among the files of its package, “Handling 0001”: given when it is released, and never changed.
alter table files drop constraint files_purpose_known,
  add constraint files_purpose_known check (purpose in
    ('attachment', 'item', 'letter', 'extract-html', 'extract-pdf', 'extract-json', 'extract-csv', 'manifest', 'signature', 'appeal')),
  add column number integer,
  add constraint files_number_kinds check (number is null or (number > 0 and purpose = 'item' and released_at is not null));
create unique index files_number_idx on files (case_id, number) where number is not null;
grant update (number) on files to insyn_app;

-- The extract is read system by system, some hundred pieces at a time.
create index items_search_idx on items (search_id, position, id);

-- +goose Down
drop index items_search_idx;
revoke update (number) on files from insyn_app;
drop index files_number_idx;
alter table files drop constraint files_number_kinds, drop constraint files_purpose_known;
delete from deliveries where file_id in (select id from files where purpose in ('extract-pdf', 'manifest', 'signature'));
delete from files where purpose in ('extract-pdf', 'manifest', 'signature');
alter table files add constraint files_purpose_known check (purpose in ('attachment', 'item', 'letter', 'extract-html', 'extract-json', 'extract-csv', 'appeal'));
alter table files drop column number;
