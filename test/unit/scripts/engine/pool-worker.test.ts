import assert from "node:assert/strict";
import { copyFileSync, readFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../../config/root";
import type { Operation } from "../../../../scripts/engine/operation";
import { Pool } from "../../../../scripts/engine/pool";
import { fakePulumi, type FakePulumi } from "../../helpers/fake-pulumi";
import { specOf } from "../../helpers/fleet";

const release = "urn:pulumi:local.x::storefleet::kubernetes:helm.sh/v3:Release::woocommerce-release";

/** Each stack's name says how its CLI behaves. */
const body = `
  const began = { preludeEvent: { config: {} } };
  const failed = (message, urn = ${JSON.stringify(release)}) => ({ diagnosticEvent: { severity: "error", urn, message, prefix: "error: " } });
  if (args[1] === "init") {
    if (stack === "local.there") fail("stack 'organization/storefleet/local.there' already exists");
    if (stack === "local.passphrase") fail("get stack: incorrect passphrase");
    return;
  }
  if (stack === "local.missing") fail("no stack named 'local.missing' found");
  if (stack === "local.locked") fail("the stack is currently locked by 1 lock(s). Either wait\\n  x: created by me@host (pid 1) at 2026");
  if (stack === "local.conflict") fail("[409] Conflict: Another update is currently in progress.");
  if (stack === "local.cancelled") {
    let signals = 0;
    process.on("SIGINT", () => { signals += 1; setTimeout(() => fail("signals " + signals), 100); });
    setInterval(() => {}, 1000);
    return events([began, { resourcePreEvent: { metadata: { op: "create", type: "kubernetes:core/v1:Secret", urn: "urn:x::y::z::admin" } } }]);
  }
  const texts = {
    "local.chart-exists": "stack 'organization/storefleet/local.x' already exists",
    "local.chart-missing": "no stack named 'local.x' found",
    "local.chart-locked": "the stack is currently locked by 1 lock(s)",
  };
  const text = texts[stack];
  if (text) {
    await events([began, failed("<{%fg 1%}>" + text + "<{%reset%}>\\n"), failed("update failed", "urn:pulumi:local.x::storefleet::pulumi:pulumi:Stack::storefleet-local.x")]);
    fail(text);
  }
  if (stack === "local.silent") {
    await events([began]);
    fail("the stack is currently locked by 1 lock(s), says the chart");
  }
  await events([began, { summaryEvent: { resourceChanges: { create: 2, same: 5 } } }]);
`;

describe("store worker", () => {
  let cli: FakePulumi;
  let pool: Pool;

  before(() => {
    cli = fakePulumi(body);
    mkdirSync(join(cli.folder, "work"));
    copyFileSync(join(projectRoot, "Pulumi.yaml"), join(cli.folder, "work", "Pulumi.yaml"));
    pool = new Pool({ variables: { ...process.env, STOREFLEET_PULUMI: cli.command }, deadline: 30_000 });
  });
  after(() => {
    pool.close();
    cli.remove();
  });

  /** The outcome, and the CLI's arguments in that operation. */
  async function run(stack: string, more: Partial<Operation> = {}, signal?: AbortSignal, onStep: (text: string) => void = () => {}) {
    const before = cli.calls().length;
    const operation: Operation = {
      kind: "up", env: "local", stack, spec: specOf("x"), workFolder: join(cli.folder, "work"), logFile: join(cli.folder, "log"), ...more,
    };
    const outcome = await pool.run(operation, onStep, signal);
    return { ...outcome, calls: cli.calls().slice(before) };
  }

  it("runs an update in one process of the CLI, and counts", async () => {
    const { failure, changes, calls } = await run("local.fine");
    assert.equal(failure, undefined);
    assert.deepEqual(changes, { create: 2, update: 0, replace: 0, delete: 0 });
    assert.deepEqual(calls.map(([command]) => command), ["up"]);
    for (const flag of ["--yes", "--skip-preview", "--non-interactive"]) assert.ok(calls[0]!.includes(flag), flag);
    assert.ok(!calls[0]!.includes("--refresh"));
  }).timeout(20_000);

  it("previews, destroys and refreshes as asked", async () => {
    assert.equal((await run("local.fine", { kind: "preview" })).calls[0]![0], "preview");
    const { calls } = await run("local.fine", { kind: "destroy", spec: undefined, refresh: true });
    assert.equal(calls.length, 3);
    for (const flag of ["refresh", "--yes", "--clear-pending-creates"]) assert.ok(calls[0]!.includes(flag), flag);
    for (const flag of ["destroy", "--yes"]) assert.ok(calls[1]!.includes(flag), flag);
    for (const flag of ["stack", "rm", "--yes", "--remove-backups", "local.fine"]) assert.ok(calls[2]!.includes(flag), flag);
  });

  it("creates a fresh stack first; one that is there already is refreshed", async () => {
    const created = await run("local.fine", { fresh: true });
    assert.deepEqual(created.calls.map((args) => args.slice(0, 2).join(" ")), ["stack init", "up --yes"]);
    assert.ok(!created.calls[0]!.includes("--secrets-provider"));
    const keyed = await run("local.fine", { fresh: true, secretsProvider: "hashivault://key" });
    assert.deepEqual(keyed.calls[0]!.slice(0, 5), ["stack", "init", "local.fine", "--secrets-provider", "hashivault://key"]);

    const there = await run("local.there", { fresh: true });
    assert.equal(there.failure, undefined);
    assert.deepEqual(there.calls.map(([command]) => command), ["stack", "refresh", "up"]);
  });

  it("tells a missing stack, a lock, and other refusals apart, in the CLI's words", async () => {
    assert.deepEqual((await run("local.missing")).failure, { kind: "not-found", message: "no stack named 'local.missing' found" });
    const locked = (await run("local.locked")).failure;
    assert.equal(locked?.kind, "locked");
    assert.match(locked.message, /^the stack is currently locked by 1 lock[^]*created by me@host \(pid 1\) at 2026$/);
    assert.equal((await run("local.conflict")).failure?.kind, "locked");
    assert.deepEqual((await run("local.passphrase", { fresh: true })).failure, { kind: "cli", message: "get stack: incorrect passphrase" });
  });

  it("takes a chart's words for the chart's, whatever they say", async () => {
    for (const [stack, words] of [
      ["local.chart-exists", "stack 'organization/storefleet/local.x' already exists"],
      ["local.chart-missing", "no stack named 'local.x' found"],
      ["local.chart-locked", "the stack is currently locked by 1 lock(s)"],
    ] as const) {
      assert.deepEqual((await run(stack)).failure, { kind: "resource", message: words }, stack);
    }
    assert.equal((await run("local.silent")).failure?.kind, "cli");
  });

  it("a cancellation interrupts the CLI once", async () => {
    const controller = new AbortController();
    const { failure } = await run("local.cancelled", {}, controller.signal, () => controller.abort());
    assert.equal(failure?.kind, "cancelled");
    assert.match(readFileSync(join(cli.folder, "log"), "utf8"), /signals 1$/m);
    assert.equal((await run("local.fine")).failure, undefined);
  });
});
