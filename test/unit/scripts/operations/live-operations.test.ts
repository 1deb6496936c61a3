import assert from "node:assert/strict";
import type { watch, Change, Watcher } from "../../../../kube/watch";
import { KubeError, type KubeObject } from "../../../../kube";
import { placed } from "../../../../scripts/machine/os/placed-process";
import { LiveOperations } from "../../../../scripts/operations/live-operations";
import { recordsPath } from "../../../../infra/control";
import { endPatch, pathOf, writeRecord } from "../../../../scripts/operations/records/operation";
import { FakeKube } from "../../helpers/fake-kube";

describe("operations, followed", () => {
  let kube: FakeKube;
  let live: LiveOperations;
  let watchers: Watcher[];
  const follow: typeof watch = async (_kube, _path, _selection, watcher) => void watchers.push(watcher);
  beforeEach(() => {
    kube = new FakeKube();
    watchers = [];
    live = new LiveOperations(kube.asKube, "local", follow);
  });
  afterEach(() => live.close());

  const write = (id: string, at: string) => writeRecord(kube.asKube, id, { kind: "apply", env: "local", via: "cli", actor: { user: "u", person: "p", host: "h" }, requestedAt: `2026-11-27T12:00:0${at}.000Z` }, { state: "running", process: placed(process.pid) });
  const end = (id: string) => kube.merge(pathOf(id), { ...endPatch("succeeded", "2026-11-27T12:01:00.000Z") });
  const tell = (type: Change["type"], id: string) => watchers.at(-1)!.onChanges([{ type, object: structuredClone(kube.objects.get(pathOf(id))) as KubeObject }]);
  const lists = () => kube.reads.filter(({ path }) => path === recordsPath).length;
  const states = async () => (await live.read()).map(({ id, state }) => `${id} ${state}`);

  it("are read once, and then as they change", async () => {
    await write("first", "1");
    assert.deepEqual(await states(), ["first running"], "before anything is heard, from the records");
    tell("ADDED", "first");
    const before = lists();
    await write("second", "2");
    tell("ADDED", "second");
    assert.deepEqual(await states(), ["second running", "first running"]);
    await end("first");
    tell("MODIFIED", "first");
    assert.deepEqual(await states(), ["second running", "first succeeded"]);
    tell("DELETED", "first");
    assert.deepEqual(await states(), ["second running"]);
    assert.deepEqual([lists(), watchers.length], [before, 1]);
  });

  it("whose process falls silent are seen to be cut off, though nothing is told", async () => {
    await write("first", "1");
    await states();
    tell("ADDED", "first");
    assert.deepEqual(await states(), ["first running"]);
    const now = kube.now();
    await kube.merge(pathOf("first"), { data: { process: JSON.stringify({ ...placed(process.pid), machine: "another" }) } });
    tell("MODIFIED", "first");
    kube.now = () => now + 60_000;
    assert.deepEqual(await states(), ["first interrupted"]);
  });

  it("are asked for themselves after something was asked for, and while they are not heard", async () => {
    await write("first", "1");
    await states();
    tell("ADDED", "first");
    await write("second", "2");
    assert.deepEqual(await states(), ["first running"]);
    live.forget();
    assert.deepEqual(await states(), ["second running", "first running"]);
    assert.deepEqual(await states(), ["first running"], "once");
    watchers[0]!.onTrouble(new Error("away"));
    assert.deepEqual(await states(), ["second running", "first running"]);
    kube.before = () => {
      throw new KubeError(503, "away");
    };
    await assert.rejects(live.read(), /away/);
    tell("ADDED", "second");
    assert.deepEqual(await states(), ["second running", "first running"], "without a request, once it is heard again");
  });

  it("that can not be followed are read each time, and it is tried again", async () => {
    let refusals = 0;
    live = new LiveOperations(kube.asKube, "local", async () => {
      refusals += 1;
      throw new KubeError(403, "may not watch");
    });
    await write("first", "1");
    for (let round = 1; round < 4; round++) {
      assert.deepEqual(await states(), ["first running"]);
      assert.equal(refusals, round);
    }
  });

  it("are followed no more once that is ended, and what comes late is nobody's", async () => {
    await write("first", "1");
    await states();
    live.close();
    assert.ok(watchers[0]!.signal.aborted);
    tell("ADDED", "first");
    kube.objects.clear();
    assert.deepEqual(await states(), []);
    assert.equal(watchers.length, 2);
  });
});
