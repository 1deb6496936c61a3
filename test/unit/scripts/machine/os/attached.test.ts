import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { projectRoot } from "../../../../../config/root";
import { runAttached } from "../../../../../scripts/machine/os/attached";

describe("a command that is attached", () => {
  it("has this process's own streams, and its exit code is told", async () => {
    assert.equal(await runAttached("sh", ["-c", "exit 7"]), 7);
    assert.equal(await runAttached("sh", ["-c", "kill -TERM $$"]), 143);
    await assert.rejects(runAttached("/nowhere/kubectl", []), { code: "ENOENT" });
  });

  it("takes Ctrl-C as its own, and its code still comes through", async () => {
    const file = join(projectRoot, "dist/scripts/machine/os/attached.js");
    const program = `require(${JSON.stringify(file)}).runAttached("sh", ["-c", "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.1; done"]).then((code) => process.exit(code))`;
    // A process group of its own, as a terminal's is.
    const child = spawn(process.execPath, ["-e", program], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      if (text.startsWith("ready")) process.kill(-child.pid!, "SIGINT");
    });
    const [code] = (await once(child, "close")) as [number];
    assert.deepEqual([code, out], [5, "ready\ncaught\n"]);
  });
});
