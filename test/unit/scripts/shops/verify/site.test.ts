import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../../../../config/errors";
import { certificateFile, keyFile, writeCertificates } from "../../../../../scripts/machine/cluster/embedded/certificates";
import { addressIn, destination, oneLine, Site, type Access } from "../../../../../scripts/shops/verify/site";
import { FakeShop, refusal } from "../../../helpers/fake-shop";

describe("names under nip.io", () => {
  it("carry their address, with dots or hyphens", () => {
    const names = {
      "127.0.0.1.nip.io": "127.0.0.1",
      "store-acme-12345678.127.0.0.1.nip.io": "127.0.0.1",
      "x.5.127.0.0.1.nip.io": "127.0.0.1",
      "10.0.0.1.192.168.1.250.nip.io": "192.168.1.250",
      "127-0-0-1.nip.io": "127.0.0.1",
      "store-acme.127-0-0-1.nip.io": "127.0.0.1",
      "store-1-10-8-0-255.nip.io": "10.8.0.255",
      "MAIL.127.0.0.1.NIP.IO": "127.0.0.1",
    };
    for (const [name, address] of Object.entries(names)) assert.equal(addressIn(name), address, name);
  });

  it("are no others than those", () => {
    const names = ["nip.io", "shop.nip.io", "1.2.3.nip.io", "256.0.0.1.nip.io", "1.2.3.4.5678.nip.io", "127.0.0.1.nip.io.example.com", "127.0.0.1.unip.io", "127.0.0.1.nip.iox", "127.0-0.1.nip.io", "x127.0.0.1nip.io", "127.0.0.1", "shop.example.com", ""];
    for (const name of names) assert.equal(addressIn(name), undefined, name);
  });

  it("need no DNS; other names are left to it", () => {
    assert.deepEqual(destination({ protocol: "http:", hostname: "a.10.0.0.9.nip.io", port: "80" }), { hostname: "10.0.0.9", port: "80" });
    assert.deepEqual(destination({ protocol: "https:", hostname: "shop.example.com", port: "8443" }), { hostname: "shop.example.com", port: "8443" });
  });

  it("are looked for where the cluster in containers answers", () => {
    const ports = { http: 8080, https: 8443 };
    assert.deepEqual(destination({ protocol: "http:", hostname: "a.127.0.0.1.nip.io", port: "80" }, ports), { hostname: "127.0.0.1", port: "8080" });
    assert.deepEqual(destination({ protocol: "https:", hostname: "shop.example.com", port: "443" }, ports), { hostname: "127.0.0.1", port: "8443" });
  });
});

describe("a site", () => {
  let server: FakeShop;
  beforeEach(async () => {
    server = await new FakeShop().start();
  });
  afterEach(() => server.stop());

  const site = (access: Partial<Access> = {}) => new Site("http://acme.127.0.0.1.nip.io", { ports: { http: server.port, https: 1 }, timeout: 5000, ...access });
  const anything = z.unknown();
  const fails = (promise: Promise<unknown>, message: RegExp) => assert.rejects(promise, (error) => error instanceof UserError && message.test(error.message) && !/\n/.test(error.message));

  it("is asked under its own name, whatever port the ingress has here", async () => {
    await site().send("POST", "/wp-login.php", { form: { log: "ä & b" }, headers: { "x-a": "b" } });
    await site().send("PUT", "/x", { json: { a: 1 } });
    const [form, json] = server.asked;
    assert.deepEqual([form!.headers.host, form!.headers["content-type"], form!.headers["x-a"], form!.body], ["acme.127.0.0.1.nip.io", "application/x-www-form-urlencoded", "b", "log=%C3%A4+%26+b"]);
    assert.deepEqual([json!.method, json!.headers["content-type"], json!.body], ["PUT", "application/json", '{"a":1}']);
  });

  it("is reached by its own port where there is one", async () => {
    const own = new Site(`http://acme.127.0.0.1.nip.io:${server.port}`, { timeout: 5000 });
    assert.equal((await own.send("GET", "/")).status, 200);
    assert.equal(server.asked[0]!.headers.host, `acme.127.0.0.1.nip.io:${server.port}`);
  });

  it("is not followed where it sends one", async () => {
    server.instead.set("GET /", { status: 301, headers: { location: "http://elsewhere.example.com/" } });
    assert.equal((await site().send("GET", "/")).status, 301);
    await fails(site().json(anything, 200, "GET", "/"), /^GET http:\/\/acme\.127\.0\.0\.1\.nip\.io\/ answered 301 \(to http:\/\/elsewhere\.example\.com\/\): \(nothing\)$/);
  });

  it("that answers something else is quoted, on one line", async () => {
    server.instead.set("GET /a", { status: 500, text: "\n<b>Fatal\u001b[31m error</b>\n in x.php" });
    server.instead.set("GET /b", refusal(400, "Invalid parameter(s): billing_address", { params: { billing_address: "The provided postcode / ZIP is not valid" } }));
    server.instead.set("GET /c", { text: "<!DOCTYPE html>\n<p>maintenance</p>" });
    server.instead.set("GET /d", { json: { totals: { price: 1 } } });
    await fails(site().json(anything, 200, "GET", "/a"), /^GET \S+\/a answered 500: <b>Fatal \[31m error<\/b> in x\.php$/);
    await fails(site().json(anything, 200, "GET", "/b"), /answered 400: Invalid parameter\(s\): billing_address The provided postcode \/ ZIP is not valid$/);
    await fails(site().json(anything, 200, "GET", "/c"), /answered 200 without JSON: <!DOCTYPE html> <p>maintenance<\/p>$/);
    await fails(site().json(z.object({ totals: z.object({ price: z.string() }) }), 200, "GET", "/d"), /JSON that is not as documented: totals\.price: .*string/);
    await fails(site().json(anything, 201, "GET", "/d"), /answered 200: /);
  });

  it("that does not answer, or is not there, is named", async () => {
    server.instead.set("GET /", { silent: true });
    await fails(site({ timeout: 100 }).send("GET", "/"), /^GET http:\/\/acme\.127\.0\.0\.1\.nip\.io\/: no answer within 0\.1 s$/);
    await fails(site({ ports: { http: 1, https: 1 } }).send("GET", "/"), /^GET http:\/\/acme\.127\.0\.0\.1\.nip\.io\/: .*ECONNREFUSED/);
  });

  it("has to prove its name where it speaks TLS", async () => {
    const folder = mkdtempSync(join(tmpdir(), "storefleet-site-"));
    await writeCertificates(folder);
    const [cert, key] = [readFileSync(certificateFile(folder, "apiserver")), readFileSync(keyFile(folder, "apiserver"))];
    let asked = "";
    const secure = createServer({ cert, key, SNICallback: (name, done) => ((asked = name), done(null)) });
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    try {
      const ports = { http: 1, https: (secure.address() as AddressInfo).port };
      await fails(new Site("https://shop.example.com", { ports, timeout: 5000 }).send("GET", "/"), /^GET https:\/\/shop\.example\.com\/: .*certificate/);
      assert.equal(asked, "shop.example.com");
    } finally {
      secure.closeAllConnections();
      secure.close();
      rmSync(folder, { recursive: true });
    }
  });

  it("is quoted without what could steer a terminal", () => {
    assert.equal(oneLine("  a\u0007\u001b[2J\r\nb\u202ec\u200d  "), "a [2J b c");
    assert.equal(oneLine("x".repeat(200), 10), `${"x".repeat(9)}…`);
  });
});
