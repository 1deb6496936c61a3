import assert from "node:assert/strict";
import type { KubeObject } from "../../../../../kube";
import { expectedOfHelm, expectedOfPulumi } from "../../../../../scripts/fleet/drift/expected";
import { findingsOf, type Finding } from "../../../../../scripts/fleet/drift/findings";
import { mendFindings, patchOf } from "../../../../../scripts/fleet/drift/mend";
import { FakeKube } from "../../../helpers/fake-kube";

const wanted = {
  apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "shop", namespace: "store-acme", labels: {} },
  spec: { replicas: 1, containers: [{ name: "web", env: [{ name: "A", value: "1" }, { name: "B", value: "2" }] }], enableServiceLinks: false },
};
const live = {
  metadata: { name: "shop", namespace: "store-acme", creationTimestamp: "", managedFields: [{ manager: "kubectl-set", fieldsV1: { "f:spec": { "f:containers": { 'k:{"name":"web"}': { "f:env": { 'k:{"name":"X"}': {}, 'k:{"name":"Y"}': {} } } } } } }] },
  spec: { replicas: 3, containers: [{ name: "web", env: [{ name: "X" }, { name: "A", value: "1" }, ...Array.from({ length: 9 }, (_, at) => ({ name: `N${at}` })), { name: "Y" }] }] },
} as unknown as KubeObject;

describe("a repair", () => {
  it("writes what was found, tests for it before, and takes out from the end of a list", () => {
    assert.deepEqual(patchOf(findingsOf(expectedOfHelm(wanted), live, [])), [
      { op: "test", path: "/spec/replicas", value: 3 }, { op: "replace", path: "/spec/replicas", value: 1 },
      { op: "add", path: "/spec/containers/0/env/-", value: { name: "B", value: "2" } },
      { op: "add", path: "/spec/enableServiceLinks", value: false },
      { op: "test", path: "/spec/containers/0/env/11", value: { name: "Y" } }, { op: "remove", path: "/spec/containers/0/env/11" },
      { op: "test", path: "/spec/containers/0/env/0", value: { name: "X" } }, { op: "remove", path: "/spec/containers/0/env/0" },
    ]);
  });

  it("makes what is missing as whoever made it, but nothing that Pulumi alone knows", async () => {
    const kube = new FakeKube();
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "admin", labels: {} }, keys: ["password"] };
    const policy = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "deny-all", labels: {} }, spec: {} };
    const missing = [expectedOfHelm(wanted), expectedOfPulumi(secret, "store-acme"), expectedOfPulumi(policy, "store-acme")].flatMap((it) => findingsOf(it, undefined, []));
    await mendFindings(kube.asKube, missing);
    assert.deepEqual(kube.changes, [
      "POST /apis/apps/v1/namespaces/store-acme/deployments?fieldManager=helm/shop",
      "POST /apis/networking.k8s.io/v1/namespaces/store-acme/networkpolicies?fieldManager=pulumi-kubernetes/deny-all",
    ]);
  });

  it("takes a key out of a Secret whose version is still the one that was seen, and asks for no value", () => {
    const secret = expectedOfPulumi({ apiVersion: "v1", kind: "Secret", metadata: { name: "admin", labels: {} }, keys: ["password"] }, "store-acme");
    const seen = { metadata: { name: "admin", creationTimestamp: "", resourceVersion: "7", managedFields: [{ manager: "pulumi-kubernetes", fieldsV1: { "f:data": { "f:password": {} } } }, { manager: "kubectl-edit", fieldsV1: { "f:data": { "f:extra": {} } } }] } };
    assert.deepEqual(patchOf(findingsOf(secret, seen, []) as Finding[]), [{ op: "test", path: "/metadata/resourceVersion", value: "7" }, { op: "remove", path: "/data/extra" }]);
  });
});
