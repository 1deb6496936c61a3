// Mocha's usual report, and for bootstrap, which prints them last, the counts, what failed and how long each file took.
const { writeFileSync } = require("node:fs");
const { relative } = require("node:path");
const { reporters } = require("mocha");

/** One line: which test, and the beginning of what it says. */
const inALine = (test, error) => `${test.fullTitle()}: ${String(error?.message ?? error).split("\n")[0].slice(0, 300)}`;

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failures = [];
    runner.on("fail", (test, error) => failures.push(inALine(test, error)));
    const seconds = {};
    for (const event of ["test end", "hook end"]) {
      runner.on(event, ({ file, duration }) => {
        if (!file || !duration) return;
        const name = relative("dist/test", file).replace(/\.test\.js$/, "");
        seconds[name] = (seconds[name] ?? 0) + duration / 1000;
      });
    }
    runner.once("end", () => writeFileSync(options.reporterOptions.results, JSON.stringify({ passed: runner.stats.passes, failures, seconds })));
  }
};
