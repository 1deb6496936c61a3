import assert from "node:assert/strict";
import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSecret } from "@pulumi/pulumi";
import { readSettings } from "../../../config/environment";
import { UserError } from "../../../config/errors";
import { filesDigest } from "../../../config/files-digest";
import type { EnvironmentName } from "../../../config/names";
import { withOwnImages } from "../../../config/own-images";
import { projectRoot } from "../../../config/root";
import { environment } from "../../../infra";
import { clusterProvider } from "../../../infra/cluster-provider";
import { environmentDigest, secretRevisions } from "../../../infra/digest";
import { isSource } from "../../images/sources";
import { keepEnvironment } from "../helpers/keep-environment";
import { only, record, type Recorded } from "../helpers/recording-mocks";
import type { PartName } from "../../../infra/part-name";

const local = { ingress: { controllerNamespace: "ingress", install: true }, hostSuffix: ".127.0.0.1.nip.io", egress: "allow", mailCatcher: true };
const prod = {
  context: "prod-cluster",
  ingress: { className: "traefik", controllerNamespace: "kube-system" },
  hostSuffix: ".shops.example.com",
  storageClass: "local-path",
  egress: "deny",
  smtp: { host: "smtp.example.com", from: "shop@example.com" },
};

/**
 * @param found labels of what the cluster has already, by kind and name
 * @param existing the same, whole
 */
async function run(env: EnvironmentName, settings: object, secrets: Record<string, string> = {}, found: Record<string, Record<string, string>> = {}, former: object = {}, existing: Record<string, object> = {}) {
  const finder = async () => async ({ kind, name }: PartName) => {
    if (name === "kube-system") return { metadata: { uid: "this-cluster" } };
    return existing[`${kind} ${name}`] ?? (found[`${kind} ${name}`] && { metadata: { labels: found[`${kind} ${name}`] } });
  };
  return record(() => environment(env, finder), {
    stack: env,
    outputs: { [`organization/storefleet/${env}`]: former },
    config: { "storefleet:settings": JSON.stringify(settings), ...secrets },
  });
}

const names = (resources: Recorded[], type: string) =>
  resources.filter((it) => it.type.endsWith(type)).map(({ inputs }) => inputs.metadata?.name ?? inputs.name);

describe("the environment's program", () => {
  keepEnvironment();
  beforeEach(() => {
    process.env.STOREFLEET_CONTEXT = "storefleet-test";
    delete process.env.HELM_TIMEOUT;
    delete process.env.STOREFLEET_INGRESS_PORTS;
  });

  it("installs Traefik and the mail catcher into confined namespaces when the settings say so", async () => {
    const { resources, result } = await run("local", local);
    assert.deepEqual(names(resources, ":Namespace").sort(), ["ingress", "storefleet-control", "storefleet-mail", "storefleet-system"]);
    assert.deepEqual(names(resources, ":ResourceQuota").length, 4);
    assert.deepEqual(names(resources, ":Release").sort(), ["mail-catcher", "traefik"]);
    assert.equal(only(resources, ":Release", "traefik-release").inputs.namespace, "ingress");
    assert.equal(only(resources, ":Release", "traefik-release").inputs.timeout, 600);
    assert.equal(result.settings.smtp.host, "mail-catcher.storefleet-mail.svc.cluster.local");
    assert.equal(await new Promise((resolve) => void result.mailUrl?.apply(resolve)), "http://mail.127.0.0.1.nip.io");
  });

  it("has suspended stores answered for where the settings say so, by the storefront's image, with the login to its registry", async () => {
    const parked = { ...local, parkingPage: true, images: { overrides: { "medusa-storefront": "registry.example.com/storefront:1" } } };
    const { resources } = await run("local", parked, { "storefleet:pullSecret": "canary-of-the-registry" });
    assert.ok(names(resources, ":Namespace").includes("storefleet-parking"));
    assert.equal(resources.find(({ name }) => name === "parking-quota")!.inputs.spec.hard.pods, "4");
    const { namespace, values } = only(resources, ":Release", "parking-page-release").inputs;
    assert.deepEqual([namespace, values.image, values.imagePullSecret, values.ingress], ["storefleet-parking", "registry.example.com/storefront:1", "image-pull", { className: "traefik", controllerNamespace: "ingress" }]);
    assert.equal(only(resources, ":ConfigMap", "receipt").inputs.data.releases, "deployed,deployed,deployed");
    assert.equal((await run("local", parked)).resources.some(({ type }) => type.endsWith(":Secret")), false);
  });

  it("lets nobody read caught mails without a login, but on the own machine", async () => {
    assert.deepEqual(names((await run("local", local)).resources, ":Secret"), []);
    const { resources } = await run("local", { ...local, hostSuffix: ".shops.example" });
    assert.equal(only(resources, ":Secret").inputs.metadata.name, "mail-catcher-login");
  });

  it("reaches Traefik as the context's cluster does, unless the settings say how", async () => {
    const service = async (context: string, more = {}) => {
      process.env.STOREFLEET_CONTEXT = context;
      const { resources } = await run("local", { ...local, ingress: { ...local.ingress, ...more } });
      const quota = resources.find(({ name }) => name === "ingress-quota")!.inputs.spec.hard;
      assert.equal(quota["services.nodeports"], "2", "a LoadBalancer has node ports, too");
      return [only(resources, ":Release", "traefik-release").inputs.values.service.type, quota["services.loadbalancers"]];
    };
    for (const context of ["docker-desktop", "rancher-desktop", "orbstack", "colima", "colima-work"]) assert.deepEqual(await service(context), ["LoadBalancer", "1"], context);
    for (const context of ["storefleet-local", "kind-storefleet-local", "minikube", "my-colima", "prod"]) assert.deepEqual(await service(context), ["NodePort", "0"], context);
    assert.deepEqual(await service("docker-desktop", { service: "NodePort" }), ["NodePort", "0"]);
    assert.deepEqual(await service("minikube", { service: "LoadBalancer" }), ["LoadBalancer", "1"]);
  });

  it("hands on the ports at which this machine's cluster answers", async () => {
    process.env.STOREFLEET_INGRESS_PORTS = "38743,41233";
    const { resources, result } = await run("local", local);
    assert.deepEqual(JSON.parse(only(resources, ":ConfigMap").inputs.data.settings).ingress.ports, { http: 38743, https: 41233 });
    assert.equal(await new Promise((resolve) => void result.mailUrl?.apply(resolve)), "http://mail.127.0.0.1.nip.io:38743");
  });

  it("installs nothing in prod, but requires the classes that the settings name", async () => {
    const { resources, result } = await run("prod", prod);
    assert.deepEqual(names(resources, ":Release"), []);
    assert.deepEqual(names(resources, ":Namespace"), ["storefleet-system", "storefleet-control"]);
    assert.equal(only(resources, ":IngressClass").id, "traefik");
    assert.equal(only(resources, ":StorageClass").id, "local-path");
    assert.equal(result.mailUrl, undefined);
    assert.equal(result.settings.smtp.host, "smtp.example.com");
  });

  it("says which cluster it is about, in its outputs and its receipt, and refuses another one unless it is being moved", async () => {
    const { resources, result } = await run("local", local, {}, {}, { cluster: "this-cluster" });
    assert.equal(result.cluster, "this-cluster");
    assert.equal(only(resources, ":ConfigMap", "receipt").inputs.data.cluster, "this-cluster");
    await assert.rejects(run("prod", prod, {}, {}, { cluster: "another" }), (error: Error) => {
      assert.match(error.message, /^the state of environment prod is about another cluster than that of context storefleet-test; nothing was done/);
      assert.match((error as UserError).hint ?? "", /Back to that one: \.\/scripts\/stores cluster up --env prod --context NAME\n.*cluster up --move --env prod --context storefleet-test$/m);
      return true;
    });
    process.env.STOREFLEET_MOVE = "prod";
    assert.equal((await run("prod", prod, {}, {}, { cluster: "another" })).result.cluster, "this-cluster");
  });

  const tls = { issuer: "letsencrypt" };
  const secured = (more = {}) => ({ ...prod, tls: { ...tls, ...more } });
  const issuer = (...conditions: object[]) => ({ "ClusterIssuer letsencrypt": { status: { conditions } } });
  const ready = issuer({ type: "Ready", status: "True" });

  it("wants an issuer that is there and ready, before anything else", async () => {
    const refusal = async (existing: Parameters<typeof run>[5]) => {
      const error = (await run("prod", secured(), {}, {}, {}, existing).then(() => assert.fail("not refused"), (it: unknown) => it)) as UserError;
      return [error.code, error.message, error.hint];
    };
    const where = "ClusterIssuer letsencrypt (Pulumi.prod.yaml: storefleet:settings.tls.issuer)";
    const [code, missing, hint] = await refusal({});
    assert.deepEqual([code, missing], ["no-certificate", `${where} is not in the cluster; nothing was touched`]);
    assert.match(hint!, /kubectl get clusterissuers\. .*cert-manager is not installed: docs\/certificates\.md/);
    const [, unready, look] = await refusal(issuer({ type: "Ready", status: "False", message: "Failed to register ACME account" }));
    assert.deepEqual([unready, look], [`${where} is not ready: Failed to register ACME account; nothing was touched`, "Look at it, mend it, and run the same command again: kubectl describe clusterissuer letsencrypt"]);
    assert.match((await refusal({ "ClusterIssuer letsencrypt": {} }))[1]!, /is not ready, and cert-manager says nothing of it — does it run\?; nothing was touched$/);
    const solver = (ingress: object) => ({ "ClusterIssuer letsencrypt": { ...ready["ClusterIssuer letsencrypt"], spec: { acme: { solvers: [{ dns01: {} }, { http01: { ingress } }] } } } });
    const [, doors, close] = await refusal(solver({ ingressClassName: "traefik" }));
    assert.equal(doors, `${where} answers HTTP-01 by Services with node ports, which a store's quota refuses; nothing was touched`);
    assert.match(close!, /^Put serviceType: ClusterIP into http01\.ingress /);
    for (const existing of [ready, solver({ serviceType: "ClusterIP" })]) assert.deepEqual(names((await run("prod", secured(), {}, {}, {}, existing)).resources, ":Ingress"), []);
  });

  it("gets one certificate for all generated hosts when the settings say so, and keeps its key to itself", async () => {
    const { resources } = await run("prod", secured({ wildcard: true }), {}, {}, {}, ready);
    const { metadata, spec } = only(resources, ":Ingress").inputs;
    assert.deepEqual([metadata.namespace, metadata.name, metadata.annotations["cert-manager.io/cluster-issuer"]], ["storefleet-system", "wildcard", "letsencrypt"]);
    assert.deepEqual(spec, { ingressClassName: "traefik", tls: [{ hosts: ["*.shops.example.com"], secretName: "wildcard-tls" }], rules: [{ host: "*.shops.example.com" }] }, "a route it is none");
    const mail = async (more: object) => only((await run("local", { ...local, tls: { ...tls, ...more } }, {}, {}, {}, ready)).resources, ":Release", "mail-catcher-release").inputs.values.ingress.tlsIssuer;
    assert.deepEqual([await mail({}), await mail({ wildcard: true })], ["letsencrypt", ""]);
  });

  it("touches nothing where something by the name of a part is not its own, and names all of it with what to do", async () => {
    const mine = { "storefleet.dev/env": "local" };
    await run("local", local, {}, { "Namespace ingress": mine, "IngressClass traefik": mine, "ClusterRole ingress-traefik": mine, "Deployment traefik": mine });
    const foreign = { "Namespace ingress": {}, "IngressClass traefik": { "storefleet.dev/env": "prod" }, "ClusterRoleBinding ingress-traefik": {}, "Namespace storefleet-mail": { ...mine, "storefleet.dev/store": "acme" } };
    await assert.rejects(run("local", local, {}, foreign), (error: Error) => {
      assert.match(error.message, /^what the environment "local" would make is there already, and not its own; nothing was touched:\n/);
      assert.match(error.message, /^Namespace ingress does not carry its labels — set another ingress\.controllerNamespace; or, .* ingress\.install: false/m);
      assert.match(error.message, /^IngressClass traefik is of the environment "prod" — set another ingress\.className/m);
      assert.match(error.message, /^ClusterRoleBinding ingress-traefik does not carry its labels/m);
      assert.match(error.message, /^Namespace storefleet-mail is of store "acme" — if it is a leftover of yours: kubectl delete namespace storefleet-mail$/m);
      assert.equal(error.message.split("\n").length, 5);
      return true;
    });
    const { resources } = await run("prod", prod, {}, { "IngressClass traefik": {}, "Namespace kube-system": {} });
    assert.equal(resources.length > 0, true, "what is not made is not asked for");
  });

  it("says where it is heading before all else, and replaces what has a fixed name by deleting it first", async () => {
    const { resources } = await run("local", local);
    const [namespace] = resources.filter((it) => it.type.endsWith(":Namespace"));
    assert.equal(namespace!.inputs.metadata.name, "storefleet-system");
    assert.deepEqual(namespace!.inputs.metadata.annotations, { "storefleet.dev/digest": environmentDigest("local") });
    const before = resources.findIndex((it) => it.name === "system-limits");
    for (const name of ["ingress-namespace", "mail-namespace", "traefik-release", "mail-catcher-release"]) {
      assert.ok(resources.findIndex((it) => it.name === name) > before, name);
    }
    const once = resources.filter((it) => it.type.endsWith(":Namespace") || it.name === "traefik-release");
    assert.deepEqual(once.map(({ deleteBeforeReplace }) => deleteBeforeReplace), [true, true, true, true, true]);
  });

  it("writes its receipt after all else", async () => {
    const { resources, result } = await run("local", local);
    const receipt = only(resources, ":ConfigMap");
    assert.equal(resources.at(-1), receipt);
    assert.deepEqual(receipt.inputs.metadata.name, "storefleet-environment");
    assert.deepEqual(receipt.inputs.metadata.namespace, "storefleet-system");
    const { environment, digest, settings, secretRevisions } = receipt.inputs.data;
    assert.equal(environment, "local");
    assert.equal(digest, environmentDigest("local"));
    assert.deepEqual(JSON.parse(settings), result.settings);
    assert.deepEqual(JSON.parse(secretRevisions), {});
    assert.equal(receipt.inputs.data.releases, "deployed,deployed");
    for (const part of ["traefik", "mail-catcher"]) {
      assert.ok(receipt.dependencies.some((urn) => urn.endsWith(`::${part}-release`)), `${part} is waited for`);
    }
  });

  it("fills this project's own images into the settings, unless those name another", async () => {
    const own = withOwnImages("local", readSettings("local")).images.overrides;
    for (const [replaced, image] of [["wordpress", "woocommerce"], ["medusa", "medusa"], ["medusa-storefront", "medusa-storefront"]] as const) {
      assert.match(String(own[replaced]), new RegExp(`^storefleet-${image}:[0-9a-f]{12}$`));
    }
    const { resources, result } = await run("local", local);
    assert.deepEqual(result.settings.images.overrides, own);
    assert.deepEqual(JSON.parse(only(resources, ":ConfigMap").inputs.data.settings).images.overrides, own);
    const overrides = { wordpress: "registry.example.com/wordpress:1", mariadb: "registry.example.com/mariadb:1" };
    assert.deepEqual((await run("local", { ...local, images: { overrides } })).result.settings.images.overrides, { ...own, ...overrides });
  });

  it("creates nothing while an image that its registry should have is not published", async () => {
    await assert.rejects(run("prod", { ...prod, images: { registry: "registry.example.com/nobody" } }), /registry\.example\.com\/nobody\/storefleet-woocommerce:[0-9a-f]{12} is not published/);
  });

  it("hands secrets on as secrets, and has none by default", async () => {
    const none = (await run("local", local)).result;
    assert.equal(none.pullSecret, undefined);
    assert.equal(none.smtpPassword, undefined);
    const { result } = await run("local", local, { "storefleet:pullSecret": "{}", "storefleet:smtpPassword": "hunter2" });
    assert.equal(await isSecret(result.pullSecret!), true);
    assert.equal(await isSecret(result.smtpPassword!), true);
  });

  it("exports settings as written: HELM_TIMEOUT is for this run only", async () => {
    process.env.HELM_TIMEOUT = "42";
    const { resources, result } = await run("local", local);
    assert.equal(only(resources, ":Release", "traefik-release").inputs.timeout, 42);
    assert.equal(result.settings.helmTimeout, 600);
  });

  it("creates nothing with wrong settings, and names them", async () => {
    await assert.rejects(run("local", { ...local, egress: "maybe" }), /Pulumi\.local\.yaml.*egress/);
  });

  it("gives every object the environment's labels", async () => {
    const { resources } = await run("local", local);
    for (const { name, inputs } of resources.filter((it) => it.inputs.metadata)) {
      assert.equal(inputs.metadata.labels["storefleet.dev/env"], "local", name);
    }
    for (const { name, inputs } of resources.filter((it) => it.type.endsWith(":Release"))) {
      assert.equal(inputs.values.labels["storefleet.dev/env"], "local", name);
    }
  });
});

describe("the cluster's provider", () => {
  keepEnvironment();

  const context = async (ofSettings?: string) =>
    (await record(() => void clusterProvider("prod", ofSettings))).resources[0]?.inputs.context;

  it("names its context: the caller's before the settings'", async () => {
    process.env.STOREFLEET_CONTEXT = "other-cluster";
    assert.equal(await context("prod-cluster"), "other-cluster");
    delete process.env.STOREFLEET_CONTEXT;
    assert.equal(await context("prod-cluster"), "prod-cluster");
  });

  it("never takes the kubeconfig's current context", async () => {
    delete process.env.STOREFLEET_CONTEXT;
    await assert.rejects(context(), /environment prod names no cluster/);
  });

  it("is the same to the engine whatever the context is called, and wherever this machine has its kubeconfig", async () => {
    Object.assign(process.env, { STOREFLEET_CONTEXT: "a", KUBECONFIG: "/of/this/machine" });
    const [provider] = (await record(() => void clusterProvider("prod"))).resources;
    assert.equal(provider?.inputs.clusterIdentifier, "storefleet-prod");
    assert.ok(!("kubeconfig" in provider.inputs), "another machine could not destroy what has been made here");
  });
});

describe("digests", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "storefleet-digest-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("of files change with a name or a content, not with a hidden file", () => {
    const digests = new Set<string>();
    const add = () => digests.add(filesDigest(["."], folder)).size;
    writeFileSync(join(folder, "a"), "bc");
    assert.equal(add(), 1);
    assert.equal(add(), 1);
    writeFileSync(join(folder, ".a.swp"), "");
    assert.equal(add(), 1);
    writeFileSync(join(folder, "a"), "bd");
    assert.equal(add(), 2);
    rmSync(join(folder, "a"));
    writeFileSync(join(folder, "b"), "bd");
    assert.equal(add(), 3);
  });

  it("of secrets change when one is set again, and are made from its encrypted text", () => {
    const revisions = (text: string) => {
      writeFileSync(join(folder, "Pulumi.prod.yaml"), text);
      return secretRevisions("prod", folder);
    };
    assert.deepEqual(revisions("config: {}"), {});
    const first = revisions("config: { storefleet:smtpPassword: { secure: v1:abc } }");
    assert.deepEqual(Object.keys(first), ["smtpPassword"]);
    assert.notDeepEqual(revisions("config: { storefleet:smtpPassword: { secure: v1:abd } }"), first);
  });

  it("of files that are missing are refused", () => {
    assert.throws(() => filesDigest(["nowhere"], folder), /nowhere/);
  });

  it("of an environment change with settings, secrets, program and charts, not with the order of keys", () => {
    for (const part of ["index.ts", "infra", "config", "components", "images", "package-lock.json", "Pulumi.local.yaml"]) {
      cpSync(join(projectRoot, part), join(folder, part), { recursive: true, filter: isSource });
    }
    const settings = (text: string) => writeFileSync(join(folder, "Pulumi.local.yaml"), text);
    const digest = () => environmentDigest("local", folder);

    settings("config: { a: { x: 1, y: 2 }, b: { secure: one } }");
    const first = digest();
    settings("encryptionsalt: v1\nconfig:\n  b: { secure: one }\n  a: { y: 2, x: 1 } # comment");
    assert.equal(digest(), first);
    settings("config: { a: { x: 1, y: 2 }, b: { secure: one }, storefleet:state: { backend: s3://bucket } }");
    assert.equal(digest(), first, "where the state is changes nothing on the cluster");
    settings("config: { a: { x: 1, y: 2 }, b: { secure: one }, storefleet:operator: { image: x } }");
    assert.equal(digest(), first, "who runs the stacks, as well");
    settings("config: { a: { x: 1, y: 2 }, b: { secure: two } }");
    assert.notEqual(digest(), first);
    settings("config: { a: { x: 1, y: 3 }, b: { secure: one } }");
    assert.notEqual(digest(), first);

    settings("config: { a: { x: 1, y: 2 }, b: { secure: one } }");
    assert.equal(digest(), first);
    for (const file of ["infra/index.ts", "components/traefik/chart/values.yaml", "config/environment.ts", "images/woocommerce/Dockerfile", "images/published.json", "package-lock.json"]) {
      const before = digest();
      appendFileSync(join(folder, file), "\n");
      assert.notEqual(digest(), before, file);
    }
  });
});
