-- Officials' names may be left out of the notification of a decision, never of the decision (33 § fourth paragraph
-- förvaltningslagen): the row keeps who decided. Why is sealed, and read on the desk only.

-- +goose Up

alter table decisions add column officials_masked boolean not null default false, add column mask_reason bytea,
  add constraint decisions_mask_reason check (officials_masked = (mask_reason is not null));

-- +goose Down

alter table decisions drop column mask_reason, drop column officials_masked;
