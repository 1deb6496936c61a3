# Takes away what is too old, in each repository, and reads and checks a part of what stays. Nobody else may take anything away.
# A repository that fails is named at the end, and keeps no other from its turn.
set -eu
. /scripts/derive.sh
failed=

maintain() {
  RESTIC_PASSWORD=$(derive "$1")
  export RESTIC_PASSWORD
  on() { restic --repo "$BASE/$repository" --cache-dir /tmp/cache "$@"; }
  # Locks of runs that were killed, once they are old; never those of one that goes on.
  on unlock || return 1
  # A shop that was taken over could date its snapshots into the future, and with them push out those that count.
  on --json snapshots >/tmp/snapshots || return 1
  tomorrow=$(date -u -d "@$(($(date +%s) + 86400))" +%Y-%m-%dT%H:%M:%S)
  if tr ',' '\n' </tmp/snapshots | sed -n 's/.*"time":"\([^"]*\)".*/\1/p' | awk -v limit="$tomorrow" '$0 > limit { found = 1 } END { exit !found }'; then
    echo "$1: a snapshot is dated into the future, so nothing is taken away"
  else
    on forget --group-by host --keep-within 7d --keep-within-daily 30d --keep-within-weekly 180d --prune || return 1
  fi
  on check --read-data-subset=2%
}

for repository in $(repositories); do
  echo "== $repository"
  maintain "$repository" || failed="$failed $repository"
  rm -rf /tmp/cache
done
[ -z "$failed" ] || { echo "failed:$failed" >&2; exit 1; }
echo "done"
