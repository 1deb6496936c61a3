import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { projectRoot } from "../../../../../config/root";
import { waitForExit } from "../../../../../scripts/machine/os/process";
import { run } from "../../../../../scripts/machine/os/run";

describe("a command that is run", () => {
  it("tells its code and what it said; 127 where there is none", async () => {
    assert.deepEqual(await run("sh", ["-c", "echo out; echo err >&2; exit 3"]), { code: 3, stdout: "out\n", stderr: "err\n" });
    assert.equal((await run("/nowhere/at/all", [])).code, 127);
    assert.deepEqual(await run("sh", ["-c", "echo $PWD $COLOUR"], { cwd: "/", env: { COLOUR: "green" } }), { code: 0, stdout: "/ green\n", stderr: "" });
  });

  it("is not waited for longer than it may take, also where it does not listen", async function () {
    this.timeout(20_000);
    const { code, stderr } = await run("sh", ["-c", "trap '' TERM INT; echo working >&2; sleep 60"], { timeout: 300 });
    assert.equal(code, 124);
    assert.match(stderr, /^no end after 0\.3 s: given up\nworking\n/);
  });

  it("ends with a Ctrl-C, before or while it runs", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 200);
    assert.deepEqual(await run("sleep", ["60"], { signal: controller.signal }), { code: 130, stdout: "", stderr: "cancelled" });
    assert.equal((await run("sleep", ["60"], { signal: AbortSignal.abort() })).code, 130);
  });

  it("takes what it started with it", async () => {
    const { code, stdout } = await run("sh", ["-c", "sleep 60 & echo $!; wait"], { timeout: 300 });
    assert.equal(code, 124);
    assert.ok(await waitForExit(Number(stdout), 5000));
  });

  it("that came to its end although it was asked to stop has done what it was to do", async () => {
    const { code, stdout } = await run("sh", ["-c", "trap 'echo done; exit 0' TERM; while :; do sleep 0.05; done"], { timeout: 300 });
    assert.deepEqual([code, stdout], [0, "done\n"]);
  });

  it("is ended when it says more than anybody could want", async function () {
    this.timeout(60_000);
    const { code, stdout, stderr } = await run("sh", ["-c", "exec yes"]);
    assert.equal(code, 1);
    assert.match(stderr, /^it said more than 64 MiB: given up/);
    assert.ok(stdout.length <= 64 * 1024 ** 2);
  });

  it("ends with us, by a signal that nobody else takes, or where we just leave", async function () {
    this.timeout(60_000);
    const us = `const { run } = require(${JSON.stringify(join(projectRoot, "dist", "scripts", "machine", "os", "run.js"))});
      run("sh", ["-c", "echo $$; exec sleep 60"], { onLine: (pid) => { console.log(pid); LEAVE } });`;
    for (const [leave, ends] of [["", [null, "SIGINT"]], ["", [null, "SIGTERM"]], ["process.exit(4)", [4, null]]] as const) {
      const child = spawn(process.execPath, ["-e", us.replace("LEAVE", leave)], { stdio: ["ignore", "pipe", "inherit"] });
      const ended = once(child, "exit");
      const [line] = (await once(child.stdout, "data")) as [Buffer];
      if (ends[1]) child.kill(ends[1]);
      assert.deepEqual(await ended, ends);
      assert.ok(await waitForExit(Number(line.toString()), 5000), `${leave || ends[1]}: it is still there`);
    }
  });

  it("leaves no listener behind, and another's signal to whoever takes it", async () => {
    const counts = () => (["SIGINT", "SIGTERM", "SIGHUP", "exit"] as const).map((event) => process.listenerCount(event));
    const before = counts();
    let taken = 0;
    const take = () => void taken++;
    process.on("SIGTERM", take);
    const running = run("sh", ["-c", "echo here; sleep 0.3; echo whole"], { onLine: (line) => void (line === "here" && process.emit("SIGTERM", "SIGTERM")) });
    try {
      assert.deepEqual(await running, { code: 0, stdout: "here\nwhole\n", stderr: "" });
      assert.equal(taken, 1);
    } finally {
      process.off("SIGTERM", take);
    }
    assert.deepEqual(counts(), before);
  });
});
