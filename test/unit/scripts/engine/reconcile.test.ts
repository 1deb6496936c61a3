import assert from "node:assert/strict";
import { mock } from "node:test";
import { namespaceOf } from "../../../../config/names";
import { knownRepairs, takeBack, type Repair } from "../../../../scripts/engine/repairs";
import type { Failure } from "../../../../scripts/engine/operation";
import { awaitDeletion, perform } from "../../../../scripts/engine/perform";
import { reconcileStore } from "../../../../scripts/engine/reconcile";
import { annotations, labels, receiptName } from "../../../../stores/labels";
import { FakeKube } from "../../helpers/fake-kube";
import { fakeEngine, observedStore, putStore, specOf } from "../../helpers/fleet";

const namespace = namespaceOf("local", "acme");
const path = `/api/v1/namespaces/${namespace}`;
const failure = (message: string, kind: Failure["kind"] = "resource"): Failure => ({ kind, message });
const missing = failure("no stack named 'local.acme' found", "not-found");
const unrecorded = failure("cannot re-use a name that is still in use");

function cluster(status = "deployed", note?: string): FakeKube {
  const kube = new FakeKube();
  putStore(kube, "acme", { status, annotations: note ? { [annotations.lastError]: note } : {} });
  return kube;
}
const noteOf = (kube: FakeKube) => kube.objects.get(path)?.metadata.annotations?.[annotations.lastError];
const flags = (operations: { fresh?: boolean; refresh?: boolean }[]) => operations.map(({ fresh = false, refresh = false }) => ({ fresh, refresh }));

describe("reconcile", () => {
  it("creates the stack of a new store, without asking for it first", async () => {
    const { engine, operations } = fakeEngine();
    const result = await reconcileStore(engine, specOf("acme"), undefined, () => {});
    assert.equal(result.failure, undefined);
    assert.deepEqual(flags(operations), [{ fresh: true, refresh: false }]);
    assert.equal(operations[0]!.stack, "local.acme");
    assert.equal(operations[0]!.kind, "up");
  });

  it("mends what is asked for under the stack's lock, and then has Pulumi look at all that it made", async () => {
    const { engine, operations } = fakeEngine([], { kube: cluster() });
    const mended: string[] = [];
    const mend = (store: string): Repair => ({ name: `mended ${store}`, matches: () => false, needsLock: true, repair: async () => mended.push(store) > 0, retry: {} });
    const { repairs } = await reconcileStore({ ...engine, mend }, specOf("acme"), observedStore("acme"), () => {});
    assert.deepEqual([mended, repairs, operations.map(({ hold, refresh }) => [hold, refresh])], [["acme"], ["mended acme"], [[true, true]]]);
  });

  it("updates a store that runs, without a refresh", async () => {
    const { engine, operations } = fakeEngine([], { kube: cluster() });
    await reconcileStore(engine, specOf("acme"), observedStore("acme"), () => {});
    assert.deepEqual(flags(operations), [{ fresh: false, refresh: false }]);
  });

  it("makes no stack for a shop that runs, and says both ways out", async () => {
    const kube = cluster().put(`${path}/secrets/woocommerce-database`, { metadata: { labels: { [labels.store]: "acme" } } });
    const { engine, operations } = fakeEngine([missing], { kube });
    const result = await reconcileStore(engine, specOf("acme"), observedStore("acme"), () => {});
    assert.deepEqual([operations.length, result.repairs, noteOf(kube)], [1, [], undefined]);
    assert.match(result.failure!.message, /^store acme runs with passwords that this state does not hold[^]*pulumi login URL[^]*\.\/scripts\/stores apply acme --adopt$/);
  });

  it("makes one on adoption, and tells the program to keep what lives", async () => {
    const { engine, operations } = fakeEngine([], { kube: cluster() });
    await reconcileStore({ ...engine, adopt: true }, specOf("acme"), observedStore("acme"), () => {});
    assert.deepEqual(operations.map(({ fresh, adopt }) => [fresh, adopt]), [[true, true]]);
  });

  it("runs again at once where room was kept for the old pods, and stops when that fails", async () => {
    for (const failures of [[], [undefined, failure("quota refused")]]) {
      const kube = cluster();
      Object.assign(kube.objects.get(`${path}/configmaps/${receiptName}`)!.data!, { held: "{}" });
      const { engine, operations } = fakeEngine(failures, { kube });
      const result = await reconcileStore(engine, specOf("acme"), observedStore("acme"), () => {});
      assert.deepEqual(flags(operations).slice(1), [{ fresh: false, refresh: false }]);
      assert.equal(result.changes.create, failures.length ? 1 : 2);
      assert.equal(result.failure?.message, failures[1]?.message);
    }
    const { engine, operations } = fakeEngine([failure("image not found")], { kube: cluster() });
    await reconcileStore(engine, specOf("acme"), observedStore("acme"), () => {});
    assert.equal(operations.length, 1);
  });

  it("looks at the cluster first when somebody changed the release by hand", async () => {
    for (const releases of [[], [{ name: "woocommerce", status: "failed", revision: 2 }]]) {
      const { engine, operations } = fakeEngine([], { kube: cluster() });
      await reconcileStore(engine, specOf("acme"), observedStore("acme", { releases }), () => {});
      assert.deepEqual(flags(operations), [{ fresh: false, refresh: true }]);
    }
  });

  it("tries each repair at most once, and later tries keep what earlier ones learned", async () => {
    const kube = cluster();
    const { engine, operations } = fakeEngine([missing, unrecorded, unrecorded], { kube });
    const steps: string[] = [];
    const result = await reconcileStore(engine, specOf("acme"), observedStore("acme"), (text) => steps.push(text));
    assert.deepEqual(flags(operations), [
      { fresh: false, refresh: false },
      { fresh: true, refresh: false },
      { fresh: true, refresh: true },
    ]);
    assert.deepEqual(result.repairs, [knownRepairs[0]!.name, knownRepairs[2]!.name]);
    assert.deepEqual(result.repairs, steps);
    assert.equal(result.failure?.message, unrecorded.message);
  });

  it("takes back what Helm has as interrupted, with the stack's lock in hand, and names the repair", async () => {
    const kube = cluster("pending-install");
    const { engine, operations } = fakeEngine([], { kube });
    const result = await reconcileStore(engine, specOf("acme"), observedStore("acme"), () => {});
    assert.equal(result.failure, undefined);
    assert.deepEqual(result.repairs, [takeBack.name]);
    assert.deepEqual(operations.map(({ hold }) => hold), [true]);
    assert.deepEqual(kube.changes, [`DELETE ${path}/configmaps/sh.helm.release.v1.woocommerce.v1`, `PATCH ${path}`]);
  });

  it("touches nothing while another run has the lock, whatever it saw before", async () => {
    for (const seen of ["failed", "pending-upgrade"]) {
      const kube = cluster("deployed");
      const second = { owner: "helm", name: "woocommerce", status: seen, version: "2" };
      kube.put(`${path}/configmaps/sh.helm.release.v1.woocommerce.v2`, { metadata: { labels: second } });
      const { engine } = fakeEngine([failure("the stack is currently locked by 1 lock(s)", "locked")], { kube });
      const result = await reconcileStore(engine, specOf("acme"), observedStore("acme", { releases: [{ name: "woocommerce", status: seen, revision: 2 }] }), () => {});
      assert.equal(result.failure?.kind, "locked");
      assert.deepEqual([kube.changes, result.repairs], [[], []]);
    }
  });

  it("looks again once it has the lock: what another run has put right meanwhile is left as it is", async () => {
    const kube = cluster("pending-upgrade");
    const { engine, operations } = fakeEngine([], { kube });
    const { run } = engine.pool;
    engine.pool.run = (...args) => {
      putStore(kube, "acme", { status: "deployed" });
      return run.apply(engine.pool, args);
    };
    const result = await reconcileStore(engine, specOf("acme"), observedStore("acme"), () => {});
    assert.equal(result.failure, undefined);
    assert.deepEqual([operations.length, result.repairs, kube.changes], [1, [], [`PATCH ${path}`]]);
  });

  it("makes what is due before anything fails with the lock in hand, and only once the lock is had", async () => {
    const made: string[] = [];
    const due: Repair = { name: "due", matches: () => false, needsLock: true, repair: async () => made.push("due") > 0, retry: {} };
    const locked = failure("the stack is currently locked by 1 lock(s)", "locked");
    const operation = { kind: "up" as const, env: "local" as const, stack: "local", workFolder: "", logFile: "" };
    for (const [failures, expected] of [[[locked], []], [[missing], ["due"]]] as const) {
      const { engine, operations } = fakeEngine([...failures]);
      await perform(engine, [], operation, () => {}, [due]);
      assert.deepEqual(made.splice(0), expected);
      assert.ok(operations.every(({ hold }) => hold));
    }
  });

  it("a failure for which there is nothing to mend stands, after one look with the lock in hand", async () => {
    const quota = failure("exceeded quota: quota");
    const { engine, operations } = fakeEngine([quota], { kube: cluster() });
    const result = await reconcileStore(engine, specOf("acme"), observedStore("acme"), () => {});
    assert.deepEqual(operations.map(({ hold }) => hold), [false, true]);
    assert.match(result.failure!.message, /exceeded quota/);
    assert.deepEqual(result.repairs, []);
  });

  it("reports a lock that is not provably stale, with its holder and the command", async () => {
    const { engine, operations } = fakeEngine([failure("the stack is currently locked by 1 lock(s)\n x: created by ci@elsewhere (pid 5) at 2026-10-01T10:00:00Z", "locked")], { kube: cluster() });
    const result = await reconcileStore(engine, specOf("acme"), observedStore("acme"), () => {});
    assert.equal(operations.length, 1);
    assert.match(result.failure!.message, /ci@elsewhere \(pid 5\)[^]*\nHeld by process 5 on elsewhere, which took the lock .* ago\. If that is gone for certain: \.\/scripts\/stores state unlock acme$/);
  });

  it("leaves the reason of a failure on the namespace, and takes it away after a success", async () => {
    const kube = cluster();
    await reconcileStore(fakeEngine([failure("image not found")], { kube }).engine, specOf("acme"), observedStore("acme"), () => {});
    assert.equal(noteOf(kube), "image not found");
    await reconcileStore(fakeEngine([failure("x".repeat(5000))], { kube }).engine, specOf("acme"), observedStore("acme"), () => {});
    assert.equal(noteOf(kube)?.length, 2000);
    await reconcileStore(fakeEngine([], { kube }).engine, specOf("acme"), observedStore("acme"), () => {});
    assert.equal(noteOf(kube), undefined);
  });

  it("the pods' own words come before those of Pulumi and Helm", async () => {
    const kube = cluster().put(`${path}/pods/wordpress-0`, {
      status: { containerStatuses: [{ name: "wordpress", image: "wordpress:nope", restartCount: 0, state: { waiting: { reason: "ErrImagePull", message: "i/o timeout" } } }] },
    });
    const { failure: result } = await reconcileStore(fakeEngine([failure("context deadline exceeded")], { kube }).engine, specOf("acme"), observedStore("acme"), () => {});
    assert.equal(result?.message, "image can not be pulled: wordpress-0/wordpress: ErrImagePull: i/o timeout\ncontext deadline exceeded");
    assert.equal(noteOf(kube), result.message);
  });

  it("but not before an object that was refused: no pod is the cause of that", async () => {
    const kube = cluster().put(`${path}/pods/wordpress-0`, {
      status: { containerStatuses: [{ name: "wordpress", image: "wordpress:6", restartCount: 3, state: { waiting: { reason: "CrashLoopBackOff" } } }] },
    });
    for (const words of [
      'release woocommerce: cannot patch "woocommerce-database" with kind PersistentVolumeClaim: spec is immutable',
      'release woocommerce: failed to create resource: ConfigMap "medusa-store" is invalid: []: Too long: must have at most 1048576 bytes',
      'release woocommerce: admission webhook "policy.example.com" denied the request: no latest tags',
    ]) {
      const { failure: result } = await reconcileStore(fakeEngine([failure(words)], { kube }).engine, specOf("acme"), observedStore("acme"), () => {});
      assert.equal(result?.message, words);
    }
  });

  it("what the store had no part in leaves no note, and the earlier one stays", async () => {
    const kube = cluster("deployed", "earlier");
    for (const kind of ["cancelled", "locked", "cli"] as const) {
      const { failure: result } = await reconcileStore(fakeEngine([failure("not its fault", kind)], { kube }).engine, specOf("acme"), observedStore("acme"), () => {});
      assert.equal(result?.kind, kind);
      assert.equal(noteOf(kube), "earlier");
    }
  });

  it("an API server that has gone away does not hide the store's own result", async () => {
    const kube = cluster();
    const { engine } = fakeEngine([failure("image not found")], { kube });
    const { run } = engine.pool;
    engine.pool.run = (...args) => {
      kube.before = () => {
        throw new Error("unreachable");
      };
      return run.apply(engine.pool, args);
    };
    assert.equal((await reconcileStore(engine, specOf("acme"), observedStore("acme"), () => {})).failure?.message, "image not found");
  });

  it("refuses a namespace that does not carry the store's labels, and takes one that does", async () => {
    const ours = { [labels.env]: "local", [labels.store]: "acme" };
    const theirs: Record<string, string>[] = [{}, { ...ours, [labels.env]: "prod" }, { [labels.env]: "local" }, { ...ours, [labels.store]: "other" }];
    for (const found of theirs) {
      const kube = new FakeKube().put(path, { metadata: { labels: found } });
      const { engine, operations } = fakeEngine([], { kube });
      const result = await reconcileStore(engine, specOf("acme"), undefined, () => {});
      assert.match(result.failure?.message ?? "", new RegExp(`^namespace ${namespace} exists, but.*kubectl delete namespace ${namespace}$`));
      assert.deepEqual(operations, []);
      assert.deepEqual(kube.changes, []);
    }
    const { engine, operations } = fakeEngine([], { kube: new FakeKube().put(path, { metadata: { labels: ours } }) });
    assert.equal((await reconcileStore(engine, specOf("acme"), undefined, () => {})).failure, undefined);
    assert.equal(operations.length, 1);
  });
});

describe("a namespace that is being deleted", () => {
  const deleting = observedStore("acme", { deleting: true });
  const remaining = {
    phase: "Terminating",
    conditions: [
      { type: "NamespaceContentRemaining", status: "True", message: "Some resources are remaining: pods. has 1 resource instances" },
      { type: "NamespaceFinalizersRemaining", status: "True", message: "Some content in the namespace has finalizers remaining: example.com/hold" },
      { type: "NamespaceDeletionDiscoveryFailure", status: "False", message: "All resources successfully discovered" },
    ],
  };

  beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"] }));
  afterEach(() => mock.timers.reset());

  /** Lets the mocked clock run while `work` goes on. */
  async function withTime<T>(work: Promise<T>): Promise<{ result: T; seconds: number }> {
    const started = Date.now();
    let over = false;
    const ended = work.finally(() => (over = true));
    while (!over) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!over) mock.timers.tick(500);
    }
    return { result: await ended, seconds: (Date.now() - started) / 1000 };
  }

  it("is awaited, then the store is created anew", async () => {
    const kube = cluster();
    let looks = 0;
    kube.before = () => {
      looks += 1;
      if (looks === 4) kube.objects.delete(path);
    };
    const { engine, operations } = fakeEngine([], { kube });
    const steps: string[] = [];
    const { result } = await withTime(reconcileStore(engine, specOf("acme"), deleting, (text) => steps.push(text)));
    assert.equal(result.failure, undefined);
    assert.deepEqual(flags(operations), [{ fresh: true, refresh: false }]);
    assert.deepEqual(steps, [`waiting for the deletion of namespace ${namespace}`]);
  });

  it("is not awaited for ever; what holds it is named, and nothing is stripped", async () => {
    const kube = new FakeKube().put(path, { status: remaining });
    const { engine, operations } = fakeEngine([], { kube });
    const { result, seconds } = await withTime(reconcileStore(engine, specOf("acme"), deleting, () => {}));
    assert.match(result.failure!.message, /does not go away: Some resources are remaining: pods.*; Some content.*example\.com\/hold$/);
    assert.ok(seconds >= 120 && seconds < 125, `${seconds} s`);
    assert.deepEqual(operations, []);
    assert.deepEqual(kube.changes, []);
  });

  it("is not awaited once the run is cancelled", async () => {
    const controller = new AbortController();
    const kube = new FakeKube().put(path, { status: remaining });
    kube.before = () => controller.abort();
    const { engine } = fakeEngine([], { kube, signal: controller.signal });
    const { result } = await withTime(awaitDeletion(engine, deleting, () => {}));
    assert.equal(result?.kind, "cancelled");
  });

  it("one that is not being deleted is not looked at", async () => {
    const { engine, kube } = fakeEngine();
    assert.equal(await awaitDeletion(engine, observedStore("acme"), () => {}), undefined);
    assert.deepEqual(kube.reads, []);
  });
});
