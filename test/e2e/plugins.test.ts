import assert from "node:assert/strict";
import { clusterReset, clusterUp } from "../../scripts/cluster";
import { ensureTools, operationTools } from "../../scripts/tools";
import { PluginProject, type Outcome } from "./helpers/plugin-project";
import { until } from "./helpers/until";

const clusterName = "test-plugins";
const quiet = () => undefined;

/** Each test has a namespace of its own, so that none waits for another's to be gone. */
let count = 0;
let shop: string;
const namespace = () => `const ns = new core.Namespace("ns", { metadata: { name: "${shop}" } }, { provider });`;
const inNamespace = `{ provider, parent: ns }`;

function succeeded(outcome: Outcome): string {
  assert.equal(outcome.code, 0, outcome.text);
  return outcome.text;
}

function failed(outcome: Outcome, message: RegExp): void {
  assert.notEqual(outcome.code, 0, outcome.text);
  assert.match(outcome.text, message);
}

describe("stand-in provider plugins on a cluster", function () {
  this.timeout(180_000);
  let kubeconfig: string;
  let project: PluginProject;

  before(async function () {
    this.timeout(30 * 60_000);
    await ensureTools(operationTools, quiet);
    ({ kubeconfig } = await clusterUp({ name: clusterName, log: quiet }));
  });

  beforeEach(async () => {
    shop = `shop-${++count}`;
    project = new PluginProject(kubeconfig);
    await project.start();
  });

  afterEach(async () => {
    await project.kubectl("delete", "namespace", shop, "--ignore-not-found", "--wait=false");
    project.remove();
  });

  after(() => clusterReset(clusterName));

  describe("objects", () => {
    const objects = (label: string, text: string) => `
      ${namespace()}
      const password = new random.RandomPassword("password", { length: 24 });
      const secret = new core.Secret("secret", {
        metadata: { name: "admin", namespace: ns.metadata.name, labels: ${label} },
        stringData: { password: password.result, user: "admin" },
      }, ${inNamespace});
      new core.ConfigMap("config", { metadata: { namespace: ns.metadata.name }, data: { text: "${text}" } }, ${inNamespace});
      new core.ServiceAccount("account", {
        metadata: { name: "shop", namespace: ns.metadata.name }, automountServiceAccountToken: false,
      }, ${inNamespace});
      new core.ResourceQuota("quota", {
        metadata: { name: "quota", namespace: ns.metadata.name },
        spec: { hard: { "requests.cpu": "0.5", "limits.memory": "1024Mi", pods: "10" } },
      }, ${inNamespace});
      new core.LimitRange("limits", {
        metadata: { name: "limits", namespace: ns.metadata.name },
        spec: { limits: [{ type: "Container", default: { memory: "1024Mi" }, defaultRequest: { cpu: "1000m" } }] },
      }, ${inNamespace});
      new networking.NetworkPolicy("deny", {
        metadata: { name: "deny", namespace: ns.metadata.name },
        spec: { podSelector: { matchLabels: {} }, policyTypes: ["Ingress"], ingress: [] },
      }, ${inNamespace});
      exports.data = secret.data;
      exports.password = password.result;
      exports.id = secret.id;
    `;

    it("are created, stay as they are, change in place and keep their secrets", async () => {
      project.program(objects(`{ tier: "one", extra: "yes" }`, "first"));
      assert.match(succeeded(await project.preview()), /\+ 10 to create/);
      succeeded(await project.up());
      const password = String(await project.output("password"));
      assert.equal(password.length, 24);
      assert.deepEqual(await project.output("data"), {
        password: Buffer.from(password).toString("base64"), user: Buffer.from("admin").toString("base64"),
      });
      assert.equal(await project.output("id"), `${shop}/admin`);
      assert.equal(await project.kubectl("get", "secret", "-n", shop, "admin", "-o", "jsonpath={.data.password}"), Buffer.from(password).toString("base64"));
      assert.match(project.resource("kubernetes:core/v1:ConfigMap").id ?? "", new RegExp(`^${shop}/config-[0-9a-f]{8}$`));

      const state = JSON.stringify(project.resources());
      assert.ok(!state.includes(password) && !state.includes(Buffer.from(password).toString("base64")), "the password is in the state in plain text");

      assert.match(succeeded(await project.up("--expect-no-changes")), /10 unchanged/);
      assert.match(succeeded(await project.refresh("--expect-no-changes")), /10 unchanged/);

      // The label that is left out must go, which only the manager that set it can bring about.
      project.program(objects(`{ tier: "two" }`, "second"));
      assert.match(succeeded(await project.preview()), /~ 2 to update/);
      assert.match(succeeded(await project.up()), /~ 2 updated/);
      const labels = await project.kubectl("get", "secret", "-n", shop, "admin", "-o", "jsonpath={.metadata.labels}");
      assert.deepEqual(JSON.parse(labels), { tier: "two" });
      assert.equal(await project.output("password"), password);
      assert.match(succeeded(await project.up("--expect-no-changes")), /10 unchanged/);

      assert.match(succeeded(await project.destroy()), /- 10 deleted/);
      assert.equal(await project.kubectl("get", "namespace", shop, "--ignore-not-found"), "");
    });

    it("are replaced when their name, or what cannot change in place, changes", async () => {
      const program = (name: string, text: string, length: number) => `
        ${namespace()}
        new core.ConfigMap("config", { metadata: { name: "${name}", namespace: "${shop}" }, data: { text: "${text}" } }, ${inNamespace});
        new random.RandomPassword("password", { length: ${length}, keepers: { text: "${text}" } });
        new random.RandomId("id", { byteLength: 4, prefix: "${name}-" });
      `;
      const contents = (name: string) => project.kubectl("get", "configmap", "-n", shop, name, "-o", "jsonpath={.data.text}");
      project.program(program("one", "a", 10), "{}");
      succeeded(await project.up());

      // Without enableConfigMapMutable new contents make a new object, and the fixed name forces the old one out first.
      project.program(program("one", "b", 10), "{}");
      assert.match(succeeded(await project.up()), /\+-\s?2 replaced/);
      assert.equal(await contents("one"), "b");

      project.program(program("two", "b", 12), "{}");
      const text = succeeded(await project.preview());
      assert.match(text, /\+-\s?3 to replace/);
      succeeded(await project.up());
      assert.equal(await contents("two"), "b");
      assert.equal(await project.kubectl("get", "configmap", "-n", shop, "one", "--ignore-not-found"), "");
    });

    it("that were changed or deleted by hand are noticed by a refresh and put right", async () => {
      project.program(`
        ${namespace()}
        new core.ConfigMap("config", { metadata: { name: "config", namespace: "${shop}" }, data: { text: "wanted" } }, ${inNamespace});
        new core.ServiceAccount("account", { metadata: { name: "account", namespace: "${shop}" } }, ${inNamespace});
      `);
      succeeded(await project.up());
      await project.kubectl("patch", "configmap", "-n", shop, "config", "--field-manager", "kubectl", "-p", '{"data":{"text":"by hand"}}');
      await project.kubectl("delete", "serviceaccount", "-n", shop, "account");
      const refreshed = succeeded(await project.refresh());
      assert.match(refreshed, /~ 1 updated/);
      assert.match(refreshed, /- 1 deleted/);
      succeeded(await project.up());
      assert.equal(await project.kubectl("get", "configmap", "-n", shop, "config", "-o", "jsonpath={.data.text}"), "wanted");
      await project.kubectl("get", "serviceaccount", "-n", shop, "account");
    });

    it("that exist already are not taken over unless that is asked for", async () => {
      await project.kubectl("create", "namespace", shop);
      project.program(namespace());
      succeeded(await project.preview());
      failed(await project.up(), /was not successfully created by the Kubernetes API server: namespaces "shop-\d+" already exists/);
      project.program(namespace(), "{ upsertExistingObjects: true }");
      succeeded(await project.up());
    });

    it("that do not go away in time fail with their last state kept", async () => {
      project.program(`
        ${namespace()}
        new core.ConfigMap("config", { metadata: { name: "held", namespace: "${shop}", finalizers: ["storefleet.dev/held"] } }, {
          provider, parent: ns, customTimeouts: { delete: "2s" },
        });
      `);
      succeeded(await project.up());
      const outcome = await project.destroy();
      failed(outcome, /timed out waiting for the condition/);
      assert.match(outcome.text, /finalizers might be preventing deletion \(storefleet\.dev\/held/);
      assert.equal(project.resource("kubernetes:core/v1:ConfigMap").id, `${shop}/held`);
      await project.kubectl("patch", "configmap", "-n", shop, "held", "--type=merge", "-p", '{"metadata":{"finalizers":null}}');
    });

    it("of unknown types are refused by name", async () => {
      project.program(`
        const { Service } = require("@pulumi/kubernetes/core/v1");
        new Service("service", { spec: { ports: [{ port: 80 }] } }, { provider });
      `);
      failed(await project.preview(), /kubernetes:core\/v1:Service is not part of Storefleet's stand-in/);
    });
  });

  describe("clusters", () => {
    it("without the label of a test cluster are refused", async () => {
      await project.kubectl("label", "namespace", "kube-system", "storefleet.dev/test-cluster-");
      try {
        project.program(namespace());
        failed(await project.up(), /is not marked as a test cluster.*pulumi plugin install resource kubernetes/s);
        assert.equal(await project.kubectl("get", "namespace", shop, "--ignore-not-found"), "");
      } finally {
        await project.kubectl("label", "namespace", "kube-system", "storefleet.dev/test-cluster=true");
      }
    });

    it("that cannot be reached fail with the reason, and can be given up", async () => {
      project.program(namespace());
      succeeded(await project.up());
      const server = await project.kubectl("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}");
      const gone = (await project.kubectl("config", "view", "--raw")).replace(server, "https://127.0.0.1:1");
      project.write("gone", gone);
      const config = `{ clusterIdentifier: "same", kubeconfig: process.env.TEST_KUBECONFIG }`;
      const operation = (kubeconfig: string, ...args: string[]) =>
        project.run("pulumi", [...args, "--stack", "test", "--non-interactive", "--color", "never"], { TEST_KUBECONFIG: kubeconfig });
      project.program(namespace(), config);
      succeeded(await operation(kubeconfig, "up", "--yes", "--skip-preview"));

      project.program(`${namespace()} new core.ConfigMap("config", { metadata: { namespace: "${shop}" }, data: { a: "b" } }, { provider });`, config);
      succeeded(await operation("gone", "preview"));
      failed(
        await operation("gone", "up", "--yes", "--skip-preview"),
        /configured Kubernetes cluster is unreachable: unable to load schema information from the API server: .*ECONNREFUSED/,
      );
      failed(await operation("gone", "refresh", "--yes", "--skip-preview"), /failed to read resource state due to unreachable cluster/);
      const given = await project.run("pulumi", ["refresh", "--yes", "--skip-preview", "--stack", "test", "--non-interactive"], {
        TEST_KUBECONFIG: "gone", PULUMI_K8S_DELETE_UNREACHABLE: "true",
      });
      succeeded(given);
      assert.ok(!project.resources().some(({ type }) => type === "kubernetes:core/v1:Namespace"));
    });
  });

  describe("releases", () => {
    const chart = "chart";
    const settings = `name: "web", namespace: ns.metadata.name, chart: "./chart", waitForJobs: true, maxHistory: 3`;
    const release = (values: string, timeout = 60) => `
      ${namespace()}
      const release = new Release("release", { ${settings}, timeout: ${timeout}, values: ${values} }, ${inNamespace});
      exports.status = release.status;
      exports.names = release.resourceNames;
    `;
    /** Values with which no node takes the pod, so that helm waits in vain. */
    const stuck = `{ text: "stuck", os: "none" }`;
    const status = async () => ((await project.output("status")) as { status: string; revision: number } | undefined);
    const helmStatus = async () => {
      const { text } = await project.run("helm", ["list", "--all", "--namespace", shop, "--output", "json"]);
      return (JSON.parse(text) as { status: string }[])[0]?.status;
    };

    beforeEach(() => {
      project.write(`${chart}/Chart.yaml`, "apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: \"9.9\"\n");
      project.write(`${chart}/values.yaml`, "text: nothing\nos: linux\n");
      project.write(`${chart}/templates/all.yaml`, `
apiVersion: v1
kind: ConfigMap
metadata: { name: web }
data: { text: {{ .Values.text | quote }} }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      nodeSelector: { kubernetes.io/os: {{ .Values.os }} }
      containers: [{ name: web, image: nowhere.invalid/web:1 }]
`);
    });

    it("are installed, left alone, upgraded and uninstalled", async () => {
      project.program(release(`{ text: pulumi.secret("hush-hush"), nothing: null }`));
      succeeded(await project.preview());
      succeeded(await project.up());
      assert.deepEqual(await project.output("status"), {
        appVersion: "9.9", chart: "web", name: "web", namespace: shop, revision: 1, status: "deployed", version: "1.2.3",
      });
      assert.deepEqual(await project.output("names"), { "ConfigMap/v1": ["web"], "Deployment.apps/apps/v1": ["web"] });
      assert.equal(project.resource("kubernetes:helm.sh/v3:Release").id, `${shop}/web`);
      assert.ok(!JSON.stringify(project.resources()).includes("hush-hush"), "a secret value is in the state in plain text");
      assert.match(succeeded(await project.up("--expect-no-changes")), /4 unchanged/);
      assert.match(succeeded(await project.refresh("--expect-no-changes")), /4 unchanged/);

      project.program(release(`{ text: "open" }`));
      assert.match(succeeded(await project.up()), /~ 1 updated/);
      assert.equal((await status())?.revision, 2);
      assert.equal(await project.kubectl("get", "configmap", "-n", shop, "web", "-o", "jsonpath={.data.text}"), "open");

      project.program(namespace());
      assert.match(succeeded(await project.up()), /- 1 deleted/);
      assert.equal(await helmStatus(), undefined);
    });

    it("that fail are recorded, shown as failed and mended by the next update", async () => {
      project.program(release(stuck, 3));
      const outcome = await project.up();
      failed(outcome, /Helm release "shop-\d+\/web" was created, but failed to initialize completely/);
      assert.match(outcome.text, /Helm release "web" was created but has a failed status/);
      assert.equal(await helmStatus(), "failed");
      assert.equal(project.resource("kubernetes:helm.sh/v3:Release").initErrors?.length, 1);
      succeeded(await project.refresh());
      assert.equal(((project.resource("kubernetes:helm.sh/v3:Release").outputs?.status) as { status: string }).status, "failed");

      project.program(release(`{ text: "mended" }`));
      assert.match(succeeded(await project.up()), /~ 1 updated/);
      assert.deepEqual((await status()), { ...(await status()), status: "deployed", revision: 2 });

      project.program(release(stuck, 3));
      failed(await project.up(), /Helm release "shop-\d+\/web" failed to initialize completely.*Helm Release shop-\d+\/web:/s);
      project.program(release(`{ text: "mended" }`));
      succeeded(await project.up());
      assert.equal(await helmStatus(), "deployed");
    });

    it("that were uninstalled by hand are installed again after a refresh, and fail to be deleted without one", async () => {
      project.program(release(`{}`));
      succeeded(await project.up());
      succeeded(await project.run("helm", ["uninstall", "web", "--namespace", shop]));
      failed(await project.destroy(), /uninstall: Release not loaded: web: release: not found/);
      assert.match(succeeded(await project.refresh()), /- 1 deleted/);
      succeeded(await project.up());
      assert.equal(await helmStatus(), "deployed");
    });

    it("whose chart is missing are refused before anything happens", async () => {
      project.program(release(`{}`).replace("./chart", "./nowhere"));
      failed(await project.preview(), /path "\.\/nowhere" not found; check the chart name and repository configuration/);
    });

    it("that are interrupted end as failed, and can go on", async () => {
      project.program(release(stuck));
      const up = project.spawnUp();
      const ended = new Promise((resolve) => up.once("exit", resolve));
      await until("helm is installing", async () => (await helmStatus()) === "pending-install");
      up.kill("SIGINT");
      await ended;
      await until("helm recorded the failure", async () => (await helmStatus()) === "failed");
      // Not without any values: helm takes that for the values of the last time.
      project.program(release(`{ text: "on" }`));
      succeeded(await project.up());
      assert.equal(await helmStatus(), "deployed");
    });

    it("whose operation was killed stay pending, block the next and leave no process behind", async () => {
      project.program(release(`{}`));
      succeeded(await project.up());
      project.program(release(stuck));
      const up = project.spawnUp();
      const ended = new Promise((resolve) => up.once("exit", resolve));
      await until("helm is upgrading", async () => (await helmStatus()) === "pending-upgrade");
      up.kill("SIGKILL");
      await ended;
      await until("the plugins and helm have ended", async () => {
        const { text } = await project.run("ps", ["-eo", "args"]);
        return !text.split("\n").some((line) => line.includes("helm upgrade web") || line.includes(project.folder));
      });
      succeeded(await project.pulumi("cancel", "--yes", "--stack", "test"));
      failed(await project.up(), /another operation \(install\/upgrade\/rollback\) is in progress/);
      succeeded(await project.run("helm", ["rollback", "web", "1", "--namespace", shop]));
      project.program(release(`{ text: "again" }`));
      succeeded(await project.up());
      assert.equal(await helmStatus(), "deployed");
    });
  });
});
