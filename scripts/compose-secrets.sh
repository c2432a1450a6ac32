#!/bin/sh
# Makes the secrets that docker-compose.yml mounts, once, in the folder secrets/. What exists is kept.
#
# Keep secrets/kek apart from the backups of the database: with both, what has been disposed of could be read again.
set -eu
cd "$(dirname "$0")/.."
umask 077
mkdir -p secrets

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
# The folder is closed to others; the files are open, because the containers run as users of their own.
keep() {
  [ -s "secrets/$1" ] && return
  cat >"secrets/$1.new"
  chmod 444 "secrets/$1.new"
  mv "secrets/$1.new" "secrets/$1"
  echo "made secrets/$1"
}

random | keep postgres_password
random | keep owner_password
random | keep app_password
random | keep redis_password
echo "postgres://insyn_owner:$(cat secrets/owner_password)@postgres:5432/insyn?sslmode=disable" | keep migrate_url
echo "postgres://insyn_app:$(cat secrets/app_password)@postgres:5432/insyn?sslmode=disable" | keep database_url
echo "redis://:$(cat secrets/redis_password)@redis:6379/0" | keep redis_url
{
  echo "requirepass $(cat secrets/redis_password)"
  echo "appendonly yes"
  echo "appendfsync everysec"
  echo "maxmemory-policy noeviction"
  echo "dir /data"
} | keep redis.conf
head -c 32 /dev/urandom | base64 | tr -d '\n' | { printf 'k%s:' "$(date -u +%Y%m%d)"; cat; } | keep kek
head -c 32 /dev/urandom | base64 | tr -d '\n' | keep signing_key
