# Puts a database back in place of the one that is there, and empties what only belonged to that one. May run again from the start.
set -euo pipefail
trap 'exit 143' TERM

PGPASSWORD=$(cat /run/secrets/database/password)
export PGPASSWORD
fail() { printf 'restore FAILED: %s\n' "$1" >&2; exit 1; }
admin() { PGUSER=postgres PGPASSWORD=$(cat /run/secrets/database/postgres-password) PGDATABASE=postgres "$@"; }

admin psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 2>/tmp/error <<'SQL' || fail "$(tail -n 1 /tmp/error)"
drop database if exists medusa with (force);
create database medusa owner medusa;
SQL
pg_restore --no-owner --exit-on-error --dbname=medusa /backup/database/medusa.dump 2>/tmp/error & wait "$!" || fail "$(tail -n 1 /tmp/error)"
# Of another shop, before it was destroyed: the Job makes the administrator's login anew, with the password that this one has.
if [ "$ADMIN" = reset ]; then
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set email="$ADMIN_EMAIL" 2>/tmp/error <<'SQL' || fail "$(tail -n 1 /tmp/error)"
create temporary table logins as select auth_identity_id as id from provider_identity where provider = 'emailpass' and entity_id = :'email';
delete from provider_identity where auth_identity_id in (select id from logins);
delete from auth_identity where id in (select id from logins);
SQL
fi
# Server and worker wait until the prepare Job has been through once more.
psql --no-psqlrc --quiet --command 'drop table if exists storefleet.prepared' 2>/dev/null

# Sessions, locks and events of a past that is no more. Through bash's own TCP: this image has no redis-cli.
answer=$(timeout 10 bash -c 'exec 3<>"/dev/tcp/$REDIS/6379"; printf "AUTH %s\r\nFLUSHALL\r\nQUIT\r\n" "$(cat /run/secrets/redis/password)" >&3; cat <&3') || fail "Redis does not answer"
[ "$(grep -c '+OK' <<< "$answer")" -ge 2 ] || fail "Redis: $answer"
echo "the database is back"
