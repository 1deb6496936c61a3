import assert from "node:assert/strict";
import { Browser } from "./browser";
import { colourOf } from "../src/look/colour";
import { FakeMedusa, product } from "./fake-medusa";

describe("the backend", () => {
  let medusa: FakeMedusa;
  let browser: Browser;
  beforeEach(async () => {
    medusa = await new FakeMedusa().start();
    medusa.products = [product("Mug")];
    browser = new Browser(medusa);
  });
  afterEach(() => medusa.stop());

  for (const fault of [500, "hang", 429] as const) {
    it(`is away while it answers with ${fault}`, async () => {
      await browser.open("/");
      medusa.faults.set("GET /store/products", fault);
      await browser.open("/");
      assert.equal(browser.status, 503);
      assert.equal(browser.headers.get("retry-after"), "30");
      assert.equal(browser.heading, "We will be right back");
      assert.match(browser.document.title, /Blue Bird/);
      assert.equal(browser.keyRefusals, 0);
      medusa.faults.clear();
      assert.equal((await browser.follow("Try again")).status, 200);
    });
  }

  it("is away, too, until it has told of its shop; the storefront is not ready before", async () => {
    medusa.faults.set("GET /storefront", 503);
    browser = new Browser(medusa, { maxAge: 12 });
    assert.equal((await browser.open("/")).status, 503);
    assert.equal((await browser.request("/ready")).status, 503);
    assert.equal((await browser.request("/alive")).status, 200);
    medusa.faults.clear();
    while ((await browser.request("/ready")).status !== 200) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal((await browser.open("/")).status, 200);
    await medusa.stop();
    assert.equal((await browser.request("/ready")).status, 200, "stays ready: a friendly page is better than none");
  });

  for (const [method, path] of [["GET", "/app"], ["GET", "/health"], ["POST", "/auth/user/emailpass"], ["DELETE", "/admin/products/1"], ["GET", "/store/products?limit=1"]] as const) {
    it(`is away where the Ingress sends ${method} ${path} here`, async () => {
      const { status, headers } = await browser.request(path, { method });
      assert.deepEqual([status, headers.get("retry-after")], [503, "30"]);
    });
  }

  for (const [what, settings] of Object.entries({
    "no title": { title: " " },
    "a currency without region": { currency: "gbp" },
  })) {
    it(`makes nothing ready with settings that have ${what}`, async () => {
      Object.assign(medusa.settings, settings);
      assert.equal((await browser.request("/ready")).status, 503);
    });
  }

  it("has a new title and colour: they need no restart, and no question with each request", async () => {
    browser = new Browser(medusa, { maxAge: 1_000 });
    const stylesheet = () => browser.document.querySelector("link[rel=stylesheet]")!.getAttribute("href")!;
    await browser.open("/");
    const first = stylesheet();
    await browser.open("/");
    assert.equal(stylesheet(), first);
    assert.equal(medusa.seen.filter((one) => one === "GET /storefront").length, 1);
    medusa.settings = { ...medusa.settings, title: "Red Robin", accent: "#0A7D5C" };
    while ((await browser.open("/")).document.title === "Blue Bird") await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(browser.document.title, "Red Robin");
    assert.match(stylesheet(), /\/style-0a7d5c\.css$/);
    assert.match(await (await browser.request(stylesheet())).text(), /^:root\{--accent-day:#0a7d5c;/);
    assert.equal((await browser.request(browser.document.querySelector("link[rel=icon]")!.getAttribute("href")!)).status, 200);
    assert.ok(medusa.seen.filter((one) => one === "GET /storefront").length <= 3);
  });

  it("refuses the key: whatever a visitor asked for, the shop's own question settles it", async () => {
    await browser.open("/");
    medusa.key = "pk_two";
    assert.equal((await browser.open("/")).status, 503, "no visitor's fault");
    while (browser.keyRefusals === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it("does not refuse the key when it repeats a visitor's words, or has trouble of its own", async () => {
    await browser.open("/");
    const regions = () => medusa.seen.filter((one) => one === "GET /store/regions").length;
    await browser.post("/cart/add", { handle: medusa.products[0]!.handle, variant: "variant_publishable0", quantity: "1" });
    assert.equal(browser.status, 503);
    while (regions() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const fault of [500, 503, "drop", { status: 429, message: "publishable" }] as const) {
      medusa.faults.set("GET /store/regions", fault);
      const before = regions();
      await browser.post("/cart/add", { handle: medusa.products[0]!.handle, variant: "variant_publishable0", quantity: "1" });
      while (regions() === before) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal((await browser.open("/")).status, 200);
    assert.equal(browser.keyRefusals, 0);
  });

  it("keeps its shop open with a colour that is none", async () => {
    for (const accent of [undefined, null, 5, "red", "#fff", "#12345g", '#000000"><script>']) {
      medusa.settings = { ...medusa.settings, accent };
      const page = await new Browser(medusa).open("/");
      assert.equal(page.status, 200);
      assert.match(page.html, new RegExp(`/style-${colourOf("Blue Bird").slice(1)}\\.css"`));
    }
  });

  it("is asked once for what many look at, and anew when that has grown old or failed", async () => {
    browser = new Browser(medusa, { age: 300 });
    const reads = () => medusa.seen.filter((one) => one === "GET /store/products").length;
    medusa.faults.set("GET /store/products", 500);
    assert.equal((await browser.open("/")).status, 503);
    medusa.faults.clear();
    const open = () => browser.request("/").then((response) => response.text());
    await Promise.all([open(), open(), open()]);
    assert.equal(reads(), 2);
    medusa.products.push(product("Hat"));
    while (!/Hat/.test(await open())) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(reads(), 3);
  });

  it("is asked once more when it cuts the connection", async () => {
    await browser.open("/");
    medusa.faults.set("GET /store/products", "drop");
    assert.equal((await browser.open("/")).status, 200);
  });
});
