import assert from "node:assert/strict";
import { openNamespace } from "../../../../scripts/engine/open-namespace";
import { managers } from "../../../../stores/managers";
import { FakeKube } from "../../helpers/fake-kube";

const binding = `/apis/rbac.authorization.k8s.io/v1/namespaces/store-acme-00000000/rolebindings/${managers.name}`;

describe("a store's namespace", () => {
  it("is opened to those who manage stores where it is not, and only once", async () => {
    const kube = new FakeKube();
    for (let times = 0; times < 2; times++) await openNamespace(kube.asKube, "store-acme-00000000");
    assert.deepEqual(kube.changes, [`APPLY ${binding}`]);
    const { roleRef, subjects } = kube.objects.get(binding) as unknown as { roleRef: object; subjects: object[] };
    assert.deepEqual([roleRef, subjects], [{ apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: managers.clusterRole }, managers.subjects]);
  });
});
