import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { everyChange, rowsOf } from "../../../../scripts/cli/ui/plan-words";
import type { PlannedStore } from "../../../../scripts/operations/plan";

type Resource = PlannedStore["resources"][number];

const resource = (op: string, type: string, name: string, values: Resource["values"] = [], moreValues = 0): Resource => ({ op, type: `kubernetes:${type}`, name, diffs: [], values, moreValues });
const release = (...values: Resource["values"]) => resource("update", "helm.sh/v3:Release", "woocommerce-release", values);
const notes = [
  { ...resource("update", "", "guardrails", [{ path: "quota", from: "1", to: "2" }]), type: "storefleet:index:Guardrails" },
  resource("update", "core/v1:Namespace", "guardrails-namespace", [{ path: 'metadata.annotations["storefleet.dev/digest"]', from: '"a"', to: '"b"' }]),
  resource("update", "core/v1:ConfigMap", "receipt", [{ path: "data.digest", from: '"a"', to: '"b"' }]),
];
const title = { path: "values.title", from: '"First"', to: '"Second"' };

const store = (name: string, more: Partial<PlannedStore> = {}): PlannedStore => ({
  name, action: "update", engine: "woocommerce", plan: "small", url: `http://${name}.example.com`, why: [{ cause: "program" }], resources: [...notes, release()],
  changes: { create: 0, update: 1, replace: 0, delete: 0 }, looked: true, ...more,
});
const rows = (...planned: PlannedStore[]) => rowsOf(planned).map((row) => row.join(" | "));
const changes = (...planned: PlannedStore[]) => everyChange(planned).map(stripVTControlCharacters);

describe("stores plan", () => {
  it("says what others have to write first", () => {
    const needed = (name: string) => ({ name, namespace: "n", keys: ["password"], fault: `Secret ${name} is missing` });
    const planned = rows(store("acme", { action: "create", needs: [needed("acme-db")] }), store("bloom", { why: [], resources: [], needs: [needed("a"), needed("b")] }));
    assert.deepEqual(planned, ["acme | create | woocommerce small, http://acme.example.com; others have to write Secret acme-db first", "bloom | update | no difference; others have to write Secrets a, b first"]);
  });

  it("has a line for each store: what it will be, or why it changes and what that touches", () => {
    const renamed: PlannedStore["why"] = [
      { cause: "entry", key: "title", from: '"First"', to: '"Acme & Sons"' }, { cause: "entry", key: "plan", from: '"small"', to: '"medium"' }, { cause: "entry", key: "labels.team", to: '"a"' },
      { cause: "settings", key: "egress" }, { cause: "settings", key: "plans" }, { cause: "failed" },
    ];
    assert.deepEqual(
      rows(
        store("new", { action: "create", why: [], resources: [resource("create", "core/v1:Namespace", "n")] }),
        store("acme", { why: renamed, resources: [...notes, release(), resource("create", "core/v1:ConfigMap", "p-1"), resource("create", "core/v1:ConfigMap", "p-2"), resource("delete", "core/v1:ConfigMap", "p-0")] }),
        store("same", { why: [], resources: [] }),
        store("noted", { resources: notes }),
        store("wall", { resources: ["create-replacement", "replace", "delete-replaced"].map((op) => resource(op, "core/v1:LimitRange", "limits")) }),
        store("gone", { action: "delete", resources: [] }),
        store("left", { action: "orphan", resources: [] }),
        store("broken", { looked: false, error: "no\nmore" }),
        store("cut", { looked: false }),
      ),
      [
        "new | create | woocommerce small, http://new.example.com",
        'acme | update | title First → "Acme & Sons", plan small → medium, labels.team none → a; the environment\'s egress, plans; the last operation failed (Release; creates 2 ConfigMap; deletes ConfigMap)',
        "same | update | no difference",
        "noted | update | this checkout's program is another than the one it was made with (nothing but its receipt)",
        "wall | update | this checkout's program is another than the one it was made with (replaces LimitRange)",
        "gone | delete | everything, with all data",
        "left | orphan | left the list; kept (plan --prune counts it as a deletion)",
        "broken | update | no",
        "cut | update | not looked at",
      ],
    );
  });

  it("says what is alike once, however many stores it is", () => {
    const many = Array.from({ length: 188 }, (_, index) => store(`shop-${index}`));
    assert.deepEqual(rows(...many, store("acme", { why: [{ cause: "unknown" }] })), [
      "188 stores | update | this checkout's program is another than the one it was made with (Release): shop-0, shop-1, shop-2, shop-3, …",
      "acme | update | made by an older version, which did not note from what (Release)",
    ]);
    assert.deepEqual(changes(...many, store("acme", { resources: [release(title)] }), store("bloom", { resources: [release(title)] })), [
      "", "188 stores: shop-0, shop-1, shop-2, shop-3, …", "  ~ update Release woocommerce-release",
      "", "acme, bloom", "  ~ update Release woocommerce-release", '      values.title: "First" → "Second"',
    ]);
  });

  it("shows the resources that change and their values when asked for them, and never its own notes", () => {
    const other = [title, { path: "values.ports[1]", to: "443" }, { path: "stringData.password" }];
    assert.deepEqual(changes(store("acme", { resources: [...notes, { ...release(...other), moreValues: 3 }] }), store("noted", { resources: notes }), store("gone", { action: "delete", resources: [] })), [
      "", "acme",
      "  ~ update Release woocommerce-release",
      '      values.title: "First" → "Second"',
      "      values.ports[1]: none → 443",
      "      stringData.password: (not shown)",
      "      and 3 more",
    ]);
  });

  it("shows nothing of a receipt that a terminal would act on", () => {
    const [row] = rows(store("acme", { why: [{ cause: "entry", key: "a\u001b[2J", from: "\u001b]0;x\u0007", to: '"b"' }] }));
    assert.ok(row!.includes(String.raw`a\u001b[2J \u001b]0;x\u0007 → b`), row);
  });
});
