import assert from "node:assert/strict";
import { mock } from "node:test";
import { holderInWords, unlockCommand, whileLocked } from "../../../../scripts/engine/locks";
import { noChanges, type Failure, type Outcome } from "../../../../scripts/engine/operation";

const outcome = (failure?: Failure): Outcome => ({ changes: noChanges(), steps: [], failure });
const lockedSince = (since: number): Outcome => outcome({ kind: "locked", message: `the stack is currently locked by 1 lock(s)\n x: created by ci@runner-7 (pid 42) at ${new Date(since).toISOString()}` });
const start = Date.parse("2026-11-26T04:00:00Z");
const minutes = 60_000;

describe("a stack that another run holds", () => {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"], now: start }));
  afterEach(() => mock.timers.reset());

  /** Each attempt finds what `found` has at its turn, and then always the last; until its end the mocked clock runs. */
  async function attempts(found: (() => Outcome)[], onStep: (text: string, abort: () => void) => void = () => {}) {
    const controller = new AbortController();
    const tries: number[] = [];
    const attempt = async () => {
      tries.push((Date.now() - start) / 1000);
      return (found[tries.length - 1] ?? found.at(-1)!)();
    };
    let over = false;
    const ended = whileLocked(attempt, (text) => onStep(text, () => controller.abort()), controller.signal).finally(() => (over = true));
    while (!over) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!over) mock.timers.tick(250);
    }
    return { result: (await ended).failure?.kind ?? "done", tries, seconds: (Date.now() - start) / 1000 };
  }
  const held = () => lockedSince(start - 3 * minutes);

  it("is waited for, and it is said who has it", async () => {
    const steps: string[] = [];
    const { result, tries } = await attempts([held, held, () => outcome()], (text) => void steps.push(text));
    assert.deepEqual([result, tries.length], ["done", 3]);
    assert.match(steps.join("\n"), /^waiting for process 42 on runner-7, which took the lock 3 min ago\nwaiting for process 42 on runner-7, which took the lock 3 min \d s ago$/);
  });

  it("is not waited for for ever, nor by two runs at the same moments", async () => {
    const runs = [await attempts([held])];
    mock.timers.setTime(start);
    runs.push(await attempts([held]));
    for (const { result, tries, seconds } of runs) {
      assert.deepEqual([result, tries.length], ["locked", 6]);
      assert.ok(seconds > 75 && seconds < 135, `${seconds} s`);
    }
    assert.notDeepEqual(runs[0]!.tries, runs[1]!.tries);
  });

  it("is waited for also where its holder has another clock, or is not told", async () => {
    for (const locked of [lockedSince(start + 90 * minutes), outcome({ kind: "locked", message: "[409] Conflict: Another update is currently in progress." })]) {
      mock.timers.setTime(start);
      assert.deepEqual(await attempts([() => locked, () => outcome()]).then(({ result, tries }) => [result, tries.length]), ["done", 2]);
    }
  });

  it("is not waited for where it was taken longer ago than anything takes, nor where it is something else", async () => {
    assert.deepEqual(await attempts([() => lockedSince(start - 61 * minutes)]), { result: "locked", tries: [0], seconds: 0 });
    assert.deepEqual(await attempts([() => outcome({ kind: "resource", message: "image not found" })]), { result: "resource", tries: [0], seconds: 0 });
  });

  it("is waited for no longer after Ctrl-C", async () => {
    const { result, tries, seconds } = await attempts([held], (_, abort) => setTimeout(abort, 1000));
    assert.deepEqual([result, tries], ["cancelled", [0]]);
    assert.ok(seconds <= 1.25, `${seconds} s`);
  });

  it("has a command for who knows that its holder is gone", () => {
    const holder = { host: "runner-7", pid: 42, since: start - 135 * minutes };
    assert.equal(holderInWords(holder), "process 42 on runner-7, which took the lock 2 h 15 min ago");
    assert.equal(unlockCommand("local.acme", [holder]), "./scripts/stores state unlock acme");
    assert.equal(unlockCommand("local", [holder]), "./scripts/stores state unlock");
    assert.match(unlockCommand("local.acme", []), /pulumi cancel --yes --stack local\.acme$/);
  });
});
