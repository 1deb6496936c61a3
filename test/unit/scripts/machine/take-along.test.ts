import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFileSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../../../config/errors";
import { projectRoot } from "../../../../config/root";
import { pulumiVariables } from "../../../../scripts/engine/session";
import { forgetState, foreignBackend } from "../../../../scripts/engine/state";
import { cacheFolder, clusterFolder, environmentFolder, stateFolder, toolsFolder } from "../../../../scripts/machine/paths";
import { takeAlong } from "../../../../scripts/machine/take-along";
import { keepEnvironment } from "../../helpers/keep-environment";

const touched = ["HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "STOREFLEET_CACHE", "STOREFLEET_TOOLS", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"];

describe("the state's folder", () => {
  let home: string;
  let former: string;
  let now: string;

  keepEnvironment();
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "storefleet-home-"));
    for (const name of touched) delete process.env[name];
    process.env.HOME = home;
    former = join(home, ".cache/storefleet/environments/local");
    now = join(home, ".local/state/storefleet/environments/local");
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });

  const stack = "state/.pulumi/stacks/storefleet/local.acme.json";
  const write = (file: string, text: string) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  /** A state as an earlier version kept it. */
  const makeFormer = (folder = former, text = "acme") => {
    write(join(folder, "passphrase"), `of ${text}`);
    write(join(folder, stack), text);
    write(join(folder, "logs/local.acme.log"), "said");
    mkdirSync(join(folder, "work"), { recursive: true });
    symlinkSync(projectRoot, join(folder, "work/components"));
  };
  const holds = (folder: string, text = "acme") => assert.deepEqual([readFileSync(join(folder, "passphrase"), "utf8"), readFileSync(join(folder, stack), "utf8")], [`of ${text}`, text]);
  const isLink = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  const entries = (folder: string) => readdirSync(dirname(folder));
  /** As between two file systems. */
  const apart: typeof renameSync = () => {
    throw Object.assign(new Error("EXDEV: cross-device link not permitted"), { code: "EXDEV" });
  };

  it("is no cache: tools stay there, state and clusters are elsewhere", () => {
    assert.deepEqual([environmentFolder("local"), toolsFolder(), clusterFolder("local")], [now, join(home, ".cache/storefleet/tools"), join(home, ".local/state/storefleet/clusters/local")]);
    Object.assign(process.env, { XDG_STATE_HOME: "/x/state", XDG_CACHE_HOME: "/x/cache" });
    assert.deepEqual([stateFolder(), cacheFolder()], ["/x/state/storefleet", "/x/cache/storefleet"]);
    process.env.STOREFLEET_CACHE = "/y";
    assert.deepEqual([stateFolder(), cacheFolder(), environmentFolder("local")], ["/y", "/y", "/y/environments/local"]);
  });

  it("takes along what an earlier version had in the cache, and leaves a link for whatever still works there", () => {
    makeFormer();
    const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE_FILE } = pulumiVariables("local");
    assert.deepEqual([PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE_FILE], [`file://${now}/state?metadata=skip`, join(now, "passphrase")]);
    holds(now);
    assert.ok(isLink(former) && !isLink(now));
    appendFileSync(join(former, stack), ", by an earlier version");
    assert.equal(readFileSync(join(now, stack), "utf8"), "acme, by an earlier version");
    assert.equal(environmentFolder("local"), now, "a second time");
    assert.ok(existsSync(join(now, "logs/local.acme.log")));
  });

  it("several at once move it once", async () => {
    makeFormer();
    const script = `process.stdout.write(require(${JSON.stringify(join(projectRoot, "dist/scripts/engine/session.js"))}).pulumiVariables("local").PULUMI_BACKEND_URL)`;
    const runs = await Promise.all([1, 2, 3, 4].map(() => promisify(execFile)(process.execPath, ["-e", script])));
    assert.deepEqual(new Set(runs.map(({ stdout }) => stdout)), new Set([`file://${now}/state?metadata=skip`]));
    holds(now);
    assert.deepEqual([entries(now), entries(former), isLink(former)], [["local"], ["local"], true]);
  });

  it("another process that is faster is no error", () => {
    makeFormer();
    assert.equal(takeAlong(former, now, (from, to) => (renameSync(from, to), symlinkSync(now, former), renameSync(from, to))), now);
    holds(now);
  });

  it("goes to another file system as a whole copy", () => {
    makeFormer();
    assert.equal(takeAlong(former, now, apart), now);
    holds(now);
    assert.deepEqual([isLink(former), entries(now), entries(former)], [true, ["local"], ["local"]]);
    assert.ok(existsSync(join(now, "logs/local.acme.log")) && !existsSync(join(now, "work")));
  });

  it("goes on where a copy was cut off: before it took its place, and before the original was removed", () => {
    makeFormer();
    write(join(`${now}.1.partial`, "passphrase"), "half");
    assert.equal(takeAlong(former, now, apart), now);
    holds(now);
    rmSync(former);
    cpSync(now, former, { recursive: true });
    assert.equal(environmentFolder("local"), now);
    holds(now);
    assert.ok(isLink(former));
  });

  it("refuses two states that differ, touching neither, and says how to go on", () => {
    makeFormer(former, "acme");
    makeFormer(now, "bloom");
    assert.throws(() => pulumiVariables("local"), (error: UserError) =>
      error.code === "two-states" && error.message.includes(former) && error.message.includes(now) && /the second: mv \S+\/\.cache\/\S+ /.test(error.hint ?? ""));
    holds(former, "acme");
    holds(now, "bloom");
  });

  it("a place that holds no state gives way to the one that does", () => {
    makeFormer();
    write(join(now, "logs/local.log"), "said");
    mkdirSync(join(now, "state"));
    assert.equal(environmentFolder("local"), now);
    holds(now);
    rmSync(former);
    write(join(former, "logs/local.log"), "said");
    assert.equal(environmentFolder("local"), now);
    holds(now);
    assert.ok(isLink(former));
  });

  it("leaves a cluster in the cache where it runs, until a reset", () => {
    const running = join(home, ".cache/storefleet/clusters/local");
    mkdirSync(running, { recursive: true });
    assert.equal(clusterFolder("local"), running);
  });

  it("a shell that was prepared before the move is not about another state; a reset takes the link away too", () => {
    makeFormer();
    process.env.PULUMI_BACKEND_URL = `file://${former}/state?metadata=skip`;
    process.env.PULUMI_CONFIG_PASSPHRASE_FILE = join(former, "passphrase");
    assert.equal(foreignBackend(), undefined);
    assert.equal(pulumiVariables("local").PULUMI_CONFIG_PASSPHRASE_FILE, join(now, "passphrase"));
    forgetState();
    assert.deepEqual([entries(now), entries(former)], [[], []]);
    assert.equal(statSync(join(pulumiVariables("local").PULUMI_CONFIG_PASSPHRASE_FILE!)).mode & 0o777, 0o600);
  });
});
