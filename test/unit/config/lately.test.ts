import assert from "node:assert/strict";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListErrors } from "../../../config/errors";
import { Lately } from "../../../config/lately";
import { documentOf } from "../../../config/list-document";
import { parseStores } from "../../../config/load";

describe("what was read lately", () => {
  it("is made once for each of the last few texts", () => {
    const made: string[] = [];
    const lately = new Lately<string>(2);
    const of = (text: string) => lately.of(text, () => (made.push(text), `of ${text}`));
    assert.deepEqual([of("a"), of("b"), of("a"), of("c"), of("a"), of("b")], ["of a", "of b", "of a", "of c", "of a", "of b"]);
    assert.deepEqual(made, ["a", "b", "c", "b"]);
    assert.throws(() => lately.of("d", () => { throw new Error("no"); }), /no/);
    assert.equal(lately.of("d", () => "at last"), "at last");
    assert.equal(lately.of("d", () => "another", () => false), "another");
  });

  it("is a list's document, and the list, right or wrong, each for its own settings", () => {
    const text = "stores:\n  - { name: acme, engine: woocommerce, domains: [acme.example.com] }\n";
    assert.equal(documentOf(text), documentOf(`${text}`));
    assert.equal(documentOf(text).data(), documentOf(text).data());
    assert.equal(parseStores("a.yaml", text), parseStores("a.yaml", text));
    assert.notEqual(parseStores("b.yaml", text), parseStores("a.yaml", text));
    assert.throws(() => parseStores("a.yaml", text, { hostSuffix: "example.com" }), ListErrors);
    assert.equal(parseStores("a.yaml", text).stores.length, 1);
    const wrong = `${text}  - { name: acme }\n`;
    const errors = [1, 2].map(() => {
      try {
        return parseStores("a.yaml", wrong);
      } catch (error) {
        return error as ListErrors;
      }
    });
    assert.ok(errors[0] instanceof ListErrors && errors[1] instanceof ListErrors && errors[0] !== errors[1]);
    assert.deepEqual(errors[0].problems, errors[1].problems);
  });

  it("is read again where a picture is another one, came, or went", () => {
    const folder = mkdtempSync(join(tmpdir(), "storefleet-lately-"));
    const text = "stores:\n  - { name: acme, engine: woocommerce, products: [{ name: Mug, sku: m, price: 1, stock: 1, image: mug.png }] }\n";
    const image = () => parseStores(join(folder, "stores.yaml"), text).stores[0]!.spec.products[0]!.image as { name: string };
    const draw = (content: string, at: number) => {
      writeFileSync(join(folder, "mug.png"), Buffer.from(`\x89PNG\r\n\x1a\n${content}`, "latin1"));
      utimesSync(join(folder, "mug.png"), at, at);
    };
    try {
      assert.throws(image, /does not exist/);
      draw("one", 1000);
      const [first] = [image().name, image().name];
      draw("two", 1000);
      assert.notEqual(image().name, first);
      rmSync(join(folder, "mug.png"));
      assert.throws(image, /does not exist/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
