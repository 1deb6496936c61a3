import assert from "node:assert/strict";
import type { Browser, Page } from "puppeteer-core";
import { openBrowser, screenshot, shows } from "./browser";
import { Lab, say } from "./lab";

/** A shopper and the shop's owner, in a real browser. */
describe("a Medusa shop in a browser", function () {
  this.timeout(5 * 60_000);
  const lab = new Lab();
  const url = (path: string) => `http://${lab.host("browsed")}${path}`;
  let browser: Browser;
  let page: Page;
  let order: string;
  /** What the browser had to complain about. */
  const complaints: string[] = [];

  before(async () => {
    lab.list('{ name: browsed, engine: medusa, title: "Browsed & Bought", medusa: { accent: "#0a7d5c" } }');
    await lab.up();
    await lab.ok("apply");
    await lab.serves("browsed", "/app");
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await lab.remove();
  });

  const shoot = (name: string) => screenshot(page, `medusa-${name}`);
  const text = () => page.evaluate(() => document.body.innerText);
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  const open = (path: string) => page.goto(url(path), { waitUntil: "networkidle0" });
  const press = (label: string) => page.locator(`::-p-xpath(//main//*[self::a or self::button][contains(., "${label}")])`).click();

  /** A browser that nobody has used before. */
  async function newPage(viewport: { width: number; height: number; isMobile?: boolean }): Promise<void> {
    page = await (await browser.createBrowserContext()).newPage();
    await page.setViewport(viewport);
    page.on("console", (message) => message.type() === "error" && complaints.push(`${page.url()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error}`));
  }

  it("loads less than 150 kB of JavaScript at first", async () => {
    await newPage({ width: 1280, height: 900 });
    const session = await page.createCDPSession();
    const scripts = new Map<string, number>();
    session.on("Network.responseReceived", ({ type, requestId }) => type === "Script" && scripts.set(requestId, 0));
    session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => scripts.has(requestId) && scripts.set(requestId, encodedDataLength));
    await session.send("Network.enable");
    await open("/products/sample-hoodie");
    const bytes = [...scripts.values()];
    const sum = bytes.reduce((total, it) => total + it, 0);
    say(`JavaScript at first load: ${(sum / 1000).toFixed(1)} kB, headers included`);
    assert.ok(bytes.length > 0 && bytes.every((it) => it > 0), String(bytes));
    assert.ok(sum < 150_000);
  });

  for (const [device, viewport] of Object.entries({ desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844, isMobile: true } })) {
    it(`sells from the front page to the confirmation on a ${device}`, async () => {
      await newPage(viewport);
      const seen = async (name: string, pattern: RegExp) => {
        await shoot(`${device}-${name}`);
        assert.match(await text(), pattern);
        assert.ok((await width()) <= viewport.width, `${name} is ${await width()} pixels wide`);
      };
      await open("/");
      await seen("1-front", /Sample Hoodie/);
      await open("/products/sample-hoodie");
      await seen("2-product", /€49\.99/);
      await press("Add to cart");
      await shows(page, /is in your cart/);
      await press("Go to cart");
      await shows(page, /Your cart/);
      await seen("3-cart", /Sample Hoodie[^]*€49\.99/);
      await press("Checkout");
      await shows(page, /Delivery address/);
      const fields = { email: `${device}@example.com`, first_name: "Bea", last_name: `Browser ${device}`, address_1: "Teststr. 1", postal_code: "10115", city: "Berlin" };
      for (const [field, value] of Object.entries(fields)) await page.type(`#${field}`, value);
      await seen("4-checkout", /Delivery address/);
      await press("Continue");
      await shows(page, /Review your order/);
      await seen("5-review", /Cash on delivery/);
      await press("Place order");
      await shows(page, /Thank you for your order/);
      await seen("6-confirmation", /You pay €54\.99 in cash/);
      order = /number is (\d+)/.exec(await text())![1]!;
      assert.deepEqual(complaints, []);
    });
  }

  it("shows the orders to the owner", async () => {
    await newPage({ width: 1280, height: 900 });
    const { username, password } = await lab.json<{ username: string; password: string }>("credentials", "browsed");
    await page.goto(url("/app"), { waitUntil: "networkidle2" });
    await page.waitForSelector('input[name="email"]');
    await shoot("admin-1-login");
    await page.type('input[name="email"]', username);
    await page.type('input[name="password"]', password);
    await page.click('button[type="submit"]');
    await page.waitForFunction(() => !location.pathname.startsWith("/app/login"));
    await page.goto(url("/app/orders"), { waitUntil: "networkidle2" });
    await shows(page, new RegExp(`#${order}\\b`));
    await shoot("admin-2-orders");
    assert.match(await text(), /phone@example\.com|Browser phone/);
    await page.locator(`::-p-xpath(//a[contains(., "#${order}")] | //td[contains(., "#${order}")])`).click();
    await shows(page, /Sample Hoodie/);
    await shoot("admin-3-order");
    assert.match(await text(), /Teststr\. 1/);
  });
});
