import assert from "node:assert/strict";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readSettings, type EnvironmentSettings } from "../../../config/environment";
import { UserError } from "../../../config/errors";
import { ownImagesOf, withOwnImages } from "../../../config/own-images";
import { storeDigest } from "../../../stores/digest";
import { specOf } from "../helpers/fleet";
import { useImagesCheckout } from "../helpers/images-checkout";

const settingsWith = (images: Partial<EnvironmentSettings["images"]> = {}): EnvironmentSettings => ({ ...readSettings("prod"), images: { ...readSettings("prod").images, ...images, overrides: { ...medusaImages, ...images.overrides } } });
/** Given, so that one image is left to look at. */
const medusaImages = { medusa: "medusa:1", "medusa-storefront": "storefront:1" };
const registry = "registry.example.com/shops";
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("the project's own images", () => {
  const root = useImagesCheckout();
  const wordpress = (settings = settingsWith()) => withOwnImages("prod", settings, root()).images.overrides.wordpress;
  const tagged = () => ownImagesOf(settingsWith({ registry }), root())[0]!.tagged;
  const publish = (text: string) => writeFileSync(join(root(), "images/published.json"), text);

  it("have a tag that changes with a content or a name in their folder, and with nothing else", () => {
    const tags = new Set<unknown>();
    const add = () => tags.add(wordpress()).size;
    assert.match(String(wordpress()), /^storefleet-woocommerce:[0-9a-f]{12}$/);
    add();
    publish('{ "a": "b" }');
    assert.equal(add(), 1);
    writeFileSync(join(root(), "images/woocommerce/Dockerfile"), "FROM wordpress:7\n");
    assert.equal(add(), 2);
    renameSync(join(root(), "images/woocommerce/mu-plugins/shop.php"), join(root(), "images/woocommerce/mu-plugins/store.php"));
    assert.equal(add(), 3);
  });

  it("do not change with what is installed, built, tested or explained in their folder", () => {
    const before = wordpress();
    for (const aside of ["node_modules/file", "dist/file", "test/file", "README.md"]) {
      const file = join(root(), "images/woocommerce", aside);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, "x");
      assert.equal(wordpress(), before, aside);
    }
  });

  it("are one for each of this project's three", () => {
    const all = ownImagesOf({ ...readSettings("prod"), images: { ...readSettings("prod").images, overrides: {} } }, root());
    assert.deepEqual(all.map(({ folder, replaces }) => [folder, replaces]), [
      ["images/woocommerce", "wordpress"], ["images/medusa", "medusa"], ["images/medusa-storefront", "medusa-storefront"],
    ]);
  });

  it("are referred to by digest where a registry has them", () => {
    publish(JSON.stringify({ [tagged()]: { digest, platforms: ["linux/amd64", "linux/arm64"] } }));
    assert.match(tagged(), /^registry\.example\.com\/shops\/storefleet-woocommerce:[0-9a-f]{12}$/);
    assert.equal(wordpress(settingsWith({ registry })), `${tagged()}@${digest}`);
  });

  it("are refused while they are not published, with the command that mends it", () => {
    const entry = { digest, platforms: ["linux/amd64", "linux/arm64"] };
    const others: Record<string, object> = { [tagged().replace("shops", "others")]: entry, [`${tagged()}0`]: entry, [tagged()]: { digest: "sha256:cut" } };
    for (const published of [{}, others]) {
      publish(JSON.stringify(published));
      assert.throws(
        () => wordpress(settingsWith({ registry })),
        (error: unknown) => error instanceof UserError && error.message.startsWith(`the image ${tagged()} is not published`) && /\.\/scripts\/stores images --env prod$/.test(error.hint ?? ""),
      );
    }
    publish("<<<<<<< HEAD\n{}\n");
    assert.throws(() => wordpress(settingsWith({ registry })), (error: unknown) => error instanceof UserError && /^images\/published\.json can not be read/.test(error.message));
  });

  it("give way to an image that the settings name, published or not, and leave the others alone", () => {
    const overrides = { wordpress: "registry.example.com/wordpress:1", mariadb: "registry.example.com/mariadb:1" };
    for (const settings of [settingsWith({ overrides }), settingsWith({ registry, overrides })]) {
      assert.deepEqual(withOwnImages("prod", settings, root()), settings);
      assert.deepEqual(ownImagesOf(settings, root()), []);
    }
    const own = withOwnImages("prod", settingsWith({ overrides: { mariadb: overrides.mariadb } }), root()).images.overrides;
    assert.deepEqual(own, { ...medusaImages, mariadb: overrides.mariadb, wordpress: wordpress() });
  });

  it("are refused while they are published for fewer processors than the settings name", () => {
    publish(JSON.stringify({ [tagged()]: { digest, platforms: ["linux/arm64"] } }));
    assert.throws(
      () => wordpress(settingsWith({ registry })),
      (error: unknown) => error instanceof UserError && error.message === `the image ${tagged()} is published for linux/arm64, but not for linux/amd64` && /\nIf no node has such a processor: images\.platforms: \[linux\/arm64\] in Pulumi\.prod\.yaml$/.test(error.hint ?? ""),
    );
    assert.equal(wordpress(settingsWith({ registry, platforms: ["linux/arm64"] })), `${tagged()}@${digest}`);
  });

  it("change the stores' digest when they change", () => {
    const ofStore = () => storeDigest(specOf("acme"), { settings: withOwnImages("prod", settingsWith(), root()), secretRevisions: {} });
    const before = ofStore();
    assert.equal(ofStore(), before);
    writeFileSync(join(root(), "images/woocommerce/Dockerfile"), "FROM wordpress:7\n");
    assert.notEqual(ofStore(), before);
  });
});
