import assert from "node:assert/strict";
import { Traefik } from "../../../components/traefik";
import { podViolations } from "../helpers/pod-rules";
import { only, record } from "../helpers/recording-mocks";
import { kubeScoreFindings, type KubernetesObject, objectOf, renderChart } from "../helpers/rendered-chart";

const waivers = {
  "container-resources": "no limit on CPU: it would slow every store at once while the node is idle",
  "container-image-pull-policy": "the image is pinned by digest: pulling it again gives the same",
  "deployment-replicas": "installed in local clusters of one node only",
  "service-type": "local clusters map ports of the host to these node ports",
};

describe("Traefik's chart", () => {
  let objects: KubernetesObject[];
  before(async () => {
    objects = await renderChart("traefik", { ingressClass: "public" });
  });

  it("follows the rules for pods; only Traefik gets a token", () => {
    assert.deepEqual(podViolations(objects, { withToken: ["traefik"] }), []);
  });

  it("breaks no rule of kube-score without a reason", async () => {
    assert.deepEqual(await kubeScoreFindings(objects, waivers), []);
  });

  it("serves one IngressClass, and watches Ingresses only", () => {
    assert.equal(objectOf(objects, "IngressClass").metadata.name, "public");
    const { args } = objectOf(objects, "Deployment").spec.template.spec.containers[0];
    const providers = args.filter((arg: string) => arg.startsWith("--providers"));
    assert.deepEqual(providers, ["--providers.kubernetesingress=true", "--providers.kubernetesingress.ingressclass=public"]);
    assert.ok(!args.some((arg: string) => arg.startsWith("--api")), "no dashboard");
  });

  it("can read what it routes to and change nothing", () => {
    const { rules } = objectOf(objects, "ClusterRole");
    for (const { verbs } of rules) assert.deepEqual(verbs, ["get", "list", "watch"]);
    assert.deepEqual(rules.flatMap((rule: any) => rule.resources).sort(), [
      "endpointslices", "ingressclasses", "ingresses", "nodes", "secrets", "services",
    ]);
  });

  it("is reached on the node ports that local clusters map", async () => {
    const { ports, selector } = objectOf(objects, "Service").spec;
    assert.deepEqual(ports.map((port: any) => [port.port, port.nodePort]), [[80, 30080], [443, 30443]]);
    const { labels } = objectOf(objects, "Deployment").spec.template.metadata;
    for (const [key, value] of Object.entries(selector)) assert.equal(labels[key], value);
    const loadBalancer = objectOf(await renderChart("traefik", { service: { type: "LoadBalancer" } }), "Service").spec;
    assert.ok(loadBalancer.ports.every((port: any) => port.nodePort === undefined));
  });

  it("keeps its own labels whatever is added", async () => {
    const labels = { "app.kubernetes.io/name": "other", "storefleet.dev/env": "local" };
    for (const { metadata } of await renderChart("traefik", { labels })) {
      assert.equal(metadata.labels["app.kubernetes.io/name"], "traefik");
      assert.equal(metadata.labels["storefleet.dev/env"], "local");
    }
  });

  it("refuses a value that it does not know", async () => {
    await assert.rejects(renderChart("traefik", { ingresClass: "public" }), /ingresClass/);
  });
});

describe("Traefik", () => {
  it("is one release of the chart, with the chart's image unless another is named", async () => {
    const args = { namespace: "ingress", className: "public", chartDigest: "abc", labels: { "storefleet.dev/env": "local" } };
    const { resources } = await record(() => {
      new Traefik("pinned", args);
      new Traefik("mirrored", { ...args, image: "registry.example.com/traefik:v3", timeout: 60 });
    });
    const pinned = only(resources, ":Release", "pinned-release").inputs;
    assert.equal(pinned.chart, "./components/traefik/chart");
    assert.equal(pinned.name, "traefik");
    assert.equal(pinned.timeout, 300);
    assert.deepEqual(pinned.values, { ingressClass: "public", labels: args.labels, chartDigest: "abc" });
    const mirrored = only(resources, ":Release", "mirrored-release").inputs;
    assert.equal(mirrored.timeout, 60);
    assert.equal(mirrored.values.image, "registry.example.com/traefik:v3");
    assert.equal(objectOf(await renderChart("traefik", mirrored.values), "IngressClass").metadata.name, "public");
  });
});
