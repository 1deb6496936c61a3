import assert from "node:assert/strict";
import { until } from "../../../../../scripts/machine/os/until";

describe("waiting until", () => {
  /** Looks, of which the n-th sees something. */
  function seenAt(n: number) {
    const looks: number[] = [];
    const look = async () => (looks.push(performance.now()), looks.length >= n ? "it" : undefined);
    return { look, looks };
  }

  it("returns what is seen, at once or later, and looks no further", async () => {
    for (const n of [1, 3]) {
      const { look, looks } = seenAt(n);
      assert.equal(await until(look, { within: 5000, every: 5 }), "it");
      assert.equal(looks.length, n);
    }
    assert.equal(await until(() => 0, { within: 0, every: 5 }), 0, "what is seen may be nothing much");
  });

  it("gives up in time, after a last look when it is over", async () => {
    const start = performance.now();
    const { look, looks } = seenAt(Infinity);
    assert.equal(await until(look, { within: 60, every: 1000 }), undefined);
    assert.ok(performance.now() - start < 900, "the pause is no longer than the time that is left");
    assert.equal(looks.length, 2);
    assert.ok(looks[1]! - start >= 55);
    assert.equal(await until(() => false, { within: 0, every: 1000 }), undefined);
  });

  it("ends at once where it is cancelled, but has looked", async () => {
    const controller = new AbortController();
    const { look, looks } = seenAt(Infinity);
    const start = performance.now();
    const waiting = until(look, { within: 60_000, every: 60_000, signal: controller.signal });
    setTimeout(() => controller.abort(), 30);
    assert.equal(await waiting, undefined);
    assert.ok(performance.now() - start < 5000);
    assert.equal(looks.length, 2);
    assert.equal(await until(seenAt(1).look, { within: 60_000, every: 1, signal: AbortSignal.abort() }), "it");
  });

  it("a look that fails ends it", async () => {
    await assert.rejects(until(() => Promise.reject(new Error("no")), { within: 1000, every: 1 }), /^Error: no$/);
  });
});
