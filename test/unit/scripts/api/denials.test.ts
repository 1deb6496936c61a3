import assert from "node:assert/strict";
import { ApiClient } from "../../helpers/api-client";

const minutes = 60_000;

describe("what is denied", () => {
  let client: ApiClient;
  beforeEach(() => (client = new ApiClient()));
  const reveal = (token: string) => client.ask({ path: "/api/v1/stores/acme/admin-credentials", token });

  it("is entered into the audit trail: whose token, what for, and why", async () => {
    await reveal("read");
    await client.ask({ method: "POST", path: "/api/v1/apply", token: "write", body: { prune: true } });
    assert.deepEqual(client.noted, [
      'access.denied denied read: GET /api/v1/stores/{id}/admin-credentials: token "read" does not have the scope "credentials"',
      'access.denied denied write: POST /api/v1/apply: token "write" does not have the scope "delete"',
    ]);
  });

  it("again and again is entered by its number, once in ten minutes, of each token and route", async () => {
    for (let at = 0; at < 50; at++) await reveal("read");
    await reveal("write");
    await client.ask({ path: "/api/v1/audit-events", token: "read" });
    assert.equal(client.noted.length, 3);
    await client.api.denials.flush();
    assert.equal(client.noted.length, 3, "not before that time is over");
    client.now += 10 * minutes;
    await client.api.denials.flush();
    assert.deepEqual(client.noted.slice(3), ['access.denied denied read: GET /api/v1/stores/{id}/admin-credentials: token "read" does not have the scope "credentials" (49)']);
    await reveal("read");
    assert.equal(client.noted.length, 5, "and then at once again");
    await reveal("read");
    client.now += 10 * minutes;
    await reveal("read");
    assert.deepEqual([client.noted.length, client.noted[5]?.endsWith(" (1)")], [7, true], "with the next one, where nobody looked before");
  });

  it("to strangers is one thing, whatever they ask for, of which their tokens are not told", async () => {
    const attempt = `sf_0123456789ab_${"x".repeat(43)}`;
    for (const path of ["/api/v1/stores", "/api/v1/list", "/api/v1/operations"]) for (let at = 0; at < 20; at++) await client.ask({ path, token: attempt });
    for (let at = 0; at < 20; at++) await client.ask({ path: `/api/v1/list?token=${attempt}` });
    for (let at = 0; at < 20; at++) await client.ask({ method: "POST", path: "/api/v1/session", body: { token: attempt } });
    await client.api.denials.flush(true);
    assert.deepEqual(client.noted.map((it) => it.replace(/: .*( \(\d+\))?$/, "$1")).map((it) => it.trim()).sort(), ["access.denied denied unknown", "access.denied denied unknown", "session.failed denied unknown", "session.failed denied unknown"]);
    assert.deepEqual(client.noted.filter((it) => it.endsWith(")")).map((it) => /\((\d+)\)$/.exec(it)?.[1]), ["79", "19"]);
    assert.ok(!client.noted.join().includes(attempt) && !client.noted.join().includes("xxxx"));
  });

  it("by another site's page is told of as well; of a page that has not signed in nothing", async () => {
    await client.ask({ method: "POST", path: "/api/v1/apply", token: "admin", body: {}, headers: { origin: "http://evil.example" } });
    await client.ask({ path: "/api/v1/session" });
    await client.ask({ path: "/api/v1/nothing" });
    assert.deepEqual(client.noted, ["access.denied denied admin: POST /api/v1/apply: it was sent by a page of http://evil.example"]);
    for (let at = 0; at < 30; at++) await client.ask({ method: "POST", path: "/api/v1/apply", token: "admin", body: {}, headers: { origin: `http://evil-${at}.example` } });
    assert.equal(client.noted.length, 1, "however many names it has");
  });

  it("is said where it can not be entered, and stays denied", async () => {
    client.api.note = async () => Promise.reject(new Error("away"));
    Object.assign(client.api.denials, { note: client.api.note });
    assert.equal((await reveal("read")).status, 403);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(client.reported, ["note: a denial is not in the audit trail: away"]);
  });

  it("is told beside sessions that begin", async () => {
    const { status } = await client.ask({ method: "POST", path: "/api/v1/session", body: { token: client.tokens.get("read") } });
    assert.equal(status, 204);
    assert.match(client.noted.join(), /^session\.created accepted read: by token [0-9a-f]{12}$/);
  });
});
