import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { CliError, leanPulumiCommand } from "../../../../scripts/engine/pulumi-command";
import { isRunning } from "../../../../scripts/machine/os/process";
import { fakePulumi, type FakePulumi } from "../../helpers/fake-pulumi";

const body = `
  if (args[0] === "refuse") fail("no, thank you");
  if (args[0] === "wait") {
    let signals = 0;
    process.on("SIGINT", () => { signals += 1; setTimeout(() => { say("signals " + signals); process.exit(0); }, 100); });
    setInterval(() => {}, 1000);
    say("waiting");
  }
  else say("colour " + process.env.COLOUR + " api " + process.env.PULUMI_AUTOMATION_API);
`;

/** What the Automation API calls; its types keep it to themselves. */
type Run = (
  args: string[], cwd: string, variables: Record<string, string>, onOutput: undefined, onError: undefined, signal?: AbortSignal,
) => Promise<{ stdout: string; stderr: string; code: number }>;

describe("lean pulumi command", () => {
  let cli: FakePulumi;
  let pids: (number | undefined)[];
  let ends: boolean[];

  beforeEach(() => {
    cli = fakePulumi(body);
    pids = [];
    ends = [];
  });
  afterEach(() => cli.remove());

  const logFile = () => join(cli.folder, "log");
  const run = (args: string[], signal?: AbortSignal, command = cli.command) => {
    const lean = leanPulumiCommand({ command, version: "3.245.0", logFile: logFile(), onStart: (pid) => pids.push(pid), onEnd: (_pid, well) => (pids.push(undefined), ends.push(well)) });
    return (lean as unknown as { run: Run }).run(args, cli.folder, { COLOUR: "green" }, undefined, undefined, signal);
  };

  it("answers what nobody reads without a process", async () => {
    for (const [args, answer] of [["stack select --stack x", ""], ["stack output --json", "{}"], ["stack history --json", "[]"]] as const) {
      assert.deepEqual(await run(args.split(" ")), { stdout: answer, stderr: "", code: 0 });
    }
    assert.deepEqual(cli.calls(), []);
    assert.deepEqual(pids, []);
  });

  it("passes arguments and variables, asks no questions, and keeps the output in a file of this user's", async () => {
    const { stdout, code } = await run(["up", "--yes"]);
    assert.equal(code, 0);
    assert.equal(stdout, "colour green api true\n");
    assert.deepEqual(cli.calls(), [["up", "--yes", "--non-interactive", "--color", "never"]]);
    assert.equal(readFileSync(logFile(), "utf8"), stdout);
    assert.equal(statSync(logFile()).mode & 0o777, 0o600);
  });

  it("tells the pid of the process while it runs", async () => {
    await run(["up"]);
    assert.equal(pids.length, 2);
    assert.ok(pids[0]! > 1);
    assert.equal(isRunning(pids[0]!), false);
    assert.equal(pids[1], undefined);
    await run(["refuse"]).catch(() => undefined);
    assert.deepEqual(ends, [true, false], "whether it ended well");
  });

  it("removes a stack with all that the backend keeps of it", async () => {
    await run(["stack", "rm", "--yes", "x"]);
    assert.deepEqual(cli.calls()[0]?.slice(0, 5), ["stack", "rm", "--yes", "x", "--remove-backups"]);
  });

  it("fails with the CLI's own words", async () => {
    await assert.rejects(run(["refuse"]), (error) => error instanceof CliError && error.output === "error: no, thank you\n" && error.message === "pulumi refuse failed");
  });

  it("says when there is no CLI", async () => {
    await assert.rejects(run(["up"], undefined, "/nowhere/pulumi"), (error) => error instanceof CliError && /^\/nowhere\/pulumi does not start: .*ENOENT/.test(error.output));
  });

  it("an abort interrupts the CLI once", async () => {
    const controller = new AbortController();
    const running = run(["wait"], controller.signal);
    while (!statSync(logFile(), { throwIfNoEntry: false })?.size) await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort();
    assert.match((await running).stdout, /signals 1$/m);
  });

  it("a CLI that starts after the abort is interrupted too", async () => {
    // As early as this the interrupt may come before the CLI handles it, and then ends it.
    await run(["wait"], AbortSignal.abort()).catch(() => undefined);
    assert.equal(isRunning(pids[0]!), false);
  });
});
