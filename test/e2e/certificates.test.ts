import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { CertManager } from "./helpers/cert-manager";
import { Fleet } from "./helpers/fleet";
import { until } from "./helpers/until";
import type { KubeObject } from "../../kube";
import { forEachLimited } from "../../scripts/machine/os/limited";

const shop = "{ name: shop, engine: woocommerce, domains: [shop.example.org] }";
const suffix = ".127.0.0.1.nip.io";
const certificates = "/apis/cert-manager.io/v1";
const ingresses = "/apis/networking.k8s.io/v1";
/** For the figures of docs/performance.md: CERTIFICATE_HOSTS=1000 npm test -- test/e2e/certificates.test.ts --grep "in one go" */
const hosts = Number(process.env.CERTIFICATE_HOSTS ?? 50);

/** Seconds from an object's making to its being ready, as its own times tell. */
function secondsToReady({ metadata, status }: KubeObject): number {
  const ready = ((status?.conditions ?? []) as { type: string; status: string; lastTransitionTime: string }[]).find((it) => it.type === "Ready" && it.status === "True");
  return (Date.parse(ready?.lastTransitionTime ?? "") - Date.parse(metadata.creationTimestamp)) / 1000;
}

describe("certificates by cert-manager", function () {
  this.timeout(300_000);
  const fleet = new Fleet();
  let manager: CertManager;

  before(async function () {
    // Its controller is built once.
    this.timeout(60 * 60_000);
    CertManager.build();
    fleet.list(shop);
    await fleet.up();
    assert.equal((await fleet.apply()).rows.shop!.result, "created");
    manager = new CertManager(fleet);
  });
  after(async () => {
    manager?.remove();
    await fleet.remove();
  });

  function tls(value: object | undefined): void {
    const file = join(fleet.project, "Pulumi.local.yaml");
    const settings = parse(readFileSync(file, "utf8")) as { config: Record<string, object> };
    settings.config["storefleet:settings"] = { ...settings.config["storefleet:settings"], tls: value };
    writeFileSync(file, stringify(settings));
  }
  const certificate = (name: string, namespace = fleet.namespace("shop")) => fleet.kube.get(`${certificates}/namespaces/${namespace}/certificates/${name}`);
  const secret = (name: string, namespace = fleet.namespace("shop")) => fleet.kube.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
  const ingress = (name: string, namespace = fleet.namespace("shop")) => fleet.kube.get(`${ingresses}/namespaces/${namespace}/ingresses/${name}`);
  const rowOf = async (store: string) => (await fleet.status(store))[0]!;
  const well = async (store: string) => {
    const { phase, reason } = await rowOf(store);
    return phase === "READY" && reason === null;
  };
  /** What the ingress controller shows for the shop's own host: by its own Secret, or by that of all hosts. */
  async function covered(): Promise<boolean> {
    const [own, all, generated, every] = await Promise.all([ingress("woocommerce"), ingress("wildcard", "storefleet-system"), secret("woocommerce-tls"), secret("wildcard-tls", "storefleet-system")]);
    return Boolean((own?.spec?.tls && generated?.data?.["tls.crt"]) || (all && every?.data?.["tls.crt"]));
  }
  /** Looks all the while whether there is a certificate for the shop's host. */
  async function neverBare<T>(work: Promise<T>): Promise<T> {
    let [busy, looks, bare] = [true, 0, 0];
    const looking = until("the work is done", async () => {
      if (busy && !(await covered())) bare += 1;
      looks += 1;
      return !busy;
    }, 240, 50);
    const result = await work.finally(() => (busy = false));
    await looking;
    assert.deepEqual([looks > 3, bare], [true, 0]);
    return result;
  }
  const refused = async (args: string[], message: RegExp, code = 3) => {
    const ended = await fleet.stores(...args);
    assert.deepEqual([ended.code, message.test(ended.stderr)], [code, true], ended.stderr);
  };
  it("are refused where cert-manager or the issuer is missing, or not ready, and nothing is touched", async () => {
    const before = (await ingress("woocommerce"))!.metadata.resourceVersion;
    tls({ issuer: "own" });
    await refused(["cluster", "up"], /ClusterIssuer own \(Pulumi\.local\.yaml: storefleet:settings\.tls\.issuer\) is not in the cluster; nothing was touched\n.*docs\/certificates\.md/);
    await manager.install();
    await refused(["cluster", "up"], /is not in the cluster/);
    await manager.issuer("own", { ca: { secretName: "missing" } });
    await refused(["cluster", "up"], /ClusterIssuer own .* is not ready, and cert-manager says nothing of it — does it run\?/);
    await manager.startController();
    await until("cert-manager has looked at the issuer", async () => (await fleet.kube.get(`${certificates}/clusterissuers/own`))?.status?.conditions !== undefined);
    await refused(["cluster", "up"], /is not ready: Error getting keypair for CA issuer: .*"missing" not found; nothing was touched\n.*kubectl describe clusterissuer own/);
    assert.equal((await ingress("woocommerce"))!.metadata.resourceVersion, before);
    assert.match((await rowOf("shop")).url, /^http:/);
  });

  it("come for every host within seconds, one each", async () => {
    await manager.ownAuthority("own");
    await fleet.ok("cluster", "up");
    assert.equal((await fleet.apply()).rows.shop!.result, "updated");
    await until("the shop is READY", () => well("shop"), 20);
    const { url, certificates: its } = await rowOf("shop");
    const { hostname } = new URL(url);
    assert.deepEqual(its.map(({ host, reason }) => [host, reason]), [[hostname, null], ["shop.example.org", null]]);
    for (const [name, host] of [["woocommerce-tls", hostname], ["woocommerce-eba1c86c-tls", "shop.example.org"]] as const) {
      const shown = new X509Certificate(Buffer.from((await secret(name))!.data!["tls.crt"]!, "base64"));
      assert.equal(shown.subjectAltName, `DNS:${host}`);
      assert.equal(new Date(shown.validTo).toISOString(), new Date(its.find((it) => it.host === host)!.notAfter!).toISOString());
      const seconds = secondsToReady((await certificate(name))!);
      assert.ok(seconds <= 5, `${host}: ${seconds} s`);
    }
    const { stdout } = await fleet.ok("status", "shop");
    assert.match(stdout, /CERTIFICATE +URL\nshop .* (89d 23h|90d 0h) +https:\/\/[^]*\nHOST +CERTIFICATE UNTIL\nstore-shop-.* 20\d\d-\S+Z\nshop\.example\.org +20\d\d-\S+Z\n/);
    assert.match((await fleet.ok("metrics")).stdout, /storefleet_certificate_not_after_seconds\{env="local",store="shop",host="shop\.example\.org"\} 1\d{9}\n/);
  });

  it("are one for all generated hosts when the settings say so; custom domains keep theirs, and no store gets its key", async () => {
    const domain = (await certificate("woocommerce-eba1c86c-tls"))!.metadata.uid;
    tls({ issuer: "own", wildcard: true });
    await neverBare(fleet.ok("cluster", "up"));
    assert.equal((await neverBare(fleet.apply())).rows.shop!.result, "updated");
    assert.equal((await ingress("woocommerce"))!.spec!.tls, undefined);
    await until("its own is gone", async () => (await certificate("woocommerce-tls")) === undefined);
    assert.equal(await secret("woocommerce-tls"), undefined);
    assert.equal((await certificate("woocommerce-eba1c86c-tls"))!.metadata.uid, domain);
    const { "tls.crt": text = "", "tls.key": key } = (await secret("wildcard-tls", "storefleet-system"))!.data!;
    const shown = new X509Certificate(Buffer.from(text, "base64"));
    assert.equal(shown.subjectAltName, `DNS:*${suffix}`);
    const holders = (await fleet.kube.list("/api/v1/secrets")).filter(({ data }) => data?.["tls.key"] === key);
    assert.deepEqual(holders.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`), ["storefleet-system/wildcard-tls"]);
    await fleet.assertSound("shop");
    assert.equal((await rowOf("shop")).certificates[0]!.notAfter, new Date(shown.validTo).toISOString().replace(".000Z", "Z"));
    const events = (await fleet.kube.list("/api/v1/events")) as unknown as { reason: string; message: string }[];
    assert.deepEqual(events.filter(({ reason }) => reason === "BadConfig"), []);
  });

  it("are one each again without the setting; the one for all goes when nobody lives on it", async () => {
    tls({ issuer: "own" });
    const { stderr } = await neverBare(fleet.ok("cluster", "up"));
    assert.match(stderr, /the certificate of all hosts stays, since 1 store has none of their own yet: after \.\/scripts\/stores apply/);
    assert.equal((await neverBare(fleet.apply())).rows.shop!.result, "updated");
    await until("the shop has its own", async () => (await certificate("woocommerce-tls")) !== undefined && (await well("shop")));
    assert.match((await neverBare(fleet.ok("cluster", "up"))).stderr, /removed the certificate of all hosts/);
    assert.deepEqual([await ingress("wildcard", "storefleet-system"), await certificate("wildcard-tls", "storefleet-system"), await secret("wildcard-tls", "storefleet-system")], [undefined, undefined, undefined]);
    await fleet.assertSound("shop");
    assert.doesNotMatch((await fleet.ok("cluster", "up")).stderr, /certificate/);
  });

  it("are renewed before they end", async () => {
    const name = "woocommerce-eba1c86c";
    const path = `${ingresses}/namespaces/${fleet.namespace("shop")}/ingresses/${name}`;
    const annotate = (duration: string | null, before: string | null) => fleet.kube.merge(path, { metadata: { annotations: { "cert-manager.io/duration": duration, "cert-manager.io/renew-before": before } } });
    await annotate("1h", "59m50s");
    await fleet.kube.remove(`/api/v1/namespaces/${fleet.namespace("shop")}/secrets/${name}-tls`);
    const end = async () => Date.parse((await rowOf("shop")).certificates[1]!.notAfter ?? "");
    await until("it lasts for an hour", async () => (await end()) < Date.now() + 3_601_000);
    const first = await end();
    await until("it lasts longer", async () => (await end()) > first);
    assert.ok(((await certificate(`${name}-tls`))!.status!.revision as number) >= 2);
    await annotate(null, null);
    await fleet.kube.remove(`/api/v1/namespaces/${fleet.namespace("shop")}/secrets/${name}-tls`);
    await until("it lasts as ever", async () => (await end()) > Date.now() + 80 * 86_400_000);
    await until("the shop is well", () => well("shop"));
  });

  it("come by ACME, through the walls of the stores, and tell why they do not", async () => {
    const late = "{ name: late, engine: medusa, domains: [blocked.example] }";
    const solver = (more: object) => [{ http01: { ingress: { ingressClassName: "traefik", ...more } } }];
    const spec = await manager.startAuthority();
    await manager.issuer("acme", { acme: { ...spec, solvers: solver({}) } });
    await manager.ready("clusterissuers/acme");
    manager.answering = false;
    fleet.list(shop, late);
    tls({ issuer: "acme" });
    await refused(["cluster", "up"], /ClusterIssuer acme .* answers HTTP-01 by Services with node ports/);
    await manager.issuer("acme", { acme: { ...spec, solvers: solver({ serviceType: "ClusterIP" }) } });
    await fleet.ok("cluster", "up");
    assert.deepEqual(Object.values((await fleet.apply()).rows).map(({ result }) => result), ["updated", "created"]);
    // The old authority's certificates hold on; the new shop has none.
    await until("the challenge's reason is told", async () => {
      const { phase, reason } = await rowOf("late");
      return phase === "PROVISIONING" && /^no valid certificate of store-late-\S+: HTTP-01 challenge: Waiting for HTTP-01 challenge propagation: wrong status code '404', expected '200' — kubectl describe challenge \S+ -n store-late-/.test(reason ?? "");
    });
    assert.match((await fleet.ok("status")).stdout, /late +medusa +PROVISIONING .* missing +https:\S+ {2}no valid certificate of store-late-/);
    assert.equal((await rowOf("shop")).phase, "READY");

    manager.answering = true;
    await until("the shop is well again, by the other authority", () => well("shop"), 90);
    await until("the new one is READY", async () => (await rowOf("late")).phase === "READY", 90);
    const blocked = await rowOf("late");
    assert.match(blocked.reason ?? "", /^no valid certificate of blocked\.example: order: .*rejectedIdentifier.* — kubectl describe order /);
    const solvers = (await fleet.objects("late", "events")) as unknown as { reason: string; message: string }[];
    assert.deepEqual(solvers.filter(({ reason }) => reason === "FailedCreate").map(({ message }) => message), []);

    fleet.list(shop, late, "{ name: next, engine: woocommerce }");
    await fleet.ok("apply", "next");
    await until("the next one is READY", () => well("next"), 60);
    const seconds = secondsToReady((await certificate("woocommerce-tls", fleet.namespace("next")))!);
    assert.ok(seconds <= 20, `${seconds} s`);
  });

  it("of all hosts that will not come end cluster up with the reason; no store is touched, and the next run converges", async () => {
    tls({ issuer: "acme", wildcard: true });
    const before = (await ingress("woocommerce"))!.metadata.resourceVersion;
    await refused(["cluster", "up"], /environment local: no valid certificate of \*\.127\.0\.0\.1\.nip\.io: .*\nNo store was touched\./, 1);
    await refused(["apply", "shop"], /no valid certificate of \*\.127\.0\.0\.1\.nip\.io: .*\nWithout it no store could be reached; none was touched\./);
    assert.equal((await ingress("woocommerce"))!.metadata.resourceVersion, before);
    assert.equal(await well("shop"), true);
    tls({ issuer: "acme" });
    assert.match((await fleet.ok("cluster", "up")).stderr, /removed the certificate of all hosts/);
    await fleet.assertSound("shop", "next");
  });
});

describe("many certificates by cert-manager", function () {
  this.timeout(30 * 60_000);
  const fleet = new Fleet();
  let manager: CertManager;
  after(async () => {
    manager?.remove();
    await fleet.remove();
  });

  it(`of ${hosts} hosts come in one go`, async () => {
    fleet.list();
    await fleet.up();
    manager = new CertManager(fleet);
    await manager.install();
    await manager.startController();
    await manager.ownAuthority("own");
    const all = Array.from({ length: hosts }, (_, index) => `many-${index}`);
    const started = Date.now();
    await forEachLimited(all, 8, new AbortController().signal, async (name) => {
      await fleet.kube.apply(`/api/v1/namespaces/${name}`, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
      await fleet.kube.apply(`${ingresses}/namespaces/${name}/ingresses/host`, {
        apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name: "host", namespace: name, labels: { many: "true" }, annotations: { "cert-manager.io/cluster-issuer": "own" } },
        spec: { ingressClassName: "traefik", rules: [{ host: `${name}${suffix}` }], tls: [{ hosts: [`${name}${suffix}`], secretName: "host-tls" }] },
      });
    });
    const made = Date.now();
    const ready = async () => (await fleet.kube.list(`${certificates}/certificates`, { labels: "many=true" })).filter((it) => secondsToReady(it) >= 0);
    await until("all are ready", async () => (await ready()).length === hosts, 20 * 60, 500);
    const each = (await ready()).map(secondsToReady).sort((a, b) => a - b);
    const seconds = (Date.now() - started) / 1000;
    if (process.env.CERTIFICATE_HOSTS) console.log(`      ${hosts} hosts: all ready ${seconds} s after the first was asked for, ${(Date.now() - made) / 1000} s after the last; the slowest took ${each.at(-1)} s, the median ${each[hosts >> 1]} s`);
    assert.ok(seconds < 5 * hosts, `${seconds} s`);
  });
});
