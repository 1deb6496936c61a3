import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../../config/root";
import { setGiven } from "../../config/stores-command";
import { logFile, openSession, pulumiVariables, workFolder } from "../../scripts/engine/session";

const touched = ["STOREFLEET_CACHE", "STOREFLEET_TOOLS", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"];

describe("session", () => {
  let cache: string;
  let saved: NodeJS.ProcessEnv;

  beforeEach(() => {
    saved = { ...process.env };
    cache = mkdtempSync(join(tmpdir(), "storefleet-session-"));
    for (const name of touched) delete process.env[name];
    process.env.STOREFLEET_CACHE = cache;
  });
  afterEach(() => {
    for (const name of touched) delete process.env[name];
    Object.assign(process.env, saved);
    rmSync(cache, { recursive: true });
    setGiven({ env: "local", file: undefined, context: undefined });
  });

  it("needs a running cluster, and says how to get one", async () => {
    await assert.rejects(openSession("local"), { name: "UserError", message: 'environment "local" has no running cluster', hint: "Start or choose one: ./scripts/stores cluster up" });
    await assert.rejects(openSession("prod"), { hint: "Start or choose one: ./scripts/stores cluster up --env prod --context NAME" });
  });

  it("keeps state and passphrase of the local environment in the cache, for this user alone", () => {
    const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE_FILE: file } = pulumiVariables("local");
    const folder = join(cache, "environments", "local");
    assert.equal(PULUMI_BACKEND_URL, `file://${join(folder, "state")}?metadata=skip`);
    assert.equal(statSync(join(folder, "state")).mode & 0o777, 0o700);
    assert.equal(file, join(folder, "passphrase"));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(readFileSync(file, "utf8").length >= 32);
  });

  it("keeps the passphrase that is there", () => {
    const read = () => readFileSync(pulumiVariables("local").PULUMI_CONFIG_PASSPHRASE_FILE!, "utf8");
    assert.equal(read(), read());
    assert.deepEqual(readdirSync(join(cache, "environments", "local")).sort(), ["passphrase", "state"]);
  });

  it("processes that come at the same time get one passphrase", async () => {
    const script = `const { pulumiVariables } = require(${JSON.stringify(join(projectRoot, "dist", "scripts", "engine", "session.js"))});
      process.stdout.write(require("node:fs").readFileSync(pulumiVariables("local").PULUMI_CONFIG_PASSPHRASE_FILE, "utf8"));`;
    const runs = await Promise.all([1, 2, 3].map(() => promisify(execFile)(process.execPath, ["-e", script])));
    assert.equal(new Set(runs.map(({ stdout }) => stdout)).size, 1);
    assert.ok(runs[0]!.stdout.length >= 32);
  });

  it("the usual Pulumi variables go before the cache", () => {
    Object.assign(process.env, { PULUMI_BACKEND_URL: "s3://bucket", PULUMI_CONFIG_PASSPHRASE: "" });
    const variables = pulumiVariables("local");
    assert.equal(variables.PULUMI_BACKEND_URL, "s3://bucket");
    assert.equal(variables.PULUMI_CONFIG_PASSPHRASE, "");
    assert.equal(variables.PULUMI_CONFIG_PASSPHRASE_FILE, undefined);
    assert.deepEqual(readdirSync(cache), []);
  });

  it("another environment's state and passphrase never end up in the cache", () => {
    const variables = pulumiVariables("prod");
    assert.equal(variables.PULUMI_BACKEND_URL, undefined);
    assert.equal(variables.PULUMI_CONFIG_PASSPHRASE_FILE, undefined);
    assert.deepEqual(readdirSync(cache), []);
  });

  it("works in a folder out of sight, in which the charts have the same relative path as by hand", () => {
    for (let times = 0; times < 2; times++) {
      const folder = workFolder("local");
      assert.ok(folder.startsWith(cache));
      assert.ok(lstatSync(join(folder, "components")).isSymbolicLink());
      assert.equal(realpathSync(join(folder, "components", "woocommerce", "chart")), realpathSync(join(projectRoot, "components", "woocommerce", "chart")));
      assert.deepEqual(readdirSync(folder).sort(), ["Pulumi.local.yaml", "Pulumi.yaml", "components"]);
    }
  });

  it("keeps one log for each stack", () => {
    assert.equal(logFile("local", "local.acme"), join(cache, "environments", "local", "logs", "local.acme.log"));
    assert.equal(statSync(join(cache, "environments", "local", "logs")).mode & 0o777, 0o700);
  });
});
