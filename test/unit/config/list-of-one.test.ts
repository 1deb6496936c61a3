import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { listOfOne } from "../../../config/list-of-one";
import { parseStores } from "../../../config/load";
import type { StoreEntry, StoreSpec } from "../../../config/spec";
import { specOf } from "../helpers/fleet";

/** What a text is read as, in a folder. */
const specIn = (folder: string, text: string): StoreSpec => parseStores("one.yaml", text, { folder }).stores[0]!.spec;
const again = (spec: StoreSpec) => specIn("/", listOfOne(spec, "/"));

describe("a list of one store", () => {
  const texts = ["007", "true", "null", "1e3", "0x1f", "~", "- a", "a: b", "#x", "'\"`", "{a}", "[a]", "*a &b !c", "---", "=", "%YAML", " a ", "a\nb\n", "\n a\n\n  b \t\n", "${HOME}", "Ünïcödé 🛍️", "\u2028\u00a0x", "x".repeat(200)];
  const entries: Partial<StoreEntry>[] = [
    {},
    { engine: "medusa" },
    { engine: "medusa", medusa: { countries: ["DE", "FR"], shippingPrice: 4.5, accent: "#00AAff" } },
    { engine: "medusa", currency: "JPY", country: "JP", medusa: { shippingPrice: "500" } },
    { currency: "KWD", products: [{ name: "a", sku: "007", price: "1.125", stock: 1 }, { name: "b", sku: "1e3", price: 9999999.99, stock: 0, description: "two\nlines\n", image: "https://example.com/a%20b.png?x=1#y" }] },
    { products: [] },
    { domains: ["shop.example.org", "xn--bcher-kva.example"], labels: { team: "1", "example.com/secure": "true", secure: "x" }, secrets: { admin: "acme-admin" } },
    { plan: "large", protected: true, suspended: true, adminEmail: "a@example.com", woocommerce: { guestCheckout: false, timezone: "Europe/Berlin" } },
    ...texts.map((title): Partial<StoreEntry> => ({ title, products: [{ name: title, sku: "a", price: 1, stock: 1, description: title }] })),
  ];
  for (const entry of entries) {
    it(`is read as the store that it was made of: ${JSON.stringify(entry).slice(0, 100)}`, () => {
      const spec = specOf("acme", entry as StoreEntry);
      assert.deepEqual(again(spec), spec);
    });
  }

  it("has all that the defaults of another list gave, and names first", () => {
    const text = "defaults:\n  engine: woocommerce\n  plan: medium\n  labels: { team: a }\n  country: FR\nstores:\n  - { name: acme, labels: { x: y } }\n  - { name: other }\n";
    const spec = specIn("/", text);
    assert.deepEqual(again(spec), spec);
    assert.deepEqual(Object.keys((parse(listOfOne(spec, "/")) as { stores: object[] }).stores[0]!).slice(0, 2), ["name", "engine"]);
  });

  it("finds the same image files from the folder that it is made for", () => {
    const folder = mkdtempSync(join(tmpdir(), "list-of-one-"));
    try {
      mkdirSync(join(folder, "a b"));
      writeFileSync(join(folder, "a b/mug.png"), Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.from("picture")]));
      const spec = specIn(folder, 'stores: [{ name: acme, engine: woocommerce, products: [{ name: N, sku: S, price: 1, image: "a b/mug.png" }] }]');
      const text = listOfOne(spec, folder);
      assert.match(text, /image: a b\/mug\.png$/m);
      assert.deepEqual(specIn(folder, text), spec);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
