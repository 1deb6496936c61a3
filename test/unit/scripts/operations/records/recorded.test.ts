import assert from "node:assert/strict";
import { heartbeatEvery, readOperations } from "../../../../../scripts/operations/records/operation";
import { readTrail } from "../../../../../scripts/operations/records/audit";
import { noteDown, recordedDecisions, recordedStore } from "../../../../../scripts/operations/records/of-stores";
import { recorded } from "../../../../../scripts/operations/records/recorded";
import { KubeError } from "../../../../../kube";
import type { Decision } from "../../../../../scripts/fleet/classify";
import type { StoreRecord } from "../../../../../scripts/engine/store-record";
import { placed } from "../../../../../scripts/machine/os/placed-process";
import { FakeKube } from "../../../helpers/fake-kube";
import { recordedProgress } from "../../../helpers/fleet";
import { keepClock, untilTrue, type Clock } from "../../../helpers/clock";

const place = (kube: FakeKube) => ({ kube: kube.asKube, env: "local" as const });
const listenerOf = (signal = new AbortController().signal) => {
  const said: string[] = [];
  return { signal, said, say: (text: string) => void said.push(text), progress: recordedProgress() };
};
const intended = (...names: string[]) => ({ kind: "apply" as const, stores: Object.fromEntries(names.map((name) => [name, "update"])), limit: 60_000 });
const told = async (kube: FakeKube) => (await readTrail(kube.asKube)).entries.map(({ action, outcome, store }) => [action, outcome, ...(store ? [store] : [])].join(" "));
const records = (kube: FakeKube) => [...kube.objects.keys()].filter((path) => path.includes("/configmaps/op-"));
const end = (name: string, more: object = {}) => ({ name, action: "update", result: "updated", seconds: 1.5, error: null, repairs: [], ...more });

async function began(record: StoreRecord, name: string): Promise<AbortSignal> {
  const begun = await record.begin(name, "update");
  if ("heldBy" in begun) assert.fail(`held by ${begun.heldBy}`);
  return begun.signal;
}

describe("an operation's record", () => {
  it("is there before the work, tells each store's part, and how it ended", async () => {
    const kube = new FakeKube();
    const { result, note } = await recorded(place(kube), intended("shop", "bikes"), listenerOf(), async ({ id, stores }) => {
      const [first] = await readOperations(kube.asKube, "local");
      assert.deepEqual([first?.id, first?.state, first?.kind], [id, "running", "apply"]);
      assert.deepEqual(Object.values(first!.stores).map((it) => it.result), ["waiting", "waiting"]);
      assert.deepEqual(await told(kube), ["operation.start accepted"]);
      await began(stores, "shop");
      const [now] = await readOperations(kube.asKube, "local", id);
      assert.equal(now?.stores.shop?.result, "working");
      stores.end(end("shop"));
      await began(stores, "bikes");
      stores.end(end("bikes", { result: "failed", error: "no image", repairs: ["took it back"] }));
      return 7;
    }, () => ({ end: "failed", error: "failed: bikes" }));
    assert.equal(result, 7);
    const [last] = await readOperations(kube.asKube, "local");
    assert.deepEqual([last?.state, last?.error, last?.stores.shop, last?.stores.bikes], [
      "failed", "failed: bikes", { action: "update", result: "updated", seconds: 1.5 }, { action: "update", result: "failed", seconds: 1.5, error: "no image", repairs: ["took it back"] },
    ]);
    assert.deepEqual(await told(kube), ["operation.start accepted", "store.update succeeded shop", "store.update failed bikes", "operation.end failed"]);
    assert.equal(note.audit.seq, 4);
    assert.deepEqual([...kube.objects.keys()].filter((path) => path.includes("/leases/")), [], "a claim was left");
  });

  it("where it can not be written, nothing is done: neither with the first write missing, nor with the second", async () => {
    for (const refused of [/configmaps$/, /configmaps\/storefleet-audit/]) {
      const kube = new FakeKube();
      kube.before = (path) => {
        if (refused.test(path)) throw new KubeError(403, "may not");
      };
      await assert.rejects(recorded(place(kube), intended("shop"), listenerOf(), () => assert.fail("was carried out"), () => ({ end: "succeeded" })), /may not/);
    }
  });

  it("a store whose part can not be written is left alone, and is anybody's again", async () => {
    const kube = new FakeKube();
    await recorded(place(kube), intended("shop"), listenerOf(), async ({ id, stores }) => {
      kube.before = (path) => {
        if (path.endsWith(`op-${id}`)) throw new KubeError(403, "may not");
      };
      await assert.rejects(stores.begin("shop", "update"), /may not/);
      kube.before = () => {};
    }, () => ({ end: "failed" }));
    assert.deepEqual([...kube.objects.keys()].filter((path) => path.includes("/leases/")), []);
  });

  it("tells how it ended also where the work throws", async () => {
    const kube = new FakeKube();
    await assert.rejects(recorded(place(kube), intended("shop"), listenerOf(), () => Promise.reject(new Error("the state is about another cluster")), () => ({ end: "succeeded" })), /another cluster/);
    const [{ state, error } = { state: "" }] = await readOperations(kube.asKube, "local");
    assert.deepEqual([state, error], ["failed", "the state is about another cluster"]);
    assert.deepEqual(await told(kube), ["operation.start accepted", "operation.end failed"]);
  });

  it("two at once: the second is told who works on the store, and has it after", async () => {
    const kube = new FakeKube();
    await recorded(place(kube), intended("shop"), listenerOf(), async ({ id, stores }) => {
      await began(stores, "shop");
      await recorded(place(kube), intended("shop"), listenerOf(), async ({ stores: others }) => {
        const begun = await others.begin("shop", "update");
        assert.ok("heldBy" in begun);
        // Both are this process, whose claims differ by the operation alone.
        assert.match(begun.heldBy, new RegExp(`^operation ${id} of \\S+ on \\S+, process ${process.pid}$`));
        stores.end(end("shop"));
        await new Promise((resolve) => setImmediate(resolve));
        await began(others, "shop");
        others.end(end("shop"));
      }, () => ({ end: "succeeded" }));
    }, () => ({ end: "succeeded" }));
    await assert.doesNotReject(recordedStore(place(kube), "restart", "shop", listenerOf(), async () => 1));
  });

  it("of a run that does nothing there is none", async () => {
    const kube = new FakeKube();
    const idle: Decision[] = [{ name: "shop", action: "unchanged" }, { name: "left", action: "orphan" }];
    const { operation } = await recordedDecisions(place(kube), "apply", idle, { lanes: 2, helmTimeout: 600 }, listenerOf(), async () => []);
    assert.equal(operation, null);
    assert.deepEqual([kube.changes, kube.reads], [[], []]);
  });

  it("of a killed run is closed by the next one, as interrupted", async () => {
    const kube = new FakeKube();
    const hang = new AbortController();
    // A run that never ends; its process is then said to be another one, which is gone.
    void recorded(place(kube), intended("shop"), listenerOf(hang.signal), async ({ stores, signal }) => {
      await began(stores, "shop");
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    }, () => ({ end: "cancelled" }));
    await untilTrue(() => records(kube).length > 0 && [...kube.objects.keys()].some((path) => path.includes("/leases/")));
    const [path = ""] = records(kube);
    const gone = JSON.stringify({ ...placed(process.pid), pid: 4_000_000, identity: "ended" });
    await kube.merge(path, { data: { process: gone } });
    const [seen] = await readOperations(kube.asKube, "local");
    assert.equal(seen?.state, "interrupted", "whoever looks sees it, before anybody has written it down");
    await noteDownBy(kube);
    assert.deepEqual((await told(kube)).slice(0, 2), ["operation.start accepted", "operation.end interrupted"]);
    const [first] = (await readOperations(kube.asKube, "local")).filter(({ kind }) => kind === "apply");
    assert.deepEqual([first?.state, first?.stores.shop?.result], ["interrupted", "cut off"]);
    hang.abort();
  });

  it("tells a reason and a repair, cut, and keeps no more of the old than it has to", async () => {
    const kube = new FakeKube();
    for (let at = 0; at < 205; at++) {
      const name = `op-20260101-0000${String(at).padStart(2, "0")}-${String(at).padStart(4, "0")}`;
      kube.put(`/api/v1/namespaces/storefleet-control/configmaps/${name}`, { metadata: { labels: { "storefleet.dev/record": "operation", "storefleet.dev/state": "succeeded", "storefleet.dev/env": "local" } } });
    }
    await recorded(place(kube), intended("shop"), listenerOf(), async ({ stores }) => {
      await began(stores, "shop");
      stores.end(end("shop", { result: "failed", error: "x".repeat(5000), repairs: ["y".repeat(5000)] }));
    }, () => ({ end: "failed", error: "z".repeat(5000) }));
    assert.equal(records(kube).length, 200);
    for (const path of records(kube)) assert.ok(JSON.stringify(kube.objects.get(path)).length < 4000);
  });

  it("goes on with the work while a store's end can not be noted down, however long, and says so in the end", async () => {
    const clock = keepClock();
    try {
      const kube = new FakeKube();
      const listener = listenerOf();
      let away = false;
      let over = () => {};
      const run = recorded(place(kube), intended("shop"), listener, async ({ stores }) => {
        await began(stores, "shop");
        away = true;
        kube.before = () => {
          throw new KubeError(503, "away");
        };
        stores.end(end("shop"));
        await new Promise<void>((resolve) => (over = resolve));
        return 7;
      }, () => ({ end: "succeeded" }));
      await untilTrue(() => away);
      await clock.runFor(20_000);
      kube.before = () => {};
      over();
      assert.equal((await run).result, 7);
      assert.match(listener.said.join(), /^note: how operation \S+ ended could not be recorded: away$/);
      assert.equal((await readOperations(kube.asKube, "local"))[0]?.state, "succeeded");
    } finally {
      clock.restore();
    }
  });

  it("says so where the end could not be noted down", async () => {
    const clock = keepClock();
    try {
      const kube = new FakeKube();
      const listener = listenerOf();
      let away = false;
      const run = recorded(place(kube), intended("shop"), listener, async () => {
        away = true;
        kube.before = () => {
          throw new KubeError(503, "away");
        };
      }, () => ({ end: "succeeded" }));
      await untilTrue(() => away);
      await clock.runFor(20_000);
      await run;
      assert.match(listener.said.join(), /^note: how operation \S+ ended could not be recorded: away$/);
    } finally {
      clock.restore();
    }
  });
});

const noteDownBy = (kube: FakeKube) => recorded(place(kube), { kind: "restart", stores: {}, limit: 1000 }, listenerOf(), async () => undefined, () => ({ end: "succeeded" }));

describe("the signs of life of an operation", () => {
  let clock: Clock;
  beforeEach(() => (clock = keepClock()));
  afterEach(() => clock.restore());

  /** Runs until it is ended from outside; why it did. */
  async function untilEnded(kube: FakeKube, act: (path: string) => Promise<unknown>, limit = 600_000) {
    let begun = false;
    const run = recorded(place(kube), { ...intended("shop"), limit }, listenerOf(), async ({ signal, stores }) => {
      await began(stores, "shop");
      stores.step("shop", "installing");
      begun = true;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    }, () => ({ end: "cancelled" }));
    await untilTrue(() => begun);
    await clock.runFor(heartbeatEvery + 100);
    const [path = ""] = records(kube);
    const [seen] = await readOperations(kube.asKube, "local");
    assert.deepEqual([seen?.state, seen?.stores.shop?.step], ["running", "installing"]);
    await act(path);
    await clock.runFor(heartbeatEvery + 100);
    await run;
    return (await readOperations(kube.asKube, "local"))[0];
  }

  it("hear that it is to end", async () => {
    const kube = new FakeKube();
    const seen = await untilEnded(kube, (path) => kube.merge(path, { metadata: { annotations: { "storefleet.dev/cancel": "true" } } }));
    assert.equal(seen?.state, "cancelled");
  });

  it("end it where another run took it for dead, and leave that as it is written", async () => {
    const kube = new FakeKube();
    const seen = await untilEnded(kube, (path) => kube.merge(path, { metadata: { labels: { "storefleet.dev/state": "interrupted" } } }));
    assert.equal(seen?.state, "interrupted");
    assert.deepEqual(await told(kube), ["operation.start accepted"]);
  });

  it("end it at its deadline", async () => {
    const kube = new FakeKube();
    const seen = await untilEnded(kube, async () => undefined, heartbeatEvery + 1000);
    assert.deepEqual([seen?.state, seen?.error], ["failed", "it took longer than its deadline"]);
  });

  it("go on after a minute without an API server", async () => {
    const kube = new FakeKube();
    const seen = await untilEnded(kube, async (path) => {
      kube.before = () => {
        throw new KubeError(503, "away");
      };
      await clock.runFor(60_000);
      kube.before = () => {};
      await kube.merge(path, { metadata: { annotations: { "storefleet.dev/cancel": "true" } } });
    });
    assert.equal(seen?.state, "cancelled");
  });
});

describe("what is noted down without an operation", () => {
  it("stands in the trail before it happens, or does not happen", async () => {
    const kube = new FakeKube();
    await noteDown(place(kube), { action: "credentials.read", store: "shop" });
    assert.deepEqual(await told(kube), ["credentials.read accepted shop"]);
    kube.before = () => {
      throw new KubeError(503, "away");
    };
    await assert.rejects(noteDown(place(kube), { action: "credentials.read", store: "shop" }), /away/);
  });
});
