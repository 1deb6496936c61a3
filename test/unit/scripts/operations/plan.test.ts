import assert from "node:assert/strict";
import { namespaceOf } from "../../../../config/names";
import { originOf } from "../../../../stores/origin";
import type { Failure } from "../../../../scripts/engine/operation";
import { isWhole, planFleet } from "../../../../scripts/operations/plan";
import { fakeEngine, fleetOf, observedStore, recordedProgress, specOf } from "../../helpers/fleet";

const names = ["acme", "bikes", "cargo"];
const options = { prune: false, skipUnchanged: true, names: [] };
const failed: Failure = { kind: "program", message: "the program threw" };
const cancelled: Failure = { kind: "cancelled", message: "cancelled" };

/** A plan of three stores that changed and one that did not. */
function plan(failures: (Failure | undefined)[], controller = new AbortController(), onStep = () => {}) {
  const fleet = fleetOf([...names, "same"].map((name) => specOf(name)), [...names.map((name) => observedStore(name, { intendedDigest: "older" })), observedStore("same")]);
  const progress = recordedProgress();
  progress.end = onStep;
  return planFleet(fakeEngine(failures, { signal: controller.signal }).engine, fleet, options, 1, progress);
}

describe("plan", () => {
  it("looks at every store that would change", async () => {
    const planned = await plan([]);
    assert.deepEqual(planned.map(({ name, action, looked, error }) => [name, action, looked, error]), [
      ["acme", "update", true, undefined],
      ["bikes", "update", true, undefined],
      ["cargo", "update", true, undefined],
      ["same", "unchanged", true, undefined],
    ]);
    assert.ok(isWhole(planned));
  });

  it("says of every store what it is and where, and why it is updated", async () => {
    const receipt = { ...observedStore("acme").receipt!, digest: "older", origin: originOf(specOf("acme", { title: "Older" }), fleetOf([], []).shared) };
    const fleet = fleetOf([specOf("acme"), specOf("new", { plan: "large" })], [observedStore("acme", { receipt, intendedDigest: "older" }), observedStore("left")]);
    const planned = await planFleet(fakeEngine().engine, fleet, options, 1, recordedProgress());
    assert.deepEqual(planned.map(({ name, engine, plan, url, why }) => [name, engine, plan, url, why]), [
      ["acme", "woocommerce", "small", "http://acme.example.com", [{ cause: "entry", key: "title", from: '"Older"', to: '"Acme"' }]],
      ["new", "woocommerce", "large", `http://${namespaceOf("local", "new")}${fleet.shared.settings.hostSuffix}`, []],
      ["left", "woocommerce", null, "http://left.example.com", []],
    ]);
  });

  it("that was cut off says of which stores nothing is known, and is no whole one", async () => {
    const controller = new AbortController();
    const planned = await plan([undefined, cancelled], controller, () => controller.abort());
    assert.deepEqual(planned.map(({ looked }) => looked), [true, false, false, true]);
    assert.deepEqual(planned.map(({ error }) => error), [undefined, undefined, undefined, undefined]);
    assert.equal(isWhole(planned), false);
  });

  it("with a preview that failed is no whole one, and the others are looked at", async () => {
    const planned = await plan([failed]);
    assert.deepEqual(planned.map(({ looked, error }) => [looked, error]), [[false, failed.message], [true, undefined], [true, undefined], [true, undefined]]);
    assert.equal(isWhole(planned), false);
  });
});
