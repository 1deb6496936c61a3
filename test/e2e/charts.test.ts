import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { podSecurityLabels } from "../../components/guardrails/pod-security";
import { projectRoot } from "../../config/root";
import { engineNames } from "../../config/spec";
import { clusterReset, clusterUp, type Cluster } from "../../scripts/machine/cluster";
import { run } from "../../scripts/machine/os/run";
import { ensureTools } from "../../scripts/machine/tools";
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
  let helm: string;
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
    ({ kubectl, helm } = await ensureTools(["kubectl", "helm"], () => {}));
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

  for (const engine of engineNames) {
    it(`${engine}: Helm goes back to any revision, with and without a storage class, and also after an installation over claims that stayed`, async function () {
      this.timeout(300_000);
      const { values } = await storeCase(engine, "small", "local");
      const { mariadb, wordpress } = values;
      const classed = (storageClass: string) =>
        engine === "medusa" ? { storageClass } : { mariadb: { ...mariadb, volume: { ...mariadb.volume, storageClass } }, wordpress: { ...wordpress, uploads: { ...wordpress.uploads, storageClass } } };
      const claimsOf = async (namespace: string) => {
        const { stdout } = await kube("get", "pvc", "--namespace", namespace, "--output", "json");
        const items = (JSON.parse(stdout) as { items: KubernetesObject[] }).items;
        return items.map(({ metadata, spec }) => [metadata.name, metadata.uid, spec.storageClassName]);
      };
      const { stdout } = await kube("get", "storageclass", "--output", "name");
      const standard = stdout.trim().replace(/.*\//, "");
      for (const storageClass of ["", standard]) {
        const namespace = `back-${engine}-${storageClass || "default"}`;
        await kube("create", "namespace", namespace);
        const helmDoes = async (...args: string[]) => {
          const { code, stderr } = await run(helm, [...args, "--namespace", namespace], { env: { KUBECONFIG: cluster.kubeconfig } });
          assert.equal(code, 0, `${storageClass}: helm ${args.join(" ")}: ${stderr}`);
        };
        const release = async (verb: string, title: string) => {
          const file = join(folder, "values.json");
          writeFileSync(file, JSON.stringify({ ...values, ...classed(storageClass), shop: { ...values.shop, title } }));
          await helmDoes(verb, engine, join(projectRoot, `components/${engine}/chart`), "--values", file);
        };
        await release("install", "First");
        const claims = await claimsOf(namespace);
        assert.deepEqual(claims.map(([, , name]) => name), [standard, standard]);
        await release("upgrade", "Second");
        await helmDoes("rollback", engine, "1");
        if (storageClass === "") {
          // Claims that were made before the class was noted.
          await kube("annotate", "pvc", "--all", "--namespace", namespace, "storefleet.dev/storage-class-");
          await release("upgrade", "Third");
          await helmDoes("uninstall", engine);
          await release("install", "Fourth");
          await release("upgrade", "Fifth");
          await helmDoes("rollback", engine, "1");
        }
        assert.deepEqual(await claimsOf(namespace), claims);
      }
    });
  }

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
