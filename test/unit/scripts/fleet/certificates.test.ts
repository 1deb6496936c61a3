import assert from "node:assert/strict";
import { namespaceOf } from "../../../../config/names";
import { certificateFor, hostCertificate, readCertificates } from "../../../../scripts/fleet/certificates";
import { fleetStatus } from "../../../../scripts/fleet/status";
import { readSettings } from "../../../../config/environment";
import { KubeError } from "../../../../kube";
import { labels } from "../../../../stores/labels";
import { controllerPod, FakeKube } from "../../helpers/fake-kube";
import { observedStore, specOf } from "../../helpers/fleet";

const namespace = namespaceOf("local", "acme");
const host = "acme.shops.example.com";
const domain = "shop.example.org";
const ends = "2027-01-01T00:00:00Z";
const ready = { conditions: [{ type: "Ready", status: "True" }], notAfter: ends };
const missing = { conditions: [{ type: "Ready", status: "False", reason: "DoesNotExist", message: "Issuing certificate as Secret does not exist" }] };
const retried = "The certificate request has failed to complete and will be retried: Failed to wait for order";
const failed = { lastFailureTime: "2026-01-01T00:00:00Z", conditions: [...missing.conditions, { type: "Issuing", status: "False", reason: "Failed", message: retried }] };

const certificate = (kube: FakeKube, name: string, hosts: string[], status: object, at = namespace) =>
  kube.put(`/apis/cert-manager.io/v1/namespaces/${at}/certificates/${name}`, { metadata: { labels: { [labels.env]: "local" } }, spec: { dnsNames: hosts }, status });
const order = (kube: FakeKube, name: string, status: object, created = "2026-01-01T00:00:00Z") =>
  kube.put(`/apis/acme.cert-manager.io/v1/namespaces/${namespace}/orders/${name}`, { metadata: { creationTimestamp: created, annotations: { "cert-manager.io/certificate-name": "own-tls" } }, status });
const challenge = (kube: FakeKube, name: string, status: object, created = "2026-01-01T00:00:00Z", at = namespace) =>
  kube.put(`/apis/acme.cert-manager.io/v1/namespaces/${at}/challenges/${name}`, { metadata: { creationTimestamp: created }, spec: { dnsName: host, type: "HTTP-01" }, status });

const own = async (kube: FakeKube) => hostCertificate((await readCertificates(kube.asKube, "local"))!, namespace, host);

describe("certificates", () => {
  it("that are well are told by one call, and that there is no cert-manager by one as well", async () => {
    const kube = certificate(new FakeKube(), "own-tls", [host], ready);
    assert.deepEqual(await own(kube), { host, notAfter: ends, ready: true, failed: false, reason: null });
    assert.equal(kube.reads.length, 1);
    for (const status of [404, 403]) {
      kube.before = () => {
        throw new KubeError(status, "no");
      };
      assert.equal(await readCertificates(kube.asKube, "local"), undefined, String(status));
    }
    kube.before = () => {
      throw new KubeError(500, "no");
    };
    await assert.rejects(readCertificates(kube.asKube, "local"), KubeError);
  });

  it("that do not come have the reason of who knows best: challenge, order, certificate", async () => {
    const kube = certificate(new FakeKube(), "own-tls", [host], missing);
    const describe = (what: string) => ` — kubectl describe ${what} -n ${namespace}`;
    const told = async () => {
      const { failed: its, reason } = await own(kube);
      return [its, reason];
    };
    assert.deepEqual(await told(), [false, `no valid certificate of ${host}: Issuing certificate as Secret does not exist${describe("certificate own-tls")}`]);
    certificate(kube, "own-tls", [host], failed);
    assert.deepEqual(await told(), [true, `no valid certificate of ${host}: ${retried}${describe("certificate own-tls")}`]);
    order(kube, "first", { state: "errored", reason: "an older one" }, "2025-01-01T00:00:00Z");
    order(kube, "second", { state: "errored", reason: "429 urn:ietf:params:acme:error:rateLimited: too many\n certificates" });
    assert.deepEqual(await told(), [true, `no valid certificate of ${host}: order: 429 urn:ietf:params:acme:error:rateLimited: too many certificates${describe("order second")}`]);
    challenge(kube, "elsewhere", { state: "invalid", reason: "another store's" }, undefined, "store-other");
    challenge(kube, "passed", { state: "valid", reason: "Successfully authorized domain" });
    assert.match(String((await told())[1]), /order: 429/);
    challenge(kube, "mine", { state: "pending", reason: "Waiting for HTTP-01 challenge propagation: wrong status code '404', expected '200'" });
    assert.match(String((await told())[1]), /: HTTP-01 challenge: Waiting for .* expected '200' — kubectl describe challenge mine -n /);
  });

  it("that can not be renewed hold on, and say so", async () => {
    const kube = certificate(new FakeKube(), "own-tls", [host], { ...ready, lastFailureTime: "2026-01-01T00:00:00Z" });
    challenge(kube, "mine", { state: "invalid", reason: "no such host" });
    const { ready: its, notAfter, reason } = await own(kube);
    assert.deepEqual([its, notAfter], [true, ends]);
    assert.match(reason!, /^certificate of acme\.shops\.example\.com is not renewed: HTTP-01 challenge: no such host — /);
  });

  it("of another issuer than the settings name by now hold on until they end", async () => {
    const of = (notAfter: string) => own(certificate(new FakeKube(), "own-tls", [host], { notAfter, conditions: [{ type: "Ready", status: "False", reason: "IncorrectIssuer", message: "issued by another" }] }));
    assert.deepEqual([(await of("2999-01-01T00:00:00Z")).ready, (await of("2020-01-01T00:00:00Z")).ready], [true, false]);
    assert.match((await of("2999-01-01T00:00:00Z")).reason!, /is not renewed: issued by another/);
  });

  it("cover a host by itself, or all of a level by the wildcard, which is nobody else's", async () => {
    const kube = certificate(new FakeKube(), "wildcard-tls", ["*.shops.example.com"], ready, "storefleet-system");
    const all = async () => (await readCertificates(kube.asKube, "local"))!;
    assert.equal(certificateFor(await all(), namespace, host)?.name, "wildcard-tls");
    for (const other of [domain, "shops.example.com", `a.${host}`]) assert.equal(certificateFor(await all(), namespace, other), undefined, other);
    certificate(kube, "own-tls", [host], missing);
    assert.equal(certificateFor(await all(), namespace, host)?.name, "own-tls");
    assert.equal(certificateFor(await all(), "store-other", host)?.name, "wildcard-tls");
    assert.match(hostCertificate([], namespace, host).reason!, /^no certificate of acme\.shops\.example\.com was asked for yet: does cert-manager run\?$/);
  });

  it("decide whether a store is READY at its own address; a custom domain may lead here later", async () => {
    const mine = { labels: { [labels.env]: "local", [labels.store]: "acme" } };
    const kube = new FakeKube().put("/apis/networking.k8s.io/v1/ingressclasses/traefik").put(...controllerPod).put(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/woocommerce`, { metadata: mine });
    const store = observedStore("acme");
    store.receipt!.url = `https://${host}:8443`;
    const row = async () => (await fleetStatus(kube.asKube, "local", [specOf("acme", { domains: [domain] })], new Map([["acme", store]]), { settings: readSettings("local"), secretRevisions: {} }))[0]!;
    const at = async () => {
      const { phase, reason, certificates } = await row();
      return [phase, reason === null, certificates.map(({ host: its, notAfter }) => [its, notAfter])];
    };
    assert.deepEqual(await at(), ["PROVISIONING", false, [[host, null], [domain, null]]]);
    certificate(kube, "own-tls", [host], missing);
    certificate(kube, "domain-tls", [domain], ready);
    assert.deepEqual(await at(), ["PROVISIONING", false, [[host, null], [domain, ends]]]);
    certificate(kube, "own-tls", [host], failed);
    assert.deepEqual((await at()).slice(0, 2), ["FAILED", false]);
    certificate(kube, "own-tls", [host], ready);
    assert.deepEqual(await at(), ["READY", true, [[host, ends], [domain, ends]]]);
    certificate(kube, "domain-tls", [domain], failed);
    assert.deepEqual((await at()).slice(0, 2), ["READY", false]);
    kube.before = (path) => {
      if (path.includes("cert-manager.io")) throw new KubeError(403, "no");
    };
    assert.deepEqual(await at(), ["READY", true, []], "who must not look says nothing");
  });
});
