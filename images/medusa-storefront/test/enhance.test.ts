import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import { setTimeout as pause } from "node:timers/promises";
import script from "asset:../src/browser/enhance.ts";
import { address, Browser } from "./browser";
import { FakeMedusa, product, variant } from "./fake-medusa";

describe("with JavaScript", () => {
  let medusa: FakeMedusa;
  let browser: Browser;
  beforeEach(async () => {
    medusa = await new FakeMedusa().start();
    medusa.products = [product("Mug", [variant({ Size: "S" }, 5, 4), variant({ Size: "M" }, 6)])];
    browser = new Browser(medusa);
  });
  afterEach(() => medusa.stop());

  /** A page with its script at work; requests go through the scriptless browser, which has the cookies. */
  async function page(path: string) {
    await browser.open(path);
    const { window } = new JSDOM(browser.html, { runScripts: "outside-only", url: `http://shop.test${path}`, pretendToBeVisual: true });
    window.fetch = (async (url: string, init?: RequestInit) => {
      let response = await browser.request(url, { ...init, body: init?.body && String(init.body), headers: { ...(init?.body && { "content-type": "application/x-www-form-urlencoded" }), origin: "http://shop.test" } });
      const location = response.headers.get("location");
      if (location) response = await browser.request(location);
      return { redirected: location !== null, url: new URL(location ?? url, url).href, text: () => response.text() };
    }) as never;
    window.Element.prototype.scrollIntoView = () => {};
    window.eval(script);
    const { document } = window;
    const until = async (condition: () => boolean) => {
      for (let tries = 0; !condition(); tries++) {
        assert.ok(tries < 400, `never happened; the page says: ${document.querySelector("main")!.textContent}`);
        await pause(5);
      }
    };
    return { window, document, until, live: () => document.getElementById("live")!.textContent!.trim() };
  }

  it("chooses a variant in place", async () => {
    const { document, window, until, live } = await page(`/products/${medusa.products[0]!.handle}`);
    const link = [...document.querySelectorAll<HTMLElement>(".choice a")].find((one) => one.textContent === "M")!;
    link.focus();
    link.click();
    await until(() => /€6.00/.test(document.querySelector(".price")!.textContent!));
    assert.match(window.location.search, /variant=variant_/);
    assert.equal(document.activeElement!.textContent, "M", "the focus stays where it was");
    assert.equal(live(), "In stock");
  });

  it("adds to the cart in place and says so", async () => {
    const { document, until, live } = await page(`/products/${medusa.products[0]!.handle}`);
    document.querySelector<HTMLElement>("#add")!.click();
    await until(() => document.querySelector("#cart-link .count")!.textContent === "1");
    assert.match(live(), /Mug is in your cart/);
  });

  it("changes the cart as soon as a quantity is changed, and shows what is wrong with it", async () => {
    await browser.open(`/products/${medusa.products[0]!.handle}`);
    await browser.submit("Add to cart");
    const { document, window, until } = await page("/cart");
    const change = (value: string) => {
      const input = document.querySelector<HTMLInputElement>(".line input[type=number]")!;
      input.value = value;
      input.dispatchEvent(new window.Event("change", { bubbles: true }));
    };
    change("2");
    change("3");
    await until(() => /€15.00/.test(document.querySelector(".total")!.textContent!));
    change("9");
    await until(() => document.querySelector("[role=alert]") !== null);
    assert.match(document.querySelector("[role=alert]")!.textContent!, /not that many/);
    assert.equal(window.location.pathname, "/cart");
  });

  it("sends an order form only once", async () => {
    await browser.open(`/products/${medusa.products[0]!.handle}`);
    await browser.submit("Add to cart");
    await browser.open("/checkout");
    await browser.submit("Continue", address);
    const { document, window } = await page("/checkout/review");
    const form = document.querySelector("main form")!;
    const send = () => form.dispatchEvent(new window.Event("submit", { bubbles: true, cancelable: true }));
    assert.deepEqual([send(), send()], [true, false]);
  });
});
