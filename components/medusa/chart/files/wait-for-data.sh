# First step of the Job: waits until Postgres and Redis answer.
set -euo pipefail
# The first process of a container is ended by no signal that it does not ask for.
trap 'exit 143' TERM

# Through bash's own TCP: this image has no redis-cli. The password is never an argument.
redis_answers() {
  local answer
  answer=$(timeout 5 bash -c 'exec 3<>"/dev/tcp/$REDIS_HOST/6379"; printf "AUTH %s\r\nPING\r\nQUIT\r\n" "$REDIS_PASSWORD" >&3; cat <&3')
  [[ "$answer" == *+PONG* ]] || { echo "$answer"; return 1; }
}
postgres_answers() { psql -qAtc 'select 1' >/dev/null; }

wait_for() {
  local what=$1 check=$2 error
  until error=$("$check" 2>&1); do
    if [ "$SECONDS" -ge "$WAIT_SECONDS" ]; then
      echo "gave up after $SECONDS s of waiting for $what${error:+: $error}" >&2
      exit 1
    fi
    sleep 1
  done
}
wait_for "Postgres to answer" postgres_answers
wait_for "Redis to answer" redis_answers
echo "Postgres and Redis answer after $SECONDS s"
