import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Accounts } from "./helpers/accounts";
import { ApiServer } from "./helpers/api-server";
import { Fleet } from "./helpers/fleet";
import { until } from "./helpers/until";
import { Kube } from "../../kube";
import type { Answer } from "../../scripts/operations/answers";
import type { Operation } from "../../scripts/operations/history";

const text = "# Shops of this test.\nstores:\n  # The first one.\n  - { name: first, engine: woocommerce } # for now\n";

/** The processes of components/control-plane as its pods run them, each as its own account, on this machine. */
describe("an API of several processes, with the list in the cluster", function () {
  this.timeout(300_000);
  const fleet = new Fleet();
  const file = join(fleet.folder, "pushed.yaml");
  let as: Record<"api" | "deployer", NodeJS.ProcessEnv>;
  let apis: ApiServer[] = [];
  /** Under the name that the state has for it. */
  const cluster = () => ["--context", fleet.variables.STOREFLEET_CONTEXT as string];
  const started: ReturnType<Fleet["start"]>[] = [];
  const startQueue = () => {
    const it = fleet.start(["serve", "--only", "queue", ...cluster()], as.deployer);
    started.push(it);
    return it;
  };
  const pulled = () => fleet.json<Answer<"list pull">>("list", "pull");

  before(async () => {
    fleet.patch("Pulumi.local.yaml", "    mailCatcher: true", "    list: cluster\n    mailCatcher: true");
    writeFileSync(file, text);
    await fleet.up();
    const accounts = new Accounts(fleet);
    await accounts.make({ controlPlane: true });
    // As in a pod: nothing is known there but what the variables say, and the API has nothing of the state.
    const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE_FILE } = fleet.variables;
    as = {
      api: { STOREFLEET_CACHE: join(fleet.folder, "api"), KUBECONFIG: await accounts.fileOf("api") },
      deployer: { STOREFLEET_CACHE: join(fleet.folder, "deployer"), KUBECONFIG: await accounts.fileOf("deployer"), PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE_FILE },
    };
  });
  after(async () => {
    await Promise.all(apis.map((api) => api.stop()));
    for (const { child } of started) child.kill("SIGTERM");
    await Promise.all(started.map(({ done }) => done));
    await fleet.remove();
  });

  it("has no list until one was put there, which is no empty one", async () => {
    const planned = await fleet.stores("plan");
    assert.deepEqual([planned.code, /none is there yet/.test(planned.stderr), /list push FILE/.test(planned.stderr)], [3, true, true], planned.stderr);
    await fleet.ok("list", "push", file);
    const { digest, text: its } = await pulled();
    assert.equal(its, text);
    assert.deepEqual((await fleet.json<Answer<"plan">>("plan")).stores.map(({ name, action }) => [name, action]), [["first", "create"]]);
    writeFileSync(file, `${text}  - { name: second, engine: medusa }\n`);
    assert.equal((await fleet.stores("list", "push", file, "--was", "0".repeat(12))).code, 3);
    assert.equal((await fleet.json<Answer<"list push">>("list", "push", file, "--was", digest.slice(0, 12))).changed, true);
    writeFileSync(file, text);
    await fleet.ok("list", "push", file);
  });

  it("makes a store by one process, though the one that carried it out was killed in the middle", async () => {
    apis = await Promise.all([0, 1].map(() => ApiServer.startWith(fleet, as.api, "--only", "api", ...cluster())));
    const first = startQueue();
    const asked = await apis[0]!.ask<Operation>("POST", "/stores", { name: "shop", engine: "woocommerce" });
    assert.equal(asked.status, 202, JSON.stringify(asked.body));
    await until("the store is being made", async () => (await fleet.helmStatus("shop")) === "pending-install", 90, 20);
    first.child.kill("SIGKILL");
    startQueue();
    await until("it is taken up again", async () => ["running", "succeeded"].includes((await apis[1]!.ask<Operation>("GET", `/operations/${asked.body.id}`)).body.state), 60, 100);
    const done = await apis[1]!.ended(asked.body.id, 180);
    assert.deepEqual([done.state, done.stores.shop?.result], ["succeeded", "updated"], JSON.stringify(done));
    assert.match(done.actor.user, /^system:serviceaccount:storefleet-access:api$/);
    assert.equal((await pulled()).text, `${text}  - { name: shop, engine: woocommerce }\n`);
    const { status, body } = await apis[1]!.ask<Answer<"credentials">>("GET", "/stores/shop/admin-credentials");
    assert.deepEqual([status, body.password?.length], [200, 24]);
  });

  it("has no more rights where it can be asked than it takes", async () => {
    const kube = await Kube.open(as.api.KUBECONFIG!, fleet.variables.STOREFLEET_CONTEXT);
    const namespace = `/api/v1/namespaces/${fleet.namespace("shop")}`;
    assert.ok(await kube.get(`${namespace}/secrets/woocommerce-admin`));
    const forbidden = (attempt: Promise<unknown>) => assert.rejects(attempt, { status: 403 });
    await forbidden(kube.list(`${namespace}/secrets`));
    await forbidden(kube.get(`${namespace}/secrets/woocommerce-database`));
    await forbidden(kube.create(`${namespace}/pods`, { apiVersion: "v1", kind: "Pod", metadata: { name: "own" }, spec: { containers: [{ name: "a", image: "a" }] } }));
    await forbidden(kube.create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "store-own" } }));
    await forbidden(kube.merge(namespace, { metadata: { labels: { own: "true" } } }));
  });

  it("removes it by the other, and leaves the list as it was", async () => {
    const asked = await apis[1]!.ask<Operation>("DELETE", "/stores/shop");
    assert.equal((await apis[0]!.ended(asked.body.id)).stores.shop?.result, "deleted");
    assert.equal((await pulled()).text, text);
    assert.equal(await fleet.kube.get(`/api/v1/namespaces/${fleet.namespace("shop")}`), undefined);
    assert.equal((await fleet.json<Answer<"audit">>("audit")).broken, null);
  });

  it("takes many edits at once by both, and loses none", async () => {
    // Nobody carries them out: what is asked for is all that counts.
    for (const { child, done } of started) {
      child.kill("SIGTERM");
      await done;
    }
    const names = Array.from({ length: 12 }, (_, at) => `many-${at}`);
    const asked = await Promise.all(names.map((name, at) => apis[at % 2]!.ask<Operation>("POST", "/stores", { name, engine: "medusa" })));
    assert.deepEqual([...new Set(asked.map(({ status }) => status))], [202]);
    const { text: its } = await pulled();
    assert.ok(its.startsWith(text));
    assert.deepEqual(its.slice(text.length).trimEnd().split("\n").sort(), names.map((name) => `  - { name: ${name}, engine: medusa }`).sort());
  });
});
