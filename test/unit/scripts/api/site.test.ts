import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSite, sent } from "../../../../scripts/api/http/site";
import { ApiClient } from "../../helpers/api-client";

describe("the dashboard's files", () => {
  const folder = mkdtempSync(join(tmpdir(), "storefleet-site-"));
  const client = new ApiClient();
  before(() => {
    mkdirSync(join(folder, "assets"));
    const files = { "index.html": "page", "index.html.br": "br", "index.html.gz": "gz", "sources.sha256": "s", "assets/app-1.js": "script", "assets/app-1.js.gz": "gz", "assets/font-1.woff2": "font", "assets/app-1.js.map": "map" };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    client.api.site = readSite(folder);
  });
  after(() => rmSync(folder, { recursive: true }));
  const get = (path: string, headers?: Record<string, string>) => client.ask({ path, headers });

  it("are those that the build wrote for browsers, by name, and no others", async () => {
    assert.deepEqual([...readSite(folder).assets.keys()].sort(), ["app-1.js", "font-1.woff2"]);
    for (const name of ["app-1.js.gz", "app-1.js.map", "index.html", "sources.sha256"]) assert.equal((await get(`/assets/${name}`)).status, 404, name);
    assert.equal((await get("/assets/..%2findex.html")).status, 404);
  });

  it("are kept for good by browsers, but the page, which is asked for again", async () => {
    const script = await get("/assets/app-1.js");
    assert.deepEqual([script.body, script.headers.get("content-type"), script.headers.get("cache-control")], ["script", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"]);
    const page = await get("/");
    assert.deepEqual([page.body, page.headers.get("content-type"), page.headers.get("cache-control"), page.headers.get("set-cookie")], ["page", "text/html; charset=utf-8", "no-cache", null]);
    assert.equal((await get("/", { "if-none-match": page.headers.get("etag")! })).status, 304);
  });

  it("are the one page at each address of the dashboard, and nowhere else", async () => {
    for (const path of ["/", "/stores/acme", "/changes", "/operations", "/operations/20261127-120000-aaaa", "/audit"]) assert.equal((await get(path)).body, "page", path);
    assert.deepEqual([(await get("/stores/A_B")).status, (await get("/stores")).status, (await get("/audit/1")).status], [422, 404, 404]);
    assert.equal((await client.ask({ path: "/audit", method: "POST" })).status, 405);
  });

  it("are sent in the smallest form that is taken", () => {
    const { page, assets } = readSite(folder);
    const coding = (name: "page" | "app-1.js" | "font-1.woff2", accepted?: string) => {
      const { body, headers } = sent(name === "page" ? page! : assets.get(name)!, accepted);
      return [headers["content-encoding"], Buffer.from(body).toString()];
    };
    assert.deepEqual(coding("page", "gzip, deflate, br, zstd"), ["br", "br"]);
    assert.deepEqual(coding("page", "gzip;q=0.5"), ["gzip", "gz"]);
    assert.deepEqual(coding("page", "br;q=0, gzip"), ["gzip", "gz"]);
    assert.deepEqual(coding("app-1.js", "br"), [undefined, "script"]);
    for (const accepted of [undefined, "", "identity", "brotli"]) assert.deepEqual(coding("page", accepted), [undefined, "page"], accepted);
    assert.deepEqual(coding("font-1.woff2", "br, gzip"), [undefined, "font"]);
  });

  it("are none where there is no dashboard", async () => {
    const without = new ApiClient();
    without.api.site = readSite(undefined);
    assert.deepEqual([(await without.ask({ path: "/" })).status, (await without.ask({ path: "/assets/app-1.js" })).status], [404, 404]);
  });
});
