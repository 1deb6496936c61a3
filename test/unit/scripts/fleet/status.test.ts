import assert from "node:assert/strict";
import { readSettings } from "../../../../config/environment";
import { hostOf, namespaceOf } from "../../../../config/names";
import type { Observed } from "../../../../scripts/fleet/observe";
import { fleetStatus, type StoreStatus } from "../../../../scripts/fleet/status";
import { labels } from "../../../../stores/labels";
import { controllerPod, FakeKube } from "../../helpers/fake-kube";
import { observedStore, specOf } from "../../helpers/fleet";

const namespace = namespaceOf("local", "acme");
const shared = { settings: readSettings("local"), secretRevisions: {} };

const ingress = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/woocommerce`;
const ingressClass = "/apis/networking.k8s.io/v1/ingressclasses/traefik";
const mine = { labels: { [labels.env]: "local", [labels.store]: "acme" } };

/** A cluster in which `acme` has workloads with so many ready pods, and an Ingress. */
function cluster(workloads: Record<string, { ready?: number; wanted?: number }> = { wordpress: { ready: 1 } }): FakeKube {
  const kube = new FakeKube().put(ingressClass).put(...controllerPod).put(ingress, { metadata: mine });
  for (const [name, { ready, wanted }] of Object.entries(workloads)) {
    kube.put(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`, {
      metadata: mine, spec: { replicas: wanted ?? 1 }, status: { readyReplicas: ready },
    });
  }
  return kube;
}
const crashing = (kube: FakeKube) =>
  kube.put(`/api/v1/namespaces/${namespace}/pods/wordpress-0`, {
    status: { containerStatuses: [{ name: "wordpress", image: "wordpress:6", restartCount: 4, state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: { terminated: { exitCode: 3 } } }] },
  });

async function statusOf(more: Partial<Observed> | undefined, kube = cluster(), listed = true): Promise<StoreStatus> {
  const observed = new Map(more ? [["acme", observedStore("acme", more)]] : []);
  const [row] = await fleetStatus(kube.asKube, "local", listed ? [specOf("acme")] : [], observed, shared);
  return row!;
}
const phase = async (...args: Parameters<typeof statusOf>) => {
  const { phase: its, reason } = await statusOf(...args);
  return [its, reason];
};
const release = (status: string) => [{ name: "woocommerce", status, revision: 2 }];

describe("status", () => {
  it("of a store that is well: READY, with everything about it", async () => {
    assert.deepEqual(await statusOf({}), {
      name: "acme",
      engine: "woocommerce",
      phase: "READY",
      url: "http://acme.example.com",
      namespace,
      stack: "local.acme",
      createdAt: "2026-01-01T00:00:00Z",
      provisionSeconds: 90,
      reason: null,
      certificates: [],
      listed: true,
      plan: "small",
      protected: false,
    });
  });

  it("looks into no namespace that is well", async () => {
    const kube = cluster();
    await statusOf({}, kube);
    assert.deepEqual(kube.reads.map(({ path, metadataOnly }) => `${path}${metadataOnly ? " (metadata)" : ""}`).sort(), [
      "/api/v1/namespaces/traefik/pods", "/apis/apps/v1/deployments", "/apis/apps/v1/statefulsets", ingressClass, "/apis/networking.k8s.io/v1/ingresses (metadata)",
    ]);
  });

  it("SUSPENDED: as listed, without pods", async () => {
    assert.deepEqual(await phase({ suspended: true }, cluster({ wordpress: { wanted: 0 } })), ["SUSPENDED", null]);
  });

  it("PROVISIONING: before the receipt, before its digest is what is wanted, while Helm works", async () => {
    assert.deepEqual(await phase({ receipt: undefined }), ["PROVISIONING", null]);
    assert.deepEqual(await phase({ intendedDigest: "next" }), ["PROVISIONING", null]);
    for (const status of ["pending-install", "pending-upgrade", "pending-rollback", "uninstalling"]) assert.deepEqual(await phase({ releases: release(status) }), ["PROVISIONING", null]);
    assert.equal((await statusOf({ receipt: undefined })).provisionSeconds, null);
  });

  it("PROVISIONING says what goes wrong meanwhile", async () => {
    assert.deepEqual(await phase({ receipt: undefined }, crashing(cluster({ wordpress: {} }))), ["PROVISIONING", "wordpress-0/wordpress: CrashLoopBackOff: exit code 3 (4 restarts)"]);
  });

  it("FAILED by the last operation, even if Helm and pods are well", async () => {
    assert.deepEqual(await phase({ lastError: "incorrect passphrase" }), ["FAILED", "the last apply failed: incorrect passphrase"]);
  });

  it("FAILED by Helm, although the receipt is there", async () => {
    assert.deepEqual(await phase({ releases: release("failed") }), ["FAILED", "Helm has release woocommerce as failed"]);
  });

  it("FAILED: the pod's own words come before the operation's", async () => {
    assert.deepEqual(await phase({ lastError: "context deadline exceeded", releases: release("failed") }, crashing(cluster({ wordpress: {} }))), [
      "FAILED", "wordpress-0/wordpress: CrashLoopBackOff: exit code 3 (4 restarts)",
    ]);
  });

  it("FAILED: where an object was refused, no pod is the cause", async () => {
    const refused = 'release woocommerce: cannot patch "woocommerce-database" with kind PersistentVolumeClaim: spec is immutable';
    assert.deepEqual(await phase({ lastError: refused, releases: release("failed") }, crashing(cluster({ wordpress: {} }))), ["FAILED", `the last apply failed: ${refused}`]);
    // What the pods said then may be over by now.
    const [, reason] = await phase({ lastError: 'pod refused: pods "x" is forbidden: no\ncontext deadline exceeded' }, crashing(cluster({ wordpress: {} })));
    assert.match(reason!, /CrashLoopBackOff/);
  });

  it("FAILED by a workload that stopped serving", async () => {
    assert.deepEqual(await phase({}, cluster({ wordpress: { ready: 0 }, mariadb: { ready: 1 } })), ["FAILED", "wordpress 0/1 ready"]);
    assert.deepEqual(await phase({}, crashing(cluster({ wordpress: { ready: 1, wanted: 2 } }))), ["FAILED", "wordpress-0/wordpress: CrashLoopBackOff: exit code 3 (4 restarts)"]);
  });

  it("stays READY while a scheduled chore fails", async () => {
    const kube = cluster().put(`/api/v1/namespaces/${namespace}/pods/woocommerce-cron-1-x`, {
      metadata: { labels: { "app.kubernetes.io/component": "cron" } },
      status: { phase: "Failed", containerStatuses: [{ name: "cron", image: "wordpress:6", restartCount: 0, state: { terminated: { exitCode: 1 } } }] },
    });
    assert.deepEqual(await phase({}, kube), ["READY", null]);
    // Nor is it blamed for what it has no part in.
    kube.put(`/apis/apps/v1/namespaces/${namespace}/deployments/wordpress`, { metadata: mine, status: {} });
    assert.deepEqual(await phase({}, kube), ["FAILED", "wordpress 0/1 ready"]);
  });

  it("FAILED without an Ingress, with what puts it back; trouble with pods goes first", async () => {
    const closed = (kube: FakeKube) => (kube.objects.delete(ingress), kube);
    const missing = `Ingress missing: bring it back with helm rollback woocommerce 1 -n ${namespace}`;
    assert.deepEqual(await phase({}, closed(cluster())), ["FAILED", missing]);
    assert.deepEqual(await phase({ suspended: true }, closed(cluster({ wordpress: { wanted: 0 } }))), ["SUSPENDED", null]);
    assert.deepEqual(await phase({}, closed(cluster({ wordpress: {} }))), ["FAILED", "wordpress 0/1 ready"]);
    // Somebody else's Ingress in the same namespace leads nowhere.
    assert.deepEqual(await phase({}, closed(cluster()).put(ingress)), ["FAILED", missing]);
  });

  it("FAILED where the cluster lacks the environment's IngressClass", async () => {
    const kube = cluster();
    kube.objects.delete(ingressClass);
    const [its, reason] = await phase({}, kube);
    assert.equal(its, "FAILED");
    assert.equal(reason, 'the cluster has no IngressClass "traefik" — bring it back: ./scripts/stores cluster up');
    // What it should be is not known while the environment's stack is not up.
    const [row] = await fleetStatus(kube.asKube, "local", [specOf("acme")], new Map([["acme", observedStore("acme")]]), undefined);
    assert.equal(row!.phase, "READY");
  });

  it("FAILED where the ingress controller is not there, or not ready", async () => {
    const [path, pod] = controllerPod;
    const reasonOf = async (change: (kube: FakeKube) => unknown, settings = shared.settings) => {
      const kube = cluster();
      change(kube);
      const [row] = await fleetStatus(kube.asKube, "local", [specOf("acme")], new Map([["acme", observedStore("acme")]]), { ...shared, settings });
      return `${row!.phase} ${row!.reason}`;
    };
    const away = (kube: FakeKube) => kube.objects.delete(path);
    assert.equal(await reasonOf(away), "FAILED the ingress controller is not there (namespace traefik has no pod with app.kubernetes.io/name=traefik) — bring it back: ./scripts/stores cluster up");
    const theirs = { ...shared.settings, ingress: { ...shared.settings.ingress, install: false } };
    assert.match(await reasonOf(away, theirs), /start it, or correct ingress\.controllerNamespace and controllerLabels/);
    assert.match(await reasonOf((kube) => kube.objects.delete(ingressClass), theirs), /no IngressClass "traefik" — install the ingress controller, or correct ingress\.className/);
    const notReady = { ...pod, status: { conditions: [{ type: "Ready", status: "False" }] } };
    assert.match(await reasonOf((kube) => kube.put(path, notReady)), /^FAILED the ingress controller is not ready .* — see kubectl describe pods -n traefik$/);
    const leaving = { ...pod, metadata: { ...pod.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } };
    assert.match(await reasonOf((kube) => kube.put(path, leaving)), /not ready/);
    assert.equal(await reasonOf((kube) => kube.put(path.replace("-0", "-1"), notReady)), "READY null", "one ready pod is enough");
  });

  it("FAILED when the release is gone, receipt or not", async () => {
    assert.match((await phase({ releases: [] }, cluster({}))).join(" "), /^FAILED Helm has no release here; was it uninstalled by hand\?/);
  });

  it("DELETING, whatever else is wrong", async () => {
    assert.deepEqual(await phase({ deleting: true, lastError: "no", releases: release("failed") }), ["DELETING", null]);
  });

  it("a listed store that is missing has its address already", async () => {
    const row = await statusOf(undefined);
    assert.equal(row.phase, "PROVISIONING");
    assert.equal(row.reason, "listed, not created yet: ./scripts/stores apply acme");
    assert.equal(row.url, `http://${hostOf("local", "acme", shared.settings.hostSuffix)}`);
    assert.equal(row.namespace, namespace);
    assert.deepEqual([row.createdAt, row.provisionSeconds], [null, null]);
  });

  it("a store that left the list says so", async () => {
    assert.deepEqual(await phase({}, cluster(), false), ["READY", "not in the list any more: ./scripts/stores apply --prune removes it"]);
    assert.deepEqual(await phase({ protected: true }, cluster(), false), ["READY", "not in the list any more, and protected: ./scripts/stores destroy acme says how to let go of it"]);
  });

  it("while the list can not be read, nobody is said to have left it", async () => {
    const [row] = await fleetStatus(cluster().asKube, "local", undefined, new Map([["acme", observedStore("acme")]]), shared);
    assert.deepEqual([row!.phase, row!.reason], ["READY", null]);
  });

  it("addresses are https with an issuer, and unknown while the environment's stack is not up", async () => {
    const rows = async (parts?: typeof shared) => fleetStatus(cluster().asKube, "local", [specOf("acme")], new Map(), parts);
    const tls = { ...shared, settings: { ...shared.settings, tls: { issuer: "letsencrypt", wildcard: false } } };
    assert.match((await rows(tls))[0]!.url, /^https:\/\/store-acme-/);
    assert.equal((await rows())[0]!.url, "");
    const elsewhere = { ...tls, settings: { ...tls.settings, ingress: { ...tls.settings.ingress, ports: { http: 8080, https: 8443 } } } };
    assert.match((await rows(elsewhere))[0]!.url, /^https:\/\/store-acme-.*:8443$/);
  });

  it("keeps the list's order, then the others", async () => {
    const observed = new Map(["left", "bikes"].map((name) => [name, observedStore(name)]));
    const rows = await fleetStatus(cluster().asKube, "local", [specOf("zoo"), specOf("bikes"), specOf("acme")], observed, shared);
    assert.deepEqual(rows.map(({ name }) => name), ["zoo", "bikes", "acme", "left"]);
  });
});
