#!/bin/sh
# Puts into a folder what the image has in /app: the built application, and what it needs to run. The Dockerfile and the
# integration test use the same one. Needs `npm ci` before.
set -eu
target=${1:?"name the folder to fill"}
cd "$(dirname "$0")"

npm run build
mkdir -p "$target/.medusa"
cp -R .medusa/server "$target/.medusa/"
cp package.json package-lock.json "$target/"
cp -R node_modules "$target/"
npm --prefix "$target" prune --omit=dev
node prune.mjs "$target/node_modules"
# Medusa looks for migrations in every module, and makes the folder where there is none: not on a read-only file system.
for module in "$target"/node_modules/@medusajs/*/dist "$target"/.medusa/server/src/modules/*; do
  mkdir -p "$module/migrations"
done
