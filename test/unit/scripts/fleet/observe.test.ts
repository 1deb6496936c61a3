import assert from "node:assert/strict";
import { namespaceOf } from "../../../../config/names";
import { environmentReceipt } from "../../../../infra/digest";
import { readEnvironment } from "../../../../scripts/fleet/environment";
import { observeFleet, observeStore } from "../../../../scripts/fleet/observe";
import { annotations } from "../../../../stores/labels";
import { FakeKube } from "../../helpers/fake-kube";
import { putStore } from "../../helpers/fleet";

describe("observed fleet", () => {
  it("is every store of the environment, with what its namespace, receipt and release say", async () => {
    const kube = new FakeKube();
    putStore(kube, "acme");
    putStore(kube, "elsewhere", { env: "prod" });
    const fleet = await observeFleet(kube.asKube, "local");
    assert.deepEqual([...fleet.keys()], ["acme"]);
    assert.deepEqual(fleet.get("acme"), {
      store: "acme",
      engine: "woocommerce",
      namespace: namespaceOf("local", "acme"),
      uid: `uid of ${namespaceOf("local", "acme")}`,
      createdAt: "2026-01-01T00:00:00Z",
      deleting: false,
      protected: false,
      suspended: false,
      intendedDigest: "d1",
      lastError: undefined,
      restoring: undefined,
      verified: undefined,
      receipt: { digest: "d1", engine: "woocommerce", url: "http://acme.example.com", stack: "local.acme", createdAt: "2026-01-01T00:01:30Z", held: false, origin: undefined, outside: {} },
      releases: [{ name: "woocommerce", status: "deployed", revision: 1 }],
    });
  });

  it("is the same for one store alone, which takes no look at the others", async () => {
    const kube = new FakeKube();
    for (const name of ["acme", "bikes"]) putStore(kube, name);
    assert.deepEqual(await observeStore(kube.asKube, "local", "acme"), (await observeFleet(kube.asKube, "local")).get("acme"));
    kube.reads.splice(0);
    assert.equal(await observeStore(kube.asKube, "local", "cargo"), undefined);
    assert.ok(kube.reads.every(({ path }) => path.startsWith(`/api/v1/namespaces/${namespaceOf("local", "cargo")}`)));
    // A namespace of its name without its labels is somebody else's.
    kube.put(`/api/v1/namespaces/${namespaceOf("local", "foreign")}`);
    assert.equal(await observeStore(kube.asKube, "local", "foreign"), undefined);
  });

  it("takes three list calls, however many stores there are, and of Helm's records only their metadata", async () => {
    const kube = new FakeKube();
    for (let index = 0; index < 50; index++) putStore(kube, `shop-${index}`);
    assert.equal((await observeFleet(kube.asKube, "local")).size, 50);
    assert.equal(kube.reads.length, 3);
    assert.deepEqual(kube.reads.filter(({ metadataOnly }) => metadataOnly).map(({ path }) => path), ["/api/v1/configmaps"]);
  });

  it("reads the notes on the namespace", async () => {
    const kube = new FakeKube();
    putStore(kube, "acme", { annotations: { [annotations.protected]: "true", [annotations.suspended]: "true", [annotations.lastError]: "no image", [annotations.digest]: "d2" } });
    const seen = (await observeFleet(kube.asKube, "local")).get("acme")!;
    assert.deepEqual([seen.protected, seen.suspended, seen.lastError, seen.intendedDigest, seen.receipt?.digest], [true, true, "no image", "d2", "d1"]);
  });

  it("notices a namespace that is on its way out, by its time or its phase", async () => {
    for (const object of [{ metadata: { deletionTimestamp: "2026-02-01T00:00:00Z" } }, { status: { phase: "Terminating" } }]) {
      const kube = new FakeKube();
      const path = putStore(kube, "acme");
      kube.put(path, { ...object, metadata: { ...kube.objects.get(path)!.metadata, ...object.metadata } });
      assert.equal((await observeFleet(kube.asKube, "local")).get("acme")?.deleting, true);
    }
  });

  it("takes the newest record of a release, by number", async () => {
    const kube = new FakeKube();
    const path = putStore(kube, "acme", { status: "superseded" });
    for (const [version, status] of [["10", "failed"], ["9", "deployed"], ["2", "superseded"]] as const) {
      kube.put(`${path}/configmaps/sh.helm.release.v1.woocommerce.v${version}`, { metadata: { labels: { owner: "helm", name: "woocommerce", status, version } } });
    }
    assert.deepEqual((await observeFleet(kube.asKube, "local")).get("acme")?.releases, [{ name: "woocommerce", status: "failed", revision: 10 }]);
  });

  it("a store that did not get far has neither receipt nor releases", async () => {
    const kube = new FakeKube();
    const path = putStore(kube, "acme");
    for (const at of [...kube.objects.keys()]) if (at !== path) kube.objects.delete(at);
    const seen = (await observeFleet(kube.asKube, "local")).get("acme")!;
    assert.equal(seen.receipt, undefined);
    assert.deepEqual(seen.releases, []);
  });

  it("a copy of a store's namespace under another name is not the store", async () => {
    const kube = new FakeKube();
    putStore(kube, "acme");
    putStore(kube, "acme", { namespace: "restored-acme" });
    assert.equal((await observeFleet(kube.asKube, "local")).get("acme")?.namespace, namespaceOf("local", "acme"));
  });
});

describe("environment's receipt", () => {
  const path = `/api/v1/namespaces/${environmentReceipt.namespace}/configmaps/${environmentReceipt.name}`;
  const data = { environment: "local", digest: "d1", settings: '{"egress":"deny"}', secretRevisions: '{"pullSecret":"1"}' };
  const heading = { metadata: { annotations: { [environmentReceipt.annotation]: "d1" } } };
  const read = (content?: Record<string, string>) => {
    const kube = new FakeKube().put(`/api/v1/namespaces/${environmentReceipt.namespace}`, heading).put("/api/v1/namespaces/kube-system", { metadata: { uid: "here" } });
    return readEnvironment((content ? kube.put(path, { data: content }) : kube).asKube, "local");
  };

  it("holds digest, cluster, settings and revisions", async () => {
    assert.deepEqual(await read({ ...data, cluster: "here" }), { digest: "d1", cluster: "here", settings: { egress: "deny" }, secretRevisions: { pullSecret: "1" } });
  });

  it("is none while the stack is not up, or when it is another environment's", async () => {
    assert.equal(await read(), undefined);
    assert.equal(await read({}), undefined);
    assert.equal(await read({ ...data, environment: "prod" }), undefined);
    assert.equal(await read({ ...data, cluster: "there" }), undefined, "copied from another cluster");
    assert.equal((await read(data))?.cluster, "here", "from before it named one");
  });
});
