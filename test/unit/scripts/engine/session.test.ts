import assert from "node:assert/strict";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../../../config/root";
import { setGiven, storesCommand } from "../../../../config/stores-command";
import { clusterProvider } from "../../../../infra/cluster-provider";
import { logFile, openSession, workFolder } from "../../../../scripts/engine/session";
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

    it("is opened whatever is said of the state, which only they need who change something", async () => {
      process.env.PULUMI_CONFIG_PASSPHRASE_FILE = join(cache, "phrase");
      const session = await openSession({ env: "prod", context: "here" });
      process.env.PULUMI_BACKEND_URL = "s3://late";
      assert.equal(session.variables.PULUMI_BACKEND_URL, "s3://late", "not looked at before");
      session.variables.STOREFLEET_MOVE = "prod";
      assert.equal(session.variables.STOREFLEET_MOVE, "prod");
    });

    it("that is not known, or does not answer, is an error with its name", async () => {
      await assert.rejects(openSession({ env: "prod", context: "there" }), { message: /no context there/, hint: "Known: here." });
      api.answer = (_, response) => response.writeHead(500).end();
      await assert.rejects(openSession({ env: "prod", context: "here" }), { code: "cluster-unreachable", message: new RegExp(`context "here" at ${api.address} does not answer`), hint: /kubectl --context here get nodes/ });
    });
  });

  it("works in a folder out of sight, in which the charts have the same relative path as by hand", () => {
    for (let times = 0; times < 2; times++) {
      const folder = workFolder("local");
      assert.ok(folder.startsWith(cache));
      assert.ok(lstatSync(join(folder, "components")).isSymbolicLink());
      assert.equal(realpathSync(join(folder, "components", "woocommerce", "chart")), realpathSync(join(projectRoot, "components", "woocommerce", "chart")));
      assert.deepEqual(readdirSync(folder).sort(), ["Pulumi.local.yaml", "Pulumi.yaml", "components"]);
      // A key that the CLI left, and that may have been changed since from elsewhere; a preview's stack has a state of its own.
      writeFileSync(join(folder, "Pulumi.local.acme.yaml"), "encryptionsalt: v1:x\n");
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
