import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { hostname } from "node:os";
import { failedReleaseText, locksAreStale, mends } from "../../scripts/engine/mend";
import type { Failure } from "../../scripts/engine/operation";
import { requireDeployed } from "../../components/shared/require-deployed";
import { FakeKube } from "./helpers/fake-kube";

const namespace = "store-acme-00000000";
const failure = (message: string, kind: Failure["kind"] = "resource"): Failure => ({ kind, message });
const mend = (name: RegExp) => mends.find((it) => name.test(it.name))!;

/** Pulumi's own words (backend/diy/lock.go). */
const locked = (...holders: string[]) =>
  `the stack is currently locked by ${holders.length} lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.` +
  holders.map((holder, index) => `\n  file:///state/.pulumi/locks/organization/storefleet/local.acme/${index}.json: created by ${holder} at 2026-10-01T10:00:00Z`).join("");

function releases(...statuses: string[]): FakeKube {
  const kube = new FakeKube();
  statuses.forEach((status, index) => {
    kube.put(`/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.woocommerce.v${index + 1}`, { metadata: { labels: { owner: "helm", name: "woocommerce", status, version: String(index + 1) } } });
  });
  kube.put(`/api/v1/namespaces/${namespace}/secrets/woocommerce-admin`);
  kube.put(`/api/v1/namespaces/another/secrets/sh.helm.release.v1.woocommerce.v1`, { metadata: { labels: { owner: "helm", status: "pending-install" } } });
  return kube;
}
const place = (kube: FakeKube) => ({ kube: kube.asKube, releases: [{ namespace, name: "woocommerce" }], cancelLock: async () => assert.fail("not a matter of locks"), rollBack: async () => false });
const deleted = (kube: FakeKube) => kube.changes.map((change) => change.replace(`DELETE /api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.woocommerce.`, ""));

describe("stale locks", () => {
  const nobody = () => false;

  it("are all of this host, and all of processes that are gone", () => {
    assert.equal(locksAreStale(locked("root@here (pid 11)"), "here", nobody), true);
    assert.equal(locksAreStale(locked("root@here (pid 11)", "ci@here (pid 12)"), "here", nobody), true);
    assert.equal(locksAreStale(locked("root@here (pid 11)", "ci@here (pid 12)"), "here", (pid) => pid === 12), false);
  });

  it("are never another host's", () => {
    assert.equal(locksAreStale(locked("root@there (pid 11)"), "here", nobody), false);
    assert.equal(locksAreStale(locked("root@here (pid 11)", "root@there (pid 12)"), "here", nobody), false);
    assert.equal(locksAreStale(locked("root@here.example.com (pid 11)"), "here", nobody), false);
  });

  it("are not what names no holder, as Pulumi Cloud does not", () => {
    assert.equal(locksAreStale("[409] Conflict: Another update is currently in progress.", "here", nobody), false);
  });

  it("a running program of that pid holds its lock only if it is pulumi", async () => {
    const lockOf = (pid: number | undefined) => locked(`root@${hostname()} (pid ${pid})`);
    // This process is alive, but no pulumi: the number was given to another program.
    assert.equal(locksAreStale(lockOf(process.pid)), true);
    const pulumi = spawn(process.execPath, ["-e", 'process.title = "pulumi"; console.log("ready"); setInterval(() => {}, 1000)'], { stdio: ["ignore", "pipe", "ignore"] });
    try {
      await new Promise((resolve) => pulumi.stdout.once("data", resolve));
      assert.equal(locksAreStale(lockOf(pulumi.pid)), false);
    } finally {
      pulumi.kill("SIGKILL");
    }
    await new Promise((resolve) => pulumi.once("exit", resolve));
    assert.equal(locksAreStale(lockOf(pulumi.pid)), true);
  });
});

describe("mends", () => {
  const texts: [RegExp, Failure][] = [
    [/created the stack/, failure("no stack named 'local.acme' found", "not-found")],
    [/broke the lock/, failure(locked("root@here (pid 1)"), "locked")],
    [/interrupted Helm operation/, failure("1 error occurred:\n\t* another operation (install/upgrade/rollback) is in progress")],
    [/not recorded/, failure("1 error occurred:\n\t* cannot re-use a name that is still in use")],
    [/counted anew/, failure('Helm Release store-six/woocommerce: failed to create resource: persistentvolumeclaims "woocommerce-database" is forbidden: exceeded quota: quota, requested: persistentvolumeclaims=1')],
    [/as failed/, failure(messageOf(() => requireDeployed("failed")), "program")],
  ];

  it("each knows its own failure by the tools' real words, and no other", () => {
    assert.equal(mends.length, texts.length);
    for (const [name, text] of texts) assert.deepEqual(mends.filter((it) => it.matches(text)).map((it) => it.name), [mend(name).name]);
  });

  it("none knows other failures", () => {
    for (const text of ["context deadline exceeded", "incorrect passphrase", "no stack named 'x' found, says a chart", "locked"]) {
      assert.deepEqual(mends.filter((it) => it.matches(failure(text))), []);
    }
  });

  it("a release is called good only when Helm has it as deployed", () => {
    assert.equal(requireDeployed("deployed"), "deployed");
    for (const status of ["failed", "pending-install", "pending-upgrade", "superseded", "unknown", ""]) {
      assert.throws(() => requireDeployed(status), (error: Error) => error.message.startsWith(failedReleaseText) && error.message.includes(`"${status}"`));
    }
  });

  it("breaks a lock only when it is stale", async () => {
    let broken = 0;
    const here = { kube: new FakeKube().asKube, releases: [{ namespace, name: "woocommerce" }], cancelLock: async () => void (broken += 1), rollBack: async () => false };
    assert.equal(await mend(/broke the lock/).repair(here, failure(locked("root@another-host (pid 1)"), "locked")), false);
    assert.equal(broken, 0);
    assert.equal(await mend(/broke the lock/).repair(here, failure(locked(`root@${hostname()} (pid ${process.pid})`), "locked")), true);
    assert.equal(broken, 1);
  });

  it("has a quota counted anew that is charged for volumes that are not there", async () => {
    const kube = new FakeKube();
    const quota = `/api/v1/namespaces/${namespace}/resourcequotas/quota`;
    kube.put(quota, { status: { used: { persistentvolumeclaims: "2" } } });
    // The controller counts when the quota changes.
    kube.before = (path) => path === quota && Object.assign(kube.objects.get(quota)!.status!.used, { persistentvolumeclaims: "0" });
    assert.equal(await mend(/counted anew/).repair(place(kube), failure("exceeded quota: quota")), true);
    assert.deepEqual(kube.changes, [`PATCH ${quota}`, `PATCH ${quota}`], "what makes it count is taken back");
  });

  it("leaves a quota alone that is really too small", async () => {
    const kube = new FakeKube();
    const inNamespace = `/api/v1/namespaces/${namespace}`;
    kube.put(`${inNamespace}/persistentvolumeclaims/woocommerce-database`).put(`${inNamespace}/resourcequotas/quota`, { status: { used: { persistentvolumeclaims: "1" } } });
    assert.equal(await mend(/counted anew/).repair(place(kube), failure("exceeded quota: quota")), false);
    assert.deepEqual(kube.changes, []);
  });

  it("an interrupted upgrade is taken back", async () => {
    const kube = releases("deployed", "pending-upgrade");
    assert.equal(await mend(/interrupted Helm operation/).repair({ ...place(kube), rollBack: async () => true }, texts[2]![1]), true);
    assert.deepEqual(deleted(kube), []);
  });

  it("where nothing can be gone back to, the interrupted operation loses its own record alone", async () => {
    const kube = releases("superseded", "deployed", "pending-upgrade", "pending-rollback", "pending-install", "uninstalling", "failed");
    assert.equal(await mend(/interrupted Helm operation/).repair(place(kube), texts[2]![1]), true);
    assert.deepEqual(deleted(kube), ["v3", "v4", "v5", "v6"]);
  });

  it("is no repair when there is no record to drop", async () => {
    assert.equal(await mend(/interrupted Helm operation/).repair(place(releases("deployed")), texts[2]![1]), false);
    assert.equal(await mend(/not recorded/).repair(place(releases()), texts[3]![1]), false);
  });

  it("touches no release but the stack's, and of those the one that is meant", async () => {
    const two = [{ namespace, name: "woocommerce" }, { namespace, name: "traefik" }];
    const record = (name: string) => `/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.${name}.v1`;
    for (const message of ["", `Helm Release ${namespace}/woocommerce: failed`]) {
      const kube = releases("failed");
      for (const name of ["traefik", "their-app"]) kube.put(record(name), { metadata: { labels: { owner: "helm", name, status: "failed", version: "1" } } });
      assert.equal(await mend(/not recorded/).repair({ ...place(kube), releases: two }, failure(message)), true);
      assert.ok(kube.objects.has(record("their-app")), "somebody else's release");
      assert.equal(kube.objects.has(record("traefik")), message !== "");
      assert.equal(kube.objects.has(record("woocommerce")), false);
    }
  });

  it("a release that is taken over or installed again loses its records, never an object", async () => {
    for (const name of [/not recorded/, /as failed/]) {
      const kube = releases("superseded", "failed");
      assert.equal(await mend(name).repair(place(kube), failure("")), true);
      assert.deepEqual(deleted(kube), ["v1", "v2"]);
      assert.ok(kube.objects.has(`/api/v1/namespaces/${namespace}/secrets/woocommerce-admin`));
      assert.ok(kube.reads.every(({ metadataOnly }) => metadataOnly), "records are read whole");
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
