import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createProxy, type IncomingMessage, type Server } from "node:http";
import { createServer } from "node:https";
import { connect, createServer as createPlain, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificateFile, keyFile, writeCertificates } from "../../../scripts/machine/cluster/embedded/certificates";
import { Kube } from "../../../kube";
import { tool } from "../helpers/tool";

/** Variables of this process that would get between us and the test's server. */
const proxyVariables = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);

describe("a kubeconfig", function () {
  // kubectl's own start takes its time on a busy machine.
  this.timeout(60_000);
  let folder: string;
  let server: Server;
  let proxy: Server;
  let port: number;
  let proxied: string[];
  let asked: IncomingMessage[];
  const former: Record<string, string | undefined> = {};

  const listen = async (it: Server) => {
    await new Promise<void>((resolve) => it.listen(0, "127.0.0.1", resolve));
    return (it.address() as AddressInfo).port;
  };
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "storefleet-kubeconfig-"));
    await writeCertificates(folder);
    const [cert, key] = [certificateFile(folder, "apiserver"), keyFile(folder, "apiserver")].map((file) => readFileSync(file));
    server = createServer({ cert, key }, (request, response) => {
      asked.push(request);
      const known = ["Bearer from-helper", "Bearer from-file"].includes(request.headers.authorization ?? "");
      response.writeHead(request.url === "/private" && !known ? 401 : 200, { "content-type": "application/json" }).end("{}");
    });
    port = await listen(server);
    // Whatever name it is asked for leads to the server: what nothing else could resolve.
    proxy = createProxy().on("connect", (request: IncomingMessage, client: Socket) => {
      proxied.push(request.url!);
      const upstream = connect(port, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        upstream.pipe(client).pipe(upstream);
      });
      for (const one of [client, upstream]) one.on("error", () => {});
    });
    proxyPort = await listen(proxy);
  });
  let proxyPort: number;
  after(() => {
    for (const one of [server, proxy]) (one.closeAllConnections(), one.close());
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    [proxied, asked] = [[], []];
    for (const name of proxyVariables) (former[name] = process.env[name], delete process.env[name]);
  });
  afterEach(() => {
    for (const name of proxyVariables) if (former[name] === undefined) delete process.env[name]; else process.env[name] = former[name];
  });

  const authority = () => ({ "certificate-authority": certificateFile(folder, "ca") });
  // Without any login kubectl would ask for one.
  function write(cluster: object, user: object = { token: "any" }): string {
    const file = join(folder, "kubeconfig");
    writeFileSync(file, JSON.stringify({
      apiVersion: "v1", kind: "Config", "current-context": "here",
      clusters: [{ name: "c", cluster: { server: `https://127.0.0.1:${port}`, ...cluster } }],
      users: [{ name: "u", user }],
      contexts: [{ name: "here", context: { cluster: "c", user: "u" } }],
    }));
    return file;
  }
  const kubectl = async (file: string, path: string) => {
    const program = await tool("kubectl");
    return new Promise<boolean>((resolve) => execFile(program, ["--kubeconfig", file, "get", "--raw", path], { timeout: 50_000 }, (error) => resolve(!error)));
  };
  /** Whether we get this path with a kubeconfig; kubectl has to say the same. */
  async function works(file: string, path = "/private"): Promise<boolean> {
    const kube = await Kube.open(file);
    const ours = await kube.text(path).then(() => true, () => false);
    assert.equal(await kubectl(file, path), ours, "kubectl says otherwise");
    return ours;
  }

  it("may name an authority, none, or say that nobody is to be verified", async () => {
    assert.equal(await works(write(authority()), "/readyz"), true);
    assert.equal(await works(write({}), "/readyz"), false);
    assert.equal(await works(write({ "insecure-skip-tls-verify": true }), "/readyz"), true);
  });

  it("may expect another name in the certificate than the address has", async () => {
    process.env.HTTPS_PROXY = `http://127.0.0.1:${proxyPort}`;
    const elsewhere = { ...authority(), server: "https://cluster.test" };
    assert.equal(await works(write(elsewhere), "/readyz"), false);
    assert.equal(await works(write({ ...elsewhere, "tls-server-name": "kubernetes.default.svc" }), "/readyz"), true);
  });

  it("may be behind a proxy that it names", async () => {
    const behind = { server: "https://cluster.test", "insecure-skip-tls-verify": true };
    assert.equal(await works(write(behind), "/readyz"), false);
    assert.equal(await works(write({ ...behind, "proxy-url": `http://127.0.0.1:${proxyPort}` }), "/readyz"), true);
    assert.deepEqual([...new Set(proxied)], ["cluster.test:443"]);
    assert.equal(await (await Kube.open(write(behind))).answers(), false);
  });

  it("may be behind a SOCKS proxy", async () => {
    let asked = 0;
    const socks = createPlain((client) => {
      // The greeting, then the wish for a host; whatever it is, it leads to the server.
      client.once("data", () => {
        client.write(Buffer.from([5, 0]));
        client.once("data", () => {
          asked += 1;
          const upstream = connect(port, "127.0.0.1", () => {
            client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
            upstream.pipe(client).pipe(upstream);
          });
          upstream.on("error", () => {});
        });
      }).on("error", () => {});
    });
    await new Promise<void>((resolve) => socks.listen(0, "127.0.0.1", resolve));
    try {
      const behind = write({ server: `https://127.0.0.2:${port}`, "insecure-skip-tls-verify": true, "proxy-url": `socks5://127.0.0.1:${(socks.address() as AddressInfo).port}` });
      assert.equal(await works(behind, "/readyz"), true);
      assert.equal(asked, 2, "kubectl and we, each through the proxy");
    } finally {
      socks.close();
    }
  });

  it("is asked through one tunnel for ten requests in a row", async () => {
    const kube = await Kube.open(write({ server: "https://cluster.test", "insecure-skip-tls-verify": true, "proxy-url": `http://127.0.0.1:${proxyPort}` }));
    for (let times = 0; times < 10; times++) await kube.text("/readyz");
    assert.deepEqual([asked.length, proxied], [10, ["cluster.test:443"]]);
  });

  it("is reached through the environment's proxy, unless that is not meant for it", async () => {
    process.env.HTTPS_PROXY = `http://127.0.0.1:${proxyPort}`;
    const behind = write({ server: "https://cluster.test", "insecure-skip-tls-verify": true });
    assert.equal(await works(behind, "/readyz"), true);
    process.env.NO_PROXY = "other.test,.test";
    assert.equal(await works(behind, "/readyz"), false);
    proxied = [];
    assert.equal(await works(write({ "insecure-skip-tls-verify": true }), "/readyz"), true);
    assert.deepEqual(proxied, [], "this machine is reached without a proxy");
  });

  it("may log in by a helper program, with what that is told", async () => {
    const helper = join(folder, "helper.sh");
    const script = '#!/bin/sh\ncase "$KUBERNETES_EXEC_INFO" in *client.authentication.k8s.io/v1*) ;; *) exit 1 ;; esac\n' +
      '[ "$1 $PLACE" = "login here" ] && echo \'{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"from-helper"}}\'\n';
    writeFileSync(helper, script, { mode: 0o755 });
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: helper, args: ["login"], env: [{ name: "PLACE", value: "here" }], interactiveMode: "Never" };
    assert.equal(await works(write(authority(), { exec })), true);
    const broken = write(authority(), { exec: { ...exec, args: [] } });
    assert.equal(await works(broken), false);
    // The cluster is there all the same: what is wrong is told by whoever asks it.
    assert.equal(await (await Kube.open(broken)).answers(), true);
  });

  it("may have its token in a file, which goes before one of its own", async () => {
    writeFileSync(join(folder, "token"), "from-file");
    assert.equal(await works(write(authority(), { tokenFile: join(folder, "token"), token: "stale" })), true);
    const refused = await Kube.open(write(authority(), { token: "stale" }));
    await assert.rejects(refused.text("/private"), { status: 401 });
    assert.equal(await refused.answers(), true);
  });
});
