import assert from "node:assert/strict";
import { mock } from "node:test";
import { sightOf } from "../../../../scripts/cli/ui/sight";

describe("a status that is watched", () => {
  beforeEach(() => mock.timers.enable({ apis: ["Date"], now: Date.parse("2026-01-01T00:00:00Z") }));
  afterEach(() => mock.timers.reset());

  it("says why it is not known, at once and every minute, with the age of what was shown, and when it is again", () => {
    const said: string[] = [];
    const sight = sightOf((text) => said.push(text));
    sight.lost("away");
    sight.clear();
    for (let second = 0; second < 70; second += 10) {
      mock.timers.tick(10_000);
      sight.lost("away");
    }
    sight.lost("refused");
    sight.clear();
    sight.clear();
    assert.deepEqual(said, [
      "2026-01-01T00:00:00Z not known now: away (nothing was seen yet)",
      "2026-01-01T00:00:00Z known again",
      "2026-01-01T00:00:10Z not known now: away (what stands above is 10s old)",
      "2026-01-01T00:01:10Z not known now: away (what stands above is 1m 10s old)",
      "2026-01-01T00:01:10Z not known now: refused (what stands above is 1m 10s old)",
      "2026-01-01T00:01:10Z known again",
    ]);
  });
});
