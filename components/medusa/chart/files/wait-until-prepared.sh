# Holds server and worker back until the Job has migrated and seeded the database with their very image.
set -euo pipefail

prepared() {
  psql -qAt -v ON_ERROR_STOP=1 -v image="$IMAGE" <<<"select 'prepared' from storefleet.prepared where image = :'image'"
}
until [ "$(prepared 2>/tmp/error)" = prepared ]; do
  if [ $((SECONDS % 15)) -eq 0 ]; then
    echo "waiting for the prepare Job of $IMAGE: $(head -n 1 /tmp/error)"
  fi
  sleep 1
done
