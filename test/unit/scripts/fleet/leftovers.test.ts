import assert from "node:assert/strict";
import { namespaceOf } from "../../../../config/names";
import { findLeftovers } from "../../../../scripts/fleet/leftovers";
import { labels } from "../../../../stores/labels";
import { FakeKube } from "../../helpers/fake-kube";

const namespace = namespaceOf("local", "acme");
const of = (store: string, env = "local") => ({ metadata: { labels: { [labels.env]: env, [labels.store]: store } } });
const claimIn = (name: string) => ({ spec: { claimRef: { namespace: name, name: "data" } } });
const leftovers = (kube: FakeKube) => findLeftovers(kube.asKube, "local", "acme", namespace);

describe("leftovers", () => {
  it("are what carries the store's labels, its namespace, and volumes that its claims held; each once", async () => {
    const kube = new FakeKube()
      .put(`/api/v1/namespaces/${namespace}`, of("acme"))
      .put("/api/v1/namespaces/a-copy", of("acme"))
      .put("/api/v1/persistentvolumes/claimed", claimIn(namespace))
      .put("/api/v1/persistentvolumes/labelled", of("acme"))
      .put("/api/v1/persistentvolumes/free", { spec: {} })
      .put("/apis/rbac.authorization.k8s.io/v1/clusterroles/reader", of("acme"))
      .put("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/reader", of("acme"));
    assert.deepEqual(await leftovers(kube), [
      "clusterrole/reader", "clusterrolebinding/reader", "namespace/a-copy", `namespace/${namespace}`, "persistentvolume/claimed", "persistentvolume/labelled",
    ]);
  });

  it("include the namespace without its labels", async () => {
    assert.deepEqual(await leftovers(new FakeKube().put(`/api/v1/namespaces/${namespace}`)), [`namespace/${namespace}`]);
  });

  it("are not another store's or another environment's", async () => {
    const kube = new FakeKube()
      .put("/api/v1/namespaces/store-bikes", of("bikes"))
      .put("/api/v1/namespaces/store-acme-prod", of("acme", "prod"))
      .put("/api/v1/persistentvolumes/theirs", claimIn("store-bikes"));
    assert.deepEqual(await leftovers(kube), []);
  });
});
