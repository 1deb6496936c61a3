import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListErrors } from "../../../config/errors";
import { parseStores } from "../../../config/load";
import { imageFilesOf } from "../../../stores/image-files";

const png = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.from("picture")]);

describe("image files of a list", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "images-"));
    mkdirSync(join(folder, "images"));
    const files = { "mug.png": png, "same.png": png, "photo.jpg": Buffer.from("ffd8ffe0", "hex"), "web.webp": Buffer.from("RIFF\u0001\u0001\u0001\u0001WEBP"), "page.png": Buffer.from("<html>"), "empty.png": Buffer.alloc(0), "huge.png": Buffer.concat([png, Buffer.alloc(512 * 1024)]) };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, "images", name), content);
    for (let index = 0; index < 9; index++) writeFileSync(join(folder, "images", `large-${index}.png`), Buffer.concat([png, Buffer.from([index]), Buffer.alloc(500 * 1024)]));
  });
  after(() => rmSync(folder, { recursive: true }));

  const entries = (images: string[]) => images.map((image, index) => `{ name: N, sku: S-${index}, price: 1, image: ${JSON.stringify(image)} }`).join(", ");
  const read = (text: string, egress?: "allow" | "deny") => parseStores(join(folder, "list.yaml"), text, { egress });
  const store = (...images: string[]) => `stores:\n  - name: a\n    engine: woocommerce\n    products: [${entries(images)}]\n`;
  const errors = (text: string, egress?: "allow" | "deny"): string[] => {
    try {
      read(text, egress);
      return [];
    } catch (error) {
      assert.ok(error instanceof ListErrors, String(error));
      return error.message.replaceAll(`${folder}/`, "").split("\n");
    }
  };

  it("travel once each, under a name that their content makes", () => {
    const { spec } = read(store("images/mug.png", "images/same.png", "images/photo.jpg", "images/web.webp")).stores[0]!;
    const files = imageFilesOf(spec);
    assert.deepEqual(Object.keys(files).map((name) => name.replace(/^[0-9a-f]{32}/, "*")), ["*.png", "*.jpg", "*.webp"]);
    assert.equal(Object.values(files)[0], png.toString("base64"));
  });

  it("that were exchanged since the list was read are noticed", () => {
    writeFileSync(join(folder, "images/changing.png"), png);
    const { spec } = read(store("images/changing.png")).stores[0]!;
    writeFileSync(join(folder, "images/changing.png"), Buffer.concat([png, png]));
    assert.throws(() => imageFilesOf(spec), /changing\.png changed since the list was read/);
  });

  for (const [image, expected] of [
    ["images/none.png", /^list\.yaml:4:54: stores\[0\]\.products\[0\]\.image does not exist .* put the file at images\/none\.png; paths count from the list's folder$/],
    ["images", /image is no file /],
    ["images/mug.png/x.png", /image does not exist /],
    ["images/page.png", /image is not an image, whatever its name says .* use a PNG, JPEG or WebP file$/],
    ["images/empty.png", /image is not an image/],
    ["images/huge.png", /image is too large: 513 KiB .* make it at most 512 KiB, or give its https:\/\/ address$/],
    ["/etc/hosts", /image is not an image /],
    ["http://example.com/mug.png", /image is not an image /],
  ] as const) {
    it(`refused: ${image}`, () => {
      const found = errors(store(image));
      assert.equal(found.length, 1);
      assert.match(found[0]!, expected);
    });
  }

  it("too large together are refused", () => {
    const all = Array.from({ length: 9 }, (_, index) => `images/large-${index}.png`);
    assert.deepEqual(errors(store(...all.slice(1))), []);
    assert.match(errors(store(...all))[0]!, /products names image files of 4\.4 MiB .* keep them to 4\.0 MiB a store/);
  });

  it("in the defaults are refused where a Medusa store has those products", () => {
    const text = (medusa: string) => `defaults:\n  products: [${entries(["images/mug.png"])}]\nstores:\n  - { name: a, engine: woocommerce }\n  - { name: b, engine: medusa${medusa} }\n`;
    assert.deepEqual(errors(text(", products: []")), []);
    assert.deepEqual(errors(text("")).map((line) => line.replace(/^.*: (defaults)/, "$1")), [
      'defaults.products[0].image is a file, and a Medusa store, which takes addresses only, has these products (value "images/mug.png") — give its https:// address, or list products in that store; it is at 5:5',
    ]);
  });

  it("are the way where stores reach no address outside", () => {
    assert.deepEqual(errors(store("https://example.com/mug.png"), "allow"), []);
    assert.match(errors(store("https://example.com/mug.png"), "deny")[0]!, /image is an address, and this environment's stores reach none outside the cluster/);
    assert.deepEqual(errors(store("images/mug.png"), "deny"), []);
  });
});
