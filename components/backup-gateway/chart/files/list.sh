# One line for each repository, `NAME<tab>JSON`: its snapshots. One that can not be read says why in place of them, and ends no other.
set -eu
. /scripts/derive.sh

repositories | while read -r repository; do
  RESTIC_PASSWORD=$(derive "$repository")
  export RESTIC_PASSWORD
  if snapshots=$(restic --repo "$BASE/$repository" --no-lock --no-cache --json snapshots 2>/tmp/error); then
    printf 'repository\t%s\t%s\n' "$repository" "$(printf '%s' "$snapshots" | tr -d '\n')"
  else
    printf 'unreadable\t%s\t%s\n' "$repository" "$(tail -n 1 /tmp/error)"
  fi
done
echo "end of the list"
