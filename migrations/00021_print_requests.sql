-- The servicecenter's own letters on paper: receipts, requests to complete and forwardings, which are about a request as a whole
-- and belong to no controller. A posting without a case is of one of those, of the same request. And what could not be read when
-- it was to be printed is remembered, so that one broken letter stops no other.
--
-- Letters from before have been printed from the page of their request; they are not put in a batch afterwards.

-- +goose Up
alter table request_notices add constraint request_notices_place_key unique (id, request_id);
alter table postings add column notice_id uuid generated always as (case when case_id is null then letter_id end) stored;
alter table postings add constraint postings_notice_fk foreign key (notice_id, request_id) references request_notices (id, request_id);
alter table postings add column broken_at timestamptz; -- its file could not be read back; empty again when it could
create index postings_request_idx on postings (request_id) where case_id is null;
grant update (broken_at) on postings to insyn_app;

-- +goose Down
revoke update (broken_at) on postings from insyn_app;
alter table postings drop column broken_at;
alter table postings drop column notice_id;
alter table request_notices drop constraint request_notices_place_key;
drop index postings_request_idx;
