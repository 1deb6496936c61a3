import assert from "node:assert/strict";
import { helmRecords, type HelmRecord } from "../../../../scripts/engine/helm";
import { failedReleaseText, knownRepairs, needsTakingBack, takeBack, type RepairSite } from "../../../../scripts/engine/repairs";
import type { Failure } from "../../../../scripts/engine/operation";
import { requireDeployed } from "../../../../components/shared/require-deployed";
import { FakeKube } from "../../helpers/fake-kube";

const namespace = "store-acme-00000000";
const failure = (message: string, kind: Failure["kind"] = "resource"): Failure => ({ kind, message });
const known = (name: RegExp) => knownRepairs.find((it) => name.test(it.name))!;

function releases(...statuses: string[]): FakeKube {
  const kube = new FakeKube();
  statuses.forEach((status, index) => {
    kube.put(`/api/v1/namespaces/${namespace}/configmaps/sh.helm.release.v1.woocommerce.v${index + 1}`, { metadata: { labels: { owner: "helm", name: "woocommerce", status, version: String(index + 1) } } });
  });
  kube.put(`/api/v1/namespaces/${namespace}/secrets/woocommerce-admin`);
  kube.put(`/api/v1/namespaces/another/configmaps/sh.helm.release.v1.woocommerce.v1`, { metadata: { labels: { owner: "helm", status: "pending-install" } } });
  return kube;
}
const ours = [{ namespace, name: "woocommerce" }];
/** As a repair finds it: `before` is what was there before the operation that failed. */
const place = async (kube: FakeKube, more: Partial<RepairSite> = {}): Promise<RepairSite> => ({
  kube: kube.asKube, releases: ours, before: await helmRecords(kube.asKube, ours), breakLock: async () => assert.fail("not a matter of locks"), rollBack: async () => false, ...more,
});
const deleted = (kube: FakeKube) => kube.changes.map((change) => change.replace(`DELETE /api/v1/namespaces/${namespace}/configmaps/sh.helm.release.v1.woocommerce.`, ""));

describe("repairs", () => {
  const texts: [RegExp, Failure][] = [
    [/created the stack/, failure("no stack named 'local.acme' found", "not-found")],
    [/broke the lock/, failure("the stack is currently locked by 1 lock(s)", "locked")],
    [/not recorded/, failure("1 error occurred:\n\t* cannot re-use a name that is still in use")],
    [/counted anew/, failure('Helm Release store-six/woocommerce: failed to create resource: persistentvolumeclaims "woocommerce-database" is forbidden: exceeded quota: quota, requested: persistentvolumeclaims=1')],
    [/as failed/, failure(messageOf(() => requireDeployed("failed")), "program")],
  ];

  it("each knows its own failure by the tools' real words, and no other", () => {
    assert.equal(knownRepairs.length, texts.length);
    for (const [name, text] of texts) assert.deepEqual(knownRepairs.filter((it) => it.matches(text)).map((it) => it.name), [known(name).name]);
  });

  it("none knows other failures", () => {
    for (const text of ["context deadline exceeded", "incorrect passphrase", "no stack named 'x' found, says a chart", "locked"]) {
      assert.deepEqual(knownRepairs.filter((it) => it.matches(failure(text))), []);
    }
  });

  it("a release is called good only when Helm has it as deployed", () => {
    assert.equal(requireDeployed("deployed"), "deployed");
    for (const status of ["failed", "pending-install", "pending-upgrade", "superseded", "unknown", ""]) {
      assert.throws(() => requireDeployed(status), (error: Error) => error.message.startsWith(failedReleaseText) && error.message.includes(`"${status}"`));
    }
  });

  it("makes no stack for a shop that runs: its passwords are in another one", async () => {
    const create = async (kube: FakeKube) => known(/created the stack/).repair(await place(kube), texts[0]![1]);
    assert.equal(await create(new FakeKube()), true);
    assert.equal(await create(releases()), true, "a Secret of somebody else");
    const shop = releases("deployed").put(`/api/v1/namespaces/${namespace}`).put(`/api/v1/namespaces/${namespace}/secrets/woocommerce-database`, { metadata: { labels: { "storefleet.dev/store": "acme" } } });
    assert.equal(await create(shop), false);
    assert.deepEqual([shop.changes, shop.reads.every(({ path, metadataOnly }) => metadataOnly || !path.includes("secrets"))], [[], true]);
  });

  it("only what is no matter of the cluster is repaired without the stack's lock", () => {
    assert.deepEqual([...knownRepairs, takeBack].filter(({ needsLock }) => !needsLock).map(({ name }) => name), [known(/created the stack/).name, known(/broke the lock/).name]);
  });

  it("has a quota counted anew that is charged for volumes that are not there", async () => {
    const kube = new FakeKube();
    const quota = `/api/v1/namespaces/${namespace}/resourcequotas/quota`;
    kube.put(quota, { status: { used: { persistentvolumeclaims: "2" } } });
    // The controller counts when the quota changes.
    kube.before = (path) => path === quota && Object.assign(kube.objects.get(quota)!.status!.used, { persistentvolumeclaims: "0" });
    assert.equal(await known(/counted anew/).repair(await place(kube), failure("exceeded quota: quota")), true);
    assert.deepEqual(kube.changes, [`PATCH ${quota}`, `PATCH ${quota}`], "what makes it count is taken back");
  });

  it("leaves a quota alone that is really too small", async () => {
    const kube = new FakeKube();
    const inNamespace = `/api/v1/namespaces/${namespace}`;
    kube.put(`${inNamespace}/persistentvolumeclaims/woocommerce-database`).put(`${inNamespace}/resourcequotas/quota`, { status: { used: { persistentvolumeclaims: "1" } } });
    assert.equal(await known(/counted anew/).repair(await place(kube), failure("exceeded quota: quota")), false);
    assert.deepEqual(kube.changes, []);
  });

  it("an interrupted upgrade is taken back", async () => {
    const kube = releases("deployed", "pending-upgrade");
    assert.equal(await takeBack.repair(await place(kube, { rollBack: async () => true })), true);
    assert.deepEqual(deleted(kube), []);
  });

  it("where nothing can be gone back to, the interrupted operation loses its own record alone", async () => {
    const kube = releases("superseded", "deployed", "pending-upgrade", "pending-rollback", "pending-install", "uninstalling", "failed");
    assert.equal(await takeBack.repair(await place(kube)), true);
    assert.deepEqual(deleted(kube), ["v3", "v4", "v5", "v6"]);
  });

  it("Helm's records tell what is to be taken back before anything fails", () => {
    const records = (...statuses: string[]): HelmRecord[] => statuses.map((status, index) => ({ release: "a/b", revision: index + 1, status, version: "" }));
    for (const statuses of [["pending-install"], ["deployed", "pending-upgrade"], ["uninstalling"], ["deployed", "failed"], ["superseded", "deployed", "failed", "failed"]]) {
      assert.equal(needsTakingBack(records(...statuses)), true, statuses.join());
    }
    // A first installation that failed has nothing to go back to: the next one goes on from there.
    for (const statuses of [[], ["deployed"], ["failed"], ["failed", "failed"], ["pending-upgrade", "deployed"], ["superseded", "failed", "deployed"]]) {
      assert.equal(needsTakingBack(records(...statuses)), false, statuses.join());
    }
    assert.equal(needsTakingBack([...records("deployed", "deployed"), { release: "a/other", revision: 1, status: "pending-install", version: "" }]), true);
  });

  it("is no repair when there is no record to drop", async () => {
    assert.equal(await takeBack.repair(await place(releases("deployed"))), false);
    assert.equal(await known(/not recorded/).repair(await place(releases()), failure("")), false);
  });

  it("touches no release but the stack's, and of those the one that is meant", async () => {
    const two = [{ namespace, name: "woocommerce" }, { namespace, name: "traefik" }];
    const record = (name: string) => `/api/v1/namespaces/${namespace}/configmaps/sh.helm.release.v1.${name}.v1`;
    for (const message of ["", `Helm Release ${namespace}/woocommerce: failed`]) {
      const kube = releases("failed");
      for (const name of ["traefik", "their-app"]) kube.put(record(name), { metadata: { labels: { owner: "helm", name, status: "failed", version: "1" } } });
      assert.equal(await known(/not recorded/).repair(await place(kube, { releases: two, before: await helmRecords(kube.asKube, two) }), failure(message)), true);
      assert.ok(kube.objects.has(record("their-app")), "somebody else's release");
      assert.equal(kube.objects.has(record("traefik")), message !== "");
      assert.equal(kube.objects.has(record("woocommerce")), false);
    }
  });

  it("a release that is taken over or installed again loses its records, never an object", async () => {
    for (const name of [/not recorded/, /as failed/]) {
      const kube = releases("superseded", "failed");
      assert.equal(await known(name).repair(await place(kube), failure("")), true);
      assert.deepEqual(deleted(kube), ["v1", "v2"]);
      assert.ok(kube.objects.has(`/api/v1/namespaces/${namespace}/secrets/woocommerce-admin`));
      assert.ok(kube.reads.every(({ metadataOnly }) => metadataOnly), "records are read whole");
    }
  });

  it("keeps the records that somebody else has written since", async () => {
    for (const name of [/not recorded/, /as failed/]) {
      for (const since of ["superseded,failed,deployed", "superseded,deployed", ""]) {
        const { before } = await place(releases("superseded", "failed"));
        const kube = releases(...since.split(",").filter(Boolean));
        assert.equal(await known(name).repair(await place(kube, { before }), failure("")), false, since);
        assert.deepEqual(kube.changes, []);
      }
    }
  });
});

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return assert.fail("nothing was thrown");
}
