import assert from "node:assert/strict";
import { catalogueParts, maxCatalogueBytes, secondsForProducts } from "../../../config/catalogue";
import { ListErrors } from "../../../config/errors";
import { maxListBytes } from "../../../config/read-file";
import { parseStores } from "../../../config/load";

const products = (count: number, description = "") =>
  Array.from({ length: count }, (_, index) => ({ name: `Größe "${index}"`, sku: `SKU-${index}`, price: 1.5, stock: 3, ...(description && { description }) }));

describe("a store's catalogue", () => {
  it("is in texts that a ConfigMap holds, each an array of whole products, in their order", () => {
    for (const all of [products(1), products(10_000), products(300, "ü".repeat(5_000)), products(40, "\u0001\n".repeat(2_500))]) {
      const parts = catalogueParts(all);
      assert.deepEqual(parts.flatMap((part) => JSON.parse(part)), all);
      for (const part of parts) assert.ok(Buffer.byteLength(part) <= 768 * 1024);
    }
    assert.equal(catalogueParts(products(10_000)).length, 1);
    assert.deepEqual(catalogueParts([]), []);
  });

  it("of as many products as a list takes has time to be made", () => {
    assert.equal(secondsForProducts(0), 0);
    assert.ok(secondsForProducts(500) > 54 && secondsForProducts(10_000) > 1_080);
  });

  it("has room for any list's file, and what becomes larger than that is refused with its place", function () {
    this.timeout(60_000);
    assert.ok(maxCatalogueBytes > maxListBytes + 10_000 * 100);
    // Each line break is two characters of JSON.
    const text = (count: number) => {
      const entries = Array.from({ length: count }, (_, index) => `      - name: N\n        sku: S-${index}\n        price: 1\n        description: |\n          x${"\n".repeat(4_980)}          y\n`);
      return `stores:\n  - name: a\n    engine: medusa\n    products:\n${entries.join("")}`;
    };
    assert.equal(parseStores("list.yaml", text(500)).stores[0]!.spec.products.length, 500);
    assert.throws(() => parseStores("list.yaml", text(700)), (error) => {
      assert.ok(error instanceof ListErrors);
      assert.match(error.message, /list\.yaml:5:7: stores\[0\]\.products are together more than 6 MiB — shorten their descriptions, or list fewer and import the rest in the shop/);
      return true;
    });
  });
});
