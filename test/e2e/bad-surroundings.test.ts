import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answers, failure } from "../../scripts/operations/answers";
import { Fleet, type Ended } from "./helpers/fleet";

const first = "{ name: shop, engine: woocommerce, title: First }";
const second = "{ name: shop, engine: woocommerce, title: Second }";

/** One clear message, no stack of ours, and code 3 unless something had begun. */
function refused(ended: Ended, message: RegExp, code = 3): void {
  const said = ended.stdout + ended.stderr;
  assert.equal(ended.code, code, said);
  assert.match(said, message);
  assert.doesNotMatch(said, /defect:|\n\s+at .*\.[jt]s:\d+/);
}

describe("bad surroundings", function () {
  this.timeout(120_000);
  const fleet = new Fleet();
  const environment = join(fleet.cache, "environments/local");
  let ground: string[];

  /** What the cluster and the state have of the store, versions included. */
  async function everything(): Promise<string[]> {
    const kinds = [["", "secrets"], ["", "configmaps"], ["apps/", "deployments"], ["apps/", "statefulsets"]] as const;
    const namespace = await fleet.kube.get(`/api/v1/namespaces/${fleet.namespace("shop")}`);
    const objects = await Promise.all(kinds.map(([group, kind]) => fleet.objects("shop", kind, group ? `/apis/${group}v1` : "/api/v1")));
    return [fleet.stateText("shop"), JSON.stringify(namespace), ...objects.flat().map(({ metadata }) => `${metadata.name} ${metadata.uid} ${(metadata as { generation?: number }).generation}`)];
  }
  const untouched = async () => assert.deepEqual(await everything(), ground);

  /**
   * `apply` with other mounts, which nobody else sees and which end with it. Afterwards the environment's folder as
   * it was in there is copied out.
   */
  async function applyWithMounts(prepare: string): Promise<{ ended: Ended; left: string }> {
    const left = join(fleet.folder, "left");
    rmSync(left, { recursive: true, force: true });
    mkdirSync(left);
    const script = `set -e\ncd '${environment}'\n${prepare}\nset +e\n'${fleet.project}/scripts/stores' apply\ncode=$?\ncp -R '${environment}/.' '${left}'\nexit $code\n`;
    const privileges = process.getuid?.() === 0 ? [] : ["--map-root-user"];
    const ended = await fleet.start([...privileges, "--mount", "sh", "-c", script], {}, "unshare").done;
    return { ended, left };
  }

  before(async () => {
    fleet.list(first);
    await fleet.ok("validate"); // compiles the copy, once
  });
  after(() => fleet.remove());

  it("without a cluster, every command says how to get one", async () => {
    const commands = [["plan"], ["apply"], ["status"], ["destroy", "shop", "--yes"], ["destroy", "--all", "--yes"], ["env"], ["credentials", "shop"], ["logs", "shop"]];
    const all = await Promise.all(commands.map((args) => fleet.stores(...args)));
    for (const ended of all) refused(ended, /error: environment "local" has no running cluster\nStart or choose one: \.\/scripts\/stores cluster up/);
  });

  it("without the environment's stack, plan and apply say how to bring it up", async () => {
    await fleet.up();
    const destroyed = await fleet.pulumi("destroy", "--yes", "--skip-preview", "--stack", "local");
    assert.equal(destroyed.code, 0, destroyed.stderr + destroyed.stdout);
    for (const command of ["plan", "apply"]) {
      refused(await fleet.stores(command), /error: the environment's stack "local" is not up yet on storefleet-local\nBring it up: \.\/scripts\/stores cluster up/);
    }
    assert.equal(fleet.hasStack("shop"), false);
    assert.deepEqual(await fleet.kube.list("/api/v1/namespaces", { labels: "storefleet.dev/store" }), []);
    const again = await fleet.up();
    assert.match(again.stderr, /environment local: ready/);
    await fleet.ok("apply");
    ground = await everything();
    fleet.list(second);
  });

  it("a shell with the variables of another environment is refused, and prints no passphrase", async () => {
    const exported = (await fleet.storesWith({ PULUMI_CONFIG_PASSPHRASE: "not to be printed" }, "env", "--file", "x.yaml")).stdout;
    assert.match(exported, /^export STOREFLEET_ENV='local'$/m);
    assert.match(exported, new RegExp(`^export STOREFLEET_FILE='${fleet.folder}/x.yaml'$`, "m"));
    assert.doesNotMatch(exported, /not to be printed/);
    const commands = [["validate"], ["plan"], ["cluster", "up", "--context", "x"], ["destroy", "--all", "--yes"]];
    for (const args of commands) refused(await fleet.storesWith(fleet.variables, ...args, "--env", "prod"), /variables of environment local.*about prod; nothing was done\n.*unset STOREFLEET_ENV .*PULUMI_BACKEND_URL/);
    await untouched();
  });

  it("a context is let go of with its credentials, and no reset forgets the state of stores that run", async () => {
    const named = { STOREFLEET_CLUSTER: "named", KUBECONFIG: fleet.variables.KUBECONFIG };
    const logins = () => readdirSync(join(fleet.cache, "clusters/named/contexts"));
    assert.equal((await fleet.storesWith(named, "cluster", "up", "--context", "storefleet-local")).code, 0);
    assert.equal(logins().length, 1);
    refused(await fleet.storesWith(named, "cluster", "reset", "--yes"), /these stores run there: shop; nothing was done\nRemove them first: \.\/scripts\/stores destroy --all/);
    const down = () => fleet.storesWith(named, "cluster", "down");
    assert.match((await down()).stdout, /^Let go of context storefleet-local, whose cluster goes on by itself\. Take it again: \.\/scripts\/stores cluster up --context storefleet-local\n$/);
    assert.deepEqual(logins(), []);
    assert.equal((await down()).stdout, "Nothing ran here.\n");
    refused(await fleet.storesWith(named, "cluster", "reset", "--yes"), /a cluster that was let go of: shop; nothing was done/);
    await untouched();
  });

  it("a wrong passphrase changes nothing, and is not held against the store", async () => {
    refused(await fleet.storesWith({ PULUMI_CONFIG_PASSPHRASE: "wrong" }, "apply"), /incorrect passphrase/, 1);
    const told = await fleet.storesWith({ PULUMI_CONFIG_PASSPHRASE: "wrong" }, "apply", "--json");
    refused(told, /incorrect passphrase/, 1);
    assert.ok([answers.apply, failure].some((schema) => schema.safeParse(JSON.parse(told.stdout)).success), told.stdout);
    await untouched();
    const file = join(environment, "passphrase");
    renameSync(file, `${file}.away`);
    refused(await fleet.stores("apply"), /error: the passphrase of the local state is gone: .*passphrase\n/, 1);
    renameSync(`${file}.away`, file);
    await untouched();
    assert.equal((await fleet.status())[0]!.phase, "READY");
  });

  it("a state that can not be written changes nothing", async () => {
    const { ended, left } = await applyWithMounts("mount --bind state state\nmount -o remount,bind,ro state");
    refused(ended, /read-only file system/, 1);
    await untouched();
    assert.deepEqual(readdirSync(join(left, "state/.pulumi/locks"), { recursive: true }).filter((entry) => String(entry).endsWith(".json")), []);

    // Something else in the folder's place.
    const state = join(environment, "state");
    renameSync(state, `${state}.away`);
    writeFileSync(state, "no folder");
    refused(await fleet.stores("apply"), /state/, 1);
    rmSync(state);
    renameSync(`${state}.away`, state);
    await untouched();
  });

  it("a full disk is named, and the earlier state stays readable", async () => {
    const saved = join(fleet.folder, "saved");
    const { ended, left } = await applyWithMounts(
      `cp -R . '${saved}'\nmount -t tmpfs -o size=8m tmpfs '${environment}'\ncp -R '${saved}/.' '${environment}'\ncat /dev/zero > '${environment}/filler' 2> /dev/null || true`,
    );
    refused(ended, /no space left on device/i, 1);
    const file = ".pulumi/stacks/storefleet/local.shop.json";
    assert.equal(readFileSync(join(left, "state", file), "utf8"), ground[0]);
    await untouched();
  });

  describe("the environment's shared parts", () => {
    const settings = "Pulumi.local.yaml";
    // Without its comment: the CLI by hand has written the file anew.
    const install = "      install: true";
    const intoNamespace = (name: string) => `      controllerNamespace: ${name}\n${install}`;
    const namespaces = async () => (await fleet.kube.list("/api/v1/namespaces")).map(({ metadata: { name } }) => name).filter((name) => ["foreign", "elsewhere", "traefik"].includes(name));
    const versionOf = async (path: string) => ((await fleet.kube.get(path))?.metadata as { resourceVersion?: string } | undefined)?.resourceVersion;

    it("are never made out of somebody else's, neither by the script nor by hand", async () => {
      await fleet.kubectl("create", "namespace", "foreign");
      await fleet.kubectl("create", "secret", "generic", "sh.helm.release.v1.traefik.v1", "-n", "foreign", "--type", "helm.sh/release.v1");
      await fleet.kubectl("label", "secret", "sh.helm.release.v1.traefik.v1", "-n", "foreign", "owner=helm", "name=traefik", "status=deployed", "version=1");
      const paths = ["/api/v1/namespaces/foreign", "/api/v1/namespaces/foreign/secrets/sh.helm.release.v1.traefik.v1"];
      const versions = await Promise.all(paths.map(versionOf));
      fleet.patch(settings, install, intoNamespace("foreign"));
      const message = /Namespace foreign does not carry its labels — set another ingress\.controllerNamespace; or, .*install: false/;
      refused(await fleet.stores("cluster", "up"), message);
      const byHand = await fleet.pulumi("up", "--yes", "--skip-preview", "--stack", "local");
      assert.notEqual(byHand.code, 0);
      assert.match(byHand.stdout + byHand.stderr, message);
      assert.deepEqual(await Promise.all(paths.map(versionOf)), versions);
      fleet.patch(settings, intoNamespace("foreign"), install);
      assert.match((await fleet.ok("cluster", "up")).stderr, /environment local: up to date/);
    });

    it("are looked at with their stores where a setting is mistyped, and nothing is changed then", async () => {
      const before = await everything();
      const mistyped = install.replace("true", "maybe");
      fleet.patch(settings, install, mistyped);
      const { stdout, code } = await fleet.stores("status", "--json");
      const { stores, listProblem, environmentProblem } = answers.status.parse(JSON.parse(stdout));
      assert.deepEqual([code, stores.map(({ name, phase }) => [name, phase])], [0, [["shop", "READY"]]]);
      for (const problem of [listProblem, environmentProblem]) assert.match(problem!, /^Pulumi\.local\.yaml: storefleet:settings\.ingress\.install /);
      refused(await fleet.stores("apply"), /ingress\.install/);
      assert.ok(JSON.stringify(await everything()) === JSON.stringify(before));
      fleet.patch(settings, mistyped, install);
    });

    it("a failed move of the ingress controller names the pods' reason, and one cluster up heals it when the move is taken back", async () => {
      const { uid } = (await fleet.kube.get("/api/v1/namespaces/foreign"))!.metadata;
      const broken = `${intoNamespace("elsewhere")}\n    images: { overrides: { traefik: "example.com/does-not-exist:1" } }`;
      fleet.patch(settings, install, broken);
      refused(await fleet.storesWith({ HELM_TIMEOUT: "5" }, "cluster", "up"), /error: environment local: elsewhere: .*does-not-exist/, 1);
      assert.match((await fleet.stores("plan")).stderr, /the environment's stack is older than/);
      const [row] = await fleet.status();
      assert.match(`${row!.phase} ${row!.reason}`, /^FAILED the ingress controller is not there/);

      fleet.patch(settings, broken, install);
      assert.match((await fleet.ok("cluster", "up")).stderr, /environment local: ready/);
      assert.deepEqual(await namespaces(), ["foreign", "traefik"]);
      assert.match((await fleet.ok("cluster", "up")).stderr, /environment local: up to date/);
      assert.equal((await fleet.pulumi("preview", "--stack", "local", "--expect-no-changes")).code, 0);
      assert.deepEqual(await namespaces(), ["foreign", "traefik"]);
      assert.equal((await fleet.kube.get("/api/v1/namespaces/foreign"))!.metadata.uid, uid);
      assert.equal((await fleet.status())[0]!.phase, "READY");
    });

    it("what was deleted of them by hand comes back with cluster up", async () => {
      for (const gone of [["namespace", "traefik"], ["deployment", "mail-catcher", "-n", "storefleet-mail"]]) {
        await fleet.kubectl("delete", ...gone);
        assert.match((await fleet.ok("cluster", "up")).stderr, /environment local: ready/);
        assert.match((await fleet.ok("cluster", "up")).stderr, /environment local: up to date/);
      }
      assert.equal((await fleet.status())[0]!.phase, "READY");
    });
  });

  it("a state that is about another cluster is refused by every command and by hand, and moved only when told", async () => {
    const { uid } = (await fleet.kube.get("/api/v1/namespaces/kube-system"))!.metadata as { uid: string };
    const state = join(environment, "state/.pulumi/stacks/storefleet/local.json");
    writeFileSync(state, readFileSync(state, "utf8").replaceAll(uid, "11111111-2222-3333-4444-555555555555"));
    const objects = () => fleet.resources("shop").flatMap(({ type, urn }) => (type.startsWith("kubernetes:") ? [urn] : []));
    const kept = async () => [...objects(), ...(await everything()).slice(1)];
    const before = await kept();
    const message = /the state of environment local is about another cluster than that of context storefleet-local; nothing was done/;
    for (const args of [["cluster", "up"], ["plan"], ["apply"], ["destroy", "shop", "--yes"]]) refused(await fleet.stores(...args), message);
    for (const stack of ["local", "local.shop"]) {
      const byHand = await fleet.pulumi("up", "--yes", "--skip-preview", "--stack", stack);
      assert.notEqual(byHand.code, 0);
      assert.match(byHand.stdout + byHand.stderr, message);
    }
    assert.deepEqual(await kept(), before);
    assert.match((await fleet.ok("cluster", "up", "--move")).stderr, /environment local: ready/);
    assert.match((await fleet.ok("cluster", "up")).stderr, /environment local: up to date/);
    assert.equal((await fleet.pulumi("preview", "--stack", "local", "--expect-no-changes")).code, 0);
    assert.deepEqual(await kept(), before);
  });

  it("a second environment on the same cluster is refused, and touches nothing of the first", async () => {
    const named = { STOREFLEET_CLUSTER: "second", KUBECONFIG: fleet.variables.KUBECONFIG, PULUMI_BACKEND_URL: `file://${fleet.folder}/second`, PULUMI_CONFIG_PASSPHRASE: "second" };
    mkdirSync(join(fleet.folder, "second"));
    fleet.patch("Pulumi.prod.yaml", "    ingress:", "    images: { overrides: { wordpress: example.com/shop:1, medusa: example.com/shop:1, medusa-storefront: example.com/shop:1 } }\n    ingress:");
    refused(await fleet.storesWith(named, "cluster", "up", "--env", "prod", "--context", "storefleet-local"), /Namespace storefleet-system is of the environment "local"/);
    assert.match((await fleet.ok("cluster", "up")).stderr, /environment local: up to date/);
    assert.deepEqual((await fleet.status()).map(({ phase }) => phase), ["READY"]);
  });

  it("a domain that a store outside the list still holds is refused by plan and apply, and nothing is made", async () => {
    const domain = "domains: [shop.example.org]";
    fleet.list(`{ name: shop, engine: woocommerce, title: First, ${domain} }`);
    assert.equal((await fleet.apply()).rows.shop!.result, "updated");
    fleet.list(`{ name: newcomer, engine: woocommerce, ${domain} }`);
    const message = /shop\.example\.org is held by store "shop", which left the list — remove that store \(.*destroy shop.*\), or take the domain from newcomer/;
    const planned = await fleet.stores("plan", "--json");
    assert.equal(planned.code, 3);
    assert.match(planned.stdout, new RegExp(message.source.replaceAll('"', '\\\\"')));
    const { ended, rows } = await fleet.apply();
    assert.deepEqual([ended.code, rows.newcomer!.result, rows.shop!.result], [3, "refused", "kept"]);
    assert.match(rows.newcomer!.error!, message);
    assert.equal(await fleet.kube.get(`/api/v1/namespaces/${fleet.namespace("newcomer")}`), undefined);
    assert.equal(fleet.hasStack("newcomer"), false);
    fleet.list(second);
  });

  it("an API server that went away is told at once, and nothing is dropped from the state", async () => {
    const { processes } = await fleet.json<{ processes: { name: string; pid: number }[] }>("cluster", "status");
    process.kill(processes.find(({ name }) => name === "kube-apiserver")!.pid, "SIGKILL");
    const before = fleet.resources("shop");
    const started = Date.now();
    for (const args of [["apply"], ["destroy", "shop", "--yes"], ["status"]]) refused(await fleet.stores(...args), /has no running cluster: context "\S+" at https:\/\/127\.0\.0\.1:\d+ does not answer/);
    assert.ok(Date.now() - started < 30_000, "told too late");
    for (const verb of ["up", "destroy"]) {
      const byHand = await fleet.pulumi(verb, "--yes", "--skip-preview", "--stack", "local.shop");
      assert.notEqual(byHand.code, 0);
      assert.match(byHand.stdout + byHand.stderr, /does not answer|unreachable|refused/);
      assert.deepEqual(fleet.resources("shop").map(({ urn }) => urn).sort(), before.map(({ urn }) => urn).sort());
    }
    await fleet.up();
    await fleet.ok("apply");
    await fleet.assertSound("shop");
  });
});
