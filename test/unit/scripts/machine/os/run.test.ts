import assert from "node:assert/strict";
import { run } from "../../../../../scripts/machine/os/run";

describe("a command that is run", () => {
  it("tells its code and what it said; 127 where there is none", async () => {
    assert.deepEqual(await run("sh", ["-c", "echo out; echo err >&2; exit 3"]), { code: 3, stdout: "out\n", stderr: "err\n" });
    assert.equal((await run("/nowhere/at/all", [])).code, 127);
    assert.deepEqual(await run("sh", ["-c", "echo $PWD $COLOUR"], { cwd: "/", env: { COLOUR: "green" } }), { code: 0, stdout: "/ green\n", stderr: "" });
  });

  it("is not waited for longer than it may take, also where it does not listen", async () => {
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
});
