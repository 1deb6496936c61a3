import assert from "node:assert/strict";
import { address, Browser } from "./browser";
import { FakeMedusa, newId, product, variant } from "./fake-medusa";

// Everything here runs without JavaScript in the browser: pages and forms alone.
describe("shopping", () => {
  let medusa: FakeMedusa;
  let browser: Browser;
  beforeEach(async () => {
    medusa = await new FakeMedusa().start();
    browser = new Browser(medusa);
  });
  afterEach(() => medusa.stop());

  const shirt = () =>
    product("T-Shirt", [
      variant({ Size: "S", Colour: "Red" }, 19.5, 10),
      variant({ Size: "M", Colour: "Red" }, 21, 3),
      variant({ Size: "M", Colour: "Blue" }, 21, 0),
    ]);

  async function toReview(shop = browser) {
    medusa.products = [product("Mug")];
    await (await shop.open("/")).follow("Mug");
    await shop.submit("Add to cart", { quantity: "2" });
    await (await shop.follow("Go to cart")).follow("Checkout");
    return shop.submit("Continue", address);
  }

  it("shows the shop's products with their prices", async () => {
    medusa.products = [product("Mug"), shirt(), product("Gone", [variant({ Size: "S" }, 7, 0)]), product("Unpriced", [variant({ Size: "S" }, null)])];
    await browser.open("/");
    assert.equal(browser.status, 200);
    assert.equal(browser.document.title, "Blue Bird");
    const cards = [...browser.document.querySelectorAll(".card")].map((card) => card.textContent!.trim());
    assert.match(cards[0]!, /Mug€19.50$/);
    assert.match(cards[1]!, /T-Shirtfrom €19.50$/);
    assert.match(cards[2]!, /Gone€7.00Sold out$/);
    assert.match(cards[3]!, /UnpricedNot for sale$/);
    assert.equal(browser.document.querySelectorAll(".card svg").length, 4, "a picture for each product without one");
  });

  it("writes prices as the visitor's browser asks, in the shop's currency", async () => {
    medusa.products = [product("Mug", [variant({ Size: "S" }, 1234.5)])];
    const german = new Browser(medusa, { headers: { "accept-language": "de-DE,de;q=0.9,en;q=0.8" } });
    assert.match((await german.open("/")).text, /1\.234,50 €/);
  });

  it("searches and turns pages", async () => {
    medusa.products = [...Array.from({ length: 13 }, (_, index) => product(`Mug ${index + 1}`)), product("Hat")];
    await browser.open("/");
    assert.equal(browser.document.querySelectorAll(".card").length, 12);
    await browser.follow("Next");
    assert.match(browser.text, /Page 2 of 2/);
    assert.equal(browser.document.querySelectorAll(".card").length, 2);
    await browser.open("/?q=mug&page=2");
    assert.equal(browser.heading, "Results for “mug”");
    assert.equal(browser.document.querySelectorAll(".card").length, 1);
    assert.equal((await browser.follow("Previous")).path, "/?q=mug");
    assert.equal((await browser.open("/?page=3")).status, 404);
    assert.equal((await browser.open("/?page=-1")).status, 200);
  });

  it("says so when there are no products, or none found", async () => {
    assert.equal((await browser.open("/")).heading, "Nothing here yet");
    assert.equal((await browser.open("/?q=zebra")).heading, "Nothing found for “zebra”");
  });

  it("leads from option to variant, with its price and stock", async () => {
    medusa.products = [shirt()];
    await browser.open(`/products/${medusa.products[0]!.handle}`);
    assert.match(browser.text, /€19.50/);
    assert.match(browser.text, /In stock/);
    await browser.follow("M");
    assert.match(browser.text, /€21.00/);
    assert.match(browser.text, /Only 3 left/);
    assert.deepEqual(
      [...browser.document.querySelectorAll("[aria-current]")].map((one) => one.textContent),
      ["M", "Red"],
    );
    await browser.follow("Blue");
    assert.match(browser.text, /Sold out/);
    assert.equal(browser.document.querySelector("main form"), null, "what is sold out can not be added");
  });

  it("offers no choice for a product with one variant", async () => {
    medusa.products = [product("Mug", undefined, { description: "Two\nlines", subtitle: "Holds tea" })];
    await browser.open(`/products/${medusa.products[0]!.handle}`);
    assert.equal(browser.document.querySelector(".choice"), null);
    assert.match(browser.text, /Holds tea.*Two lines/);
  });

  it("shows photos where the shop has some, and what a sale saves", async () => {
    const cheap = variant({ Size: "S" }, 8);
    cheap.calculated_price.original_amount = 10;
    medusa.products = [product("Mug", [cheap], { thumbnail: "https://cdn.test/1.jpg", images: [{ url: "https://cdn.test/1.jpg" }, { url: "https://cdn.test/2.jpg" }, { url: "javascript:alert(1)" }] })];
    await browser.open(`/products/${medusa.products[0]!.handle}`);
    assert.deepEqual(
      [...browser.document.querySelectorAll("img")].map((image) => image.getAttribute("src")),
      ["https://cdn.test/1.jpg", "https://cdn.test/2.jpg"],
    );
    assert.match(browser.document.querySelector(".price")!.textContent!, /Regular price €10.00 Now €8.00/);
  });

  it("fills, changes and empties the cart", async () => {
    medusa.products = [product("Mug"), shirt()];
    await (await browser.open("/")).follow("Mug");
    await browser.submit("Add to cart", { quantity: "2" });
    assert.match(browser.document.querySelector(".notice")!.textContent!, /Mug is in your cart/);
    assert.equal(browser.document.querySelector("#cart-link")!.textContent, "Cart, 2 items");
    await (await browser.open("/")).follow("T-Shirt");
    await browser.submit("Add to cart");
    await browser.follow("Go to cart");
    assert.match(browser.text, /Items€58.50Total€58.50/);
    assert.match(browser.text, /S \/ Red/);
    await browser.submit("Update Mug", { quantity: "5" });
    assert.match(browser.text, /Total€117.00/);
    await browser.submit("Remove T-Shirt");
    assert.equal(browser.document.querySelector("#cart-link")!.textContent, "Cart, 5 items");
    await browser.submit("Update Mug", { quantity: "0" });
    assert.equal(browser.heading, "Your cart is empty");
  });

  it("sells: address, the only delivery option, review, confirmation", async () => {
    await toReview();
    assert.equal(browser.heading, "Review your order");
    assert.match(browser.text, /Ada Lovelace Main 1 10115 Berlin Germany/);
    assert.match(browser.text, /Standard/);
    assert.match(browser.text, /Cash on delivery/);
    assert.match(browser.text, /Items€39.00Delivery€5.00Total€44.00/);
    await browser.submit("Place order for €44.00");
    assert.equal(browser.heading, "Thank you for your order");
    assert.match(browser.text, /Its number is 1\. You pay €44.00/);
    assert.equal(browser.document.querySelector("#cart-link")!.textContent, "Cart, 0 items");
    const [order] = medusa.orders.values();
    assert.equal(order.email, address.email);
    assert.deepEqual(order.billing_address, order.shipping_address);
  });

  it("asks how to deliver when there is a choice", async () => {
    medusa.shipping.push({ id: newId("so"), name: "Express", amount: 0 });
    await toReview();
    assert.equal(browser.heading, "Delivery method");
    assert.match(browser.text, /Express/);
    await browser.submit("Continue", { option: medusa.shipping[1].id });
    assert.match(browser.text, /Delivery€0.00Total€39.00/);
    await browser.open("/checkout/delivery");
    assert.equal(browser.document.querySelector<HTMLInputElement>("input:checked")!.value, medusa.shipping[1].id);
  });

  it("places an order once, however often it is asked to", async () => {
    await toReview();
    const cookies = new Map(browser.cookies);
    const form = { total: "44" };
    const [one, two] = await Promise.all([browser.request("/checkout/order", post(form)), browser.request("/checkout/order", post(form))]);
    assert.match(one.headers.get("location")!, /^\/order\/order_/);
    assert.equal(two.headers.get("location"), one.headers.get("location"));
    const later = new Browser(medusa);
    cookies.forEach((value, name) => later.cookies.set(name, value));
    await later.post("/checkout/order", form);
    assert.equal(later.path, one.headers.get("location"), "the same confirmation while the cart's cookie is still there");
    await later.post("/checkout/order", form);
    assert.equal(later.path, one.headers.get("location"), "and when it is gone");
    assert.equal(medusa.orders.size, 1);
  });

  const post = (form: Record<string, string>): RequestInit => ({ method: "POST", body: new URLSearchParams(form), headers: { origin: "http://shop.test" } });

  it("waits for an order that another pod is placing", async () => {
    await toReview();
    medusa.faults.set("POST /store/carts/ID/complete", { status: 409, message: "Cart is already being completed by another request" });
    const sent = browser.submit("Place order");
    while (!medusa.seen.includes("POST /store/carts/ID/complete")) await new Promise(setImmediate);
    medusa.faults.clear();
    assert.equal((await sent).heading, "Thank you for your order");
  });

  it("finds an order whose confirmation was lost", async () => {
    await toReview();
    const cookies = new Map(browser.cookies);
    await browser.submit("Place order");
    const other = new Browser(medusa);
    cookies.forEach((value, name) => other.cookies.set(name, value));
    assert.equal((await other.open("/cart")).heading, "Thank you for your order");
  });
});
