// Mocha's usual report, and the counts in a file for bootstrap, which prints them last.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures } = runner.stats;
      writeFileSync(options.reporterOptions.results, JSON.stringify({ passed: passes, failed: failures }));
    });
  }
};
