import assert from "node:assert/strict";
import { afterwards, lastChanges, type Fleet } from "../../../../../dashboard/src/live/fleet";
import type { Health, Store } from "../../../../../dashboard/src/api/types";
import { operationOf, rowOf } from "../../../helpers/api-client";

const store = (name: string, more: Partial<Store> = {}): Store => ({ ...rowOf(name), id: name, status: "READY", ...more }) as Store;
const health: Health = { simulated: false, listProblem: null, environmentProblem: null, isolation: "trusted", isolationProblem: null, rollout: null, trouble: null };
const fleet: Fleet = { stores: [store("acme"), store("bloom")], operations: [operationOf("20261127-120002-aaaa"), operationOf("20261127-120001-aaaa")], health };
const names = (its: Fleet | undefined) => its?.stores.map(({ id }) => id);

describe("the fleet as it is told live", () => {
  it("is the whole of a snapshot, whatever was known", () => {
    assert.equal(afterwards(undefined, { event: "snapshot", data: fleet }), fleet);
    assert.deepEqual(names(afterwards(fleet, { event: "snapshot", data: { ...fleet, stores: [] } })), []);
  });

  it("has a changed store in its place, a new one at the end, and none that is gone; the others stay the same objects", () => {
    const changed = afterwards(fleet, { event: "store", data: { id: "acme", store: store("acme", { phase: "FAILED" }) } })!;
    assert.deepEqual([names(changed), changed.stores[0]!.phase, changed.stores[1] === fleet.stores[1], changed.operations === fleet.operations], [["acme", "bloom"], "FAILED", true, true]);
    assert.deepEqual(names(afterwards(fleet, { event: "store", data: { id: "cargo", store: store("cargo") } })), ["acme", "bloom", "cargo"]);
    assert.deepEqual(names(afterwards(fleet, { event: "store", data: { id: "acme", store: null } })), ["bloom"]);
    assert.deepEqual(names(afterwards(fleet, { event: "store", data: { id: "nobody", store: null } })), ["acme", "bloom"]);
    assert.deepEqual(names(fleet), ["acme", "bloom"]);
  });

  it("has operations newest first", () => {
    const now = afterwards(fleet, { event: "operation", data: { id: "20261127-120003-aaaa", operation: operationOf("20261127-120003-aaaa") } })!;
    assert.deepEqual(now.operations.map(({ id }) => id.slice(13, 15)), ["03", "02", "01"]);
    assert.deepEqual(afterwards(now, { event: "operation", data: { id: "20261127-120002-aaaa", operation: null } })!.operations.map(({ id }) => id.slice(13, 15)), ["03", "01"]);
  });

  it("says why it can not be looked at, and keeps what is known", () => {
    const trouble = { type: "urn:storefleet:problem:cluster-unreachable", title: "", status: 503, detail: "gone", instance: "" };
    const now = afterwards(fleet, { event: "health", data: { health: { ...health, trouble } } })!;
    assert.deepEqual([now.health.trouble?.detail, now.stores === fleet.stores], ["gone", true]);
  });

  it("is nothing by differences alone", () => {
    assert.equal(afterwards(undefined, { event: "store", data: { id: "acme", store: store("acme") } }), undefined);
    assert.equal(afterwards(undefined, { event: "health", data: { health } }), undefined);
  });

  it("knows of each store the newest operation, also of one that waits", () => {
    const queued = operationOf("20261127-120009-aaaa", { names: ["bloom"], stores: {}, state: "queued" });
    const last = lastChanges([queued, ...fleet.operations]);
    assert.deepEqual([last.get("bloom")?.id, last.get("acme")?.id, last.get("nobody")], ["20261127-120009-aaaa", "20261127-120002-aaaa", undefined]);
  });
});
