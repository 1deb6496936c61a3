import assert from "node:assert/strict";

import { backoffStrategy, jobOptions } from "../../src/mail/retries";

describe("retries", () => {
  it("wait longer each time, and never more than a quarter of an hour", () => {
    assert.deepEqual([1, 2, 3, 8, 9, 100, 5_000].map((made) => backoffStrategy(made) / 1_000), [5, 10, 20, 640, 900, 900, 900]);
  });

  it("outlast a mail server that is away for most of a day", () => {
    const waits = Array.from({ length: jobOptions.attempts - 1 }, (_, index) => backoffStrategy(index + 1));
    const hours = waits.reduce((sum, wait) => sum + wait) / 3_600_000;
    assert.ok(hours > 20 && hours < 26, `${hours} h`);
  });
});
