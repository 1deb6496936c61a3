import assert from "node:assert/strict";
import type { MedusaArgs } from "../../../components/medusa";
import { mebibytes } from "../../../config/quantity";
import { chartValues } from "../../../components/medusa/values";
import { plans } from "../../../config/plans";
import { planNames } from "../../../config/spec";
import { hostsAndCertificates, type KubernetesObject, objectOf, renderChart } from "../helpers/rendered-chart";

const digest = `sha256:${"0".repeat(64)}`;
const images = { medusa: `ghcr.io/storefleet/storefleet-medusa:1@${digest}`, storefront: `ghcr.io/storefleet/storefleet-medusa-storefront:1@${digest}` };
const required: MedusaArgs = {
  namespace: "store-acme-0a1b2c3d",
  host: "store-acme-0a1b2c3d.example.com",
  sizes: plans.medusa.small,
  title: "Acme",
  adminEmail: "owner@example.com",
  images,
};
const render = (args: Partial<MedusaArgs> = {}) => renderChart("medusa", chartValues({ ...required, ...args }));

const podSpecOf = (object: KubernetesObject) => object.spec?.template?.spec;
const containersOf = (object: KubernetesObject): KubernetesObject[] => [...(podSpecOf(object)?.initContainers ?? []), ...(podSpecOf(object)?.containers ?? [])];
const env = (object: KubernetesObject, container: string): Record<string, any> =>
  Object.fromEntries(containersOf(object).find(({ name }) => name === container)!.env.map((it: any) => [it.name, it.value ?? it.valueFrom]));
const jobName = (objects: KubernetesObject[]) => objectOf(objects, "Job").metadata.name;
const deployments = (objects: KubernetesObject[]) => objects.filter((it) => it.kind === "Deployment");

describe("Medusa chart", function () {
  this.timeout(30_000);

  for (const plan of planNames) {
    it(`spares a pod of the parts that have several, and rolls out without losing one, ${plan}`, async () => {
      const objects = await render({ sizes: plans.medusa[plan] });
      const spared = deployments(objects).filter((it) => it.spec.replicas > 1).map((it) => it.metadata.name);
      assert.deepEqual(objects.filter((it) => it.kind === "PodDisruptionBudget").map((it) => it.metadata.name).sort(), spared.sort());
      for (const { spec } of deployments(objects)) {
        assert.deepEqual(spec.strategy, { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
      }
    });
  }

  it("requests at most 1.2 GiB for a small shop, its Job included", async () => {
    const objects = await render();
    // Of a pod counts its containers' sum, or the most that one of its init containers asks for.
    const requested = objects.filter(podSpecOf).map((it) => {
      const of = (containers: KubernetesObject[] = []) => containers.map(({ resources }) => mebibytes(resources.requests.memory));
      return Math.max(of(podSpecOf(it).containers).reduce((sum, each) => sum + each), ...of(podSpecOf(it).initContainers));
    });
    const total = requested.reduce((sum, each) => sum + each, 0);
    assert.ok(total > 0 && total <= 1228, `${total}Mi`);
  });

  it("gives the Job further products, another Job for others, and starts without those that are gone", async () => {
    const with_ = async (...productFiles: string[]) => renderChart("medusa", { ...chartValues(required), productFiles, productSeconds: 60 });
    const [one, two] = [await with_("medusa-products-0-a"), await with_("medusa-products-0-b")];
    assert.notEqual(jobName(one), jobName(two));
    const job = objectOf(two, "Job");
    assert.equal(job.spec.activeDeadlineSeconds, 3660);
    assert.deepEqual(podSpecOf(job).volumes.find(({ name }: any) => name === "products").projected.sources, [{ configMap: { name: "medusa-products-0-b", optional: true } }]);
    assert.equal(env(job, "prepare").PRODUCTS_FOLDER, "/products");
    assert.deepEqual(deployments(one), deployments(two));
  });

  it("names the Job by all that it depends on, and restarts nothing for new products or a new title", async () => {
    const original = await render();
    const names = [jobName(original)];
    for (const change of [{ title: "Other" }, { adminEmail: "other@example.com" }, { products: [{ name: "A", sku: "A", price: 1, stock: 1 }] }, { shippingPrice: 6 }, { accent: "#0a7d5c" }]) {
      const changed = await render(change);
      names.push(jobName(changed));
      assert.deepEqual(deployments(changed), deployments(original));
    }
    names.push(jobName(await render({ images: { ...images, medusa: `${images.medusa.slice(0, -1)}1` } })));
    assert.equal(new Set(names).size, names.length, "a change does not run the Job again");

    for (const neutral of [{}, { domains: ["shop.example.org"] }, { chartDigest: "abc" }, { sizes: { ...plans.medusa.small, server: plans.medusa.large.server } }]) {
      assert.equal(jobName(await render(neutral)), names[0], `${JSON.stringify(neutral)} runs the Job again`);
    }
  });

  it("lets server and worker wait for their own image's mark, which the Job sets last", async () => {
    const objects = await render();
    const job = objectOf(objects, "Job");
    assert.deepEqual(containersOf(job).map(({ name }) => name), ["wait-for-data", "prepare", "publish-key", "mark-prepared"]);
    assert.equal(env(job, "mark-prepared").IMAGE, images.medusa);
    for (const part of ["server", "worker"]) {
      const deployment = objectOf(objects, "Deployment", `medusa-${part}`);
      const [gate, main] = containersOf(deployment) as [KubernetesObject, KubernetesObject];
      assert.equal(gate.name, "wait-until-prepared");
      assert.equal(env(deployment, "wait-until-prepared").IMAGE, main.image);
      assert.equal(env(deployment, part).MEDUSA_WORKER_MODE, part);
      assert.equal(env(deployment, part).DISABLE_ADMIN, String(part === "worker"));
    }
    assert.doesNotMatch(JSON.stringify(job), /medusa-server:|medusa-storefront:8/, "the Job waits for what waits for it");
  });

  it("brings text into the shop exactly, whatever it holds", async () => {
    const hostile = ["It's \"quoted\" $(id) `id` ${HOME} %s \\n", "{{ .Values.shop }} --- # : - [x]", "</script><b>&amp;", "ünï 🎉 \u2028\u2029\ufeff\ufffe\uffff", " lead\nline\ttab "];
    for (const text of hostile) {
      const products = [{ name: text, sku: "X-1", price: 0.01, stock: 1_000_000_000 }];
      const seed = objectOf(await render({ title: text, products }), "ConfigMap", "medusa-seed").data["seed.json"];
      assert.deepEqual(JSON.parse(seed), {
        title: text, products, adminEmail: "owner@example.com", currency: "EUR", decimals: 2, country: "DE", countries: ["DE"], shippingPrice: 5, accent: "",
      });
    }
  });

  it("suspends by running nothing and keeping everything else", async () => {
    const running = await render();
    const suspended = await render({ suspended: true });
    for (const object of suspended.filter(podSpecOf)) assert.equal(object.spec.replicas, 0, object.metadata.name);
    const kinds = (objects: KubernetesObject[]) => objects.map((it) => `${it.kind} ${it.metadata.name}`).sort();
    const gone = kinds(running).filter((it) => !kinds(suspended).includes(it));
    // Claims that exist are kept, too: Helm never deletes them. New ones would stay unbound without a pod.
    assert.deepEqual(gone, [`Job ${jobName(running)}`, "PersistentVolumeClaim medusa-postgres", "PersistentVolumeClaim medusa-redis"]);
    for (const claim of running.filter((it) => it.kind === "PersistentVolumeClaim")) {
      assert.equal(claim.metadata.annotations?.["helm.sh/resource-policy"], "keep");
    }
  });

  it("routes the server's paths to the server, all else to the storefront, on every host", async () => {
    const objects = await render({ domains: ["shop.example.org"], tls: { issuer: "letsencrypt" } });
    const host = required.host;
    for (const rule of objects.filter((it) => it.kind === "Ingress").flatMap((it) => it.spec.rules)) {
      const routes = Object.fromEntries(rule.http.paths.map((it: any) => [it.path, `${it.pathType} ${it.backend.service.name}`]));
      for (const path of ["/app", "/admin", "/auth", "/store", "/hooks", "/static", "/health"]) assert.equal(routes[path], "Prefix medusa-server", path);
      assert.equal(routes["/"], "Prefix medusa-storefront");
      assert.equal(Object.keys(routes).length, 8);
    }
    assert.deepEqual(hostsAndCertificates(objects), [[host, "letsencrypt", [host], "medusa-tls"], ["shop.example.org", "letsencrypt", ["shop.example.org"], "medusa-eba1c86c-tls"]]);
  });

  it("asks for no certificate of its generated host where the ingress controller has one", async () => {
    const objects = await render({ domains: ["shop.example.org"], tls: { issuer: "letsencrypt", wildcard: true } });
    assert.deepEqual(hostsAndCertificates(objects), [[required.host, undefined, undefined, undefined], ["shop.example.org", "letsencrypt", ["shop.example.org"], "medusa-eba1c86c-tls"]]);
    assert.equal(env(objectOf(objects, "Deployment", "medusa-server"), "server").COOKIE_INSECURE, "false");
  });

  it("is plain http without an issuer, and lets cookies be", async () => {
    const plain = await render();
    assert.equal(objectOf(plain, "Ingress", "medusa").spec.tls, undefined);
    const server = env(objectOf(plain, "Deployment", "medusa-server"), "server");
    assert.equal(server.COOKIE_INSECURE, "true");
    assert.match(server.MEDUSA_BACKEND_URL, /^http:/);

    const secure = env(objectOf(await render({ tls: { issuer: "letsencrypt" }, domains: ["shop.example.org"] }), "Deployment", "medusa-server"), "server");
    assert.equal(secure.COOKIE_INSECURE, "false");
    assert.match(secure.AUTH_CORS, /^https:\/\/shop\.example\.org,https:\/\/store-acme[^,]+$/);
  });

  it("names the port in every address, where the ingress answers on another than the scheme's", async () => {
    const objects = await render({ ports: { http: 8080, https: 443 }, domains: ["shop.example.org"] });
    const server = env(objectOf(objects, "Deployment", "medusa-server"), "server");
    const url = `http://${required.host}:8080`;
    assert.equal(server.MEDUSA_BACKEND_URL, url);
    for (const name of ["STORE_CORS", "ADMIN_CORS", "AUTH_CORS"]) assert.equal(server[name], `http://shop.example.org:8080,${url}`);
    assert.equal(env(objectOf(objects, "Deployment", "medusa-storefront"), "storefront").STOREFRONT_URL, "http://shop.example.org:8080");
  });

  it("takes secrets from Secrets only, and creates none that were given", async () => {
    const objects = await render({ smtp: { host: "mail", port: 25, from: "a@b.c", login: { username: "u", passwordSecret: "smtp" } } });
    assert.deepEqual(objects.filter((it) => it.kind === "Secret").map((it) => it.metadata.name), ["medusa-storefront"]);
    const refs = JSON.stringify(objects.map(podSpecOf)).matchAll(/"(?:secretName|secretKeyRef":\{"name)":"([^"]+)"/g);
    assert.deepEqual([...new Set([...refs].map(([, name]) => name))].sort(), ["medusa-admin", "medusa-app", "medusa-database", "medusa-redis", "medusa-storefront", "smtp"]);
    for (const container of objects.flatMap(containersOf)) {
      for (const { name, value } of container.env ?? []) {
        if (/PASSWORD$|SECRET$/.test(name)) assert.equal(value, undefined, `${container.name} has ${name} in plain`);
      }
    }
  });

  it("starts server and worker anew for another password of the mail server, and nothing else", async () => {
    const login = (revision: string) => ({ smtp: { host: "mail", port: 25, from: "a@b.c", login: { username: "u", passwordSecret: "smtp", revision } } });
    const [one, two] = [await render(login("1")), await render(login("2"))];
    const changed = one.filter((object) => JSON.stringify(object) !== JSON.stringify(two.find(({ kind, metadata }) => kind === object.kind && metadata.name === object.metadata.name)));
    assert.deepEqual(changed.map(({ metadata }) => metadata.name).sort(), ["medusa-server", "medusa-worker"]);
    for (const { spec } of changed) assert.deepEqual(spec.template.metadata.annotations, { "storefleet.dev/smtp-revision": "1" });
  });

  it("starts what reads a Secret from outside anew for another revision, and nothing else", async () => {
    const named = (kind: string, revision: string) => render({ secrets: { [kind]: { name: "theirs", revision } } });
    for (const [kind, parts] of Object.entries({ admin: [], database: ["medusa-postgres", "medusa-server", "medusa-worker"], redis: ["medusa-redis", "medusa-server", "medusa-worker"], app: ["medusa-server", "medusa-worker"] })) {
      const [one, two] = [await named(kind, "1"), await named(kind, "2")];
      const changed = one.filter((object) => JSON.stringify(object) !== JSON.stringify(two.find((it) => it.kind === object.kind && it.metadata.name === object.metadata.name)));
      assert.deepEqual(changed.map(({ metadata }) => metadata.name).sort(), parts, kind);
      for (const { spec } of changed) assert.equal(spec.template.metadata.annotations[`storefleet.dev/${kind}-revision`], "1");
    }
  });

  it("keeps in Redis what must not be lost, and nothing that grows with visits", async () => {
    const objects = await render();
    assert.match(objectOf(objects, "ConfigMap", "medusa-redis").data["redis.conf"], /^maxmemory-policy noeviction$/m);
    for (const container of objects.flatMap(containersOf)) assert.ok(!(container.env ?? []).some(({ name }: any) => name === "MEDUSA_FF_CACHING"), container.name);
  });

  it("has the first custom domain in the links of its pages", async () => {
    const addressOf = async (change: Partial<MedusaArgs>) => env(objectOf(await render(change), "Deployment", "medusa-storefront"), "storefront").STOREFRONT_URL;
    assert.equal(await addressOf({ domains: ["shop.example.org", "other.example.org"], tls: { issuer: "letsencrypt" } }), "https://shop.example.org");
    assert.equal(await addressOf({}), `http://${required.host}`);
  });

  it("tells every process of the application how e-mail is sent, and not the storefront", async () => {
    const objects = await render({ smtp: { host: "mail", port: 25, from: "a@b.c", login: { username: "u", passwordSecret: "smtp" } } });
    const smtp = { SMTP_HOST: "mail", SMTP_PORT: "25", SMTP_FROM: "a@b.c", SMTP_USERNAME: "u", SMTP_PASSWORD: { secretKeyRef: { name: "smtp", key: "password" } } };
    for (const container of objects.flatMap(containersOf)) {
      const given = Object.fromEntries((container.env ?? []).filter(({ name }: any) => name.startsWith("SMTP_")).map((it: any) => [it.name, it.value ?? it.valueFrom]));
      // Each of them: Medusa switches the provider off in the database when it starts without.
      assert.deepEqual(given, container.image === images.medusa && container.name !== "publish-key" ? smtp : {}, container.name);
    }
  });

  it("generates the Secrets that were not given", async () => {
    const objects = await renderChart("medusa");
    const keys = Object.fromEntries(objects.filter((it) => it.kind === "Secret" && it.data).map((it) => [it.metadata.name, Object.keys(it.data).sort()]));
    assert.deepEqual(keys, {
      "medusa-admin": ["email", "password", "username"],
      "medusa-app": ["cookie-secret", "jwt-secret"],
      "medusa-database": ["password", "postgres-password"],
      "medusa-redis": ["password"],
    });
    for (const { metadata } of objects.filter((it) => it.kind === "Secret" && it.data)) assert.equal(metadata.annotations?.["helm.sh/resource-policy"], "keep");
  });

  it("pulls all images with the environment's Secret", async () => {
    for (const object of (await render({ imagePullSecret: "image-pull" })).filter(podSpecOf)) {
      assert.deepEqual(podSpecOf(object).imagePullSecrets, [{ name: "image-pull" }], object.metadata.name);
    }
  });

  it("lets one container of the Job write the storefront's key, and do nothing else", async () => {
    const objects = await render();
    const job = objectOf(objects, "Job");
    assert.equal(podSpecOf(job).serviceAccountName, "medusa-prepare");
    assert.equal(podSpecOf(job).automountServiceAccountToken, false);
    const [token] = podSpecOf(job).volumes.filter((it: any) => it.projected);
    const holders = objects.flatMap(containersOf).filter((it) => it.volumeMounts?.some(({ name }: any) => name === token.name));
    assert.deepEqual(holders.map(({ name }) => name), ["publish-key"]);
    assert.doesNotMatch(JSON.stringify(holders), /PASSWORD|DATABASE/, "the token's holder has passwords besides");

    const secret = objectOf(objects, "Secret", env(job, "publish-key").SECRET_NAME);
    assert.equal(secret.data, undefined, "an upgrade would overwrite the key");
    assert.deepEqual(objects.filter((it) => it.kind === "Role").map((it) => it.rules), [
      [{ apiGroups: [""], resources: ["secrets"], resourceNames: [secret.metadata.name], verbs: ["patch"] }],
    ]);
    const { subjects, roleRef } = objectOf(objects, "RoleBinding");
    assert.deepEqual([subjects.map(({ name }: any) => name), roleRef.name], [["medusa-prepare"], objectOf(objects, "Role").metadata.name]);
    assert.ok(!objects.some((it) => it.kind === "ClusterRole" || it.kind === "ClusterRoleBinding"));
    for (const object of objects.filter((it) => podSpecOf(it) && it !== job)) assert.equal(podSpecOf(object).serviceAccountName, "medusa", object.metadata.name);
  });

  it("lets each part be reached by those that need it", async () => {
    const accepts = async (args: Partial<MedusaArgs>) =>
      Object.fromEntries(
        (await render(args)).filter((it) => it.kind === "NetworkPolicy").map(({ spec }) => {
          const [{ from, ports }] = spec.ingress;
          return [spec.podSelector.matchLabels.app, [...from.map((it: any) => it.podSelector.matchLabels.app), ...ports.map((it: any) => it.port)]];
        }),
      );
    const data = { postgres: ["medusa-server", "medusa-worker", "medusa-prepare", 5432], redis: ["medusa-server", "medusa-worker", "medusa-prepare", 6379] };
    assert.deepEqual(await accepts({}), data, "alone, nobody would say that the ingress controller may reach the server");
    assert.deepEqual(await accepts({ isolated: true }), { ...data, "medusa-server": ["medusa-storefront", 9000] });
    const apps = new Set((await render()).filter(podSpecOf).map((it) => it.spec.template.metadata.labels.app));
    for (const app of ["postgres", "redis", "medusa-server", "medusa-worker", "medusa-prepare", "medusa-storefront"]) assert.ok(apps.has(app), app);
  });

  it("tells the storefront where the backend is, and nothing of the shop but its key", async () => {
    const storefront = objectOf(await render(), "Deployment", "medusa-storefront");
    // Read when the container starts, which is after the Job has written it: before, the server would not answer.
    assert.deepEqual(containersOf(storefront).map(({ name }) => name), ["wait-for-server", "storefront"]);
    assert.deepEqual(env(storefront, "storefront"), {
      MEDUSA_PUBLISHABLE_KEY: { secretKeyRef: { name: "medusa-storefront", key: "publishable-key" } }, NODE_ENV: "production", HOSTNAME: "0.0.0.0", PORT: "8000",
      MEDUSA_BACKEND_URL: "http://medusa-server:9000", STOREFRONT_URL: `http://${required.host}`,
    });
  });

  it("selects pods by labels that never change", async () => {
    for (const object of (await render()).filter((it) => it.spec?.selector?.matchLabels)) {
      assert.deepEqual(Object.keys(object.spec.selector.matchLabels).sort(), ["app", "app.kubernetes.io/instance"], object.metadata.name);
    }
  });

  for (const [what, values, message] of [
    ["an unknown value", { typo: 1 }, /'typo' not allowed/],
    ["two Postgres pods", { sizes: { postgres: { replicas: 2 } } }, /postgres\/replicas/],
    ["a colour by name", { shop: { accent: "red" } }, /shop\/accent/],
    ["a country in lower case", { shop: { country: "de" } }, /shop\/country/],
    ["a host with a scheme", { ingress: { host: "https://shop.example.com" } }, /ingress\/host/],
    ["a size without unit", { sizes: { server: { memoryLimit: "512" } } }, /server\/memoryLimit/],
  ] as const) {
    it(`refuses ${what}`, () => assert.rejects(renderChart("medusa", values), message));
  }
});
