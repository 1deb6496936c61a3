import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { holdersIn, words } from "../../scripts/machine/foreign-words";
import { Fleet, type Ended } from "./helpers/fleet";
import { until } from "./helpers/until";

const store = (name: string, title = "First") => `{ name: ${name}, engine: woocommerce, title: ${title} }`;

/** What an apply finds that it has not put there, or not in that way. */
describe("stores that are not as the last run left them", function () {
  this.timeout(120_000);
  const fleet = new Fleet();

  const pathOf = (name: string) => `/api/v1/namespaces/${fleet.namespace(name)}`;
  const namespaceOf = (name: string) => fleet.kube.get(pathOf(name));

  /** A lock as the file backend writes it. */
  function lock(host: string, pid: number): string {
    const file = join(fleet.lockFolder("shop"), "11111111-2222-3333-4444-555555555555.json");
    mkdirSync(fleet.lockFolder("shop"), { recursive: true });
    writeFileSync(file, JSON.stringify({ pid, username: "somebody", hostname: host, timestamp: "2026-01-02T03:04:05Z" }));
    return file;
  }
  const deadPid = () => spawnSync("true").pid;

  const provider = "infra/cluster-provider.ts";
  const mutable = "    enableSecretMutable: true,\n";
  const driver = "    helmReleaseSettings: { driver: helmDriver },\n";

  before(async () => {
    fleet.list(store("shop"));
    // As this project once was: Helm's records were Secrets.
    fleet.patch(provider, driver, "");
    await fleet.up();
    await fleet.ok("apply");
    fleet.patch(provider, mutable, mutable + driver);
  });
  after(() => fleet.remove());

  it("Helm's records that are Secrets become ConfigMaps, of the environment and of a store, and no pod is restarted", async () => {
    const recordsOf = async (kind: string) => (await fleet.kube.list(`/api/v1/${kind}`, { labels: "owner=helm" })).map(({ metadata }) => metadata.name).sort();
    const pods = async () => (await fleet.kube.list("/api/v1/pods")).filter(({ metadata }) => !/-(cron|setup)-/.test(metadata.name)).map(({ metadata }) => metadata.uid).sort();
    const [records, running] = [await recordsOf("secrets"), await pods()];
    assert.deepEqual([records, await recordsOf("configmaps")], [["mail-catcher", "parking-page", "traefik", "woocommerce"].map((name) => `sh.helm.release.v1.${name}.v1`), []]);
    await fleet.ok("cluster", "up");
    const { ended, rows } = await fleet.apply();
    assert.deepEqual([ended.code, rows.shop!.result, rows.shop!.repairs], [0, "updated", ["moved Helm's records from Secrets to ConfigMaps"]], ended.stderr);
    assert.deepEqual([await recordsOf("secrets"), await recordsOf("configmaps"), await pods()], [[], records, running]);
    await fleet.assertSound("shop");
  });

  // 3
  it("a namespace that is provably ours is adopted, any other is refused and not touched", async () => {
    const labels = ["env=local", "store=ours", "engine=woocommerce"].map((label) => `storefleet.dev/${label}`);
    for (const name of ["ours", "foreign"]) await fleet.kubectl("create", "namespace", fleet.namespace(name));
    await fleet.kubectl("label", "namespace", fleet.namespace("ours"), ...labels);
    // Of this fleet, but of another store.
    await fleet.kubectl("label", "namespace", fleet.namespace("foreign"), "storefleet.dev/env=local");
    const { uid } = (await namespaceOf("ours"))!.metadata;
    const foreign = await namespaceOf("foreign");

    fleet.list(store("shop"), store("ours"), store("foreign"));
    const { ended, rows } = await fleet.apply();
    assert.equal(ended.code, 1);
    assert.deepEqual([rows.shop!.result, rows.ours!.result, rows.foreign!.result], ["unchanged", "updated", "failed"], ended.stdout);
    assert.match(rows.foreign!.error!, /does not carry this store's labels, so it is not touched.*kubectl delete namespace/s);
    assert.deepEqual(await namespaceOf("foreign"), foreign);
    assert.deepEqual(await fleet.names("foreign"), []);
    assert.equal(fleet.hasStack("foreign"), false);
    assert.equal((await namespaceOf("ours"))!.metadata.uid, uid);
    await fleet.assertSound("ours");
  });

  it("an environment that this state knows nothing of is taken over", async () => {
    const away = `${fleet.state}.away`;
    renameSync(fleet.state, away);
    assert.match((await fleet.ok("cluster", "up")).stderr, /environment local: bringing up its stack/);
    assert.match((await fleet.ok("cluster", "up")).stderr, /environment local: up to date/);
    rmSync(fleet.state, { recursive: true });
    renameSync(away, fleet.state);
  });

  // 9
  it("passwords of a shop that runs are not drawn over by a state that knows others or none, and are kept by one that is told to adopt", async () => {
    const data = async () => (await fleet.objects("shop", "secrets")).filter(({ metadata }) => metadata.name.startsWith("woocommerce-")).map((it) => [it.metadata.name, it.data]);
    const pods = async () => (await fleet.objects("shop", "pods")).filter(({ metadata }) => !/-(cron|setup)-/.test(metadata.name)).map(({ metadata }) => metadata.uid).sort();
    const [own, running, namespace] = [await data(), await pods(), await namespaceOf("shop")];
    const refusal = /store shop runs with passwords that this state does not hold; nothing is written.*pulumi login.*\.\/scripts\/stores apply shop --adopt/s;
    const stacks = join(fleet.state, ".pulumi/stacks/storefleet");
    renameSync(join(stacks, "local.shop.json"), join(fleet.folder, "lost.json"));

    fleet.list(store("shop", "Elsewhere"));
    assert.match(fleet.rows(await fleet.stores("plan", "shop", "--json")).rows.shop!.error!, refusal);
    const refused = await fleet.apply("shop");
    assert.equal(refused.ended.code, 1);
    assert.match(refused.rows.shop!.error!, refusal);
    assert.deepEqual([fleet.hasStack("shop"), await namespaceOf("shop")], [false, namespace]);

    // By hand, and afterwards by a state that has drawn its own.
    for (const command of [["stack", "init", "local.shop"], ["up", "-s", "local.shop", "--yes"], ["up", "-s", "local.shop", "--yes", "--skip-preview"]]) {
      const { code, stdout, stderr } = await fleet.pulumi(...command);
      if (command[0] === "up") assert.match(stdout + stderr, refusal);
      assert.equal(code === 0, command[0] === "stack", stdout + stderr);
    }
    assert.match((await fleet.apply("shop")).rows.shop!.error!, refusal);
    assert.deepEqual([await data(), await pods(), await fleet.helmStatus("shop")], [own, running, "deployed"]);

    fleet.list(store("shop"));
    const adopted = await fleet.apply("shop", "--adopt");
    assert.deepEqual([adopted.ended.code, adopted.rows.shop!.result], [0, "updated"], adopted.ended.stdout);
    const again = (await fleet.apply("shop", "--no-skip")).rows.shop!;
    assert.deepEqual([again.result, again.repairs], ["unchanged", []], JSON.stringify(again));
    assert.deepEqual([await data(), await pods()], [own, running]);
    await fleet.assertSound("shop");

    // What somebody changes by hand is told as well.
    const secret = `${pathOf("shop")}/secrets/woocommerce-admin`;
    const { data: before } = (await fleet.kube.get(secret))!;
    await fleet.kube.merge(secret, { stringData: { password: "by-hand" } });
    assert.match((await fleet.apply("shop", "--no-skip")).rows.shop!.error!, refusal);
    await fleet.kube.merge(secret, { data: before });
    assert.equal((await fleet.apply("shop", "--no-skip")).rows.shop!.error, null);
  }).timeout(240_000);

  // 4
  it("a lock is broken when it is of a process that was started here and is gone, else reported with its holder", async () => {
    fleet.list(store("shop", "Second"));
    const file = lock("another-host", deadPid());
    const before = fleet.stateText("shop");
    const refused = (await fleet.apply("shop")).rows.shop!;
    assert.equal(refused.result, "failed");
    assert.match(refused.error!, /locked by 1 lock.*somebody@another-host \(pid \d+\).*process \d+ on another-host, which took the lock .* ago\. .*\.\/scripts\/stores state unlock shop/s);
    assert.deepEqual([fleet.locks("shop").length, fleet.stateText("shop") === before], [1, true]);
    assert.equal((await fleet.status("shop"))[0]!.phase, "READY");

    // The same names on this host prove nothing, as long as nothing here knows of that process.
    rmSync(file);
    const unknown = lock(hostname(), deadPid());
    assert.match((await fleet.apply("shop")).rows.shop!.error!, /locked by 1 lock.*\.\/scripts\/stores state unlock shop/s);
    rmSync(unknown);

    const killed = fleet.start(["apply", "shop", "--json"]);
    await until("the run holds the lock", async () => fleet.locks("shop").length > 0, 60, 10);
    process.kill(fleet.cli("shop")!, "SIGKILL");
    await killed.done;
    await fleet.quiet();
    assert.equal(fleet.locks("shop").length, 1);
    const { ended, rows } = await fleet.apply("shop");
    assert.equal(ended.code, 0, ended.stdout);
    assert.ok(rows.shop!.repairs.includes("broke the lock of a process that is gone"), rows.shop!.repairs.join());
    await fleet.assertSound("shop");
  });

  it("what repairs are known by are the very words of Pulumi and Helm", async () => {
    const said = ({ stdout, stderr }: Ended) => stdout + stderr;
    assert.match(said(await fleet.pulumi("refresh", "--yes", "--skip-preview", "--stack", "local.nowhere")), words.pulumi.noStack);
    assert.match(said(await fleet.pulumi("stack", "init", "local.shop")), words.pulumi.stackExists);
    const file = lock("another-host", 4242);
    const locked = said(await fleet.pulumi("refresh", "--yes", "--skip-preview", "--stack", "local.shop"));
    rmSync(file);
    assert.match(locked, words.pulumi.locked);
    assert.deepEqual(holdersIn(locked), [{ host: "another-host", pid: 4242, since: Date.parse("2026-01-02T03:04:05Z") }]);
    const chart = join(fleet.project, "components/woocommerce/chart");
    const installed = fleet.start(["install", "woocommerce", chart, "--namespace", fleet.namespace("shop"), "--kube-context", fleet.variables.STOREFLEET_CONTEXT!], fleet.variables, "helm");
    assert.match(said(await installed.done), words.helm.nameInUse);
  });

  it("so are those by which a refused object is known", async () => {
    const run = async (command: string, ...args: string[]) => {
      const context = command === "helm" ? "--kube-context" : "--context";
      const { stdout, stderr } = await fleet.start([...args, "--namespace", "words", context, fleet.variables.STOREFLEET_CONTEXT!], fleet.variables, command).done;
      return stdout + stderr;
    };
    const chart = join(fleet.folder, "words");
    mkdirSync(join(chart, "templates"), { recursive: true });
    writeFileSync(join(chart, "Chart.yaml"), "apiVersion: v2\nname: words\nversion: 1.0.0\n");
    const helm = (verb: string, name: string, template: string) => {
      writeFileSync(join(chart, "templates/object.yaml"), template);
      return run("helm", verb, name, chart);
    };
    const object = (name: string, data: string, kind = "ConfigMap") => `apiVersion: v1\nkind: ${kind}\nmetadata: { name: ${name} }\nimmutable: true\ndata: { key: ${data} }\n`;
    const refused = (text: string, ...patterns: RegExp[]) => {
      for (const pattern of patterns) assert.match(text, pattern);
    };
    await fleet.kubectl("create", "namespace", "words");
    const { refusedObject: byHelm } = words.helm;
    const { refusedObject: byServer, quotaExceeded, quotaDetails } = words.kubernetes;
    refused(await helm("install", "first", '{{ fail "no" }}'), /execution error at \(/, byHelm);
    refused(await helm("install", "first", object("x", "a", "Nothing")), /unable to build kubernetes objects.*no matches for kind/s, byHelm, byServer);
    refused(await helm("install", "bad", object("Bad_Name", "a")), /ConfigMap "Bad_Name" is invalid: /, byServer);
    assert.match(await helm("install", "first", object("x", "a")), /STATUS: deployed/);
    refused(await helm("install", "second", object("x", "a")), /Unable to continue with install/, byHelm);
    refused(await helm("upgrade", "first", object("x", "b")), /cannot patch "x".* is invalid: /, byHelm, byServer);
    refused(await helm("upgrade", "first", object("Bad_Name", "a")), /failed to create resource: .* is invalid: /, byHelm, byServer);
    await run("kubectl", "create", "quota", "none", "--hard=configmaps=0");
    await until("the quota is counted", async () => quotaExceeded.test(await run("kubectl", "create", "configmap", "y")));
    const over = await run("kubectl", "create", "configmap", "y");
    refused(over, /is forbidden: /, byServer, quotaDetails);
    assert.deepEqual(quotaDetails.exec(over)?.[1], "none");
    await fleet.kube.remove("/api/v1/namespaces/words");
  });

  // 5
  it("of two runs on one store one waits for the other, and finds nothing left to do", async () => {
    fleet.list(store("shop", "Third"));
    const first = fleet.start(["apply", "shop", "--json"]);
    await until("the first run holds the lock", async () => fleet.locks("shop").length > 0 && fleet.cli("shop") !== undefined, 60, 10);
    const holder = fleet.cli("shop");
    // However fast it is: the other one comes while it is at work.
    process.kill(holder!, "SIGSTOP");
    const second = fleet.start(["apply", "shop", "--json"]);
    const waits = new RegExp(`shop: waiting for operation \\S+ of \\S+ on ${hostname()}, process \\d+\\n`);
    await until("the second run waits", async () => waits.test(second.so.stderr), 60).finally(() => process.kill(holder!, "SIGCONT"));
    const rows = await Promise.all([first, second].map(async ({ done }) => fleet.rows(await done).rows.shop!));
    assert.deepEqual(rows.map(({ result, error, repairs }) => [result, error, repairs]), [["updated", null, []], ["unchanged", null, []]]);
    await fleet.assertSound("shop");

    // Many at once, each on another store or the same.
    fleet.list(store("shop", "Fourth"), store("ours", "Fourth"));
    const all = await Promise.all([["shop"], ["ours"], ["shop"]].map((names) => fleet.apply(...names)));
    for (const { rows } of all) {
      for (const row of Object.values(rows)) assert.equal(row.error, null);
    }
    await fleet.assertSound("shop", "ours");
  });

  // 11
  it("a namespace that was deleted by hand is made again, or is no obstacle to destroying the rest", async () => {
    await fleet.kube.remove(pathOf("shop"));
    await fleet.kube.remove(pathOf("ours"));
    const { ended, rows } = await fleet.apply("shop");
    assert.equal(ended.code, 0, ended.stdout);
    assert.notEqual(rows.shop!.result, "unchanged");
    await fleet.assertSound("shop");
    await until("the other namespace is gone", async () => (await namespaceOf("ours")) === undefined);
    assert.equal(fleet.rows(await fleet.ok("destroy", "ours", "--yes", "--json")).rows.ours!.result, "deleted");
    assert.equal(fleet.hasStack("ours"), false);
    const never = await fleet.stores("destroy", "ours", "--yes");
    assert.equal(never.code, 1);
    assert.match(never.stdout, /there is no store "ours": no stack, no namespace/);
  });

  // 13, while an operation is under way
  it("an API server that goes away in mid-operation loses nothing from the state", async () => {
    fleet.list(store("shop", "Fifth"));
    const before = fleet.resources("shop").map(({ urn }) => urn).sort();
    const { processes } = await fleet.json<{ processes: { name: string; pid: number }[] }>("cluster", "status");
    const apply = fleet.start(["apply", "shop", "--json"]);
    await until("the release is being upgraded", async () => (await fleet.helmStatus("shop")) === "pending-upgrade", 60, 10);
    process.kill(processes.find(({ name }) => name === "kube-apiserver")!.pid, "SIGKILL");
    const { rows } = fleet.rows(await apply.done);
    assert.equal(rows.shop!.result, "failed");
    assert.match(rows.shop!.error!, /refused|unreachable|reset|EOF/i);
    assert.deepEqual(fleet.resources("shop").map(({ urn }) => urn).sort(), before);
    assert.deepEqual(fleet.locks("shop"), []);
    await fleet.up();
    const again = await fleet.apply("shop");
    assert.equal(again.ended.code, 0, again.ended.stdout);
    await fleet.assertSound("shop");
  });

  // 18
  it("a list that is malformed, half-read or empty deletes nothing", async () => {
    const file = join(fleet.project, "config/stores.local.yaml");
    const entry = `${store("shop", "Fifth").slice(0, -1)}, plan: small }`;
    for (const text of ["stores:\n", "", "stores: [\n", `stores:\n  - ${entry.slice(0, 20)}`, "stores:\n  - { name: other, engine: woocommerce }\n  - { name: shop", "stores: []\n"]) {
      writeFileSync(file, text);
      const { code, stderr } = await fleet.stores("apply", "--prune", "--yes", "--max-deletes", "100");
      assert.equal(code, 3, text);
      assert.match(stderr, /^error: (.*stores\.local\.yaml:\d+:\d+: |the list is empty)/, text);
    }
    rmSync(file);
    assert.equal((await fleet.stores("apply", "--prune", "--yes")).code, 3);
    fleet.list(store("shop", "Fifth"));
    assert.equal((await fleet.apply()).rows.shop!.result, "unchanged");
    assert.equal((await fleet.status())[0]!.phase, "READY");
  });
});
