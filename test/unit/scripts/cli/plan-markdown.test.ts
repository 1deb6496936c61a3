import assert from "node:assert/strict";
import { planMarkdown } from "../../../../scripts/cli/ui/plan-markdown";
import type { PlannedStore } from "../../../../scripts/operations/plan";

type Resource = PlannedStore["resources"][number];

const resource = (op: string, kind: string, values: Resource["values"] = []): Resource => ({ op, type: `kubernetes:core/v1:${kind}`, name: kind.toLowerCase(), diffs: [], values, moreValues: 0 });
const store = (name: string, more: Partial<PlannedStore> = {}): PlannedStore => ({
  name, action: "update", engine: "woocommerce", plan: "small", url: `http://${name}.example.com`, why: [{ cause: "program" }], resources: [resource("update", "Release")],
  changes: { create: 0, update: 1, replace: 0, delete: 0 }, looked: true, ...more,
});
const gone = (name: string) => store(name, { action: "delete", why: [], resources: [] });
const markdown = (...stores: PlannedStore[]) => planMarkdown({ env: "prod", stores });

describe("a plan as a comment", () => {
  it("has totals, what is lost, a line for each store, and resources with their values", () => {
    const values = [{ path: "values.title", from: '"First"', to: '"Second"' }];
    const text = markdown(
      gone("old"), store("acme", { why: [{ cause: "entry", key: "title", from: '"First"', to: '"Second"' }], resources: [resource("update", "Release", values)] }), store("same", { action: "unchanged", resources: [] }),
      store("db", { resources: [resource("replace", "StatefulSet"), resource("delete", "ConfigMap")] }),
    );
    assert.equal(text, [
      "<!-- storefleet-plan prod -->", "### prod: 1 delete, 2 update, 1 unchanged", "**Deleted, with all data:** `old`", "**StatefulSet is replaced or goes:** `db`",
      [
        "| Store | Action | What |", "|---|---|---|", "| old | delete | everything, with all data |", '| acme | update | title First → Second (Release) |',
        "| db | update | this checkout's program is another than the one it was made with (replaces StatefulSet; deletes ConfigMap) |",
      ].join("\n"),
      '<details><summary>acme</summary>\n\n```\n  ~ update Release release\n      values.title: "First" → "Second"\n```\n\n</details>',
      "<details><summary>db</summary>\n\n```\n  ~ replace StatefulSet statefulset\n  - delete ConfigMap configmap\n```\n\n</details>",
    ].join("\n\n") + "\n");
  });

  it("says so when it is not whole, and when there is nothing", () => {
    assert.match(markdown(store("a", { looked: false, resources: [] })), /\*\*This is no whole plan\*\*/);
    assert.equal(markdown(), "<!-- storefleet-plan prod -->\n\n### prod: no stores\n");
  });

  it("takes foreign text for text: no mention, no mark-up, no end of a cell, a fence or a comment", () => {
    const hostile = '@everyone | <img src=x onerror=alert(1)> </details> ```` `x` [a](http://b) ![c](d) #12 --> **b** ~~s~~ &amp; \n\n# title';
    const text = markdown(store("acme", { why: [{ cause: "entry", key: "title", from: '""', to: JSON.stringify(hostile) }], resources: [resource("update", "Release", [{ path: "values.title", from: '""', to: hostile }])] }));
    const [row] = text.split("\n").filter((line) => line.startsWith("| acme"));
    const cells = row!.replaceAll(/&#\d+;/g, "").split("|");
    assert.equal(cells.length, 5, row);
    assert.doesNotMatch(cells[3]!, /[@<>`[\]*#~!]|https?:\/\//);
    const fence = /\n(`{3,})\n([^]*?)\n\1\n\n<\/details>\n$/.exec(text)!;
    assert.equal(fence[1]!.length, 5);
    assert.doesNotMatch(fence[2]!, /`{5}/);
    assert.match(fence[2]!, /values\.title: .*# title/, "in one line");
  });

  it("never exceeds its room, and never cuts what is lost", () => {
    const long = "x".repeat(28);
    const names = Array.from({ length: 1000 }, (_, index) => `shop-${String(index).padStart(4, "0")}-${long}`.padEnd(40, "y"));
    const values = Array.from({ length: 50 }, (_, index) => ({ path: `values.${index}`, from: "@".repeat(500), to: "`".repeat(500) }));
    const changed = names.map((name, index) => store(name, { why: [{ cause: "entry", key: "title", from: `"${"|".repeat(500)}"`, to: `"${index}"` }], resources: [resource("update", "Release", values)] }));
    for (const text of [markdown(...names.map(gone), ...changed), markdown(...changed)]) {
      assert.ok(text.length <= 60_000, String(text.length));
      assert.match(text, /more lines, which `stores plan` prints/);
    }
    const text = markdown(...names.map(gone), ...changed);
    for (const name of names) assert.ok(text.includes(`\`${name}\``));
  });

  it("says what is alike once", () => {
    const text = markdown(...Array.from({ length: 188 }, (_, index) => store(`shop-${index}`)));
    assert.match(text, /\| 188 stores \| update \|.*shop-3, … \|/);
    assert.match(text, /<summary>188 stores: shop-0, shop-1, shop-2, shop-3, …<\/summary>/);
    assert.ok(text.length < 1000);
  });
});
