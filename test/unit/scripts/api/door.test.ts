import assert from "node:assert/strict";
import { z } from "zod";
import { UserError, ListErrors, errorCodes } from "../../../../config/errors";
import { statusOf } from "../../../../scripts/api/http/problem";
import { reply, route } from "../../../../scripts/api/http/route";
import { ApiClient, canary } from "../../helpers/api-client";

const codeOf = ({ body }: { body: { type: string } }) => body.type.replace("urn:storefleet:problem:", "");

/** What takes a body, in three forms. */
const taking = [
  route({ method: "put", path: "/things/{id}", scope: "write", summary: "", params: z.strictObject({ id: z.string() }), body: z.strictObject({ size: z.int().min(1), more: z.strictObject({ name: z.string() }).optional() }), answers: { 200: z.unknown() }, handler: ({ body }) => reply(200, body) }),
  route({ method: "put", path: "/text", scope: "write", summary: "", body: { type: "application/yaml", schema: z.string() }, bodyLimit: 2_000_000, answers: { 200: z.unknown() }, handler: ({ body }) => reply(200, body.length) }),
];
const put = { method: "PUT", path: "/things/a", token: "write" };

/** So many bytes, of which no header tells. */
const chunked = (bytes: number) => {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close();
      controller.enqueue(Buffer.alloc(Math.min(left, 65_536), " "));
      left -= 65_536;
    },
  });
};

describe("the door of the API", () => {
  const client = new ApiClient({ hosts: ["https://fleet.example.com"] });
  const things = () => new ApiClient({ routes: taking });

  it("answers for its own names alone, whatever leads here", async () => {
    for (const host of ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "LOCALHOST:8000", "fleet.example.com"]) assert.equal((await client.ask({ path: "/health", headers: { host } })).status, 200, host);
    for (const host of ["evil.example", "127.0.0.1", "127.0.0.1:9000", "localhost:8000.evil.example", "fleet.example.com:8000", ""]) {
      const answer = await client.ask({ path: "/api/v1/stores", token: "admin", headers: { host } });
      assert.deepEqual([answer.status, codeOf(answer)], [421, "host"], host);
    }
  });

  it("knows a path in one form", async () => {
    for (const path of ["/api/v1//stores", "//api/v1/stores", "/api/v1/stores/", "/api/v1/%2e%2e/v1/stores", "/api/v1/./stores", "/api/v1/../v1/stores", "/api/v1/stores%00", "/api/v1/stores%2facme", "/api/v1/stores%5cacme", "/API/v1/stores", "/api/v1", "/stores", "/stores/acme/events", "/assets", "/assets/other.js", "/assets/../index.html", "/index.html", "/favicon.ico", "/api/v1/stores/acme/../bloom"]) {
      const answer = await client.ask({ path, token: "admin" });
      assert.deepEqual([answer.status, codeOf(answer)], [404, "not-found"], path);
    }
    const named = await client.ask({ path: "/api/v1/stores/%3Cscript%3E", token: "admin" });
    assert.deepEqual([named.status, codeOf(named)], [422, "invalid"]);
  });

  it("tells which methods a path takes", async () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const answer = await client.ask({ path: "/api/v1/audit-events", method, token: "admin" });
      assert.deepEqual([answer.status, codeOf(answer), answer.headers.get("allow")], [405, "method", "GET"], method);
    }
    assert.equal((await client.ask({ path: "/api/v1/session", method: "PUT", token: "admin" })).headers.get("allow"), "POST, GET, DELETE");
  });

  it("answers HEAD without a body, and opens no stream by it", async () => {
    const { response } = await client.ask({ path: "/api/v1/list", method: "HEAD", token: "read" });
    assert.deepEqual([response.status, response.body], [200, null]);
    assert.equal((await client.ask({ path: "/api/v1/events", method: "HEAD", token: "read" })).response.status, 405);
    assert.equal(client.api.streams.size, 0);
  });

  it("has the same rules for pages in every answer, and nothing that lets another site read it", async () => {
    for (const [path, token] of [["/health", undefined], ["/docs", undefined], ["/api/v1/stores", "read"], ["/api/v1/stores", undefined], ["/nowhere", undefined], ["/api/v1/stores/acme/admin-credentials", "credentials"]]) {
      const { headers } = await client.ask({ path: path!, token, headers: { origin: "http://evil.example" } });
      assert.match(headers.get("content-security-policy") ?? "", /^default-src 'none';.*frame-ancestors 'none'/, path);
      assert.deepEqual(["x-content-type-options", "referrer-policy", "cross-origin-opener-policy", "cache-control", "strict-transport-security"].map((name) => headers.get(name)), ["nosniff", "no-referrer", "same-origin", "no-store", null], path);
      assert.deepEqual([...headers.keys()].filter((name) => name.startsWith("access-control-")), []);
    }
    assert.match((await client.ask({ path: "/health", headers: { host: "fleet.example.com" } })).headers.get("strict-transport-security") ?? "", /max-age/);
  });

  it("takes the body that a route has, of the type that it has", async () => {
    assert.deepEqual((await things().ask({ ...put, body: { size: 3 } })).body, { size: 3 });
    assert.equal((await things().ask({ ...put, body: { size: 3 }, headers: { "content-type": "Application/JSON; charset=utf-8" } })).status, 200);
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/yaml", ""]) {
      const answer = await things().ask({ ...put, body: { size: 3 }, headers: { "content-type": type } });
      assert.deepEqual([answer.status, codeOf(answer)], [415, "content-type"], type);
    }
    assert.equal((await things().ask({ ...put, path: "/text", raw: "stores: []", headers: { "content-type": "application/yaml" } })).body, 10);
    assert.equal((await things().ask({ ...put, path: "/text", body: {} })).status, 415);
    for (const raw of ["{", "", Buffer.from([0x22, 0xff, 0x22])]) {
      const answer = await things().ask({ ...put, raw });
      assert.deepEqual([answer.status, codeOf(answer)], [400, "malformed"]);
    }
  });

  it("tells everything that is wrong in a request, with its place", async () => {
    const { status, body } = await things().ask({ ...put, body: { size: 0, more: { name: 1 }, extra: true } });
    assert.equal(status, 422);
    assert.deepEqual(body.problems.map(({ path }: { path: string[] }) => path.join(".")), ["body.size", "body.more.name", "body"]);
    const query = await client.ask({ path: "/api/v1/stores?limit=0&phase=GONE&nonsense=1", token: "read" });
    assert.deepEqual([query.status, query.body.problems.map(({ path }: { path: string[] }) => path.join("."))], [422, ["query.phase", "query.limit", "query"]]);
  });

  it("counts the bytes that come, whatever the header promises", async () => {
    for (const [path, type, bytes, status] of [["/things/a", "application/json", 1_048_577, 413], ["/text", "application/yaml", 2_000_001, 413], ["/text", "application/yaml", 1_999_999, 200]] as const) {
      assert.equal((await things().ask({ ...put, path, raw: chunked(bytes), headers: { "content-type": type } })).status, status, `${path} ${bytes}`);
      assert.equal((await things().ask({ ...put, path, raw: " ".repeat(bytes), headers: { "content-type": type, "content-length": String(bytes) } })).status, status, `${path} ${bytes}, said before`);
    }
  });

  it("refuses what a page of another site sent, though the token is right", async () => {
    const answer = await things().ask({ ...put, body: { size: 3 }, headers: { origin: "http://evil.example" } });
    assert.deepEqual([answer.status, codeOf(answer)], [403, "cross-site"]);
    assert.equal((await things().ask({ ...put, body: { size: 3 }, headers: { origin: "null" } })).status, 403);
    assert.equal((await things().ask({ ...put, body: { size: 3 }, headers: { origin: "http://127.0.0.1:8000" } })).status, 200);
  });
});

describe("problems", () => {
  const failing = async (error: unknown) => {
    const client = new ApiClient();
    client.faked.fleet.events = async () => Promise.reject(error);
    return { client, ...(await client.ask({ path: "/api/v1/stores/acme/events", token: "read" })) };
  };

  it("have a status for each of the project's codes", async () => {
    assert.deepEqual(Object.keys(statusOf).sort(), Object.keys(errorCodes).sort());
    for (const [code, status] of Object.entries(statusOf)) {
      const answer = await failing(new UserError("no", "Do it otherwise.", code as keyof typeof errorCodes));
      assert.deepEqual([answer.status, codeOf(answer), answer.body.detail, answer.body.hint, answer.body.instance], [status, code, "no", "Do it otherwise.", "/api/v1/stores/acme/events"]);
      assert.equal(answer.headers.get("content-type"), "application/problem+json");
      assert.equal(answer.headers.get("retry-after"), status === 503 ? "5" : null);
    }
  });

  it("of a list have each place with its repair", async () => {
    const { status, body } = await failing(new ListErrors([{ file: "stores.yaml", line: 2, column: 5, path: ["stores", 0, "engine"], value: "shopify", message: "is no engine", repair: "write woocommerce or medusa" }]));
    assert.equal(status, 409);
    assert.deepEqual(body.problems, [{ file: "stores.yaml", line: 2, column: 5, path: ["stores", 0, "engine"], value: "shopify", message: "is no engine", repair: "write woocommerce or medusa" }]);
  });

  it("of the program tell nothing but an id, by which the log has the rest", async () => {
    const { client, status, body } = await failing(new TypeError(`${canary} is not a function`));
    assert.equal(status, 500);
    assert.ok(!JSON.stringify(body).includes(canary) && !JSON.stringify(body).includes(".ts"));
    assert.equal(client.reported.length, 1);
    assert.match(client.reported[0]!, new RegExp(`^defect: request ${body.request}: TypeError: ${canary} is not a function\n +at `));
  });
});
