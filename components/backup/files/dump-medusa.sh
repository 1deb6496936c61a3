# Writes the database down as it is at one moment, and what is in it.
set -euo pipefail
trap 'exit 143' TERM

PGPASSWORD=$(cat /run/secrets/database/password)
export PGPASSWORD
fail() { printf 'backup FAILED: %s\n' "$1" >&2; exit 1; }
ask() { psql --no-psqlrc --quiet --tuples-only --no-align --command "$1"; }

rm -f /backup/database/*
# Not compressed, so that only what changed is stored; restic compresses.
pg_dump --format=custom --compress=0 --no-owner --file=/backup/database/medusa.dump 2>/tmp/error & wait "$!" || fail "the database can not be read: $(tail -n 1 /tmp/error)"

if [ "$(ask "select to_regclass('\"order\"') is not null and to_regclass('product') is not null and to_regclass('customer') is not null and to_regclass('mikro_orm_migrations') is not null")" = t ]; then
  ask "select json_build_object(
    'engine', 'medusa',
    'orders', (select count(*) from \"order\" where deleted_at is null and not is_draft_order),
    'products', (select count(*) from product where deleted_at is null),
    'customers', (select count(*) from customer where deleted_at is null),
    'schema', (select md5(string_agg(name, ',' order by name)) from mikro_orm_migrations)
  )" >/backup/database/manifest.json
else
  printf '{"engine":"medusa"}\n' >/backup/database/manifest.json
fi
cat /backup/database/manifest.json
