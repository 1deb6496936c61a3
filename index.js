// What `pulumi` runs: compile if a source changed, then the program that the stack's name asks for (index.ts).
require("./scripts/build.cjs").ensureBuilt();
module.exports = require("./dist/index.js");
