import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings } from "../../../../config/environment";
import { environmentDigest, environmentReceipt } from "../../../../infra/digest";
import type { Session } from "../../../../scripts/engine/session";
import { readStatus } from "../../../../scripts/operations/status";
import { FakeKube } from "../../helpers/fake-kube";
import { putStore } from "../../helpers/fleet";

describe("stores status", () => {
  const folder = mkdtempSync(join(tmpdir(), "storefleet-status-"));
  const file = join(folder, "stores.yaml");
  after(() => rmSync(folder, { recursive: true }));

  /** @param reached the digest that the environment's stack has; absent: it is not up */
  const read = (list: string, names: string[] = [], reached?: string) => {
    writeFileSync(file, list);
    const kube = new FakeKube();
    putStore(kube, "acme", {});
    if (reached !== undefined) {
      const { namespace, name, annotation } = environmentReceipt;
      kube.put(`/api/v1/namespaces/${namespace}`, { metadata: { annotations: { [annotation]: reached } } });
      kube.put(`/api/v1/namespaces/${namespace}/configmaps/${name}`, { data: { environment: "local", digest: reached, settings: JSON.stringify(readSettings("local")) } });
    }
    return readStatus({ env: "local", kube: kube.asKube, cluster: { simulated: true, context: "here" } } as Session, { env: "local", file }, names);
  };
  const newcomer = "stores:\n  - {name: newcomer, engine: medusa}\n";

  it("shows what is listed, and then what left the list", async () => {
    const { stores, listProblem, simulated } = await read(newcomer);
    assert.deepEqual([stores.map(({ name }) => name), listProblem, simulated], [["newcomer", "acme"], null, true]);
    assert.deepEqual((await read(newcomer, ["acme"])).stores.map(({ name }) => name), ["acme"]);
  });

  it("shows what runs where the list can not be read, and why that is", async () => {
    for (const list of ["stores: [\n", newcomer.replace("medusa", "shopify")]) {
      const { stores, listProblem } = await read(list);
      assert.deepEqual(stores.map(({ name }) => name), ["acme"]);
      assert.match(listProblem!, /stores\.yaml:\d+:\d+: /);
      assert.doesNotMatch(stores[0]!.reason ?? "", /not in the list/);
    }
  });

  it("says so where the environment's stack is not up, or older than its settings", async () => {
    assert.equal((await read(newcomer)).environmentProblem, `the environment's stack "local" is not up yet on here`);
    assert.match((await read(newcomer, [], "older")).environmentProblem!, /^note: the environment's stack is older than Pulumi\.local\.yaml or its programs; .*cluster up$/);
    assert.equal((await read(newcomer, [], environmentDigest("local"))).environmentProblem, null);
  });

  it("refuses names that nobody knows", () => assert.rejects(read(newcomer, ["acne"]), { code: "unknown-store", hint: 'Did you mean "acme"?' }));
});
