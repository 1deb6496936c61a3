import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../../config/root";
import { certificateFile, keyFile, writeCertificates } from "../../../scripts/machine/cluster/embedded/certificates";

const files = join(projectRoot, "components/medusa/chart/files");
const portOf = (server: Server | TlsServer) => String((server.address() as AddressInfo).port);

/** Runs a script of the chart; what the caller's environment says about certificates stays out. */
async function run(script: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [join(files, script)], { stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env.PATH, ...env } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  const [code] = await once(child, "close");
  return { code: code as number, output };
}

describe("publish-key.mjs of the Medusa chart", function () {
  this.timeout(20_000);
  let folder: string;
  let api: TlsServer;
  let seen: { line: string; authorization?: string; type?: string; body: unknown }[];
  let refusals: number;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "medusa-key-"));
    await writeCertificates(folder);
    writeFileSync(join(folder, "key"), "pk_0123\n");
    writeFileSync(join(folder, "token"), "token-canary");
    const tls = { cert: readFileSync(certificateFile(folder, "apiserver")), key: readFileSync(keyFile(folder, "apiserver")) };
    api = createServer(tls, async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const { authorization, "content-type": type } = request.headers;
      seen.push({ line: `${request.method} ${request.url}`, authorization, type, body: JSON.parse(body) });
      response.statusCode = refusals-- > 0 ? 403 : 200;
      response.end(JSON.stringify({ message: "secrets is forbidden" }));
    });
    api.listen(0, "127.0.0.1");
    await once(api, "listening");
  });
  after(() => {
    api.closeAllConnections();
    api.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    seen = [];
    refusals = 0;
  });

  const publish = (env: Record<string, string> = {}) =>
    run("publish-key.mjs", {
      KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: portOf(api), NODE_EXTRA_CA_CERTS: certificateFile(folder, "ca"), NAMESPACE: "store-a",
      SECRET_NAME: "medusa-storefront", KEY_FILE: join(folder, "key"), TOKEN_FILE: join(folder, "token"), WAIT_SECONDS: "10", ...env,
    });

  it("patches the key into its Secret, and never shows the token", async () => {
    const { code, output } = await publish();
    assert.equal(code, 0, output);
    assert.deepEqual(seen, [
      {
        line: "PATCH /api/v1/namespaces/store-a/secrets/medusa-storefront", authorization: "Bearer token-canary",
        type: "application/merge-patch+json", body: { stringData: { "publishable-key": "pk_0123" } },
      },
    ]);
    assert.doesNotMatch(output, /canary/);
  });

  it("tries again, since what allows it may be younger than its pod", async () => {
    refusals = 1;
    const { code, output } = await publish();
    assert.equal(code, 0, output);
    assert.equal(seen.length, 2);
  });

  it("says why when it gives up", async () => {
    refusals = Infinity;
    const { code, output } = await publish({ WAIT_SECONDS: "0" });
    assert.equal(code, 1);
    assert.match(output, /^error: the Kubernetes API did not take the key into Secret medusa-storefront: 403: secrets is forbidden/);
    assert.doesNotMatch(output, /canary/);
  });

  it("sends its token to nobody but the cluster's API", async () => {
    const { code, output } = await publish({ NODE_EXTRA_CA_CERTS: certificateFile(folder, "etcd-ca"), WAIT_SECONDS: "0" });
    assert.equal(code, 1);
    assert.match(output, /certificate/);
    assert.deepEqual(seen, []);
  });
});

describe("wait-for-server.mjs of the Medusa chart", function () {
  this.timeout(20_000);

  it("waits until the server is ready, and says for what", async () => {
    const statuses = [503, 503, 200];
    const server = createHttpServer((_, response) => {
      response.statusCode = statuses.shift() ?? 200;
      response.end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { code, output } = await run("wait-for-server.mjs", { MEDUSA_BACKEND_URL: `http://127.0.0.1:${portOf(server)}` });
    server.closeAllConnections();
    server.close();
    assert.equal(code, 0, output);
    assert.equal(statuses.length, 0);
    assert.match(output, /^waiting for http:\/\/127\.0\.0\.1:\d+\/ready: it answered 503\n$/);
  });

  it("ends when asked to, as the first process of a container too", async () => {
    const child = spawn(process.execPath, [join(files, "wait-for-server.mjs")], { env: { MEDUSA_BACKEND_URL: "http://127.0.0.1:1" }, stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    // By an exit of its own: the kernel keeps the signal alone from process 1.
    assert.deepEqual(await once(child, "close"), [143, null]);
  });
});
