import assert from "node:assert/strict";
import { changedByHand, decide, isUnchanged } from "../../scripts/fleet/classify";
import type { Observed } from "../../scripts/fleet/observe";
import { observedStore } from "./helpers/fleet";

const digest = "digest of acme";
const release = (status: string) => [{ name: "woocommerce", status, revision: 3 }];

describe("an unchanged store", () => {
  it("set out for what is wanted, got there, and Helm agrees", () => {
    assert.equal(isUnchanged(observedStore("acme"), digest), true);
  });

  for (const [what, more] of Object.entries<Partial<Observed>>({
    "is on its way out": { deleting: true },
    "set out for something else since": { intendedDigest: "another" },
    "failed the last time": { lastError: "the program threw" },
    "did not get there": { receipt: undefined },
    "got somewhere else": { receipt: { ...observedStore("acme").receipt!, digest: "another" } },
    "has no release": { releases: [] },
    "has a failed release": { releases: release("failed") },
    "has an interrupted release": { releases: release("pending-upgrade") },
    "has one release of two deployed": { releases: [...release("deployed"), ...release("failed")] },
  })) {
    it(`is not one that ${what}`, () => assert.equal(isUnchanged(observedStore("acme", more), digest), false));
  }

  it("is not one that is wanted otherwise", () => assert.equal(isUnchanged(observedStore("acme"), "another"), false));
});

describe("a release changed by hand", () => {
  it("differs from what the last operation reached", () => {
    assert.equal(changedByHand(observedStore("acme")), false);
    assert.equal(changedByHand(observedStore("acme", { releases: [] })), true);
    assert.equal(changedByHand(observedStore("acme", { releases: release("failed") })), true);
  });

  it("is not one that an operation left on its way", () => {
    assert.equal(changedByHand(observedStore("acme", { intendedDigest: "next", releases: release("pending-upgrade") })), false);
    assert.equal(changedByHand(observedStore("acme", { receipt: undefined, releases: release("failed") })), false);
    assert.equal(changedByHand(observedStore("acme", { receipt: undefined, intendedDigest: undefined, releases: [] })), false);
  });
});

describe("decisions", () => {
  const fleet = new Map(
    [observedStore("acme"), observedStore("bikes"), observedStore("gone"), observedStore("kept", { protected: true })].map((it) => [it.store, it]),
  );
  const wanted = [
    { name: "new", digest: "digest of new" },
    { name: "bikes", digest: "changed" },
    { name: "acme", digest },
  ];
  const actions = (options: { prune: boolean; skipUnchanged: boolean }) => decide(wanted, fleet, options).map(({ name, action }) => `${name} ${action}`);

  it("follow the list's order, then come the stores that left it, which are kept", () => {
    assert.deepEqual(actions({ prune: false, skipUnchanged: true }), ["new create", "bikes update", "acme unchanged", "gone orphan", "kept protected"]);
  });

  it("delete only when pruning, and never what is protected", () => {
    assert.deepEqual(actions({ prune: true, skipUnchanged: true }).slice(3), ["gone delete", "kept protected"]);
  });

  it("update everything when nothing is to be skipped", () => {
    assert.deepEqual(actions({ prune: false, skipUnchanged: false }).slice(0, 3), ["new create", "bikes update", "acme update"]);
  });

  it("a protected store that is listed is updated like any other", () => {
    const [decision] = decide([{ name: "kept", digest: "changed" }], fleet, { prune: true, skipUnchanged: true });
    assert.equal(decision?.action, "update");
  });

  it("carry what was seen", () => {
    for (const { name, observed } of decide(wanted, fleet, { prune: true, skipUnchanged: true })) assert.equal(observed, fleet.get(name));
  });

  it("of an empty list and an empty cluster are none", () => assert.deepEqual(decide([], new Map(), { prune: true, skipUnchanged: true }), []));
});
