import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ApiServer } from "./helpers/api-server";
import { Fleet } from "./helpers/fleet";
import { until } from "./helpers/until";
import type { Operation } from "../../scripts/operations/history";
import type { Answer } from "../../scripts/operations/answers";

const text = `# Shops of this test.
stores:
  # The first one.
  - name: first
    engine: woocommerce # for now
`;

describe("changes by the API", function () {
  this.timeout(300_000);
  const fleet = new Fleet();
  const list = join(fleet.project, "config/stores.local.yaml");
  const servers: ApiServer[] = [];

  async function serve(): Promise<ApiServer> {
    const server = await ApiServer.start(fleet);
    servers.push(server);
    return server;
  }

  before(async () => {
    writeFileSync(list, text);
    await fleet.up();
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await fleet.remove();
  });

  it("make, change and remove a store, and keep every other byte of the list", async () => {
    const api = await serve();
    const wrong = await api.ask<{ problems: { line: number; column: number }[] }>("POST", "/stores", { name: "shop", engine: "medusa", plan: "huge" });
    assert.deepEqual([wrong.status, wrong.body.problems.map(({ line }) => line)], [409, [8]]);
    assert.equal(readFileSync(list, "utf8"), text);
    const tried = await api.ask<{ text: string }>("POST", "/stores?dryRun=true", { name: "shop", platform: "woocommerce" });
    assert.match(tried.body.text, /name: shop\n {4}engine: woocommerce\n$/);
    assert.equal(readFileSync(list, "utf8"), text);

    const asked = await api.ask<Operation>("POST", "/stores", { name: "shop", platform: "woocommerce", title: "New: a \"shop\"" }, { "idempotency-key": "one" });
    assert.deepEqual([asked.status, asked.headers.get("location")], [202, `/api/v1/operations/${asked.body.id}`]);
    assert.equal((await api.ask<Operation>("POST", "/stores", { name: "shop", platform: "woocommerce", title: "New: a \"shop\"" }, { "idempotency-key": "one" })).body.id, asked.body.id);
    const made = await api.ended(asked.body.id);
    assert.deepEqual([made.state, made.stores.shop?.result, made.via], ["succeeded", "created", "api"]);
    assert.equal((await fleet.status("shop"))[0]!.phase, "READY");
    // The other one is listed as well, and nobody asked for it.
    assert.equal((await fleet.status("first"))[0]!.phase, "PROVISIONING");
    assert.ok(readFileSync(list, "utf8").startsWith(text));
    assert.deepEqual((await api.ask<{ stores: object[] }>("GET", "/pending")).body.stores, [{ name: "first", action: "create", why: [], reason: null }]);

    const { headers, body } = await api.ask<{ entry: { title: string } }>("GET", "/stores/shop");
    assert.equal(body.entry.title, "New: a \"shop\"");
    assert.equal((await api.ask("PATCH", "/stores/shop", { title: "Changed" })).status, 428);
    const changed = await api.ask<Operation>("PATCH", "/stores/shop", { title: "Changed" }, { "if-match": headers.get("etag")! });
    assert.equal(changed.status, 202);
    assert.equal((await api.ask("PATCH", "/stores/shop", { title: "Stale" }, { "if-match": headers.get("etag")! })).status, 412);
    assert.deepEqual((await api.ended(changed.body.id)).stores.shop?.result, "updated");

    const removed = await api.ask<Operation>("DELETE", "/stores/shop");
    assert.equal((await api.ended(removed.body.id)).stores.shop?.result, "deleted");
    assert.equal(readFileSync(list, "utf8"), text);
    assert.equal(await fleet.kube.get(`/api/v1/namespaces/${fleet.namespace("shop")}`), undefined);
    assert.equal((await api.ask("DELETE", "/stores/shop")).status, 404);

    const { entries, broken } = await fleet.json<Answer<"audit">>("audit", "shop");
    assert.deepEqual([broken, entries.map(({ action, outcome, via }) => `${action} ${outcome} ${via}`)], [null, [
      "list.changed accepted api", "operation.start accepted api", "store.create succeeded api",
      "list.changed accepted api", "operation.start accepted api", "store.update succeeded api",
      "list.changed accepted api", "operation.start accepted api", "store.delete succeeded api",
    ]]);
  });

  it("can be looked at first: a plan is kept, is done as it is, and is refused once the ground has moved", async () => {
    const api = servers[0]!;
    const asked = await api.ask<Operation>("POST", "/plan", {});
    assert.equal((await api.ended(asked.body.id)).state, "succeeded");
    const { body: { stores: [first] } } = await api.ask<Answer<"plan">>("GET", `/operations/${asked.body.id}/plan`);
    assert.deepEqual([first!.name, first!.action, first!.looked], ["first", "create", true]);
    const command = (await fleet.json<Answer<"plan">>("plan")).stores[0]!;
    // In which order Pulumi comes to resources that do not wait for each other is different each time.
    const inOrder = ({ resources, ...store }: typeof command) => ({ ...store, resources: resources.map((it) => JSON.stringify(it)).sort() });
    assert.deepEqual(inOrder(first!), inOrder(command));

    const key = { "idempotency-key": "by-plan" };
    const applied = await api.ask<Operation>("POST", "/apply", { plan: asked.body.id }, key);
    assert.deepEqual([applied.status, applied.body.plan, applied.body.names], [202, asked.body.id, ["first"]]);
    const done = await api.ended(applied.body.id);
    assert.deepEqual([done.state, done.stores.first?.result], ["succeeded", "created"]);
    assert.equal((await api.ask<Operation>("POST", "/apply", { plan: asked.body.id }, key)).body.id, applied.body.id, "a repeated request is the first one");
    const stale = await api.ask<{ type: string; detail: string }>("POST", "/apply", { plan: asked.body.id });
    assert.deepEqual([stale.status, stale.body.type], [409, "urn:storefleet:problem:plan-out-of-date"]);
    assert.match(stale.body.detail, /first changed since/);
    assert.equal((await api.ask("GET", `/operations/${applied.body.id}/plan`)).status, 404);
    assert.deepEqual((await fleet.json<Answer<"audit">>("audit")).entries.filter(({ operation }) => operation === asked.body.id).map(({ action, outcome }) => `${action} ${outcome}`), ["operation.start accepted", "operation.end succeeded"]);

    for (const [verb, phase] of [["suspend", "SUSPENDED"], ["resume", "READY"]] as const) {
      const { body } = await api.ask<Operation>("POST", `/stores/first/${verb}`);
      assert.equal((await api.ended(body.id)).state, "succeeded");
      assert.equal((await fleet.status("first"))[0]!.phase, phase);
    }
    assert.equal(readFileSync(list, "utf8"), text);
  });

  it("by the commands are the same: a suspended store has no pod behind its Ingress, and the parking page answers for it", async () => {
    const served = async (namespace: string) => {
      const slices = (await fleet.kube.list(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`)) as unknown as { endpoints?: { conditions: { ready?: boolean } }[] | null }[];
      return slices.flatMap(({ endpoints }) => endpoints ?? []).filter(({ conditions }) => conditions.ready).length;
    };
    const [page] = (await fleet.kube.list("/apis/networking.k8s.io/v1/ingresses")).filter(({ spec }) => spec?.defaultBackend);
    assert.deepEqual([page!.metadata.namespace, page!.spec!.ingressClassName], ["storefleet-parking", "traefik"]);
    for (const [verb, result, phase] of [["suspend", "updated", "SUSPENDED"], ["suspend", "unchanged", "SUSPENDED"], ["resume", "updated", "READY"]] as const) {
      const { stores: [first] } = await fleet.json<Answer<"suspend">>(verb, "first");
      assert.deepEqual([first!.result, (await fleet.status("first"))[0]!.phase], [result, phase]);
      assert.equal(readFileSync(list, "utf8"), verb === "suspend" ? text.replace("# for now\n", "# for now\n    suspended: true\n") : text);
      await until("the endpoints have followed", async () => (await served(fleet.namespace("first"))) > 0 === (verb === "resume"), 20);
      assert.equal(await served("storefleet-parking"), 2);
    }
    const unknown = await fleet.stores("suspend", "first", "frist");
    assert.deepEqual([unknown.code, readFileSync(list, "utf8")], [3, text], "of several one is not there: nothing is written");
    assert.match(unknown.stderr, /there is no store "frist".*\nDid you mean "first"\?/);
    const { entries } = await fleet.json<Answer<"audit">>("audit", "first");
    const told = entries.filter(({ via, action }) => via === "cli" && /^(list|store)\./.test(action)).map(({ action, outcome }) => `${action} ${outcome}`);
    assert.deepEqual(told, ["list.changed accepted", "store.update succeeded", "list.changed accepted", "store.update succeeded"]);
  });

  it("are for whom a token allows them, in each process, until it is revoked", async () => {
    const api = servers[0]!;
    const { token, id } = await fleet.json<Answer<"token create">>("token", "create", "pipeline", "--allow", "viewer", "--expires", "1h");
    const by = (text: string) => ({ authorization: `Bearer ${text}` });
    assert.equal((await api.ask("GET", "/stores", undefined, by(token))).status, 200);
    assert.equal((await api.ask("POST", "/stores", { name: "forbidden", engine: "medusa" }, by(token))).status, 403);
    assert.deepEqual((await fleet.json<Answer<"token list">>("token", "list")).tokens.map(({ name, scopes }) => [name, scopes]), [["pipeline", ["read", "metrics"]]]);
    await fleet.ok("token", "revoke", id);
    await until("the token no longer counts", async () => (await api.ask("GET", "/stores", undefined, by(token))).status === 401, 20, 200);
    assert.equal(readFileSync(list, "utf8"), text);
  });

  it("are taken up by the next process where the first one was killed in the middle, and by the other of two at once", async () => {
    const first = servers[0]!;
    const asked = await first.ask<Operation>("POST", "/stores", { name: "kept", engine: "woocommerce" });
    await until("the store is being made", async () => (await fleet.helmStatus("kept")) === "pending-install", 60, 20);
    first.started.child.kill("SIGKILL");
    await first.started.done;
    const [one, two] = [await serve(), await serve()];
    const resumed = performance.now();
    await until("somebody has taken it up", async () => (await one.ask<Operation>("GET", `/operations/${asked.body.id}`)).body.state === "running", 40, 100);
    assert.ok(performance.now() - resumed < 20_000);
    const kept = await one.ended(asked.body.id);
    assert.deepEqual([kept.state, kept.stores.kept?.result], ["succeeded", "updated"]);
    await fleet.assertSound("kept");

    const names = ["p1", "p2", "p3", "p4"];
    const all = await Promise.all(names.map((name, index) => (index % 2 ? one : two).ask<Operation>("POST", "/stores", { name, engine: "woocommerce" })));
    assert.deepEqual(all.map(({ status }) => status), [202, 202, 202, 202]);
    const done = await Promise.all(all.map(({ body }) => two.ended(body.id)));
    assert.deepEqual(done.map(({ state }) => state), ["succeeded", "succeeded", "succeeded", "succeeded"]);
    const lines = readFileSync(list, "utf8");
    assert.ok(lines.startsWith(text) && names.every((name) => lines.includes(`  - name: ${name}\n    engine: woocommerce\n`)), lines);
    assert.equal((await fleet.json<Answer<"audit">>("audit", "--verify")).broken, null);
  });
});
