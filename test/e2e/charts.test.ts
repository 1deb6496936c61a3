import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { podSecurityLabels } from "../../components/guardrails/pod-security";
import { clusterReset, clusterUp, type Cluster } from "../../scripts/cluster";
import { run } from "../../scripts/cluster/run";
import { ensureTools } from "../../scripts/tools";
import { forEachCase, storeCase, type StoreCase } from "../charts/store-cases";
import type { KubernetesObject } from "../unit/helpers/rendered-chart";

const clusterName = "test-charts";

/** The pods that an object's controller would create: the API server judges them only when it sees them. */
function podsOf({ kind, metadata, spec }: KubernetesObject): KubernetesObject[] {
  const template = kind === "CronJob" ? spec.jobTemplate.spec.template : spec?.template;
  if (!template?.spec?.containers) return [];
  const name = `${metadata.name}-${kind.toLowerCase()}`;
  return [{ apiVersion: "v1", kind: "Pod", metadata: { ...template.metadata, name }, spec: template.spec }];
}

describe("the stores' charts and a real API server", function () {
  this.timeout(120_000);

  let folder: string;
  let kubectl: string;
  let cluster: Cluster;

  const kube = (...args: string[]) => run(kubectl, args, { env: { KUBECONFIG: cluster.kubeconfig } });

  /** Everything as the server would take it, in a namespace like a store's; its complaints and warnings, if any. */
  async function serverSays(namespace: string, objects: KubernetesObject[]): Promise<{ code: number; lines: string[]; accepted: string[] }> {
    const file = join(folder, `${namespace}.json`);
    writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
    const { code, stdout, stderr } = await kube("apply", "--server-side", "--dry-run=server", "--validate=strict", "--namespace", namespace, "--filename", file, "--output", "name");
    return { code, lines: stderr.split("\n").filter(Boolean), accepted: stdout.split("\n").filter(Boolean) };
  }

  async function prepareNamespace({ namespace, resources, objects }: StoreCase): Promise<void> {
    const kinds = ["Namespace", "ResourceQuota", "LimitRange", "NetworkPolicy"];
    const items = resources.filter(({ type }) => kinds.includes(type.split(":").at(-1)!)).map(({ inputs }) => inputs);
    const file = join(folder, "namespace.json");
    writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    const { code, stderr } = await kube("apply", "--validate=strict", "--filename", file);
    assert.equal(code, 0, stderr);
    // Pods are refused without their account, and in a dry run none is created.
    for (const { kind, metadata } of objects) {
      if (kind === "ServiceAccount") await kube("create", "serviceaccount", "--namespace", namespace, metadata.name);
    }
  }

  before(async function () {
    this.timeout(45 * 60_000); // where the tools are still to be built
    folder = mkdtempSync(join(tmpdir(), "storefleet-charts-"));
    ({ kubectl } = await ensureTools(["kubectl"], () => {}));
    await clusterReset(clusterName); // what a killed run left
    cluster = await clusterUp({ name: clusterName, log: () => {}, run: async () => ({ code: 127, stdout: "", stderr: "" }) });
  });
  after(async () => {
    await clusterReset(clusterName);
    rmSync(folder, { recursive: true });
  });

  forEachCase((title, make) => {
    it(`${title}: every object and pod is accepted under Pod Security restricted, without a warning`, async () => {
      const it_ = await make();
      assert.equal(podSecurityLabels["pod-security.kubernetes.io/enforce"], "restricted");
      await prepareNamespace(it_);
      const all = [...it_.objects, ...it_.objects.flatMap(podsOf)];
      const { code, lines, accepted } = await serverSays(it_.namespace, all);
      assert.deepEqual(lines, []);
      assert.equal(code, 0);
      assert.equal(accepted.length, all.length);
    });
  });

  it("would notice a pod that is not restricted, and a field that does not exist", async () => {
    const it_ = await storeCase("woocommerce", "small", "local");
    await prepareNamespace(it_);
    const deployment = structuredClone(it_.objects.find(({ kind }) => kind === "Deployment")!);
    deployment.spec.template.spec.containers[0].securityContext = {};
    const warned = await serverSays(it_.namespace, [deployment]);
    assert.match(warned.lines.join("\n"), /would violate PodSecurity "restricted/);
    const refused = await serverSays(it_.namespace, podsOf(deployment));
    assert.notEqual(refused.code, 0);
    assert.match(refused.lines.join("\n"), /violates PodSecurity "restricted/);

    const misspelt = structuredClone(it_.objects.find(({ kind }) => kind === "StatefulSet")!);
    misspelt.spec.template.spec.containers[0].volumeMount = [];
    const strict = await serverSays(it_.namespace, [misspelt]);
    assert.notEqual(strict.code, 0);
    assert.match(strict.lines.join("\n"), /volumeMount/);
  });
});
