# Writes the database down as it is at one moment, and what is in it.
set -eu
trap 'exit 143' TERM

MYSQL_PWD=$(cat /run/secrets/database/password)
export MYSQL_PWD HOME=/tmp
ask() { mariadb --host="$DATABASE" --user=wordpress --batch --skip-column-names --raw --connect-timeout=10 --execute "$1" wordpress; }
fail() { printf 'backup FAILED: %s\n' "$1" >&2; exit 1; }

rm -f /backup/database/*
mariadb-dump --host="$DATABASE" --user=wordpress --single-transaction --quick --skip-dump-date --default-character-set=utf8mb4 \
  wordpress >/backup/database/wordpress.sql 2>/tmp/error & wait "$!" || fail "the database can not be read: $(tail -n 1 /tmp/error)"

# Orders are in tables of their own, or among the posts where somebody switched that back.
tables=$(ask "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'wordpress' AND table_name IN ('wp_options', 'wp_posts', 'wp_wc_orders', 'wp_wc_customer_lookup')")
if [ "$tables" = 4 ]; then
  ask "SELECT JSON_OBJECT(
    'engine', 'woocommerce',
    'orders', GREATEST(
      (SELECT COUNT(*) FROM wp_wc_orders WHERE type = 'shop_order' AND status NOT IN ('auto-draft', 'trash', 'wc-checkout-draft')),
      (SELECT COUNT(*) FROM wp_posts WHERE post_type = 'shop_order' AND post_status NOT IN ('auto-draft', 'trash', 'wc-checkout-draft'))),
    'products', (SELECT COUNT(*) FROM wp_posts WHERE post_type = 'product' AND post_status = 'publish'),
    'customers', (SELECT COUNT(*) FROM wp_wc_customer_lookup),
    'schema', (SELECT GROUP_CONCAT(CONCAT(option_name, '=', option_value) ORDER BY option_name) FROM wp_options WHERE option_name IN ('db_version', 'woocommerce_db_version')),
    'address', (SELECT option_value FROM wp_options WHERE option_name = 'siteurl')
  )" >/backup/database/manifest.json
else
  printf '{"engine":"woocommerce"}\n' >/backup/database/manifest.json
fi
cat /backup/database/manifest.json
