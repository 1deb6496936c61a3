import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../../../../config/root";
import { pulumiVariables } from "../../../../scripts/engine/session";
import { forgetSalts, forgetState, stateVariables, storesOfOwnState, withoutKey } from "../../../../scripts/engine/state";
import { keepEnvironment } from "../../helpers/keep-environment";

const touched = ["STOREFLEET_CACHE", "STOREFLEET_TOOLS", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "STOREFLEET_ENV", "STOREFLEET_FILE"];

describe("an environment's state", () => {
  let cache: string;

  keepEnvironment();
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "storefleet-state-"));
    for (const name of touched) delete process.env[name];
    process.env.STOREFLEET_CACHE = cache;
  });
  afterEach(() => rmSync(cache, { recursive: true }));

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

  it("is where the settings say, of any environment, and is made nowhere else", () => {
    for (const env of ["local", "prod"]) {
      assert.equal(stateVariables(env, { backend: "s3://bucket/prod?region=eu-central-1", secretsProvider: "hashivault://key" }).PULUMI_BACKEND_URL, "s3://bucket/prod?region=eu-central-1");
      assert.equal(stateVariables(env, { backend: "file:///mnt/state", secretsProvider: "hashivault://key" }).PULUMI_BACKEND_URL, "file:///mnt/state?metadata=skip");
      assert.equal(stateVariables(env, { backend: "file:///mnt/state?metadata=skip", secretsProvider: "hashivault://key" }).PULUMI_BACKEND_URL, "file:///mnt/state?metadata=skip");
    }
    assert.deepEqual(readdirSync(cache), []);
    process.env.PULUMI_BACKEND_URL = "s3://said";
    for (const env of ["local", "prod"]) assert.equal(stateVariables(env, { backend: "s3://bucket" }).PULUMI_BACKEND_URL, "s3://said", "the usual variables go first");
  });

  it("a shell that was prepared before local's state was moved is no word against the settings", () => {
    process.env.PULUMI_BACKEND_URL = pulumiVariables("local").PULUMI_BACKEND_URL;
    assert.equal(stateVariables("local", { backend: "s3://bucket" }).PULUMI_BACKEND_URL, "s3://bucket");
  });

  it("needs no passphrase where a key does its work, but that of stacks from before", () => {
    const key = { secretsProvider: "awskms://alias/fleet?region=eu-central-1" };
    assert.equal(stateVariables("local", key).PULUMI_CONFIG_PASSPHRASE_FILE, undefined);
    assert.deepEqual(readdirSync(join(cache, "environments", "local")), ["state"]);
    mkdirSync(join(cache, "environments", "local", "state", ".pulumi", "stacks"), { recursive: true });
    assert.equal(stateVariables("local", key).PULUMI_CONFIG_PASSPHRASE_FILE, undefined, "none was ever made");
    assert.throws(() => stateVariables("local", { secretsProvider: "passphrase" }), /the passphrase of the local state is gone/);
    const file = join(cache, "environments", "local", "passphrase");
    writeFileSync(file, "from before");
    assert.equal(stateVariables("local", key).PULUMI_CONFIG_PASSPHRASE_FILE, file);
  });

  it("has the key that counts, unless the settings' secrets need the one in their file", () => {
    const settings = "config:\n  storefleet:settings: {}\n";
    assert.equal(withoutKey(`secretsprovider: hashivault://key\nencryptedkey: abc\n${settings}`), settings);
    assert.equal(withoutKey(`encryptionsalt: v1:x\n${settings}`), settings);
    const secret = `encryptionsalt: v1:x\n${settings}  storefleet:smtpPassword:\n    secure: v1:abc\n`;
    assert.equal(withoutKey(secret), secret);
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
});
