# Starts Postgres through the official image's entrypoint, with this script's arguments.
set -euo pipefail

# The entrypoint takes any $PGDATA for a finished one. Where the very first start was killed half-way, there is no
# mark of database.sql yet and no data: set the remains aside and begin again.
if [ -d "$PGDATA" ] && [ ! -e "$PGDATA/../initialised" ]; then
  echo "an earlier initialisation did not finish: beginning again"
  mv "$PGDATA" "$PGDATA.unfinished.$(date +%s)"
fi

# The image sets passwords on an empty volume only. Here the ones that the Secret holds now take effect with each start, before
# the server listens, as a single user needs none. Where that fails (a full volume), the server may well start all the same.
quoted() { file=$(dirname "$POSTGRES_PASSWORD_FILE")/$1 && [ -s "$file" ] && sed "s/'/''/g" "$file"; }
set_passwords() {
  medusa=$(quoted password) && postgres=$(quoted postgres-password) &&
    printf "ALTER ROLE %s PASSWORD '%s';\n" medusa "$medusa" postgres "$postgres" |
      postgres --single -D "$PGDATA" "$@" -c log_min_error_statement=panic postgres >/dev/null
}
if [ -d "$PGDATA" ]; then
  set_passwords "$@" || echo "the roles keep their passwords: they could not be set"
fi
exec docker-entrypoint.sh postgres "$@"
