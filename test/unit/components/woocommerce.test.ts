import assert from "node:assert/strict";
import { output } from "@pulumi/pulumi";
import { WooCommerce, type WooCommerceArgs } from "../../../components/woocommerce";
import { plans } from "../../../config/plans";
import { only, record } from "../helpers/recording-mocks";

const required: WooCommerceArgs = {
  namespace: "store-acme-0a1b2c3d",
  host: "store-acme-0a1b2c3d.example.com",
  title: "Acme",
  adminEmail: "owner@example.com",
  sizes: plans.woocommerce.small,
};

async function woocommerce(args: Partial<WooCommerceArgs> = {}) {
  const outputs: Record<string, unknown> = {};
  let passwordIsSecret: Promise<boolean> | undefined;
  const { resources } = await record(() => {
    const shop = new WooCommerce("shop", { ...required, ...args });
    for (const name of ["url", "adminUrl", "adminUsername", "adminPassword", "releaseStatus"] as const) {
      shop[name]?.apply((value) => (outputs[name] = value));
    }
    passwordIsSecret = (shop.adminPassword as unknown as { isSecret: Promise<boolean> }).isSecret;
  });
  const release = only(resources, ":Release");
  return { resources, release, values: release.inputs.values, outputs, passwordIsSecret: await passwordIsSecret };
}

/** Every string in a value, at any depth. */
function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(strings) : [];
}

/** Pulumi's mark around a value that its state encrypts. */
const isSecret = (value: Record<string, unknown>) => value["4dabf18193072939515e22adb298388d"] === "1b47061264138c4ac30d75fd1eb44270";

describe("WooCommerce", () => {
  it("makes its secrets and one release, all of them its children, and nothing else", async () => {
    const { resources } = await woocommerce();
    assert.deepEqual(resources.map((it) => `${it.type.split(":").at(-1)} ${it.name}`).sort(), [
      "RandomPassword shop-admin-password",
      "RandomPassword shop-database-password",
      "RandomPassword shop-root-password",
      "RandomPassword shop-salts",
      "Release shop-release",
      "Secret shop-admin",
      "Secret shop-database",
      "Secret shop-salts",
      "WooCommerce shop",
    ]);
    for (const it of resources.filter(({ name }) => name !== "shop")) assert.match(it.parent ?? "", /storefleet:index:WooCommerce::shop$/);
  });

  it("installs its own chart under a fixed name, waits for Jobs, and keeps a failed release for a look", async () => {
    const { inputs } = (await woocommerce()).release;
    assert.equal(inputs.name, "woocommerce");
    assert.equal(inputs.namespace, required.namespace);
    assert.equal(inputs.chart, "./components/woocommerce/chart");
    assert.equal(inputs.timeout, 600);
    assert.equal(inputs.waitForJobs, true);
    assert.equal(inputs.maxHistory, 5);
    for (const absent of ["atomic", "skipAwait", "version", "repositoryOpts"]) assert.equal(inputs[absent], undefined, absent);
    assert.equal((await woocommerce({ timeout: 42 })).release.inputs.timeout, 42);
  });

  it("creates the Secrets before the release, under the names that the chart gets", async () => {
    const { resources, release, values } = await woocommerce();
    for (const which of ["admin", "database", "salts"]) {
      const { inputs } = only(resources, ":Secret", `shop-${which}`);
      assert.equal(inputs.metadata.name, values.secrets[which]);
      assert.equal(inputs.metadata.namespace, required.namespace);
      assert.ok(release.dependencies.some((urn) => urn.endsWith(`::shop-${which}`)), `${which} is not awaited`);
    }
  });

  it("carries products past Helm's record, by ConfigMaps that are there before it and whose names change with them", async () => {
    const products = Array.from({ length: 9_000 }, (_, index) => ({ name: "x".repeat(100), sku: `P-${index}`, price: 1, stock: 1 }));
    const { resources, release, values } = await woocommerce({ products, imageFiles: { "0a1b.png": "iVBORw==" } });
    const [image, ...parts] = resources.filter(({ type }) => type.endsWith(":ConfigMap"));
    assert.deepEqual([image!.inputs.metadata.name, image!.inputs.binaryData], ["woocommerce-image-0a1b", { "0a1b.png": "iVBORw==" }]);
    assert.deepEqual(parts.flatMap(({ inputs }) => Object.values<string>(inputs.data).flatMap((json) => JSON.parse(json))), products);
    assert.deepEqual(parts.flatMap(({ inputs }) => Object.keys(inputs.data)), ["000.json", "001.json"]);
    assert.deepEqual(values.productFiles, parts.map(({ inputs }) => inputs.metadata.name));
    assert.deepEqual(values.productImages, ["woocommerce-image-0a1b"]);
    for (const { name } of parts) assert.ok(release.dependencies.some((urn) => urn.endsWith(`::${name}`)), `${name} is not awaited`);
    assert.ok(JSON.stringify(release.inputs).length < 10_000);
    assert.deepEqual([release.inputs.timeout, values.productSeconds], [600 + 4_500, 4_500]);

    const other = await woocommerce({ products: products.slice(1) });
    assert.ok(values.productFiles.every((name: string) => !other.values.productFiles.includes(name)));
  });

  it("puts the generated passwords where they belong, and nowhere into the values", async () => {
    const { resources, release, values, outputs } = await woocommerce();
    assert.equal(isSecret(release.inputs), false);
    const data = (which: string) => {
      const { stringData } = only(resources, ":Secret", `shop-${which}`).inputs;
      assert.ok(isSecret(stringData), `${which} is plain in the state`);
      return stringData.value as Record<string, string>;
    };
    assert.deepEqual(data("admin"), { username: "admin", password: outputs.adminPassword, email: "owner@example.com" });
    assert.match(data("database").password!, /^shop-database-password/);
    assert.match(data("database")["root-password"]!, /^shop-root-password/);
    assert.equal(Object.keys(data("salts")).length, 8);
    for (const salt of Object.values(data("salts"))) assert.equal(salt.length, 64);

    const generated = ["admin", "database", "salts"].flatMap((which) => Object.values(data(which)).filter((it) => it.length >= 24));
    const inValues = strings(values);
    assert.ok(generated.length >= 11);
    for (const value of generated) assert.ok(!inValues.some((it) => it.includes(value)), "a secret is among the chart's values");
  });

  it("tells address and login; the password is a secret", async () => {
    const { outputs, passwordIsSecret } = await woocommerce();
    assert.equal(outputs.url, "http://store-acme-0a1b2c3d.example.com");
    assert.equal(outputs.adminUrl, "http://store-acme-0a1b2c3d.example.com/wp-admin/");
    assert.equal(outputs.adminUsername, "admin");
    assert.equal(outputs.releaseStatus, "deployed");
    assert.equal(passwordIsSecret, true);
  });

  it("is on https with an issuer", async () => {
    const { outputs, values } = await woocommerce({ tls: { issuer: "letsencrypt" } });
    assert.equal(outputs.url, "https://store-acme-0a1b2c3d.example.com");
    assert.equal(values.ingress.tlsIssuer, "letsencrypt");
  });

  it("is secure and complete by default", async () => {
    const { values } = await woocommerce();
    assert.equal(values.egress, "deny");
    assert.equal(values.suspended, false);
    assert.deepEqual(values.shop, {
      title: "Acme", adminEmail: "owner@example.com", currency: "EUR", decimals: 2, country: "DE", timezone: "UTC", guestCheckout: true, products: [],
    });
    assert.equal(values.images, undefined, "the chart's pinned images are used");
  });

  it("passes on what it is given", async () => {
    const products = [{ name: 'A "quoted" $(mug) `x`\n{{ .Values }} 🎉', sku: "MUG", price: 9.99, stock: 5 }];
    const { values } = await woocommerce({
      domains: ["shop.example.org"], ingressClass: "nginx", storageClass: "fast", products, currency: "USD", country: "US",
      images: { mariadb: "mariadb:10.11" }, imagePullSecret: "image-pull", suspended: true, egress: "allow", chartDigest: "abc",
      labels: { "storefleet.dev/store": "acme" },
      smtp: { host: "mail", port: 1025, from: "shop@example.com", login: { username: "shops", passwordSecret: "smtp" } },
    });
    assert.deepEqual(values.shop.products, []);
    assert.equal(values.shop.currency, "USD");
    assert.equal(values.shop.country, "US");
    assert.equal(values.ingress.className, "nginx");
    assert.deepEqual(values.ingress.domains, ["shop.example.org"]);
    assert.equal(values.mariadb.volume.storageClass, "fast");
    assert.equal(values.wordpress.uploads.storageClass, "fast");
    assert.deepEqual(values.images, { mariadb: "mariadb:10.11" });
    assert.deepEqual(values.imagePullSecrets, ["image-pull"]);
    assert.equal(values.suspended, true);
    assert.equal(values.egress, "allow");
    assert.equal(values.chartDigest, "abc");
    assert.deepEqual(values.labels, { "storefleet.dev/store": "acme" });
    assert.deepEqual(values.smtp, { host: "mail", port: 1025, from: "shop@example.com", username: "shops", passwordSecret: "smtp" });
  });

  it("labels the Secrets as the store's", async () => {
    const { resources } = await woocommerce({ labels: { "storefleet.dev/store": "acme" } });
    for (const { inputs } of resources.filter(({ type }) => type.endsWith(":Secret"))) {
      assert.equal(inputs.metadata.labels["storefleet.dev/store"], "acme");
      assert.equal(inputs.metadata.labels["app.kubernetes.io/managed-by"], "Pulumi");
    }
  });

  it("hands on a name that is only known later", async () => {
    const { values } = await woocommerce({ imagePullSecret: output("image-pull"), title: output("Later") });
    assert.deepEqual(values.imagePullSecrets, ["image-pull"]);
    assert.equal(values.shop.title, "Later");
  });

  it("runs several WordPress pods only where they can share the uploads", async () => {
    const sizes = structuredClone<WooCommerceArgs["sizes"]>(plans.woocommerce.large);
    sizes.wordpress.replicas = 3;
    assert.equal((await woocommerce({ sizes })).values.wordpress.replicas, 1);
    assert.equal((await woocommerce({ sizes, sharedStorageClass: "nfs" })).values.wordpress.replicas, 3);
  });

  it("fits PHP processes and the database's cache to the plan's memory", async () => {
    const small = (await woocommerce()).values;
    assert.equal(small.wordpress.maxWorkers, 6);
    assert.equal(small.mariadb.bufferPool, "96Mi");
    assert.deepEqual(small.wordpress.resources.requests, { cpu: "50m", memory: "192Mi", "ephemeral-storage": "128Mi" });
    const large = (await woocommerce({ sizes: plans.woocommerce.large })).values;
    assert.equal(large.wordpress.maxWorkers, 30);
    assert.equal(large.mariadb.bufferPool, "1024Mi");
  });
});
