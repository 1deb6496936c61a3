# Last step of the Job: tells wait-until-prepared.sh that this image's migrations and seed are done.
set -euo pipefail

psql -q -v ON_ERROR_STOP=1 -v image="$IMAGE" <<'SQL'
set client_min_messages = warning;
create schema if not exists storefleet;
create table if not exists storefleet.prepared (image text primary key, at timestamptz not null);
insert into storefleet.prepared values (:'image', now()) on conflict (image) do update set at = excluded.at;
SQL
echo "prepared by $IMAGE"
