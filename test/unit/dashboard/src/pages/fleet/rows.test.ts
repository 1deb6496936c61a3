import assert from "node:assert/strict";
import type { Store } from "../../../../../../dashboard/src/api/types";
import { countsOf, rowsOf, sieved } from "../../../../../../dashboard/src/pages/fleet/rows";
import { phaseOf } from "../../../../../../dashboard/src/parts/phase";
import { operationOf, rowOf } from "../../../../helpers/api-client";

const store = (name: string, more: Partial<Store> = {}): Store => ({ ...rowOf(name), id: name, status: "READY", ...more }) as Store;
const stores = [
  store("acme"), store("bloom", { phase: "FAILED", reason: "No space left", engine: "medusa" }), store("cargo", { phase: "PROVISIONING", createdAt: null }),
  store("delta", { listed: false }), store("echo", { phase: "DELETING", listed: false }), store("fern", { phase: "PROVISIONING" }),
];
const ids = (rows: { id: string }[]) => rows.map(({ id }) => id);

describe("rows of the fleet", () => {
  it("have phases of their own for what is not there yet, and what left the list", () => {
    assert.deepEqual(stores.map(phaseOf), ["READY", "FAILED", "NOT_CREATED", "LEFT_LIST", "DELETING", "PROVISIONING"]);
    assert.equal(phaseOf(store("x", { listed: null })), "READY", "nobody knows what is listed");
  });

  it("are found by phase, engine, and part of a name, an address or a reason", () => {
    const rows = rowsOf(stores, []);
    const of = (sieve: Partial<Parameters<typeof sieved>[1]>) => ids(sieved(rows, { q: "", ...sieve }));
    assert.deepEqual([of({ phase: "LEFT_LIST" }), of({ engine: "medusa" }), of({ q: " EL " }), of({ q: "space" }), of({ q: "store-fern.127" }), of({ engine: "medusa", q: "acme" })], [["delta"], ["bloom"], ["delta"], ["bloom"], ["fern"], []]);
    assert.equal(sieved(rows, { q: "", phase: "FAILED" }, "phase").length, 6);
  });

  it("are counted by phase; what matters always is told even where there is none", () => {
    assert.deepEqual(countsOf(rowsOf(stores, [])), [["READY", 1], ["PROVISIONING", 1], ["FAILED", 1], ["DELETING", 1], ["NOT_CREATED", 1], ["LEFT_LIST", 1]]);
    assert.deepEqual(countsOf([]), [["READY", 0], ["PROVISIONING", 0], ["FAILED", 0]]);
  });

  it("tell the newest operation, and its step while it is under way", () => {
    const running = operationOf("b", { state: "running", startedAt: "2026-11-27T13:00:00Z", stores: { acme: { action: "update", result: "working", step: "releasing" }, bloom: { action: "update", result: "waiting" } } });
    const [acme, bloom, cargo] = rowsOf(stores, [running, operationOf("a", { endedAt: "2026-11-27T12:00:12Z", stores: { cargo: { action: "create", result: "created" }, acme: { action: "create", result: "created" } } })]);
    assert.deepEqual([acme!.step, acme!.change], ["releasing", { id: "b", kind: "apply", at: "2026-11-27T13:00:00Z" }]);
    assert.deepEqual([bloom!.step, cargo!.step, cargo!.change?.at], ["waiting", undefined, "2026-11-27T12:00:12Z"]);
  });

  it("are the same objects for stores about which nothing changed", () => {
    const before = rowsOf(stores, []);
    const known = new Map(before.map((row) => [row.id, row]));
    const now = rowsOf(stores.map((it) => (it.id === "bloom" ? { ...it, phase: "READY" as const } : it)), [], known);
    assert.deepEqual(now.map((row, at) => row === before[at]), [true, false, true, true, true, true]);
  });
});
