import assert from "node:assert/strict";
import { hasOldRecords, moveRecords } from "../../../../scripts/engine/old-records";
import type { RepairSite } from "../../../../scripts/engine/repairs";
import { FakeKube } from "../../helpers/fake-kube";

const namespace = "/api/v1/namespaces/store-acme-00000000";
const releases = [{ namespace: "store-acme-00000000", name: "woocommerce" }];
const name = (version: number) => `sh.helm.release.v1.woocommerce.v${version}`;
const labelsOf = (version: number, status: string) => ({ owner: "helm", name: "woocommerce", status, version: String(version) });
const text = (version: number) => `H4sI-revision-${version}`;

/** A store whose last upgrade but one Helm recorded in Secrets. */
function olderStore(): FakeKube {
  const kube = new FakeKube().put(namespace).put(`${namespace}/secrets/woocommerce-admin`);
  kube.put(`${namespace}/secrets/sh.helm.release.v1.theirs.v1`, { metadata: { labels: { ...labelsOf(1, "deployed"), name: "theirs" } } });
  for (const [version, status] of [[1, "superseded"], [2, "deployed"]] as const) {
    kube.put(`${namespace}/secrets/${name(version)}`, { metadata: { labels: labelsOf(version, status) }, data: { release: Buffer.from(text(version)).toString("base64") } });
  }
  return kube;
}

const move = (kube: FakeKube) => moveRecords.repair({ kube: kube.asKube, releases } as RepairSite);

describe("Helm's records of an older store", () => {
  it("are noticed, and only those of its own releases", async () => {
    assert.equal(await hasOldRecords(olderStore().asKube, releases), true);
    assert.equal(await hasOldRecords(olderStore().asKube, [{ ...releases[0]!, name: "medusa" }]), false);
    const nowhere = new FakeKube();
    assert.equal(await hasOldRecords(nowhere.asKube, releases), false);
    assert.deepEqual(nowhere.reads.map(({ path }) => path), [namespace], "Secrets may not be asked for in a namespace that is not there");
  });

  it("are moved revision by revision with their labels, and nothing else is", async () => {
    const kube = olderStore();
    assert.equal(await move(kube), true);
    for (const [version, status] of [[1, "superseded"], [2, "deployed"]] as const) {
      const { metadata, data } = kube.objects.get(`${namespace}/configmaps/${name(version)}`)!;
      assert.deepEqual([metadata.labels, data], [labelsOf(version, status), { release: text(version) }]);
    }
    assert.deepEqual([...kube.objects.keys()].filter((path) => path.includes("/secrets/")), ["woocommerce-admin", "sh.helm.release.v1.theirs.v1"].map((it) => `${namespace}/secrets/${it}`));
    assert.deepEqual([await hasOldRecords(kube.asKube, releases), await move(kube)], [false, false]);
  });

  it("go on moving where a run was ended half-way, without touching what Helm has written since", async () => {
    const kube = olderStore();
    let steps = 0;
    kube.before = (path) => {
      if (path.includes("/configmaps/") && ++steps === 2) throw new Error("killed");
    };
    await assert.rejects(move(kube), /killed/);
    assert.equal([...kube.objects.keys()].filter((path) => path.includes(`/secrets/${name(1).slice(0, -1)}`)).length, 2, "none goes before all are there");
    kube.before = () => {};
    kube.put(`${namespace}/configmaps/${name(1)}`, { metadata: { labels: labelsOf(1, "failed") }, data: { release: "newer" } });
    assert.equal(await move(kube), true);
    assert.equal(kube.objects.get(`${namespace}/configmaps/${name(1)}`)!.data!.release, "newer");
    assert.equal(kube.objects.get(`${namespace}/configmaps/${name(2)}`)!.data!.release, text(2));
  });
});
