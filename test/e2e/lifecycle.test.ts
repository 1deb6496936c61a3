import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Accounts, audit } from "./helpers/accounts";
import { attempts } from "./helpers/attempts";
import { Fleet, type Row } from "./helpers/fleet";
import { until } from "./helpers/until";
import { KubeError } from "../../kube";
import { answers, type Answer } from "../../scripts/operations/answers";

const keys = (value: object) => Object.keys(value).sort();
const shop = "{ name: shop, engine: woocommerce, title: First }";
const renamed = "{ name: shop, engine: woocommerce, title: Second }";
const corner = "{ name: corner, engine: medusa }";

/** Everything that is at rest below a folder, as one text. */
function contents(folder: string): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
}

/** The command lines of this machine's processes, collected while `work` is under way. */
async function commandLinesDuring(work: Promise<unknown>): Promise<Set<string>> {
  const seen = new Set<string>();
  let busy = true;
  void work.finally(() => (busy = false));
  await until("the command has ended", async () => {
    for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
      } catch {
        // it has just ended
      }
    }
    return !busy;
  }, 180, 25);
  return seen;
}

describe("a fleet's life", function () {
  this.timeout(180_000);
  const fleet = new Fleet();
  const logTimes = () => ["shop", "corner"].map((store) => statSync(join(fleet.cache, "environments/local/logs", `local.${store}.log`)).mtimeMs);

  let accounts: Accounts;

  before(async () => {
    audit(fleet);
    fleet.list(shop, corner);
    await fleet.up();
    accounts = new Accounts(fleet);
  });
  after(() => fleet.remove());

  it("starts cluster and environment once", async () => {
    const again = await fleet.up();
    assert.match(again.stderr, /embedded cluster local is already running/);
    assert.match(again.stderr, /environment local: up to date/);
    const status = await fleet.json<{ kind: string; running: boolean }>("cluster", "status");
    assert.deepEqual([status.kind, status.running], ["embedded", true]);
  });

  it("is run from here on by an account that may do no more than it needs", async () => {
    await accounts.make();
    await accounts.become("deployer");
  });

  it("knows another environment by its settings and its list, without code", async () => {
    const read = (file: string) => readFileSync(join(fleet.project, file), "utf8");
    const put = (file: string, text: string) => writeFileSync(join(fleet.project, file), text);
    put("Pulumi.staging.yaml", read("Pulumi.prod.yaml"));
    put("config/stores.staging.yaml", read("config/stores.local.yaml"));
    assert.deepEqual(await fleet.json("validate", "--env", "staging"), { valid: true, problems: [], warnings: [] });
    const { code, stderr } = await fleet.stores("plan", "--env", "staging");
    assert.deepEqual([code, stderr.split("\n").slice(-3)], [3, ['error: environment "staging" has no running cluster', "Start or choose one: ./scripts/stores cluster up --env staging --context NAME", ""]]);
  });

  it("looks at the list alone without a cluster's help", async () => {
    assert.deepEqual(await fleet.json("validate"), { valid: true, problems: [], warnings: [] });
    const schema = JSON.parse((await fleet.ok("schema")).stdout) as { properties: object };
    assert.deepEqual(keys(schema.properties), ["defaults", "rollout", "stores"]);
    const { stdout } = await fleet.ok("env");
    assert.match(stdout, /^(export \w+='.*'\n)+$/);
    for (const name of ["KUBECONFIG", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE"]) assert.match(stdout, new RegExp(`^export ${name}=`, "m"));
  });

  it("plans what does not exist, and leaves nothing behind", async () => {
    const ended = await fleet.stores("plan", "--detailed-exitcode", "--json");
    assert.equal(ended.code, 2, ended.stderr);
    const plan = JSON.parse(ended.stdout) as { env: string; stores: Row[] };
    assert.deepEqual([plan.env, ...plan.stores.map(({ name, action }) => `${name} ${action}`)], ["local", "shop create", "corner create"]);
    for (const { changes } of plan.stores) {
      assert.deepEqual(keys(changes), ["create", "delete", "replace", "update"]);
      assert.ok(changes.create > 10 && changes.update + changes.replace + changes.delete === 0);
    }
    // Not even encrypted: neither the stack, nor the copies and records that the backend makes of it.
    const files = readdirSync(fleet.state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    assert.deepEqual([files.filter((file) => /local\.(shop|corner)/.test(file)), files.some((file) => /local\.json$/.test(file))], [[], true]);
    assert.deepEqual(await fleet.kube.list("/api/v1/namespaces", { labels: "storefleet.dev/store" }), []);
    assert.equal((await fleet.status()).every(({ phase }) => phase === "PROVISIONING"), true);
  });

  it("creates every store, and tells no secret on the way", async () => {
    const apply = fleet.start(["apply", "--json"]);
    const lines = await commandLinesDuring(apply.done);
    const ended = await apply.done;
    const { rows } = fleet.rows(ended);
    assert.equal(ended.code, 0, ended.stderr);
    for (const store of ["shop", "corner"]) {
      const { name, action, changes, result, seconds, error } = rows[store]!;
      assert.deepEqual({ name, action, result, error: error ?? null }, { name: store, action: "create", result: "created", error: null });
      assert.ok(changes.create > 10 && seconds > 0);
    }

    const plan = await fleet.ok("plan", "--no-skip");
    const open = [ended.stdout + ended.stderr, plan.stdout + plan.stderr, [...lines].join("\n"), contents(fleet.state), contents(join(fleet.cache, "environments/local/logs"))];
    assert.ok([...lines].some((line) => /\0up\0/.test(line)), "the samples missed the CLI");
    let passwords = 0;
    for (const store of ["shop", "corner"]) {
      // Whoever may look at stores and must not see a Secret sees these: Helm's records among them, gzip in base64.
      const visible = await fleet.objects(store, "configmaps");
      const records = visible.filter(({ metadata }) => metadata.labels?.owner === "helm");
      assert.ok(records.length > 0);
      const released = [JSON.stringify(visible), ...records.map(({ data }) => gunzipSync(Buffer.from(data!.release!, "base64")).toString())];
      for (const { metadata, data } of await fleet.objects(store, "secrets")) {
        for (const [key, encoded] of Object.entries(data ?? {})) {
          const value = Buffer.from(encoded, "base64").toString();
          if (/^(username|email)$/.test(key)) continue;
          passwords += 1;
          assert.ok(value.length >= 16, `${metadata.name}/${key} is no password`);
          for (const [index, text] of [...open, ...released].entries()) {
            for (const form of [value, encoded]) assert.ok(!text.includes(form), `${store}: ${metadata.name}/${key} stands in plain text, place ${index}`);
          }
        }
      }
    }
    assert.ok(passwords >= 10, `only ${passwords} secrets found`);
  });

  it("has recorded who did that, and how it ended", async () => {
    const { operations: [last, ...others] } = await fleet.json<Answer<"operations">>("operations");
    assert.deepEqual(others.filter(({ kind }) => kind !== "environment"), []);
    assert.deepEqual([last?.kind, last?.state, last?.actor.user], ["apply", "succeeded", "system:serviceaccount:storefleet-access:deployer"]);
    assert.deepEqual(Object.entries(last!.stores).map(([name, { action, result }]) => [name, action, result]), [["shop", "create", "created"], ["corner", "create", "created"]]);
    const { entries, broken, head } = await fleet.json<Answer<"audit">>("audit");
    const told = entries.filter(({ operation }) => operation === last!.id).map(({ action, store, outcome }) => [action, store, outcome].filter(Boolean).join(" "));
    assert.deepEqual([told[0], told.at(-1), told.slice(1, -1).sort()], ["operation.start accepted", "operation.end succeeded", ["store.create corner succeeded", "store.create shop succeeded"]]);
    assert.equal(broken, null);
    assert.match((await fleet.ok("audit", "--verify", "--anchor", head.hash)).stdout, /^The audit trail is whole: \d+ entries\. Its last hash: [0-9a-f]{64}$/m);
    const forged = await fleet.stores("audit", "--verify", "--anchor", "0".repeat(64));
    assert.deepEqual([forged.code, /no entry has the hash/.test(forged.stderr)], [1, true]);
    // A run that finds nothing to do leaves no trace.
    await fleet.ok("apply");
    assert.equal((await fleet.json<Answer<"audit">>("audit", "--verify")).head.seq, head.seq);
    assert.deepEqual(await fleet.kube.list("/apis/coordination.k8s.io/v1/namespaces/storefleet-control/leases"), []);
  });

  it("shows every store as it is", async () => {
    const rows = await fleet.status();
    assert.deepEqual(rows.map(({ name, engine, phase, stack, reason }) => [name, engine, phase, stack, reason]), [
      ["shop", "woocommerce", "READY", "local.shop", null],
      ["corner", "medusa", "READY", "local.corner", null],
    ]);
    for (const row of rows) {
      assert.deepEqual(keys(row), [
        "certificates", "createdAt", "engine", "listed", "name", "namespace", "phase", "plan", "protected", "provisionSeconds", "reason", "stack", "url",
      ]);
      assert.equal(row.url, `http://${fleet.namespace(row.name as string)}.127.0.0.1.nip.io`);
      assert.equal(row.namespace, fleet.namespace(row.name as string));
      assert.ok(Date.parse(row.createdAt as string) > 0 && typeof row.provisionSeconds === "number");
    }
    for (const name of ["shop", "corner"]) {
      const credentials = await fleet.json<Record<string, string>>("credentials", name);
      assert.deepEqual(keys(credentials), ["adminUrl", "name", "password", "url", "username"]);
      assert.ok(credentials.adminUrl!.startsWith(credentials.url!) && credentials.password!.length >= 16 && credentials.username);
    }
    assert.deepEqual(await fleet.json("open", "shop"), { name: "shop", url: rows[0]!.url });
    const { logs } = await fleet.json<Answer<"logs">>("logs", "shop");
    assert.ok(logs.some(({ container, text }) => container === "wordpress" && /simulated/.test(text)));
    const part = await fleet.json<Answer<"logs">>("logs", "shop", "mariadb", "--tail", "1", "--since", "1h");
    assert.deepEqual(part.logs.map(({ container }) => container), ["mariadb"]);
    const unknown = await fleet.stores("logs", "shop", "postgres");
    assert.deepEqual([unknown.code, /^error: shop has no part "postgres"\nIt has: .*mariadb.*wordpress/.test(unknown.stderr)], [3, true], unknown.stderr);
    const { events } = await fleet.json<Answer<"events">>("events", "shop");
    assert.ok(events.some(({ object }) => object.startsWith("Pod/")));
    // On the own machine it asks for no login.
    assert.deepEqual(keys(await fleet.json("credentials", "mail-catcher")), ["name", "url"]);
    const misspelt = await fleet.stores("credentials", "shpo");
    assert.equal(misspelt.code, 3);
    assert.match(misspelt.stderr, /there is no store "shpo".*\nDid you mean "shop"\?/);
  });

  it("is looked at by an account that sees no Secret, and is told so where one is wanted", async () => {
    await accounts.become("viewer");
    for (const command of [["status"], ["drift"], ["status", "shop"], ["events", "shop"], ["logs", "corner"], ["open", "shop"]]) await fleet.json(...command);
    assert.deepEqual(accounts.refused("viewer"), []);
    assert.deepEqual(accounts.requests("viewer").filter(({ resource }) => resource === "secrets"), []);
    const { code, stdout, stderr } = await fleet.stores("credentials", "shop");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^error: secrets "woocommerce-admin" is forbidden: User "system:serviceaccount:storefleet-access:viewer" cannot get resource "secrets".*\nSo says .* Accounts and their rights are made by: \.\/scripts\/stores rbac\n$/s);
    await accounts.become("deployer");
  });

  it("says when the program alone is why, which touches nothing but what it changes", async () => {
    const file = "components/woocommerce/quota.ts";
    appendFileSync(join(fleet.project, file), "\n// another version\n");
    const { stores } = await fleet.json<Answer<"plan">>("plan");
    assert.deepEqual(stores.map(({ name, why }) => [name, why]), [["shop", [{ cause: "program" }]], ["corner", []]]);
    assert.match((await fleet.ok("plan")).stdout, /^shop +upgrade +this checkout's program is another than the one it was made with \(nothing but its receipt\)\nand 1 unchanged\n/m);
    const applied = await fleet.ok("apply");
    assert.match(applied.stderr, /^1 store: this checkout's program is another than the one that made it/m);
    assert.match(applied.stdout, /^shop +updated +\S+ +this checkout's program/m);
    assert.equal((await fleet.stores("plan", "--detailed-exitcode")).code, 0);
  });

  it("does nothing for unchanged stores, without starting Pulumi", async () => {
    const before = [...logTimes(), fleet.stateText("shop"), fleet.stateText("corner")];
    const plan = await fleet.stores("plan", "--detailed-exitcode", "--json");
    assert.equal(plan.code, 0);
    const { ended, rows } = await fleet.apply();
    assert.equal(ended.code, 0);
    for (const row of Object.values(rows)) assert.deepEqual([row.action, row.result, row.seconds], ["unchanged", "unchanged", 0]);
    assert.deepEqual([...logTimes(), fleet.stateText("shop"), fleet.stateText("corner")], before);
  });

  it("is looked at, planned and applied from a machine that never brought it up, by the name of its context", async () => {
    const elsewhere = join(fleet.folder, "elsewhere");
    const { KUBECONFIG, STOREFLEET_CONTEXT: context, PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE_FILE } = fleet.variables;
    const there = (...args: string[]) => fleet.storesWith({ STOREFLEET_CACHE: elsewhere, KUBECONFIG, PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE_FILE }, ...args);
    const named = (...args: string[]) => there(...args, "--context", context!);
    const status = await named("status", "--json");
    assert.deepEqual((JSON.parse(status.stdout) as Answer<"status">).stores.map(({ name, phase }) => [name, phase]), [["shop", "READY"], ["corner", "READY"]], status.stderr);
    for (const command of ["plan", "apply"]) {
      const { code, stdout, stderr } = await named(command);
      assert.deepEqual([code, stdout], [0, "Nothing to do: 2 stores unchanged.\n"], stderr);
    }
    const { stderr } = await named("plan", "--out", join(fleet.folder, "there.json"));
    assert.match(stderr, new RegExp(`stores apply --plan .*there\\.json --context ${context}`), "what it prints can be pasted there");
    const { code } = await there("status");
    assert.equal(code, 3, "no cluster is taken unasked");
    assert.equal(existsSync(join(elsewhere, "clusters/local/cluster.json")), false);
  });

  it("restarts one part of a store, after which nothing is left to do", async () => {
    const pods = async () => new Map((await fleet.objects("shop", "pods")).map(({ metadata }) => [metadata.labels?.app, metadata.uid]));
    const before = await pods();
    const watch = fleet.start(["events", "shop", "--watch", "--json"]);
    assert.deepEqual(await fleet.json("restart", "shop", "wordpress"), { name: "shop", restarted: ["woocommerce-wordpress"] });
    await until("the new pod is there", async () => (await pods()).get("wordpress") !== before.get("wordpress") && (await fleet.status("shop"))[0]!.phase === "READY");
    assert.equal((await pods()).get("mariadb"), before.get("mariadb"));
    const told = () => watch.so.stdout.split("\n").slice(0, -1).map((line) => answers.events.parse(JSON.parse(line)));
    const pod = (await fleet.objects("shop", "pods")).find(({ metadata }) => metadata.labels?.app === "wordpress")!.metadata.name;
    await until("the watched events tell of the new pod", async () => told().some(({ name, events: [it] }) => name === "shop" && it?.object === `Pod/${pod}`));
    watch.child.kill("SIGINT");
    assert.equal((await watch.done).code, 130);
    assert.equal((await fleet.stores("restart", "shop", "postgres")).code, 3);
    for (const inside of [["exec", "shop", "--", "wp", "plugin", "list"], ["shell", "shop", "mariadb"]]) {
      const { code, stdout, stderr } = await fleet.stores(...inside);
      assert.deepEqual([code, stdout], [3, ""]);
      assert.match(stderr, /^error: nothing runs in the pods of shop\nPods are simulated/);
    }
    await fleet.assertSound("shop");
  });

  it("applies a saved plan, and refuses one whose ground has moved", async () => {
    const file = join(fleet.folder, "saved.plan");
    fleet.list(renamed, corner);
    const planned = await fleet.ok("plan", "--diff", "--out", file, "--markdown", `${file}.md`);
    assert.match(readFileSync(`${file}.md`, "utf8"), /^<!-- storefleet-plan local -->\n\n### local: 1 update, 1 unchanged\n[^]*\| shop \| update \| title First → Second [^]*<details><summary>shop<\/summary>[^]*values\.\S*title: "First" → "Second"/);
    assert.match(planned.stderr, /saved: \.\/scripts\/stores apply --plan /);
    assert.match(planned.stdout, /^shop +update +title First → Second \(.*Release.*\)\nand 1 unchanged\n\nshop\n {2}~ update Release [^]*\n {6}values\.\S*title: "First" → "Second"\n/im);
    fleet.list(shop, corner);
    const stale = await fleet.stores("apply", "--plan", file);
    assert.equal(stale.code, 3);
    assert.match(stale.stderr, /the plan is out of date: shop changed/);
    assert.equal((await fleet.stores("plan", "--detailed-exitcode")).code, 0);

    // Only the store whose entry was edited is touched.
    fleet.list(renamed, corner);
    const [, ofCorner] = logTimes();
    const { ended, rows } = await fleet.apply("--plan", file);
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual([rows.shop!.result, rows.corner!.result], ["updated", "unchanged"]);
    assert.ok(rows.shop!.changes.update > 0 && rows.shop!.changes.replace === 0);
    assert.equal(logTimes()[1], ofCorner);
    assert.equal((await fleet.stores("apply", "--plan", file)).code, 3);
    await fleet.assertSound("shop", "corner");
  });

  it("makes a store smaller without refusing a pod, and leaves it the walls of the new size", async () => {
    const quota = async () => (await fleet.objects("corner", "resourcequotas"))[0]!.spec as { hard: Record<string, string> };
    const small = await quota();
    for (const plan of ["medium", "small"]) {
      fleet.list(renamed, `{ name: corner, engine: medusa, plan: ${plan} }`);
      const { ended, rows } = await fleet.apply("corner");
      assert.equal(ended.code, 0, ended.stdout);
      assert.deepEqual([rows.corner!.result, rows.corner!.repairs], ["updated", []]);
      await fleet.assertSound("corner");
      const events = (await fleet.objects("corner", "events")) as unknown as { reason: string; message: string }[];
      // A quota that is changed while a pod is counted is no refusal: the controller asks again at once.
      const refused = events.filter(({ reason, message }) => reason === "FailedCreate" && !/resourcequotas "quota": the object has been modified/.test(message));
      assert.deepEqual(refused.map(({ message }) => message), [], plan);
      for (const { metadata, spec, status } of await fleet.objects("corner", "statefulsets", "/apis/apps/v1")) {
        assert.equal(status!.readyReplicas, spec!.replicas, metadata.name);
      }
      assert.equal((await fleet.stores("plan", "--detailed-exitcode")).code, 0);
      const unchanged = await quota();
      assert.equal(JSON.stringify(unchanged) === JSON.stringify(small), plan === "small", plan);
    }
    fleet.list(renamed, corner);
  });

  it("deletes only when asked for, and never too much", async () => {
    fleet.list(renamed);
    const { rows } = await fleet.apply();
    assert.deepEqual([rows.corner!.action, rows.corner!.result], ["orphan", "kept"]);
    const refusals: [string[], RegExp][] = [
      [["--prune"], /Say --yes/],
      [["--prune", "--yes", "--max-deletes", "0"], /more than --max-deletes 0; nothing was done/],
    ];
    for (const [flags, message] of refusals) {
      const { code, stderr } = await fleet.stores("apply", ...flags);
      assert.equal(code, 3);
      assert.match(stderr, message);
    }
    fleet.list();
    const emptied = await fleet.stores("apply", "--prune", "--yes");
    assert.equal(emptied.code, 3);
    assert.match(emptied.stderr, /an empty list deletes nothing/);
    assert.equal((await fleet.stores("destroy", "--all")).code, 3, "destroyed without --yes");

    // Protected by the list before it is applied, and by the cluster after the list says nothing any more.
    fleet.list("{ name: shop, engine: woocommerce, title: Second, protected: true }", corner);
    const early = await fleet.stores("destroy", "shop", "--yes");
    assert.deepEqual([early.code, /protected: shop; nothing was destroyed/.test(early.stderr)], [3, true], early.stderr);
    assert.equal((await fleet.apply("shop")).rows.shop!.result, "updated");
    fleet.list(corner);
    assert.deepEqual([(await fleet.apply("--prune", "--yes")).rows.shop].map((row) => [row!.action, row!.result]), [["protected", "kept"]]);
    const { code, stderr } = await fleet.stores("destroy", "shop", "--yes");
    assert.equal(code, 3);
    assert.match(stderr, /protected: shop; nothing was destroyed/);
    // What it says can be pasted: by then it would be destroyed, and here it is asked for, which there is no terminal for.
    const command = stderr.split("\n").find((line) => line.startsWith("echo "))!;
    const pasted = await fleet.start(["-c", command], {}, "bash", fleet.project).done;
    assert.deepEqual([pasted.code, /^shop +updated/m.test(pasted.stdout)], [3, true], pasted.stdout + pasted.stderr);
    assert.match(pasted.stderr, /in environment local on context storefleet-local \(https:\/\/127\.0\.0\.1:\d+\):\nSTORE .*\nshop +\S.* 2 \(\d+ GiB\) +unknown\nNo backup is made before\.\n.*Delete shop with all data\? — not asked for/);
    assert.deepEqual((await fleet.status("shop")).map(({ phase }) => phase), ["SUSPENDED"]);
    fleet.list(renamed);
    await fleet.apply("shop");
    await fleet.assertSound("shop");
  });

  it("prunes what left the list, and destroys the rest without a trace", async () => {
    fleet.list(renamed);
    // As from a machine whose state is another: only a store that is named goes without a stack.
    const stack = join(fleet.state, ".pulumi/stacks/storefleet/local.corner.json");
    renameSync(stack, `${stack}.away`);
    const kept = (await fleet.apply("--prune", "--yes")).rows.corner!;
    assert.deepEqual([kept.result, /this state has no stack of it; nothing was done/.test(kept.error!)], ["failed", true], kept.error!);
    renameSync(`${stack}.away`, stack);
    const { ended, rows } = await fleet.apply("--prune", "--yes");
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual([rows.corner!.result, rows.shop!.result], ["deleted", "unchanged"]);
    const { cluster, stores: [destroyed] } = await fleet.json<Answer<"destroy">>("destroy", "shop", "--yes");
    assert.deepEqual([destroyed!.result, destroyed!.had!.volumes!.count, destroyed!.had!.orders], ["deleted", 2, null]);
    assert.match(`${cluster.context} ${cluster.server}`, /^storefleet-local https:\/\/127\.0\.0\.1:\d+$/);
    // Not even encrypted: neither the stack, nor the copies and records that the backend makes of it.
    const files = readdirSync(fleet.state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    assert.deepEqual([files.filter((file) => /local\.(shop|corner)/.test(file)), files.some((file) => /local\.json$/.test(file))], [[], true]);
    for (const kind of ["namespaces", "persistentvolumes"]) {
      const left = (await fleet.kube.list(`/api/v1/${kind}`)).map(({ metadata }) => metadata.name);
      assert.deepEqual(left.filter((name) => /store|pvc/.test(name) && !/^storefleet-/.test(name)), []);
    }
    assert.deepEqual((await fleet.json<Answer<"destroy">>("destroy", "--all", "--yes")).stores, []);
    assert.equal((await fleet.status())[0]!.phase, "PROVISIONING");
  });

  it("was never refused a right, and has none that nobody uses", () => {
    assert.deepEqual(accounts.refused("deployer"), []);
    // `bind` is asked about by the API server itself.
    assert.deepEqual(accounts.unused("storefleet-deployer"), ["bind clusterroles"]);
    const watched = ["limitranges", "secrets", "networkpolicies"].flatMap((kind) => [`list ${kind}`, `watch ${kind}`]);
    const changedByCharts = ["services", "serviceaccounts", "persistentvolumeclaims", "jobs", "ingresses", "poddisruptionbudgets", "roles"].map((kind) => `patch ${kind}`);
    const ofSecretStores = ["get", "list", "watch", "create", "patch", "delete"].map((verb) => `${verb} externalsecrets`);
    // By the vendor's plugin, which watches what it deletes; by charts of another version; of stores on https; in secrets.test.ts; in pods that are not simulated.
    const elsewhere = new Set([...watched, ...changedByCharts, ...ofSecretStores, "delete persistentvolumeclaims", "delete certificates", "create pods/exec"]);
    assert.deepEqual(accounts.unused("storefleet-store").filter((right) => !elsewhere.has(right)), []);
    // Of operations beyond those that are kept; of who holds a claim that one wants as well.
    assert.deepEqual(accounts.unused("storefleet-recorder"), ["delete configmaps", "get leases"]);
  });

  it("gives its account no way out of the namespaces of stores", async () => {
    fleet.list(shop);
    await fleet.ok("apply");
    await fleet.kubectl("--kubeconfig", accounts.administrators, "create", "namespace", "store-theirs");
    const kube = await accounts.kube();
    for (const [what, attempt, refusal] of attempts(kube, fleet)) {
      await assert.rejects(attempt, (error: Error) => error instanceof KubeError && refusal.test(error.message), what);
    }
  });
});
