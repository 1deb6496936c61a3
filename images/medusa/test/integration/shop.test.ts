import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { adminPassword, list, statusOf } from "../helpers/app";
import { Http, placeOrder } from "../helpers/http";
import { eventually, type Process } from "../helpers/processes";
import { startSmtpSink, type SmtpSink } from "../helpers/smtp-sink";
import { app, migrated } from "./setup";

const shop = "shop";
const handle = "sample-mug";

describe("shop", () => {
  let url: string;
  let server: Process;
  let worker: Process;
  let sink: SmtpSink;
  let store: Http;
  let smtp: Record<string, string>;

  const startWorker = async () => ({ process: worker } = await app().serve("worker", shop, smtp));
  const mailTo = (email: string) => eventually(`the mail to ${email}`, () => sink.mails.find(({ to }) => to[0] === email), 90);

  before(async () => {
    await app().postgres.create(shop, migrated);
    sink = await startSmtpSink();
    smtp = { SMTP_HOST: "127.0.0.1", SMTP_PORT: String(sink.port), SMTP_FROM: "shop@example.com" };
    const started = await app().serve("server", shop, smtp);
    ({ url, process: server } = started);
    console.log(`    the server was up after ${started.seconds.toFixed(1)} s`);
    await startWorker();
  });
  after(async () => {
    await sink?.close();
    // BullMQ at times waits for ever for a Redis that was restarted.
    await worker?.stop("SIGKILL");
    assert.equal((await server?.stop()) ?? 0, 0, "ends well when it is asked to");
  });

  it("tells the storefront nothing until it is seeded", async () => {
    assert.equal(await statusOf(`${url}/storefront`), 503);
    await app().seed(shop).success();
    assert.deepEqual(await new Http(url).get("/storefront"), { title: list.title, currency: "eur", country: "de", accent: "#0a7d5c" });
  });

  it("takes the key that the seed has left in a file, and says what is wrong with any other", async () => {
    const key = readFileSync(app().keyFile(shop), "utf8");
    assert.match(key, /^pk_[0-9a-f]+$/);
    store = new Http(url, { "x-publishable-api-key": key });
    const { products } = await store.get("/store/products?fields=title&order=title");
    assert.deepEqual(products.map(({ title }: { title: string }) => title).sort(), list.products.map(({ name }) => name).sort());
    await assert.rejects(new Http(url, { "x-publishable-api-key": `${key}0` }).get("/store/products"), /answered 400: .*publishable/i);
  });

  it("takes an order, shows it in the admin API and mails the customer", async () => {
    const order = await placeOrder(store, handle, "ada@example.com");
    assert.equal(order.total, 24.88);

    const { token } = await new Http(url).post("/auth/user/emailpass", { email: list.adminEmail, password: adminPassword });
    const { order: seen } = await new Http(url, { authorization: `Bearer ${token}` }).get(
      `/admin/orders/${order.id}?fields=email,total,status,payment_status`,
    );
    assert.deepEqual([seen.email, seen.total, seen.status, seen.payment_status], ["ada@example.com", 24.88, "pending", "authorized"]);

    const { from, data } = await mailTo("ada@example.com");
    const text = data.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    const mail = Buffer.from(text, "latin1").toString("utf8");
    assert.equal(from, "shop@example.com");
    for (const part of [`Order ${order.display_id}`, "2 × Sample Mug", "€19.98", "€4.90", "€24.88", "&lt;b&gt;Lovelace&lt;/b&gt;", "10115 Berlin", list.title]) {
      assert.ok(mail.includes(part), `the mail lacks ${part}:\n${mail}`);
    }
  });

  it("logs the admin page in over plain HTTP, same origin", async () => {
    const { token } = await new Http(url).post("/auth/user/emailpass", { email: list.adminEmail, password: adminPassword });
    const session = await fetch(`${url}/auth/session`, { method: "POST", headers: { authorization: `Bearer ${token}` } });
    const cookie = session.headers.get("set-cookie")?.split(";")[0];
    assert.ok(cookie, "no cookie");
    assert.equal((await fetch(`${url}/admin/users/me`, { headers: { cookie } })).status, 200);
    const page = await (await fetch(`${url}/app`)).text();
    assert.match(page, /<script[^>]+src="\/app\//);
  });

  it("takes orders while the worker is down, and mails them later; a seed in between takes none away", async () => {
    assert.equal(await worker.stop(), 0);
    const order = await placeOrder(store, handle, "grace@example.com");
    await app().seed(shop, { title: "Acme", accent: "" }).success();
    assert.deepEqual(await new Http(url).get("/storefront"), { title: "Acme", currency: "eur", country: "de", accent: "" });
    await startWorker();
    const { data } = await mailTo("grace@example.com");
    assert.match(data, new RegExp(`^Subject: Your order ${order.display_id} at Acme`, "m"));
  });

  it("takes orders while the mail server is away, and mails them when it is back", async () => {
    const { port } = sink;
    await sink.close();
    await placeOrder(store, handle, "joan@example.com");
    await eventually("a failed mail in the log", () => /ECONNREFUSED/.test(worker.output));
    sink = await startSmtpSink(port);
    await mailTo("joan@example.com");
    assert.equal(sink.mails.length, 1);
  });

  it("is ready only while Postgres and Redis answer", async () => {
    const ready = () => statusOf(`${url}/ready`);
    assert.equal(await ready(), 200);
    for (const part of [app().redis, app().postgres]) {
      await part.stop();
      assert.equal(await ready(), 503);
      assert.equal(await statusOf(`${url}/health`), 200);
      await part.resume();
      await eventually("readiness to return", async () => (await ready()) === 200, 20);
    }
    await placeOrder(store, handle, "edith@example.com");
    await mailTo("edith@example.com");
  });

  it("says which variable is missing", async () => {
    const refused = app().medusa(["start"], shop, { REDIS_URL: undefined });
    assert.notEqual(await refused.ended, 0);
    assert.match(refused.output, /variable REDIS_URL is missing/);
  });
});
