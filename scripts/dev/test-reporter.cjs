// Mocha's usual report, and for bootstrap, which prints them last, the counts and what failed in a file.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

/** One line: which test, and the beginning of what it says. */
const inALine = (test, error) => `${test.fullTitle()}: ${String(error?.message ?? error).split("\n")[0].slice(0, 300)}`;

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failures = [];
    runner.on("fail", (test, error) => failures.push(inALine(test, error)));
    runner.once("end", () => writeFileSync(options.reporterOptions.results, JSON.stringify({ passed: runner.stats.passes, failures })));
  }
};
