import assert from "node:assert/strict";
import { takeBack } from "../../../../scripts/engine/repairs";
import { noChanges, type Failure } from "../../../../scripts/engine/operation";
import { runDecisions, type Anew } from "../../../../scripts/engine/run-decisions";
import type { Decision } from "../../../../scripts/fleet/classify";
import { FakeKube } from "../../helpers/fake-kube";
import { fakeEngine, observedStore, putStore, recordedProgress, specOf } from "../../helpers/fleet";

const failure: Failure = { kind: "resource", message: "image not found\nmore of it" };
const decisions: Decision[] = [
  { name: "new", action: "create" },
  { name: "bikes", action: "update", observed: observedStore("bikes") },
  { name: "same", action: "unchanged", observed: observedStore("same") },
  { name: "gone", action: "delete", observed: observedStore("gone") },
  { name: "left", action: "orphan", observed: observedStore("left") },
  { name: "kept", action: "protected", observed: observedStore("kept", { protected: true }) },
];
const specs = new Map(["new", "bikes", "same"].map((name) => [name, specOf(name)]));

/** What was decided still holds. */
const asDecided: Anew = (decision) => decision;

describe("apply", () => {
  it("carries out each decision, and reports them in their order", async () => {
    const { engine, operations } = fakeEngine();
    const progress = recordedProgress();
    const applied = await runDecisions(engine, specs, decisions, asDecided, 1, progress);
    assert.deepEqual(applied.map(({ name, result }) => `${name} ${result}`), ["new created", "bikes updated", "same unchanged", "gone deleted", "left kept", "kept kept"]);
    assert.deepEqual(operations.map(({ kind, stack }) => `${kind} ${stack}`), ["up local.new", "up local.bikes", "destroy local.gone"]);
    assert.deepEqual(applied[0]!.changes, { create: 1, update: 0, replace: 0, delete: 0 });
    assert.equal(progress.lines[0], "begin 3");
    assert.equal(progress.lines.at(-1), "close");
    assert.match(progress.lines.join("\n"), /^new: creating$[^]*^done new: created in 0\.\d s$[^]*^gone: deleting$/m);
  });

  it("a look that finds nothing to change is no update", async () => {
    const { engine } = fakeEngine([], { changes: noChanges() });
    const applied = await runDecisions(engine, specs, decisions, asDecided, 1, recordedProgress());
    assert.deepEqual(applied.slice(0, 4).map(({ result }) => result), ["created", "unchanged", "unchanged", "deleted"]);
  });

  it("one store's failure is its own", async () => {
    const { engine } = fakeEngine([failure]);
    const progress = recordedProgress();
    const [first, second] = await runDecisions(engine, specs, decisions, asDecided, 1, progress);
    assert.equal(first?.result, "failed");
    assert.equal(first.error, failure.message);
    assert.equal(second?.result, "updated");
    assert.equal(second.error, null);
    assert.ok(progress.lines.includes(`failed new: failed: ${failure.message}`));
  });

  it("so is what goes wrong around it", async () => {
    const kube = new FakeKube();
    kube.before = (path) => {
      if (path.includes("store-new-")) throw new Error("the API server went away");
    };
    const { engine } = fakeEngine([], { kube });
    const [first, second] = await runDecisions(engine, specs, decisions, asDecided, 1, recordedProgress());
    assert.equal(first?.result, "failed");
    assert.equal(first.error, "the API server went away");
    assert.equal(second?.result, "updated");
  });

  it("after an abort the running store is cancelled and the others are not started", async () => {
    const controller = new AbortController();
    const { engine, operations } = fakeEngine([{ kind: "cancelled", message: "cancelled" }], { signal: controller.signal });
    const progress = recordedProgress();
    progress.step = () => controller.abort();
    const applied = await runDecisions(engine, specs, decisions, asDecided, 1, progress);
    assert.deepEqual(applied.map(({ result }) => result), ["cancelled", "not started", "unchanged", "not started", "kept", "kept"]);
    assert.equal(operations.length, 1);
  });

  it("a refused store is left alone with its reason, and no obstacle to the others", async () => {
    const { engine, operations } = fakeEngine();
    const refused: Decision = { name: "same", action: "refused", reason: "list:2:3: can not be", observed: observedStore("same") };
    const applied = await runDecisions(engine, specs, [refused, decisions[1]!], asDecided, 1, recordedProgress());
    assert.deepEqual(applied.map(({ action, result, error }) => [action, result, error]), [["refused", "refused", "list:2:3: can not be"], ["update", "updated", null]]);
    assert.deepEqual(operations.map(({ stack }) => stack), ["local.bikes"]);
  });

  it("names the repairs", async () => {
    const kube = new FakeKube();
    putStore(kube, "bikes", { status: "pending-upgrade" });
    const { engine } = fakeEngine([], { kube });
    const [applied] = await runDecisions(engine, specs, [decisions[1]!], asDecided, 1, recordedProgress());
    assert.equal(applied?.result, "updated");
    assert.deepEqual(applied.repairs, [takeBack.name]);
  });

  it("looks at each store when its turn has come, and decides by that", async () => {
    const kube = new FakeKube();
    const { engine, operations } = fakeEngine([], { kube });
    const seen: string[] = [];
    const anew: Anew = ({ name, action }, now) => {
      seen.push(`${name} ${now ? "there" : "not there"}`);
      if (name === "gone") return { name, action: "protected", observed: now };
      return { name, action: now?.receipt?.digest === "d1" ? "unchanged" : action, observed: now };
    };
    const progress = recordedProgress();
    // While the first store is worked on, another run brings up the second one.
    progress.end = (store) => void (store === "new" && putStore(kube, "bikes"));
    const applied = await runDecisions(engine, specs, decisions, anew, 1, progress);
    assert.deepEqual(seen, ["new not there", "bikes there", "gone not there"]);
    assert.deepEqual(applied.map(({ name, result }) => `${name} ${result}`), ["new created", "bikes unchanged", "same unchanged", "gone kept", "left kept", "kept kept"]);
    assert.deepEqual(operations.map(({ stack }) => stack), ["local.new"]);
  });

  it("a store that another run has deleted by then is deleted; one whose plan no longer holds fails alone", async () => {
    const missing: Failure = { kind: "not-found", message: "no stack named 'local.gone' found" };
    const { engine } = fakeEngine([undefined, missing]);
    const anew: Anew = (decision, now) => {
      if (decision.name === "bikes") throw new Error("out of date");
      return { ...decision, observed: now };
    };
    const applied = await runDecisions(engine, specs, decisions, anew, 1, recordedProgress());
    assert.deepEqual(applied.slice(0, 4).map(({ result, error }) => [result, error]), [["created", null], ["failed", "out of date"], ["unchanged", null], ["deleted", null]]);
  });
});
