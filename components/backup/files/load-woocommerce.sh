# Puts a database back in place of the one that is there. May run again from the start.
set -eu
trap 'exit 143' TERM

MYSQL_PWD=$(cat /run/secrets/database/password)
export MYSQL_PWD HOME=/tmp
on() { mariadb --host="$DATABASE" --user=wordpress --default-character-set=utf8mb4 --connect-timeout=10 "$@"; }
fail() { printf 'restore FAILED: %s\n' "$1" >&2; exit 1; }

on --execute 'DROP DATABASE IF EXISTS wordpress; CREATE DATABASE wordpress CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci' 2>/tmp/error || fail "$(tail -n 1 /tmp/error)"
on wordpress </backup/database/wordpress.sql 2>/tmp/error & wait "$!" || fail "$(tail -n 1 /tmp/error)"
# Of another shop, before it was destroyed: its administrator gets in with the password that this one has. WordPress stores its own hash
# of it at the first login.
if [ "$ADMIN" = reset ]; then
  quoted() { sed "s/[\\\\']/\\\\&/g" "/run/secrets/admin/$1"; }
  printf "UPDATE wp_users SET user_pass = MD5('%s') WHERE user_login = '%s'" "$(quoted password)" "$(quoted username)" | on wordpress 2>/tmp/error || fail "$(tail -n 1 /tmp/error)"
fi
echo "the database is back"
