import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { breakStaleLock, forgetCli, noteCli } from "../../../../scripts/engine/stale-lock";
import { environmentFolder } from "../../../../scripts/machine/paths";
import { useCacheFolder } from "../../helpers/cache-folder";

const stack = "local.acme";

/** Pulumi's own words (backend/diy/lock.go). */
const lockedBy = (...holders: { pid: number; host?: string; at?: number }[]) =>
  `the stack is currently locked by ${holders.length} lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.` +
  holders.map(({ pid, host = hostname(), at = Date.now() }, index) => `\n  file:///state/.pulumi/locks/organization/storefleet/local.acme/${index}.json: created by root@${host} (pid ${pid}) at ${new Date(at).toISOString().replace(/\.\d+/, "")}`).join("");

describe("stale locks", () => {
  useCacheFolder();
  const folder = () => join(environmentFolder("local"), "running");
  const notes = () => (existsSync(folder()) ? readdirSync(folder()) : []);
  const edit = (pid: number, change: object) => {
    const file = join(folder(), `${stack}@${pid}`);
    const record = JSON.parse(readFileSync(file, "utf8")) as { place: object };
    writeFileSync(file, JSON.stringify({ ...record, ...change, place: { ...record.place, ...("place" in change ? (change.place as object) : {}) } }));
  };

  let cancelled = 0;
  const broken = async (complaint: string) => {
    cancelled = 0;
    const answer = await breakStaleLock("local", stack, complaint, async () => void cancelled++);
    assert.equal(cancelled, answer ? 1 : 0);
    return answer;
  };
  /** A process that was noted down while it ran, and was killed. */
  async function killed(of = stack): Promise<number> {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    noteCli("local", of, child.pid!);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    return child.pid!;
  }

  it("are those of processes that were started from here and are gone", async () => {
    const pid = await killed();
    assert.equal(await broken(lockedBy({ pid })), true);
    assert.deepEqual(notes(), [], "its note has served");
    assert.equal(await broken(lockedBy({ pid })), false, "one note proves one lock");
    assert.equal(await broken(lockedBy({ pid: await killed() }, { pid: await killed() })), true);
  });

  it("are never what nothing here knows of, whatever host and pid it names", async () => {
    assert.equal(await broken(lockedBy({ pid: spawnSync("true").pid })), false);
    const pid = await killed();
    for (const other of [{ pid, host: "elsewhere" }, { pid: pid + 1 }, { pid, at: Date.now() - 3_600_000 }, { pid, at: Date.now() + 3_600_000 }]) {
      assert.equal(await broken(lockedBy(other)), false, JSON.stringify(other));
    }
    assert.equal(await broken(lockedBy({ pid }, { pid, host: "elsewhere" })), false, "all of them, or none");
    assert.equal(await broken("[409] Conflict: Another update is currently in progress."), false);
    assert.equal(await broken(lockedBy({ pid: await killed("local.other") })), false);
    assert.equal(await broken(lockedBy({ pid })), true);
  });

  it("are not those of a process that runs, nor of one that another container or machine may be running", async () => {
    noteCli("local", stack, process.pid);
    assert.equal(await broken(lockedBy({ pid: process.pid })), false);
    if (process.platform !== "linux") return;
    const pid = await killed();
    edit(pid, { place: { namespace: "pid:[1]" } });
    assert.equal(await broken(lockedBy({ pid })), false, "another container of this host");
    edit(pid, { place: { boot: "another", machine: "" } });
    assert.equal(await broken(lockedBy({ pid })), false, "another run of who knows which machine");
    edit(pid, { place: { boot: "another", machine: "another" } });
    assert.equal(await broken(lockedBy({ pid })), false, "another machine");
  });

  it("are those that a machine had before it started anew, if it can be told from another", async () => {
    const hasName = existsSync("/etc/machine-id") && readFileSync("/etc/machine-id", "utf8").trim() !== "";
    noteCli("local", stack, process.pid);
    edit(process.pid, { place: { boot: "the one before" } });
    assert.equal(await broken(lockedBy({ pid: process.pid })), hasName);
  });

  it("are broken once, by whichever run comes first", async () => {
    const pid = await killed();
    let times = 0;
    const cancel = async () => void times++;
    assert.deepEqual(await Promise.all([1, 2, 3].map(() => breakStaleLock("local", stack, lockedBy({ pid }), cancel))), [true, true, true]);
    assert.equal(times, 1, "a second one would take away the lock of whoever went on");
  });

  it("leave no notes: a process that ends well takes along those of the dead, one that fails leaves its own", async () => {
    noteCli("local", stack, process.pid);
    forgetCli("local", stack, process.pid, false);
    const dead = await killed();
    assert.deepEqual(notes().sort(), [`${stack}@${process.pid}`, `${stack}@${dead}`].sort());
    await killed("local.other");
    forgetCli("local", stack, process.pid, true);
    assert.deepEqual(notes().map((name) => name.split("@")[0]), ["local.other"]);
  });
});
