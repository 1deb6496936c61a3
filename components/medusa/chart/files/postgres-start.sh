# Starts Postgres through the official image's entrypoint, with this script's arguments.
set -euo pipefail

# The entrypoint takes any $PGDATA for a finished one. Where the very first start was killed half-way, there is no
# mark of database.sql yet and no data: set the remains aside and begin again.
if [ -d "$PGDATA" ] && [ ! -e "$PGDATA/../initialised" ]; then
  echo "an earlier initialisation did not finish: beginning again"
  mv "$PGDATA" "$PGDATA.unfinished.$(date +%s)"
fi
exec docker-entrypoint.sh postgres "$@"
