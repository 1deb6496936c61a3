import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WooCommerceArgs } from "../../components/woocommerce";
import { chartValues } from "../../components/woocommerce/values";
import { plans } from "../../config/plans";
import { projectRoot } from "../../config/root";
import { clusterReset, clusterUp, type Cluster } from "../../scripts/machine/cluster";
import { run } from "../../scripts/machine/os/run";
import { ensureTools } from "../../scripts/machine/tools";

const clusterName = "test-woocommerce";
const namespace = "a-shop";

/** The life of a shop by plain helm, as the API server, the controllers and Helm see it; its pods are simulated. */
describe("the WooCommerce chart by plain helm", function () {
  this.timeout(180_000);

  let folder: string;
  let tools: Record<"helm" | "kubectl", string>;
  let cluster: Cluster;
  const args: WooCommerceArgs = { namespace, host: "shop.example.com", title: "Acme", adminEmail: "a@example.com", sizes: plans.woocommerce.small };

  async function succeed(tool: "helm" | "kubectl", ...rest: string[]): Promise<string> {
    const { code, stdout, stderr } = await run(tools[tool], ["--namespace", namespace, ...rest], { env: { KUBECONFIG: cluster.kubeconfig } });
    assert.equal(code, 0, `${tool} ${rest.join(" ")}: ${stderr}`);
    return stdout;
  }
  const get = async (...what: string[]) => JSON.parse(await succeed("kubectl", "get", ...what, "--output", "json"));
  const uidsOf = async (what: string): Promise<Record<string, string>> =>
    Object.fromEntries((await get(what)).items.map(({ metadata }: any) => [metadata.name, metadata.uid]));
  const setupJobs = async (): Promise<string[]> => Object.keys(await uidsOf("jobs")).filter((name) => name.startsWith("woocommerce-setup-"));

  /** Installs or upgrades, and waits until everything is ready and the set-up is done. */
  async function release(change: Partial<WooCommerceArgs> = {}): Promise<void> {
    const file = join(folder, "values.json");
    // Without names of Secrets: the chart generates them.
    writeFileSync(file, JSON.stringify({ ...chartValues({ ...args, ...change }), secrets: {} }));
    const chart = join(projectRoot, "components/woocommerce/chart");
    await succeed("helm", "upgrade", "--install", "woocommerce", chart, "--values", file, "--wait", "--wait-for-jobs", "--timeout", "90s");
  }

  before(async function () {
    this.timeout(45 * 60_000); // where the tools are still to be built
    folder = mkdtempSync(join(tmpdir(), "storefleet-woocommerce-"));
    tools = await ensureTools(["helm", "kubectl"], () => {});
    await clusterReset(clusterName); // what a killed run left
    cluster = await clusterUp({ name: clusterName, log: () => {}, run: async () => ({ code: 127, stdout: "", stderr: "" }) });
    await succeed("kubectl", "create", "namespace", namespace);
    await succeed("kubectl", "label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted");
    await release();
  });
  after(async () => {
    await clusterReset(clusterName);
    rmSync(folder, { recursive: true });
  });

  it("runs the set-up again for a new title, and restarts no pod", async () => {
    const [pods, jobs] = [await uidsOf("pods"), await setupJobs()];
    await release({ title: "Another" });
    const after = await uidsOf("pods");
    for (const [name, uid] of Object.entries(pods).filter(([name]) => !name.includes("-setup-"))) assert.equal(after[name], uid, name);
    const jobsAfter = await setupJobs();
    assert.equal(jobsAfter.length, 1);
    assert.notDeepEqual(jobsAfter, jobs);
  });

  it("takes another plan: larger volumes only where the storage class can expand them", async () => {
    const sizes = plans.woocommerce.medium;
    await release({ sizes });
    const claims = (await get("pvc")).items.map(({ spec }: any) => spec.resources.requests.storage);
    const expandable = (await get("storageclass")).items.find(({ metadata }: any) => metadata.annotations?.["storageclass.kubernetes.io/is-default-class"]);
    assert.deepEqual(claims, expandable.allowVolumeExpansion ? ["10Gi", "10Gi"] : ["2Gi", "2Gi"]);
    const { spec } = await get("deployment", "woocommerce-wordpress");
    assert.equal(spec.template.spec.containers[0].resources.requests.memory, sizes.wordpress.memoryRequest);
    await release();
    assert.equal((await get("pvc")).items.length, 2, "never shrinks, never fails for it");
  });

  it("is suspended and resumed with the same volumes and secrets", async () => {
    const [claims, secrets] = [await uidsOf("pvc"), await get("secret", "woocommerce-database")];
    await release({ suspended: true });
    assert.deepEqual(await uidsOf("pvc"), claims);
    assert.deepEqual(await setupJobs(), []);
    const serving = (await get("pods", "--selector", "app in (wordpress, mariadb)")).items.filter(({ metadata }: any) => !metadata.deletionTimestamp);
    assert.deepEqual(serving.map(({ metadata }: any) => metadata.name), []);
    assert.equal((await get("cronjob", "woocommerce-cron")).spec.suspend, true);
    await release();
    assert.deepEqual(await uidsOf("pvc"), claims);
    assert.deepEqual((await get("secret", "woocommerce-database")).data, secrets.data);
  });

  it("keeps volumes and passwords when a broken release is uninstalled and installed anew", async () => {
    const [claims, secret] = [await uidsOf("pvc"), await get("secret", "woocommerce-database")];
    await succeed("helm", "uninstall", "woocommerce", "--wait");
    assert.deepEqual(await uidsOf("pvc"), claims);
    await release();
    assert.deepEqual(await uidsOf("pvc"), claims);
    assert.deepEqual((await get("secret", "woocommerce-database")).data, secret.data);
  });
});
