# Brings a snapshot's files to where they are loaded from, the uploads to their place. May run again from the start.
set -eu
trap 'exit 143' TERM

export HOME=/tmp
run() { restic --no-cache --no-lock "$@" & wait "$!"; }
fail() { printf 'restore FAILED: %s\n' "$1" >&2; exit 1; }

timeout 60 restic --no-cache --no-lock cat config >/tmp/config 2>/tmp/error || fail "the repository can not be reached: $(tail -n 1 /tmp/error)"
run restore "$SNAPSHOT:/backup/database" --target /backup/database >/tmp/output 2>/tmp/error || fail "$(tail -n 1 /tmp/error)"
[ -s /backup/database/manifest.json ] || fail "snapshot $SNAPSHOT has no manifest"
if [ -d /backup/uploads ]; then
  run restore "$SNAPSHOT:/backup/uploads" --target /backup/uploads --delete --exclude-xattr '*' >/tmp/output 2>/tmp/error || fail "$(tail -n 1 /tmp/error)"
fi
cat /backup/database/manifest.json
