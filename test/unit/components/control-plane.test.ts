import assert from "node:assert/strict";
import { ControlPlane } from "../../../components/control-plane";
import { rbacList } from "../../../scripts/operations/rbac";
import { podViolations } from "../helpers/pod-rules";
import { mockedPassword, only, record } from "../helpers/recording-mocks";
import { kubeScoreFindings, type KubernetesObject, objectOf, renderChart } from "../helpers/rendered-chart";

const waivers = {
  "container-resources": "no limit on CPU: requests already rank it behind the stores",
  "container-image-pull-policy": "the image is pinned by digest: pulling it again gives the same",
  "deployment-has-host-podantiaffinity": "spread by topologySpreadConstraints, which still lets both run where there is one node",
  "deployment-has-poddisruptionbudget": "of the runner one has the work, and the other takes over: nothing is to be kept from going",
};
const args = {
  namespace: "storefleet-access", image: `registry.example.com/runner:1@sha256:${"0".repeat(64)}`, environment: "prod", context: "prod-cluster", host: "fleet.example.com",
  ingressClass: "public", ingressNamespace: "ingress", variables: ["AWS_ACCESS_KEY_ID"], chartDigest: "abc", tls: { issuer: "letsencrypt" },
};

describe("the control plane", () => {
  let values: Record<string, any>;
  let objects: KubernetesObject[];
  let recorded: Awaited<ReturnType<typeof record>>["resources"];
  before(async () => {
    ({ resources: recorded } = await record(() => new ControlPlane("fleet", args)));
    ({ values } = only(recorded, ":Release").inputs);
    objects = await renderChart("control-plane", values);
  });
  const deployment = (name: string) => objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === name)!.spec;
  const policy = (name: string) => objects.find(({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name === name)!.spec;
  const container = (name: string) => deployment(name).template.spec.containers[0];

  it("is one release, whose session key is a Secret of its own and no value of the chart", () => {
    const key = mockedPassword("fleet-session-key", 48);
    assert.deepEqual(only(recorded, ":Secret").inputs.stringData.value, { key });
    assert.ok(!JSON.stringify(values).includes(key));
    assert.match(values.sessions.revision, /^[0-9a-f]{12}$/);
  });

  it("follows the rules for pods, of which both talk to the API server", () => {
    const known = /^Deployment\/control-plane-runner: container runner (has no|lacks) .*[Pp]robe/;
    assert.deepEqual(podViolations(objects, { withToken: ["control-plane", "control-plane-runner"] }).filter((it) => !known.test(it)), []);
  });

  it("breaks no rule of kube-score without a reason", async () => {
    assert.deepEqual(await kubeScoreFindings(objects, waivers), []);
  });

  it("runs the API as an account that sees, and the runner as the one that changes stores", () => {
    const accounts = rbacList("prod", { controlPlane: true }).items as unknown as { kind: string; metadata: { name: string; namespace?: string } }[];
    for (const [name, account] of [["control-plane", "api"], ["control-plane-runner", "deployer"]] as const) {
      assert.equal(deployment(name).template.spec.serviceAccountName, account);
      assert.ok(accounts.some(({ kind, metadata }) => kind === "ServiceAccount" && metadata.name === account && metadata.namespace === args.namespace), account);
    }
  });

  it("gives the state's login to the runner alone, and the session key to the API alone", () => {
    assert.deepEqual(container("control-plane-runner").env.slice(1), [{ name: "AWS_ACCESS_KEY_ID", valueFrom: { secretKeyRef: { name: "storefleet-state", key: "AWS_ACCESS_KEY_ID" } } }]);
    assert.deepEqual(container("control-plane").env.map(({ name }: { name: string }) => name), ["STOREFLEET_CONTEXT"]);
    assert.ok(!JSON.stringify(deployment("control-plane-runner")).includes("storefleet-sessions"));
  });

  it("lets in who comes through the ingress controller, and nobody to the runner", () => {
    assert.deepEqual(policy("control-plane").ingress, [{ from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress" } } }], ports: [{ protocol: "TCP", port: "http" }] }]);
    assert.deepEqual([policy("control-plane-runner").ingress, policy("control-plane-runner").policyTypes], [[], ["Ingress", "Egress"]]);
    assert.equal(objectOf(objects, "Service").spec.selector.app, "control-plane-api");
  });

  it("knows by what address it is asked, with TLS or without", async () => {
    const asked = container("control-plane").args;
    assert.equal(asked[asked.indexOf("--behind") + 1], "https://fleet.example.com");
    assert.deepEqual(objectOf(objects, "Ingress").spec.tls, [{ hosts: ["fleet.example.com"], secretName: "control-plane-tls" }]);
    const { tls: _, ...plain } = args;
    const { resources } = await record(() => new ControlPlane("plain", { ...plain, host: "fleet.127.0.0.1.nip.io", ports: { http: 8080, https: 8443 } }));
    assert.equal(only(resources, ":Release").inputs.values.origin, "http://fleet.127.0.0.1.nip.io:8080");
  });
});
