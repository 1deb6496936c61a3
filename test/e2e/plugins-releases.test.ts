import assert from "node:assert/strict";
import { until } from "./helpers/until";
import { describePlugins, failed, inNamespace, namespaceOf, succeeded } from "./helpers/plugin-suite";

describePlugins("stand-in provider plugins and Helm releases", "test-plugins-releases", (place) => {
  describe("releases", () => {
    const chart = "chart";
    const settings = `name: "web", namespace: ns.metadata.name, chart: "./chart", waitForJobs: true, maxHistory: 3`;
    const release = (values: string, timeout = 60) => `
      ${namespaceOf(place)}
      const release = new Release("release", { ${settings}, timeout: ${timeout}, values: ${values} }, ${inNamespace});
      exports.status = release.status;
      exports.names = release.resourceNames;
    `;
    /** Values with which no node takes the pod, so that helm waits in vain. */
    const stuck = `{ text: "stuck", os: "none" }`;
    const status = async () => ((await place.project.output("status")) as { status: string; revision: number } | undefined);
    const helmStatus = async () => {
      const { text } = await place.project.run("helm", ["list", "--all", "--namespace", place.shop, "--output", "json"]);
      return (JSON.parse(text) as { status: string }[])[0]?.status;
    };

    beforeEach(() => {
      place.project.write(`${chart}/Chart.yaml`, "apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: \"9.9\"\n");
      place.project.write(`${chart}/values.yaml`, "text: nothing\nos: linux\n");
      place.project.write(`${chart}/templates/all.yaml`, `
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
      place.project.program(release(`{ text: pulumi.secret("hush-hush"), nothing: null }`));
      succeeded(await place.project.preview());
      succeeded(await place.project.up());
      assert.deepEqual(await place.project.output("status"), {
        appVersion: "9.9", chart: "web", name: "web", namespace: place.shop, revision: 1, status: "deployed", version: "1.2.3",
      });
      assert.deepEqual(await place.project.output("names"), { "ConfigMap/v1": ["web"], "Deployment.apps/apps/v1": ["web"] });
      assert.equal(place.project.resource("kubernetes:helm.sh/v3:Release").id, `${place.shop}/web`);
      assert.ok(!JSON.stringify(place.project.resources()).includes("hush-hush"), "a secret value is in the state in plain text");
      assert.match(succeeded(await place.project.up("--expect-no-changes")), /4 unchanged/);
      assert.match(succeeded(await place.project.refresh("--expect-no-changes")), /4 unchanged/);

      place.project.program(release(`{ text: "open" }`));
      assert.match(succeeded(await place.project.up()), /~ 1 updated/);
      assert.equal((await status())?.revision, 2);
      assert.equal(await place.project.kubectl("get", "configmap", "-n", place.shop, "web", "-o", "jsonpath={.data.text}"), "open");

      place.project.program(namespaceOf(place));
      assert.match(succeeded(await place.project.up()), /- 1 deleted/);
      assert.equal(await helmStatus(), undefined);
    });

    it("that fail are recorded, shown as failed and mended by the next update", async () => {
      place.project.program(release(stuck, 3));
      const outcome = await place.project.up();
      failed(outcome, /Helm release "shop-\d+\/web" was created, but failed to initialize completely/);
      assert.match(outcome.text, /Helm release "web" was created but has a failed status/);
      assert.equal(await helmStatus(), "failed");
      assert.equal(place.project.resource("kubernetes:helm.sh/v3:Release").initErrors?.length, 1);
      succeeded(await place.project.refresh());
      assert.equal(((place.project.resource("kubernetes:helm.sh/v3:Release").outputs?.status) as { status: string }).status, "failed");

      place.project.program(release(`{ text: "mended" }`));
      assert.match(succeeded(await place.project.up()), /~ 1 updated/);
      assert.deepEqual((await status()), { ...(await status()), status: "deployed", revision: 2 });

      place.project.program(release(stuck, 3));
      failed(await place.project.up(), /Helm release "shop-\d+\/web" failed to initialize completely.*Helm Release shop-\d+\/web:/s);
      place.project.program(release(`{ text: "mended" }`));
      succeeded(await place.project.up());
      assert.equal(await helmStatus(), "deployed");
    });

    it("that were uninstalled by hand are installed again after a refresh, and fail to be deleted without one", async () => {
      place.project.program(release(`{}`));
      succeeded(await place.project.up());
      succeeded(await place.project.run("helm", ["uninstall", "web", "--namespace", place.shop]));
      failed(await place.project.destroy(), /uninstall: Release not loaded: web: release: not found/);
      assert.match(succeeded(await place.project.refresh()), /- 1 deleted/);
      succeeded(await place.project.up());
      assert.equal(await helmStatus(), "deployed");
    });

    it("whose chart is missing are refused before anything happens", async () => {
      place.project.program(release(`{}`).replace("./chart", "./nowhere"));
      failed(await place.project.preview(), /path "\.\/nowhere" not found; check the chart name and repository configuration/);
    });

    it("that are interrupted end as failed, and can go on", async () => {
      place.project.program(release(stuck));
      const up = place.project.spawnUp();
      const ended = new Promise((resolve) => up.once("exit", resolve));
      await until("helm is installing", async () => (await helmStatus()) === "pending-install");
      up.kill("SIGINT");
      await ended;
      await until("helm recorded the failure", async () => (await helmStatus()) === "failed");
      // Not without any values: helm takes that for the values of the last time.
      place.project.program(release(`{ text: "on" }`));
      succeeded(await place.project.up());
      assert.equal(await helmStatus(), "deployed");
    });

    it("whose operation was killed stay pending, block the next and leave no process behind", async () => {
      place.project.program(release(`{}`));
      succeeded(await place.project.up());
      place.project.program(release(stuck));
      const up = place.project.spawnUp();
      const ended = new Promise((resolve) => up.once("exit", resolve));
      await until("helm is upgrading", async () => (await helmStatus()) === "pending-upgrade");
      up.kill("SIGKILL");
      await ended;
      await until("the plugins and helm have ended", async () => {
        const { text } = await place.project.run("ps", ["-eo", "args"]);
        return !text.split("\n").some((line) => line.includes("helm upgrade web") || line.includes(place.project.folder));
      });
      succeeded(await place.project.pulumi("cancel", "--yes", "--stack", "test"));
      failed(await place.project.up(), /another operation \(install\/upgrade\/rollback\) is in progress/);
      succeeded(await place.project.run("helm", ["rollback", "web", "1", "--namespace", place.shop]));
      place.project.program(release(`{ text: "again" }`));
      succeeded(await place.project.up());
      assert.equal(await helmStatus(), "deployed");
    });
  });
});
