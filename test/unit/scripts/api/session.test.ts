import assert from "node:assert/strict";
import { ApiClient } from "../../helpers/api-client";

const minute = 60_000;
const own = { origin: "http://127.0.0.1:8000", "x-storefleet": "1" };

describe("sessions", () => {
  let client: ApiClient;
  beforeEach(() => (client = new ApiClient({ hosts: ["https://fleet.example.com"] })));

  /** The cookie as a browser sends it back, and as it was set. */
  async function logIn(token = "admin", headers: Record<string, string> = {}): Promise<{ cookie: string; set: string }> {
    const { status, headers: answered } = await client.ask({ method: "POST", path: "/api/v1/session", body: { token: client.tokens.get(token) ?? token }, headers });
    assert.equal(status, 204);
    const set = answered.get("set-cookie") ?? "";
    return { set, cookie: set.split(";")[0]! };
  }
  const ask = async (cookie: string, path = "/api/v1/stores", more: { method?: string; headers?: Record<string, string> } = {}) => client.ask({ path, method: more.method, headers: { cookie, ...more.headers } });

  it("are in a cookie that no script reads and no other site sends, which has the rights of its token and not its text", async () => {
    const { set, cookie } = await logIn("read");
    assert.match(set, /^storefleet=[\w-]+\.[\w-]+; Path=\/; HttpOnly; SameSite=Strict$/);
    assert.ok(!Buffer.from(cookie.split(/[=.]/)[1]!, "base64url").toString().includes(client.tokens.get("read")!.slice(16)));
    assert.deepEqual([(await ask(cookie)).status, (await ask(cookie, "/api/v1/audit-events")).status, (await ask(`other=1; ${cookie}; third=2`)).status], [200, 403, 200]);
    assert.deepEqual((await ask(cookie, "/api/v1/session")).body, { name: "read", scopes: ["read"], env: "local", expiresAt: "2026-11-27T13:00:00.000Z" });
  });

  it("behind TLS are in a cookie for this host alone, and in no other", async () => {
    const host = { host: "fleet.example.com" };
    const { set, cookie } = await logIn("admin", host);
    assert.match(set, /^__Host-storefleet=[\w.-]+; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
    assert.deepEqual([(await ask(cookie, "/api/v1/stores", { headers: host })).status, (await ask(cookie.replace("__Host-", ""), "/api/v1/stores", { headers: host })).status], [200, 401]);
  });

  it("are begun by a right token alone, ten wrong ones a minute", async () => {
    const begin = async (token: string) => (await client.ask({ method: "POST", path: "/api/v1/session", body: { token } })).status;
    for (let at = 0; at < 10; at++) assert.equal(await begin(at === 0 ? client.tokens.get("expired")! : "sf_wrong"), 401);
    assert.deepEqual([await begin("sf_wrong"), await begin(client.tokens.get("read")!)], [429, 204]);
  });

  it("end when idle for 30 minutes, and go on where they are used, for 8 hours", async () => {
    client = new ApiClient();
    let { cookie } = await logIn();
    client.now += 29 * minute;
    const renewed = (await ask(cookie)).headers.get("set-cookie");
    assert.ok(renewed);
    client.now += 2 * minute;
    assert.equal((await ask(cookie)).status, 401, "the old one is idle");
    cookie = renewed.split(";")[0]!;
    assert.equal((await ask(cookie)).status, 200);
    assert.equal((await ask(cookie)).headers.get("set-cookie")?.startsWith("storefleet="), true);
  });

  it("end with 8 hours, however much they are used, and with their token", async () => {
    const sessions = client.api.sessions;
    const token = (await client.api.tokens.find(client.tokens.get("admin")!.split("_")[1]!))!;
    const expires = token.expires;
    token.expires = client.now + 24 * 60 * minute;
    let cookie = sessions.begin(token, false);
    const alive = async () => {
      const found = await sessions.find(cookie.split(";")[0], false);
      cookie = found?.cookie ?? cookie;
      return found !== undefined;
    };
    for (let at = 0; at < 24; at++) {
      client.now += 20 * minute;
      assert.ok(await alive(), `after ${(at + 1) * 20} minutes`);
    }
    client.now += minute;
    assert.ok(!(await alive()));
    cookie = sessions.begin(token, false);
    assert.ok(await alive());
    token.expires = expires;
    assert.ok(!(await alive()));
  });

  it("once ended are so for whoever kept the cookie", async () => {
    const { cookie } = await logIn();
    const other = await logIn();
    const { status, headers } = await ask(cookie, "/api/v1/session", { method: "DELETE", headers: own });
    assert.deepEqual([status, headers.get("set-cookie")], [204, "storefleet=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"]);
    assert.deepEqual([(await ask(cookie)).status, (await ask(other.cookie)).status], [401, 200]);
  });

  it("are nothing that can be made or changed without the key", async () => {
    const { cookie } = await logIn("read");
    const [text, mac] = cookie.slice("storefleet=".length).split(".") as [string, string];
    const signed = JSON.parse(Buffer.from(text, "base64url").toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...signed, token: client.tokens.get("admin")!.split("_")[1] })).toString("base64url");
    for (const value of [`${forged}.${mac}`, `${text}.`, text, "", `${text}.${mac.slice(0, -2)}`, `.${mac}`, `${text}.${Buffer.alloc(32).toString("base64url")}`]) assert.equal((await ask(`storefleet=${value}`)).status, 401, value);
    assert.equal((await new ApiClient().ask({ path: "/api/v1/stores", headers: { cookie } })).status, 401, "another run has another key");
  });

  it("take a word of the browser, and a header, for credentials and for whatever changes something", async () => {
    const { cookie } = await logIn();
    const credentials = async (headers: Record<string, string>) => (await ask(cookie, "/api/v1/stores/acme/admin-credentials", { headers })).status;
    assert.equal(await credentials(own), 200);
    assert.equal(await credentials({ "sec-fetch-site": "same-origin", "x-storefleet": "1" }), 200);
    const foreign: Record<string, string>[] = [{}, { "x-storefleet": "1" }, { origin: own.origin }, { ...own, origin: "http://evil.example" }, { ...own, origin: "null" }, { ...own, origin: "http://127.0.0.1:9000" }, { "sec-fetch-site": "same-site", "x-storefleet": "1" }, { "sec-fetch-site": "cross-site", "x-storefleet": "1" }, { "sec-fetch-site": "none", "x-storefleet": "1" }];
    for (const headers of foreign) {
      assert.equal(await credentials(headers), 403, JSON.stringify(headers));
      assert.equal((await ask(cookie, "/api/v1/session", { method: "DELETE", headers })).status, 403, JSON.stringify(headers));
    }
    assert.equal((await ask(cookie)).status, 200, "nothing of that ended it");
  });
});
