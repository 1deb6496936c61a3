import assert from "node:assert/strict";
import { UserError } from "../../../../config/errors";
import { routes } from "../../../../scripts/api/routes";
import { ApiClient, auditEntryOf, canary, operationOf, rowOf } from "../../helpers/api-client";

const ids = (all: { id: string }[]) => all.map(({ id }) => id);

describe("reading by the API", () => {
  let client: ApiClient;
  beforeEach(() => (client = new ApiClient()));
  const get = (path: string, headers?: Record<string, string>) => client.ask({ path: `/api/v1${path}`, token: "admin", headers });

  it("has stores as status has them, under the names of their first callers besides", async () => {
    const { body } = await get("/stores/acme");
    const { store, entry } = body;
    assert.deepEqual([store.id, store.status, store.url, store.createdAt, store.provisionSeconds], ["acme", "READY", "http://store-acme.127.0.0.1.nip.io", "2026-01-01T00:00:00Z", 17.5]);
    assert.deepEqual([entry, body.written], [{ name: "acme", engine: "woocommerce" }, { text: "  - name: acme\n    engine: woocommerce\n", lines: [2, 3] }]);
    assert.equal((await get("/stores/acme")).headers.get("etag"), '"e1"');
    const unlisted = await get("/stores/bloom");
    assert.deepEqual([unlisted.body.entry, unlisted.body.written, unlisted.headers.get("etag")], [null, null, null]);
    assert.equal((await get("/stores/nobody")).status, 404);
  });

  it("filters stores, and pages through them in their order", async () => {
    client.faked.stores = ["delta", "acme", "cargo", "bloom"].map((name) => rowOf(name, { phase: name === "acme" ? "FAILED" : "READY", engine: name === "cargo" ? "medusa" : "woocommerce" }));
    const of = async (query: string) => ids((await get(`/stores?${query}`)).body.stores);
    assert.deepEqual([await of(""), await of("phase=FAILED"), await of("engine=medusa"), await of("q=lt"), await of("q=lt&phase=FAILED")], [["delta", "acme", "cargo", "bloom"], ["acme"], ["cargo"], ["delta"], []]);
    const first = (await get("/stores?limit=3")).body;
    assert.deepEqual([ids(first.stores), first.next], [["delta", "acme", "cargo"], "cargo"]);
    const second = (await get(`/stores?limit=3&cursor=${first.next}`)).body;
    assert.deepEqual([ids(second.stores), second.next], [["bloom"], null]);
    assert.equal((await get("/stores?cursor=gone")).status, 422);
  });

  it("answers not modified to who has it already, and looks at the cluster once a second at most", async () => {
    const { headers } = await get("/stores");
    const tag = headers.get("etag")!;
    for (const sent of [tag, `W/${tag}`, `"other", ${tag}`]) assert.equal((await get("/stores", { "if-none-match": sent })).status, 304);
    assert.equal(client.looks, 1);
    client.faked.stores = [rowOf("acme", { phase: "FAILED" })];
    assert.equal((await get("/stores", { "if-none-match": tag })).status, 304, "within the second");
    client.now += 1000;
    assert.equal((await get("/stores", { "if-none-match": tag })).status, 200);
    assert.equal(client.looks, 2);
    assert.equal((await get("/list", { "if-none-match": '"d1"' })).status, 304);
  });

  it("has the list as it is written, and its schema", async () => {
    const { body, headers } = await get("/list");
    assert.deepEqual([body, headers.get("content-type"), headers.get("etag")], ["stores:\n  - name: acme\n    engine: woocommerce\n", "application/yaml", '"d1"']);
    assert.ok((await get("/schema")).body.properties.stores);
  });

  it("hands over credentials on behalf of who asked, and none where that can not be recorded, or the store has none yet", async () => {
    let asked: unknown;
    client.faked.fleet.credentials = async (name, caller) => (asked = caller, { name, url: "http://acme", password: canary });
    const { body, headers } = await get("/stores/acme/admin-credentials");
    assert.deepEqual([body.password, headers.get("cache-control")], [canary, "no-store"]);
    assert.deepEqual([(asked as { name: string }).name, (asked as { address: string }).address], ["admin", "127.0.0.1"]);
    for (const [code, status] of [["not-recorded", 503], ["not-ready", 409], ["unknown-store", 404]] as const) {
      client.faked.fleet.credentials = async () => Promise.reject(new UserError("no", undefined, code));
      assert.equal((await get("/stores/acme/admin-credentials")).status, status);
    }
  });

  it("has operations newest first, and says of one that there is none", async () => {
    client.faked.operations = ["c", "b", "a"].map((it) => operationOf(`20261127-12000${it.charCodeAt(0) - 97}-aaaa`));
    const { body } = await get("/operations?limit=2");
    assert.deepEqual([ids(body.operations), body.next], [["20261127-120002-aaaa", "20261127-120001-aaaa"], "20261127-120001-aaaa"]);
    client.faked.fleet.operation = async (id) => Promise.reject(new UserError(`there is no operation "${id}"`, undefined, "usage"));
    assert.equal((await get("/operations/20261127-120009-aaaa")).status, 404);
  });

  it("has what came of a plan, and takes a plan for an apply with nothing beside it that it says itself", async () => {
    const path = "/operations/20261127-120000-aaaa/plan";
    const { body } = await get(path);
    assert.deepEqual([body.env, body.stores.map(({ name, action }: { name: string; action: string }) => [name, action])], ["local", [["acme", "update"], ["gone", "delete"]]]);
    let asked: unknown;
    client.faked.fleet.applyPlan = async (...all) => (asked = all.slice(0, 3), operationOf("20261127-120001-aaab"));
    const apply = (sent: object) => client.ask({ method: "POST", path: "/api/v1/apply", token: "admin", body: { plan: "20261127-120000-aaaa", ...sent }, headers: { "idempotency-key": "k" } });
    assert.equal((await apply({ maxDeletes: 1 })).status, 202);
    assert.deepEqual(asked, ["20261127-120000-aaaa", { maxDeletes: 1 }, { key: "k" }]);
    for (const beside of [{ names: ["acme"] }, { prune: true }]) assert.deepEqual((await apply(beside)).body.problems[0].path, ["body", Object.keys(beside)[0]]);
    for (const [code, status] of [["usage", 404], ["not-ready", 409]] as const) {
      client.faked.fleet.planOf = async () => Promise.reject(new UserError("no", undefined, code));
      assert.deepEqual([(await get(path)).status, (await apply({})).status], [status, status]);
    }
  });

  it("has the audit trail newest first, with where it is broken", async () => {
    let asked: unknown;
    client.faked.fleet.audit = async (query) => (asked = query, { entries: [1, 2, 3].map((seq) => auditEntryOf(seq)), head: { seq: 3, hash: "3" }, broken: { seq: 2, reason: "was changed" } });
    const { body } = await get("/audit-events?limit=2&store=acme&since=60");
    assert.deepEqual([body.entries.map(({ seq }: { seq: number }) => seq), body.next, body.broken], [[3, 2], "2", { seq: 2, reason: "was changed" }]);
    assert.deepEqual(asked, { store: "acme", since: 60 });
    assert.deepEqual((await get("/audit-events?limit=2&cursor=2")).body.entries.map(({ seq }: { seq: number }) => seq), [1]);
  });

  it("has of the audit trail what is of a kind, or by somebody, page by page", async () => {
    const by = (person: string) => ({ actor: { user: "system:admin", person, host: "laptop" } });
    client.faked.fleet.audit = async () => ({ entries: [auditEntryOf(1, by("Ada")), auditEntryOf(2, { ...by("Ada"), action: "credentials.read" }), auditEntryOf(3, by("Bob")), auditEntryOf(4, by("Ada"))], head: { seq: 4, hash: "4" }, broken: null });
    const seqs = async (query: string) => (await get(`/audit-events?${query}`)).body.entries.map(({ seq }: { seq: number }) => seq);
    assert.deepEqual([await seqs("who=ada"), await seqs("action=store.create"), await seqs("who=ADMIN&action=credentials.read"), await seqs("who=carol")], [[4, 2, 1], [4, 3, 1], [2], []]);
    assert.deepEqual(await seqs("who=ada&limit=2&cursor=4"), [2, 1]);
    assert.equal((await client.ask({ path: "/api/v1/audit-events?action=store.stolen", token: "admin" })).status, 422);
  });

  it("says whether it is ready, and not to everybody why not", async () => {
    assert.equal((await client.ask({ path: "/health/ready" })).status, 200);
    client.now += 1000;
    Object.defineProperty(client.faked, "stores", { get: () => { throw new UserError("the cluster at 10.0.0.1 is gone", undefined, "cluster-unreachable"); } });
    const { status, body } = await client.ask({ path: "/health/ready" });
    assert.deepEqual([status, body], [503, { status: "not ready" }]);
    assert.equal((await client.ask({ path: "/health" })).status, 200);
    assert.deepEqual([(await get("/stores")).status, (await get("/stores")).headers.get("retry-after")], [503, "5"]);
  });

  it("has no secret in any answer but that of credentials", async () => {
    for (const it of routes.filter(({ method, path }) => method === "get" && !path.endsWith("/admin-credentials"))) {
      const path = it.path.replace("{id}", it.path.includes("operations") ? "20261127-120000-aaaa" : "acme");
      const { body, headers, response } = await client.ask({ path, token: "admin" });
      await response.body?.cancel().catch(() => undefined);
      const told = JSON.stringify([body, [...headers]]);
      for (const secret of [canary, ...[...client.tokens.values()].map((text) => text.slice("sf_000000000000_".length))]) assert.ok(!told.includes(secret), path);
    }
    assert.deepEqual(client.reported, []);
  });
});
