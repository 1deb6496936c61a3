# Saves what lies below /backup as one snapshot, which is there whole or not at all. What it comes to is the container's last word.
set -eu
# The first process of a container is ended by no signal that it does not ask for.
trap 'exit 143' TERM

export HOME=/tmp
run() { restic --no-cache "$@" & wait "$!"; }
fail() { printf 'backup FAILED: %s\n' "$1" >&2; exit 1; }

# A minute for it: by itself restic tries for a quarter of an hour. 10: there is no repository yet. Two at once: the second one finds the first one's.
code=0
timeout 60 restic --no-cache cat config >/tmp/config 2>/tmp/error || code=$?
case $code in
  0) ;;
  10) run init >/tmp/init 2>/tmp/error || run cat config >/tmp/config 2>/dev/null || fail "$(tail -n 1 /tmp/error)" ;;
  124 | 143) fail "the repository can not be reached: no answer within a minute" ;;
  12) fail "the key of the repository is another one" ;;
  *) fail "the repository can not be reached: $(tail -n 1 /tmp/error)" ;;
esac

# What is in it, for whoever chooses one later.
set -- --tag "$KIND"
for what in orders products customers; do
  count=$(sed -n "s/.*\"$what\" *: *\([0-9][0-9]*\).*/\1/p" /backup/database/manifest.json | head -n 1)
  [ -z "$count" ] || set -- "$@" --tag "$what=$count"
done
run --json backup --host "$STORE" "$@" /backup >/tmp/output 2>/tmp/error || fail "$(tail -n 1 /tmp/error)"
summary=$(grep '"message_type":"summary"' /tmp/output | tail -n 1)
[ -n "$summary" ] || fail "no snapshot came of it"
printf '%s\n' "$summary"
printf '%s' "$summary" >/dev/termination-log
