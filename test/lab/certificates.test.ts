import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { connect, type PeerCertificate } from "node:tls";
import { acmeSolver, CertManager } from "../e2e/helpers/cert-manager";
import { until } from "../e2e/helpers/until";
import { Lab, say } from "./lab";

const solverImage = "acmesolver:lab";
const domain = "www.secure.example";

/** Solvers in real pods, asked through the real ingress controller, between the walls of a store. */
describe("Certificates, in the lab", function () {
  this.timeout(15 * 60_000);
  const lab = new Lab();
  const manager = new CertManager(lab);

  before(async function () {
    this.timeout(90 * 60_000);
    CertManager.build();
    loadSolver();
    lab.list(`{ name: secure, engine: woocommerce, domains: [${domain}] }`);
    await lab.up();
    await manager.install();
    await manager.startController(solverImage);
    // It makes the namespace in which the account with the other authority is kept, too.
    await manager.ownAuthority("own");
    const solvers = [{ http01: { ingress: { ingressClassName: "traefik", serviceType: "ClusterIP" } } }];
    await manager.issuer("acme", { acme: { ...(await manager.startAuthority()), solvers } });
    await manager.ready("clusterissuers/acme");
  });
  after(async () => {
    await lab.stores("destroy", "--all", "--yes");
    await manager.uninstall();
    manager.remove();
    await lab.remove();
  });

  /** On the node, with the lab's means. */
  function loadSolver(): void {
    const tools = join(process.env.LAB ?? assert.fail("LAB has to name the folder of the lab"), "images");
    const root = join(lab.folder, "solver");
    mkdirSync(root);
    copyFileSync(acmeSolver(), join(root, "acmesolver"));
    const config = JSON.stringify({ User: "1000:1000", Entrypoint: ["/acmesolver"], Cmd: [] });
    execFileSync(join(tools, "build"), ["acmesolver", "--from", "redis", "--rootfs-overlay", root, "--owner", "0:0", "--config", config, "--tag", solverImage], { stdio: ["ignore", "ignore", "inherit"] });
    execFileSync(join(tools, "load"), ["acmesolver"], { stdio: ["ignore", "ignore", "inherit"] });
    rmSync(root, { recursive: true });
  }

  /** What Traefik shows for a host; undefined where it shows none. */
  const shown = (host: string) =>
    new Promise<PeerCertificate>((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port: 443, servername: host, rejectUnauthorized: false, timeout: 10_000 }, () => {
        resolve(socket.getPeerCertificate());
        socket.end();
      });
      socket.on("error", reject);
      socket.on("timeout", () => socket.destroy(new Error(`nobody answers for ${host} on port 443`)));
    });
  const names = async (host: string) => (await shown(host)).subjectaltname ?? "";
  const generated = lab.host("secure");
  const everyHost = generated.replace(/^[^.]+/, "*");
  const well = async () => {
    const { phase, reason } = await lab.statusOf("secure");
    return phase === "READY" && reason === null;
  };
  /** Looks all the while whether a certificate for the host is shown. */
  async function neverBare<T>(work: Promise<T>): Promise<T> {
    let [busy, looks, bare] = [true, 0, 0];
    const looking = until("the work is done", async () => {
      const covering = await names(generated);
      if (busy && covering !== `DNS:${generated}` && covering !== `DNS:${everyHost}`) bare += 1;
      looks += 1;
      return !busy;
    }, 600, 100);
    const result = await work.finally(() => (busy = false));
    await looking;
    say(`${looks} looks, ${bare} without a certificate`);
    assert.equal(bare, 0);
    return result;
  }

  it("come by ACME: solvers run under Pod Security and quota, and are reached through Traefik", async () => {
    lab.settings({ tls: { issuer: "acme" } });
    await lab.ok("cluster", "up");
    await lab.ok("apply");
    await until("the shop is well", well, 120);
    for (const host of [generated, domain]) {
      await until(`Traefik shows that of ${host}`, async () => (await names(host)) === `DNS:${host}`, 30);
      assert.match(String((await shown(host)).issuer.CN), /^Pebble Intermediate/);
    }
    for (const { metadata, status } of await lab.objects("secure", "certificates", "/apis/cert-manager.io/v1")) {
      const seconds = (Date.parse(status!.conditions[0].lastTransitionTime) - Date.parse(metadata.creationTimestamp)) / 1000;
      say(`${metadata.name}: Ready after ${seconds} s`);
      assert.ok(seconds <= 40);
    }
    const events = (await lab.objects("secure", "events")) as unknown as { reason: string; message: string }[];
    assert.deepEqual(events.filter(({ reason }) => reason === "FailedCreate" || reason === "BadConfig").map(({ message }) => message), []);
    assert.deepEqual((await lab.podsOf("secure")).filter(({ name }) => name.startsWith("cm-acme")), [], "solvers are gone");
    assert.equal((await lab.send(generated, "GET", "/shop/")).status, 308);
  });

  it("are one for all generated hosts and one each again, without a moment in between", async () => {
    lab.settings({ tls: { issuer: "own", wildcard: true } });
    await neverBare(lab.ok("cluster", "up"));
    await neverBare(lab.ok("apply"));
    await until("the shop is well", well, 60);
    await until("Traefik shows that of all hosts", async () => (await names(generated)) === `DNS:${everyHost}`, 30);
    assert.equal(await names(domain), `DNS:${domain}`);
    const secrets = (await lab.kube.list("/api/v1/secrets")).filter(({ metadata }) => metadata.annotations?.["cert-manager.io/certificate-name"] === "wildcard-tls");
    assert.deepEqual(secrets.map(({ metadata }) => metadata.namespace), ["storefleet-system"]);

    lab.settings({ tls: { issuer: "own" } });
    await neverBare(lab.ok("cluster", "up"));
    await neverBare(lab.ok("apply"));
    await until("the shop is well", well, 60);
    await neverBare(lab.ok("cluster", "up"));
    await until("Traefik shows its own", async () => (await names(generated)) === `DNS:${generated}`, 30);
  });

  it("of one domain that does not come keeps no other from its own", async () => {
    lab.list(`{ name: secure, engine: woocommerce, domains: [blocked.example, ${domain}] }`);
    lab.settings({ tls: { issuer: "acme" } });
    await lab.ok("cluster", "up");
    await lab.ok("apply");
    await until("the reason is told", async () => /blocked\.example: order: .*rejectedIdentifier/.test((await lab.statusOf("secure")).reason ?? ""), 120);
    assert.equal((await lab.statusOf("secure")).phase, "READY");
    for (const host of [generated, domain]) await until(`Traefik shows that of ${host}`, async () => (await names(host)) === `DNS:${host}`, 60);
  });
});
