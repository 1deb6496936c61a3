import assert from "node:assert/strict";
import { beforeUpgrade } from "../../../../scripts/operations/before-upgrade";
import { FakeKube } from "../../helpers/fake-kube";
import { specOf } from "../../helpers/fleet";

describe("before a store gets another release", () => {
  const namespace = "store-acme";
  const cronJob = `/apis/batch/v1/namespaces/${namespace}/cronjobs/backup`;
  const ask = (kube: FakeKube, observed: object | undefined, steps: string[] = []) =>
    beforeUpgrade({ session: { kube: Object.assign(kube, { heeding: () => kube }) as never }, spec: specOf("acme"), observed: observed as never, signal: new AbortController().signal, onStep: (text) => steps.push(text) });

  it("nothing is saved of one that was never whole, or that gets its backups by this very release", async () => {
    const steps: string[] = [];
    const kube = new FakeKube();
    assert.deepEqual([await ask(kube, undefined, steps), await ask(kube, { namespace, receipt: {} }, steps)], [undefined, undefined]);
    kube.put(cronJob, { spec: { jobTemplate: { spec: { template: { spec: { containers: [] } } } } } });
    assert.equal(await ask(kube, { namespace }, steps), undefined);
    assert.deepEqual(steps, []);
  });

  it("one that can not be saved does not get it, and is told why", async () => {
    const kube = new FakeKube();
    kube.put(cronJob, { spec: { jobTemplate: { spec: { template: { spec: { containers: [] } } } } } });
    Object.assign(kube, { create: () => Promise.reject(new Error("exceeded quota: quota")) });
    assert.deepEqual(await ask(kube, { namespace, receipt: {}, suspended: false }), { kind: "resource", message: "not upgraded, since it could not be saved before: exceeded quota: quota" });
  });
});
