#!/bin/sh
# Makes a checkout with its packages what the image has in /app; run in there. `tools` and `plugins` come from elsewhere.
set -eu
node scripts/build.cjs
# Nothing is compiled where nothing can be written.
echo 'module.exports = require("./dist/index.js");' > index.js
echo 'stackConfigDir: ../tmp/pulumi/stacks' >> Pulumi.yaml
mkdir -p bin
cp images/runner/pulumi bin/
