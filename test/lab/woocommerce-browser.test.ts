import assert from "node:assert/strict";
import type { Browser, Page } from "puppeteer-core";
import { openBrowser, screenshot, shows } from "./browser";
import { Lab } from "./lab";

/** A shopper and the shop's owner, in a real browser. */
describe("a WooCommerce shop in a browser", function () {
  this.timeout(5 * 60_000);
  const lab = new Lab();
  const url = (path: string) => `http://${lab.host("browsed")}${path}`;
  let browser: Browser;
  let page: Page;

  before(async () => {
    lab.list('{ name: browsed, engine: woocommerce, title: "Browsed & Bought" }');
    await lab.up();
    await lab.ok("apply");
    await lab.serves("browsed", "/");
    browser = await openBrowser({ defaultViewport: { width: 1280, height: 1000 } });
    page = await browser.newPage();
  });
  after(async () => {
    await browser?.close();
    await lab.remove();
  });

  const shoot = (name: string) => screenshot(page, name);
  const text = () => page.evaluate(() => document.body.innerText);

  it("sells from the front page to the confirmation", async () => {
    await page.goto(url("/"), { waitUntil: "networkidle0" });
    await shoot("1-front");
    assert.match(await text(), /Sample Hoodie/);

    await page.goto(url("/product/sample-hoodie/"), { waitUntil: "networkidle0" });
    await shoot("2-product");
    await page.click("button.single_add_to_cart_button");
    await shows(page, /cart/i);

    await page.goto(url("/cart/"), { waitUntil: "networkidle0" });
    await shows(page, /Sample Hoodie/);
    await shoot("3-cart");

    await page.goto(url("/checkout/"), { waitUntil: "networkidle0" });
    await page.waitForSelector("#email");
    await page.type("#email", "browser@example.com");
    const prefix = (await page.$("#shipping-first_name")) ? "shipping" : "billing";
    const fields = { first_name: "Bea", last_name: "Browser", address_1: "Teststr. 1", postcode: "10115", city: "Berlin" };
    for (const [field, value] of Object.entries(fields)) await page.type(`#${prefix}-${field}`, value);
    await shoot("4-checkout");
    await page.click(".wc-block-components-checkout-place-order-button");
    await page.waitForFunction(() => location.pathname.includes("order-received"), { timeout: 60_000 });
    await shows(page, /order/i);
    await shoot("5-order-received");
    assert.match(await text(), /Cash on delivery/i);
  });

  it("shows the order to the owner", async () => {
    const { username, password } = await lab.json<{ username: string; password: string }>("credentials", "browsed");
    await page.goto(url("/wp-login.php"), { waitUntil: "networkidle0" });
    await page.type("#user_login", username);
    await page.type("#user_pass", password);
    await Promise.all([page.waitForNavigation(), page.click("#wp-submit")]);
    await page.goto(url("/wp-admin/admin.php?page=wc-orders"), { waitUntil: "networkidle2" });
    await shoot("6-orders");
    assert.match(await text(), /Bea Browser/);
  });

  it("fits a phone", async () => {
    page = await (await browser.createBrowserContext()).newPage();
    await page.setViewport({ width: 390, height: 844, isMobile: true });
    await page.goto(url("/"), { waitUntil: "networkidle0" });
    await shoot("7-phone");
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `the page is ${width} pixels wide`);
  });
});
