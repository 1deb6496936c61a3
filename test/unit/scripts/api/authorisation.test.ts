import assert from "node:assert/strict";
import { nameOf } from "../../../../scripts/api/http/route";
import { presets, scopes } from "../../../../scripts/operations/token-scopes";
import { routes } from "../../../../scripts/api/routes";
import { ApiClient, plannedOf, type Request } from "../../helpers/api-client";

/** What it takes of each route to be answered well, and who may: a new route needs a line here. */
const cases: Record<string, Omit<Request, "method"> & { scope: string; answers?: number }> = {
  "GET /api/v1/stores": { path: "/api/v1/stores", scope: "read" },
  "GET /api/v1/stores/{id}": { path: "/api/v1/stores/acme", scope: "read" },
  "GET /api/v1/stores/{id}/events": { path: "/api/v1/stores/acme/events", scope: "read" },
  "GET /api/v1/stores/{id}/logs": { path: "/api/v1/stores/acme/logs?tail=5", scope: "read" },
  "GET /api/v1/stores/{id}/logs/live": { path: "/api/v1/stores/acme/logs/live", scope: "read" },
  "GET /api/v1/stores/{id}/domains": { path: "/api/v1/stores/acme/domains", scope: "read" },
  "GET /api/v1/stores/{id}/admin-credentials": { path: "/api/v1/stores/acme/admin-credentials", scope: "credentials" },
  "GET /api/v1/operations": { path: "/api/v1/operations", scope: "read" },
  "GET /api/v1/operations/{id}": { path: "/api/v1/operations/20261127-120000-aaaa", scope: "read" },
  "GET /api/v1/operations/{id}/plan": { path: "/api/v1/operations/20261127-120000-aaaa/plan", scope: "read" },
  "GET /api/v1/audit-events": { path: "/api/v1/audit-events", scope: "audit" },
  "GET /api/v1/list": { path: "/api/v1/list", scope: "read" },
  "GET /api/v1/schema": { path: "/api/v1/schema", scope: "read" },
  "GET /api/v1/events": { path: "/api/v1/events", scope: "read" },
  "GET /api/v1/pending": { path: "/api/v1/pending", scope: "read" },
  "POST /api/v1/stores": { path: "/api/v1/stores", scope: "write", body: { name: "new", platform: "medusa" }, answers: 202 },
  "PATCH /api/v1/stores/{id}": { path: "/api/v1/stores/acme", scope: "write", body: { suspended: true }, headers: { "if-match": '"e1"' }, answers: 202 },
  "DELETE /api/v1/stores/{id}": { path: "/api/v1/stores/acme", scope: "delete", answers: 202 },
  "POST /api/v1/stores/{id}/suspend": { path: "/api/v1/stores/acme/suspend", scope: "write", answers: 202 },
  "POST /api/v1/stores/{id}/resume": { path: "/api/v1/stores/acme/resume", scope: "write", answers: 202 },
  "POST /api/v1/stores/{id}/restart": { path: "/api/v1/stores/acme/restart", scope: "write", answers: 202 },
  "POST /api/v1/stores/{id}/backup": { path: "/api/v1/stores/acme/backup", scope: "write", answers: 202 },
  "POST /api/v1/stores/{id}/verify": { path: "/api/v1/stores/acme/verify", scope: "write", answers: 202 },
  "POST /api/v1/plan": { path: "/api/v1/plan", scope: "write", body: { prune: true }, answers: 202 },
  "POST /api/v1/apply": { path: "/api/v1/apply", scope: "write", body: {}, answers: 202 },
  "POST /api/v1/operations/{id}/cancel": { path: "/api/v1/operations/20261127-120000-aaaa/cancel", scope: "write", answers: 202 },
  "PUT /api/v1/list": { path: "/api/v1/list", scope: "write", raw: "stores: []\n", headers: { "content-type": "application/yaml", "if-match": '"d1"' } },
  "POST /api/v1/session": { path: "/api/v1/session", scope: "none", body: { token: "sf_0" }, answers: 401 },
  "GET /api/v1/session": { path: "/api/v1/session", scope: "any" },
  "DELETE /api/v1/session": { path: "/api/v1/session", scope: "any", answers: 204 },
  "GET /health": { path: "/health", scope: "none" },
  "GET /health/ready": { path: "/health/ready", scope: "none" },
  "GET /metrics": { path: "/metrics", scope: "metrics" },
  "GET /openapi.json": { path: "/openapi.json", scope: "none" },
  "GET /docs": { path: "/docs", scope: "none" },
  "GET /docs.css": { path: "/docs.css", scope: "none" },
  "GET /": { path: "/", scope: "none" },
  "GET /stores/{id}": { path: "/stores/acme", scope: "none" },
  "GET /changes": { path: "/changes", scope: "none" },
  "GET /operations": { path: "/operations", scope: "none" },
  "GET /operations/{id}": { path: "/operations/20261127-120000-aaaa", scope: "none" },
  "GET /audit": { path: "/audit", scope: "none" },
  "GET /assets/{file}": { path: "/assets/index-1a2b.js", scope: "none" },
};

describe("who may ask for what", () => {
  let client: ApiClient;
  beforeEach(() => (client = new ApiClient()));
  afterEach(() => client.api.streams.close());

  it("is known for every route", () => {
    assert.deepEqual(routes.map(nameOf).sort(), Object.keys(cases).sort());
  });

  for (const it_ of routes) {
    const { scope, answers = 200, ...request } = cases[nameOf(it_)] ?? { scope: "?", path: "/" };
    const ask = async (token?: string) => {
      // What is limited is so by the minute.
      client.now += 60_000;
      const { status, body } = await client.ask({ ...request, method: it_.method.toUpperCase(), token });
      return status === 403 || status === 401 ? `${status} ${body.type.split(":").pop()}` : status;
    };

    it(`${nameOf(it_)}: without a token, with a wrong one, an expired one, and one of each scope`, async () => {
      const open = scope === "none";
      const mutilated = `${client.tokens.get("admin")!.slice(0, -1)}_`;
      const unknown = client.tokens.get("admin")!.replace(/^sf_.{12}/, "sf_000000000000");
      for (const token of [undefined, "nonsense", "", mutilated, unknown, "expired"]) assert.equal(await ask(token), open ? (answers === 401 ? "401 not-signed-in" : answers) : "401 not-signed-in", `token ${token}`);
      for (const its of [...scopes, "none"]) {
        const allowed = open || scope === "any" || its === scope;
        assert.equal(await ask(its), allowed ? (answers === 401 ? "401 not-signed-in" : answers) : "403 scope", `a token with ${its} alone`);
      }
      assert.equal(await ask("admin"), answers === 401 ? "401 not-signed-in" : answers);
    });
  }

  it("names the scope that is missing", async () => {
    const { body } = await client.ask({ path: "/api/v1/stores/acme/admin-credentials", token: "read" });
    assert.match(body.detail, /token "read" does not have the scope "credentials"/);
  });

  it("of a prune is that of deletions besides", async () => {
    const body = async (token: string) => (await client.ask({ method: "POST", path: "/api/v1/apply", token, body: { prune: true } })).body;
    assert.match((await body("write")).detail, /does not have the scope "delete"/);
    assert.equal((await body("admin")).kind, "apply");
  });

  it("of a plan that deletes stores is that of deletions besides", async () => {
    const apply = async (token: string) => (await client.ask({ method: "POST", path: "/api/v1/apply", token, body: { plan: "20261127-120000-aaaa" } })).body;
    assert.match((await apply("write")).detail, /does not have the scope "delete"/);
    assert.equal((await apply("admin")).plan, "20261127-120000-aaaa");
    client.faked.fleet.planOf = async () => ({ stores: [plannedOf("acme", "update")] });
    assert.equal((await apply("write")).plan, "20261127-120000-aaaa");
  });

  it("is given together by presets, of which only one has everything", () => {
    assert.deepEqual(presets.admin, scopes);
    for (const preset of [presets.viewer, presets.operator]) for (const scope of ["credentials", "audit"] as const) assert.ok(!(preset as readonly string[]).includes(scope));
  });

  it("takes a token in the header alone", async () => {
    const text = client.tokens.get("admin")!;
    for (const query of [`token=${text}`, `access_token=${text}`, `q=${text}`]) {
      const { status, body } = await client.ask({ path: `/api/v1/stores?${query}`, token: "admin" });
      assert.deepEqual([status, body.type], [400, "urn:storefleet:problem:malformed"]);
    }
    assert.equal((await client.ask({ path: "/api/v1/stores", headers: { authorization: `Basic ${text}` } })).status, 401);
    assert.equal((await client.ask({ path: "/api/v1/stores", headers: { cookie: `storefleet=${text}` } })).status, 401);
  });

  it("limits failed logins of an address, and lets the right token in all the same", async () => {
    for (let at = 0; at < 10; at++) assert.equal((await client.ask({ path: "/api/v1/stores", token: "nonsense" })).status, 401);
    const { status, headers } = await client.ask({ path: "/api/v1/stores", token: "nonsense" });
    assert.deepEqual([status, headers.get("retry-after")], [429, "60"]);
    assert.equal((await client.ask({ path: "/api/v1/stores", token: "read" })).status, 200);
    client.now += 60_000;
    assert.equal((await client.ask({ path: "/api/v1/stores", token: "nonsense" })).status, 401);
  });

  it("limits readings of credentials a token", async () => {
    const read = async (token: string) => (await client.ask({ path: "/api/v1/stores/acme/admin-credentials", token })).status;
    for (let at = 0; at < 30; at++) assert.equal(await read("credentials"), 200);
    assert.deepEqual([await read("credentials"), await read("admin")], [429, 200]);
  });

  it("limits dry runs a token by themselves, and no change is one by saying so", async () => {
    const ask = async (method: string, path: string, body?: object) => (await client.ask({ method, path, token: "admin", body })).status;
    for (let at = 0; at < 300; at++) assert.equal(await ask("POST", "/api/v1/stores?dryRun=true", { name: "new" }), 200);
    assert.deepEqual([await ask("POST", "/api/v1/stores?dryRun=true", { name: "new" }), await ask("POST", "/api/v1/stores", { name: "new" })], [429, 202]);
    for (let at = 1; at < 60; at++) assert.equal(await ask("DELETE", "/api/v1/session?dryRun=true"), 204);
    assert.equal(await ask("DELETE", "/api/v1/session?dryRun=true"), 429);
  });

  it("limits changes a token", async () => {
    const change = async () => (await client.ask({ method: "DELETE", path: "/api/v1/session", token: "admin" })).status;
    for (let at = 0; at < 60; at++) assert.equal(await change(), 204);
    assert.equal(await change(), 429);
  });
});
