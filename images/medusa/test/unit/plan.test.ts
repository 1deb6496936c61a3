import assert from "node:assert/strict";

import { chunksOf, handlesFor, marked, planCountries, planCurrencies, recordOf } from "../../src/seed/plan";

describe("plan", () => {
  describe("planCountries", () => {
    it("changes nothing when the list is followed already", () => {
      assert.deepEqual(planCountries(["de", "at"], ["at", "de"], ["de", "at"]), { add: [], remove: [], result: ["de", "at"] });
    });

    it("adds what is new and removes what the list once named", () => {
      assert.deepEqual(planCountries(["de", "at"], ["de", "fr"], ["de", "at"]), { add: ["fr"], remove: ["at"], result: ["de", "fr"] });
    });

    it("keeps a country that the shop owner added, with or without a record", () => {
      assert.deepEqual(planCountries(["de", "ch"], ["de"], ["de"]).result, ["de", "ch"]);
      assert.deepEqual(planCountries(["de", "ch"], ["de"]).result, ["de", "ch"]);
    });
  });

  describe("planCurrencies", () => {
    const eur = { currency_code: "eur", is_default: true };

    it("replaces Medusa's own choice at first, and adds later", () => {
      assert.deepEqual(planCurrencies([eur], "usd", true), { isDone: false, result: [{ currency_code: "usd", is_default: true }] });
      assert.deepEqual(planCurrencies([eur], "usd", false).result, [
        { currency_code: "usd", is_default: true },
        { currency_code: "eur", is_default: false },
      ]);
    });

    it("is done when the default is right, whatever the owner added", () => {
      assert.equal(planCurrencies([eur], "eur", true).isDone, true);
      assert.equal(planCurrencies([{ currency_code: "usd", is_default: false }, eur], "eur", false).isDone, true);
      assert.equal(planCurrencies([{ currency_code: "usd", is_default: true }, { ...eur, is_default: false }], "eur", false).isDone, false);
    });
  });

  describe("handlesFor", () => {
    const handles = (names: string[], taken: string[] = []) => handlesFor(names.map((name, index) => ({ name, sku: `S.${index}` })), taken);

    it("makes readable addresses of letters, digits and hyphens", () => {
      assert.deepEqual(handles(["Sample Hoodie", "Käse & Brot – 2 Stück!", "  Crème brûlée  "]), ["sample-hoodie", "kase-brot-2-stuck", "creme-brulee"]);
    });

    it("never gives one twice, nor one that is taken", () => {
      assert.deepEqual(handles(["Mug", "mug", "MUG!"], ["mug-2"]), ["mug", "mug-3", "mug-4"]);
    });

    it("falls back on the SKU where a name has no letters that an address may have", () => {
      assert.deepEqual(handles(["🎉", "日本", "<script>"]), ["s-0", "s-1", "script"]);
    });

    it("finishes with 10,000 products of one name", () => {
      const many = handles(Array.from({ length: 10_000 }, () => "Mug"));
      assert.equal(new Set(many).size, 10_000);
    });
  });

  it("tells what the seed made from what it did not", () => {
    const entities = [{ id: 1, metadata: null }, { id: 2, metadata: { color: "red" } }, { id: 3, metadata: { storefleet: "main" } }];
    assert.equal(marked(entities)?.id, 3);
    assert.equal(marked(entities.slice(0, 2)), undefined);
    assert.equal(recordOf({ color: "red" }), undefined);
    assert.equal(recordOf(null), undefined);
  });

  it("cuts into chunks, the last one shorter", () => {
    assert.deepEqual(chunksOf([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
    assert.deepEqual(chunksOf([], 2), []);
  });
});
