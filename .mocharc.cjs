// The tests are compiled into dist/test by scripts/build.cjs; `npm test` names them.
module.exports = {
  "enable-source-maps": true,
  // Those that start a cluster or a build say how long they may take; Helm alone takes seconds on a busy machine.
  timeout: 60_000,
  // A handle that a failed test left open must not keep the run, and its result, from ending.
  exit: true,
  "forbid-only": Boolean(process.env.CI),
};
