# Starts the database. The image does two things at its first start only, which a shop's life takes more often.
set -eu
data=/var/lib/mysql

# A first start that was interrupted leaves tables half made, which the image then takes for a database. Nobody has
# connected before it is done (initialised.sh), so nothing is lost by beginning again.
if [ -e "$data/.initialising" ]; then
  echo "the first start was interrupted: beginning again"
  find "$data" -mindepth 1 -not -name lost+found -not -name .initialising -delete
fi

if [ -d "$data/mysql" ]; then
  # The passwords that the Secret holds now: a changed one takes effect with a restart.
  quoted() { sed "s/[\\\\']/\\\\&/g" "/run/secrets/database/$1"; }
  (
    umask 077
    printf "ALTER USER IF EXISTS 'wordpress'@'%%' IDENTIFIED BY '%s';\n" "$(quoted password)"
    printf "ALTER USER IF EXISTS 'root'@'localhost' IDENTIFIED BY '%s';\n" "$(quoted root-password)"
  ) >/run/mysqld/passwords.sql
  set -- --init-file=/run/mysqld/passwords.sql "$@"
else
  touch "$data/.initialising"
fi
exec docker-entrypoint.sh mariadbd "$@"
