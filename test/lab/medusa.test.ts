import assert from "node:assert/strict";
import type { KubeObject } from "../../kube";
import { labels } from "../../stores/labels";
import { until } from "../e2e/helpers/until";
import { Lab, median, say, timed } from "./lab";
import { MedusaAdmin } from "./medusa-admin";
import { MedusaShopper, textOf } from "./medusa-shopper";

const shop = (name: string, values: object) => JSON.stringify({ name, engine: "medusa", ...values });
const samples = [
  { name: "Sample Hoodie", sku: "SAMPLE-HOODIE", price: 49.99, stock: 100 },
  { name: "Sample Mug", sku: "SAMPLE-MUG", price: 9.99, stock: 500 },
];
/** Everything that YAML, a shell, JavaScript, SQL, HTML or a template could take for its own; 200 characters. */
const hostile = `- "O'Neil": & <b>Söhne</b></script> $HOME \`id\` $(id) \${7*7} \\n \\' {{ .Values }} <%= 1 %> %s #{x} '; DROP TABLE store; -- 🛍️ `.padEnd(200, "x");

/** The life of Medusa shops on real pods. Takes about half an hour on two cores. */
describe("Medusa in the lab", function () {
  this.timeout(15 * 60_000);
  const lab = new Lab();
  const uids = async (...apps: string[]) => (await lab.podsOf("acme")).filter(({ app }) => apps.includes(app)).map(({ uid }) => uid).sort();
  const podOf = async (app: string) => (await lab.objects("acme", "pods")).find(({ metadata }) => metadata.labels?.app === app && !metadata.deletionTimestamp)!;

  before(async () => {
    lab.list();
    await lab.up();
  });
  after(() => lab.remove());

  it("makes a shop that sells within 75 seconds", async () => {
    lab.list(shop("acme", { title: "Acme Boots" }));
    const { seconds } = await timed(async () => {
      await lab.ok("apply");
      await lab.verify("acme");
    });
    const { phase, provisionSeconds } = await lab.statusOf("acme");
    say(`apply and verify: ${seconds.toFixed(1)} s; READY after ${provisionSeconds} s; server from start to ready: ${startOf(await podOf("medusa-server"))} s`);
    assert.equal(phase, "READY");
    assert.ok(seconds <= 75, `took ${seconds} s`);
  });

  it("asks for at most 1.2 GiB of memory", async () => {
    const requests = (await lab.objects("acme", "pods")).map(requestOf);
    const sum = requests.reduce((total, mebibytes) => total + mebibytes);
    say(`requests: ${sum} MiB`);
    assert.ok(requests.length >= 5 && sum <= 1.2 * 1024, requests.join(" + "));
  });

  it("changes nothing when applied again", async () => {
    const before = (await lab.podsOf("acme")).map(({ uid }) => uid);
    const { rows } = await lab.apply("--no-skip");
    assert.deepEqual(rows.acme?.changes, { create: 0, update: 0, replace: 0, delete: 0 });
    assert.deepEqual((await lab.podsOf("acme")).map(({ uid }) => uid), before);
  });

  it("starts a server within 15 seconds, and is away until then, not broken", async () => {
    const { name } = (await lab.podsOf("acme")).find(({ app }) => app === "medusa-server")!;
    const statuses = new Set<number>();
    let started = false;
    const starting = lab
      .inStore("acme", "delete", "pod", name)
      .then(() => lab.inStore("acme", "rollout", "status", "deploy/medusa-server", "--timeout=120s"))
      .finally(() => (started = true));
    await until("the server answers again", async () => {
      const { status } = await lab.get("acme", "/health");
      statuses.add(status);
      return started && status === 200;
    }, 150);
    await starting;
    say(`answers meanwhile: ${[...statuses].join(", ")}`);
    assert.deepEqual([...statuses].filter((status) => status !== 200 && status < 500), []);
    const seconds = startOf(await podOf("medusa-server"));
    say(`server from start to ready: ${seconds} s`);
    assert.ok(seconds <= 15, `took ${seconds} s`);
  });

  it("serves a product's page warm in under 200 ms", async () => {
    const times: number[] = [];
    for (let index = 0; index < 30; index++) {
      const { status, body, milliseconds } = await lab.get("acme", "/products/sample-hoodie");
      assert.deepEqual([status, body.includes("Sample Hoodie")], [200, true]);
      if (index >= 10) times.push(milliseconds);
    }
    say(`product page: median ${Math.round(median(times))} ms`);
    assert.ok(median(times) < 200);
  });

  it("follows a changed list, restarts nothing, and leaves what the owner changed", async () => {
    const admin = await MedusaAdmin.login(lab, "acme");
    const { id, variants: [variant] } = await admin.product("SAMPLE-HOODIE");
    await admin.post(`/admin/products/${id}`, { title: "The owner's hoodie", description: "Knitted by hand" });
    await admin.post(`/admin/products/${id}/variants/${variant.id}`, { prices: [{ id: variant.prices[0].id, currency_code: "eur", amount: 55 }] });
    await admin.delete(`/admin/products/${(await admin.product("SAMPLE-STICKER-PACK")).id}`);
    const pods = ["medusa-server", "medusa-worker", "medusa-storefront", "postgres", "redis"];
    const before = await uids(...pods);
    assert.notEqual(await accentOf(), "#0a7d5c");

    const products = [{ ...samples[0], price: 60 }, samples[1], { name: "Sample Sticker Pack", sku: "SAMPLE-STICKER-PACK", price: 1 }, { name: "New Cap", sku: "CAP-1", price: 12.34, stock: 2 }];
    lab.list(shop("acme", { title: "Acme Hats", products, medusa: { shippingPrice: 7.5, accent: "#0A7D5C" } }));
    const { seconds } = await timed(() => lab.ok("apply"));
    // The storefront asks for the shop's settings once a minute.
    const shown = await timed(() => until("the new title shows", async () => /<title>Acme Hats<\/title>/.test((await lab.get("acme", "/")).body), 90, 500));
    say(`a changed list: ${seconds.toFixed(1)} s, shown ${shown.seconds.toFixed(1)} s later`);
    assert.equal(await accentOf(), "#0a7d5c");
    assert.equal((await new MedusaShopper(lab, "acme").buy("new-cap")).total, 12.34 + 7.5);
    const hoodie = await admin.product("SAMPLE-HOODIE");
    assert.deepEqual([hoodie.title, hoodie.description, hoodie.variants[0].prices.map(({ amount }: { amount: number }) => amount)], ["The owner's hoodie", "Knitted by hand", [55]]);
    assert.equal(await admin.product("SAMPLE-STICKER-PACK"), undefined);
    assert.deepEqual(await uids(...pods), before);
    assert.deepEqual((await lab.podsOf("acme")).filter(({ restarts }) => restarts > 0), []);
  });

  /** The colour of the storefront's links and buttons. */
  async function accentOf(): Promise<string | undefined> {
    const style = /<link rel="stylesheet" href="([^"]+)"/.exec((await lab.get("acme", "/")).body)?.[1];
    return /--fill-day: *(#[0-9a-f]{6})/.exec((await lab.get("acme", style!)).body)?.[1];
  }

  it("gives hostile titles and products to the shop as they are", async () => {
    const names = [hostile, `${hostile.slice(100)}${hostile.slice(0, 100)}`, "Back\\slash & <3", "two\nlines\tand a tab"];
    const lines = "Bcc: a@example.com\nTo: b@example.com";
    const products = names.map((name, index) => ({ name, sku: `HOSTILE-${index}`, price: 1.5 + index, stock: index + 1 }));
    lab.list(shop("acme", { title: "Acme Hats" }), shop("weird", { title: hostile, products }), shop("lines", { title: lines }));
    await lab.ok("apply", "weird", "lines");
    // It looks at the order's e-mail, too.
    for (const store of ["weird", "lines"]) await lab.verify(store);

    const admin = await MedusaAdmin.login(lab, "weird");
    assert.equal((await admin.get("/admin/stores")).stores[0].name, hostile);
    for (const { name, sku, price, stock } of products) {
      const { title, handle, variants: [variant] } = await admin.product(sku);
      assert.deepEqual([title, variant.prices.map(({ amount }: { amount: number }) => amount)], [name, [price]]);
      const { inventory_items: [item] } = await admin.get(`/admin/inventory-items?sku=${sku}&fields=stocked_quantity`);
      assert.equal(item.stocked_quantity, stock);
      const { body } = await lab.get("weird", `/products/${handle}`);
      assert.equal(textOf(/<h1>([^]*?)<\/h1>/.exec(body)![1]!), name);
      assert.equal(textOf(/<title>([^]*?)<\/title>/.exec(body)![1]!), name === hostile ? name : `${name} – ${hostile}`);
      assert.doesNotMatch(body, /<b>Söhne|O'Neil": & </);
    }
    assert.equal((await (await MedusaAdmin.login(lab, "lines")).get("/admin/stores")).stores[0].name, lines);
    await lab.ok("destroy", "lines", "weird", "--yes");
  });

  it("upgrades to another image with a migration, serves throughout, and keeps every order", async () => {
    const image = process.env.LAB_NEXT_MEDUSA_IMAGE ?? "storefleet-medusa:next";
    const tables = () => lab.sql("acme", "select count(*) from information_schema.tables where table_schema = 'public'");
    const before = Number(await tables());
    const placed: string[] = [(await new MedusaShopper(lab, "acme").buy("sample-mug")).id];
    lab.settings({ images: { medusa: image } });
    await lab.ok("cluster", "up");

    const errors: string[] = [];
    let upgrading = true;
    const shoppers = Array.from({ length: 2 }, async () => {
      while (upgrading) await new MedusaShopper(lab, "acme").buy("sample-mug").then(({ id }) => placed.push(id), (error: Error) => errors.push(error.message));
    });
    const { seconds } = await timed(() => lab.ok("apply", "acme")).finally(async () => {
      upgrading = false;
      await Promise.all(shoppers);
      lab.settings({});
      await lab.ok("cluster", "up");
    });
    say(`upgrade: ${seconds.toFixed(1)} s, ${placed.length - 1} orders meanwhile`);
    assert.deepEqual(errors, []);
    for (const app of ["medusa-server", "medusa-worker"]) assert.equal((await podOf(app)).spec?.containers[0].image, image);
    assert.ok(Number(await tables()) > before, "the new image's migration made no table");
    const orders = await (await MedusaAdmin.login(lab, "acme")).orders();
    assert.deepEqual(placed.filter((id) => !orders.includes(id)), []);
    await lab.verify("acme");
  });

  it("leaves nothing of a destroyed shop within 30 seconds", async () => {
    const volumes = async () => (await lab.kube.list("/api/v1/persistentvolumes")).filter(({ spec }) => spec?.claimRef?.namespace === lab.namespace("acme"));
    const kinds = (await lab.kubectl("api-resources", "--verbs=list", "--output=name")).split("\n").join(",");
    const labelled = () => lab.kubectl("get", kinds, "--all-namespaces", "--selector", `${labels.store}=acme`, "--output=name", "--ignore-not-found");
    assert.equal((await volumes()).length, 2);
    assert.match(await labelled(), /medusa-server/);
    const { seconds } = await timed(() => lab.ok("destroy", "acme", "--yes"));
    say(`destroy: ${seconds.toFixed(1)} s`);
    await until("its volumes are gone", async () => (await volumes()).length === 0, 30);
    assert.equal(await lab.kube.get(`/api/v1/namespaces/${lab.namespace("acme")}`), undefined);
    assert.equal(await labelled(), "");
    assert.equal(lab.hasStack("acme"), false);
    assert.ok(seconds <= 30, `took ${seconds} s`);
  });

  it("runs five shops of each engine at the same time within eight minutes, none restarted", async () => {
    const names = ["medusa", "woocommerce"].flatMap((engine) => Array.from({ length: 5 }, (_, index) => `${engine}-${index}`));
    lab.list(...names.map((name) => `{ name: ${name}, engine: ${name.split("-")[0]} }`));
    const { seconds, value } = await timed(() => lab.storesWith({ HELM_TIMEOUT: "480" }, "apply", "--concurrency", "10"));
    say(`ten shops: ${seconds.toFixed(1)} s`);
    assert.equal(value.code, 0, value.stderr);
    const status = await lab.status();
    assert.deepEqual(status.map(({ phase }) => phase), names.map(() => "READY"));
    for (const name of names) await lab.verify(name);
    for (const name of names) for (const pod of await lab.podsOf(name)) assert.equal(pod.restarts, 0, `${name}: ${pod.name} restarted`);
    assert.ok(seconds <= 480, `took ${seconds} s`);
    await lab.ok("destroy", "--all", "--yes");
  });
});

/** Memory in MiB that the scheduler sets aside for a pod: its containers', or its greediest init container's. */
function requestOf({ spec }: KubeObject): number {
  const of = (containers: { resources: { requests: { memory: string } } }[] = []) => containers.map(({ resources: { requests: { memory } } }) => parseInt(memory, 10) * (memory.endsWith("Gi") ? 1024 : 1));
  return Math.max(of(spec?.containers).reduce((sum, it) => sum + it, 0), ...of(spec?.initContainers));
}

/** Seconds from the start of a pod's container to the pod being ready. */
function startOf({ status }: KubeObject): number {
  const ready = status?.conditions.find(({ type }: { type: string }) => type === "Ready").lastTransitionTime as string;
  return (Date.parse(ready) - Date.parse(status?.containerStatuses[0].state.running.startedAt)) / 1000;
}
