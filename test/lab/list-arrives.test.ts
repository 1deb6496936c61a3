import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { Lab } from "./lab";
import { CertManager } from "../e2e/helpers/cert-manager";
import { until } from "../e2e/helpers/until";

const pixel = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

interface StoreProduct {
  name: string;
  short_description: string;
  description: string;
  images: { src: string }[];
  prices: { price: string; currency_code: string; currency_minor_unit: number };
}

/** What the list says is found in the shop itself, on real pods. */
describe("What the list says arrives, in the lab", function () {
  this.timeout(10 * 60_000);
  const lab = new Lab();
  const authority = new CertManager(lab);
  const domain = "www.yen.example";

  before(async () => {
    writeFileSync(join(lab.project, "config/pixel.png"), pixel);
    lab.settings({ egress: "allow" });
    lab.list(
      JSON.stringify({
        name: "yen", engine: "woocommerce", currency: "JPY", country: "JP", domains: [domain], adminEmail: "owner@yen.example", woocommerce: { timezone: "Asia/Tokyo" },
        products: [{ name: "Tea", sku: "T/1", price: 1200, stock: 5, description: "Green <b>& fine</b>\nSecond line", image: "pixel.png" }],
      }),
      JSON.stringify({
        name: "franc", engine: "medusa", currency: "CHF", country: "CH", adminEmail: "owner@franc.example",
        products: [{ name: "Clock", sku: "CLOCK 1", price: 12.5, stock: 5, description: "Goes <i>& strikes</i>", image: "https://pictures.example/clock.png" }],
      }),
    );
    await lab.up();
    await lab.ok("apply");
  });
  after(async () => {
    await lab.stores("destroy", "--all", "--yes");
    await authority.uninstall();
    authority.remove();
    await lab.remove();
  });

  it("WooCommerce: price, currency, text, picture, time zone and the owner's address", async () => {
    const [product] = JSON.parse((await lab.get("yen", "/wp-json/wc/store/v1/products")).body) as StoreProduct[];
    assert.deepEqual([product!.name, product!.prices.price, product!.prices.currency_code, product!.prices.currency_minor_unit], ["Tea", "1200", "JPY", 0]);
    assert.match(product!.short_description + product!.description, /Green &lt;b&gt;&amp; fine&lt;\/b&gt;|Green &lt;b&gt;&#038; fine&lt;\/b&gt;/);
    const picture = await lab.send(domain, "GET", new URL(product!.images[0]!.src).pathname);
    assert.deepEqual([picture.status, picture.headers["content-type"]], [200, "image/png"]);
    const options = `echo json_encode( array( wp_timezone_string(), get_option( "admin_email" ), get_option( "woocommerce_default_country" ), get_option( "woocommerce_stock_email_recipient" ), WC()->mailer()->get_emails()["WC_Email_New_Order"]->get_recipient(), get_userdata( 1 )->user_email ) );`;
    const owner = "owner@yen.example";
    assert.deepEqual(JSON.parse(await lab.wp("yen", "eval", options)), ["Asia/Tokyo", owner, "JP", owner, owner, owner]);
    await lab.verify("yen");
  });

  it("WooCommerce: its first domain is canonical, and every host leads to the admin pages of its own", async () => {
    for (const host of [domain, lab.host("yen")]) {
      const front = await lab.send(host, "GET", "/");
      assert.equal(front.status, 200);
      assert.match(front.body, new RegExp(`<link rel="canonical" href="http://${domain}/"`));
      const admin = await lab.send(host, "GET", "/wp-admin");
      assert.deepEqual([admin.status, admin.headers.location], [301, `http://${host}/wp-admin/`]);
      const login = await lab.send(host, "GET", "/wp-admin/");
      assert.ok(String(login.headers.location).startsWith(`http://${host}/wp-login.php`), String(login.headers.location));
    }
  });

  it("Medusa: price, currency, text and picture", async () => {
    const page = (await lab.get("franc", "/products/clock")).body;
    assert.match(page, /CHF\s?12[.,]50/);
    assert.match(page, /Goes &lt;i&gt;&amp; strikes&lt;\/i&gt;/);
    assert.match(page, /src="https:\/\/pictures\.example\/clock\.png"/);
    await lab.verify("franc");
  });

  it("on https, plain http leads there and a certificate authority's question does not", async () => {
    await authority.install();
    await authority.startController();
    await authority.ownAuthority("letsencrypt");
    lab.settings({ egress: "allow", tls: { issuer: "letsencrypt" } });
    await lab.ok("cluster", "up");
    await lab.ok("apply");
    for (const store of ["yen", "franc"]) {
      const host = lab.host(store);
      await until(`${store} redirects`, async () => (await lab.get(store, "/some/page?a=b")).status === 308);
      assert.equal((await lab.get(store, "/some/page?a=b")).headers.location, `https://${host}/some/page?a=b`);
      assert.notEqual((await lab.get(store, "/.well-known/acme-challenge/token")).status, 308);
      assert.equal(await overTls(host, "/"), 200);
    }
  });
});

/** The status of a page by https; the lab's ingress has a certificate of its own making. */
const overTls = (host: string, path: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    request({ host: "127.0.0.1", port: 443, path, headers: { host }, servername: host, rejectUnauthorized: false, timeout: 30_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on("error", reject).end();
  });
