import assert from "node:assert/strict";
import { isSecret, output } from "@pulumi/pulumi";
import { Medusa, type MedusaArgs } from "../../../components/medusa";
import { plans } from "../../../config/plans";
import { only, record, type Recorded } from "../helpers/recording-mocks";

const required: MedusaArgs = {
  namespace: "store-acme-0a1b2c3d",
  host: "store-acme-0a1b2c3d.example.com",
  title: 'Ann\'s "Shop"',
  adminEmail: "ann@example.com",
  sizes: plans.medusa.small,
};

async function shop(args: Partial<MedusaArgs> = {}) {
  const { resources, result } = await record(() => {
    const { url, adminUrl, adminUsername, adminPassword, releaseStatus } = new Medusa("medusa", { ...required, ...args });
    const outputs = { url, adminUrl, adminUsername, adminPassword, releaseStatus };
    return Promise.all([new Promise<Record<string, string>>((resolve) => output(outputs).apply((it) => resolve(it as Record<string, string>))), isSecret(adminPassword!)]);
  });
  return { resources, outputs: result[0], passwordIsSecret: result[1] };
}

/** What the mocks return for a RandomPassword. */
const generated = (name: string, length: number) => name.padEnd(length, "x").slice(0, length);
/** Pulumi's mark around a value that its state encrypts. */
const secretMark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

const secretsOf = (resources: Recorded[]) =>
  Object.fromEntries(
    resources.filter((it) => it.type === "kubernetes:core/v1:Secret").map(({ inputs }) => [inputs.metadata.name, inputs.stringData]),
  );
const releaseOf = (resources: Recorded[]) => only(resources, "helm.sh/v3:Release").inputs;

describe("Medusa", () => {
  it("generates every secret and stores it under the shop's names", async () => {
    const { resources } = await shop();
    const database = { password: generated("medusa-database-password", 32), "postgres-password": generated("medusa-postgres-password", 32) };
    const app = { "jwt-secret": generated("medusa-jwt-secret", 48), "cookie-secret": generated("medusa-cookie-secret", 48) };
    assert.deepEqual(secretsOf(resources), {
      "medusa-admin": {
        ...secretMark,
        value: { username: "ann@example.com", email: "ann@example.com", password: generated("medusa-admin-password", 24) },
      },
      "medusa-database": { ...secretMark, value: database },
      "medusa-redis": { ...secretMark, value: { password: generated("medusa-redis-password", 32) } },
      "medusa-app": { ...secretMark, value: app },
    });
  });

  it("generates passwords of letters and digits, which connection URLs take as they are", async () => {
    const { resources } = await shop();
    const passwords = resources.filter((it) => it.type.includes("RandomPassword"));
    assert.equal(passwords.length, 6);
    for (const { name, inputs } of passwords) {
      assert.equal(inputs.special, false, name);
      assert.ok(inputs.length >= 24, name);
    }
  });

  it("installs one release of a fixed name that waits for Jobs and keeps its evidence", async () => {
    const { resources } = await shop({ timeout: 77 });
    const { values, ...release } = releaseOf(resources);
    assert.deepEqual(release, {
      name: "medusa",
      namespace: required.namespace,
      chart: "./components/medusa/chart",
      timeout: 77,
      waitForJobs: true,
      maxHistory: 5,
      compat: "true",
    });
    assert.deepEqual(values.sizes, plans.medusa.small);
  });

  it("hands the chart names of Secrets, and no secret", async () => {
    const { resources } = await shop({ smtp: { host: "mail", port: 25, from: "a@b.c", login: { username: "u", passwordSecret: "smtp" } } });
    const release = releaseOf(resources);
    assert.deepEqual(release.values.secrets, { admin: "medusa-admin", database: "medusa-database", redis: "medusa-redis", app: "medusa-app" });
    assert.deepEqual(release.values.smtp, { host: "mail", port: 25, from: "a@b.c", username: "u", passwordSecret: "smtp" });
    const text = JSON.stringify(release);
    for (const { name, inputs } of resources.filter((it) => it.type.includes("RandomPassword"))) {
      assert.ok(!text.includes(generated(name, inputs.length)), `${name} is among the release's inputs`);
    }
    assert.ok(!text.includes(Object.keys(secretMark)[0]!), "a secret is among the release's inputs");
  });

  it("creates the Secrets before the release", async () => {
    const { resources } = await shop();
    const { dependencies } = only(resources, "helm.sh/v3:Release");
    for (const which of ["admin", "database", "redis", "app"]) {
      assert.ok(dependencies.some((urn) => urn.endsWith(`::medusa-${which}`)), `the release does not wait for ${which}`);
    }
  });

  it("is the parent of all it creates, in the given namespace and with the given labels", async () => {
    const { resources } = await shop({ labels: { "storefleet.dev/store": "acme" } });
    for (const { type, name, parent, inputs } of resources) {
      if (type === "storefleet:index:Medusa") continue;
      assert.match(parent ?? "", /storefleet:index:Medusa::medusa$/, name);
      if (!type.includes("Secret")) continue;
      assert.equal(inputs.metadata.namespace, required.namespace);
      assert.equal(inputs.metadata.labels["storefleet.dev/store"], "acme");
      assert.equal(inputs.metadata.labels["app.kubernetes.io/managed-by"], "Pulumi");
    }
    assert.deepEqual(releaseOf(resources).values.labels, { "storefleet.dev/store": "acme" });
  });

  it("tells where the shop is and how to log in", async () => {
    const { outputs, passwordIsSecret } = await shop();
    assert.equal(passwordIsSecret, true);
    assert.deepEqual(outputs, {
      url: "http://store-acme-0a1b2c3d.example.com",
      adminUrl: "http://store-acme-0a1b2c3d.example.com/app",
      adminUsername: "ann@example.com",
      adminPassword: generated("medusa-admin-password", 24),
      releaseStatus: "deployed",
    });
    assert.equal((await shop({ tls: { issuer: "letsencrypt" } })).outputs.url, "https://store-acme-0a1b2c3d.example.com");
    assert.equal((await shop({ ports: { http: 8080, https: 443 } })).outputs.adminUrl, "http://store-acme-0a1b2c3d.example.com:8080/app");
  });

  it("passes on what the list and the environment say", async () => {
    const products = [{ name: "Mug", sku: "MUG", price: 9.99, stock: 5 }];
    const { resources } = await shop({
      products, countries: ["FR", "DE"], shippingPrice: 7.5, accent: "#0a7d5c", isolated: true, currency: "CHF", country: "CH", domains: ["shop.example.org"],
      tls: { issuer: "letsencrypt" }, ingressClass: "nginx", storageClass: "fast", imagePullSecret: "image-pull", suspended: true,
      images: { medusa: "mirror.example.com/medusa:1" }, chartDigest: "abc",
    });
    const { values } = releaseOf(resources);
    const { inputs } = only(resources, ":ConfigMap");
    assert.deepEqual([inputs.data["000.json"], values.productFiles], [JSON.stringify(products), [inputs.metadata.name]]);
    assert.deepEqual(values.shop, {
      title: required.title, adminEmail: required.adminEmail, currency: "CHF", decimals: 2, country: "CH", countries: ["FR", "DE"], shippingPrice: 7.5, accent: "#0a7d5c", products: [],
    });
    assert.deepEqual(values.ingress, { className: "nginx", host: required.host, domains: ["shop.example.org"], tlsIssuer: "letsencrypt", wildcard: false });
    assert.deepEqual(
      [values.isolated, values.storageClass, values.imagePullSecrets, values.suspended, values.images, values.chartDigest],
      [true, "fast", ["image-pull"], true, { medusa: "mirror.example.com/medusa:1" }, "abc"],
    );
  });
});
