-- What a package needs to know of a file before it is read: its CRC-32, and the SHA-256 of each MiB, one after the other. Files
-- stored before this have neither; they are read through once when a package of them is made.

-- +goose Up

alter table files add column crc32 bigint, add column parts bytea,
  add constraint files_crc32_range check (crc32 between 0 and 4294967295),
  add constraint files_parts_length check (octet_length(parts) = 32 * ((size + 1048575) / 1048576)),
  add constraint files_digest_whole check ((crc32 is null) = (parts is null));

-- +goose Down

alter table files drop column parts, drop column crc32;
