import assert from "node:assert/strict";

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parseList, readList } from "../../src/seed/list";

const list = {
  title: "Acme",
  adminEmail: "admin@example.com",
  currency: "EUR",
  country: "DE",
  countries: ["DE", "AT", "DE"],
  accent: "#0a7d5c",
  shippingPrice: 4.9,
  products: [{ name: "Mug", sku: "MUG", price: 9.99, stock: 5 }],
};
const parse = (changes: object) => parseList(JSON.stringify({ ...list, ...changes }), "seed.json");

describe("list", () => {
  it("has codes in lower case, and each country once", () => {
    const { currency, country, countries, products } = parse({});
    assert.deepEqual({ currency, country, countries }, { currency: "eur", country: "de", countries: ["de", "at"] });
    assert.deepEqual(products, list.products);
  });

  it("sells to its own country where none is named", () => {
    assert.deepEqual(parse({ countries: [] }).countries, ["de"]);
  });

  it("keeps text to the letter", () => {
    const title = "A \"B\" 'C' `D` $E \\ <f> &\n\t🎉";
    assert.equal(parse({ title }).title, title);
  });

  it("takes a colour or none, and nothing else that would reach a style sheet", () => {
    for (const accent of ["", "#0a7d5c"]) assert.equal(parse({ accent }).accent, accent);
    for (const accent of ["red", "#0a7", "#0a7d5c;", "#0A7D5C", "#0a7d5c\n", " #0a7d5c"]) assert.throws(() => parse({ accent }), /accent:/, accent);
  });

  it("names every wrong value by its place", () => {
    assert.throws(
      () => parse({ currency: "eur", products: [{ name: "Mug", sku: "MUG", price: -1, stock: 0.5 }] }),
      (error: Error) => ["seed.json", "currency:", "products.0.price:", "products.0.stock:"].every((part) => error.message.includes(part)),
    );
  });

  it("takes the products of further files, in their order", () => {
    const folder = mkdtempSync(join(tmpdir(), "products-"));
    try {
      const product = (sku: string) => ({ ...list.products[0], sku });
      writeFileSync(join(folder, "001.json"), JSON.stringify([product("C")]));
      writeFileSync(join(folder, "000.json"), JSON.stringify([product("A"), product("B")]));
      writeFileSync(join(folder, "seed"), JSON.stringify(list));
      assert.deepEqual(readList(join(folder, "seed"), folder).products.map(({ sku }) => sku), ["MUG", "A", "B", "C"]);
      writeFileSync(join(folder, "002.json"), JSON.stringify([{ ...product("D"), stock: -1 }]));
      assert.throws(() => readList(join(folder, "seed"), folder), /products\.4\.stock/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("says which variable is missing", () => {
    assert.throws(() => readList(undefined), /SEED_FILE/);
  });
});
