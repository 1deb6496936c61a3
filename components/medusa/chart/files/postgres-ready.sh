# Readiness of Postgres: it answers, and has room for one more segment of its log. With less, reads still work and orders
# fail; the Service leads here all the same, so this only tells whoever looks at the pod.
set -euo pipefail

pg_isready -q -h 127.0.0.1 -U medusa
free=$(df --output=avail --block-size=1M /var/lib/postgresql/data | tail -n 1)
if [ "$free" -lt 16 ]; then
  echo "No space left on device: the volume has only ${free// /} MiB left"
  exit 1
fi
