import assert from "node:assert/strict";
import { createServer, request as ask, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { onlyHttps } from "../../src/modules/only-https/redirect";

describe("only-https", () => {
  let server: Server;
  const serve = async (publicUrl: string) => {
    const handler = onlyHttps(publicUrl);
    server = createServer((request, response) => void handler(async () => void response.end("shop"), request, response));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  };
  afterEach(() => new Promise((done) => server.close(done)));

  const get = (path: string, headers: Record<string, string>) =>
    new Promise<[number, string | undefined]>((done, failed) =>
      ask({ port: (server.address() as AddressInfo).port, path, headers: { host: "shop.example.com:8080", ...headers } }, (answer) => {
        answer.resume();
        done([answer.statusCode!, answer.headers.location]);
      }).on("error", failed).end(),
    );

  it("sends on whoever came without it, to the host and path that were asked for", async () => {
    await serve("https://other.example.com");
    for (const path of ["/app", "/admin/users?x=1&y=%20", "//evil.example.com/"]) {
      assert.deepEqual(await get(path, { "x-forwarded-proto": "http" }), [308, `https://shop.example.com${path}`]);
    }
  });

  it("keeps to a port that is not the usual one", async () => {
    await serve("https://other.example.com:8443");
    assert.deepEqual(await get("/app", { "x-forwarded-proto": "http" }), [308, "https://shop.example.com:8443/app"]);
  });

  it("answers probes, whoever came by https, and certificate authorities", async () => {
    await serve("https://shop.example.com");
    assert.deepEqual(await get("/health", {}), [200, undefined]);
    assert.deepEqual(await get("/app", { "x-forwarded-proto": "https" }), [200, undefined]);
    assert.deepEqual(await get("/.well-known/acme-challenge/x", { "x-forwarded-proto": "http" }), [200, undefined]);
  });

  it("leaves a shop without https alone", async () => {
    await serve("http://shop.example.com");
    assert.deepEqual(await get("/app", { "x-forwarded-proto": "http" }), [200, undefined]);
  });
});
