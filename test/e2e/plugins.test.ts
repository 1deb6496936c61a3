import assert from "node:assert/strict";
import { describePlugins, failed, inNamespace, namespaceOf, succeeded } from "./helpers/plugin-suite";

describePlugins("stand-in provider plugins on a cluster", "test-plugins", (place) => {
  describe("objects", () => {
    const objects = (label: string, text: string) => `
      ${namespaceOf(place)}
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
      place.project.program(objects(`{ tier: "one", extra: "yes" }`, "first"));
      assert.match(succeeded(await place.project.preview()), /\+ 10 to create/);
      succeeded(await place.project.up());
      const password = String(await place.project.output("password"));
      assert.equal(password.length, 24);
      assert.deepEqual(await place.project.output("data"), {
        password: Buffer.from(password).toString("base64"), user: Buffer.from("admin").toString("base64"),
      });
      assert.equal(await place.project.output("id"), `${place.shop}/admin`);
      assert.equal(await place.project.kubectl("get", "secret", "-n", place.shop, "admin", "-o", "jsonpath={.data.password}"), Buffer.from(password).toString("base64"));
      assert.match(place.project.resource("kubernetes:core/v1:ConfigMap").id ?? "", new RegExp(`^${place.shop}/config-[0-9a-f]{8}$`));

      const state = JSON.stringify(place.project.resources());
      assert.ok(!state.includes(password) && !state.includes(Buffer.from(password).toString("base64")), "the password is in the state in plain text");

      assert.match(succeeded(await place.project.up("--expect-no-changes")), /10 unchanged/);
      assert.match(succeeded(await place.project.refresh("--expect-no-changes")), /10 unchanged/);

      // The label that is left out must go, which only the manager that set it can bring about.
      place.project.program(objects(`{ tier: "two" }`, "second"));
      assert.match(succeeded(await place.project.preview()), /~ 2 to update/);
      assert.match(succeeded(await place.project.up()), /~ 2 updated/);
      const labels = await place.project.kubectl("get", "secret", "-n", place.shop, "admin", "-o", "jsonpath={.metadata.labels}");
      assert.deepEqual(JSON.parse(labels), { tier: "two" });
      assert.equal(await place.project.output("password"), password);
      assert.match(succeeded(await place.project.up("--expect-no-changes")), /10 unchanged/);

      assert.match(succeeded(await place.project.destroy()), /- 10 deleted/);
      assert.equal(await place.project.kubectl("get", "namespace", place.shop, "--ignore-not-found"), "");
    });

    it("are replaced when their name, or what cannot change in place, changes", async () => {
      const program = (name: string, text: string, length: number) => `
        ${namespaceOf(place)}
        new core.ConfigMap("config", { metadata: { name: "${name}", namespace: "${place.shop}" }, data: { text: "${text}" } }, ${inNamespace});
        new random.RandomPassword("password", { length: ${length}, keepers: { text: "${text}" } });
        new random.RandomId("id", { byteLength: 4, prefix: "${name}-" });
      `;
      const contents = (name: string) => place.project.kubectl("get", "configmap", "-n", place.shop, name, "-o", "jsonpath={.data.text}");
      place.project.program(program("one", "a", 10), "{}");
      succeeded(await place.project.up());

      // Without enableConfigMapMutable new contents make a new object, and the fixed name forces the old one out first.
      place.project.program(program("one", "b", 10), "{}");
      assert.match(succeeded(await place.project.up()), /\+-\s?2 replaced/);
      assert.equal(await contents("one"), "b");

      place.project.program(program("two", "b", 12), "{}");
      const text = succeeded(await place.project.preview());
      assert.match(text, /\+-\s?3 to replace/);
      succeeded(await place.project.up());
      assert.equal(await contents("two"), "b");
      assert.equal(await place.project.kubectl("get", "configmap", "-n", place.shop, "one", "--ignore-not-found"), "");
    });

    it("that were changed or deleted by hand are noticed by a refresh and put right", async () => {
      place.project.program(`
        ${namespaceOf(place)}
        new core.ConfigMap("config", { metadata: { name: "config", namespace: "${place.shop}" }, data: { text: "wanted" } }, ${inNamespace});
        new core.ServiceAccount("account", { metadata: { name: "account", namespace: "${place.shop}" } }, ${inNamespace});
      `);
      succeeded(await place.project.up());
      await place.project.kubectl("patch", "configmap", "-n", place.shop, "config", "--field-manager", "kubectl", "-p", '{"data":{"text":"by hand"}}');
      await place.project.kubectl("delete", "serviceaccount", "-n", place.shop, "account");
      const refreshed = succeeded(await place.project.refresh());
      assert.match(refreshed, /~ 1 updated/);
      assert.match(refreshed, /- 1 deleted/);
      succeeded(await place.project.up());
      assert.equal(await place.project.kubectl("get", "configmap", "-n", place.shop, "config", "-o", "jsonpath={.data.text}"), "wanted");
      await place.project.kubectl("get", "serviceaccount", "-n", place.shop, "account");
    });

    it("that exist already are not taken over unless that is asked for", async () => {
      await place.project.kubectl("create", "namespace", place.shop);
      place.project.program(namespaceOf(place));
      succeeded(await place.project.preview());
      failed(await place.project.up(), /was not successfully created by the Kubernetes API server: namespaces "shop-\d+" already exists/);
      place.project.program(namespaceOf(place), "{ upsertExistingObjects: true }");
      succeeded(await place.project.up());
    });

    it("that do not go away in time fail with their last state kept", async () => {
      place.project.program(`
        ${namespaceOf(place)}
        new core.ConfigMap("config", { metadata: { name: "held", namespace: "${place.shop}", finalizers: ["storefleet.dev/held"] } }, {
          provider, parent: ns, customTimeouts: { delete: "2s" },
        });
      `);
      succeeded(await place.project.up());
      const outcome = await place.project.destroy();
      failed(outcome, /timed out waiting for the condition/);
      assert.match(outcome.text, /finalizers might be preventing deletion \(storefleet\.dev\/held/);
      assert.equal(place.project.resource("kubernetes:core/v1:ConfigMap").id, `${place.shop}/held`);
      await place.project.kubectl("patch", "configmap", "-n", place.shop, "held", "--type=merge", "-p", '{"metadata":{"finalizers":null}}');
    });

    it("of unknown types are refused by name", async () => {
      place.project.program(`
        const { Service } = require("@pulumi/kubernetes/core/v1");
        new Service("service", { spec: { ports: [{ port: 80 }] } }, { provider });
      `);
      failed(await place.project.preview(), /kubernetes:core\/v1:Service is not part of Storefleet's stand-in/);
    });
  });

  describe("clusters", () => {
    it("without the label of a test cluster are refused", async () => {
      await place.project.kubectl("label", "namespace", "kube-system", "storefleet.dev/test-cluster-");
      try {
        place.project.program(namespaceOf(place));
        failed(await place.project.up(), /is not marked as a test cluster.*pulumi plugin install resource kubernetes/s);
        assert.equal(await place.project.kubectl("get", "namespace", place.shop, "--ignore-not-found"), "");
      } finally {
        await place.project.kubectl("label", "namespace", "kube-system", "storefleet.dev/test-cluster=true");
      }
    });

    it("that cannot be reached fail with the reason, and can be given up", async () => {
      place.project.program(namespaceOf(place));
      succeeded(await place.project.up());
      const server = await place.project.kubectl("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}");
      const gone = (await place.project.kubectl("config", "view", "--raw")).replace(server, "https://127.0.0.1:1");
      place.project.write("gone", gone);
      const config = `{ clusterIdentifier: "same", kubeconfig: process.env.TEST_KUBECONFIG }`;
      const operation = (kubeconfig: string, ...args: string[]) =>
        place.project.run("pulumi", [...args, "--stack", "test", "--non-interactive", "--color", "never"], { TEST_KUBECONFIG: kubeconfig });
      place.project.program(namespaceOf(place), config);
      succeeded(await operation(place.kubeconfig, "up", "--yes", "--skip-preview"));

      place.project.program(`${namespaceOf(place)} new core.ConfigMap("config", { metadata: { namespace: "${place.shop}" }, data: { a: "b" } }, { provider });`, config);
      succeeded(await operation("gone", "preview"));
      failed(
        await operation("gone", "up", "--yes", "--skip-preview"),
        /configured Kubernetes cluster is unreachable: unable to load schema information from the API server: .*ECONNREFUSED/,
      );
      failed(await operation("gone", "refresh", "--yes", "--skip-preview"), /failed to read resource state due to unreachable cluster/);
      const given = await place.project.run("pulumi", ["refresh", "--yes", "--skip-preview", "--stack", "test", "--non-interactive"], {
        TEST_KUBECONFIG: "gone", PULUMI_K8S_DELETE_UNREACHABLE: "true",
      });
      succeeded(given);
      assert.ok(!place.project.resources().some(({ type }) => type === "kubernetes:core/v1:Namespace"));
    });
  });
});
