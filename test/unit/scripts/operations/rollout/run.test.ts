import assert from "node:assert/strict";
import { recordsPath } from "../../../../../infra/control";
import { idleStore } from "../../../../../scripts/engine/run-decisions";
import { readOpenRollout, RolloutRecord, type RolloutNotes } from "../../../../../scripts/operations/rollout/record";
import { runRollout, type Ground, type Member, type RunHow } from "../../../../../scripts/operations/rollout/run";
import { FakeKube } from "../../../helpers/fake-kube";

class Killed extends Error {}

interface Shop {
  release: string;
  verified?: string;
  sick?: string;
  /** What is wrong with the new release in it. */
  bad?: string;
  /** It turns ill so many looks after it got the release. */
  illAfter?: number;
}

const wanted = "r2";

/** A fleet in memory, and a clock that only moves while somebody waits. Dies at the n-th step. */
class SimulatedFleet implements Ground {
  readonly kube = new FakeKube();
  readonly shops = new Map<string, Shop>();
  /** What was done, in order. */
  readonly done: string[] = [];
  time = Date.parse("2026-11-27T12:00:00Z");
  step = 0;
  diesAt = Number.POSITIVE_INFINITY;

  constructor(names: string[], more: Record<string, Partial<Shop>> = {}) {
    for (const name of names) this.shops.set(name, { release: "r1", ...more[name] });
    this.kube.now = () => this.time;
    this.kube.before = () => this.mayDie();
  }

  mayDie(): void {
    this.step += 1;
    if (this.step > this.diesAt) throw new Killed();
  }

  now = () => this.time;

  async look(names: string[]): Promise<Map<string, Member>> {
    this.mayDie();
    return new Map(names.flatMap((name): [string, Member][] => {
      const shop = this.shops.get(name);
      return shop ? [[name, { done: shop.verified === wanted, sick: shop.sick }]] : [];
    }));
  }

  async change(names: string[], { verify, mayBegin, ended }: Parameters<Ground["change"]>[1]) {
    const reports = [];
    for (const name of names) {
      if (!(await mayBegin())) {
        reports.push(idleStore({ name, action: "upgrade" }, "not started"));
        continue;
      }
      const shop = this.shops.get(name)!;
      this.mayDie();
      if (shop.release !== wanted) this.done.push(`up ${name}`);
      shop.release = wanted;
      this.mayDie();
      if (!shop.bad) {
        this.done.push(`pass ${name}${verify ? "" : " unsold"}`);
        shop.verified = wanted;
      }
      this.mayDie();
      const report = { ...idleStore({ name, action: "upgrade" }, shop.bad ? "failed" : "updated", shop.bad ?? null), code: shop.bad ? ("gate" as const) : null };
      reports.push(report);
      await ended(report);
    }
    return reports;
  }

  async unwell(names: string[]): Promise<Map<string, string>> {
    this.mayDie();
    this.done.push("look");
    return new Map(names.flatMap((name): [string, string][] => {
      const shop = this.shops.get(name)!;
      if (shop.illAfter === undefined) return [];
      shop.illAfter -= 1;
      return shop.illAfter < 0 ? [[name, "FAILED: it restarts"]] : [];
    }));
  }

  async recheck(names: string[]): Promise<Map<string, string>> {
    this.mayDie();
    this.done.push(`recheck ${names.join(",")}`);
    return new Map();
  }

  async blame(name: string): Promise<void> {
    this.mayDie();
    delete this.shops.get(name)!.verified;
  }

  readonly said: string[] = [];

  how(more: Partial<RunHow> = {}): RunHow {
    return { signal: new AbortController().signal, say: (text) => void this.said.push(text), wait: async (milliseconds) => void (this.time += milliseconds), ...more };
  }

  /** The record as whoever comes next finds it. */
  async open(): Promise<RolloutRecord> {
    return (await readOpenRollout(this.kube.asKube, "local"))!;
  }

  stateLabels = () => [...this.kube.objects].filter(([path]) => path.startsWith(recordsPath)).map(([, { metadata }]) => metadata.labels?.["storefleet.dev/state"]);
}

const three = [{ name: "first", bake: 60, members: ["a"] }, { name: "half", bake: 60, members: ["b", "c"] }, { name: "rest", bake: 0, members: ["d", "e"] }];
const notes = (more: Partial<RolloutNotes> = {}): RolloutNotes => ({ target: { woocommerce: wanted }, maxFailed: 0, verify: "canary", waves: three, wave: 0, failed: {}, sick: {}, ...more });
const begin = (fleet: SimulatedFleet, more: Partial<RolloutNotes> = {}) => RolloutRecord.make(fleet.kube.asKube, "local", "20261127-1", notes(more));
const names = ["a", "b", "c", "d", "e"];
/** Without the looks while something bakes. */
const steps = ({ done }: SimulatedFleet) => done.filter((it) => it !== "look");

describe("a roll-out", () => {
  it("goes wave by wave, each after the one before has baked and passed its gate again", async () => {
    const fleet = new SimulatedFleet(names);
    const record = await begin(fleet);
    const applied = await runRollout(record, fleet, fleet.how());
    assert.deepEqual(steps(fleet), [
      "up a", "pass a", "recheck a", "up b", "pass b unsold", "up c", "pass c unsold", "recheck b,c", "up d", "pass d unsold", "up e", "pass e unsold",
    ]);
    assert.equal(fleet.done.filter((it) => it === "look").length, 4, "every 30 s of a minute, twice");
    assert.deepEqual([record.now.state, fleet.stateLabels(), applied.map(({ name }) => name)], ["done", ["done"], names]);
    assert.equal(await fleet.open(), undefined);
  });

  it("halts with the first failure: no further store starts, and whoever comes next does not go on by itself", async () => {
    const fleet = new SimulatedFleet(names, { b: { bad: "no image" } });
    const record = await begin(fleet);
    const applied = await runRollout(record, fleet, fleet.how());
    assert.deepEqual(applied.map(({ name, result }) => `${name} ${result}`), ["a updated", "b failed", "c not started"]);
    assert.deepEqual([record.now.state, record.now.why], ["halted", "b: no image"]);
    const before = [...fleet.done];
    const again = await fleet.open();
    assert.deepEqual([await runRollout(again, fleet, fleet.how()), fleet.done], [[], before]);
  });

  it("bears as many failures as it may, but none of a store that is alone in its wave", async () => {
    const bearing = new SimulatedFleet(names, { b: { bad: "no image" } });
    const record = await begin(bearing, { maxFailed: 1 });
    await runRollout(record, bearing, bearing.how());
    assert.deepEqual([record.now.state, Object.keys(record.now.failed), bearing.shops.get("e")!.verified], ["done", ["b"], wanted]);
    const canary = new SimulatedFleet(names, { a: { bad: "no image" } });
    const halted = await begin(canary, { maxFailed: 3 });
    await runRollout(halted, canary, canary.how());
    assert.deepEqual([halted.now.state, canary.shops.get("b")!.release], ["halted", "r1"]);
  });

  it("sets aside what is not well before its turn, which counts as no failure", async () => {
    const fleet = new SimulatedFleet(names, { b: { sick: "FAILED: no node" } });
    const record = await begin(fleet);
    await runRollout(record, fleet, fleet.how());
    assert.deepEqual([record.now.state, record.now.sick, fleet.shops.get("b")!.release], ["done", { b: "FAILED: no node" }, "r1"]);
    const all = new SimulatedFleet(names, { b: { sick: "FAILED: no node" } });
    await runRollout(await begin(all), all, all.how({ includeSick: true }));
    assert.equal(all.shops.get("b")!.verified, wanted);
  });

  it("halts where a store turns ill while it bakes, seen twice in a row; once is forgiven", async () => {
    const fleet = new SimulatedFleet(names, { a: { illAfter: 0 } });
    const record = await begin(fleet, { waves: [{ name: "first", bake: 120, members: ["a"] }, three[1]!] });
    await runRollout(record, fleet, fleet.how());
    assert.deepEqual([record.now.state, record.now.why, fleet.shops.get("a")!.verified], ["halted", "a: FAILED: it restarts", undefined]);
    const once = new SimulatedFleet(names);
    once.unwell = async () => new Map(once.time % 60_000 === 0 ? [["a", "slow"]] : []);
    await runRollout(await begin(once), once, once.how());
    assert.equal(once.shops.get("e")!.verified, wanted);
  });

  it("drops members that left the list", async () => {
    const fleet = new SimulatedFleet(names.filter((it) => it !== "c"));
    const record = await begin(fleet);
    await runRollout(record, fleet, fleet.how());
    assert.deepEqual([record.now.state, fleet.done.includes("up c")], ["done", false]);
  });

  it("leaves while it bakes where nobody waits, and the next run goes on when that is over", async () => {
    const fleet = new SimulatedFleet(names);
    await runRollout(await begin(fleet), fleet, fleet.how({ noWait: true }));
    assert.deepEqual([steps(fleet), (await fleet.open()).now.bakeEnds], [["up a", "pass a"], "2026-11-27T12:01:00.000Z"]);
    await runRollout(await fleet.open(), fleet, fleet.how({ noWait: true }));
    assert.deepEqual(steps(fleet), ["up a", "pass a"], "it has not baked yet");
    fleet.time += 60_000;
    await runRollout(await fleet.open(), fleet, fleet.how({ noWait: true }));
    assert.deepEqual(steps(fleet).slice(2), ["recheck a", "up b", "pass b unsold", "up c", "pass c unsold"]);
  });

  it("ends when somebody aborts it from elsewhere: amid a wave, and while it bakes", async () => {
    const abort = async (fleet: SimulatedFleet) => (await fleet.open()).note(() => ({ state: "aborted", why: "by somebody" }));
    const amid = new SimulatedFleet(names);
    const change = amid.change.bind(amid);
    amid.change = async (all, how) => change(all, { ...how, ended: async (report) => { await how.ended(report); if (report.name === "b") await abort(amid); } });
    await runRollout(await begin(amid), amid, amid.how()).catch((error: Error) => assert.match(error.message, /was aborted, or taken over/));
    assert.deepEqual([amid.shops.get("b")!.verified, amid.shops.get("c")!.release], [wanted, "r1"]);
    const baking = new SimulatedFleet(names);
    await runRollout(await begin(baking), baking, baking.how({ wait: async () => { baking.time += 1000; await abort(baking); } }));
    assert.deepEqual(steps(baking), ["up a", "pass a"]);
    assert.equal((await baking.open()).now.state, "aborted");
  });

  it("does not go on when a failure could not be noted down", async () => {
    const fleet = new SimulatedFleet(names, { b: { bad: "no image" } });
    const record = await begin(fleet, { maxFailed: 3, wave: 1 });
    fleet.kube.merge = async () => { throw new Error("the API server went away"); };
    await assert.rejects(runRollout(record, fleet, fleet.how()), /went away/);
    assert.equal(fleet.shops.get("c")!.release, "r1");
  });

  it("waits for whoever else has a store, without counting that", async () => {
    const fleet = new SimulatedFleet(names);
    const change = fleet.change.bind(fleet);
    fleet.change = async (all, how) => {
      if (!all.includes("b")) return change(all, how);
      const report = { ...idleStore({ name: "b", action: "upgrade" }, "failed", "b is being worked on by another"), code: "locked" as const };
      await how.ended(report);
      return [report, ...(await change(all.filter((it) => it !== "b"), how))];
    };
    const record = await begin(fleet);
    await runRollout(record, fleet, fleet.how());
    assert.deepEqual([record.now.state, record.now.wave, record.now.failed, fleet.shops.get("d")!.release], ["running", 1, {}, "r1"]);
    assert.match(fleet.said.at(-1)!, /is not finished: b could not be changed now/);
  });

  it("killed at any step is finished by the next run: each store once, and no wave before the one before it has baked", async () => {
    const whole = new SimulatedFleet(names);
    await runRollout(await begin(whole), whole, whole.how());
    assert.ok(whole.step > 40, String(whole.step));
    for (let at = 3; at < whole.step; at++) {
      const fleet = new SimulatedFleet(names);
      const record = await begin(fleet);
      fleet.diesAt = at;
      await assert.rejects(runRollout(record, fleet, fleet.how()), Killed, `step ${at}`);
      fleet.diesAt = Number.POSITIVE_INFINITY;
      const left = await readOpenRollout(fleet.kube.asKube, "local");
      if (left) await runRollout(left, fleet, fleet.how());
      assert.deepEqual(fleet.stateLabels(), ["done"], `step ${at}`);
      assert.deepEqual(fleet.done.filter((it) => it.startsWith("up")), names.map((name) => `up ${name}`), `step ${at}: each once, in order`);
      const [first, second] = [fleet.done.indexOf("recheck a"), fleet.done.indexOf("recheck b,c")];
      assert.ok(first > 0 && first < fleet.done.indexOf("up b") && second < fleet.done.indexOf("up d"), `step ${at}: ${fleet.done.join(" ")}`);
    }
  });

  it("killed at any step with a bad release, never has more than one failed store", async () => {
    const whole = new SimulatedFleet(names, { b: { bad: "no image" } });
    await runRollout(await begin(whole), whole, whole.how());
    for (let at = 3; at < whole.step; at++) {
      const fleet = new SimulatedFleet(names, { b: { bad: "no image" } });
      const record = await begin(fleet);
      fleet.diesAt = at;
      await assert.rejects(runRollout(record, fleet, fleet.how()), Killed);
      fleet.diesAt = Number.POSITIVE_INFINITY;
      await runRollout(await fleet.open(), fleet, fleet.how());
      assert.deepEqual([(await fleet.open()).now.state, fleet.shops.get("c")!.release, fleet.shops.get("d")!.release], ["halted", "r1", "r1"], `step ${at}`);
    }
  });
});
