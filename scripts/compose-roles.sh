#!/bin/sh
# Run once by the postgres image when its volume is empty: the two roles and the database of Insyn. The owner migrates;
# what serve and worker log in as owns nothing and cannot get around row-level security.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set owner_password `cat /run/secrets/owner_password`
\set app_password `cat /run/secrets/app_password`
create role insyn_owner login nosuperuser nobypassrls nocreatedb nocreaterole password :'owner_password';
create role insyn_app login nosuperuser nobypassrls nocreatedb nocreaterole password :'app_password';
create database insyn owner insyn_owner encoding 'UTF8' template template0;
revoke all on database insyn from public;
grant connect on database insyn to insyn_app;
SQL
