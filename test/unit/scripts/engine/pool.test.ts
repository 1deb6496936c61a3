import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Operation, Outcome } from "../../../../scripts/engine/operation";
import { Pool, type PoolOptions } from "../../../../scripts/engine/pool";
import { isRunning } from "../../../../scripts/machine/os/process";

const pools: Pool[] = [];

function pool(options: Partial<PoolOptions> = {}): Pool {
  const made = new Pool({ variables: process.env, workerModule: join(__dirname, "workers", "by-stack.js"), deadline: 60_000, ...options });
  pools.push(made);
  return made;
}

interface RunOptions {
  signal?: AbortSignal;
  workFolder?: string;
  onStep?: (text: string) => void;
}

/** Runs one operation; its first step tells the worker's pid. */
async function run(on: Pool, stack: string, { signal, workFolder = "", onStep = () => {} }: RunOptions = {}) {
  const steps: string[] = [];
  const operation: Operation = { kind: "up", env: "local", stack, workFolder, logFile: "" };
  const outcome = await on.run(operation, (text) => (steps.push(text), onStep(text)), signal);
  return { ...outcome, steps: steps.slice(1), pid: Number(steps[0]?.slice("pid ".length)) };
}

const programFailed = ({ failure }: Pick<Outcome, "failure">, message: RegExp) => {
  assert.equal(failure?.kind, "program");
  assert.match(failure.message, message);
};

describe("pool of workers", () => {
  afterEach(() => pools.splice(0).forEach((it) => it.close()));

  it("runs operations in one worker, one after the other", async () => {
    const one = pool();
    const first = await run(one, "ok");
    const second = await run(one, "ok");
    assert.equal(first.failure, undefined);
    assert.equal(first.changes.create, 3);
    assert.equal(second.pid, first.pid);
  });

  it("ends its idle workers when it closes", async () => {
    const one = pool();
    const { pid } = await run(one, "ok");
    one.close();
    while (isRunning(pid)) await delay(10);
  });

  it("an exception, a rejection, an exit or an exhausted heap ends that operation, tells why, and no other", async () => {
    const one = pool({ heap: 24 });
    const controller = new AbortController();
    const longest = run(one, "until cancelled", { signal: controller.signal });
    const [exception, rejection, exit, heap, ok] = await Promise.all([run(one, "exception"), run(one, "rejection"), run(one, "exit"), run(one, "heap"), run(one, "ok")]);
    programFailed(exception, /ended its process \(exit code 1\): .*the shop is on fire/);
    programFailed(rejection, /ended its process \(exit code 1\): .*nobody listens/);
    programFailed(exit, /ended its process \(exit code 7\)$/);
    programFailed(heap, /ran out of memory/);
    assert.equal(ok.failure, undefined);
    controller.abort();
    assert.equal((await longest).failure?.message, "cancelled 1 times");
    assert.equal((await run(one, "ok")).failure, undefined);
  });

  it("a program that hangs is ended after the silence, and the next operation gets another worker", async () => {
    const one = pool({ silence: 3000 });
    const hung = await run(one, "hang");
    programFailed(hung, /hung: no sign of life for \d+ s/);
    assert.equal(isRunning(hung.pid), false);
    const next = await run(one, "ok");
    assert.equal(next.failure, undefined);
    assert.notEqual(next.pid, hung.pid);
  });

  it("a machine that slept, or a process that was stopped, holds its silence against no worker", async () => {
    const slept = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3500);
    const controller = new AbortController();
    // Stopped for longer than the silence and the deadline allow, while the worker is well.
    const one = pool({ silence: 3000, deadline: 3000 });
    const { failure } = await run(one, "until cancelled", {
      signal: controller.signal,
      onStep: () => {
        slept();
        setTimeout(() => controller.abort(), 100);
      },
    });
    assert.deepEqual(failure, { kind: "cancelled", message: "cancelled 1 times" });
  });

  it("at the deadline the worker is asked once to stop, and the operation fails by the deadline", async () => {
    const one = pool({ deadline: 1 });
    const late = await run(one, "until cancelled");
    programFailed(late, /gave up after 0 s/);
    assert.equal((await run(one, "ok")).pid, late.pid);
  });

  it("a worker that does not stop after the deadline is ended", async () => {
    const late = await run(pool({ deadline: 1, grace: 1 }), "never ends");
    programFailed(late, /gave up/);
    assert.equal(isRunning(late.pid), false);
  });

  it("an abort reaches the worker once", async () => {
    const controller = new AbortController();
    const one = pool();
    const { failure } = await run(one, "until cancelled", { signal: controller.signal, onStep: () => controller.abort() });
    assert.deepEqual(failure, { kind: "cancelled", message: "cancelled 1 times" });
  });

  it("starts nothing once the signal is aborted", async () => {
    const { failure, pid } = await run(pool(), "ok", { signal: AbortSignal.abort() });
    assert.equal(failure?.kind, "cancelled");
    assert.ok(Number.isNaN(pid));
  });

  it("interrupts, once, the CLI of a worker that died, and waits for its end", async () => {
    const folder = mkdtempSync(join(tmpdir(), "storefleet-pool-"));
    try {
      const { steps, failure } = await run(pool(), "dies before its CLI", { workFolder: folder });
      assert.equal(failure?.kind, "program");
      assert.equal(isRunning(Number(steps[0]?.slice("cli ".length))), false);
      assert.equal(readFileSync(join(folder, "signals"), "utf8"), "SIGINT ");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("makes a repair while the lock is held, and tells the worker whether to go on", async () => {
    const one = pool();
    const held = (whileHeld?: () => Promise<boolean>, signal?: AbortSignal) => one.run({ kind: "up", env: "local", stack: "held", workFolder: "", logFile: "", hold: true }, () => {}, signal, whileHeld);
    for (const goOn of [true, false]) assert.equal((await held(async () => goOn)).failure?.message, `goOn ${goOn}`);
    const failing = await held(() => Promise.reject(new Error("the API server went away")));
    assert.deepEqual(failing.failure, { kind: "resource", message: "the API server went away" });
    // What a repair says of a Ctrl-C is not its own failure.
    const controller = new AbortController();
    const stopped = await held(() => (controller.abort(), Promise.reject(new Error("cancelled"))), controller.signal);
    assert.equal(stopped.failure?.message, "goOn false");
  });

  it("does not answer before a repair is over, also when the worker ended in the middle of it", async () => {
    let over = false;
    const { failure } = await pool().run({ kind: "up", env: "local", stack: "dies while held", workFolder: "", logFile: "", hold: true }, () => {}, undefined, async () => {
      await delay(1500);
      return (over = true);
    });
    assert.equal(failure?.kind, "program");
    assert.equal(over, true);
  });

  it("replaces a worker that ended while it was idle", async () => {
    const one = pool();
    const gone = await run(one, "done and gone");
    const { idle } = one as unknown as { idle: { child: { connected: boolean } }[] };
    while (idle[0]?.child.connected) await delay(10);
    const next = await run(one, "ok");
    assert.equal(next.failure, undefined);
    assert.notEqual(next.pid, gone.pid);
  });

  it("tells when no worker can be started", async () => {
    const missing = await run(pool({ workerModule: "/nowhere/worker.js" }), "ok");
    programFailed(missing, /ended its process \(exit code 1\): .*Cannot find module '\/nowhere\/worker\.js'/);
  });
});
