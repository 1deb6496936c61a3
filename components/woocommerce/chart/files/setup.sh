# Makes an open shop of an empty database, or brings one in line with its settings and its image. Every step may run
# again at any time; the first one that fails ends the Job. What the stores list says is read by PHP from
# settings.json: the shell never sees it.
set -eu

step() { printf '%s setup: %s\n' "$(date -u +%T)" "$1"; }
fail() { printf 'setup FAILED: %s\n' "$1" >&2; exit 1; }

step "looking for WP-CLI and WooCommerce in the image"
command -v wp >/dev/null || fail "the image has no WP-CLI: images.wordpress must hold the command wp"
[ -f wp-content/plugins/woocommerce/woocommerce.php ] ||
  fail "the image has no WooCommerce: images.wordpress must hold wp-content/plugins/woocommerce"

step "waiting for the database"
deadline=$(($(date +%s) + 300))
while :; do
  code=0
  reason=$(php /etc/storefleet/health.php) || code=$?
  # 2: it answers, and this script has not been through yet.
  if [ "$code" = 0 ] || [ "$code" = 2 ]; then break; fi
  [ "$(date +%s)" -lt "$deadline" ] || fail "no answer within 5 minutes. $reason"
  sleep 1
done

step "looking at what the database holds"
found=$(php /etc/storefleet/existing.php) || fail "$found"
[ -z "$found" ] || step "$found"

installed=no
if wp core is-installed; then installed=yes; fi
if [ "$installed" = yes ]; then
  step "bringing the database to the version of WordPress"
  wp core update-db
else
  step "installing WordPress"
  # The password comes by standard input, because a command line can be read by others, and WP-CLI prints what it
  # was given there, hence no output. The title follows below.
  wp core install --url="$SHOP_SCHEME://${SHOP_HOSTS%% *}${SHOP_PORT:-}" --title=Shop --skip-email \
    --admin_user="$(cat /run/secrets/admin/username)" --admin_email="$(cat /run/secrets/admin/email)" \
    --prompt=admin_password </run/secrets/admin/password >/dev/null
fi

if ! wp plugin is-active woocommerce; then
  step "activating WooCommerce"
  # The lock of an activation that was interrupted would make this one do nothing for ten minutes.
  wp eval 'delete_option( "wc_installing" ); delete_transient( "wc_installing" );' --skip-plugins --skip-themes
  wp plugin activate woocommerce
fi

step "bringing the database to the version of WooCommerce"
wp wc update

step "applying settings and products"
wp eval-file /etc/storefleet/configure.php

step "done"
