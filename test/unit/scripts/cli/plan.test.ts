import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { alikeChanges } from "../../../../scripts/cli/commands/plan";
import type { PlannedStore } from "../../../../scripts/operations/plan";

const release = (diff: string) => ({ op: "update", type: "kubernetes:helm.sh/v3:Release", name: "woocommerce-release", diffs: [diff] });
const store = (name: string, resources: PlannedStore["resources"], action: PlannedStore["action"] = "update"): PlannedStore =>
  ({ name, action, resources, changes: { create: 0, update: resources.length, replace: 0, delete: 0 }, looked: true });
const lines = (...planned: PlannedStore[]) => alikeChanges(planned).map(stripVTControlCharacters);

describe("stores plan", () => {
  it("says what changes alike once, however many stores it is", () => {
    const many = Array.from({ length: 188 }, (_, index) => store(`shop-${index}`, [release("chart")]));
    assert.deepEqual(lines(...many, store("acme", [release("values")]), store("bloom", [release("values")])), [
      "  ~ 188 stores (shop-0, shop-1, shop-2, shop-3, …): update Release woocommerce-release (chart)",
      "  ~ 2 stores (acme, bloom): update Release woocommerce-release (values)",
    ]);
  });

  it("leaves out what Pulumi keeps for itself, and the parts of stores that come or go as a whole", () => {
    const own = { op: "create", type: "pulumi:providers:random", name: "default_4_21_2", diffs: [] };
    const stack = { op: "create", type: "pulumi:pulumi:Stack", name: "storefleet-preview", diffs: [] };
    assert.deepEqual(lines(store("acme", [own, release("values")]), store("new", [stack, release("values")], "create"), store("gone", [], "delete"), store("same", [own])), [
      "  ~ acme: update Release woocommerce-release (values)",
    ]);
  });
});
