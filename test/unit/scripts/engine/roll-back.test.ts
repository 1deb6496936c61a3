import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { namespaceOf } from "../../../../config/names";
import { rollBack } from "../../../../scripts/engine/helm";
import { reconcileStore } from "../../../../scripts/engine/reconcile";
import type { Session } from "../../../../scripts/engine/session";
import { FakeKube } from "../../helpers/fake-kube";
import { fakeEngine, observedStore, putStore, specOf } from "../../helpers/fleet";
import { program } from "../../helpers/tool-place";

const namespace = "store-acme-00000000";
const never = new AbortController().signal;
const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;

describe("taking back an upgrade", () => {
  let folder: string;
  let saved: string | undefined;
  let refusals: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "storefleet-roll-back-"));
    saved = process.env.STOREFLEET_TOOLS;
    process.env.STOREFLEET_TOOLS = join(folder, "tools");
    program(join(folder, "bin", "helm"), `echo "$@" >> ${folder}/calls`);
    refusals = [];
  });
  afterEach(() => {
    if (saved === undefined) delete process.env.STOREFLEET_TOOLS;
    else process.env.STOREFLEET_TOOLS = saved;
    rmSync(folder, { recursive: true });
  });

  function releases(...statuses: string[]): FakeKube {
    const kube = new FakeKube();
    statuses.forEach((status, index) =>
      kube.put(`/api/v1/namespaces/${namespace}/configmaps/sh.helm.release.v1.shop.v${index + 1}`, { metadata: { labels: { owner: "helm", name: "shop", status, version: String(index + 1) } } }),
    );
    return kube;
  }
  const session = (kube: FakeKube) => ({ kube, cluster: { context: "a-context" }, variables: { PATH: `${join(folder, "bin")}:/usr/bin:/bin` } }) as unknown as Session;
  const undo = (kube: FakeKube, name = "shop", signal = never) => rollBack(session(kube), { namespace, name }, signal, (words) => refusals.push(words));
  const calls = () => (existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8") : "");

  it("goes back to the newest revision that was deployed, on the session's cluster", async () => {
    const statuses = ["superseded", "superseded", "superseded", "superseded", "superseded", "superseded", "superseded", "superseded", "deployed", "failed", "pending-upgrade"];
    assert.equal(await undo(releases(...statuses)), true);
    assert.equal(calls(), `rollback shop 9 --namespace ${namespace} --kube-context a-context\n`);
  });

  it("looks at no other release of the namespace", async () => {
    const kube = releases("deployed", "failed");
    kube.put(`/api/v1/namespaces/${namespace}/configmaps/sh.helm.release.v1.theirs.v9`, { metadata: { labels: { owner: "helm", name: "theirs", status: "failed", version: "9" } } });
    assert.equal(await undo(kube, "theirs"), false);
    assert.equal(await undo(kube), true);
    assert.match(calls(), /^rollback shop 1 /);
  });

  it("does nothing where there is nothing to go back to", async () => {
    for (const statuses of [[], ["deployed"], ["superseded", "deployed"], ["failed"], ["pending-install"]]) {
      assert.equal(await undo(releases(...statuses)), false, statuses.join());
    }
    assert.equal(calls(), "");
  });

  it("is not done where Helm refuses, and its words are told", async () => {
    program(join(folder, "bin", "helm"), "echo 'Error: cannot patch \"shop-database\":\n  spec is immutable' >&2; exit 1");
    assert.equal(await undo(releases("deployed", "failed")), false);
    assert.deepEqual(refusals, [`helm rollback shop 1 --namespace ${namespace}: Error: cannot patch "shop-database": spec is immutable`]);
  });

  it("that Helm refuses is no obstacle to the next upgrade, and is told whatever becomes of that", async () => {
    program(join(folder, "bin", "helm"), "echo 'Error: no' >&2; exit 1");
    for (const failure of [undefined, { kind: "resource" as const, message: "image not found" }]) {
      const kube = new FakeKube();
      const place = putStore(kube, "acme");
      kube.put(`${place}/configmaps/sh.helm.release.v1.woocommerce.v2`, { metadata: { labels: { owner: "helm", name: "woocommerce", status: "failed", version: "2" } } });
      const { engine, operations } = fakeEngine([failure], { kube });
      Object.assign(engine.session, session(kube));
      const { repairs, failure: result } = await reconcileStore(engine, specOf("acme"), observedStore("acme"), () => {});
      assert.deepEqual(operations.map(({ hold }) => hold), [true]);
      const words = `helm rollback woocommerce 1 --namespace ${namespaceOf("local", "acme")}: Error: no`;
      assert.deepEqual([repairs, result?.message], [[words], failure && `image not found\n${words}`]);
    }
  });

  it("does not wait for a Helm that was asked to stop", async () => {
    program(join(folder, "bin", "helm"), "sleep 60");
    const controller = new AbortController();
    const waiting = undo(releases("deployed", "failed"), "shop", controller.signal);
    setTimeout(() => controller.abort(), 100);
    await assert.rejects(waiting, { message: `helm rollback shop 1 --namespace ${namespace}: cancelled` });
  });

  it("removes the release's Jobs, which can not be changed, and no others", async () => {
    const kube = releases("deployed", "failed");
    const job = (name: string, release: string, managedBy = "Helm") =>
      kube.put(`${jobs}/${name}`, { metadata: { labels: { "app.kubernetes.io/managed-by": managedBy }, annotations: { "meta.helm.sh/release-name": release } } });
    job("setup-1", "shop");
    job("setup-2", "shop");
    job("theirs", "another");
    job("by-hand", "shop", "me");
    await undo(kube);
    assert.deepEqual(kube.changes, ["setup-1", "setup-2"].map((name) => `DELETE ${jobs}/${name}?propagationPolicy=Background`));
  });
});
