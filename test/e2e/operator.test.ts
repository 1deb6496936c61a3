import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "../../config/root";
import { Accounts } from "./helpers/accounts";
import { Fleet, succeeded, type Ended } from "./helpers/fleet";
import { Runner, type StackSpec } from "./helpers/runner";
import { S3, Vault } from "./helpers/state-servers";
import { until } from "./helpers/until";

const image = `registry.example.com/shops/storefleet-runner@sha256:${"0".repeat(64)}`;
const handed = (title: string) => `{ name: handed, engine: woocommerce, title: ${title} }`;
const taken = "{ name: taken, engine: medusa }";

describe("a fleet that the Pulumi Kubernetes Operator runs", function () {
  this.timeout(180_000);
  const [s3, vault, fleet] = [new S3(), new Vault(), new Fleet()];
  const deploy = join(fleet.folder, "deploy");
  const exported = (...args: string[]) => fleet.stores("export", "operator", "--out", deploy, ...args);
  const applied = async (file: string) => await fleet.kubectl("apply", "--server-side", "-f", file).then(() => "", (error: Error) => error.message);
  let runner: Runner;

  before(async function () {
    this.timeout(20 * 60_000);
    await Promise.all([s3.start(), vault.start()]);
    const login = { ...s3.login, ...vault.login };
    Object.assign(fleet.environment, login);
    // Of this machine alone; it is part of a release.
    delete fleet.environment.HELM_TIMEOUT;
    fleet.state = s3.bucket;
    const settings = {
      "storefleet:state": { backend: s3.backend(), secretsProvider: "hashivault://fleet" },
      "storefleet:operator": { image, variables: Object.keys(login) },
    };
    fleet.patch("Pulumi.local.yaml", "config:\n", `config:\n${Object.entries(settings).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`).join("")}`);
    fleet.list(handed("First"));
    await fleet.up();
    await new Accounts(fleet).make({ operator: true });
    runner = new Runner(fleet, login);
  });
  after(async () => {
    await fleet.remove();
    s3.remove();
    vault.stop();
  });

  /** What the cluster has of a Stack, with the one name that this machine's cluster has for itself. */
  async function stackOf(name: string): Promise<StackSpec> {
    const { spec } = (await fleet.kube.get(`/apis/pulumi.com/v1/namespaces/storefleet-access/stacks/${name}`)) as unknown as { spec: StackSpec };
    return { ...spec, envRefs: { ...spec.envRefs, STOREFLEET_CONTEXT: { literal: { value: fleet.variables.STOREFLEET_CONTEXT as string } } } };
  }

  /** The list as it is now, exported, applied and run for a store. */
  async function reconcile(name: string): Promise<Ended> {
    assert.equal((await exported()).code, 0);
    assert.equal(await applied(deploy), "");
    return await runner.up(await stackOf(name));
  }

  async function assertUnchanged(...names: string[]): Promise<void> {
    assert.equal((await fleet.stores("plan", "--detailed-exitcode")).code, 0);
    const { rows } = await fleet.apply();
    assert.deepEqual(Object.entries(rows).map(([name, { result }]) => `${name} ${result}`), names.map((name) => `${name} unchanged`));
  }

  it("is exported the same each time, without a cluster's help, and a pipeline is told when the folder is old", async () => {
    const first = await exported("--json");
    assert.deepEqual((JSON.parse(first.stdout) as { files: object[] }).files, ["handed", "storefleet-environment", "storefleet-workspaces"].map((name) => ({ file: `${name}.yaml`, result: "written" })));
    assert.match((await exported()).stderr, /^3 of 3 files are as they were$/m);
    assert.equal((await exported("--check")).code, 0);
    fleet.list(handed("Changed"), taken);
    const old = await exported("--check");
    assert.deepEqual([old.code, old.stdout], [2, "differs: handed.yaml\nmissing: taken.yaml\n"]);
    fleet.list(handed("First"));
    assert.equal((await exported("--check")).code, 0);
    assert.deepEqual(readdirSync(deploy).sort(), ["handed.yaml", "storefleet-environment.yaml", "storefleet-workspaces.yaml"]);
    const whole = await fleet.ok("export", "operator");
    assert.equal(whole.stdout.split("---\n").length, 3);
  });

  it("is refused by a cluster without the operator in kubectl's words, and taken by one that has its kind, every field of it known", async () => {
    assert.match(await applied(deploy), /no matches for kind "Stack" in version "pulumi.com\/v1"/);
    assert.equal(await applied(join(projectRoot, "test/e2e/helpers/stack-crd.yaml")), "");
    await fleet.kubectl("wait", "--for=condition=Established", "crd/stacks.pulumi.com", "--timeout=60s");
    assert.equal(await applied(deploy), "");
    const file = join(fleet.folder, "unknown.yaml");
    const stack = parse(readFileSync(join(deploy, "handed.yaml"), "utf8")) as { spec: object };
    writeFileSync(file, JSON.stringify({ ...stack, spec: { ...stack.spec, backends: "s3://b" } }));
    assert.match(await applied(file), /\.spec\.backends: field not declared in schema/);
  });

  it("has a store made by the operator's agent, as the deployer and from a tree that is only read, which the script then finds unchanged", async () => {
    const made = await runner.up(await stackOf("handed"));
    assert.equal(made.code, 0, made.stdout + made.stderr);
    await assertUnchanged("handed");
    await fleet.assertSound("handed");
    runner.assertNothingWritten();
  });

  it("hands it back: the script changes it, and after that the agent nothing", async () => {
    fleet.list(handed("Second"));
    assert.equal((await fleet.apply()).rows.handed!.result, "updated");
    const again = await reconcile("handed");
    assert.equal(again.code, 0, again.stdout + again.stderr);
    assert.match(again.stdout, /\n +\d+ unchanged\n/);
    assert.doesNotMatch(again.stdout, /\d+ (created|updated|replaced|deleted)/);
    await assertUnchanged("handed");
  });

  it("takes over what the script made, without a change", async () => {
    fleet.list(handed("Second"), taken);
    assert.equal((await fleet.apply()).rows.taken!.result, "created");
    const over = await reconcile("taken");
    assert.equal(over.code, 0, over.stdout + over.stderr);
    assert.doesNotMatch(over.stdout, /\d+ (created|updated|replaced|deleted)/);
    await assertUnchanged("handed", "taken");
  });

  it("lets one of both at a store: the script waits for the agent's run, whose lock it names", async () => {
    fleet.list(handed("Third"), taken);
    const under = reconcile("handed");
    await until("the agent holds the lock", async () => fleet.locks("handed").length > 0, 120, 20);
    const { pid: holder } = JSON.parse(readFileSync(join(fleet.lockFolder("handed"), fleet.locks("handed")[0]!), "utf8")) as { pid: number };
    process.kill(holder, "SIGSTOP");
    const second = fleet.start(["apply", "--json"]);
    await until("the script waits", async () => second.so.stderr.includes(`handed: waiting for process ${holder} on `), 100).finally(() => process.kill(holder, "SIGCONT"));
    const [ended, waited] = await Promise.all([under, second.done]);
    assert.equal(ended.code, 0, ended.stdout + ended.stderr);
    assert.equal(fleet.rows(waited).rows.handed!.result, "unchanged", waited.stderr);
    await assertUnchanged("handed", "taken");
  });

  it("finds the environment as the script made it, by the settings of the image", async () => {
    const spec = await stackOf("storefleet-environment");
    const own = await runner.up(spec, "environment");
    assert.equal(own.code, 0, own.stdout + own.stderr);
    assert.doesNotMatch(own.stdout, /\d+ (created|updated|replaced|deleted)/);
    runner.assertNothingWritten();
    assert.match((await fleet.stores("cluster", "up")).stderr, /environment local: up to date/);
  });

  it("loses no shop with its Stack; the script destroys it", async () => {
    fleet.list(taken);
    const { stdout } = await exported();
    assert.equal(stdout, "removed: handed.yaml\n");
    await fleet.kubectl("delete", "stack", "handed", "--namespace", "storefleet-access");
    assert.equal((await fleet.status("handed"))[0]!.phase, "READY");
    assert.equal(fleet.rows(await fleet.ok("destroy", "handed", "--yes", "--json")).rows.handed!.result, "deleted");
    assert.equal(fleet.hasStack("handed"), false);
    succeeded(["plan"], await fleet.stores("plan", "--detailed-exitcode"));
  });
});
