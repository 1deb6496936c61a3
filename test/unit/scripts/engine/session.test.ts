import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../../../../config/root";
import { setGiven, storesCommand } from "../../../../config/stores-command";
import { clusterProvider } from "../../../../infra/cluster-provider";
import { forgetSalts, forgetState, logFile, openSession, pulumiVariables, storesOfOwnState, workFolder } from "../../../../scripts/engine/session";
import { listedStores } from "../../../../stores/listed";
import { keepEnvironment } from "../../helpers/keep-environment";
import { StubApi } from "../../helpers/stub-api";

const touched = ["STOREFLEET_CACHE", "STOREFLEET_TOOLS", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "STOREFLEET_ENV", "STOREFLEET_FILE"];

describe("session", () => {
  let cache: string;

  keepEnvironment();
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "storefleet-session-"));
    for (const name of touched) delete process.env[name];
    process.env.STOREFLEET_CACHE = cache;
  });
  afterEach(() => {
    rmSync(cache, { recursive: true });
    setGiven({ env: "local", file: undefined, context: undefined, recorded: undefined });
  });

  it("needs a running cluster, and says how to get one", async () => {
    await assert.rejects(openSession({ env: "local" }), { name: "UserError", message: 'environment "local" has no running cluster', hint: "Start or choose one: ./scripts/stores cluster up" });
    await assert.rejects(openSession({ env: "prod" }), { hint: "Start or choose one: ./scripts/stores cluster up --env prod --context NAME" });
  });

  describe("on a named context", () => {
    let api: StubApi;
    beforeEach(async () => {
      api = await StubApi.start();
      await api.open();
      process.env.KUBECONFIG = api.kubeconfig;
      api.answer = (_, response) => response.end("{}");
    });
    afterEach(() => api.close());

    it("is opened without being brought up, and nothing is noted of it", async () => {
      const { cluster, variables } = await openSession({ env: "prod", context: "here" });
      assert.deepEqual([cluster.kind, cluster.context, variables.STOREFLEET_CONTEXT, variables.KUBECONFIG], ["context", "here", "here", cluster.kubeconfig]);
      assert.notEqual(cluster.kubeconfig, api.kubeconfig);
      assert.deepEqual(readdirSync(join(cache, "clusters/prod")), ["contexts"]);
      assert.equal(storesCommand("status"), "./scripts/stores status --env prod --context here");
      await assert.rejects(openSession({ env: "prod" }), { code: "no-cluster" });
      assert.equal(storesCommand("status"), "./scripts/stores status --env prod");
    });

    it("that is not known, or does not answer, is an error with its name", async () => {
      await assert.rejects(openSession({ env: "prod", context: "there" }), { message: /no context there/, hint: "Known: here." });
      api.answer = (_, response) => response.writeHead(500).end();
      await assert.rejects(openSession({ env: "prod", context: "here" }), { code: "cluster-unreachable", message: new RegExp(`context "here" at ${api.address} does not answer`), hint: /kubectl --context here get nodes/ });
    });
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
    assert.equal(variables.PULUMI_CONFIG_PASSPHRASE, undefined, "who is started inherits it, and it is not printed");
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

  it("works in another folder for another checkout, and removes those of checkouts that are gone", () => {
    const folder = workFolder("local");
    const other = join(folder, "..", "other");
    mkdirSync(other);
    workFolder("local");
    assert.ok(existsSync(other), "one that is just being made");
    symlinkSync(join(cache, "gone"), join(other, "components"));
    workFolder("local");
    assert.ok(!existsSync(other));
    assert.ok(existsSync(folder));
  });

  it("takes salts out of a checkout when their passphrase goes, and names the files with secrets of it", () => {
    const settings = "config:\n  storefleet:settings: {}\n";
    const secret = `${settings}  storefleet:smtpPassword:\n    secure: v1:abc\n`;
    const put = (name: string, text: string) => writeFileSync(join(cache, name), text);
    put("Pulumi.local.yaml", `encryptionsalt: v1:x\n${settings}`);
    put("Pulumi.local.acme.yaml", "encryptionsalt: v1:y\n");
    put("Pulumi.prod.yaml", `encryptionsalt: v1:z\n${secret}`);
    assert.deepEqual(forgetSalts("local", cache), []);
    assert.equal(readFileSync(join(cache, "Pulumi.local.yaml"), "utf8"), settings);
    assert.deepEqual(readdirSync(cache).sort(), ["Pulumi.local.yaml", "Pulumi.prod.yaml"]);
    assert.match(readFileSync(join(cache, "Pulumi.prod.yaml"), "utf8"), /v1:z/);
    put("Pulumi.local.yaml", secret);
    assert.deepEqual(forgetSalts("local", cache), ["Pulumi.local.yaml"]);
  });

  it("forgets state and passphrase together, and neither while another state is in use", () => {
    pulumiVariables("local");
    process.env.PULUMI_BACKEND_URL = "s3://bucket";
    forgetState();
    assert.deepEqual(readdirSync(join(cache, "environments", "local")).sort(), ["passphrase", "state"]);
    delete process.env.PULUMI_BACKEND_URL;
    process.env.PULUMI_BACKEND_URL = pulumiVariables("local").PULUMI_BACKEND_URL;
    forgetState();
    assert.deepEqual(readdirSync(join(cache, "environments")), []);
  });

  it("knows which stores its state still has something of", () => {
    const stacks = join(cache, "environments", "local", "state", ".pulumi", "stacks", "storefleet");
    assert.deepEqual(storesOfOwnState(), []);
    mkdirSync(stacks, { recursive: true });
    const put = (name: string, resources: object[]) => writeFileSync(join(stacks, name), JSON.stringify({ checkpoint: { latest: { resources } } }, null, 4));
    put("local.json", [{ urn: "x" }]);
    put("local.acme.json", [{ urn: "x" }]);
    put("local.empty.json", []);
    assert.deepEqual(storesOfOwnState(), ["acme"]);
  });

  it("refuses a shell whose variables are another environment's, with what to do", async () => {
    Object.assign(process.env, { STOREFLEET_ENV: "local", PULUMI_BACKEND_URL: "file:///x", STOREFLEET_FILE: "/lists/local.yaml" });
    const refusal = (error: Error & { hint?: string }) =>
      /variables of environment local.*this is about prod; nothing was done/.test(error.message) && /unset STOREFLEET_ENV STOREFLEET_FILE( KUBECONFIG)? PULUMI_BACKEND_URL/.test(error.hint ?? "");
    await assert.rejects(openSession({ env: "prod" }), refusal);
    assert.throws(() => listedStores("prod"), refusal);
    assert.throws(() => clusterProvider("prod", "a-context"), refusal);
    await assert.rejects(openSession({ env: "local" }), /has no running cluster/);
  });

  it("keeps one log for each stack", () => {
    assert.equal(logFile("local", "local.acme"), join(cache, "environments", "local", "logs", "local.acme.log"));
    assert.equal(statSync(join(cache, "environments", "local", "logs")).mode & 0o777, 0o700);
  });
});
