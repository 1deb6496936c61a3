import assert from "node:assert/strict";
import { changedByHand, decide, decideDestroy, isUnchanged } from "../../../../scripts/fleet/classify";
import type { Observed } from "../../../../scripts/fleet/observe";
import { engineAt, observedStore } from "../../helpers/fleet";

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
    "still has the room that it was given before": { receipt: { ...observedStore("acme").receipt!, held: true } },
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
  const want = (name: string, digest: string, engine = "woocommerce") => ({ name, digest, engine, engineAt });
  const wanted = [want("new", "digest of new"), want("bikes", "changed"), want("acme", digest)];
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
    const [decision] = decide([want("kept", "changed")], fleet, { prune: true, skipUnchanged: true });
    assert.equal(decision?.action, "update");
  });

  it("refuse another engine than the one that runs, with the list's place, whatever is skipped", () => {
    for (const skipUnchanged of [true, false]) {
      const [refused, other] = decide([want("acme", digest, "medusa"), want("bikes", "changed")], fleet, { prune: true, skipUnchanged });
      assert.equal(
        refused?.reason,
        "stores.yaml:2:13: the engine can not be changed once the store runs: acme runs woocommerce, and another engine can not read its data (value medusa) — " +
          "go back to engine: woocommerce, or list the other shop under a name of its own",
      );
      assert.deepEqual([refused?.action, other?.action], ["refused", "update"]);
    }
  });

  it("know the engine that runs from what was reached or begun, not from what the last attempt was heading for", () => {
    const receipt = (engine: string) => ({ ...observedStore("acme").receipt!, engine });
    const actionOf = (engine: string, more: Partial<Observed>) =>
      decide([want("acme", "changed", engine)], new Map([["acme", observedStore("acme", more)]]), { prune: false, skipUnchanged: true })[0]?.action;
    // An older version set out for the other engine, and broke off.
    const halfway: Partial<Observed> = { engine: "medusa", receipt: receipt("woocommerce"), releases: [...release("deployed"), { name: "medusa", status: "failed", revision: 1 }] };
    assert.deepEqual([actionOf("woocommerce", halfway), actionOf("medusa", halfway)], ["update", "refused"]);
    // Nothing was reached yet.
    assert.deepEqual([actionOf("woocommerce", { receipt: undefined }), actionOf("medusa", { receipt: undefined })], ["update", "refused"]);
    assert.equal(actionOf("medusa", { receipt: undefined, releases: [] }), "update");
    assert.equal(actionOf("medusa", { deleting: true }), "update");
  });

  it("call it an upgrade where the release that a store got to is another, whatever the list says besides", () => {
    const actionFor = (wanted: string, reached: string | undefined, more: Partial<Observed> = {}) => {
      const store = observedStore("acme", { intendedDigest: reached ?? wanted, receipt: reached === undefined ? undefined : { ...observedStore("acme").receipt!, digest: reached }, ...more });
      return decide([want("acme", wanted)], new Map([["acme", store]]), { prune: false, skipUnchanged: true })[0]?.action;
    };
    assert.equal(actionFor("list.r1", "list.r1"), "unchanged");
    assert.equal(actionFor("edited.r1", "list.r1"), "update");
    assert.equal(actionFor("list.r2", "list.r1"), "upgrade");
    assert.equal(actionFor("edited.r2", "list.r1"), "upgrade");
    assert.equal(actionFor("list.r2", "0".repeat(32)), "upgrade", "a receipt of before, which tells no release");
    assert.equal(actionFor("list.r2", undefined), "update", "one that never got anywhere has none");
    assert.equal(actionFor("list.r2", "list.r1", { deleting: true }), "update", "nor has one that is made anew");
    assert.equal(actionFor("list.r1", "list.r1", { intendedDigest: "list.r2" }), "update", "an upgrade that is taken back is none");
  });

  it("carry what was seen", () => {
    for (const { name, observed } of decide(wanted, fleet, { prune: true, skipUnchanged: true })) assert.equal(observed, fleet.get(name));
  });

  it("of an empty list and an empty cluster are none", () => assert.deepEqual(decide([], new Map(), { prune: true, skipUnchanged: true }), []));
});

describe("destroy", () => {
  const fleet = new Map([observedStore("acme"), observedStore("kept", { protected: true }), observedStore("bikes")].map((it) => [it.store, it]));

  it("keeps what the list or the cluster has as protected, whichever of the two says so", () => {
    assert.deepEqual(decideDestroy([], fleet, new Set()), { doomed: ["acme", "bikes"], kept: ["kept"] });
    assert.deepEqual(decideDestroy([], fleet, new Set(["bikes", "not-yet"])), { doomed: ["acme"], kept: ["kept", "bikes"] });
    assert.deepEqual(decideDestroy(["acme", "kept", "bikes"], fleet, new Set(["bikes"])), { doomed: ["acme"], kept: ["kept", "bikes"] });
  });

  it("takes a name once, whether that store runs or not", () => {
    assert.deepEqual(decideDestroy(["acme", "gone", "acme"], fleet, new Set()), { doomed: ["acme", "gone"], kept: [] });
    assert.deepEqual(decideDestroy(["gone"], fleet, new Set(["gone"])), { doomed: [], kept: ["gone"] });
  });
});
