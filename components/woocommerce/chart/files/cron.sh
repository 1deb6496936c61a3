# One turn of scheduled work: WordPress' events and WooCommerce's background actions.
set -eu

code=0
reason=$(php /etc/storefleet/health.php) || code=$?
if [ "$code" = 2 ]; then
  echo "nothing to do yet: $reason"
  exit 0
fi
[ "$code" = 0 ] || { echo "$reason" >&2; exit 1; }

wp cron event run --due-now
wp action-scheduler run
