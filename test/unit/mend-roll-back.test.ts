import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rollBack } from "../../scripts/engine/helm";
import type { Session } from "../../scripts/engine/session";
import { FakeKube } from "./helpers/fake-kube";
import { program } from "./helpers/tool-place";

const namespace = "store-acme-00000000";
const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;

describe("taking back an upgrade", () => {
  let folder: string;
  let saved: string | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "storefleet-roll-back-"));
    saved = process.env.STOREFLEET_TOOLS;
    process.env.STOREFLEET_TOOLS = join(folder, "tools");
    program(join(folder, "bin", "helm"), `echo "$@" >> ${folder}/calls; exit 1`);
  });
  afterEach(() => {
    if (saved === undefined) delete process.env.STOREFLEET_TOOLS;
    else process.env.STOREFLEET_TOOLS = saved;
    rmSync(folder, { recursive: true });
  });

  function releases(...statuses: string[]): FakeKube {
    const kube = new FakeKube();
    statuses.forEach((status, index) =>
      kube.put(`/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.shop.v${index + 1}`, { metadata: { labels: { owner: "helm", name: "shop", status, version: String(index + 1) } } }),
    );
    return kube;
  }
  const session = (kube: FakeKube) => ({ kube, cluster: { context: "a-context" }, variables: { PATH: `${join(folder, "bin")}:/usr/bin:/bin` } }) as unknown as Session;
  const calls = () => (existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8") : "");

  it("goes back to the newest revision that was deployed, on the session's cluster, whatever Helm says to it", async () => {
    const statuses = ["superseded", "superseded", "superseded", "superseded", "superseded", "superseded", "superseded", "superseded", "deployed", "failed", "pending-upgrade"];
    assert.equal(await rollBack(session(releases(...statuses)), { namespace, name: "shop" }), true);
    assert.equal(calls(), `rollback shop 9 --namespace ${namespace} --kube-context a-context\n`);
  });

  it("looks at no other release of the namespace", async () => {
    const kube = releases("deployed", "failed");
    kube.put(`/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.theirs.v9`, { metadata: { labels: { owner: "helm", name: "theirs", status: "failed", version: "9" } } });
    assert.equal(await rollBack(session(kube), { namespace, name: "theirs" }), false);
    assert.equal(await rollBack(session(kube), { namespace, name: "shop" }), true);
    assert.match(calls(), /^rollback shop 1 /);
  });

  it("does nothing where there is nothing to go back to", async () => {
    for (const statuses of [[], ["deployed"], ["superseded", "deployed"], ["failed"], ["pending-install"]]) {
      assert.equal(await rollBack(session(releases(...statuses)), { namespace, name: "shop" }), false, statuses.join());
    }
    assert.equal(calls(), "");
  });

  it("removes the release's Jobs, which can not be changed, and no others", async () => {
    const kube = releases("deployed", "failed");
    const job = (name: string, release: string, managedBy = "Helm") =>
      kube.put(`${jobs}/${name}`, { metadata: { labels: { "app.kubernetes.io/managed-by": managedBy }, annotations: { "meta.helm.sh/release-name": release } } });
    job("setup-1", "shop");
    job("setup-2", "shop");
    job("theirs", "another");
    job("by-hand", "shop", "me");
    await rollBack(session(kube), { namespace, name: "shop" });
    assert.deepEqual(kube.changes, ["setup-1", "setup-2"].map((name) => `DELETE ${jobs}/${name}?propagationPolicy=Background`));
  });
});
