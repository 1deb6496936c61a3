import assert from "node:assert/strict";
import { secret, type Output } from "@pulumi/pulumi";
import { readSettings, type EnvironmentSettings } from "../../../config/environment";
import { namespaceOf } from "../../../config/names";
import { engineNames, type Engine, type StoreEntry } from "../../../config/spec";
import { storeProgram, type StoreOutputs } from "../../../stores";
import { storeDigest } from "../../../stores/digest";
import type { Environment } from "../../../stores/environment-outputs";
import { annotations, labels, receiptName } from "../../../stores/labels";
import { nothingLives, type Living } from "../../../stores/living";
import { originOf, readOrigin } from "../../../stores/origin";
import { ownObjects } from "../../../stores/own-objects";
import { specOf } from "../helpers/fleet";
import { only, record, type Recorded, type RecordingOptions } from "../helpers/recording-mocks";

const namespace = namespaceOf("local", "acme");
const canaries = { pullSecret: '{"auths":{"canary-registry":{}}}', smtpPassword: "canary-smtp-password" };

function environment(more: Partial<EnvironmentSettings> = {}, withSecrets = false): Environment {
  const settings = { ...readSettings("local"), context: "a-context", ...more };
  settings.images = { ...settings.images, overrides: { medusa: "registry.example.com/medusa:1", "medusa-storefront": "registry.example.com/storefront:1", ...settings.images.overrides } };
  if (!withSecrets) return { settings, secretRevisions: {} };
  return { settings, secretRevisions: { pullSecret: "1", smtpPassword: "1" }, pullSecret: secret(canaries.pullSecret), smtpPassword: secret(canaries.smtpPassword) };
}

/** Mail goes to a server outside, which wants a login. */
const outsideMail: Partial<EnvironmentSettings> = { smtp: { host: "smtp.example.com", port: 587, from: "a@example.com", username: "me" }, mailCatcher: false };

interface Case {
  entry?: Partial<StoreEntry>;
  shared?: Environment;
  options?: RecordingOptions;
  living?: Living;
}

async function run(engine: Engine, { entry = {}, shared = environment(), options = {}, living = nothingLives }: Case = {}) {
  const spec = specOf("acme", { ...entry, engine });
  const outputs: Record<string, unknown> = {};
  const secrets: string[] = [];
  const { resources } = await record(
    async () => {
      const result = await storeProgram("local", spec, { shared, living });
      for (const [name, value] of Object.entries(result) as [keyof StoreOutputs, string | Output<string>][]) {
        if (typeof value === "string") outputs[name] = value;
        else {
          value.apply((resolved) => (outputs[name] = resolved));
          if (await (value as unknown as { isSecret: Promise<boolean> }).isSecret) secrets.push(name);
        }
      }
    },
    { stack: "local.acme", ...options },
  );
  return { spec, shared, resources, outputs, secrets, receipt: only(resources, ":ConfigMap", "receipt"), release: only(resources, ":Release") };
}

/** Who has written the Secret that an entry names. */
const withLogin: Living = { ...nothingLives, secret: async (name) => (name === "acme-login" ? { values: { username: "a", email: "a@example.com", password: "p" }, annotations: {}, revision: "1" } : undefined) };

const isObject = ({ type }: Recorded) => type.startsWith("kubernetes:") && !type.endsWith(":Release");
const nameOf = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);

describe("store program", () => {
  it("refuses another cluster than the one that its environment is on", async () => {
    const on = (uid: string | undefined): Living => ({ ...nothingLives, cluster: async () => uid });
    const shared = { ...environment(), cluster: "this-cluster" };
    await assert.rejects(run("woocommerce", { shared, living: on("another") }), /is about another cluster than that of context a-context; nothing was done/);
    for (const uid of ["this-cluster", undefined]) await run("woocommerce", { shared, living: on(uid) });
    await run("woocommerce", { living: on("another") });
  });

  for (const engine of engineNames) {
    describe(engine, () => {
      it("makes beside the release just what a look for drift takes it to have made", async () => {
        const products = [{ sku: "a", name: "A", price: "1.00", stock: 1, image: "https://example.com/a.png" }];
        const cases: Case[] = [{}, { entry: { products, labels: { team: "x" }, plan: "medium", protected: true } }, { entry: { secrets: { admin: "acme-login" } }, shared: environment({ egress: "deny" }), living: withLogin }, { shared: environment(outsideMail, true) }, { shared: environment({ tls: { issuer: "ours", wildcard: false } }) }];
        for (const it of cases) {
          const { spec, shared, resources } = await run(engine, it);
          const made = resources.filter((resource) => isObject(resource) && resource.id === undefined).map(({ inputs: { data, binaryData: _, stringData, type: __, apiVersion, kind, metadata: { namespace: ___, ...metadata }, ...rest } }) => ({
            apiVersion, kind, metadata, ...rest, ...(kind === "Secret" && { keys: Object.keys((stringData?.value ?? stringData ?? data) as object).sort() }),
          }));
          const expected = ownObjects("local", spec, shared).map(({ keys, ...object }) => ({ ...object, ...(keys && { keys: [...keys].sort() }) }));
          const sorted = (objects: object[]) => (JSON.parse(JSON.stringify(objects)) as { kind: string; metadata: { name: string } }[]).sort((a, b) => (`${a.kind} ${a.metadata.name}` < `${b.kind} ${b.metadata.name}` ? -1 : 1));
          assert.deepEqual(sorted(expected), sorted(made));
        }
      });

      it("makes a namespace with its walls, its products, one release under the engine's name, and the receipt", async () => {
        const { resources, release, receipt } = await run(engine);
        const count = (type: string) => resources.filter((it) => it.type.endsWith(type)).length;
        assert.deepEqual(
          Object.fromEntries([":Namespace", ":ResourceQuota", ":LimitRange", ":Release", ":ConfigMap", "providers:kubernetes"].map((type) => [type, count(type)])),
          { ":Namespace": 1, ":ResourceQuota": 1, ":LimitRange": 1, ":Release": 1, ":ConfigMap": 2, "providers:kubernetes": 1 },
        );
        assert.ok(count(":NetworkPolicy") >= 3);
        assert.ok(count(":Secret") >= 2);
        assert.equal(release.inputs.name, engine);
        assert.equal(receipt.inputs.metadata.name, receiptName);
        assert.equal(only(resources, ":Namespace").inputs.metadata.name, namespace);
      });

      it("puts every object into the namespace, with the labels by which the fleet is found", async () => {
        const { resources } = await run(engine, { shared: environment({}, true) });
        const objects = resources.filter(isObject);
        assert.ok(objects.length > 8);
        for (const { type, name, inputs } of objects) {
          const found = inputs.metadata.labels;
          assert.equal(found[labels.store], "acme", name);
          assert.equal(found[labels.env], "local", name);
          assert.equal(found[labels.engine], engine, name);
          assert.equal(found["app.kubernetes.io/part-of"], "storefleet", name);
          assert.equal(found["app.kubernetes.io/managed-by"], "Pulumi", name);
          if (!type.endsWith(":Namespace")) assert.equal(inputs.metadata.namespace, namespace, name);
        }
        assert.equal(only(resources, ":Release").inputs.values.labels[labels.store], "acme");
      });

      it("writes the receipt last: after everything, the release above all", async () => {
        const { resources, receipt } = await run(engine, { shared: environment(outsideMail, true) });
        const known = new Map(resources.map((it) => [it.name, it]));
        const reached = new Set<string>();
        // A component's children wait for its registration, and so for what it depends on.
        const follow = (name: string) => {
          if (reached.has(name)) return;
          reached.add(name);
          const { dependencies = [], parent } = known.get(name) ?? {};
          for (const urn of parent ? [...dependencies, parent] : dependencies) follow(nameOf(urn));
        };
        follow(receipt.name);
        const unreached = resources.filter((it) => !it.type.includes("storefleet:index:") && !it.type.startsWith("pulumi:") && !reached.has(it.name));
        assert.deepEqual(unreached.map(({ name }) => name), []);
        assert.equal(resources.at(-1), receipt);
      });

      it("marks the namespace with the digest that it sets out for, and the receipt with the same when it is reached", async () => {
        const { resources, receipt, spec, shared } = await run(engine);
        const notes = only(resources, ":Namespace").inputs.metadata.annotations;
        assert.equal(notes[annotations.digest], storeDigest(spec, shared));
        assert.equal(receipt.inputs.data.digest, notes[annotations.digest]);
        assert.equal(receipt.inputs.metadata.labels[labels.receipt], "true");
        const { digest: _, ...data } = receipt.inputs.data;
        assert.deepEqual(Object.keys(data).sort(), ["adminUrl", "adminUsername", "engine", "origin", "release", "stack", "store", "url"]);
        assert.deepEqual(readOrigin(data.origin), originOf(spec, shared));
        assert.deepEqual([data.store, data.engine, data.stack, data.release], ["acme", engine, "local.acme", "deployed"]);
      });

      it("tells address and administrator; the password as a secret", async () => {
        const { outputs, secrets } = await run(engine);
        assert.equal(outputs.namespace, namespace);
        assert.equal(outputs.url, `http://${namespace}${readSettings("local").hostSuffix}`);
        assert.ok(String(outputs.adminUrl).startsWith(String(outputs.url)));
        assert.ok(String(outputs.adminUsername).length > 0);
        assert.deepEqual(secrets, ["adminPassword"]);
      });

      it("shows no secret in plain outputs, the release's values or the receipt", async () => {
        const { resources, outputs, release, receipt } = await run(engine, { shared: environment(outsideMail, true) });
        const generated = resources.filter(({ type }) => type.endsWith(":RandomPassword")).map(({ name, inputs }) => name.padEnd(inputs.length, "x").slice(0, inputs.length));
        assert.ok(generated.length >= 2);
        const { adminPassword, ...plain } = outputs;
        assert.ok(generated.includes(String(adminPassword)));
        for (const text of [JSON.stringify(plain), JSON.stringify(release.inputs), JSON.stringify(receipt.inputs)]) {
          for (const word of [...generated, ...Object.values(canaries), "canary"]) assert.ok(!text.includes(word), `${word} in ${text}`);
        }
      });

      it("copies the environment's secrets, and refers to them by name", async () => {
        const { resources, release } = await run(engine, { shared: environment(outsideMail, true) });
        const pull = only(resources, ":Secret", "image-pull");
        assert.equal(pull.inputs.type, "kubernetes.io/dockerconfigjson");
        assert.match(JSON.stringify(pull.inputs.stringData), /canary-registry/);
        assert.match(JSON.stringify(only(resources, ":Secret", "smtp").inputs.stringData), /canary-smtp-password/);
        const values = JSON.stringify(release.inputs.values);
        assert.match(values, /"image-pull"/);
        assert.match(values, /:"smtp"/);
        const revisions = async (smtpPassword: string) => {
          const shared = environment(outsideMail, true);
          return (await run(engine, { shared: { ...shared, secretRevisions: { ...shared.secretRevisions, smtpPassword } } })).release.inputs.values.smtpRevision;
        };
        // WooCommerce reads the file at every mail.
        assert.deepEqual([await revisions("a"), await revisions("b")], engine === "medusa" ? ["a", "b"] : [undefined, undefined]);
        const copies = async (shared: Environment) => (await run(engine, { shared })).resources.map(({ name }) => name).filter((name) => ["image-pull", "smtp"].includes(name));
        assert.deepEqual(await copies(environment()), []);
        // The mail catcher asks for no password.
        assert.deepEqual(await copies(environment({}, true)), ["image-pull"]);
      });

      it("a protected store's namespace can not be deleted, and says that it is protected", async () => {
        for (const value of [true, false]) {
          const { resources } = await run(engine, { entry: { protected: value } });
          const found = only(resources, ":Namespace");
          assert.equal(found.protect, value);
          assert.equal(found.inputs.metadata.annotations[annotations.protected], String(value));
        }
      });

      it("a suspended store says so, and its chart knows", async () => {
        const { resources, release } = await run(engine, { entry: { suspended: true } });
        assert.equal(only(resources, ":Namespace").inputs.metadata.annotations[annotations.suspended], "true");
        assert.notDeepEqual(release.inputs.values, (await run(engine)).release.inputs.values);
      });

      it("the list's labels are on the namespace, and never in place of the fleet's", async () => {
        const { resources } = await run(engine, { entry: { labels: { team: "blue" } } });
        assert.equal(only(resources, ":Namespace").inputs.metadata.labels.team, "blue");
        const forged = specOf("acme", { engine });
        forged.labels = { [labels.store]: "other" };
        const { resources: more } = await record(() => storeProgram("local", forged, { shared: environment(), living: nothingLives }), { stack: "local.acme" });
        assert.equal(only(more, ":Namespace").inputs.metadata.labels[labels.store], "acme");
      });
    });
  }

  it("uses one provider, with the context named", async () => {
    const { resources } = await run("woocommerce");
    assert.equal(only(resources, "providers:kubernetes").inputs.context, process.env.STOREFLEET_CONTEXT || "a-context");
  });

  it("with an issuer, addresses are https and the ingress controller's solver gets in", async () => {
    const plain = await run("woocommerce");
    const tls = await run("woocommerce", { shared: environment({ tls: { issuer: "letsencrypt", wildcard: false } }) });
    assert.match(String(tls.outputs.url), /^https:/);
    assert.match(tls.receipt.inputs.data.url, /^https:/);
    const ports = ({ resources }: typeof plain) => JSON.stringify(resources.filter(({ type }) => type.endsWith(":NetworkPolicy")).map(({ inputs }) => inputs.spec));
    assert.match(ports(tls), /8089/);
    assert.doesNotMatch(ports(plain), /8089/);
  });

  it("whatever sizes the settings accept, the limits of a container allow them", async () => {
    const maxOf = async (engine: Engine, plans: object) => {
      const { resources } = await run(engine, { entry: { plan: "large" }, shared: environment({ plans: { large: plans } }) });
      return only(resources, ":LimitRange").inputs.spec.limits[0].max as object;
    };
    const usual = { memory: "4Gi", "ephemeral-storage": "8Gi" };
    for (const [engine, part] of [["woocommerce", "mariadb"], ["woocommerce", "job"], ["medusa", "storefront"], ["medusa", "postgres"]] as const) {
      assert.deepEqual(await maxOf(engine, { [engine]: { [part]: { memoryLimit: "9Gi" } } }), { ...usual, memory: "9Gi" }, part);
      assert.deepEqual(await maxOf(engine, {}), usual);
    }
  });

  it("a store that becomes smaller keeps its walls until it is deployed, then they are lowered", async () => {
    const found = ({ resources, receipt }: Awaited<ReturnType<typeof run>>) => {
      const { metadata, spec } = only(resources, ":ResourceQuota").inputs;
      const { max } = only(resources, ":LimitRange").inputs.spec.limits[0];
      return { quota: spec.hard, sizes: metadata.annotations?.[annotations.sizes] as string, containerMax: max, reached: receipt.inputs.data.digest, held: receipt.inputs.data.held };
    };
    const as = (living: object): Living => ({ ...nothingLives, walls: async () => living });
    const shared = environment({ plans: { large: { medusa: { postgres: { memoryLimit: "9Gi" } } } } });
    const large = found(await run("medusa", { entry: { plan: "large" }, shared }));
    const small = found(await run("medusa", { entry: { plan: "small" }, shared }));
    assert.deepEqual([large.held, small.held], [undefined, undefined]);
    const during = found(await run("medusa", { entry: { plan: "small" }, shared, living: as(large) }));
    assert.deepEqual(during, { ...large, reached: small.reached, held: large.sizes });
    assert.deepEqual(found(await run("medusa", { entry: { plan: "small" }, shared, living: as(during) })), small);
    assert.deepEqual(found(await run("medusa", { entry: { plan: "large" }, shared, living: as(small) })), large, "growth needs one operation");
  });

  describe("with Secrets from outside", () => {
    const named: Partial<StoreEntry> = { secrets: { admin: "acme-admin", database: "acme-db" } };
    const living = (secrets: Record<string, Record<string, string>>, more: Partial<Living> = {}): Living => ({
      ...nothingLives, secret: async (name) => (secrets[name] ? { values: secrets[name], annotations: {}, revision: `r-${name}` } : undefined), ...more,
    });
    const whole = { "acme-admin": { password: "canary-admin" }, "acme-db": { password: "canary-db", "postgres-password": "canary-root" } };
    const types = (resources: Recorded[], pattern: RegExp) => resources.filter(({ type }) => pattern.test(type)).map(({ name }) => name).sort();
    const store = { secrets: { store: { kind: "ClusterSecretStore" as const, name: "vault", path: "shops/{store}/{kind}" } } };
    const refused = async (how: Case, message: RegExp) => {
      const made: Recorded[] = [];
      const { entry = {}, shared = environment(), living: there = nothingLives, options } = how;
      await assert.rejects(record(() => storeProgram("local", specOf("acme", { ...entry, engine: "medusa" }), { shared, living: there }), { stack: "local.acme", creating: (it) => void made.push(it), ...options }), (error: Error & { hint?: string }) => {
        assert.match(`${error.message}\n${error.hint}`, message);
        return true;
      });
      return made;
    };

    it("draws nothing for them, hands on their names and revisions, and knows no value", async () => {
      const { resources, release, receipt, outputs } = await run("medusa", { entry: named, living: living(whole) });
      assert.deepEqual(types(resources, /RandomPassword/).sort(), ["medusa-cookie-secret", "medusa-jwt-secret", "medusa-redis-password"]);
      assert.deepEqual(types(resources, /:Secret$/), ["medusa-app", "medusa-redis"]);
      assert.deepEqual(release.inputs.values.secrets, { admin: "acme-admin", database: "acme-db", redis: "medusa-redis", app: "medusa-app" });
      assert.deepEqual(release.inputs.values.secretRevisions, { admin: "r-acme-admin", database: "r-acme-db" });
      assert.deepEqual(JSON.parse(receipt.inputs.data.outsideSecrets), { admin: { name: "acme-admin", revision: "r-acme-admin" }, database: { name: "acme-db", revision: "r-acme-db" } });
      assert.deepEqual([outputs.adminUsername, "adminPassword" in outputs], ["admin@example.com", false]);
      assert.ok(!JSON.stringify(resources).includes("canary"));
    });

    it("ends before its release where one is missing or lacks a key, after its namespace", async () => {
      const made = await refused({ entry: named, living: living({ "acme-db": { password: "x" } }) }, /^Secret acme-admin is missing in namespace store-acme-\S+: it has to hold password\nSecret acme-db in namespace \S+ lacks postgres-password\n[^]*kubectl create secret generic acme-admin [^]*Then: \.\/scripts\/stores apply acme/);
      assert.deepEqual([types(made, /:Namespace$/), types(made, /:(Release|Secret)$|RandomPassword/)], [["guardrails-namespace"], []]);
    });

    it("is previewed as they are, be they there or not", async () => {
      const { release } = await run("medusa", { entry: named, options: { preview: true } });
      assert.deepEqual([release.inputs.values.secrets.database, release.inputs.values.secretRevisions], ["acme-db", {}]);
    });

    it("has an operator write them where the environment has a secret store", async () => {
      const there = Object.fromEntries([["admin", ["password"]], ["database", ["password", "postgres-password"]], ["redis", ["password"]], ["app", ["jwt-secret", "cookie-secret"]]].map(([kind, keys]) => [`medusa-${kind as string}-external`, Object.fromEntries((keys as string[]).map((key) => [key, "canary"]))]));
      const { resources, release } = await run("medusa", { shared: environment(store), living: living(there) });
      assert.deepEqual([types(resources, /RandomPassword|:Secret$/), types(resources, /ExternalSecret$/)], [[], ["external-admin", "external-app", "external-database", "external-redis"]]);
      const { metadata, spec } = only(resources, "ExternalSecret", "external-app").inputs;
      assert.deepEqual([metadata.name, metadata.namespace], ["medusa-app-external", namespace]);
      assert.deepEqual(spec, {
        refreshInterval: "1h", secretStoreRef: { kind: "ClusterSecretStore", name: "vault" }, target: { name: "medusa-app-external", creationPolicy: "Owner" },
        data: ["jwt-secret", "cookie-secret"].map((key) => ({ secretKey: key, remoteRef: { key: "shops/acme/app", property: key } })),
      });
      assert.equal(release.inputs.values.secrets.app, "medusa-app-external");
    });

    it("draws passwords for a shop that had them from outside only where that is said", async () => {
      const before = living({}, { walls: async () => ({ outside: { database: { name: "acme-db", revision: "1" } } }) });
      const made = await refused({ living: before }, /^store acme has its Secrets for database from outside, and would get passwords that nobody has drawn yet; nothing was changed\n[^]*apply acme --draw-passwords/);
      assert.deepEqual(types(made, /^kubernetes:/), []);
      await refused({ living: before, options: { preview: true } }, /nothing was changed/);
      const { resources } = await record(() => storeProgram("local", specOf("acme", { engine: "medusa" }), { shared: environment(), living: before, drawPasswords: true }), { stack: "local.acme" });
      assert.ok(types(resources, /RandomPassword/).includes("medusa-database-password"));
    });
  });

  it("each engine's stores get a quota of their own", async () => {
    const quotaOf = async (engine: Engine) => only((await run(engine)).resources, ":ResourceQuota").inputs.spec.hard as object;
    assert.notDeepEqual(await quotaOf("woocommerce"), await quotaOf("medusa"));
  });
});
