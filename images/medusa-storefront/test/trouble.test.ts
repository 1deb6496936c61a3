import assert from "node:assert/strict";
import { address, Browser } from "./browser";
import { FakeMedusa, newId, product, variant } from "./fake-medusa";

describe("trouble with a purchase", () => {
  let medusa: FakeMedusa;
  let browser: Browser;
  beforeEach(async () => {
    medusa = await new FakeMedusa().start();
    medusa.products = [product("Mug")];
    browser = new Browser(medusa);
  });
  afterEach(() => medusa.stop());

  const toCart = async () => (await (await (await browser.open("/")).follow("Mug")).submit("Add to cart")).follow("Go to cart");
  const toReview = async () => (await (await toCart()).follow("Checkout")).submit("Continue", address);

  it("has a page for what does not exist", async () => {
    for (const path of ["/nothing", "/products/nothing", "/storefront", "/assets/x/y.css", "/order/order_01UNKNOWN000000"]) {
      assert.equal((await browser.open(path)).status, 404, path);
    }
  });

  it("does not sell more than there is", async () => {
    medusa.products = [product("Mug", [variant({ Size: "S" }, 5, 2)])];
    await (await browser.open("/")).follow("Mug");
    await browser.submit("Add to cart", { quantity: "3" });
    assert.equal(browser.status, 422);
    assert.match(browser.alert, /not that many left/);
    await (await browser.submit("Add to cart")).follow("Go to cart");
    await browser.submit("Update", { quantity: "9" });
    assert.equal(browser.status, 422);
    const input = browser.document.querySelector("input[aria-invalid]")!;
    assert.match(browser.document.getElementById(input.getAttribute("aria-describedby")!)!.textContent!, /not that many left/);
    assert.equal(input.getAttribute("value"), "1", "the cart is as it was");
  });

  it("refuses quantities and variants that are none", async () => {
    const [mug] = medusa.products;
    const form = (quantity: string, id = mug!.variants[0].id) => browser.post("/cart/add", { handle: mug!.handle, variant: id, quantity });
    for (const quantity of ["0", "-1", "1.5", "x", "", "1000"]) assert.match((await form(quantity)).alert, /quantity from 1 to 999/, quantity);
    assert.match((await form("1", "../../admin")).alert, /choose what to buy/);
    assert.match((await form("1", newId("variant"))).alert, /do not exist/);
    assert.equal(medusa.seen.filter((one) => one.includes("admin")).length, 0);
    await toCart();
    assert.match((await browser.submit("Update", { quantity: "many" })).alert, /quantity from 0 to 999/);
  });

  it("starts a new cart when the old one is gone, and says so", async () => {
    await toCart();
    medusa.carts.clear();
    await browser.open("/cart");
    assert.equal(browser.heading, "Your cart is empty");
    assert.match(browser.document.querySelector(".notice")!.textContent!, /no longer there/);
    assert.equal(browser.cookies.has("cart"), false);

    await toCart();
    medusa.carts.clear();
    await (await browser.open("/")).follow("Mug");
    await browser.submit("Add to cart");
    assert.match(browser.document.querySelector(".notice")!.textContent!, /Mug is in your cart\. Your last cart was no longer there/);
    assert.equal((await browser.open("/checkout")).heading, "Delivery address");
  });

  it("ignores a line that another tab removed", async () => {
    await toCart();
    for (const cart of medusa.carts.values()) cart.items = [];
    assert.equal((await browser.submit("Remove")).heading, "Your cart is empty");
  });

  it("leads back to what is missing", async () => {
    for (const path of ["/checkout", "/checkout/delivery", "/checkout/review"]) assert.equal((await browser.open(path)).path, "/cart");
    await toCart();
    assert.equal((await browser.open("/checkout/review")).path, "/checkout");
  });

  it("shows beside each field what is wrong with it, and keeps what was written", async () => {
    await (await toCart()).follow("Checkout");
    await browser.submit("Continue", { ...address, email: "ada", city: "", country_code: "fr", first_name: "x".repeat(201), address_1: "Main <1>" });
    assert.equal(browser.status, 422);
    assert.match(browser.document.title, /^Problem/);
    const problemOf = (field: string) => browser.document.getElementById(browser.document.getElementById(field)!.getAttribute("aria-describedby") ?? "")?.textContent;
    assert.match(problemOf("email")!, /not an e-mail address/);
    assert.match(problemOf("city")!, /City is missing/);
    assert.match(problemOf("country_code")!, /do not deliver/);
    assert.match(problemOf("first_name")!, /too long/);
    assert.equal(problemOf("last_name"), undefined);
    assert.equal(browser.document.querySelector("#address_1")!.getAttribute("value"), "Main <1>");
    assert.equal(browser.document.querySelector(".alert a")!.getAttribute("href"), "#email");
  });

  it("needs a postcode only where there are some", async () => {
    medusa.regions[1].countries.push({ iso_2: "ie", display_name: "Ireland" });
    await (await toCart()).follow("Checkout");
    assert.match((await browser.submit("Continue", { ...address, postal_code: "" })).alert, /Postcode is missing/);
    assert.equal((await browser.submit("Continue", { ...address, postal_code: "", country_code: "ie" })).path, "/checkout/review");
  });

  it("shows the backend's own reason beside its field", async () => {
    await (await toCart()).follow("Checkout");
    medusa.faults.set("POST /store/carts/ID", { status: 400, message: "Country with code de is not within region Main" });
    await browser.submit("Continue", address);
    assert.equal(browser.document.querySelector("#problem-country_code")!.textContent, "Country with code de is not within region Main");
    medusa.faults.set("POST /store/carts/ID", { status: 400, message: "Something else" });
    assert.match((await browser.submit("Continue", address)).alert, /Something else/);
  });

  it("says where it can not deliver to, and takes no option that is none", async () => {
    await toReview();
    await browser.post("/checkout/delivery", { option: "so_unknown" });
    assert.equal(browser.status, 422);
    assert.match(browser.alert, /choose how to deliver/);
    medusa.shipping = [];
    assert.match((await browser.open("/checkout/delivery")).alert, /can not deliver to this address/);
  });

  it("takes no order without cash on delivery", async () => {
    await toReview();
    medusa.providers = [];
    await browser.open("/checkout/review");
    assert.match(browser.alert, /no orders at the moment/);
    assert.equal(browser.document.querySelector("main form"), null);
  });

  it("places no order at a price that the visitor has not seen", async () => {
    await toReview();
    for (const cart of medusa.carts.values()) cart.items[0].unit_price = 99;
    await browser.submit("Place order for €24.50");
    assert.equal(browser.status, 422);
    assert.match(browser.alert, /price has changed/);
    assert.equal(medusa.orders.size, 0);
    assert.equal((await browser.submit("Place order for €104.00")).heading, "Thank you for your order");
  });

  it("says what sold out before the order was placed", async () => {
    await toReview();
    medusa.products[0]!.variants[0].inventory_quantity = 0;
    await browser.submit("Place order");
    assert.equal(browser.status, 422);
    assert.match(browser.alert, /no longer enough/);
  });

  it("shows why a payment is refused", async () => {
    await toReview();
    medusa.faults.set("POST /store/payment-collections/ID/payment-sessions", { status: 400, message: "Provider is disabled" });
    assert.match((await browser.submit("Place order")).alert, /not placed: Provider is disabled/);
  });

  it("promises that an order is placed only once when the backend goes away in the middle", async () => {
    await toReview();
    medusa.faults.set("POST /store/carts/ID/complete", "hang");
    const total = "24.5";
    await browser.post("/checkout/order", { total });
    assert.equal(browser.status, 503);
    assert.match(browser.text, /placed only once/);
    medusa.faults.clear();
    assert.equal((await browser.post("/checkout/order", { total })).heading, "Thank you for your order");
  });
});
