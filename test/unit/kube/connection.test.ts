import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { UserError } from "../../../config/errors";
import { KubeError } from "../../../kube";
import { json, StubApi, type Asked } from "../helpers/stub-api";

const busy = (response: ServerResponse, code = 429, headers: Record<string, string> = {}) => json(response, { kind: "Status", message: "too many requests" }, code, headers);
const well = (response: ServerResponse) => json(response, { metadata: { name: "x" }, items: [{ metadata: { name: "x" } }] });

describe("the connection to a cluster", () => {
  let api: StubApi;
  before(async () => void (api = await StubApi.start()));
  after(() => api.close());
  beforeEach(() => api.reset());

  /** Answers one request after the other; the last one all that follow. */
  const inTurn = (...answers: ((response: ServerResponse, request: Asked) => void)[]) => {
    api.answer = (request, response) => answers[Math.min(api.asked.length, answers.length) - 1]!(response, request);
  };

  it("is one for ten requests in a row", async () => {
    api.answer = (_, response) => well(response);
    const kube = await api.open();
    for (let times = 0; times < 10; times++) await kube.get("/x");
    assert.deepEqual([api.asked.length, api.connections], [10, 1]);
  });

  for (const code of [429, 503]) {
    it(`a request that is put off with ${code} is made again, also one that changes something`, async () => {
      inTurn((it) => busy(it, code), well);
      const kube = await api.open();
      assert.equal((await kube.get("/x"))?.metadata.name, "x");
      api.asked = [];
      await kube.merge("/x", {});
      assert.deepEqual(api.asked.map(({ method }) => method), ["PATCH", "PATCH"]);
    });
  }

  it("not before the time that the API server names, and not at all where that is too late", async () => {
    const times: number[] = [];
    const note = (response: ServerResponse, answer: (response: ServerResponse) => void) => (times.push(Date.now()), answer(response));
    inTurn((it) => note(it, () => busy(it, 429, { "retry-after": "1" })), (it) => note(it, well));
    await (await api.open()).get("/x");
    assert.ok(times[1]! - times[0]! >= 990, `${times[1]! - times[0]!} ms`);

    api.asked = [];
    inTurn((it) => busy(it, 429, { "retry-after": "60" }));
    await assert.rejects((await api.open()).get("/x"), (error: unknown) => error instanceof KubeError && error.status === 429 && error.message === "too many requests");
    assert.equal(api.asked.length, 1);
  });

  it("one that is put off again and again fails in the end, in the API server's words", async () => {
    inTurn((it) => busy(it, 503));
    await assert.rejects((await api.open({ timeout: 500 })).get("/x"), { status: 503, message: "too many requests" });
    assert.ok(api.asked.length > 1);
  });

  it("other refusals are final", async () => {
    for (const code of [400, 403, 404, 409, 500]) inTurn((it) => busy(it, code)), await (await api.open()).list("/x").catch(() => {});
    assert.equal(api.asked.length, 5);
  });

  it("what a connection that broke had on it is asked again, before an answer and in the middle of one", async () => {
    const cut = (response: ServerResponse) => (response.writeHead(200, { "content-length": "100" }).write("{"), setImmediate(() => response.destroy()));
    for (const broken of [(response: ServerResponse) => void response.destroy(), cut]) {
      api.asked = [];
      inTurn(broken, broken, well);
      assert.deepEqual((await (await api.open()).list("/x")).map(({ metadata }) => metadata.name), ["x"]);
      assert.equal(api.asked.length, 3);
    }
  });

  it("a log is not told twice: once begun it is not asked for again", async () => {
    const kube = await api.open();
    const heard: string[] = [];
    const begun = (response: ServerResponse) => (response.writeHead(200).write("one\n"), setTimeout(() => response.destroy(), 20));
    inTurn((it) => it.destroy(), begun);
    await assert.rejects(kube.lines("/log", (line) => heard.push(line), new AbortController().signal), /does not answer/);
    assert.deepEqual([heard, api.asked.length], [["one"], 2]);
  });

  it("a list that grew old between two pages is read anew, as a whole", async () => {
    api.answer = ({ url }, response) => {
      if (!url.searchParams.has("limit")) json(response, { items: [{ metadata: { name: "a" } }, { metadata: { name: "b" } }], metadata: {} });
      else if (url.searchParams.has("continue")) json(response, { kind: "Status", message: "The provided continue parameter is too old" }, 410);
      else json(response, { items: [{ metadata: { name: "gone" } }], metadata: { continue: "next" } });
    };
    assert.deepEqual((await (await api.open()).list("/x")).map(({ metadata }) => metadata.name), ["a", "b"]);
    assert.equal(api.asked.length, 3);
  });

  it("ends what is under way, or waits to be made again, when nobody wants it any more", async () => {
    for (const answer of [() => {}, (_: Asked, response: ServerResponse) => busy(response, 429, { "retry-after": "4" })]) {
      const enough = new AbortController();
      api.answer = (...it) => (answer(...it), setTimeout(() => enough.abort(), 50));
      const started = Date.now();
      await assert.rejects((await api.open()).heeding(enough.signal).get("/x"), { name: "AbortError" });
      assert.ok(Date.now() - started < 2000);
    }
  });

  it("a login that is not accepted is told with context and server", async () => {
    inTurn((it) => json(it, { kind: "Status", message: "Unauthorized" }, 401));
    await assert.rejects((await api.open()).get("/x"), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.message, `the cluster "here" at ${api.address} does not accept the login of the kubeconfig: Unauthorized`);
      assert.match(error.hint!, /kubectl --context here/);
      return true;
    });
  });

  it("so are refusals", async () => {
    inTurn((it) => busy(it, 403));
    await assert.rejects((await api.open()).get("/x"), { hint: `So says the cluster "here" at ${api.address}.` });
  });

  it("a login that was renewed meanwhile is used", async () => {
    api.answer = ({ authorization }, response) => (authorization === "Bearer new" ? well(response) : json(response, { message: "Unauthorized" }, 401));
    const kube = await api.open({ user: { token: "old" } });
    await api.open({ user: { token: "new" } });
    assert.equal((await kube.get("/x"))?.metadata.name, "x");
    assert.deepEqual(api.asked.map(({ authorization }) => authorization), ["Bearer old", "Bearer new"]);
  });

  it("a login helper is asked once for many requests", async () => {
    const calls = join(api.folder, "calls");
    const helper = join(api.folder, "helper.sh");
    const answer = { apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status: { token: "from-helper" } };
    writeFileSync(calls, "");
    writeFileSync(helper, `#!/bin/sh\necho call >> '${calls}'\necho '${JSON.stringify(answer)}'\n`, { mode: 0o755 });
    api.answer = (_, response) => well(response);
    // Beside the kubeconfig, as kubectl finds it.
    const kube = await api.open({ user: { exec: { apiVersion: answer.apiVersion, command: "./helper.sh", interactiveMode: "Never" } } });
    await Promise.all(Array.from({ length: 5 }, () => kube.get("/x")));
    assert.deepEqual(api.asked.map(({ authorization }) => authorization), Array(5).fill("Bearer from-helper"));
    assert.equal(readFileSync(calls, "utf8"), "call\n");
  });
});
