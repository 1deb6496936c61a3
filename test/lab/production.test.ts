import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { request as secureRequest } from "node:https";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { parse, stringify } from "yaml";
import { hostOf, namespaceOf, stackOf } from "../../config/names";
import { projectRoot } from "../../config/root";
import { Kube } from "../../kube";
import { CertManager } from "../e2e/helpers/cert-manager";
import { Fleet, succeeded, type Ended } from "../e2e/helpers/fleet";
import { filesBelow, S3, Vault } from "../e2e/helpers/state-servers";
import { until } from "../e2e/helpers/until";
import { say, timed } from "./lab";
import { PolicyAgent } from "./policy-agent";

const env = "staging";
const access = "storefleet-access";
const suffix = ".127.0.0.1.nip.io";
const stores = { woo: "woocommerce", medusa: "medusa" } as const;

/**
 * A second environment as it is where clusters matter, all at the same time: an account of its own for each task, the state in a bucket,
 * encrypted by a key, network policies that are enforced, and https.
 */
describe("A production environment in the lab", function () {
  this.timeout(15 * 60_000);
  const [fleet, s3, vault] = [new Fleet(), new S3(), new Vault()];
  const administrators = process.env.KUBECONFIG ?? "";
  const authority = join(fleet.folder, "authority.pem");
  let agent: PolicyAgent;
  const manager = new CertManager(fleet);
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
    kube = fleet.kube = await Kube.open(administrators);
    fleet.variables = { KUBECONFIG: administrators, PATH: process.env.PATH ?? "" };
    await Promise.all([s3.start(), vault.start()]);
    agent = new PolicyAgent(fleet.folder);
    agent.start();
    CertManager.build();
    await manager.install();
    await manager.startController();
    await manager.ownAuthority("own-authority");
    const { data } = (await kube.get("/api/v1/namespaces/cert-manager/secrets/own-authority"))!;
    writeFileSync(authority, Buffer.from(data!["tls.crt"]!, "base64"));
    Object.assign(fleet.environment, s3.login, vault.login, { HELM_TIMEOUT: "300", NODE_EXTRA_CA_CERTS: authority });
    const settings = parse(readFileSync(process.env.LAB_SETTINGS ?? join(projectRoot, "test/lab/settings.yaml"), "utf8")) as object;
    const config = {
      "storefleet:state": { backend: s3.backend(), secretsProvider: "hashivault://staging" },
      "storefleet:settings": { ...settings, context: kube.context, tls: { issuer: "own-authority", wildcard: true } },
    };
    writeFileSync(join(fleet.project, `Pulumi.${env}.yaml`), stringify({ config }));
    writeFileSync(join(fleet.project, `config/stores.${env}.yaml`), stringify({ stores: Object.entries(stores).map(([name, engine]) => ({ name, engine })) }));
  });
  after(async () => {
    await fleet.storesWith({ KUBECONFIG: administrators }, "destroy", "--all", "--yes", "--env", env);
    await agent?.stop();
    await manager.uninstall();
    manager.remove();
    for (const namespace of ["storefleet-mail", "storefleet-control", "storefleet-system", access]) await kube.remove(`/api/v1/namespaces/${namespace}`);
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
  });

  it("has its shops made by the deployer, and they sell", async () => {
    const { value, seconds } = await timed(() => ok("deployer", "apply"));
    say(`two shops, state in a bucket, walls enforced: ${seconds.toFixed(0)} s`);
    assert.match(value.stdout, /woo +created[^]*medusa +created/);
    for (const store of Object.keys(stores)) {
      const verified = await by("deployer", "verify", store);
      assert.equal(verified.code, 0, verified.stdout + verified.stderr);
    }
    assert.equal((await by("deployer", "plan", "--detailed-exitcode")).code, 0);
  });

  it("answers on https with the one certificate of all generated hosts, whose key no store has, and leads there from http", async () => {
    for (const store of Object.keys(stores)) {
      const host = hostOf(env, store, suffix);
      const page = await get("https://127.0.0.1/", host, readFileSync(authority));
      assert.deepEqual([page.status, page.names], [200, `DNS:*${suffix}`]);
      assert.deepEqual([(await get("http://127.0.0.1/", host)).location, await kube.get(`/api/v1/namespaces/${namespaceOf(env, store)}/secrets/${stores[store as keyof typeof stores]}-tls`)], [`https://${host}/`, undefined]);
    }
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

/** A page by its host; what the certificate, which has to be the authority's, is for. */
function get(url: string, host: string, ca?: Buffer): Promise<{ status: number; location?: string; names?: string }> {
  return new Promise((resolve, reject) => {
    const call = (url.startsWith("https:") ? secureRequest : request)(url, { headers: { host }, servername: host, ca, agent: false }, (answer) => {
      const { socket, statusCode = 0, headers } = answer.resume();
      resolve({ status: statusCode, location: headers.location, names: socket instanceof TLSSocket ? socket.getPeerCertificate().subjectaltname : undefined });
    });
    call.on("error", reject).end();
  });
}
