import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { FakeMedusa, product } from "./fake-medusa";

/** The bundle as the image runs it: from a folder without node_modules, in a process of its own. */
describe("the bundled server", () => {
  let medusa: FakeMedusa;
  let server: ChildProcess | undefined;
  before(async () => {
    medusa = await new FakeMedusa().start();
    medusa.products = Array.from({ length: 12 }, (_, index) => product(`Mug ${index}`));
  });
  after(() => medusa.stop());
  afterEach(() => server?.kill("SIGKILL"));

  async function start(): Promise<string> {
    server = spawn(process.execPath, ["dist/main.cjs"], { stdio: ["ignore", "pipe", "inherit"], env: { MEDUSA_BACKEND_URL: medusa.url, STOREFRONT_URL: "http://127.0.0.1", PORT: "0", HOSTNAME: "127.0.0.1" } });
    const [line] = await once(server.stdout!, "data");
    return `http://127.0.0.1:${/:(\d+)\s*$/.exec(String(line))![1]}`;
  }

  it("serves pages, compressed, with less than 150 kB of script, and ends on SIGTERM", async () => {
    const url = await start();
    assert.equal(await (await fetch(`${url}/health`)).text(), "OK");
    assert.equal((await fetch(`${url}/ready`)).status, 200);
    const response = await fetch(url, { headers: { "accept-encoding": "gzip" } });
    assert.equal(response.headers.get("content-encoding"), "gzip");
    const html = await response.text();
    assert.match(html, /^<!doctype html><html lang="en">/);
    for (const [, path] of html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
      const asset = await fetch(url + path);
      assert.equal(asset.status, 200, path);
      assert.match(asset.headers.get("cache-control")!, /immutable/);
      assert.equal((await fetch(url + path!.replace(/assets\/[^/]+/, "assets/other"))).headers.get("cache-control"), "no-store");
    }
    const script = /<script type="module" src="([^"]+)"/.exec(html)![1];
    assert.ok((await (await fetch(url + script)).arrayBuffer()).byteLength < 5_000);
    server!.kill("SIGTERM");
    const [code] = await once(server!, "exit");
    assert.equal(code, 0);
  });

  it("says what is missing in its environment", async () => {
    server = spawn(process.execPath, ["dist/main.cjs"], { stdio: ["ignore", "ignore", "pipe"], env: { MEDUSA_BACKEND_URL: "" } });
    const [[line], [code]] = await Promise.all([once(server.stderr!, "data"), once(server, "exit")]);
    assert.match(String(line), /^storefront: MEDUSA_BACKEND_URL is missing — set it to an address such as http:\/\/medusa-server:9000/);
    assert.equal(code, 1);
  });
});
