import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Contender, Phase } from "../../../../scripts/dev/bench/contenders";
import { measure, type Measurement } from "../../../../scripts/dev/bench/measure";
import { endMarked, markedProcesses, markVariable, parseStat } from "../../../../scripts/dev/bench/processes";
import { median, rowOf, tableOf, tableOfLooks, type Row } from "../../../../scripts/dev/bench/report";
import { checkTargets, describeTarget } from "../../../../scripts/dev/bench/targets";

const mebi = 2 ** 20;
const contender = (name: string, concurrency: number, supervised = false): Contender => ({
  name, title: `by ${name}`, concurrency, supervised, prepare: () => Promise.reject(new Error("not run here")),
});
const run = (seconds: number, peakMiB = 100, rootMiB = 20): Measurement => ({
  code: 0, seconds, cpuSeconds: seconds * 2, peakBytes: peakMiB * mebi, rootBytes: rootMiB * mebi,
});

describe("bench: statistics and table", () => {
  it("takes the middle, and the mean of the middle two", () => {
    assert.equal(median([10, 2, 9]), 9);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.throws(() => median([]), /no median/);
  });

  it("counts stores in flight, never more than there are, and leaves out a process that only waits", () => {
    assert.equal(rowOf("create", contender("x", 4, true), 8, [run(1, 420, 20)]).storeMiB, 100);
    assert.equal(rowOf("create", contender("x", 4, false), 2, [run(1, 420, 20)]).storeMiB, 210);
    assert.equal(rowOf("no-op", contender("x", 4), 8, [run(1)]).storeMiB, undefined);
  });

  it("gives medians and the rate that follows from them", () => {
    const row = rowOf("create", contender("x", 1), 20, [run(30), run(10), run(20)]);
    assert.deepEqual([row.seconds, row.cpuSeconds, row.storesPerMinute], [20, 40, 60]);
  });

  it("tells of looks the smallest time and the median", () => {
    const [, , line] = tableOfLooks([{ command: "status", runs: [run(3), run(1, 200), run(2)] }], 1000).split("\n");
    assert.deepEqual(line!.split("|").map((cell) => cell.trim()).slice(1, -1), ["stores status", "1000", "1.0", "2.0", "4.0", "200"]);
  });

  it("writes a Markdown table with titles, columns aligned", () => {
    const rows = [rowOf("create", contender("x", 2), 20, [run(120)]), rowOf("no-op", contender("y", 1), 200, [run(0.4)])];
    const lines = tableOf(rows, new Map([["x", "by x"], ["y", "by somebody"]])).split("\n");
    assert.equal(lines.length, 4);
    assert.equal(new Set(lines.map((line) => line.length)).size, 1);
    assert.deepEqual(lines[2]?.split("|").map((cell) => cell.trim()), ["", "create", "by x", "20", "2", "120.0", "10.0", "240.0", "12.00", "100", "50", ""]);
    assert.deepEqual(lines[3]?.split("|").map((cell) => cell.trim()).slice(-3), ["100", "-", ""]);
  });
});

describe("bench: targets", () => {
  const row = (name: string, phase: Phase, stores: number, seconds: number, peakMiB = 1000): Row =>
    rowOf(phase, contender(name, name === "ours" ? 4 : 1), stores, [run(seconds, peakMiB)]);
  const verdicts = (rows: Row[]) => checkTargets(rows).map(({ met }) => met);

  it("are met at their limits", () => {
    const rows = [row("ours", "create", 200, 400, 1800), row("ours", "no-op", 200, 3), row("ours", "change", 200, 10), row("loop", "create", 20, 100), row("automation", "create", 20, 41)];
    assert.deepEqual(verdicts(rows), [true, true, true, true, true]);
  });

  it("are missed just beyond, the rate being compared and not the time", () => {
    const rows = [row("ours", "create", 200, 404, 1804), row("ours", "no-op", 200, 3.01), row("ours", "change", 200, 10.01), row("loop", "create", 20, 100), row("automation", "create", 20, 40)];
    assert.deepEqual(verdicts(rows), [false, false, false, false, false]);
  });

  it("say nothing about what was not measured, or on fewer stores than they speak of", () => {
    const targets = checkTargets([row("ours", "no-op", 20, 0.1)]);
    assert.deepEqual(targets.map(({ met }) => met), [undefined, undefined, undefined, undefined, undefined]);
    assert.match(describeTarget(targets[0]!), /^not measured/);
  });
});

describe("bench: processes", () => {
  it("reads times past a program's name with blanks and parentheses", () => {
    const rest = "Z 7 1 1 0 -1 0 0 0 0 0 150 50 300 100 20 0 1 0 4242 0";
    assert.deepEqual(parseStat(`12 (odd) name) ${rest}`), { pid: 12, parent: 7, zombie: true, ownTime: 2, childrenTime: 4, startTime: "4242" });
  });

  describe("measured", function () {
    let folder: string;
    before(function () {
      if (process.platform !== "linux") this.skip(); // the benchmark itself refuses to run there
      folder = mkdtempSync(join(tmpdir(), "storefleet-bench-test-"));
    });
    after(() => folder && rmSync(folder, { recursive: true, force: true }));

    const measureScript = (mark: string, script: string, signal = new AbortController().signal) =>
      measure({ command: process.execPath, args: ["-e", script], cwd: folder, env: { ...process.env, [markVariable]: mark }, log: join(folder, `${mark}.log`) }, mark, signal);
    /** Works until 0.4 CPU seconds are used, then says so. */
    const work = "while (process.cpuUsage().user < 400_000); console.log('worked')";

    it("counts children, also a detached one that outlives the task", async () => {
      const detached = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(work)}], { detached: true, stdio: 'inherit' }).unref()`;
      const { code, cpuSeconds, peakBytes } = await measureScript("detached", detached);
      assert.equal(code, 0);
      assert.match(readFileSync(join(folder, "detached.log"), "utf8"), /worked/);
      assert.ok(cpuSeconds > 0.3, `${cpuSeconds} CPU seconds`);
      assert.ok(peakBytes > 5 * mebi, `${peakBytes} bytes`);
      assert.deepEqual(markedProcesses("detached"), []);
    });

    it("hands on the exit code", async () => {
      assert.equal((await measureScript("code", "process.exit(3)")).code, 3);
    });

    it("stops when asked to, and every process can then be ended by its mark", async () => {
      const stop = new AbortController();
      const bystander = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
      try {
        const running = measureScript("stopped", "setInterval(() => {}, 1000)", stop.signal);
        stop.abort();
        await assert.rejects(running, { name: "AbortError" });
        endMarked("stopped");
        while (markedProcesses("stopped").length > 0) await new Promise(setImmediate);
        assert.equal(bystander.exitCode ?? bystander.signalCode, null);
      } finally {
        bystander.kill();
      }
    });
  });
});
