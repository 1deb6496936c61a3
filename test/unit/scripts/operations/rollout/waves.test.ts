import assert from "node:assert/strict";
import { atOnceOf, budgetOf, policyOf, rolloutSchema, urgentPolicy, type RolloutPolicy, type Wave } from "../../../../../config/rollout";
import type { Decision } from "../../../../../scripts/fleet/classify";
import { isAbout, split } from "../../../../../scripts/operations/rollout/split";
import { planWaves, type Candidate } from "../../../../../scripts/operations/rollout/waves";

const candidate = (name: string, more: Partial<Candidate> = {}): Candidate => ({ name, labels: {}, suspended: false, broken: false, after: [], ...more });
const stores = (count: number) => Array.from({ length: count }, (_, index) => candidate(`s${index}`));
const careful = policyOf("prod", undefined)!;
const sizes = (candidates: Candidate[], waves: Wave[] = careful.waves) => planWaves("r", candidates, waves).map(({ members, bake }) => [members.length, bake]);

describe("the waves of a roll-out", () => {
  it("without a policy of the list: one store, a tenth, half, the rest; on local none", () => {
    assert.equal(policyOf("local", undefined), undefined);
    assert.deepEqual(sizes(stores(200)), [[1, 600], [19, 600], [80, 300], [100, 0]]);
    assert.deepEqual(sizes(stores(10)), [[1, 600], [1, 600], [3, 300], [5, 0]]);
  });

  it("of four stores or fewer: one by one, and after the last nothing is waited for", () => {
    assert.deepEqual(sizes(stores(4)), [[1, 600], [1, 600], [1, 300], [1, 0]]);
    assert.deepEqual(sizes(stores(3)), [[1, 600], [1, 600], [1, 0]]);
    assert.deepEqual(sizes(stores(1)), [[1, 0]]);
    assert.deepEqual(sizes([]), []);
  });

  it("hold every store once, however they are cut", () => {
    for (const count of [1, 2, 5, 7, 33, 200, 1000]) for (const { waves } of [careful, urgentPolicy(careful)]) {
      const all = planWaves("r", stores(count), waves).flatMap(({ members }) => members);
      assert.deepEqual([...all].sort(), stores(count).map(({ name }) => name).sort(), String(count));
    }
  });

  it("take by labels first what matches all of them, and the last takes what is left", () => {
    const waves: Wave[] = [{ name: "canary", select: { tier: "canary", region: ["eu", "us"] }, bake: 1 }, { name: "half", percent: 50, bake: 2 }, { name: "rest", bake: 3 }];
    const fleet = [candidate("a", { labels: { tier: "canary", region: "us" } }), candidate("b", { labels: { tier: "canary", region: "asia" } }), ...["c", "d"].map((name) => candidate(name))];
    const [canary, half, rest] = planWaves("r", fleet, waves);
    assert.deepEqual(canary, { name: "canary", bake: 1, members: ["a"] });
    assert.deepEqual([half!.members.length, rest!.members.length, rest!.bake], [1, 2, 3]);
    assert.deepEqual(planWaves("r", stores(2), waves).map(({ name }) => name), ["half", "rest"], "where none matches, there is no such wave");
  });

  it("begin with what is broken already, end with what is suspended, and between them no store is always the first", () => {
    const fleet = [...stores(20), candidate("asleep", { suspended: true }), candidate("ill", { broken: true })];
    const orders = ["r1", "r2", "r3"].map((id) => planWaves(id, fleet, careful.waves).flatMap(({ members }) => members));
    for (const order of orders) assert.deepEqual([order[0], order.at(-1)], ["ill", "asleep"]);
    assert.equal(new Set(orders.map(([, second]) => second)).size > 1, true);
    assert.deepEqual(orders[0], planWaves("r1", [...fleet].reverse(), careful.waves).flatMap(({ members }) => members), "the same for the same roll-out");
  });

  it("have whoever takes a host with the last that gives one", () => {
    const fleet = [...stores(8), candidate("giver", { suspended: true }), candidate("taker", { broken: true, after: ["giver"] }), candidate("next", { after: ["taker"] })];
    const waves = planWaves("r", fleet, careful.waves);
    const waveOf = (name: string) => waves.findIndex(({ members }) => members.includes(name));
    assert.deepEqual([waveOf("taker"), waveOf("next")], [waveOf("giver"), waveOf("giver")]);
    assert.equal(waves.every(({ members }) => members.length > 0), true);
  });
});

describe("a list's rollout:", () => {
  const problems = (entry: object) => rolloutSchema.safeParse(entry).error?.issues.map(({ message }) => message) ?? [];

  it("is taken with its times in seconds, and names for what has none", () => {
    const policy = policyOf("local", rolloutSchema.parse({ waves: [{ percent: 0, bake: "10m" }, { name: "rest" }], maxFailed: "10%", verify: "none", atOnce: 2 }))!;
    assert.deepEqual(policy.waves, [{ name: "wave-1", percent: 0, bake: 600 }, { name: "rest", bake: 0 }]);
    assert.deepEqual([budgetOf(policy.maxFailed, 200), budgetOf(policy.maxFailed, 9), budgetOf(3, 9), atOnceOf(policy, 1000)], [20, 0, 3, 2]);
    assert.deepEqual([atOnceOf(careful, 10), atOnceOf(careful, 200)], [5, 20]);
  });

  it("is refused in words that tell the repair", () => {
    assert.match(problems({ waves: [] })[0]!, /is empty — list a wave/);
    assert.match(problems({ waves: [{ bake: "soon" }] })[0]!, /write it like 90s, 10m or 2h/);
    assert.match(problems({ waves: [{ percent: 101 }] })[0]!, /from 0 to 100/);
    assert.match(problems({ waves: [{ percent: 10, select: { a: "b" } }] })[0]!, /keep one of them/);
    assert.match(problems({ maxFailed: "some" })[0]!, /write a whole number such as 2/);
    assert.equal(problems({ canaries: 1 }).length, 1);
  });
});

describe("what is changed at once, and what in waves", () => {
  const decisions = (actions: Record<string, Decision["action"]>): Decision[] => Object.entries(actions).map(([name, action]) => ({ name, action }));
  const wavedOf = (all: Decision[], more: Partial<Parameters<typeof split>[1]> = {}) => split(all, { policy: careful as RolloutPolicy, listed: all.length, anyUpdates: false, ...more }).waved.map(({ name }) => name);

  it("another release goes in waves, all else at once", () => {
    const all = decisions({ a: "upgrade", b: "update", c: "create", d: "unchanged", e: "delete", f: "refused", g: "orphan" });
    assert.deepEqual(wavedOf(all), ["a"]);
    assert.deepEqual(split(all, { policy: careful, listed: 7, anyUpdates: false }).atOnce.map(({ name }) => name), ["b", "c", "d", "e", "f", "g"]);
  });

  it("so does an edit of the list that changes too many, unless somebody asked for each", () => {
    const six = decisions(Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((name) => [name, "update"])));
    assert.deepEqual(wavedOf(six.slice(1)), []);
    assert.equal(wavedOf(six).length, 6);
    assert.deepEqual(wavedOf(six, { anyUpdates: true }), []);
    assert.deepEqual(wavedOf(six, { listed: 100 }), []);
  });

  it("and an edit of a store that the roll-out has yet to come to", () => {
    const open = { wave: 1, waves: [{ name: "first", bake: 0, members: ["a"] }, { name: "rest", bake: 0, members: ["b"] }] };
    assert.deepEqual(wavedOf(decisions({ a: "update", b: "update" }), { open }), ["b"]);
  });

  it("but a store that is suspended or resumed takes the release along", () => {
    assert.deepEqual(wavedOf(decisions({ a: "upgrade", b: "upgrade" }), { turning: new Set(["a"]) }), ["b"]);
  });

  it("whoever waits for the host of one in waves goes with it", () => {
    const all: Decision[] = [{ name: "new", action: "create", after: ["taker"] }, { name: "taker", action: "update", after: ["giver"] }, { name: "giver", action: "upgrade" }, { name: "x", action: "update" }];
    assert.deepEqual(wavedOf(all), ["new", "taker", "giver"]);
  });

  it("a roll-out is about a release as long as each engine's is the same", () => {
    const of = { woocommerce: "r1", medusa: "m1" };
    assert.equal(isAbout({ target: of }, of), true);
    assert.equal(isAbout({ target: { woocommerce: "r1" } }, of), true);
    assert.equal(isAbout({ target: of }, { woocommerce: "r1" }), true, "nobody lists the other engine any more");
    assert.equal(isAbout({ target: of }, { ...of, medusa: "m2" }), false);
  });
});
