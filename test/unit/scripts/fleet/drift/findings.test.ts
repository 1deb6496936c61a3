import assert from "node:assert/strict";
import type { Ignored } from "../../../../../config/drift";
import type { KubeObject, ManagedFields } from "../../../../../kube";
import { expectedOfHelm, expectedOfPulumi, expectedUnknown } from "../../../../../scripts/fleet/drift/expected";
import { findingsOf, toldOf } from "../../../../../scripts/fleet/drift/findings";
import type { Wanted } from "../../../../../scripts/fleet/drift/manifest";

const at = "2026-11-27T12:00:00Z";
const by = (manager: string | undefined, fieldsV1: object, more: Partial<ManagedFields> = {}): ManagedFields => ({ manager, operation: "Update", time: at, fieldsV1, ...more });
const fieldsOfPod = (inner: object) => ({ "f:spec": { "f:template": { "f:spec": { "f:containers": { 'k:{"name":"web"}': inner } } } } });

const deployment: Wanted = {
  apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "shop", namespace: "store-acme", labels: { app: "shop" } },
  spec: { replicas: 1, template: { spec: { containers: [{ name: "web", image: "shop:1", env: [{ name: "A", value: "1" }] }] } } },
};
const living = (change: (it: any) => void, ...managedFields: ManagedFields[]): KubeObject => {
  const { metadata, spec } = structuredClone(deployment);
  const object = { metadata: { ...metadata, creationTimestamp: at, managedFields }, spec };
  change(object);
  return object as KubeObject;
};
const found = (live: KubeObject | undefined, wanted: Wanted = deployment, ignored: Ignored[] = []) => findingsOf(expectedOfHelm(wanted), live, ignored).map(toldOf).map((it) => [it.class, it.path, it.want, it.live, it.by, it.at]);
const containersOf = (it: any) => it.spec.template.spec.containers;

describe("what about an object is not as it was made", () => {
  it("is nothing where it is, whatever the cluster and we have written", () => {
    const live = living((it) => (it.status = { replicas: 1 }), by("helm", { "f:spec": { "f:replicas": {} } }), by("kube-controller-manager", { "f:status": {} }, { subresource: "status" }), by("somebody", { "f:status": { "f:x": {} } }, { subresource: "status" }));
    assert.deepEqual(found(live), []);
  });

  it("is the object, where it is missing", () => {
    assert.deepEqual(found(undefined), [["missing", "", null, null, null, null]]);
  });

  it("is a changed field with who changed it and when; of one that was taken away the cluster does not remember that", () => {
    const live = living((it) => ((it.spec.replicas = 3), delete containersOf(it)[0].env), by("kubectl", { "f:spec": { "f:replicas": {} } }, { subresource: "scale" }), by("helm", {}));
    assert.deepEqual(found(live), [["changed", "/spec/replicas", 1, 3, "kubectl", at], ["changed", "/spec/template/spec/containers/[name=web]/env", [{ name: "A", value: "1" }], null, null, null]]);
  });

  it("is no count of replicas that the autoscaler keeps, and no volume that was grown", () => {
    assert.deepEqual(found(living((it) => (it.spec.replicas = 3), by("kube-controller-manager", { "f:spec": { "f:replicas": {} } }, { subresource: "scale" }))), []);
    const claim = (storage: string): Wanted => ({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "data" }, spec: { resources: { requests: { storage } } } });
    const claimed = (storage: string) => ({ ...claim(storage), metadata: { name: "data", creationTimestamp: at } }) as KubeObject;
    assert.deepEqual([found(claimed("4Gi"), claim("2Gi")), found(claimed("1Gi"), claim("2Gi")).map(([, path]) => path)], [[], ["/spec/resources/requests/storage"]]);
  });

  it("is what somebody added, each as a whole: a variable, a label, a list; and nothing that we wanted ourselves", () => {
    const live = living(
      (it) => {
        containersOf(it)[0].env.push({ name: "DEBUG", value: "1" });
        it.metadata.labels.team = "x";
        it.spec.template.spec.affinity = { nodeAffinity: { a: 1, b: { c: 2 } } };
      },
      by("kubectl-set", fieldsOfPod({ "f:env": { 'k:{"name":"DEBUG"}': { ".": {}, "f:name": {}, "f:value": {} } }, "f:image": {} })),
      by("kubectl-label", { "f:metadata": { "f:labels": { "f:team": {}, "f:app": {} } } }),
      by(undefined, { "f:spec": { "f:template": { "f:spec": { "f:affinity": { ".": {}, "f:nodeAffinity": { "f:a": {}, "f:b": { "f:c": {} } } } } } } }),
    );
    assert.deepEqual(found(live), [
      ["added", "/spec/template/spec/containers/[name=web]/env/[name=DEBUG]", null, { name: "DEBUG", value: "1" }, "kubectl-set", at],
      ["added", "/metadata/labels/team", null, "x", "kubectl-label", at],
      ["added", "/spec/template/spec/affinity", null, { nodeAffinity: { a: 1, b: { c: 2 } } }, "unknown", at],
    ]);
  });

  it("of a map that somebody began is only theirs, where others have written in it as well", () => {
    const live = living((it) => (it.metadata.annotations = { "a.example.com/b": "c", "deployment.kubernetes.io/revision": "2" }), by("somebody", { "f:metadata": { "f:annotations": { ".": {}, "f:a.example.com/b": {} } } }));
    assert.deepEqual(found(live).map(([its, path]) => [its, path]), [["added", "/metadata/annotations/a.example.com~1b"]]);
  });

  it("is no restart, no note of ours and no controller's annotation", () => {
    const live = living((it) => {
      it.metadata.annotations = { "cert-manager.io/issued": "x" };
      it.spec.template.metadata = { annotations: { "kubectl.kubernetes.io/restartedAt": at } };
    }, by("kubectl-rollout", { "f:spec": { "f:template": { "f:metadata": { "f:annotations": { ".": {}, "f:kubectl.kubernetes.io/restartedAt": {} } } } } }), by("cert-manager-ingress-shim", { "f:metadata": { "f:annotations": { "f:cert-manager.io/issued": {} } } }));
    assert.deepEqual(found(live), []);
  });

  it("is not what the settings let others have: that kind, that path to the letter, and that manager where they name one", () => {
    const live = living((it) => (it.spec.replicas = 3), by("keda", { "f:spec": { "f:replicas": {} } }));
    const ignored = (more: Partial<Ignored>) => found(live, deployment, [{ kind: "Deployment", path: "/spec/replicas", ...more }]).length;
    assert.deepEqual([ignored({}), ignored({ manager: "keda" }), ignored({ manager: "other" }), ignored({ path: "/spec" }), ignored({ kind: "StatefulSet" })], [0, 0, 1, 1, 1]);
  });
});

describe("what about a Secret is not as it was made", () => {
  const own = { apiVersion: "v1", kind: "Secret", metadata: { name: "shop-admin", labels: { app: "shop" } }, keys: ["username", "password"] };
  const secret = (...managedFields: ManagedFields[]): KubeObject => ({ metadata: { name: "shop-admin", namespace: "store-acme", labels: { app: "shop" }, annotations: { note: "s3cret in base64" }, creationTimestamp: at, managedFields } });
  const told = (live: KubeObject) => findingsOf(expectedOfPulumi(own, "store-acme"), live, []).map(toldOf);
  const both = { "f:data": { "f:username": {}, "f:password": {} } };

  it("is told by the names of its keys, and who wrote them: a value is never asked for", () => {
    assert.deepEqual(told(secret(by("pulumi-kubernetes-0a1b2c3d", both, { operation: "Apply" }))), []);
    assert.deepEqual(told(secret(by("pulumi-kubernetes-0a1b2c3d", { "f:data": { "f:username": {} } }))).map(({ class: its, path, want, live }) => [its, path, want, live]), [["changed", "/data/password", "(kept secret)", null]]);
    assert.deepEqual(
      told(secret(by("pulumi-kubernetes", { "f:data": { "f:username": {} } }), by("kubectl-edit", { "f:data": { "f:password": {} }, "f:metadata": { "f:annotations": { "f:note": {} } } }))).map((it) => [it.class, it.path, it.live, it.by]),
      [["added", "/metadata/annotations", "(kept secret)", "kubectl-edit"], ["foreign", "/data/password", "(kept secret)", "kubectl-edit"]],
    );
  });

  it("is a key that nobody wants", () => {
    const live = secret(by("pulumi-kubernetes", both), by("kubectl-edit", { "f:data": { "f:extra": {} } }));
    assert.deepEqual(told(live).map((it) => [it.class, it.path, it.live, it.by]), [["added", "/data/extra", "(kept secret)", "kubectl-edit"]]);
  });

  it("of a store that is not as listed is what others have written and nobody of us", () => {
    const live = secret(by("pulumi-kubernetes", both), by("argocd", { "f:data": { "f:password": {} } }, { operation: "Apply" }), by("kubectl-edit", { "f:metadata": { "f:labels": { "f:app": {} } } }));
    assert.deepEqual(findingsOf(expectedUnknown(live, own), live, []).map(toldOf).map((it) => [it.class, it.path, it.live, it.by]), [["foreign", "/metadata/labels/app", "shop", "kubectl-edit"]]);
  });
});

it("long texts are told by what they are known by", () => {
  const wanted: Wanted = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "files" }, data: { script: "x".repeat(300) } };
  const [[, , want] = []] = found({ metadata: { name: "files", creationTimestamp: at }, data: { script: "short" } }, wanted);
  assert.match(String(want), /^300 characters, sha256 [0-9a-f]{12}$/);
});
