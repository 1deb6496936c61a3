import assert from "node:assert/strict";
import { readSettings } from "../../../config/environment";
import type { SharedParts } from "../../../stores/environment-outputs";
import { originChanges, originOf, readOrigin, type Origin } from "../../../stores/origin";
import { specOf } from "../helpers/fleet";

const shared = (more: Partial<SharedParts["settings"]> = {}, secretRevisions = {}): SharedParts => ({ settings: { ...readSettings("local"), ...more }, secretRevisions });
const before = originOf(specOf("acme"), shared());
const changes = (now: Origin) => originChanges(before, now);
const product = (sku: string) => ({ name: sku, sku, price: 1, stock: 1 });

describe("what a store was made from", () => {
  it("comes back from the receipt, and is small however long the catalogue", () => {
    const spec = specOf("acme", { title: "x".repeat(200), products: Array.from({ length: 2000 }, (_, at) => product(`SKU-${at}`)), labels: { team: "a" } });
    const text = JSON.stringify(originOf(spec, shared()));
    assert.deepEqual(readOrigin(text), originOf(spec, shared()));
    assert.ok(text.length < 2500, `${text.length} characters`);
    assert.match(originOf(spec, shared()).entry.products!, /^2000 entries \([0-9a-f]{8}\)$/);
  });

  it("is not known of a receipt that does not say, or says something else", () => {
    for (const text of [undefined, "", "{}", "[", '{"entry":{"title":1},"settings":{},"program":"x"}']) assert.equal(readOrigin(text), undefined, text);
  });

  it("names each key of the list with its values, wherever in the entry it stands", () => {
    assert.deepEqual(changes(originOf(specOf("acme", { title: "Other", plan: "medium", labels: { team: "a" }, woocommerce: { guestCheckout: false } }), shared())), [
      { cause: "entry", key: "title", from: '"Acme"', to: '"Other"' },
      { cause: "entry", key: "plan", from: '"small"', to: '"medium"' },
      { cause: "entry", key: "woocommerce.guestCheckout", from: "true", to: "false" },
      { cause: "entry", key: "labels.team", from: undefined, to: '"a"' },
    ]);
    const [products, ...others] = changes(originOf(specOf("acme", { products: ["a", "b", "c"].map(product) }), shared()));
    assert.deepEqual([products?.cause === "entry" && products.key, others], ["products", []]);
  });

  it("names settings and secrets, and does not hold them", () => {
    const egress = readSettings("local").egress === "deny" ? "allow" : "deny";
    const now = originOf(specOf("acme"), shared({ egress, hostSuffix: ".canary.example" }, { smtpPassword: "canary-revision" }));
    assert.deepEqual(changes(now).map((it) => (it.cause === "settings" ? it.key : it)).sort(), ["egress", "hostSuffix", "smtpPassword"]);
    assert.doesNotMatch(JSON.stringify(now), /canary/);
    assert.deepEqual(changes(originOf(specOf("acme"), shared({ helmTimeout: 4321 }))), []);
  });

  it("tells another program from all of that", () => assert.deepEqual(changes({ ...before, program: "another" }), [{ cause: "program" }]));
});
