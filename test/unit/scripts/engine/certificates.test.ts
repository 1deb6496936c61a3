import assert from "node:assert/strict";
import { parseSettings } from "../../../../config/environment";
import { UserError } from "../../../../config/errors";
import { namespaceOf } from "../../../../config/names";
import { dropUnused, requireCertificates, settleCertificates } from "../../../../scripts/engine/certificates";
import { labels } from "../../../../stores/labels";
import { FakeKube } from "../../helpers/fake-kube";
import { putStore } from "../../helpers/fleet";

const settings = (tls?: object) => parseSettings("local", { hostSuffix: ".example.com", egress: "deny", mailCatcher: true, helmTimeout: 1, ...(tls && { tls }) });
const everyHost = settings({ issuer: "it", wildcard: true });
const ready = { conditions: [{ type: "Ready", status: "True" }], notAfter: "2999-01-01T00:00:00Z" };
const failed = { lastFailureTime: "2026-01-01T00:00:00Z", conditions: [{ type: "Issuing", status: "False", reason: "Failed", message: "no DNS-01 solver" }] };
const issuer = (status: object = ready) => new FakeKube().put("/apis/cert-manager.io/v1/clusterissuers/it", { status });
const certificate = (kube: FakeKube, namespace: string, name: string, hosts: string[], status: object = ready) =>
  kube.put(`/apis/cert-manager.io/v1/namespaces/${namespace}/certificates/${name}`, { metadata: { labels: { [labels.env]: "local" } }, spec: { dnsNames: hosts }, status });
const wildcard = (kube: FakeKube, status?: object) => certificate(kube, "storefleet-system", "wildcard-tls", ["*.example.com"], status);
const settle = async (kube: FakeKube, its: ReturnType<typeof settings>) => {
  const said: string[] = [];
  await settleCertificates(kube.asKube, "local", its, new AbortController().signal, (line) => said.push(line));
  return said;
};

describe("certificates of an environment", () => {
  it("an apply touches no store before its issuer is ready, and the certificate of all hosts is there", async () => {
    const refusal = (kube: FakeKube, its = everyHost) => requireCertificates(kube.asKube, "local", its).then(() => undefined, (error: UserError) => [error.code, error.message]);
    assert.equal(await refusal(new FakeKube(), settings()), undefined);
    assert.equal(await refusal(issuer(), settings({ issuer: "it" })), undefined);
    assert.match(String(await refusal(new FakeKube(), settings({ issuer: "it" }))), /^no-certificate,ClusterIssuer it .* is not in the cluster/);
    assert.match(String(await refusal(issuer({ conditions: [{ type: "Ready", status: "False", message: "gone" }] }))), /^no-certificate,ClusterIssuer it .* is not ready: gone/);
    assert.match(String(await refusal(issuer())), /^no-certificate,no certificate of \*\.example\.com was asked for yet.*\nWithout it no store could be reached; none was touched\.$/);
    assert.match(String(await refusal(wildcard(issuer(), failed))), /no valid certificate of \*\.example\.com: no DNS-01 solver — kubectl describe certificate wildcard-tls -n storefleet-system/);
    assert.equal(await refusal(wildcard(issuer())), undefined);
    assert.equal(await refusal(wildcard(issuer(), { ...failed, notAfter: "2020-01-01T00:00:00Z" })), undefined, "one that has run out is no reason to leave the stores as they are");
  });

  it("cluster up waits for the certificate of all hosts, and ends at once where there will be none", async () => {
    const kube = wildcard(new FakeKube(), {});
    let looks = 0;
    kube.before = (path) => {
      if (path.endsWith("/certificates") && ++looks === 3) wildcard(kube);
    };
    assert.deepEqual(await settle(kube, { ...everyHost, helmTimeout: 60 }), ["environment local: waiting for the certificate of *.example.com"]);
    await assert.rejects(settle(wildcard(new FakeKube(), failed), { ...everyHost, helmTimeout: 600 }), /^UserError: environment local: no valid certificate of \*\.example\.com: no DNS-01 solver/);
    await assert.rejects(settle(new FakeKube(), everyHost), /no certificate of \*\.example\.com was asked for yet/, "the time is up");
  });

  it("the certificate of all hosts goes when the setting is gone and no store lives on it", async () => {
    const ingress = "/apis/networking.k8s.io/v1/namespaces/storefleet-system/ingresses/wildcard";
    const kube = new FakeKube().put(ingress);
    const namespace = namespaceOf("local", "acme");
    const path = putStore(kube, "acme");
    const receipt = [...kube.objects].find(([at, { data }]) => at.startsWith(path) && data?.url)![1];
    receipt.data!.url = "https://acme.example.com";
    const stays = /^environment local: the certificate of all hosts stays, since 1 store has none of their own yet: after \.\/scripts\/stores apply/;
    assert.deepEqual(await settle(wildcard(kube), everyHost), []);
    assert.match(String(await settle(kube, settings({ issuer: "it" }))), stays);
    certificate(kube, namespace, "own-tls", ["acme.example.com"], failed);
    assert.match(String(await settle(kube, settings({ issuer: "it" }))), stays);
    certificate(kube, namespace, "own-tls", ["acme.example.com"]);
    assert.deepEqual(await settle(kube, settings({ issuer: "it" })), ["environment local: removed the certificate of all hosts, which no store needs any more"]);
    assert.equal(kube.objects.has(ingress), false);
    kube.put(ingress).objects.delete(`/apis/cert-manager.io/v1/namespaces/${namespace}/certificates/own-tls`);
    assert.match(String(await settle(kube, settings())), stays);
    receipt.data!.url = "http://acme.example.com";
    await settle(kube, settings());
    assert.equal(kube.objects.has(ingress), false, "back on http, none needs it");
  });

  it("what an Ingress brought about and none names any more goes, and nothing else", async () => {
    const namespace = "store-acme";
    const issued = (name: string) => ({ metadata: { labels: { "controller.cert-manager.io/fao": "true" }, annotations: { "cert-manager.io/certificate-name": name } } });
    const kube = new FakeKube().put(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/woocommerce`, { spec: { tls: [{ hosts: ["a"], secretName: "own-tls" }] } });
    const secret = (name: string, more: { metadata?: object }) => kube.put(`/api/v1/namespaces/${namespace}/secrets/${name}`, more);
    const path = (name: string) => `/apis/cert-manager.io/v1/namespaces/${namespace}/certificates/${name}`;
    const byIngress = { ownerReferences: [{ uid: "it", kind: "Ingress" }] };
    for (const name of ["own-tls", "orphan-tls", "left-tls", "by-hand-tls"]) secret(name, issued(name));
    secret("theirs", {});
    kube.put(path("own-tls"), { metadata: byIngress, spec: { secretName: "own-tls" } });
    kube.put(path("left-tls"), { metadata: byIngress, spec: { secretName: "left-tls" } });
    kube.put(path("by-hand-tls"), { spec: { secretName: "by-hand-tls" } });
    await dropUnused(kube.asKube, namespace);
    const gone = [`/api/v1/namespaces/${namespace}/secrets/orphan-tls`, path("left-tls"), `/api/v1/namespaces/${namespace}/secrets/left-tls`];
    assert.deepEqual(kube.changes, gone.map((it) => `DELETE ${it}`));
  });
});
