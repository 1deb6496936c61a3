#!/bin/sh
# Puts into a folder what the image has in /app: the built application, and what it needs to run. The Dockerfile and the
# integration test use the same one. Needs `npm ci` before.
set -eu
target=${1:?"name the folder to fill"}
cd "$(dirname "$0")"

npm run build
mkdir -p "$target/.medusa"
cp -R .medusa/server "$target/.medusa/"
# Medusa looks for migrations beside every module, and makes the folder where there is none: not on a read-only file system.
mkdir -p "$target/.medusa/server/src/modules/smtp/migrations"
cp package.json package-lock.json "$target/"
cp -R node_modules "$target/"
npm --prefix "$target" prune --omit=dev
node prune.mjs "$target/node_modules"
