import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mailCatcherUrl, parseSettings, readSettings, withIngressPorts, withOverrides } from "../../../config/environment";
import { UserError } from "../../../config/errors";
import { plans, sizesFor } from "../../../config/plans";
import { engineNames, planNames } from "../../../config/spec";

const minimal = { hostSuffix: ".shops.example", egress: "deny", mailCatcher: true };
function errorsOf(raw: unknown): string[] {
  try {
    parseSettings("prod", raw);
    return [];
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.hint ?? "", /^Edit Pulumi\.prod\.yaml/);
    return error.message.split("\n");
  }
}

describe("environment settings", () => {
  it("defaults", () => {
    assert.deepEqual(parseSettings("prod", minimal), {
      ...minimal,
      ingress: { className: "traefik", controllerNamespace: "traefik", controllerLabels: { "app.kubernetes.io/name": "traefik" }, install: false, ports: { http: 80, https: 443 } },
      list: "file", clusterCidrs: [], helmTimeout: 600, images: { overrides: {}, platforms: ["linux/amd64", "linux/arm64"] }, parkingPage: false, plans: {},
      smtp: { host: "mail-catcher.storefleet-mail.svc.cluster.local", port: 1025, from: "shop@example.com" },
    });
  });

  it("addresses have the port that the ingress answers on, but for the scheme's own", () => {
    const of = (more: object, variables = {}) => mailCatcherUrl(withIngressPorts(parseSettings("prod", { ...minimal, ...more }), variables));
    const ports = { http: 8080, https: 8443 };
    assert.equal(of({}), `http://mail${minimal.hostSuffix}`);
    assert.equal(of({ tlsIssuer: "it" }), `https://mail${minimal.hostSuffix}`);
    assert.equal(of({ ingress: { ports } }), `http://mail${minimal.hostSuffix}:8080`);
    assert.equal(of({ ingress: { ports }, tlsIssuer: "it" }), `https://mail${minimal.hostSuffix}:8443`);
    assert.equal(of({ ingress: { ports } }, { STOREFLEET_INGRESS_PORTS: { http: 38743, https: 41233 } }), `http://mail${minimal.hostSuffix}:38743`, "the machine's own go first");
    assert.equal(of({}, { STOREFLEET_INGRESS_PORTS: { http: 80, https: 41233 } }), `http://mail${minimal.hostSuffix}`);
  });

  it("tls was a name alone, which older files and receipts still have", () => {
    const tls = { issuer: "it", wildcard: false };
    assert.deepEqual(parseSettings("prod", { ...minimal, tlsIssuer: "it" }).tls, tls);
    assert.deepEqual(parseSettings("prod", { ...minimal, tls: { issuer: "it" } }), parseSettings("prod", { ...minimal, tlsIssuer: "it" }));
    assert.deepEqual(errorsOf({ ...minimal, tlsIssuer: "It" }), ["Pulumi.prod.yaml: storefleet:settings.tls.issuer is not a Kubernetes name — use lowercase letters, digits, hyphens and dots"]);
    assert.match(errorsOf({ ...minimal, tlsIssuer: "it", tls }).join(), /storefleet:settings\.tlsIssuer is not a known key/);
  });

  it("parsed settings parse to themselves: store stacks read what the environment's stack exports", () => {
    for (const env of ["local", "prod"] as const) {
      const settings = readSettings(env);
      assert.deepEqual(parseSettings(env, JSON.parse(JSON.stringify(settings))), settings);
    }
  });

  it("local and prod differ in settings only, as the requirements have them", () => {
    const local = readSettings("local");
    const prod = readSettings("prod");
    assert.deepEqual([local.ingress.className, local.ingress.install, local.hostSuffix, local.egress, local.mailCatcher, local.tls], ["traefik", true, ".127.0.0.1.nip.io", "allow", true, undefined]);
    assert.deepEqual([prod.ingress.className, prod.ingress.install, prod.hostSuffix, prod.egress, prod.storageClass, prod.tls], ["traefik", false, ".example.com", "deny", "local-path", { issuer: "letsencrypt", wildcard: false }]);
  });

  const at = "Pulumi.prod.yaml: storefleet:settings";
  const cases: [string, object | undefined, ...string[]][] = [
    ["nothing", undefined, `${at}.hostSuffix is missing — add "hostSuffix:" and text`, `${at}.egress is missing — known: allow, deny`],
    ["an unknown key", { ...minimal, hostSufix: "x" }, `${at}.hostSufix is not a known key — did you mean "hostSuffix"? known: context, list, ingress, hostSuffix, storageClass, sharedStorageClass, egress, clusterCidrs, isolation, tls, backup, helmTimeout, secrets, mailCatcher, parkingPage, smtp, images, plans`],
    ["a suffix without its dot", { ...minimal, hostSuffix: "example.com" }, `${at}.hostSuffix is not a host suffix — write it with a leading dot, such as ".shops.example.com"`],
    ["a storage class with capitals", { ...minimal, storageClass: "Fast.ssd" }, `${at}.storageClass is not a Kubernetes name — use lowercase letters, digits, hyphens and dots`],
    ...["kube-system", "default", "storefleet-mail", "store-acme-00000000"].map((controllerNamespace): [string, object, string] => [
      `Traefik in the namespace ${controllerNamespace}`, { ...minimal, ingress: { install: true, controllerNamespace } },
      `${at}.ingress.controllerNamespace can not be made for Traefik, it is kept for something else — name one of its own, such as traefik, or use the ingress controller that is there: install: false`,
    ]),
    ["a mode of egress", { ...minimal, egress: "denny" }, `${at}.egress is not known — did you mean "deny"? known: allow, deny`],
    ["a secret store without a path", { ...minimal, secrets: { store: { name: "vault" } } }, `${at}.secrets.store.path is missing — add "path:" and text`],
    ["a path with another place", { ...minimal, secrets: { store: { name: "vault", path: "{env}/{store}/{kind}" } } }, `${at}.secrets.store.path is not a path — write it like "shops/{store}/{kind}"; {store} and {kind} are all that is filled in`],
    ...["shops/{kind}", "shops/{store}"].map((path): [string, object, string] => [
      `one place for several, ${path}`, { ...minimal, secrets: { store: { name: "vault", path } } }, `${at}.secrets.store.path has to hold both {store} and {kind} — else several would have the same passwords: write it like "shops/{store}/{kind}"`,
    ]),
    ["no mail server", { ...minimal, mailCatcher: false }, `${at}.smtp is missing — set host and from, or mailCatcher: true`],
    ["a timeout of zero", { ...minimal, helmTimeout: 0 }, `${at}.helmTimeout is too small — write at least 1`],
    ["a bad range", { ...minimal, clusterCidrs: ["10.0.0.0"] }, `${at}.clusterCidrs[0] is not an address range — write it like "10.42.0.0/16"`],
    ["an unknown image", { ...minimal, images: { overrides: { mariabd: "mariadb:11" } } }, `${at}.images.overrides.mariabd is not a known key — did you mean "mariadb"? known: wordpress, mariadb, medusa, medusa-storefront, postgres, redis, traefik, mail-catcher, restic, rclone, backup-door`],
    ["no platform", { ...minimal, images: { platforms: [] } }, `${at}.images.platforms is empty — name at least one of linux/amd64, linux/arm64`],
    ["an address in place of a range", { ...minimal, smtp: { host: "mail", from: "shop@example.com", cidrs: ["10.1.2.3"] } }, `${at}.smtp.cidrs[0] is not an address range — write it like "10.42.0.0/16"`],
    ["an image with a space", { ...minimal, images: { overrides: { mariadb: "maria db" } } }, `${at}.images.overrides.mariadb is not an image — write it like "mariadb:10.11" or "registry.example.com/mariadb:10.11@sha256:…"`],
    ...["https://registry.example.com", "registry.example.com/", "shops", "Registry.example.com/shops", "registry.example.com/shops:1"].map((registry): [string, object, string] => [
      `the registry "${registry}"`, { ...minimal, images: { registry } },
      `${at}.images.registry is not a registry — write its host and the path there, without "https://", such as "registry.example.com/shops"`,
    ]),
    ["a part of a plan", { ...minimal, plans: { small: { medusa: { redis: { memory: "1Gi" } } } } }, `${at}.plans.small.medusa.redis.memory is not a known key — known: replicas, cpuRequest, cpuLimit, memoryRequest, memoryLimit`],
    ["a quantity", { ...minimal, plans: { small: { medusa: { redis: { memoryLimit: "1GB" } } } } }, `${at}.plans.small.medusa.redis.memoryLimit is not a memory quantity — write it like "256Mi" or "1Gi"`],
    ["two databases", { ...minimal, plans: { large: { woocommerce: { mariadb: { replicas: 2 } } } } }, `${at}.plans.large.woocommerce.mariadb.replicas is fixed — its volume serves one pod, leave replicas at 1`],
    ["web pods that nothing shares", { ...minimal, plans: { large: { woocommerce: { wordpress: { replicas: 2 } } } } }, `${at}.plans.large.woocommerce.wordpress.replicas is more than one pod can share — set sharedStorageClass, or leave replicas at 1`],
    ["a request above its limit", { ...minimal, plans: { small: { medusa: { redis: { memoryRequest: "1Gi" } } } } }, `${at}.plans.small.medusa.redis requests more than its limit — raise the limit as well, or lower the request`],
  ];
  for (const [what, raw, ...expected] of cases) it(`refuses ${what}`, () => assert.deepEqual(errorsOf(raw), expected));

  it("takes several web pods where their uploads are shared", () => {
    const plans = { large: { woocommerce: { wordpress: { replicas: 2 } } } };
    assert.equal(parseSettings("prod", { ...minimal, sharedStorageClass: "nfs", plans }).sharedStorageClass, "nfs");
  });

  it("takes registries with a port, with a path, and on this machine", () => {
    for (const registry of ["registry.example.com", "registry.example.com:5000/my-shops/web_shops", "localhost/shops", "registry:5000"]) {
      assert.equal(parseSettings("prod", { ...minimal, images: { registry } }).images.registry, registry);
    }
  });

  it("a broken or missing file", () => {
    const folder = mkdtempSync(join(tmpdir(), "storefleet-settings-"));
    try {
      assert.throws(() => readSettings("local", folder), (error: unknown) => error instanceof UserError && /^Pulumi\.local\.yaml can not be read: ENOENT/.test(error.message));
      writeFileSync(join(folder, "Pulumi.local.yaml"), "config:\n\t- x\n");
      assert.throws(() => readSettings("local", folder), (error: unknown) => error instanceof UserError && /^Pulumi\.local\.yaml can not be read: Tabs/.test(error.message));
      writeFileSync(join(folder, "Pulumi.local.yaml"), "hello\n");
      assert.throws(() => readSettings("local", folder), (error: unknown) => error instanceof UserError && /hostSuffix is missing/.test(error.message));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("HELM_TIMEOUT overrides", () => {
    const settings = parseSettings("prod", minimal);
    assert.equal(withOverrides(settings, { HELM_TIMEOUT: 90 }).helmTimeout, 90);
    assert.equal(withOverrides(settings, {}).helmTimeout, 600);
  });
});

describe("plans", () => {
  const mebibytes = (quantity: string) => parseInt(quantity, 10) * (quantity.endsWith("Gi") ? 1024 : 1);
  const millicores = (quantity: string) => (quantity.endsWith("m") ? parseInt(quantity, 10) : Number(quantity) * 1000);
  function requests(engine: "woocommerce" | "medusa", plan: "small" | "medium" | "large") {
    const { volumes: _volumes, ...parts } = sizesFor(engine, plan, { plans: {} });
    const pods = Object.values(parts) as { replicas?: number; cpuRequest: string; memoryRequest: string; memoryLimit: string }[];
    return {
      memory: pods.reduce((sum, pod) => sum + (pod.replicas ?? 1) * mebibytes(pod.memoryRequest), 0),
      cpu: pods.reduce((sum, pod) => sum + (pod.replicas ?? 1) * millicores(pod.cpuRequest), 0),
      fits: pods.every((pod) => mebibytes(pod.memoryRequest) <= mebibytes(pod.memoryLimit)),
    };
  }

  it("a small WooCommerce store requests at most 512Mi, its Job included; ten small stores fit two cores", () => {
    assert.ok(requests("woocommerce", "small").memory <= 512);
    for (const engine of engineNames) assert.ok(requests(engine, "small").cpu * 10 <= 2000);
  });

  it("grow from small to large, requests within limits", () => {
    for (const engine of engineNames) {
      const [small, medium, large] = planNames.map((plan) => requests(engine, plan));
      assert.ok(small && medium && large && small.fits && medium.fits && large.fits);
      assert.ok(small.memory < medium.memory && medium.memory < large.memory && small.cpu < medium.cpu && medium.cpu < large.cpu);
    }
  });

  it("an environment changes single values, and no other plan or call sees them", () => {
    const changed = sizesFor("woocommerce", "small", { plans: { small: { woocommerce: { mariadb: { memoryLimit: "1Gi" }, volumes: { mariadb: "9Gi" } } } } });
    assert.deepEqual(changed.mariadb, { ...plans.woocommerce.small.mariadb, memoryLimit: "1Gi" });
    assert.deepEqual(changed.volumes, { wordpress: "2Gi", mariadb: "9Gi" });
    assert.deepEqual(changed.wordpress, plans.woocommerce.small.wordpress);
    assert.equal(sizesFor("woocommerce", "small", { plans: {} }).mariadb.memoryLimit, "512Mi");
  });
});
