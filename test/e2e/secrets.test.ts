import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer } from "../../scripts/operations/answers";
import { secretKeys, type SecretKind } from "../../config/secret-kinds";
import { Accounts, audit } from "./helpers/accounts";
import { installKinds, Operator } from "./helpers/external-secrets";
import { Fleet } from "./helpers/fleet";
import { until } from "./helpers/until";

const named = "{ name: shop, engine: woocommerce, secrets: { admin: shop-admin, database: shop-database, salts: shop-salts } }";
const corner = "{ name: corner, engine: medusa }";
const cornerNamed = "{ name: corner, engine: medusa, secrets: { database: corner-database, app: corner-app } }";

describe("passwords from outside", function () {
  this.timeout(180_000);
  const fleet = new Fleet();
  let accounts: Accounts;
  /** All that was ever written into a Secret by others. */
  const canaries = new Set<string>();

  const canary = (of: string) => {
    const value = `canary-of-${of}-long-enough`;
    canaries.add(value);
    return value;
  };
  const values = (of: string, keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, canary(`${of}-${key}`)]));

  /** As whoever keeps the passwords does, with all rights. */
  const write = (store: string, name: string, stringData: Record<string, string>) =>
    fleet.kube.merge(`/api/v1/namespaces/${fleet.namespace(store)}/secrets/${name}`, { stringData });
  const create = (store: string, name: string, stringData: Record<string, string>) =>
    fleet.kube.create(`/api/v1/namespaces/${fleet.namespace(store)}/secrets`, { metadata: { name }, stringData });
  const read = async (store: string, name: string) =>
    Object.fromEntries(Object.entries((await fleet.kube.get(`/api/v1/namespaces/${fleet.namespace(store)}/secrets/${name}`))?.data ?? {}).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]));
  const pods = async (store: string) =>
    new Map((await fleet.objects(store, "pods")).filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => [metadata.labels?.app ?? "", metadata.uid]));
  const typesOf = (store: string) => fleet.resources(store).map(({ type }) => type);

  /** Neither in the file, encrypted as it is, nor in what the CLI makes of it. */
  async function assertNotInState(store: string): Promise<void> {
    const exported = await fleet.pulumi("stack", "export", "--stack", `local.${store}`, "--show-secrets");
    assert.equal(exported.code, 0, exported.stderr);
    assert.match(exported.stdout, /"deployment"/);
    for (const value of canaries) {
      for (const form of [value, Buffer.from(value).toString("base64")]) assert.ok(!exported.stdout.includes(form) && !fleet.stateText(store).includes(form), `${value} is in the state of ${store}`);
    }
  }

  before(async () => {
    audit(fleet);
    fleet.list(named, corner);
    await fleet.up();
    accounts = new Accounts(fleet);
    await accounts.make();
    await accounts.become("deployer");
  });
  after(() => fleet.remove());

  it("are told beforehand: which Secrets, where, with which keys", async () => {
    const namespace = fleet.namespace("shop");
    const { needs } = await fleet.json<Answer<"validate">>("validate");
    assert.deepEqual(needs!.map(({ store, name, keys }) => [store, name, keys.length]), [["shop", "shop-admin", 3], ["shop", "shop-database", 2], ["shop", "shop-salts", 8]]);
    assert.match((await fleet.ok("validate")).stdout, new RegExp(`\nshop needs Secret shop-database in namespace ${namespace}: password, root-password\n`));
    const { stores: [shop, other] } = await fleet.json<Answer<"plan">>("plan");
    assert.deepEqual([shop!.action, shop!.looked, shop!.needs!.map(({ name }) => name), other!.needs], ["create", true, ["shop-admin", "shop-database", "shop-salts"], undefined]);
    assert.match((await fleet.ok("plan", "shop")).stdout, /shop can not be applied before somebody writes what it needs: Secret shop-admin is missing in namespace/);
  });

  it("that are missing keep a store from its release, by name, and no other store", async () => {
    const { ended, rows } = await fleet.apply();
    assert.equal(ended.code, 1);
    assert.deepEqual([rows.shop!.result, rows.corner!.result, rows.corner!.error], ["failed", "created", null]);
    for (const [name, keys] of [["shop-admin", "username, email, password"], ["shop-database", "password, root-password"]] as const) {
      assert.ok(rows.shop!.error!.includes(`Secret ${name} is missing in namespace ${fleet.namespace("shop")}: it has to hold ${keys}`), rows.shop!.error!);
    }
    assert.equal(await fleet.helmStatus("shop"), undefined);
    const [row] = await fleet.status("shop");
    assert.deepEqual([row!.phase, /^Secret shop-admin is missing in namespace/.test(row!.reason!)], ["FAILED", true], row!.reason!);
  });

  it("that lack a key are named with it, and written by the command that is told", async () => {
    await create("shop", "shop-admin", { username: "keeper", email: "keeper@example.com", password: canary("shop-admin") });
    await create("shop", "shop-database", { password: canary("shop-database-password") });
    await create("shop", "shop-salts", values("shop-salts", secretKeys.woocommerce.salts));
    const { rows } = await fleet.apply("shop");
    const [first, , command] = rows.shop!.error!.split("\n");
    assert.equal(first, `Secret shop-database in namespace ${fleet.namespace("shop")} lacks root-password`);
    assert.match((await fleet.status("shop"))[0]!.reason!, /^Secret shop-database in namespace \S+ lacks root-password$/);
    for (const key of secretKeys.woocommerce.database) writeFileSync(join(fleet.project, key), canary(`shop-database-${key}`));
    const pasted = await fleet.start(["-c", command!], {}, "bash", fleet.project).done;
    for (const key of secretKeys.woocommerce.database) rmSync(join(fleet.project, key));
    assert.equal(pasted.code, 0, pasted.stderr);
  });

  it("that are late heal the store, and no password is in its state", async () => {
    const { rows } = await fleet.apply("shop");
    assert.deepEqual([rows.shop!.result, rows.shop!.error], ["updated", null]);
    await fleet.assertSound("shop");
    await assertNotInState("shop");
    assert.deepEqual(typesOf("shop").filter((type) => /RandomPassword|:Secret$/.test(type)), []);
    assert.deepEqual((await fleet.names("shop")).sort(), ["shop-admin", "shop-database", "shop-salts"]);
    const { username, password } = await fleet.json<Answer<"credentials">>("credentials", "shop");
    assert.deepEqual([username, password], ["keeper", "canary-of-shop-admin-long-enough"]);
    assert.equal((await fleet.stores("plan", "--detailed-exitcode")).code, 0);
  });

  it("that changed start what reads them anew, by the next apply, and nothing else", async () => {
    const before = await pods("shop");
    await write("shop", "shop-database", { password: canary("shop-database-second") });
    const { stores } = await fleet.json<Answer<"plan">>("plan");
    assert.deepEqual(stores.map(({ name, why }) => [name, why]), [["shop", [{ cause: "secret", name: "shop-database" }]], ["corner", []]]);
    const { rows } = await fleet.apply();
    assert.deepEqual([rows.shop!.result, rows.corner!.result], ["updated", "unchanged"], rows.shop!.error ?? "");
    const after = await pods("shop");
    for (const app of ["mariadb", "wordpress"]) assert.notEqual(after.get(app), before.get(app), app);
    await fleet.assertSound("shop");
    // Another write of the administrator's is noted, and is nobody's business who runs.
    await write("shop", "shop-admin", { password: canary("shop-admin-second") });
    assert.equal((await fleet.apply()).rows.shop!.result, "updated");
    const [then, now] = [after, await pods("shop")];
    for (const app of ["mariadb", "wordpress"]) assert.equal(now.get(app), then.get(app), app);
  });

  it("that break what they are for are refused before anything is touched", async () => {
    fleet.list(named, cornerNamed);
    await create("corner", "corner-app", values("corner-app", secretKeys.medusa.app));
    await create("corner", "corner-database", { password: "p@ss/word", "postgres-password": "two\nlines" });
    const before = await pods("corner");
    const { rows } = await fleet.apply("corner");
    assert.match(rows.corner!.error!, /^Secret corner-database in namespace \S+ has a line break in postgres-password\n/);
    await write("corner", "corner-database", { "postgres-password": canary("corner-postgres") });
    assert.match((await fleet.apply("corner")).rows.corner!.error!, /^Secret corner-database in namespace \S+ has characters in password that an address can not take/);
    assert.deepEqual(await pods("corner"), before);
  });

  it("take the place of generated ones, other values and all, and leave none of those behind", async () => {
    const before = await pods("corner");
    await write("corner", "corner-database", { password: canary("corner-database") });
    const { rows } = await fleet.apply("corner");
    assert.deepEqual([rows.corner!.result, rows.corner!.error], ["updated", null]);
    const after = await pods("corner");
    for (const app of ["postgres", "medusa-server", "medusa-worker"]) assert.notEqual(after.get(app), before.get(app), app);
    assert.equal(after.get("redis"), before.get("redis"));
    const secrets = await fleet.names("corner");
    assert.deepEqual([secrets.includes("medusa-database"), secrets.includes("medusa-app"), secrets.includes("medusa-redis")], [false, false, true]);
    await fleet.assertSound("corner");
    await assertNotInState("corner");
  });

  it("give way to generated ones only where that is said, and are never deleted", async () => {
    const before = await pods("corner");
    fleet.list(named, corner);
    const refused = (await fleet.apply()).rows.corner!;
    assert.equal(refused.result, "failed");
    assert.match(refused.error!, /^store corner has its Secrets for database, app from outside, and would get passwords that nobody has drawn yet; nothing was changed\n[^]*\n.*: \.\/scripts\/stores apply corner --draw-passwords$/);
    const byHand = await fleet.pulumi("up", "--yes", "--stack", "local.corner");
    assert.notEqual(byHand.code, 0);
    assert.match(byHand.stdout + byHand.stderr, /has its Secrets for database, app from outside/);
    assert.deepEqual(await pods("corner"), before);
    assert.equal((await fleet.stores("apply", "--draw-passwords")).code, 3);
    const drawn = (await fleet.apply("corner", "--draw-passwords")).rows.corner!;
    assert.deepEqual([drawn.result, drawn.error], ["updated", null]);
    const secrets = await fleet.names("corner");
    for (const name of ["medusa-database", "medusa-app", "corner-database", "corner-app"]) assert.ok(secrets.includes(name), name);
    assert.equal((await read("corner", "medusa-database")).password!.length, 32);
    assert.notEqual((await pods("corner")).get("postgres"), before.get("postgres"));
    await fleet.assertSound("corner");
    assert.equal((await fleet.stores("plan", "--detailed-exitcode", "corner")).code, 0);
  });

  describe("of a secret store", () => {
    const stored = new Map<string, string>();
    let operator: Operator | undefined;
    const put = (store: string, kinds: Record<string, readonly string[]>) => {
      for (const [kind, keys] of Object.entries(kinds)) for (const key of keys) stored.set(`shops/${store}/${kind} ${key}`, canary(`vault-${store}-${kind}-${key}`));
    };
    after(() => operator?.stop());

    it("need that store in the cluster, which the environment asks for", async () => {
      await fleet.start(["-c", `cp ${accounts.administrators} ${fleet.variables.KUBECONFIG}`], {}, "bash").done;
      fleet.patch("Pulumi.local.yaml", "    mailCatcher: true", '    secrets: { store: { name: vault, path: "shops/{store}/{kind}" } }\n    mailCatcher: true');
      const { code, stderr } = await fleet.stores("cluster", "up");
      assert.notEqual(code, 0);
      assert.match(stderr, /the cluster has no ClusterSecretStore "vault" of external-secrets\.io\/v1, from which the stores' passwords are to come[^]*Install the External Secrets Operator/);
      await installKinds(fleet.kube, "vault");
      await fleet.ok("cluster", "up");
      await accounts.become("deployer");
    });

    it("are written by its operator, in place of those that the list named and of generated ones", async () => {
      put("shop", secretKeys.woocommerce);
      put("corner", { ...secretKeys.medusa, redis: [] });
      operator = new Operator(fleet.kube, (path, property) => stored.get(`${path} ${property}`));
      fleet.list("{ name: shop, engine: woocommerce }", corner);
      const { rows } = await fleet.apply();
      assert.deepEqual([rows.shop!.result, rows.shop!.error], ["updated", null]);
      await fleet.assertSound("shop");
      await assertNotInState("shop");
      const external = (kind: SecretKind) => `woocommerce-${kind}-external`;
      assert.deepEqual((await fleet.names("shop", "externalsecrets", "/apis/external-secrets.io/v1")).sort(), [external("admin"), external("database"), external("salts")]);
      assert.equal((await read("shop", external("database"))).password, stored.get("shops/shop/database password"));
      assert.ok((await fleet.names("shop")).includes("shop-database"), "what others wrote stays");
      assert.equal((await fleet.json<Answer<"credentials">>("credentials", "shop")).password, stored.get("shops/shop/admin password"));

      assert.equal(rows.corner!.result, "failed");
      assert.match(rows.corner!.error!, /^ExternalSecret medusa-redis-external in namespace \S+ is not Ready: SecretSyncedError: could not get shops\/corner\/redis\nmedusa-redis-external is looked for at shops\/corner\/redis, with password: /);
      assert.equal((await fleet.status("corner"))[0]!.reason, "ExternalSecret medusa-redis-external is not Ready: SecretSyncedError: could not get shops/corner/redis");
      assert.ok((await fleet.names("corner")).includes("medusa-database"), "the shop runs on with what it had");
    });

    it("that are late heal the store, are followed when they change, and leave nothing of the generated ones", async () => {
      put("corner", { redis: secretKeys.medusa.redis });
      const healed = (await fleet.apply("corner")).rows.corner!;
      assert.deepEqual([healed.result, healed.error], ["updated", null]);
      await fleet.assertSound("corner");
      await assertNotInState("corner");
      assert.deepEqual([typesOf("corner").filter((type) => /RandomPassword|:Secret$/.test(type)), (await fleet.names("corner")).filter((name) => /^medusa-(admin|database|redis|app)$/.test(name))], [[], []]);
      assert.equal((await fleet.json<Answer<"credentials">>("credentials", "corner")).username, "admin@example.com");
      const before = await pods("corner");
      stored.set("shops/corner/redis password", canary("redis-second"));
      await until("the operator has written it", async () => (await read("corner", "medusa-redis-external")).password === stored.get("shops/corner/redis password"));
      const { rows } = await fleet.apply();
      assert.deepEqual([rows.shop!.result, rows.corner!.result], ["unchanged", "updated"]);
      const after = await pods("corner");
      for (const [app, changes] of [["redis", true], ["medusa-server", true], ["postgres", false]] as const) assert.equal(after.get(app) !== before.get(app), changes, app);
    });

    it("go with their store, and every right that the account has for them was needed", async () => {
      await fleet.ok("destroy", "shop", "corner", "--yes");
      assert.deepEqual(await fleet.kube.list("/apis/external-secrets.io/v1/externalsecrets"), []);
      assert.deepEqual(accounts.refused("deployer"), []);
      assert.deepEqual(accounts.unused("storefleet-store").filter((right) => right.endsWith(" externalsecrets")), ["list externalsecrets", "watch externalsecrets"], "which the vendor's plugin does");
    });

    it("fail a store at once where the operator's kinds are gone, with the API server's words, and heal it when they are back", async () => {
      put("late", secretKeys.woocommerce);
      fleet.list("{ name: late, engine: woocommerce }");
      const kind = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/externalsecrets.external-secrets.io";
      await fleet.kube.remove(kind);
      await until("the kind is gone", async () => (await fleet.kube.get(kind)) === undefined);
      const { rows } = await fleet.apply();
      assert.equal(rows.late!.result, "failed");
      assert.match(rows.late!.error!, /ExternalSecret::external-\w+" was not successfully created by the Kubernetes API server/);
      assert.deepEqual(fleet.locks("late"), []);
      await installKinds(fleet.kube, "vault");
      assert.equal((await fleet.apply()).rows.late!.error, null);
      await fleet.assertSound("late");
    });
  });
});
