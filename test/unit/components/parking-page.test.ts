import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ParkingPage } from "../../../components/parking-page";
import { freePorts, isListening } from "../../../scripts/machine/cluster/ports";
import { until } from "../../../scripts/machine/os/until";
import { podViolations } from "../helpers/pod-rules";
import { only, record } from "../helpers/recording-mocks";
import { kubeScoreFindings, type KubernetesObject, objectOf, renderChart } from "../helpers/rendered-chart";

const waivers = {
  "container-resources": "no limit on CPU: requests already rank it behind the stores",
  "container-image-pull-policy": "the image is pinned by digest or by what it is made from: pulling it again gives the same",
  "deployment-has-host-podantiaffinity": "spread by topologySpreadConstraints, which still lets both run where there is one node",
  "deployment-has-poddisruptionbudget": "without it for a moment, a suspended shop is not found where else it is closed",
};
const args = { namespace: "storefleet-parking", ingressClass: "public", ingressNamespace: "ingress", image: `example.com/storefront:1@sha256:${"0".repeat(64)}`, chartDigest: "abc" };

describe("the parking page's chart", () => {
  let objects: KubernetesObject[];
  before(async () => {
    const { resources } = await record(() => new ParkingPage("parking-page", args));
    objects = await renderChart("parking-page", only(resources, ":Release").inputs.values);
  });

  it("follows the rules for pods", () => {
    assert.deepEqual(podViolations(objects), []);
  });

  it("breaks no rule of kube-score without a reason", async () => {
    assert.deepEqual(await kubeScoreFindings(objects, waivers), []);
  });

  it("answers for what no other Ingress of the class does, by rules none", () => {
    const { spec, metadata } = objectOf(objects, "Ingress");
    assert.deepEqual(spec, { ingressClassName: "public", defaultBackend: { service: { name: "parking-page", port: { name: "http" } } } });
    assert.equal(metadata.annotations, undefined);
    const { selector, ports } = objectOf(objects, "Service").spec;
    assert.deepEqual(ports, [{ name: "http", port: 80, targetPort: "http" }]);
    const { labels } = objectOf(objects, "Deployment").spec.template.metadata;
    for (const [key, value] of Object.entries(selector)) assert.equal(labels[key], value);
  });

  it("lets in who comes through the ingress controller, and connects to nobody", () => {
    const { policyTypes, ingress, egress } = objectOf(objects, "NetworkPolicy").spec;
    assert.deepEqual([policyTypes, egress], [["Ingress", "Egress"], []]);
    assert.deepEqual(ingress, [{ from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress" } } }], ports: [{ protocol: "TCP", port: "http" }] }]);
  });

  it("starts its pods anew with another page", async () => {
    const marked = async (chartDigest: string) => objectOf(await renderChart("parking-page", { chartDigest }), "Deployment").spec.template.metadata.annotations;
    assert.notDeepEqual(await marked("one"), await marked("two"));
  });

  it("pulls its image with a Secret of its own where the registry asks for a login, of which the chart gets the name", async () => {
    const { resources } = await record(() => new ParkingPage("closed", { ...args, pullSecret: "canary-of-a-login" }));
    const { metadata, type, stringData } = only(resources, ":Secret").inputs;
    assert.deepEqual([metadata.name, metadata.namespace, type, stringData.value], ["image-pull", "storefleet-parking", "kubernetes.io/dockerconfigjson", { ".dockerconfigjson": "canary-of-a-login" }]);
    const release = only(resources, ":Release").inputs;
    assert.ok(!JSON.stringify(release).includes("canary"));
    assert.deepEqual(objectOf(await renderChart("parking-page", release.values), "Deployment").spec.template.spec.imagePullSecrets, [{ name: "image-pull" }]);
    assert.equal(objectOf(objects, "Deployment").spec.template.spec.imagePullSecrets, undefined);
  });

  describe("what its pods run", () => {
    let folder: string;
    let server: ChildProcess;
    let port: number;
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "storefleet-parking-"));
      for (const [name, text] of Object.entries(objectOf(objects, "ConfigMap").data)) writeFileSync(join(folder, name), text as string);
      const [container] = objectOf(objects, "Deployment").spec.template.spec.containers;
      port = (await freePorts([undefined]))[0]!;
      const variables = Object.fromEntries(container.env.map(({ name, value }: { name: string; value: string }) => [name, name === "PORT" ? String(port) : value]));
      const [command, file] = container.command as [string, string];
      assert.equal(command, "node");
      server = spawn(process.execPath, [file.replace(/^\/page/, folder)], { env: variables, stdio: "inherit" });
      assert.ok(await until(() => isListening(port), { within: 20_000, every: 50 }), "it does not listen");
    });
    after(() => {
      server.kill("SIGKILL");
      rmSync(folder, { recursive: true });
    });

    const ask = async (method: string, path: string, host: string, body?: string) => {
      const sent = httpRequest({ host: "127.0.0.1", port, method, path, headers: { host } }).end(body);
      const [answer] = (await once(sent, "response")) as [import("node:http").IncomingMessage];
      let text = "";
      for await (const chunk of answer) text += String(chunk);
      return { status: answer.statusCode, headers: answer.headers, text };
    };

    it("says of every address that the shop is closed for now, when to come again, and that this is not to be kept", async () => {
      for (const [method, path] of [["GET", "/"], ["GET", "/wp-admin/?x=1"], ["POST", "/checkout"], ["GET", "/healthz"]] as const) {
        const { status, headers, text } = await ask(method, path, "shop.example.com", method === "POST" ? "x".repeat(100_000) : undefined);
        assert.deepEqual([status, headers["retry-after"], headers["x-robots-tag"], headers["cache-control"]], [503, "3600", "noindex", "no-store"], `${method} ${path}`);
        assert.match(text, /<meta name="robots" content="noindex">[^]*Closed for now/);
      }
      const { status, text, headers } = await ask("HEAD", "/", "shop.example.com");
      assert.deepEqual([status, text, Number(headers["content-length"]) > 0], [503, "", true]);
    });

    it("is well for the one who asks by its own name", async () => {
      const { readinessProbe } = objectOf(objects, "Deployment").spec.template.spec.containers[0];
      const [{ value }] = readinessProbe.httpGet.httpHeaders;
      assert.equal((await ask("GET", readinessProbe.httpGet.path, value)).status, 204);
    });

    it("ends when it is told to", async () => {
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      assert.deepEqual(await ended, [0, null]);
    });
  });
});
