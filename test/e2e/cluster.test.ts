import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterDown, clusterReset, clusterStatus, clusterUp, currentCluster, type Cluster } from "../../scripts/machine/cluster";
import { readRecord } from "../../scripts/machine/cluster/cluster-record";
import { identityOf } from "../../scripts/machine/os/process";
import { run, type Run } from "../../scripts/machine/os/run";
import { toolsFolder } from "../../scripts/machine/paths";
import { embeddedClusterTools, ensureTools } from "../../scripts/machine/tools";
import { until } from "./helpers/until";

const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
const podSpec = (image: string, extra: object = {}) => ({
  securityContext: { runAsNonRoot: true, runAsUser: 999, seccompProfile: { type: "RuntimeDefault" } },
  terminationGracePeriodSeconds: 0, // the namespace controller waits half of it between its looks
  initContainers: [{ name: "first", image: "example.com/first:1", securityContext }],
  containers: [{ name: "main", image, securityContext, readinessProbe: { tcpSocket: { port: 80 } } }],
  ...extra,
});
const namespaceObject = (name: string) => ({
  apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
});
const deployment = (namespace: string, name: string, image: string, annotations: Record<string, string> = {}) => ({
  apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace },
  spec: { selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name }, annotations }, spec: podSpec(image) } },
});

/** One store's worth of kinds, as strict as stores are. */
function sample(namespace: string): object[] {
  const job = { template: { spec: podSpec("example.com/job:1", { restartPolicy: "OnFailure" }) } };
  const labels = { app: "db" };
  return [
    namespaceObject(namespace),
    {
      apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "db", namespace },
      spec: {
        serviceName: "db", selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec("example.com/db:1") },
        volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } }],
      },
    },
    deployment(namespace, "web", "example.com/web:1"),
    { apiVersion: "batch/v1", kind: "Job", metadata: { name: "setup", namespace }, spec: job },
    { apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "tick", namespace }, spec: { schedule: "0 0 1 1 *", jobTemplate: { spec: job } } },
  ];
}

/** No container engine here, whatever this machine has. */
const bareMachine: Run = async () => ({ code: 127, stdout: "", stderr: "" });

describe("embedded cluster", function () {
  this.timeout(120_000);

  const lines: string[] = [];
  const saved = { cache: process.env.STOREFLEET_CACHE, tools: process.env.STOREFLEET_TOOLS };
  let folder: string;
  let kubectl: string;
  let cluster: Cluster;

  const up = (name: string) => clusterUp({ name, log: (line) => void lines.push(line), run: bareMachine });

  const tryKube = (of: Cluster, ...args: string[]) => run(kubectl, args, { env: { KUBECONFIG: of.kubeconfig } });
  async function kube(of: Cluster, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await tryKube(of, ...args);
    assert.equal(code, 0, `kubectl ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  }
  async function apply(of: Cluster, objects: object[]): Promise<void> {
    const file = join(folder, "objects.json");
    writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
    await kube(of, "apply", "-f", file);
  }
  const eventually = (what: string, attempt: () => Promise<boolean>) => until(what, attempt, 30, 100);
  const processesOf = (name: string) => Object.values(readRecord(name)?.processes ?? {});

  before(async function () {
    this.timeout(45 * 60_000); // where the tools are still to be built
    process.env.STOREFLEET_TOOLS = toolsFolder();
    folder = mkdtempSync(join(tmpdir(), "storefleet-"));
    process.env.STOREFLEET_CACHE = folder;
    kubectl = (await ensureTools(["kubectl", ...embeddedClusterTools], (line) => console.log(line))).kubectl!;
    cluster = await up("one");
  });

  after(async () => {
    for (const name of ["one", "two", "three"]) await clusterReset(name);
    for (const [key, value] of [["STOREFLEET_CACHE", saved.cache], ["STOREFLEET_TOOLS", saved.tools]] as const) {
      if (value === undefined) delete process.env[key];
      else process.env[key] = value;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it("is up with all its parts, and says what it is", async () => {
    assert.deepEqual([cluster.kind, cluster.context, cluster.simulated, cluster.why], ["embedded", "storefleet-one", true, "neither Docker nor Podman answers"]);
    const status = await clusterStatus("one");
    assert.equal(status.running, true);
    assert.match(status.note, /pods are simulated/);
    assert.deepEqual(status.processes.map(({ name, state }) => `${name} ${state}`), ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"].map((name) => `${name} running`));
    assert.deepEqual(status.nodes.map(({ ready }) => ready), [true, true]);
    assert.match(status.version ?? "", /^v1\./);
    assert.equal(await kube(cluster, "config", "current-context"), "storefleet-one");
    assert.equal(await kube(cluster, "get", "namespace", "kube-system", "-o", "jsonpath={.metadata.labels.storefleet\\.dev/test-cluster}"), "true");
  });

  it("does nothing when it is up already, and says so", async () => {
    const before = processesOf("one");
    lines.length = 0;
    assert.deepEqual(await up("one"), cluster);
    assert.deepEqual(lines.slice(-1), ["embedded cluster one is already running"]);
    assert.deepEqual(processesOf("one"), before);
    assert.deepEqual(await currentCluster("one"), cluster);
  });

  it("brings workloads to the end and leaves nothing when their namespace goes", async () => {
    await apply(cluster, sample("shop"));
    await kube(cluster, "-n", "shop", "wait", "--for=condition=complete", "job/setup", "--timeout=30s");
    for (const one of ["deployment/web", "statefulset/db"]) await kube(cluster, "-n", "shop", "rollout", "status", one, "--timeout=30s");
    assert.equal(await kube(cluster, "-n", "shop", "get", "pvc", "-o", "jsonpath={.items[*].status.phase}"), "Bound");
    assert.match(await kube(cluster, "get", "pv", "-o", "jsonpath={.items[*].spec.claimRef.namespace}"), /^shop$/);
    await kube(cluster, "-n", "shop", "create", "job", "now", "--from=cronjob/tick");
    await kube(cluster, "-n", "shop", "wait", "--for=condition=complete", "job/now", "--timeout=30s");
    assert.match(await kube(cluster, "-n", "shop", "logs", "db-0"), /simulated/);
    await kube(cluster, "delete", "namespace", "shop");
    await eventually("no volume is left", async () => (await kube(cluster, "get", "pv", "-o", "name")) === "");
  });

  it("lets pods fail in the ways that real ones do", async () => {
    await apply(cluster, [
      namespaceObject("bad"),
      deployment("bad", "pull", "registry.example.com/does-not-exist:1"),
      deployment("bad", "crash", "example.com/web:1", { "storefleet.dev/simulate": "crash" }),
      deployment("bad", "slow", "example.com/web:1", { "storefleet.dev/simulate": "not-ready" }),
    ]);
    const reason = (app: string) => kube(cluster, "-n", "bad", "get", "pods", "-l", `app=${app}`, "-o", "jsonpath={.items[*].status.containerStatuses[0].state.waiting.reason}");
    await eventually("ImagePullBackOff", async () => (await reason("pull")) === "ImagePullBackOff");
    await eventually("CrashLoopBackOff", async () => (await reason("crash")) === "CrashLoopBackOff");
    await eventually("running, not ready", async () =>
      (await kube(cluster, "-n", "bad", "get", "pods", "-l", "app=slow", "-o", "jsonpath={.items[*].status.phase} {.items[*].status.containerStatuses[0].ready}")) === "Running false");
    await kube(cluster, "-n", "bad", "annotate", "pods", "-l", "app=crash", "storefleet.dev/simulate-");
    await kube(cluster, "-n", "bad", "rollout", "status", "deployment/crash", "--timeout=30s");
  });

  it("enforces Pod Security and quotas", async () => {
    await apply(cluster, [namespaceObject("strict")]);
    const loose = await tryKube(cluster, "-n", "strict", "run", "root", "--image=example.com/web:1");
    assert.match(loose.stderr, /violates PodSecurity "restricted/);
    await kube(cluster, "-n", "strict", "create", "quota", "few", "--hard=configmaps=1");
    await eventually("a quota in force", async () => /exceeded quota: few/.test((await tryKube(cluster, "-n", "strict", "create", "configmap", "more")).stderr));
  });

  it("runs beside another and shares nothing with it", async () => {
    const two = await up("two");
    await kube(two, "create", "namespace", "only-here");
    assert.equal((await tryKube(cluster, "get", "namespace", "only-here")).code, 1);
    const foreign = readFileSync(two.kubeconfig, "utf8").replace(/server: .*/, `server: https://127.0.0.1:${readRecord("one")?.ports?.api}`);
    writeFileSync(join(folder, "foreign"), foreign);
    assert.notEqual((await run(kubectl, ["--kubeconfig", join(folder, "foreign"), "get", "nodes"])).code, 0);
    const ended = processesOf("two");
    await clusterReset("two");
    assert.deepEqual(ended.map(({ pid, identity }) => identityOf(pid) === identity), [false, false, false, false, false]);
    assert.equal((await clusterStatus("two")).kind, "none");
    assert.deepEqual(await currentCluster("one"), cluster);
  });

  it("comes up once when two start it at once", async () => {
    lines.length = 0;
    const [first, second] = await Promise.all([up("three"), up("three")]);
    assert.deepEqual(first, second);
    assert.equal(lines.filter((line) => /is ready/.test(line)).length, 1);
    assert.equal(lines.filter((line) => /already running/.test(line)).length, 1);
    await clusterReset("three");
  });

  it("says what was killed, and repairs it with everything kept", async () => {
    await kube(cluster, "create", "namespace", "kept");
    for (const victim of ["kwok", "etcd"] as const) {
      const { pid } = readRecord("one")!.processes![victim]!;
      process.kill(pid, "SIGKILL");
      await eventually(`${victim} is gone`, async () => identityOf(pid) === undefined);
      assert.match((await clusterStatus("one")).note, new RegExp(`damaged \\(${victim} ended\\)`));
      lines.length = 0;
      await up("one");
      assert.match(lines.join("\n"), new RegExp(`half there \\(${victim} missing\\): starting it again`));
      assert.equal(await kube(cluster, "get", "namespace", "kept", "-o", "name"), "namespace/kept");
      assert.match((await clusterStatus("one")).note, /^running/);
    }
  });

  it("ends every process when taken down, and has everything when up again", async () => {
    const ended = processesOf("one");
    assert.equal(ended.length, 5);
    assert.equal(await clusterDown("one"), true);
    assert.deepEqual(ended.filter(({ pid, identity }) => identityOf(pid) === identity), []);
    assert.equal(await currentCluster("one"), undefined);
    assert.match((await clusterStatus("one")).note, /^down/);
    assert.equal(await clusterDown("one"), false);
    assert.deepEqual(await up("one"), cluster);
    assert.equal(await kube(cluster, "get", "namespace", "kept", "-o", "name"), "namespace/kept");
    // New pods are placed and started at once: no lease of the former simulator is waited for.
    await apply(cluster, [deployment("kept", "again", "example.com/web:1")]);
    await kube(cluster, "-n", "kept", "rollout", "status", "deployment/again", "--timeout=20s");
  });
});
