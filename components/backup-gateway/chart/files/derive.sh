# Sourced. Makes a key of the recovery key, as config/backup.ts does: twice, so that nobody can go on from one that he knows.
recovery=$(cat /keys/recovery)
hash() { printf '%s' "$1" | sha256sum | cut -d ' ' -f 1; }
derive() { hash "$recovery:$(hash "$recovery:$1")"; }

# The repositories that were found, of one store or of all.
repositories() {
  while read -r found; do
    repository=${found%/}
    case $repository in */*) ;; *) continue ;; esac
    [ -z "$STORE" ] || [ "${repository%%/*}" = "$STORE" ] || continue
    printf '%s\n' "$repository"
  done </found/repositories
}
