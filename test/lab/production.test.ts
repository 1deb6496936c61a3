import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { namespaceOf, stackOf } from "../../config/names";
import { projectRoot } from "../../config/root";
import { Kube } from "../../kube";
import { Fleet, succeeded, type Ended } from "../e2e/helpers/fleet";
import { filesBelow, S3, Vault } from "../e2e/helpers/state-servers";
import { until } from "../e2e/helpers/until";
import { say, timed } from "./lab";
import { PolicyAgent } from "./policy-agent";

const env = "staging";
const access = "storefleet-access";
const stores = { woo: "woocommerce", medusa: "medusa" } as const;

/**
 * A second environment as it is where clusters matter, all at the same time: an account of its own for each task, the state in a bucket,
 * encrypted by a key, and network policies that are enforced.
 */
describe("A production environment in the lab", function () {
  this.timeout(15 * 60_000);
  const [fleet, s3, vault] = [new Fleet(), new S3(), new Vault()];
  const administrators = process.env.KUBECONFIG ?? "";
  let agent: PolicyAgent;
  let kube: Kube;

  /** A command by an account of `stores rbac`. */
  const by = (account: string, ...args: string[]) => fleet.storesWith({ KUBECONFIG: join(fleet.folder, account) }, ...args, "--env", env);
  const ok = async (account: string, ...args: string[]): Promise<Ended> => succeeded(args, await by(account, ...args));
  const statesOf = (store: string) => filesBelow(s3.bucket).filter(({ path }) => path.includes(stackOf(env, store)));

  /** A kubeconfig that logs in as an account. */
  async function logIn(account: string): Promise<void> {
    const { status } = await kube.create(`/api/v1/namespaces/${access}/serviceaccounts/${account}/token`, { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 7200 } });
    const config = parse(readFileSync(administrators, "utf8")) as { users: { user: object }[] };
    for (const entry of config.users) entry.user = { token: status!.token };
    writeFileSync(join(fleet.folder, account), JSON.stringify(config), { mode: 0o600 });
  }

  before(async () => {
    assert.notEqual(administrators, "", "KUBECONFIG has to name the lab's cluster: docs/lab.md says how to start it");
    kube = await Kube.open(administrators);
    await Promise.all([s3.start(), vault.start()]);
    agent = new PolicyAgent(fleet.folder);
    agent.start();
    Object.assign(fleet.environment, s3.login, vault.login, { HELM_TIMEOUT: "300" });
    const settings = parse(readFileSync(process.env.LAB_SETTINGS ?? join(projectRoot, "test/lab/settings.yaml"), "utf8")) as object;
    const config = {
      "storefleet:state": { backend: s3.backend(), secretsProvider: "hashivault://staging" },
      "storefleet:settings": { ...settings, context: kube.context },
    };
    writeFileSync(join(fleet.project, `Pulumi.${env}.yaml`), stringify({ config }));
    writeFileSync(join(fleet.project, `config/stores.${env}.yaml`), stringify({ stores: Object.entries(stores).map(([name, engine]) => ({ name, engine })) }));
  });
  after(async () => {
    await fleet.storesWith({ KUBECONFIG: administrators }, "destroy", "--all", "--yes", "--env", env);
    await agent.stop();
    for (const namespace of ["storefleet-mail", "storefleet-system", access]) await kube.remove(`/api/v1/namespaces/${namespace}`);
    await until("the environment's namespaces are gone", async () => (await kube.get("/api/v1/namespaces/storefleet-system")) === undefined, 120);
    await fleet.remove();
    s3.remove();
    vault.stop();
  });

  it("gets its accounts from an administrator", async () => {
    const printed = succeeded(["rbac"], await fleet.storesWith({}, "rbac", "--env", env)).stdout;
    execFileSync("kubectl", ["apply", "-f", "-"], { input: printed, stdio: ["pipe", "ignore", "inherit"] });
    // Nobody is bound to the environment's role as it comes: who brings environments up is an administrator's decision.
    await kube.apply(`/api/v1/namespaces/${access}/serviceaccounts/environment`, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "environment", namespace: access } });
    await kube.apply("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/storefleet-environment", {
      apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding", metadata: { name: "storefleet-environment" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "storefleet-environment" },
      subjects: [{ kind: "ServiceAccount", name: "environment", namespace: access }],
    });
    for (const account of ["environment", "deployer", "viewer"]) await logIn(account);
  });

  it("is brought up with the environment's rights, and finds its walls", async () => {
    await until("the walls are found", async () => /network policies: enforced/.test((await ok("environment", "cluster", "up")).stderr), 120);
    assert.match((await ok("environment", "cluster", "up")).stderr, /environment staging: up to date/);
    assert.equal((await by("deployer", "cluster", "up")).code, 0, "there is nothing to do for it");
  });

  it("has its shops made by the deployer, and they sell", async () => {
    const { value, seconds } = await timed(() => ok("deployer", "apply"));
    say(`two shops, state in a bucket, walls enforced: ${seconds.toFixed(0)} s`);
    assert.match(value.stdout, /2 created/);
    for (const store of Object.keys(stores)) {
      const verified = await by("deployer", "verify", store);
      assert.equal(verified.code, 0, verified.stdout + verified.stderr);
    }
    assert.equal((await by("deployer", "plan", "--detailed-exitcode")).code, 0);
  });

  it("is looked at by the viewer, who sees no password", async () => {
    assert.match((await ok("viewer", "status", "--exit-code")).stdout, /READY[^]*READY/);
    const { code, stderr } = await by("viewer", "credentials", "woo");
    assert.equal(code, 1, stderr);
    assert.match(stderr, /cannot (get|list) resource "secrets"/);
  });

  it("keeps no password where it keeps its state, and no passphrase anywhere", async () => {
    const kept = filesBelow(s3.bucket);
    for (const [store, engine] of Object.entries(stores)) {
      assert.ok(statesOf(store).length > 0, `nothing is kept of ${store}`);
      const secrets = await kube.list(`/api/v1/namespaces/${namespaceOf(env, store)}/secrets`);
      const passwords = secrets.filter(({ metadata }) => metadata.name.startsWith(engine)).flatMap(({ data }) => Object.entries(data ?? {})).filter(([key]) => /password|salt|secret/i.test(key)).map(([, value]) => value);
      assert.ok(passwords.length > 0, `${store} has no password`);
      for (const value of passwords) for (const form of [value, Buffer.from(value, "base64").toString()]) assert.deepEqual(kept.filter(({ text }) => text.includes(form)).map(({ path }) => path), []);
    }
    assert.equal(existsSync(join(fleet.cache, `environments/${env}/passphrase`)), false);
  });

  it("loses a shop without a trace, in the cluster and in the bucket", async () => {
    const { seconds } = await timed(() => ok("deployer", "destroy", "woo", "--yes"));
    say(`destroyed in ${seconds.toFixed(0)} s`);
    assert.equal(await kube.get(`/api/v1/namespaces/${namespaceOf(env, "woo")}`), undefined);
    assert.deepEqual(statesOf("woo").map(({ path }) => path).filter((path) => !path.includes("/locks/")), []);
    assert.match((await ok("viewer", "status", "medusa")).stdout, /READY/);
  });
});
