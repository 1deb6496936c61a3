-- Run once, on an empty volume, by the official image's entrypoint. Medusa gets a plain role that owns its database.
\set password `cat /run/secrets/database/password`
CREATE ROLE medusa LOGIN PASSWORD :'password';
CREATE DATABASE medusa OWNER medusa;
\! touch "$PGDATA/../initialised"
