import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { failure, type Answer } from "../../scripts/operations/answers";
import { Fleet, type Ended } from "./helpers/fleet";
import { filesBelow, Postgres, S3, Vault, type S3Request } from "./helpers/state-servers";
import { TinyStack } from "./helpers/tiny-stack";
import { until } from "./helpers/until";

const shop = (title: string) => `{ name: shop, engine: woocommerce, title: ${title} }`;
const stacks = ".pulumi/stacks/storefleet/";

/** Neither a list of all stacks, nor a look into another: what a store costs does not grow with the fleet. */
function assertOfOneStore(requests: S3Request[]): void {
  const others = requests.filter(({ key }) => key.startsWith(stacks) && !/^local(\.shop)?\.(json|pulumi-tags)/.test(key.slice(stacks.length)));
  assert.deepEqual(others, []);
}

describe("a state in a bucket, encrypted by a key", function () {
  this.timeout(120_000);
  const [s3, vault, fleet] = [new S3(), new Vault(), new Fleet()];

  before(async function () {
    // The S3 server is built once.
    this.timeout(20 * 60_000);
    await Promise.all([s3.start(), vault.start()]);
    Object.assign(fleet.environment, s3.login, vault.login);
    fleet.state = s3.bucket;
    fleet.patch("Pulumi.local.yaml", "config:\n", `config:\n  storefleet:state: ${JSON.stringify({ backend: s3.backend(), secretsProvider: "hashivault://fleet" })}\n`);
    fleet.list(shop("First"));
    await fleet.up();
  });
  after(async () => {
    await fleet.remove();
    s3.remove();
    vault.stop();
  });

  it("takes a store from its creation over an update to rest, at a price that does not grow, and asks nobody for a passphrase", async () => {
    const created = await s3.during(() => fleet.apply());
    assert.equal(created.result.rows.shop!.result, "created", created.result.ended.stderr);
    fleet.list(shop("Second"));
    const updated = await s3.during(() => fleet.apply());
    assert.equal(updated.result.rows.shop!.result, "updated", updated.result.ended.stderr);
    for (const [what, { requests }, most] of [["create", created, 330], ["update", updated, 130]] as const) {
      assert.ok(requests.length > 10 && requests.length <= most, `${what}: ${requests.length} requests`);
      assertOfOneStore(requests);
    }
    const planned = await s3.during(() => fleet.ok("apply"));
    assert.ok(planned.requests.length > 0 && planned.requests.length <= 6, `${planned.requests.length} requests`);
    assert.deepEqual(planned.requests.filter(({ key }) => key.includes("local.shop")), [], "only which cluster the state is about is looked at");
    await fleet.assertSound("shop");

    assert.equal(existsSync(join(fleet.cache, "environments/local/passphrase")), false);
    assert.equal(existsSync(join(fleet.cache, "environments/local/state")), false);
    const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE_FILE } = fleet.variables;
    assert.deepEqual([PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE_FILE], [s3.backend(), undefined], "what follows is exported");
  });

  it("holds no password in plain text, in whatever it keeps", async () => {
    const kept = filesBelow(s3.bucket);
    assert.ok(kept.some(({ path }) => path.includes("/history/")) && kept.some(({ path }) => path.endsWith(".bak")));
    const secrets = (await fleet.objects("shop", "secrets")).filter(({ metadata }) => metadata.labels?.owner !== "helm");
    const passwords = secrets.flatMap(({ data }) => Object.entries(data ?? {})).filter(([key]) => !/^(username|email)$/.test(key)).map(([, value]) => value);
    assert.ok(passwords.length >= 3, `only ${passwords.length} passwords found`);
    for (const value of passwords) {
      for (const form of [value, Buffer.from(value, "base64").toString()]) assert.deepEqual(kept.filter(({ text }) => text.includes(form)).map(({ path }) => path), []);
    }
  });

  it("lets one run at a store, and has the other wait", async () => {
    fleet.list(shop("Third"));
    const first = fleet.start(["apply", "--json"]);
    await until("the first run holds the lock", async () => fleet.locks("shop").length > 0 && fleet.cli("shop") !== undefined, 60, 20);
    const holder = fleet.cli("shop")!;
    process.kill(holder, "SIGSTOP");
    const second = fleet.start(["apply", "--json"]);
    await until("the second run waits", async () => /shop: waiting for operation \S+ of \S+ on \S+, process \d+\n/.test(second.so.stderr), 60).finally(() => process.kill(holder, "SIGCONT"));
    const results = await Promise.all([first, second].map(async ({ done }) => fleet.rows(await done).rows.shop!.result));
    assert.deepEqual(results, ["updated", "unchanged"]);
  });

  it("converges after a job on another host was cancelled amid its work, once its locks were broken by the command that is told", async () => {
    fleet.list(shop("Cancelled"));
    const job = fleet.start(["apply", "--json"]);
    await until("it is amid its work", async () => fleet.locks("shop").length > 0 && fleet.pendingOperations("shop").length > 0, 60, 20);
    for (const pid of fleet.processes()) process.kill(pid, "SIGKILL");
    await job.done;
    await fleet.quiet();
    const [lock] = fleet.locks("shop");
    const file = join(fleet.lockFolder("shop"), lock!);
    const twoHoursAgo = new Date(Date.now() - 2 * 3600_000).toISOString();
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, "utf8")) as object), hostname: "runner-7", timestamp: twoHoursAgo }));

    const { rows, ended } = await fleet.apply();
    assert.deepEqual([ended.code, rows.shop!.result, (rows.shop as { code?: string }).code], [1, "failed", "locked"]);
    const [, command] = /Held by process \d+ on runner-7, which took the lock 2 h ago\. If that is gone for certain: (.*)$/.exec(rows.shop!.error!) ?? [];
    const mend = (...more: string[]) => fleet.start(["-c", [command, ...more].join(" ")], {}, "bash", fleet.project).done;
    const unasked = await mend("--json");
    assert.deepEqual([unasked.code, failure.parse(JSON.parse(unasked.stdout)).error.code, fleet.locks("shop")], [3, "refused-deletion", [lock]]);
    const mended = await mend("--json", "--yes");
    assert.equal(mended.code, 0, mended.stderr);
    assert.match(mended.stderr, /local\.shop +process \d+ on runner-7 for 2h 0m/);
    assert.deepEqual((JSON.parse(mended.stdout) as Answer<"state unlock">).stacks.map(({ name, result }) => [name, result]), [["local.shop", "unlocked"]]);
    const again = await fleet.apply();
    assert.deepEqual([again.rows.shop!.result, again.rows.shop!.error], ["updated", null], again.ended.stderr);
    await fleet.assertSound("shop");
  });

  it("converges after the CLI was killed while it saved", async () => {
    fleet.list(shop("Fourth"));
    let saves = 0;
    s3.between.amidSave = () => {
      const cli = fleet.cli("shop");
      // Not the first: by then something is under way.
      if (cli === undefined || ++saves < 3) return false;
      process.kill(cli, "SIGKILL");
      s3.between.amidSave = undefined;
      return true;
    };
    const { rows } = await fleet.apply();
    assert.equal(rows.shop!.result, "failed", "the CLI was not killed");
    await fleet.quiet();
    assert.doesNotThrow(() => fleet.resources("shop"), "the state can be read");
    const again = await fleet.apply();
    assert.deepEqual([again.rows.shop!.result, again.rows.shop!.error], ["updated", null], again.ended.stderr);
    assert.ok(again.rows.shop!.repairs.includes("broke the lock of a process that is gone"));
    await fleet.assertSound("shop");
  });

  describe("changes nothing and says why", () => {
    let before: string;
    const refused = (ended: Ended, message: RegExp, mend: RegExp) => {
      const { error } = failure.parse(JSON.parse(ended.stdout));
      assert.deepEqual([ended.code, error.code], [1, "state-unusable"], ended.stderr);
      assert.match(error.message, message);
      assert.match(error.hint ?? "", mend);
    };
    const applyWith = (variables: NodeJS.ProcessEnv) => fleet.storesWith(variables, "apply", "--json");

    beforeEach(() => {
      fleet.list(shop("Fifth"));
      before = fleet.stateText("shop");
    });
    afterEach(() => assert.equal(fleet.stateText("shop"), before));

    it("where the backend does not answer", async () => refused(await applyWith({ PULUMI_BACKEND_URL: s3.backend({ port: 9 }) }), /the state's backend does not answer\n.*connection refused/, /Is it up, .*storefleet:state in Pulumi\.local\.yaml/));
    it("where the bucket is another", async () => refused(await applyWith({ PULUMI_BACKEND_URL: s3.backend({ bucket: "another" }) }), /the state's backend is not there\n.*NoSuchBucket/, /Make the bucket/));
    it("where the login is wrong", async () => refused(await applyWith({ AWS_SECRET_ACCESS_KEY: "another" }), /the login to the state's backend is missing or wrong/, /AWS_SECRET_ACCESS_KEY/));
    it("where there is no login", async () => refused(await applyWith({ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", HOME: fleet.folder }), /the login to the state's backend is missing or wrong/, /AWS_PROFILE/));
    it("where it may only read", async () => {
      const { rows, ended } = fleet.rows(await applyWith({ PULUMI_BACKEND_URL: s3.backend({ port: s3.readOnlyPort }) }));
      assert.equal(ended.code, 1);
      assert.match(rows.shop!.error ?? "", /^the state's backend lets this login not do what it needs\. It has to list, read, write and delete there\.\n/);
    });
    it("where the key's login is missing or not allowed", async () => {
      refused(await applyWith({ VAULT_ADDR: "" }), /the login to the state's key is missing or wrong/, /VAULT_ADDR and VAULT_TOKEN/);
      refused(await applyWith({ VAULT_TOKEN: "another" }), /the state's key lets this login not use it/, /encrypt and decrypt/);
    });

    describe("with the key's service", () => {
      afterEach(() => Object.assign(vault, { answers: Infinity, failure: [503, "Vault is sealed"] }));

      it("away from the start", async () => {
        vault.answers = 0;
        refused(await applyWith({ VAULT_MAX_RETRIES: "0" }), /the state's key does not answer\n/, /Is its service up/);
      });
      it("away in the middle", async () => {
        // The look at the environment's stack needs it once.
        vault.answers = 1;
        const { rows } = fleet.rows(await applyWith({ VAULT_MAX_RETRIES: "0" }));
        assert.match(rows.shop!.error ?? "", /^the state's key does not answer\. Is its service up/);
      });
      it("without the key that it was encrypted by", async () => {
        for (const error of ["encryption key not found", "ciphertext or signature version is disallowed by policy (too old)"]) {
          Object.assign(vault, { answers: 0, failure: [400, error] });
          refused(await applyWith({}), /the state's key is not the one that it was encrypted by, or is not there any more/, /nothing else opens the state/);
        }
      });
    });
  });

  describe("and its keys", () => {
    const file = () => readFileSync(join(fleet.project, "Pulumi.local.yaml"), "utf8");
    const keys = async () => (await fleet.json<Answer<"state check">>("state", "check")).stacks.map(({ name, key, otherKey, locks }) => [name, key, otherKey, locks.length]);
    const lock = () => join(fleet.lockFolder("shop"), "of-somebody.json");

    it("are looked at with who holds which stack, and nothing stays of the look", async () => {
      const before = filesBelow(s3.bucket).map(({ path }) => path);
      mkdirSync(fleet.lockFolder("shop"), { recursive: true });
      writeFileSync(lock(), JSON.stringify({ pid: 42, username: "you", hostname: "laptop", timestamp: "2026-11-26T04:00:00Z" }));
      const { requests, result } = await s3.during(() => fleet.json<Answer<"state check">>("state", "check"));
      assert.deepEqual(result, {
        env: "local", backend: s3.backend(), saidBy: "settings", secretsProvider: "hashivault://fleet", keepsVersions: false,
        stacks: [
          { name: "local", key: "hashivault://fleet", otherKey: false, locks: [] },
          { name: "local.shop", key: "hashivault://fleet", otherKey: false, locks: [{ host: "laptop", pid: 42, since: "2026-11-26T04:00:00.000Z" }] },
        ],
      });
      assert.ok(requests.some(({ operation }) => operation === "DeleteObject"), "it tried whether it may write");
      rmSync(lock());
      assert.deepEqual(filesBelow(s3.bucket).map(({ path }) => path), before);
    });

    it("are changed as the settings say, secrets among these included, also by a run that was killed and done again", async () => {
      const set = await fleet.pulumi("config", "set", "--stack", "local", "--secret", "storefleet:smtpPassword", "canary-of-the-settings");
      assert.equal(set.code, 0, set.stderr);
      fleet.patch("Pulumi.local.yaml", "hashivault://fleet\"}", "hashivault://fleet-2\"}");
      assert.deepEqual(await keys(), [["local", "hashivault://fleet", true, 0], ["local.shop", "hashivault://fleet", true, 0]]);
      const killed = fleet.start(["state", "rekey"]);
      await until("the first stack has its new key", async () => killed.so.stderr.includes("local: hashivault://fleet"), 60, 20);
      killed.child.kill("SIGKILL");
      await killed.done;
      await fleet.quiet();
      // One that was cut off in the middle may leave its lock.
      rmSync(fleet.lockFolder("shop"), { recursive: true, force: true });
      const again = await fleet.json<Answer<"state rekey">>("state", "rekey");
      assert.deepEqual(again.stacks.map(({ name, result }) => [name, result === "failed"]), [["local", false], ["local.shop", false]]);
      assert.equal(again.stacks[0]!.result, "unchanged");
      assert.deepEqual(await keys(), [["local", "hashivault://fleet-2", false, 0], ["local.shop", "hashivault://fleet-2", false, 0]]);
      assert.match(file(), /egress: allow +# stores may reach the internet$[^]*storefleet:smtpPassword:\n +secure: v1:[^]*^secretsprovider: hashivault:\/\/fleet-2$/m);
      const read = await fleet.pulumi("config", "get", "--stack", "local", "storefleet:smtpPassword");
      assert.equal(read.stdout.trim(), "canary-of-the-settings", read.stderr);
    });

    it("give way to a passphrase, which is the one that was set and no other", async () => {
      fleet.patch("Pulumi.local.yaml", "hashivault://fleet-2\"}", "passphrase\"}");
      Object.assign(fleet.environment, { PULUMI_CONFIG_PASSPHRASE: "of the tests" });
      const { stacks } = await fleet.json<Answer<"state rekey">>("state", "rekey");
      assert.deepEqual(stacks.map(({ name, result, from }) => [name, result, from]), [["local", "rekeyed", "hashivault://fleet-2"], ["local.shop", "rekeyed", "hashivault://fleet-2"]]);
      vault.answers = 0;
      assert.deepEqual(await keys(), [["local", "passphrase", false, 0], ["local.shop", "passphrase", false, 0]]);
      fleet.list(shop("Fifth"));
      const empty = await fleet.storesWith({ PULUMI_CONFIG_PASSPHRASE: "" }, "apply", "--json");
      assert.notEqual(empty.code, 0);
      assert.match(empty.stdout, /the passphrase is not the state's/);
    });
  });

  describe("after all of that", () => it("the next run brings the store to its list, and it can be destroyed without a trace", async () => {
    fleet.list(shop("Fifth"));
    assert.equal((await fleet.apply()).rows.shop!.result, "updated");
    await fleet.assertSound("shop");
    const { requests } = await s3.during(() => fleet.ok("destroy", "shop", "--yes"));
    assertOfOneStore(requests);
    assert.ok(requests.length <= 330, `${requests.length} requests`);
    assert.deepEqual(filesBelow(s3.bucket).filter(({ path }) => path.includes("local.shop")).map(({ path }) => path), []);
  }));
});

for (const { kind, rounds, kills } of [{ kind: "S3", rounds: 3, kills: 4 }, { kind: "PostgreSQL", rounds: 2, kills: 0 }]) {
  describe(`many writers at one stack on ${kind}`, function () {
    this.timeout(120_000);
    const server = kind === "S3" ? new S3() : new Postgres();
    const made: TinyStack[] = [];
    const vault = new Vault();

    async function stack(name: string): Promise<TinyStack> {
      const tiny = new TinyStack(name, { ...server.login, ...vault.login, PULUMI_BACKEND_URL: server.backend() });
      made.push(tiny);
      const { code, text } = await tiny.run("stack", "init", name, "--secrets-provider", "hashivault://fleet");
      assert.equal(code, 0, text);
      return tiny;
    }

    before(async function () {
      this.timeout(20 * 60_000);
      await Promise.all([server.start(), vault.start()]);
    });
    after(() => {
      for (const tiny of made) tiny.remove();
      server.remove();
      vault.stop();
    });

    it("never two at once: who comes second is told, and gets there when asked again", async () => {
      const tiny = await stack("shared");
      for (let round = 0; round < rounds; round++) {
        const both = await Promise.all([tiny.up(`${round}-a`), tiny.up(`${round}-b`)]);
        const losers = both.filter(({ code }) => code !== 0);
        for (const { text } of losers) assert.match(text, /the stack is currently locked by 1 lock\(s\)/);
        for (let index = 0; index < losers.length; index++) assert.equal((await tiny.up(`${round}-again-${index}`)).code, 0);
        assert.equal((await tiny.recorded()).length, tiny.resources + 1);
      }
      assert.equal(tiny.overlapped(), false);
    });

    if (kills > 0) {
      it("a state can be read after each kill amid a save, and the next run converges", async () => {
        const { between } = server as S3;
        const tiny = await stack("killed");
        for (let round = 0; round < kills; round++) {
          const done = tiny.up(`killed-${round}`);
          let saves = 0;
          let killed = false;
          between.amidSave = () => {
            if (killed || ++saves < 1 + ((round * 5) % 12)) return false;
            tiny.kill();
            return (killed = true);
          };
          await done;
          between.amidSave = undefined;
          assert.ok(killed, `round ${round}: there were ${saves} saves only`);
          await tiny.recorded();
          assert.equal((await tiny.run("cancel", "--yes", "--stack", "killed")).code, 0);
          const { code, text } = await tiny.up(`after-${round}`);
          assert.equal(code, 0, text);
          assert.equal((await tiny.recorded()).length, tiny.resources + 1);
        }
      });
    }
  });
}
