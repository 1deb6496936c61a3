import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { KubeError } from "../../../../../kube";
import { lookForDrift, pathOfWanted } from "../../../../../scripts/fleet/drift/look";
import { manifestOf } from "../../../../../scripts/fleet/drift/manifest";
import { tryFindings } from "../../../../../scripts/fleet/drift/trial";
import { labels } from "../../../../../stores/labels";
import { FakeKube } from "../../../helpers/fake-kube";
import { observedStore } from "../../../helpers/fleet";

const manifest = (store: string) => `---
apiVersion: v1
kind: Service
metadata:
  name: shop
  labels: { ${labels.env}: local, ${labels.store}: ${store}, app.kubernetes.io/managed-by: Helm }
spec: { ports: [{ port: 80 }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: inside
  labels: { ${labels.env}: local, ${labels.store}: ${store}, app.kubernetes.io/managed-by: Helm }
spec: { podSelector: {}, policyTypes: [Ingress] }
---
# nothing
`;

const record = (store: string, text: string) => ({ metadata: { labels: { owner: "helm", status: "deployed", name: "woocommerce" } }, data: { release: gzipSync(JSON.stringify({ name: "woocommerce", manifest: text })).toString("base64") }, store });

/** Stores as Helm would have made them. */
async function cluster(...stores: string[]) {
  const kube = new FakeKube();
  const subjects = stores.map((store) => ({ observed: observedStore(store) }));
  for (const { observed: { namespace, store } } of subjects) {
    const path = `/api/v1/namespaces/${namespace}/configmaps/sh.helm.release.v1.woocommerce.v1`;
    kube.put(path, record(store, manifest(store)));
    for (const object of await manifestOf(kube.objects.get(path)!)) kube.put(pathOfWanted(object), structuredClone(object));
  }
  return { kube, subjects, look: (namespace?: string) => lookForDrift(kube.asKube, "local", subjects, [], namespace) };
}

describe("a look for drift", () => {
  it("finds none in fresh stores, by as many calls for fifty as for one", async () => {
    const one = await cluster("acme");
    assert.deepEqual([...(await one.look()).found.values()], [[]]);
    const many = await cluster(...Array.from({ length: 50 }, (_, index) => `shop-${index}`));
    const { found, unseen } = await many.look();
    assert.deepEqual([found.size, [...found.values()].flat(), unseen], [50, [], []]);
    assert.equal(many.kube.reads.length, one.kube.reads.length);
    assert.ok(many.kube.reads.length <= 16, `${many.kube.reads.length} calls`);
    assert.deepEqual(many.kube.reads.filter(({ path, metadataOnly }) => /secrets$/.test(path) && !metadataOnly), []);
  });

  it("finds what is missing and changed in that store", async () => {
    const { kube, subjects, look } = await cluster("acme", "bikes");
    const [{ observed: { namespace } }] = subjects as [(typeof subjects)[0]];
    kube.objects.delete(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies/inside`);
    kube.objects.get(`/api/v1/namespaces/${namespace}/services/shop`)!.spec = { ports: [{ port: 81 }] };
    const { found } = await look();
    assert.deepEqual(found.get("acme")!.map((it) => [it.expected.object.kind, it.class, it.path.join("/")]), [["Service", "changed", "spec/ports/[port=80,protocol=TCP]"], ["NetworkPolicy", "missing", ""]]);
    assert.deepEqual(found.get("bikes"), []);
  });

  it("finds an object that lost its labels, where it looks at one store alone", async () => {
    const { kube, subjects, look } = await cluster("acme");
    const { namespace } = subjects[0]!.observed;
    kube.objects.get(`/api/v1/namespaces/${namespace}/services/shop`)!.metadata.labels = {};
    assert.deepEqual((await look()).found.get("acme")!.map((it) => it.class), ["missing"]);
    assert.deepEqual((await look(namespace)).found.get("acme")!.map((it) => [it.class, it.path.at(-1)]), [["changed", labels.env], ["changed", labels.store], ["changed", "app.kubernetes.io/managed-by"]]);
  });

  it("says which kinds it may not see, and takes nothing of them for missing", async () => {
    const { kube, look } = await cluster("acme");
    kube.before = (path) => {
      if (/networkpolicies/.test(path)) throw new KubeError(403, "networkpolicies is forbidden", undefined, "forbidden");
    };
    const { found, unseen } = await look();
    assert.deepEqual([found.get("acme"), unseen], [[], ["NetworkPolicy"]]);
  });

  it("asks for Secrets as far as the account may: everywhere, in stores' namespaces, or not at all", async () => {
    const { kube, subjects, look } = await cluster("acme", "bikes");
    const asked = () => kube.reads.splice(0).map(({ path }) => path).filter((path) => /secrets$/.test(path));
    const { create } = kube;
    const may = (allowed: (namespace?: string) => boolean) => {
      kube.create = async (path, object) => (/accessreviews$/.test(path) ? { metadata: { name: "", creationTimestamp: "" }, status: { allowed: allowed((object as any).spec.resourceAttributes.namespace) } } : create.call(kube, path, object));
    };
    may(() => true);
    assert.deepEqual([(await look()).unseen, asked()], [[], ["/api/v1/secrets"]]);
    may((namespace) => namespace !== undefined);
    assert.deepEqual([(await look()).unseen, asked().sort()], [[], subjects.map(({ observed }) => `/api/v1/namespaces/${observed.namespace}/secrets`).sort()]);
    may(() => false);
    assert.deepEqual([(await look()).unseen, asked()], [["Secret"], []]);
  });
});

describe("a trial of what is changed", () => {
  const changedIn = async () => {
    const { kube, subjects, look } = await cluster("acme");
    kube.objects.get(`/api/v1/namespaces/${subjects[0]!.observed.namespace}/services/shop`)!.spec = { ports: [{ port: 81 }] };
    return { kube, findings: (await look()).found.get("acme")! };
  };

  it("drops what the API server would make of the object again", async () => {
    const { kube, findings } = await changedIn();
    const live = findings[0]!.live!;
    assert.deepEqual(await tryFindings(Object.assign(kube.asKube, { tryApply: async () => live }), findings), { findings: [], refused: false });
    assert.deepEqual((await tryFindings(Object.assign(kube.asKube, { tryApply: async (_: string, object: object) => object }), findings)).findings, findings);
  });

  it("leaves all as it is, and says so, without the right to it; what can not be applied at all differs", async () => {
    const { kube, findings } = await changedIn();
    const failing = (error: Error) => Object.assign(kube.asKube, { tryApply: () => Promise.reject(error) });
    assert.deepEqual(await tryFindings(failing(new KubeError(403, "no", undefined, "forbidden")), findings), { findings, refused: true });
    assert.deepEqual(await tryFindings(failing(new KubeError(422, "immutable")), findings), { findings, refused: false });
    await assert.rejects(tryFindings(failing(new Error("away")), findings), /away/);
  });
});

it("a manifest is read as Helm reads it: octal numbers, no words for yes and no, its marks", async () => {
  const [one] = await manifestOf({ metadata: { name: "r", namespace: "store-acme", creationTimestamp: "" }, data: record("acme", "kind: A\nmetadata: { name: a }\nspec: { mode: 0440, zero: 0, count: 12, text: \"0440\", date: 2026-11-27, word: yes, flag: true, part: 1.5 }").data });
  assert.deepEqual(one, {
    kind: "A", metadata: { name: "a", namespace: "store-acme", annotations: { "meta.helm.sh/release-name": "woocommerce", "meta.helm.sh/release-namespace": "store-acme" } },
    spec: { mode: 288, zero: 0, count: 12, text: "0440", date: "2026-11-27", word: "yes", flag: true, part: 1.5 },
  });
});
