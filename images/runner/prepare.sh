#!/bin/sh
# Makes a checkout with its packages what the image has in /app; run in there. `tools` and `plugins` come from elsewhere.
set -eu
node scripts/build.cjs
# Nothing is compiled where nothing can be written.
echo 'module.exports = require("./dist/index.js");' > index.js
echo 'stackConfigDir: ../tmp/pulumi/stacks' >> Pulumi.yaml
mkdir -p bin
cp images/runner/pulumi images/runner/stores images/runner/pod.sh bin/
# On the PATH beside the CLI, as the command looks for them.
for tool in pulumi-language-nodejs helm kubectl; do ln -sf "../tools/$tool" "bin/$tool"; done
