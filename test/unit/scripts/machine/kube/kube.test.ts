import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { UserError } from "../../../../../config/errors";
import { certificateFile, keyFile, writeCertificates } from "../../../../../scripts/machine/cluster/embedded/certificates";
import { Kube, KubeError } from "../../../../../scripts/machine/kube";

interface Asked {
  method: string;
  url: URL;
  accept?: string;
  contentType?: string;
  body: string;
}

describe("requests to a cluster", () => {
  let folder: string;
  let server: Server;
  let address: string;
  let asked: Asked[];
  let answer: (request: Asked, response: ServerResponse) => void;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "storefleet-kube-"));
    server = createServer((request, response) => void take(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => (asked = []));

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { accept, "content-type": contentType } = request.headers;
    const it = { method: request.method!, url: new URL(request.url!, address), accept, contentType, body };
    asked.push(it);
    answer(it, response);
  }

  const json = (response: ServerResponse, content: object, code = 200) => void response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(content));
  const refuse = (code: number, message: string) => {
    answer = (_, response) => json(response, { kind: "Status", message }, code);
  };

  interface Place {
    url?: string;
    cluster?: object;
    user?: object;
    timeout?: number;
  }
  async function open({ url = address, cluster = { "insecure-skip-tls-verify": true }, user = {}, timeout = 5000 }: Place = {}): Promise<Kube> {
    const file = join(folder, "kubeconfig");
    const config = {
      apiVersion: "v1", kind: "Config",
      clusters: [{ name: "c", cluster: { server: url, ...cluster } }],
      users: [{ name: "u", user }],
      contexts: [{ name: "here", context: { cluster: "c", user: "u" } }],
    };
    writeFileSync(file, JSON.stringify(config));
    return Kube.open(file, "here", timeout);
  }

  it("lists page by page", async () => {
    answer = ({ url }, response) => {
      const page = Number(url.searchParams.get("continue") ?? "0");
      json(response, { items: [{ metadata: { name: `n${page}` } }], metadata: page < 2 ? { continue: String(page + 1) } : {} });
    };
    const items = await (await open()).list("/api/v1/namespaces", { labels: "a=b,c", fields: "type=Warning" });
    assert.deepEqual(items.map(({ metadata }) => metadata.name), ["n0", "n1", "n2"]);
    assert.deepEqual(asked.map(({ url }) => url.searchParams.get("continue")), [null, "1", "2"]);
    for (const { url, accept } of asked) {
      assert.equal(url.pathname, "/api/v1/namespaces");
      assert.equal(url.searchParams.get("labelSelector"), "a=b,c");
      assert.equal(url.searchParams.get("fieldSelector"), "type=Warning");
      assert.ok(Number(url.searchParams.get("limit")) > 0);
      assert.equal(accept, "application/json");
    }
  });

  it("an empty list is none", async () => {
    answer = (_, response) => json(response, { items: null, metadata: {} });
    assert.deepEqual(await (await open()).list("/api/v1/namespaces"), []);
  });

  it("asks for metadata alone where that is enough", async () => {
    answer = (_, response) => json(response, { items: [], metadata: {} });
    await (await open()).list("/api/v1/secrets", { metadataOnly: true });
    assert.match(asked[0]!.accept!, /^application\/json;as=PartialObjectMetadataList;g=meta\.k8s\.io;v=v1,/);
  });

  it("keeps the path that a server's address has", async () => {
    answer = (_, response) => json(response, { metadata: { name: "x" } });
    await (await open({ url: `${address}/clusters/one/` })).get("/api/v1/namespaces/x");
    assert.equal(asked[0]!.url.pathname, "/clusters/one/api/v1/namespaces/x");
  });

  it("sends the token of the kubeconfig", async () => {
    let authorization: string | undefined;
    server.once("request", (request: IncomingMessage) => (authorization = request.headers.authorization));
    answer = (_, response) => json(response, { metadata: { name: "x" } });
    await (await open({ user: { token: "t0ken" } })).get("/api/v1/namespaces/x");
    assert.equal(authorization, "Bearer t0ken");
  });

  it("speaks TLS with the kubeconfig's authority and client certificate, and with no server of another one", async () => {
    await writeCertificates(folder);
    const [ca, cert, key] = ["ca", "apiserver"].flatMap((name) => [readFileSync(certificateFile(folder, name)), readFileSync(keyFile(folder, name))]).filter((_, index) => index !== 1);
    let client = "";
    const secure = createSecureServer({ ca, cert, key, requestCert: true }, (request, response) => {
      client = String((request.socket as TLSSocket).getPeerCertificate().subject.CN);
      json(response, { metadata: { name: "x" } });
    });
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    try {
      const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
      const user = { "client-certificate": certificateFile(folder, "admin"), "client-key": keyFile(folder, "admin") };
      const kube = await open({ url, user, cluster: { "certificate-authority": certificateFile(folder, "ca") } });
      assert.equal((await kube.get("/api/v1/namespaces/x"))?.metadata.name, "x");
      assert.equal(client, "storefleet-admin");
      await assert.rejects((await open({ url, user, cluster: {} })).get("/x"), /^UserError: the cluster "here".* does not answer: .*certificate/);
    } finally {
      secure.closeAllConnections();
      secure.close();
    }
  });

  it("gets an object; one that is missing is undefined", async () => {
    answer = ({ url }, response) => json(response, { metadata: { name: "x" }, message: "not found" }, url.pathname.endsWith("/x") ? 200 : 404);
    const kube = await open();
    assert.equal((await kube.get("/api/v1/namespaces/x"))?.metadata.name, "x");
    assert.equal(await kube.get("/api/v1/namespaces/y"), undefined);
  });

  it("changes parts of objects and deletes them; missing ones are left alone", async () => {
    answer = (_, response) => json(response, {}, asked.length > 2 ? 404 : 200);
    const kube = await open();
    for (let times = 0; times < 2; times++) {
      await kube.merge("/api/v1/namespaces/x", { metadata: { annotations: { note: null } } });
      await kube.remove("/api/v1/namespaces/x");
    }
    assert.deepEqual(asked.map(({ method }) => method), ["PATCH", "DELETE", "PATCH", "DELETE"]);
    assert.equal(asked[0]!.contentType, "application/merge-patch+json");
    assert.equal(asked[0]!.body, '{"metadata":{"annotations":{"note":null}}}');
  });

  it("reads text as it is", async () => {
    answer = (_, response) => void response.end("line 1\nünicode\n");
    assert.equal(await (await open()).text("/log"), "line 1\nünicode\n");
  });

  it("a refusal is told in the API server's words, with its code, and is no defect", async () => {
    refuse(403, 'namespaces is forbidden: User "me" cannot list resource "namespaces"');
    const refused = (error: unknown) => error instanceof KubeError && error instanceof UserError && error.status === 403 && error.message.startsWith('namespaces is forbidden: User "me"');
    const kube = await open();
    await assert.rejects(kube.list("/api/v1/namespaces"), refused);
    await assert.rejects(kube.get("/api/v1/namespaces/x"), refused);
    await assert.rejects(kube.remove("/api/v1/namespaces/x"), refused);
    await assert.rejects(kube.merge("/api/v1/namespaces/x", {}), refused);
    // A missing collection is no empty one.
    refuse(404, "the server could not find the requested resource");
    await assert.rejects(kube.list("/apis/none/v1/things"), /could not find the requested resource/);
  });

  it("tells the lines of a log as they come, until it ends or nobody wants to hear more", async () => {
    const kube = await open();
    const heard: string[] = [];
    answer = (_, response) => {
      response.writeHead(200).write("one\ntw");
      setImmediate(() => response.end("o\nthree"));
    };
    await kube.lines("/log?follow=true", (line) => heard.push(line), new AbortController().signal);
    assert.deepEqual(heard, ["one", "two", "three"]);

    const enough = new AbortController();
    answer = (_, response) => void response.writeHead(200).write("four\n");
    await kube.lines("/log", (line) => (heard.push(line), enough.abort()), enough.signal);
    assert.equal(heard.at(-1), "four");
    refuse(400, "container is waiting to start");
    await assert.rejects(kube.lines("/log", () => {}, new AbortController().signal), { message: "container is waiting to start" });
  });

  it("an answer without words is told by its code", async () => {
    answer = (_, response) => void response.writeHead(502).end("<html>bad gateway</html>");
    await assert.rejects((await open()).get("/api/v1/namespaces/x"), { status: 502, message: "GET /api/v1/namespaces/x: HTTP 502" });
  });

  it("a cluster that is not there is a matter for people", async () => {
    const kube = await open({ url: "http://127.0.0.1:1" });
    await assert.rejects(kube.get("/x"), (error) => error instanceof UserError && /^the cluster "here" at http:\/\/127\.0\.0\.1:1 does not answer: .*ECONNREFUSED/.test(error.message) && /cluster up/.test(error.hint!));
  });

  it("so is one that does not answer in time, or stops in the middle", async () => {
    answer = () => {};
    await assert.rejects((await open({ timeout: 100 })).get("/x"), /^UserError: the cluster "here".* does not answer: no answer within 0\.1 s$/);
    answer = (_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      setImmediate(() => response.destroy());
    };
    await assert.rejects((await open()).get("/x"), /^UserError: the cluster "here".* does not answer/);
  });

  it("so are a kubeconfig, a context or a login that does not work", async () => {
    await assert.rejects(Kube.open(join(folder, "missing"), "here"), /^UserError: .*missing can not be read: ENOENT/);
    await open();
    await assert.rejects(Kube.open(join(folder, "kubeconfig"), "there"), /^UserError: .*kubeconfig has no context "there"/);
    const kube = await open({ user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "no-such-login-helper" } } });
    await assert.rejects(kube.get("/x"), /^UserError: context "here" can not be used: .*no-such-login-helper/);
  });
});
