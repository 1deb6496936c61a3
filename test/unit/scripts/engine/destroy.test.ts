import assert from "node:assert/strict";
import { mock } from "node:test";
import { namespaceOf } from "../../../../config/names";
import { destroyStore } from "../../../../scripts/engine/destroy";
import type { Failure } from "../../../../scripts/engine/operation";
import { FakeKube } from "../../helpers/fake-kube";
import { fakeEngine, observedStore, putStore } from "../../helpers/fleet";

const namespace = namespaceOf("local", "acme");
const missing: Failure = { kind: "not-found", message: "no stack named 'local.acme' found" };
const observed = observedStore("acme");
const volume = { spec: { claimRef: { namespace, name: "data" } } };

describe("destroy", () => {
  it("destroys the stack, and is done when nothing is left", async () => {
    const { engine, operations, kube } = fakeEngine();
    const result = await destroyStore(engine, "acme", observed, () => {});
    assert.equal(result.failure, undefined);
    assert.deepEqual(operations.map(({ kind, stack, refresh, spec }) => ({ kind, stack, refresh, spec })), [{ kind: "destroy", stack: "local.acme", refresh: false, spec: undefined }]);
    assert.deepEqual(kube.changes, []);
  });

  it("compares with the cluster first when the namespace is gone or going", async () => {
    for (const seen of [undefined, observedStore("acme", { deleting: true })]) {
      const { engine, operations } = fakeEngine();
      await destroyStore(engine, "acme", seen, () => {});
      assert.equal(operations[0]!.refresh, true);
    }
  });

  it("never creates a stack in order to destroy it", async () => {
    const { engine, operations } = fakeEngine([missing]);
    const { failure } = await destroyStore(engine, "acme", undefined, () => {});
    assert.deepEqual(failure, { kind: "not-found", message: 'there is no store "acme": no stack, no namespace' });
    assert.equal(operations.length, 1);
  });

  it("without a stack, the namespace of ours goes where the store was named, or is going already", async () => {
    for (const [named, seen] of [[["acme"], observed], [[], observedStore("acme", { deleting: true })]] as const) {
      const kube = new FakeKube();
      const path = putStore(kube, "acme");
      const { engine } = fakeEngine([missing], { kube });
      const { failure, changes } = await destroyStore({ ...engine, named }, "acme", seen, () => {});
      assert.equal(failure, undefined);
      assert.equal(changes.delete, 1);
      assert.deepEqual(kube.changes, [`DELETE ${path}`]);
    }
  });

  it("without a stack, a store that nobody named stays: its state may be another", async () => {
    const kube = new FakeKube();
    putStore(kube, "acme");
    const { failure } = await destroyStore(fakeEngine([missing], { kube }).engine, "acme", observed, () => {});
    assert.match(failure!.message, /^store acme runs, and this state has no stack of it; nothing was done\.\n.*another backend.*\n.*\.\/scripts\/stores destroy acme$/);
    assert.deepEqual(kube.changes, []);
  });

  it("a namespace that the stack did not know goes too, if it is ours", async () => {
    const kube = new FakeKube();
    const path = putStore(kube, "acme");
    const { failure, changes } = await destroyStore(fakeEngine([], { kube }).engine, "acme", observed, () => {});
    assert.equal(failure, undefined);
    assert.equal(changes.delete, 1);
    assert.deepEqual(kube.changes, [`DELETE ${path}`]);
  });

  it("keeps everything when the stack can not be destroyed, and says why", async () => {
    const kube = new FakeKube();
    putStore(kube, "acme");
    const { engine } = fakeEngine([{ kind: "cli", message: "out of order" }], { kube });
    assert.deepEqual((await destroyStore(engine, "acme", observed, () => {})).failure, { kind: "cli", message: "out of order" });
    assert.deepEqual(kube.changes, []);
  });

  describe("leftovers", () => {
    beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"] }));
    afterEach(() => mock.timers.reset());

    async function withTime<T>(work: Promise<T>): Promise<T> {
      let over = false;
      const ended = work.finally(() => (over = true));
      while (!over) {
        await new Promise((resolve) => setImmediate(resolve));
        if (!over) mock.timers.tick(250);
      }
      return ended;
    }

    it("that go a moment later are none", async () => {
      const kube = new FakeKube().put("/api/v1/persistentvolumes/pv-1", volume);
      let looks = 0;
      kube.before = () => {
        looks += 1;
        if (looks > 20) kube.objects.clear();
      };
      assert.equal((await withTime(destroyStore(fakeEngine([], { kube }).engine, "acme", observed, () => {}))).failure, undefined);
    });

    it("that stay are named, and are a failure", async () => {
      const kube = new FakeKube().put("/api/v1/persistentvolumes/pv-1", volume).put(`/api/v1/namespaces/${namespace}`);
      const { failure } = await withTime(destroyStore(fakeEngine([], { kube }).engine, "acme", observed, () => {}));
      assert.equal(failure?.message, `destroyed, but these stayed behind: namespace/${namespace}, persistentvolume/pv-1`);
      assert.deepEqual(kube.changes, []);
    });
  });
});
