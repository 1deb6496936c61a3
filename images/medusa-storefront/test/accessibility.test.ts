import axe from "axe-core";
import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import { address, Browser } from "./browser";
import { FakeMedusa, newId, product, variant } from "./fake-medusa";

// Contrast can not be seen without a layout: parts.test.ts computes it for every accent.
describe("accessibility", () => {
  let medusa: FakeMedusa;
  let browser: Browser;
  beforeEach(async () => {
    medusa = await new FakeMedusa().start();
    browser = new Browser(medusa);
  });
  afterEach(() => medusa.stop());

  async function check(what: string) {
    const { window } = new JSDOM(browser.html, { runScripts: "outside-only", url: "http://shop.test/" });
    window.eval(axe.source);
    const { violations } = await window.axe.run(window.document, { rules: { "color-contrast": { enabled: false } } });
    const found = Array.from(violations as axe.Result[], ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    assert.deepEqual(found, [], what);
    window.close();
  }

  it("finds what is wrong", async () => {
    browser.html = "<html><body><img src=x><input></body></html>";
    await assert.rejects(check("broken page"), /image-alt/);
  });

  it("has nothing to find on any page of a purchase", async () => {
    medusa.products = [
      product("Mug", [variant({ Size: "S", Colour: "Red" }, 5), variant({ Size: "M", Colour: "Red" }, 6, 0)], { description: "Text", thumbnail: "https://cdn.test/1.jpg", images: [{ url: "https://cdn.test/2.jpg" }] }),
      ...Array.from({ length: 13 }, (_, index) => product(`Hat ${index}`)),
    ];
    medusa.shipping.push({ id: newId("so"), name: "Express", amount: 9 });
    await browser.open("/");
    await check("catalogue");
    await browser.open("/?q=hat");
    await check("results");
    await (await browser.open("/")).follow("Mug");
    await check("product");
    await browser.submit("Add to cart");
    await check("product in the cart");
    await browser.submit("Add to cart", { quantity: "99" });
    await check("product with a problem");
    await browser.open("/cart");
    await check("cart");
    await browser.submit("Update", { quantity: "99" });
    await check("cart with a problem");
    await browser.open("/checkout");
    await check("address");
    await browser.submit("Continue", { ...address, email: "", city: "" });
    await check("address with problems");
    await browser.submit("Continue", address);
    await check("delivery");
    await browser.submit("Continue");
    await check("review");
    await browser.submit("Place order");
    assert.equal(browser.heading, "Thank you for your order");
    await check("confirmation");
  });

  it("has nothing to find on empty pages and errors", async () => {
    for (const path of ["/", "/?q=x", "/cart", "/nothing", "/order/x"]) {
      await browser.open(path);
      await check(path);
    }
    await browser.post("/cart/add", {}, {});
    await check("refused form");
    medusa.faults.set("GET /store/products", 500);
    await browser.open("/");
    assert.equal(browser.status, 503);
    await check("backend away");
  });
});
