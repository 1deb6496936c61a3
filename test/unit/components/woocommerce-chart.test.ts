import assert from "node:assert/strict";
import { mebibytes } from "../../../config/quantity";
import { chartValues } from "../../../components/woocommerce/values";
import type { WooCommerceArgs } from "../../../components/woocommerce";
import { plans } from "../../../config/plans";
import { hostsAndCertificates, type KubernetesObject, objectOf, renderChart } from "../helpers/rendered-chart";

const args: WooCommerceArgs = {
  namespace: "store-acme-0a1b2c3d",
  host: "store-acme-0a1b2c3d.example.com",
  title: "Acme",
  adminEmail: "owner@example.com",
  sizes: plans.woocommerce.small,
  products: [{ name: "Mug", sku: "MUG", price: 9.99, stock: 5 }],
};
const render = (change: Partial<WooCommerceArgs> = {}) => renderChart("woocommerce", chartValues({ ...args, ...change }));
const keyOf = ({ kind, metadata }: KubernetesObject) => `${kind}/${metadata.name}`;
const settingsOf = (objects: KubernetesObject[]) => JSON.parse(objectOf(objects, "ConfigMap", "woocommerce-setup").data["settings.json"]);
const podOf = (object: KubernetesObject) => (object.kind === "CronJob" ? object.spec.jobTemplate.spec : object.spec).template;

/** Objects that differ between two renderings, those that only one of them has included. */
function differing(before: KubernetesObject[], after: KubernetesObject[]): string[] {
  const text = (objects: KubernetesObject[]) => new Map(objects.map((object) => [keyOf(object), JSON.stringify(object)]));
  const [old, now] = [text(before), text(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key)).sort();
}

describe("the WooCommerce chart", () => {
  let objects: KubernetesObject[];
  before(async () => {
    objects = await render();
  });

  it("starts what reads a Secret from outside anew for another revision, and nothing else", async () => {
    const named = (kind: string, revision: string) => render({ secrets: { [kind]: { name: "theirs", revision } } });
    const parts = { admin: [], database: ["Deployment/woocommerce-wordpress", "StatefulSet/woocommerce-mariadb"], salts: ["Deployment/woocommerce-wordpress"] };
    for (const [kind, changed] of Object.entries(parts)) assert.deepEqual(differing(await named(kind, "1"), await named(kind, "2")), changed, kind);
  });

  it("consists of these objects", () => {
    assert.deepEqual(objects.map((object) => keyOf(object).replace(/[0-9a-f]{8}$/, "*")).sort(), [
      "ConfigMap/woocommerce-mariadb",
      "ConfigMap/woocommerce-setup",
      "ConfigMap/woocommerce-web",
      "CronJob/woocommerce-cron",
      "Deployment/woocommerce-wordpress",
      "Ingress/woocommerce",
      "Job/woocommerce-setup-*",
      "PersistentVolumeClaim/woocommerce-database",
      "PersistentVolumeClaim/woocommerce-uploads",
      "Service/woocommerce-mariadb",
      "Service/woocommerce-wordpress",
      "ServiceAccount/woocommerce",
      "StatefulSet/woocommerce-mariadb",
    ]);
  });

  it("restarts nothing for a new title, e-mail or product: only the set-up runs again", async () => {
    const products = [{ name: "Hat", sku: "HAT", price: 1, stock: 1 }];
    for (const change of [{ title: "Other" }, { adminEmail: "new@example.com" }, { products }, { currency: "USD" }, { timezone: "Europe/Berlin" }]) {
      const changed = differing(objects, await render(change)).map((key) => key.replace(/[0-9a-f]{8}$/, "*"));
      assert.deepEqual(changed, ["ConfigMap/woocommerce-setup", "Job/woocommerce-setup-*", "Job/woocommerce-setup-*"], JSON.stringify(change));
    }
  });

  it("gives every different set-up pod another Job name, since a Job can not be changed", async () => {
    const changes: Partial<WooCommerceArgs>[] = [
      {}, { title: "Other" }, { images: { wordpress: "wordpress:other" } }, { domains: ["shop.example.org"] }, { tls: { issuer: "it" } },
      { egress: "allow" }, { sizes: plans.woocommerce.medium }, { labels: { team: "x" } }, { imagePullSecret: "pull" },
      { smtp: { host: "mail", port: 25, from: "a@example.com" } }, { sharedStorageClass: "nfs" },
    ];
    const names = new Set<string>();
    for (const change of changes) names.add(objectOf((await render(change)).filter(({ kind }) => kind === "Job"), "Job").metadata.name);
    assert.equal(names.size, changes.length);
  });

  it("gives the same to the same", async () => {
    assert.deepEqual(differing(objects, await render()), []);
    assert.deepEqual(differing(objects, await render({ chartDigest: "another" })), [], "a digest alone changes nothing");
  });

  const hostile = [
    `"quoted" and 'single' \\ back\\slash`, "$HOME $(id) `id` ${IFS}", "line\nbreak\r\ttab", "{{ .Values.secrets }} {{ fail \"x\" }}",
    "'); DROP TABLE wp_options; -- ", "<?php system('id'); ?><script>alert(1)</script>", "🎉 ünïcödé \u2028 \u0085 \u007f \ufeff", "%s %n --title=x @file", "---\n- a: b\n#", "x".repeat(200),
  ];
  for (const text of hostile) {
    it(`hands on exactly, and to settings.json only: ${JSON.stringify(text).slice(0, 60)}`, async () => {
      const product = { name: text, sku: text, price: 9.99, stock: 5 };
      const rendered = await render({ title: text, products: [product] });
      const settings = settingsOf(rendered);
      assert.equal(settings.title, text);
      assert.deepEqual(settings.products, [product]);
      const changed = differing(objects, rendered).map((key) => key.replace(/[0-9a-f]{8}$/, "*"));
      assert.deepEqual(changed, ["ConfigMap/woocommerce-setup", "Job/woocommerce-setup-*", "Job/woocommerce-setup-*"]);
      assert.deepEqual(
        { ...objectOf(rendered, "ConfigMap", "woocommerce-setup").data, "settings.json": "" },
        { ...objectOf(objects, "ConfigMap", "woocommerce-setup").data, "settings.json": "" },
      );
    });
  }

  it("keeps large numbers whole", async () => {
    const products = [{ name: "Many", sku: "MANY", price: 9999999.99, stock: 1_000_000_000 }];
    assert.deepEqual(settingsOf(await render({ products })).products, products);
  });

  it("mounts further products in the set-up Job only, another one for others, and starts without those that are gone", async () => {
    const with_ = async (...productFiles: string[]) => renderChart("woocommerce", { ...chartValues(args), productFiles, productSeconds: 60 });
    const [one, two] = [await with_("woocommerce-products-0-a"), await with_("woocommerce-products-0-b", "woocommerce-products-1-c")];
    const [job, other] = [objectOf(one, "Job"), objectOf(two, "Job")];
    assert.notEqual(job.metadata.name, other.metadata.name);
    assert.equal(other.spec.activeDeadlineSeconds, 1260);
    assert.deepEqual(podOf(other).spec.volumes.find(({ name }: any) => name === "products").projected.sources, [
      { configMap: { name: "woocommerce-products-0-b", optional: true } }, { configMap: { name: "woocommerce-products-1-c", optional: true } },
    ]);
    assert.ok(podOf(other).spec.containers[0].volumeMounts.some(({ mountPath }: any) => mountPath === "/products"));
    assert.deepEqual(differing(one, two).map((key) => key.replace(/[0-9a-f]{8}$/, "*")), ["Job/woocommerce-setup-*", "Job/woocommerce-setup-*"]);
  });

  it("takes 500 products", async () => {
    const products = Array.from({ length: 500 }, (_, n) => ({ name: `Product ${n}`, sku: `P-${n}`, price: n / 4, stock: n }));
    assert.equal(settingsOf(await render({ products })).products.length, 500);
  });

  it("has no environment variable that Kubernetes would expand", () => {
    for (const object of objects.filter(({ kind }) => ["Deployment", "StatefulSet", "Job", "CronJob"].includes(kind))) {
      for (const { env } of podOf(object).spec.containers) {
        for (const { name, value } of env) assert.ok(!String(value).includes("$("), name);
      }
    }
  });

  it("runs nothing when suspended, and keeps secrets, settings and addresses", async () => {
    const suspended = await render({ suspended: true });
    assert.equal(objectOf(suspended, "Deployment").spec.replicas, 0);
    assert.equal(objectOf(suspended, "StatefulSet").spec.replicas, 0);
    assert.equal(objectOf(suspended, "CronJob").spec.suspend, true);
    assert.deepEqual(suspended.filter(({ kind }) => kind === "Job"), []);
    objectOf(suspended, "Ingress");
    // Without pods nothing binds a new claim; one that exists is found in the cluster, and kept in any case.
    assert.deepEqual(suspended.filter(({ kind }) => kind === "PersistentVolumeClaim"), []);
    for (const claim of objects.filter(({ kind }) => kind === "PersistentVolumeClaim")) {
      assert.equal(claim.metadata.annotations["helm.sh/resource-policy"], "keep");
    }
  });

  it("recreates its one web pod on a volume of one node, and keeps Jobs on that node", () => {
    assert.deepEqual(objectOf(objects, "Deployment").spec.strategy, { type: "Recreate" });
    const labels = podOf(objectOf(objects, "Deployment")).metadata.labels;
    for (const kind of ["Job", "CronJob"]) {
      const pod = podOf(objects.find((object) => object.kind === kind)!).spec;
      const [rule] = pod.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution;
      for (const [key, value] of Object.entries(rule.labelSelector.matchLabels)) assert.equal(labels[key], value);
    }
  });

  it("rolls several web pods over a shared volume", async () => {
    const sizes = structuredClone<WooCommerceArgs["sizes"]>(plans.woocommerce.large);
    sizes.wordpress.replicas = 3;
    const shared = await render({ sizes, sharedStorageClass: "nfs" });
    const { replicas, strategy } = objectOf(shared, "Deployment").spec;
    assert.equal(replicas, 3);
    assert.equal(strategy.type, "RollingUpdate");
    assert.equal(strategy.rollingUpdate.maxUnavailable, 0);
    const { accessModes, storageClassName } = objectOf(shared, "PersistentVolumeClaim", "woocommerce-uploads").spec;
    assert.deepEqual([accessModes, storageClassName], [["ReadWriteMany"], "nfs"]);
    assert.equal(objectOf(shared, "PodDisruptionBudget").spec.maxUnavailable, 1);
    assert.equal(podOf(objectOf(shared, "CronJob")).spec.affinity, undefined);
  });

  it("the database takes the connections of every web pod that there may be at once", async () => {
    const connections = async (sharedStorageClass: string | undefined, replicas: number) => {
      const sizes = structuredClone<WooCommerceArgs["sizes"]>(plans.woocommerce.large);
      sizes.wordpress.replicas = replicas;
      const { args: given } = podOf(objectOf(await render({ sizes, sharedStorageClass }), "StatefulSet")).spec.containers[0];
      return (given as string[]).find((arg) => arg.startsWith("--max-connections="));
    };
    // 30 workers each; a pod that starts and one that still ends on top, where a roll-out has both.
    assert.equal(await connections(undefined, 1), "--max-connections=50");
    assert.equal(await connections("nfs", 1), "--max-connections=110");
    assert.equal(await connections("nfs", 3), "--max-connections=170");
  });

  it("refuses several web pods on a volume of one node", async () => {
    await assert.rejects(renderChart("woocommerce", { wordpress: { replicas: 2 } }), /more than one pod needs wordpress.uploads.accessMode ReadWriteMany/);
  });

  for (const [what, values] of Object.entries({
    "a misspelt key": { ingres: { host: "x.example.com" } },
    "a misspelt key further in": { wordpress: { replica: 1 } },
    "a number for a string": { shop: { title: 5 } },
    "a negative price": { shop: { products: [{ name: "x", sku: "x", price: -1, stock: 1 }] } },
    "a product without a name": { shop: { products: [{ sku: "x", price: 1, stock: 1 }] } },
    "a host with a path": { ingress: { host: "x.example.com/path" } },
    "a memory limit without a unit": { wordpress: { resources: { limits: { memory: "512" } } } },
  })) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(renderChart("woocommerce", values), /values don't meet the specifications of the schema/);
    });
  }

  it("answers on https when an issuer is named, with a certificate for each host", async () => {
    const secured = await render({ tls: { issuer: "letsencrypt" }, domains: ["shop.example.org"] });
    assert.deepEqual(hostsAndCertificates(secured), [[args.host, "letsencrypt", [args.host], "woocommerce-tls"], ["shop.example.org", "letsencrypt", ["shop.example.org"], "woocommerce-eba1c86c-tls"]]);
    assert.equal(settingsOf(secured).url, "https://shop.example.org");
    const plain = objectOf(objects, "Ingress");
    assert.equal(plain.spec.tls, undefined);
    assert.equal(settingsOf(objects).url, `http://${args.host}`);
  });

  it("asks for no certificate of its generated host where the ingress controller has one", async () => {
    const covered = await render({ tls: { issuer: "letsencrypt", wildcard: true }, domains: ["shop.example.org"] });
    assert.deepEqual(hostsAndCertificates(covered), [[args.host, undefined, undefined, undefined], ["shop.example.org", "letsencrypt", ["shop.example.org"], "woocommerce-eba1c86c-tls"]]);
    const alone = await render({ tls: { issuer: "letsencrypt", wildcard: true } });
    assert.equal(settingsOf(alone).url, `https://${args.host}`);
  });

  it("names the port in its addresses, where the ingress answers on another than the scheme's", async () => {
    const portIn = (rendered: KubernetesObject[]) => podOf(objectOf(rendered, "Deployment")).spec.containers[0].env.find(({ name }: { name: string }) => name === "SHOP_PORT")?.value;
    const elsewhere = await render({ ports: { http: 80, https: 8443 }, tls: { issuer: "letsencrypt" } });
    assert.equal(settingsOf(elsewhere).url, `https://${args.host}:8443`);
    assert.equal(portIn(elsewhere), ":8443");
    assert.equal(portIn(objects), undefined);
  });

  it("keeps e-mail settings and the password's place apart", async () => {
    const smtp = { host: "mail.example.com", port: 587, from: "shop@example.com", login: { username: "shops", passwordSecret: "smtp" } };
    const pod = podOf(objectOf(await render({ smtp }), "Deployment")).spec;
    const env = Object.fromEntries(pod.containers[0].env.map(({ name, value }: { name: string; value: string }) => [name, value]));
    assert.equal(env.SMTP_HOST, "mail.example.com");
    assert.equal(env.SMTP_PORT, "587");
    assert.equal(env.SMTP_PASSWORD_FILE, "/run/secrets/shop/smtp-password");
    const { sources } = pod.volumes.find(({ name }: { name: string }) => name === "secrets").projected;
    assert.ok(sources.some(({ secret }: any) => secret.name === "smtp" && secret.items[0].path === "smtp-password"));
    await assert.rejects(renderChart("woocommerce", { smtp: { host: "mail", username: "shops" } }), /smtp.passwordSecret: name the Secret/);
  });

  it("asks for at most 512Mi of memory in plan small, the set-up included", () => {
    const requests = objects
      .filter(({ kind }) => ["Deployment", "StatefulSet", "Job"].includes(kind))
      .map((object) => mebibytes(podOf(object).spec.containers[0].resources.requests.memory));
    assert.equal(requests.length, 3);
    assert.ok(requests.reduce((a, b) => a + b) <= 512, String(requests));
  });

  it("generates, for plain helm, the Secrets that its pods mount, with all their keys", async () => {
    const plain = await renderChart("woocommerce");
    const secrets = new Map(plain.filter(({ kind }) => kind === "Secret").map((object) => [object.metadata.name, object.data]));
    assert.deepEqual(Object.keys(secrets.get("woocommerce-admin")).sort(), ["email", "password", "username"]);
    assert.deepEqual(Object.keys(secrets.get("woocommerce-database")).sort(), ["password", "root-password"]);
    assert.equal(Object.keys(secrets.get("woocommerce-salts")).length, 8);
    for (const object of plain.filter(({ kind }) => ["Deployment", "StatefulSet", "Job", "CronJob"].includes(kind))) {
      const { volumes, containers } = podOf(object).spec;
      for (const { name, secret, projected } of volumes) {
        for (const used of [secret?.secretName, ...(projected?.sources ?? []).map((source: any) => source.secret?.name)].filter(Boolean)) {
          assert.ok(secrets.has(used), `${keyOf(object)} mounts ${used}`);
        }
        assert.ok(containers[0].volumeMounts.some((mount: any) => mount.name === name), `${keyOf(object)}: volume ${name} is not mounted`);
      }
    }
  });

  it("gives the Jobs every file that their scripts name", () => {
    const data = objectOf(objects, "ConfigMap", "woocommerce-setup").data;
    const mounted = [...Object.keys(data), "health.php"];
    const named = Object.values<string>(data).flatMap((text) => [...text.matchAll(/\/etc\/storefleet\/([\w.-]+)/g)].map(([, file]) => file!));
    assert.ok(named.includes("products.php"));
    for (const file of named) assert.ok(mounted.includes(file), file);
  });

  it("runs scheduled work at minutes that differ by namespace, never twice at once", () => {
    const { schedule, concurrencyPolicy } = objectOf(objects, "CronJob").spec;
    assert.match(schedule, /^[0-4]-59\/5 \* \* \* \*$/);
    assert.equal(concurrencyPolicy, "Forbid");
  });
});
