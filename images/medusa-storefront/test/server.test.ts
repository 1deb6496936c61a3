import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { FakeMedusa, product } from "./fake-medusa";

/** The bundle as the image runs it: from a folder without node_modules, in a process of its own. */
describe("the bundled server", () => {
  let medusa: FakeMedusa;
  let server: ChildProcess | undefined;
  /** All that it said on stderr, once it has ended. */
  let errors: Promise<string>;
  beforeEach(async () => {
    medusa = await new FakeMedusa().start();
    medusa.products = Array.from({ length: 12 }, (_, index) => product(`Mug ${index}`));
  });
  afterEach(async () => {
    server?.kill("SIGKILL");
    await medusa.stop();
  });

  function run(env: Record<string, string> = {}) {
    const settings = { MEDUSA_BACKEND_URL: medusa.url, MEDUSA_PUBLISHABLE_KEY: "pk_one", STOREFRONT_URL: "http://127.0.0.1", PORT: "0", HOSTNAME: "127.0.0.1" };
    server = spawn(process.execPath, ["dist/main.cjs"], { stdio: ["ignore", "pipe", "pipe"], env: { ...settings, ...env } });
    errors = text(server.stderr!);
    return server;
  }
  async function start(): Promise<string> {
    const [line] = await once(run().stdout!, "data");
    return `http://127.0.0.1:${/:(\d+)\s*$/.exec(String(line))![1]}`;
  }
  const lastLine = async () => (await errors).trimEnd().split("\n").at(-1)!;
  const ended = async () => (await once(server!, "exit"))[0];
  const keyRefused = /^error: the server refuses the publishable key, as it was revoked or deleted: put a valid one into the storefront's Secret/;

  it("serves pages, compressed, with less than 150 kB of script, and ends on SIGTERM", async () => {
    const url = await start();
    assert.equal(await (await fetch(`${url}/alive`)).text(), "OK");
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
    assert.equal(await ended(), 0);
  });

  it("says what is missing in its environment", async () => {
    run({ MEDUSA_BACKEND_URL: "" });
    assert.equal(await ended(), 1);
    assert.match(await lastLine(), /^error: MEDUSA_BACKEND_URL is missing — set it to an address such as http:\/\/medusa-server:9000/);
  });

  it("ends at the start when the key is refused, and says how to mend it, not what the key is", async () => {
    run({ MEDUSA_PUBLISHABLE_KEY: "pk_revoked" });
    assert.equal(await ended(), 1);
    assert.match(await lastLine(), keyRefused);
    assert.doesNotMatch(await errors, /pk_revoked/);
  });

  it("ends when the key is revoked while it runs, once every visitor has an answer", async () => {
    const url = await start();
    assert.equal((await fetch(url)).status, 200);
    medusa.faults.set("GET /store/orders/ID", "wait");
    const waiting = fetch(`${url}/order/order_01TEST00000000`, { headers: { cookie: "orders=order_01TEST00000000" } });
    while (!medusa.seen.includes("GET /store/orders/ID")) await new Promise(setImmediate);
    const end = ended();
    medusa.key = "pk_two";
    const answer = await fetch(`${url}/?q=mug`);
    assert.equal(answer.status, 503);
    assert.match(await answer.text(), /We will be right back/);
    // Settled by now, and still there for the visitor who waits.
    while (medusa.seen.filter((one) => one === "GET /store/regions").length < 2) await new Promise(setImmediate);
    medusa.resume();
    assert.equal((await waiting).status, 503);
    assert.equal(await end, 1);
    assert.match(await lastLine(), keyRefused);
  });

  it("stays while the backend is away or full of errors", async () => {
    const url = await start();
    assert.equal((await fetch(url)).status, 200);
    for (const fault of [500, 503, 401, "drop"] as const) {
      medusa.faults.set("GET /store/products", fault);
      await fetch(`${url}/?q=${fault}`);
    }
    await medusa.stop();
    assert.equal((await fetch(`${url}/?q=away`)).status, 503);
    assert.equal(await (await fetch(`${url}/alive`)).text(), "OK");
    assert.equal(server!.exitCode, null);
  });
});
