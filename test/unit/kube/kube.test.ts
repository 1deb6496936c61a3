import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { UserError } from "../../../config/errors";
import { Kube, KubeError } from "../../../kube";
import { certificateFile, keyFile, writeCertificates } from "../../../scripts/machine/cluster/embedded/certificates";
import { json, StubApi } from "../helpers/stub-api";

describe("requests to a cluster", () => {
  let api: StubApi;
  before(async () => void (api = await StubApi.start()));
  after(() => api.close());
  beforeEach(() => api.reset());

  const refuse = (code: number, message: string) => {
    api.answer = (_, response) => json(response, { kind: "Status", message }, code);
  };

  it("lists page by page", async () => {
    api.answer = ({ url }, response) => {
      const page = Number(url.searchParams.get("continue") ?? "0");
      json(response, { items: [{ metadata: { name: `n${page}` } }], metadata: page < 2 ? { continue: String(page + 1) } : {} });
    };
    const items = await (await api.open()).list("/api/v1/namespaces", { labels: "a=b,c", fields: "type=Warning" });
    assert.deepEqual(items.map(({ metadata }) => metadata.name), ["n0", "n1", "n2"]);
    assert.deepEqual(api.asked.map(({ url }) => url.searchParams.get("continue")), [null, "1", "2"]);
    for (const { url, accept } of api.asked) {
      assert.equal(url.pathname, "/api/v1/namespaces");
      assert.equal(url.searchParams.get("labelSelector"), "a=b,c");
      assert.equal(url.searchParams.get("fieldSelector"), "type=Warning");
      assert.ok(Number(url.searchParams.get("limit")) > 0);
      assert.equal(accept, "application/json");
    }
  });

  it("an empty list is none", async () => {
    api.answer = (_, response) => json(response, { items: null, metadata: {} });
    assert.deepEqual(await (await api.open()).list("/api/v1/namespaces"), []);
  });

  it("asks for metadata alone where that is enough", async () => {
    api.answer = (_, response) => json(response, { items: [], metadata: {} });
    await (await api.open()).list("/api/v1/secrets", { metadataOnly: true });
    assert.match(api.asked[0]!.accept!, /^application\/json;as=PartialObjectMetadataList;g=meta\.k8s\.io;v=v1,/);
  });

  it("keeps the path that a server's address has", async () => {
    api.answer = (_, response) => json(response, { metadata: { name: "x" } });
    await (await api.open({ url: `${api.address}/clusters/one/` })).get("/api/v1/namespaces/x");
    assert.equal(api.asked[0]!.url.pathname, "/clusters/one/api/v1/namespaces/x");
  });

  it("sends the token of the kubeconfig", async () => {
    api.answer = (_, response) => json(response, { metadata: { name: "x" } });
    await (await api.open({ user: { token: "t0ken" } })).get("/api/v1/namespaces/x");
    assert.equal(api.asked[0]!.authorization, "Bearer t0ken");
  });

  it("speaks TLS with the kubeconfig's authority and client certificate, and with no server of another one", async () => {
    await writeCertificates(api.folder);
    const [ca, cert, key] = ["ca", "apiserver"].flatMap((name) => [readFileSync(certificateFile(api.folder, name)), readFileSync(keyFile(api.folder, name))]).filter((_, index) => index !== 1);
    let client = "";
    const secure = createSecureServer({ ca, cert, key, requestCert: true }, (request, response) => {
      client = String((request.socket as TLSSocket).getPeerCertificate().subject.CN);
      json(response, { metadata: { name: "x" } });
    });
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    try {
      const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
      const user = { "client-certificate": certificateFile(api.folder, "admin"), "client-key": keyFile(api.folder, "admin") };
      const kube = await api.open({ url, user, cluster: { "certificate-authority": certificateFile(api.folder, "ca") } });
      assert.equal((await kube.get("/api/v1/namespaces/x"))?.metadata.name, "x");
      assert.equal(client, "storefleet-admin");
      await assert.rejects((await api.open({ url, user, cluster: {} })).get("/x"), /^UserError: the cluster "here".* does not answer: .*certificate/);
    } finally {
      secure.closeAllConnections();
      secure.close();
    }
  });

  it("gets an object; one that is missing is undefined", async () => {
    api.answer = ({ url }, response) => json(response, { metadata: { name: "x" }, message: "not found" }, url.pathname.endsWith("/x") ? 200 : 404);
    const kube = await api.open();
    assert.equal((await kube.get("/api/v1/namespaces/x"))?.metadata.name, "x");
    assert.equal(await kube.get("/api/v1/namespaces/y"), undefined);
  });

  it("changes parts of objects and deletes them; missing ones are left alone", async () => {
    api.answer = (_, response) => json(response, {}, api.asked.length > 2 ? 404 : 200);
    const kube = await api.open();
    for (let times = 0; times < 2; times++) {
      await kube.merge("/api/v1/namespaces/x", { metadata: { annotations: { note: null } } });
      await kube.remove("/api/v1/namespaces/x");
    }
    assert.deepEqual(api.asked.map(({ method }) => method), ["PATCH", "DELETE", "PATCH", "DELETE"]);
    assert.equal(api.asked[0]!.contentType, "application/merge-patch+json");
    assert.equal(api.asked[0]!.body, '{"metadata":{"annotations":{"note":null}}}');
  });

  it("deletes that object alone whose uid is given, and the same connection serves what comes next", async () => {
    const kube = await api.open();
    api.answer = (_, response) => json(response, { metadata: { name: "x" } });
    for (const uid of ["one", "two"]) {
      await kube.remove("/api/v1/namespaces/x", uid);
      await kube.get("/api/v1/namespaces/x");
    }
    assert.deepEqual(api.asked.map(({ method, body }) => [method, body]), ["one", "two"].flatMap((uid) => [["DELETE", JSON.stringify({ preconditions: { uid } })], ["GET", ""]]));
  });

  it("reads text as it is", async () => {
    api.answer = (_, response) => void response.end("line 1\nünicode\n");
    assert.equal(await (await api.open()).text("/log"), "line 1\nünicode\n");
  });

  it("a refusal is told in the API server's words, with its code, and is no defect", async () => {
    refuse(403, 'namespaces is forbidden: User "me" cannot list resource "namespaces"');
    const refused = (error: unknown) => error instanceof KubeError && error instanceof UserError && error.status === 403 && error.message.startsWith('namespaces is forbidden: User "me"');
    const kube = await api.open();
    await assert.rejects(kube.list("/api/v1/namespaces"), refused);
    await assert.rejects(kube.get("/api/v1/namespaces/x"), refused);
    await assert.rejects(kube.remove("/api/v1/namespaces/x"), refused);
    await assert.rejects(kube.merge("/api/v1/namespaces/x", {}), refused);
    // A missing collection is no empty one.
    refuse(404, "the server could not find the requested resource");
    await assert.rejects(kube.list("/apis/none/v1/things"), /could not find the requested resource/);
  });

  it("tells the lines of a log as they come, until it ends or nobody wants to hear more", async () => {
    const kube = await api.open();
    const heard: string[] = [];
    api.answer = (_, response) => {
      response.writeHead(200).write("one\ntw");
      setImmediate(() => response.end("o\nthree"));
    };
    await kube.lines("/log?follow=true", (line) => heard.push(line), new AbortController().signal);
    assert.deepEqual(heard, ["one", "two", "three"]);

    const enough = new AbortController();
    api.answer = (_, response) => void response.writeHead(200).write("four\n");
    await kube.lines("/log", (line) => (heard.push(line), enough.abort()), enough.signal);
    assert.equal(heard.at(-1), "four");
    refuse(400, "container is waiting to start");
    await assert.rejects(kube.lines("/log", () => {}, new AbortController().signal), { message: "container is waiting to start" });
  });

  it("an answer without words is told by its code", async () => {
    api.answer = (_, response) => void response.writeHead(502).end("<html>bad gateway</html>");
    await assert.rejects((await api.open()).get("/api/v1/namespaces/x"), { status: 502, message: "GET /api/v1/namespaces/x: HTTP 502" });
  });

  it("a cluster that is not there is a matter for people", async () => {
    const kube = await api.open({ url: "http://127.0.0.1:1" });
    await assert.rejects(kube.get("/x"), (error) => error instanceof UserError && /^the cluster "here" at http:\/\/127\.0\.0\.1:1 does not answer: .*ECONNREFUSED/.test(error.message) && /cluster up/.test(error.hint!));
  });

  it("so is one that does not answer in time, or stops in the middle", async () => {
    api.answer = () => {};
    await assert.rejects((await api.open({ timeout: 100 })).get("/x"), /^UserError: the cluster "here".* does not answer: no answer within 0\.1 s$/);
    api.answer = (_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      setImmediate(() => response.destroy());
    };
    await assert.rejects((await api.open({ timeout: 100 })).get("/x"), /^UserError: the cluster "here".* does not answer/);
  });

  it("so are a kubeconfig, a context or a login that does not work", async () => {
    await assert.rejects(Kube.open(join(api.folder, "missing"), "here"), /^UserError: .*missing can not be read: ENOENT/);
    await api.open();
    await assert.rejects(Kube.open(api.kubeconfig, "there"), /^UserError: .*kubeconfig has no context "there"/);
    const kube = await api.open({ user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "no-such-login-helper" } } });
    await assert.rejects(kube.get("/x"), /^UserError: context "here" can not be used: .*no-such-login-helper/);
  });
});
