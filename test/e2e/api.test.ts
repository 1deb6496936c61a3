import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fleet } from "./helpers/fleet";
import { until } from "./helpers/until";
import { requireDescribed } from "../unit/helpers/api-client";
import { routes } from "../../scripts/api/routes";
import type { Answer } from "../../scripts/operations/answers";

describe("the API over a fleet", function () {
  this.timeout(300_000);
  const fleet = new Fleet();
  let started: ReturnType<Fleet["start"]>;
  let address = "";
  let token = "";

  before(async () => {
    writeFileSync(join(fleet.project, "config/stores.local.yaml"), "stores:\n  - {name: shop, engine: woocommerce}\n");
    await fleet.up();
    await fleet.ok("apply");
    started = fleet.start(["serve", "--json", "--listen", "127.0.0.1:0"]);
    await until("the API answers", async () => started.so.stdout.includes("\n"));
    ({ address, token } = JSON.parse(started.so.stdout) as Answer<"serve"> & { token: string });
  });
  after(() => fleet.remove());

  const send = (path: string, headers: Record<string, string> = {}, signal?: AbortSignal) => fetch(`${address}${path}`, { headers: { authorization: `Bearer ${token}`, ...headers }, signal });

  /** An answer, which has to be such as the description says. */
  async function get(path: string, headers?: Record<string, string>): Promise<{ status: number; body: any; headers: Headers }> {
    const response = await send(path, headers);
    const type = response.headers.get("content-type")?.split(";")[0] ?? "";
    const body: unknown = /json/.test(type) ? await response.json() : await response.text();
    const route = routes.find((it) => it.method === "get" && new RegExp(`^${it.path.replace(/\{\w+\}/g, "[^/]+")}$`).test(path.split("?")[0]!));
    if (route) requireDescribed(route, response.status, type, body);
    return { status: response.status, body, headers: response.headers };
  }

  it("tells nobody anything who has no token, on no other address, by no other name", async () => {
    assert.match(address, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal((await fetch(`${address}/api/v1/stores`)).status, 401);
    assert.equal((await get("/api/v1/stores", { authorization: "Bearer nonsense" })).status, 401);
    assert.deepEqual([(await fetch(`${address}/health`)).status, (await fetch(`${address}/health/ready`)).status], [200, 200]);
  });

  it("has the store as status has it, and as the list has it", async () => {
    const status = JSON.parse((await fleet.ok("status", "--json")).stdout) as Answer<"status">;
    const { body, headers } = await get("/api/v1/stores");
    assert.deepEqual(body.stores, status.stores.map((row) => ({ id: row.name, status: row.phase, ...row })));
    assert.equal((await send("/api/v1/stores", { "if-none-match": headers.get("etag")! })).status, 304);
    const one = await get("/api/v1/stores/shop");
    assert.deepEqual([one.body.store.status, one.body.entry], ["READY", { name: "shop", engine: "woocommerce" }]);
    assert.equal((await get("/api/v1/list")).body, readFileSync(join(fleet.project, "config/stores.local.yaml"), "utf8"));
  });

  it("has what is around a store", async () => {
    assert.ok((await get("/api/v1/stores/shop/events")).body.events.length > 0);
    assert.ok((await get("/api/v1/stores/shop/logs?tail=1")).body.logs.length > 0);
    const refused = await get("/api/v1/stores/shop/logs?container=nonsense");
    assert.deepEqual([refused.status, refused.body.type], [400, "urn:storefleet:problem:usage"]);
    assert.equal((await get("/api/v1/stores/nobody/events")).status, 404);
    const { operations } = (await get("/api/v1/operations")).body;
    assert.deepEqual(operations.map(({ kind, state }: { kind: string; state: string }) => [kind, state]).at(0), ["apply", "succeeded"]);
    assert.equal((await get(`/api/v1/operations/${operations[0].id}`)).body.stores.shop.result, "created");
    assert.match((await get("/metrics")).body, /storefleet_store_ready\{env="local",store="shop"\} 1/);
    assert.match((await get("/docs")).body, /admin-credentials/);
    assert.equal((await get("/openapi.json")).body.openapi, "3.1.0");
  });

  it("hands over credentials, of which the audit trail knows for whom", async () => {
    const { body } = await get("/api/v1/stores/shop/admin-credentials");
    const command = JSON.parse((await fleet.ok("credentials", "shop", "--json")).stdout) as Answer<"credentials">;
    assert.deepEqual(body, command);
    const { entries, broken } = (await get("/api/v1/audit-events?store=shop&limit=2")).body;
    assert.equal(broken, null);
    assert.deepEqual(entries.map(({ action, via, actor }: { action: string; via: string; actor: { person: string } }) => [action, via, via === "api" ? actor.person : ""]), [["credentials.read", "cli", ""], ["credentials.read", "api", "this run"]]);
    assert.ok(command.password && !started.so.stderr.includes(command.password));
  });

  it("tells live what becomes of a store", async () => {
    const leaving = new AbortController();
    const response = await send("/api/v1/events", {}, leaving.signal);
    let told = "";
    const reading = (async () => {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) told += Buffer.from(chunk).toString();
    })().catch(() => undefined);
    await until("the whole is told", async () => told.startsWith("event: snapshot\n"));
    await fleet.kube.merge(`/api/v1/namespaces/${(await get("/api/v1/stores/shop")).body.store.namespace}`, { metadata: { annotations: { "storefleet.dev/digest": "another" } } });
    await until("the change is told", async () => /event: store\ndata: \{"id":"shop","store":\{.*"status":"(?!READY)/.test(told));
    leaving.abort();
    await reading;
  });

  it("ends at a signal, with the streams that are open", async () => {
    const response = await send("/api/v1/events");
    const ended = response.text().then(() => true, () => true);
    started.child.kill("SIGTERM");
    assert.deepEqual([(await started.done).code, await ended], [143, true]);
    await assert.rejects(fetch(`${address}/health`));
  });
});
