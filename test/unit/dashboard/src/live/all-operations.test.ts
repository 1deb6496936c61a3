import assert from "node:assert/strict";
import { together } from "../../../../../dashboard/src/live/all-operations";
import { progressOf, tookOf, whatOf } from "../../../../../dashboard/src/parts/operation-words";
import { operationOf } from "../../../helpers/api-client";

const ids = (all: { id: string }[]) => all.map(({ id }) => id).join();

describe("all operations", () => {
  it("are those told live, and older ones as they were asked for", () => {
    const its = (...names: string[]) => names.map((id) => operationOf(id));
    assert.equal(ids(together(its("d", "c"), its("c", "b", "a"))), "d,c,b,a");
    assert.equal(ids(together(its("d", "b"), its("c", "b", "a"))), "d,b,a", "what is not told any more is forgotten");
    assert.equal(ids(together([], its("b", "a"))), "b,a");
    const keyed = operationOf("key-1", { requestedAt: "2026-11-27T10:00:00.000Z" });
    assert.equal(ids(together([operationOf("20261127-120000-aaaa", { requestedAt: "2026-11-27T12:00:00.000Z" })], [keyed])), "20261127-120000-aaaa,key-1", "by their time, whatever they are called");
    assert.equal(together([operationOf("c", { state: "running" })], its("c"))[0]!.state, "running");
  });

  it("are called by what they do, and to how many", () => {
    const part = { action: "create", result: "created" };
    assert.equal(whatOf(operationOf("a", { kind: "verify", stores: { acme: part } })), "verify acme");
    assert.equal(whatOf(operationOf("a", { names: ["acme", "bloom"], stores: { acme: part } })), "apply 2 stores");
    assert.equal(whatOf(operationOf("a", { kind: "environment", stores: {} })), "environment");
    assert.equal(progressOf({ stores: { a: part, b: { action: "create", result: "working" }, c: { action: "create", result: "waiting" } } }), "1 of 3 done");
  });

  it("take until they end, and while they are under way until now", () => {
    const startedAt = "2026-11-27T12:00:00.000Z";
    const now = Date.parse(startedAt) + 9_000;
    assert.equal(tookOf(operationOf("a", { startedAt, endedAt: "2026-11-27T12:00:04.000Z" }), now), 4);
    assert.equal(tookOf(operationOf("a", { startedAt, state: "running" }), now), 9);
    assert.equal(tookOf(operationOf("a", { startedAt: undefined, state: "queued" }), now), undefined);
  });
});
