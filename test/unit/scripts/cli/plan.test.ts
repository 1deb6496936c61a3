import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { alikeChanges, everyChange } from "../../../../scripts/cli/commands/plan";
import type { PlannedStore } from "../../../../scripts/operations/plan";

const release = (diff: string) => ({ op: "update", type: "kubernetes:helm.sh/v3:Release", name: "woocommerce-release", diffs: [diff], values: [], moreValues: 0 });
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

  it("leaves out the parts of stores that come or go as a whole", () => {
    assert.deepEqual(lines(store("acme", [release("values")]), store("new", [release("values")], "create"), store("gone", [], "delete"), store("same", [])), [
      "  ~ acme: update Release woocommerce-release (values)",
    ]);
  });

  it("shows the values that change below their resource, when asked for each", () => {
    const values = [{ path: "values.title", from: '"First"', to: '"Second"' }, { path: "values.ports[1]", to: "443" }, { path: "stringData.password" }];
    const planned = [store("acme", [{ ...release("values"), values, moreValues: 3 }])];
    assert.deepEqual(everyChange(planned).map(stripVTControlCharacters), [
      "  ~ acme: update Release woocommerce-release (values)",
      '      values.title: "First" → "Second"',
      "      values.ports[1]: none → 443",
      "      stringData.password: (not shown)",
      "      and 3 more",
    ]);
  });
});
