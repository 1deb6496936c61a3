import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { UserError } from "../../../../config/errors";
import type { StateSettings } from "../../../../config/state";
import { keyLines, rekey } from "../../../../scripts/engine/rekey";
import { checkState } from "../../../../scripts/operations/state-check";
import { unlockState, type UnlockConsent } from "../../../../scripts/operations/state-unlock";
import { noteOfState } from "../../../../scripts/operations/records/of-state";
import { rekeyState } from "../../../../scripts/operations/state-rekey";
import type { openState } from "../../../../scripts/operations/state-place";
import { fakePulumi, type FakePulumi } from "../../helpers/fake-pulumi";
import { keepEnvironment } from "../../helpers/keep-environment";

/** A CLI whose stacks are files with their provider; `NAME.locked` is a lock, with its holder in it, and a provider with "refuses" in it is refused. */
const body = `
  const fs = require("node:fs");
  const folder = __dirname + "/stacks/";
  const read = (name) => JSON.parse(fs.readFileSync(folder + name, "utf8"));
  const key = (provider) => provider === "passphrase" ? { type: "passphrase", state: { salt: "v1:s" } } : { type: "cloud", state: { url: provider, encryptedkey: "abc" } };
  const [command, sub, name] = args;
  if (command === "whoami") return say(JSON.stringify({ user: "you", url: "postgres://you:secret@db/state" }));
  if (sub === "ls") return say(JSON.stringify(fs.readdirSync(folder).filter((file) => !file.endsWith(".locked")).map((name) => ({ name }))));
  if (sub === "export") return say(JSON.stringify({ version: 3, deployment: read(stack) }));
  if (sub === "output") return say("{}");
  if (sub === "init" && args.includes("hashivault://refuses")) fail('secrets (code=Unknown): Put "http://v": dial tcp: connect: connection refused');
  if (sub === "init" && fs.existsSync(folder + name + ".locked")) fail("the stack is currently locked by 1 lock(s).\\n  s3://x: created by " + fs.readFileSync(folder + name + ".locked") + " at 2026-11-26T04:00:00Z");
  if (sub === "init" && fs.existsSync(folder + name)) fail("stack 'organization/storefleet/" + name + "' already exists");
  if (command === "cancel") fs.rmSync(folder + stack + ".locked");
  if (sub === "change-secrets-provider") {
    fs.writeFileSync(folder + "../file-of." + stack, fs.readFileSync("Pulumi." + stack + ".yaml"));
    fs.writeFileSync(folder + stack, JSON.stringify({ ...read(stack), secrets_providers: key(name) }));
  }
`;

const hasKey = (provider: string) => (provider === "passphrase" ? { type: "passphrase", state: { salt: "v1:s" } } : { type: "cloud", state: { url: provider, encryptedkey: "abc" } });

describe("the state's operations", function () {
  this.timeout(20_000);
  let cli: FakePulumi;
  const said: string[] = [];
  const entered: string[] = [];
  const note: typeof noteOfState = async (_, { action, reason }) => void entered.push(`${action} ${reason}`);
  const listener = { say: (text: string) => void said.push(text), signal: new AbortController().signal };
  const open: typeof openState = async ({ env }) => ({ session: { env, variables: { STOREFLEET_PULUMI: cli.command } }, workFolder: cli.folder });
  const put = (name: string, provider: string) => writeFileSync(join(cli.folder, "stacks", name), JSON.stringify({ secrets_providers: hasKey(provider), resources: [{ urn: `urn:${name}` }] }));
  const lock = (name: string, holder = "you@laptop (pid 42)") => writeFileSync(join(cli.folder, "stacks", `${name}.locked`), holder);
  const providerOf = (name: string) => {
    const { secrets_providers: { type, state } } = JSON.parse(readFileSync(join(cli.folder, "stacks", name), "utf8")) as { secrets_providers: { type: string; state: { url?: string } } };
    return state.url ?? type;
  };

  keepEnvironment();
  beforeEach(() => {
    cli = fakePulumi(body);
    said.length = 0;
    entered.length = 0;
    mkdirSync(join(cli.folder, "stacks"));
    for (const name of ["prod", "prod.acme", "prod.bloom", "prod-2", "staging.acme"]) put(name, "passphrase");
  });
  afterEach(() => cli.remove());

  const target = "hashivault://fleet";
  const bring = (settings: StateSettings = { secretsProvider: target }) => rekeyState({ env: "prod" }, listener, settings, open, note);

  describe("rekey", () => {
    it("brings the environment's stacks to the key that the settings name, and no others; a second time there is nothing to do", async () => {
      const first = await bring();
      assert.deepEqual(first, {
        env: "prod", secretsProvider: target, settingsChanged: false,
        stacks: ["prod", "prod.acme", "prod.bloom"].map((name) => ({ name, result: "rekeyed", from: "passphrase", error: null })),
      });
      assert.deepEqual(["prod", "prod.acme", "prod-2", "staging.acme"].map(providerOf), [target, target, "passphrase", "passphrase"]);
      assert.deepEqual(said.sort(), ["prod.acme", "prod.bloom", "prod"].map((name) => `${name}: passphrase → ${target}`));
      assert.deepEqual((await bring()).stacks.map(({ result }) => result), ["unchanged", "unchanged", "unchanged"]);
      assert.deepEqual(entered, [`state.rekeyed to ${target}`]);
    });

    it("goes on where an earlier run was ended", async () => {
      put("prod", target);
      put("prod.acme", target);
      assert.deepEqual((await bring()).stacks.map(({ name, result }) => [name, result]), [["prod", "unchanged"], ["prod.acme", "unchanged"], ["prod.bloom", "rekeyed"]]);
    });

    it("leaves a stack alone on which somebody works, and does the others", async () => {
      lock("prod.acme");
      const { stacks } = await bring();
      assert.deepEqual(stacks.map(({ name, result }) => [name, result]), [["prod", "rekeyed"], ["prod.acme", "failed"], ["prod.bloom", "rekeyed"]]);
      assert.match(stacks[1]!.error!, /^somebody works on stack prod\.acme: process 42 on laptop, which took the lock .* ago\n.*\.\/scripts\/stores state unlock acme/);
      assert.equal(providerOf("prod.acme"), "passphrase");
    });

    it("stops at the environment's own stack, where the key itself is what fails", async () => {
      const { stacks } = await bring({ secretsProvider: "hashivault://refuses" });
      assert.deepEqual(stacks.map(({ name, result }) => [name, result]), [["prod", "failed"]]);
      assert.match(stacks[0]!.error!, /the state's key does not answer/);
    });

    it("needs to be told the key", async () => {
      await assert.rejects(bring({}), { code: "settings-invalid", message: "nothing says what the stacks of prod are to be encrypted by", hint: /Pulumi\.prod\.yaml, such as: storefleet:state/ });
    });

    it("tells the CLI which key a stack had, without which it would read a new passphrase from nobody", async () => {
      for (const name of ["prod", "prod.acme", "prod.bloom"]) put(name, target);
      await bring({ secretsProvider: "passphrase" });
      assert.equal(readFileSync(join(cli.folder, "file-of.prod.acme"), "utf8"), `secretsprovider: "${target}"\nencryptedkey: abc\n`);
      const place = { session: { env: "prod", variables: { STOREFLEET_PULUMI: cli.command } }, workFolder: cli.folder };
      await assert.rejects(rekey(place, "prod.acme", "passphrase", keyLines(hasKey("passphrase"))), { message: /no key's URL to be taken from/ });
      assert.equal(cli.calls().filter(([, sub]) => sub === "change-secrets-provider").length, 3);
    });
  });

  describe("unlock", () => {
    const shown: Parameters<UnlockConsent>[0][] = [];
    const unlock = (names: string[] = [], consent: UnlockConsent = async (held) => void shown.push(held)) => unlockState({ env: "prod" }, names, consent, listener, {}, open, note);
    const laptop = { host: "laptop", pid: 42, since: "2026-11-26T04:00:00.000Z" };
    const stacks = () => readdirSync(join(cli.folder, "stacks"));
    beforeEach(() => void shown.splice(0));

    it("breaks the locks that it has shown, of the named stores or of all, and of no other environment", async () => {
      for (const name of ["prod", "prod.acme", "prod.bloom", "staging.acme"]) lock(name);
      assert.deepEqual(await unlock(["acme"]), { env: "prod", stacks: [{ name: "prod.acme", locks: [laptop], result: "unlocked" }] });
      assert.deepEqual((await unlock()).stacks.map(({ name, result }) => [name, result]), [["prod", "unlocked"], ["prod.bloom", "unlocked"]]);
      assert.deepEqual(shown.map(({ stacks, typed }) => [stacks.map(({ name }) => name), typed]), [[["prod.acme"], "prod"], [["prod", "prod.bloom"], "prod"]]);
      assert.deepEqual(await unlock(), { env: "prod", stacks: [] });
      assert.equal(entered.length, 2, "once each time that something is done");
      assert.match(entered[0]!, /^state\.unlocked prod\.acme: process 42 on laptop/);
      assert.deepEqual(stacks().filter((name) => name.endsWith(".locked")), ["staging.acme.locked"]);
    });

    it("leaves one alone that was taken meanwhile, and does nothing where it is not wanted", async () => {
      for (const name of ["prod.acme", "prod.bloom"]) lock(name);
      const result = await unlock([], async () => lock("prod.acme", "me@runner (pid 7)"));
      assert.deepEqual(result.stacks, [{ name: "prod.acme", locks: [{ ...laptop, host: "runner", pid: 7 }], result: "held" }, { name: "prod.bloom", locks: [laptop], result: "unlocked" }]);
      await assert.rejects(unlock([], async () => Promise.reject(new Error("no"))), { message: "no" });
      assert.equal(entered.length, 1);
      assert.ok(stacks().includes("prod.acme.locked"));
    });

    it("refuses one whose process runs here, and a store that the state does not have, which it does not make", async () => {
      lock("prod.acme", `me@${hostname()} (pid ${process.pid})`);
      await assert.rejects(unlock(), { code: "not-ready", message: new RegExp(`^stack prod\\.acme is held by a process that runs on this machine: process ${process.pid} on `) });
      await assert.rejects(unlock(["acme", "nowhere"]), { code: "unknown-store", message: "the state of prod has no stack prod.nowhere" });
      assert.deepEqual([shown, stacks().includes("prod.nowhere"), stacks().includes("prod.acme.locked")], [[], false, true]);
    });
  });

  it("are done where no cluster is at hand, and a line says that they are not entered", async () => {
    process.env.STOREFLEET_CACHE = cli.folder;
    process.env.KUBECONFIG = join(cli.folder, "no-kubeconfig");
    await noteOfState({ env: "local" }, { action: "state.rekeyed", reason: "to a key" }, listener.say);
    assert.match(said.join(), /^note: not entered in the audit trail: environment "local" has no running cluster/);
  });

  describe("check", () => {
    it("makes a stack elsewhere and removes it, and tells each stack's key and holder; never a login", async () => {
      put("prod", target);
      lock("prod.bloom");
      const checked = await checkState({ env: "prod" }, listener, { secretsProvider: target, backend: "postgres://you@db/state" }, open);
      assert.deepEqual(checked, {
        env: "prod", backend: "postgres://db/state", saidBy: "settings", secretsProvider: target, keepsVersions: null,
        stacks: [
          { name: "prod", key: target, otherKey: false, locks: [] },
          { name: "prod.acme", key: "passphrase", otherKey: true, locks: [] },
          { name: "prod.bloom", key: "passphrase", otherKey: true, locks: [{ host: "laptop", pid: 42, since: "2026-11-26T04:00:00.000Z" }] },
        ],
      });
      const [made, removed] = cli.calls().filter(([, , name]) => name?.startsWith("check-"));
      assert.deepEqual([made!.slice(0, 2), made!.slice(4, 6), removed!.slice(0, 2), removed!.slice(3, 5)], [["stack", "init"], ["--secrets-provider", target], ["stack", "rm"], ["--yes", "--remove-backups"]]);
      assert.deepEqual(readdirSync(join(cli.folder, "stacks")).length, 6);
    });

    it("says who says where the state is", async () => {
      const saidBy = async (env: string, settings: StateSettings) => (await checkState({ env }, listener, settings, open)).saidBy;
      delete process.env.PULUMI_BACKEND_URL;
      assert.deepEqual([await saidBy("prod", {}), await saidBy("local", {})], ["login", "local"]);
      process.env.PULUMI_BACKEND_URL = "s3://said";
      assert.deepEqual([await saidBy("prod", { backend: "s3://other" }), await saidBy("local", {})], ["variable", "variable"]);
    });

    it("fails with the mend", async () => {
      await assert.rejects(checkState({ env: "prod" }, listener, { secretsProvider: "hashivault://refuses" }, open), ({ code, message, hint }: UserError) =>
        code === "state-unusable" && /^no stack can be made in the state of prod: the state's key does not answer/.test(message) && /Is its service up/.test(hint!));
    });
  });
});
