import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { Codings, takenOf } from "../../../../scripts/api/http/codings";
import { ApiClient, rowOf } from "../../helpers/api-client";

const long = "a shop and another\n".repeat(1000);
const unpacked = async (body: BodyInit) => gunzipSync(Buffer.from(await new Response(body).arrayBuffer())).toString();

describe("answers in the form that a client takes", () => {
  it("are what Accept-Encoding says", () => {
    assert.deepEqual(["gzip", "br, GZIP", "gzip;q=0.5", "gzip;q=0", "gzip;q=0.0, br", "identity", "", null].map((it) => takenOf(it, ["gzip"])), ["gzip", "gzip", "gzip", undefined, undefined, undefined, undefined, undefined]);
    assert.equal(takenOf("gzip, br", ["br", "gzip"]), "br");
  });

  it("are compressed once for a tag, and each of the last few stays so", async () => {
    const codings = new Codings();
    const first = await codings.of(long, "one", "gzip");
    assert.deepEqual([first.headers, await unpacked(first.body)], [{ vary: "accept-encoding", "content-encoding": "gzip" }, long]);
    assert.equal((await codings.of(long, "one", "gzip")).body, first.body);
    for (let at = 0; at < 7; at++) await codings.of(long, `other ${at}`, "gzip");
    assert.equal((await codings.of(long, "one", "gzip")).body, first.body);
    for (let at = 0; at < 8; at++) await codings.of(long, `another ${at}`, "gzip");
    assert.notEqual((await codings.of(long, "one", "gzip")).body, first.body);
    assert.deepEqual(await codings.of("short", "two", "gzip"), { body: "short", headers: {} });
    assert.deepEqual(await codings.of(long, "one", null), { body: long, headers: { vary: "accept-encoding" } });
  });

  it("hold all stores, the same for all who ask, and nothing of what only some may see", async () => {
    const client = new ApiClient();
    client.faked.stores = Array.from({ length: 1000 }, (_, at) => rowOf(`shop-${at}`));
    const ask = (path: string, accepted: string) => client.ask({ path, token: "admin", headers: { "accept-encoding": accepted } });
    const [plain, small] = [await ask("/api/v1/stores", "identity"), await client.fetched({ path: "/api/v1/stores", token: "admin", headers: { "accept-encoding": "gzip" } })];
    const bytes = Buffer.from(await small.arrayBuffer());
    assert.deepEqual(JSON.parse(gunzipSync(bytes).toString()), plain.body);
    assert.ok(bytes.length < 40_000, `${bytes.length} bytes`);
    assert.equal(small.headers.get("etag"), plain.headers.get("etag"));
    assert.equal((await client.ask({ path: "/api/v1/stores", token: "admin", headers: { "if-none-match": plain.headers.get("etag")! } })).status, 304);
    assert.equal((await ask("/api/v1/stores?q=shop-99", "identity")).body.stores.length, 11, "and a part is a part");
    client.faked.fleet.credentials = async (name) => ({ name, url: "http://acme", password: long });
    const secret = await client.fetched({ path: "/api/v1/stores/shop-1/admin-credentials", token: "admin", headers: { "accept-encoding": "gzip" } });
    assert.equal(secret.headers.get("content-encoding"), null);
  });
});
