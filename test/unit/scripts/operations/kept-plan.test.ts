import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Session } from "../../../../scripts/engine/session";
import { keepPlan, readKeptPlan } from "../../../../scripts/operations/kept-plan";
import { planOfOperation } from "../../../../scripts/operations/queued-plan";
import { endPatch, pathOf, writeRecord, type Kind } from "../../../../scripts/operations/records/operation";
import { placed } from "../../../../scripts/machine/os/placed-process";
import { plannedOf } from "../../helpers/api-client";
import { FakeKube } from "../../helpers/fake-kube";

describe("the plan of an API's client", () => {
  let kube: FakeKube;
  beforeEach(() => (kube = new FakeKube()));
  const keep = (id: string, stores = [plannedOf("acme", "update")]) => keepPlan(kube.asKube, "local", id, { stores });

  it("comes back as it was, for its environment alone", async () => {
    const stores = [plannedOf("acme", "update"), { ...plannedOf("bikes", "refused"), reason: "no", looked: false }];
    await keep("one", stores);
    assert.deepEqual(await readKeptPlan(kube.asKube, "local", "one"), { stores });
    assert.equal(await readKeptPlan(kube.asKube, "prod", "one"), undefined);
    assert.equal(await readKeptPlan(kube.asKube, "local", "two"), undefined);
  });

  it("is none where somebody put something else in its place", async () => {
    await keep("one");
    for (const plan of ["", "nonsense", Buffer.from("{}").toString("base64")]) {
      await kube.merge("/api/v1/namespaces/storefleet-control/configmaps/plan-one", { binaryData: { plan } });
      assert.equal(await readKeptPlan(kube.asKube, "local", "one"), undefined);
    }
  });

  it("of a thousand new stores is kept, and one that does not fit is refused by its size", async () => {
    const resources = Array.from({ length: 45 }, (_, at) => ({ op: "create", type: "kubernetes:core/v1:ConfigMap", name: `resource-${at}`, diffs: [], values: [], moreValues: 0 }));
    await keep("large", Array.from({ length: 1000 }, (_, at) => ({ ...plannedOf(`shop-${at}`, "create"), resources })));
    const noise = { ...plannedOf("acme", "update"), error: randomBytes(1_200_000).toString("base64") };
    await assert.rejects(keep("noise", [noise]), /the plan of 1 stores is too large to be kept: 1\d\d\d kB, of at most 1000/);
    assert.equal(await readKeptPlan(kube.asKube, "local", "noise"), undefined);
  });

  it("is one of the newest twenty", async () => {
    for (let at = 10; at < 32; at++) await keep(`at-${at}`);
    assert.deepEqual(await Promise.all(["at-11", "at-12", "at-31"].map(async (id) => (await readKeptPlan(kube.asKube, "local", id))?.stores.length)), [undefined, 1, 1]);
  });

  it("is not there before it is made, nor of any other operation, nor where nothing came of it", async () => {
    const session = { kube: kube.asKube, env: "local" } as unknown as Session;
    const write = (id: string, kind: Kind) => writeRecord(kube.asKube, id, { kind, env: "local", via: "api", actor: { user: "u", person: "p", host: "h" }, requestedAt: "2026-11-27T12:00:00.000Z" }, { state: "queued", process: placed(process.pid) });
    await write("one", "plan");
    await write("two", "apply");
    await assert.rejects(planOfOperation(session, "one"), { code: "not-ready", message: "the plan one is not made yet: queued" });
    await assert.rejects(planOfOperation(session, "two"), { code: "usage" });
    await assert.rejects(planOfOperation(session, "three"), { code: "usage" });
    await kube.merge(pathOf("one"), { ...endPatch("failed", "2026-11-27T12:00:01.000Z", "the list is wrong") });
    await assert.rejects(planOfOperation(session, "one"), { code: "usage", message: "nothing came of the plan one: the list is wrong" });
    await keep("one");
    assert.deepEqual((await planOfOperation(session, "one")).stores.map(({ name }) => name), ["acme"]);
  });
});
