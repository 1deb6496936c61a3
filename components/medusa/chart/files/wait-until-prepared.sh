# Holds server and worker back until the Job has migrated and seeded the database with their very image.
set -euo pipefail
# The first process of a container is ended by no signal that it does not ask for.
trap 'exit 143' TERM

prepared() {
  psql -qAt -v ON_ERROR_STOP=1 -v image="$IMAGE" <<'SQL'
select to_regclass('storefleet.prepared') is not null as begun \gset
\if :begun
select 'yes' from storefleet.prepared where image = :'image';
\endif
SQL
}
attempt=0
until [ "$(prepared 2>/tmp/error)" = yes ]; do
  if [ $((attempt++ % 15)) -eq 0 ]; then
    echo "waiting for the prepare Job of $IMAGE. $(head -n 1 /tmp/error)"
  fi
  sleep 1
done
