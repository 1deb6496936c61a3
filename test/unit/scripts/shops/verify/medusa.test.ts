import assert from "node:assert/strict";
import type { Verification } from "../../../../../scripts/shops/verify";
import type { ShopToVerify } from "../../../../../scripts/shops/verify/target";
import { FakeMedusaShop, product, refusal, variant } from "../../../helpers/fake-medusa-shop";
import { detailOf, impatient, resultsOf, verifyShop } from "../../../helpers/verification";

const stepNames = ["front page", "login", "catalogue", "cart", "shipping", "payment", "order", "admin", "e-mail", "cancelled"];
const allPassed = Object.fromEntries(stepNames.map((name) => [name, "passed"]));

describe("verify of a Medusa shop", () => {
  let shop: FakeMedusaShop;
  beforeEach(async () => {
    shop = await new FakeMedusaShop().start();
  });
  afterEach(() => shop.stop());

  const bodyOf = (pattern: RegExp) => JSON.parse(shop.callsOf(pattern).at(-1)!.body) as Record<string, any>;

  it("buys the cheapest variant as a guest and takes it back", async () => {
    const result = await verifyShop(shop);
    assert.deepEqual(resultsOf(result), allPassed, JSON.stringify(result, null, 2));
    assert.deepEqual([result.engine, result.passed], ["medusa", true]);
    assert.deepEqual(Object.fromEntries(result.steps.slice(1).map(({ step, detail }) => [step, detail.replace(/verify-\w+/, "verify-…")])), {
      login: "as admin@example.com",
      catalogue: '"Sticker" for 4.99 EUR, the cheapest of 2',
      cart: "1 piece, 4.99 EUR in total",
      shipping: '"Standard" to DE for 4.90 EUR',
      payment: "cash on delivery",
      order: "number 40, pending, 9.89 EUR",
      admin: "pending, 9.89 EUR, cash on delivery, verify-…@storefleet.invalid",
      "e-mail": '"Your order 40 at Acme" to verify-…@storefleet.invalid',
      cancelled: "order 40, stock is 5, 1 of it reserved again",
    });
    assert.deepEqual(shop.orders.map(({ status, payment_collections }) => [status, payment_collections[0]!.payments[0]!.provider_id]), [["canceled", "pp_system_default"]]);
  });

  it("orders as somebody who is no person, with a note that says so", async () => {
    await verifyShop(shop);
    const [{ email, address, note }] = shop.orders as [FakeMedusaShop["orders"][number]];
    assert.match(email, /^verify-\w+@storefleet\.invalid$/);
    assert.deepEqual([address.first_name, address.last_name, address.country_code, address.postal_code], ["Storefleet", "Verification", "de", "10115"]);
    assert.match(note, /test.*cancelled/i);
    assert.deepEqual([bodyOf(/line-items/).variant_id, bodyOf(/shipping-methods/).option_id], ["variant_sticker", "so_standard"]);
  });

  it("asks the store API with the storefront's key, and the admin API with nothing but the token", async () => {
    await verifyShop(shop);
    for (const { path, headers } of shop.asked) {
      assert.equal(headers["x-publishable-api-key"], path.startsWith("/store/") ? "pk_0123" : undefined, path);
      assert.equal(headers.authorization, path.startsWith("/admin/") ? "Bearer an-admin-token" : undefined, path);
      assert.equal(headers.host, `${path.startsWith("/api/") ? "mail" : "acme"}.127.0.0.1.nip.io`);
    }
  });

  it("buys where the storefront does: in the region of the shop's own country, or else one in its currency", async () => {
    const places: [object, string, string][] = [
      [{ country: "de", currency: "eur" }, "reg_eu", "de"],
      [{ country: "fr", currency: "eur" }, "reg_pl", "pl"],
      [{ country: "us", currency: "usd" }, "reg_us", "us"],
    ];
    for (const [home, region, country] of places) {
      shop.home = home;
      const result = await verifyShop(shop, { mail: { server: "smtp.example.com" } });
      assert.deepEqual([bodyOf(/^POST \/store\/carts$/).region_id, bodyOf(/^POST \/store\/carts\/cart_1$/).shipping_address.country_code], [region, country], JSON.stringify(result));
    }
    assert.equal(bodyOf(/^POST \/store\/carts\/cart_1$/).shipping_address.postal_code, "10115");
  });

  it("takes what is not counted or may be ordered in advance", async () => {
    const sold = { inventory_quantity: 0 };
    shop.products = [product("Mug", variant("a", 1, { ...sold, allow_backorder: true }), variant("b", 2, { ...sold, manage_inventory: false }), variant("c", 0), variant("d", 0.5, { inventory_quantity: null }))];
    assert.match(detailOf(await verifyShop(shop), "catalogue"), /^"Mug" for 1\.00 EUR, the cheapest of 2$/);
    shop.products = [product("Mug", variant("b", 2, { ...sold, manage_inventory: false }))];
    const result = await verifyShop(shop);
    assert.deepEqual([result.passed, detailOf(result, "cancelled")], [true, "order 41"]);
  });

  it("looks at older products only where none of the newest can be bought", async () => {
    shop.pageSize = 1;
    shop.products = [product("Gone", variant("gone", 1, { inventory_quantity: 0 })), ...Array.from({ length: 150 }, (_, index) => product(`P${index}`, variant(`p${index}`, index + 1)))];
    shop.shown = 12;
    assert.equal(detailOf(await verifyShop(shop), "catalogue"), '"P99" for 100.00 EUR, the cheapest of 1');
    assert.deepEqual(shop.callsOf(/^GET \/store\/products\?/).map(({ path }) => new URL(path, "http://x").searchParams.get("offset")), ["0", "100"]);
  });

  it("shows prices as the currency has them", async () => {
    shop.home = { country: "jp", currency: "jpy" };
    shop.regions = [{ id: "reg_jp", currency_code: "jpy", countries: [{ iso_2: "jp" }] }];
    shop.products = [product("Tea", variant("tea", 300))];
    assert.match(detailOf(await verifyShop(shop), "catalogue"), /for 300 JPY/);
  });

  it("finds a product by its escaped name, and shows that as harmless text", async () => {
    const title = `<b>"It's" & co</b> \u001b[2J\n${"x".repeat(3000)}`;
    shop.products = [product("Hoodie", variant("hoodie", 50)), { ...product("Mug", variant("mug", 5)), title, handle: "a/b?c" }];
    const text = detailOf(await verifyShop(shop), "catalogue");
    assert.match(text, /^"<b>"It's" & co<\/b> \[2J x+…" for 5\.00 EUR, the cheapest of 2$/);
    assert.ok(text.length < 120);
    assert.equal(shop.callsOf(/^GET \/products\/a%2Fb%3Fc$/).length, 1);
  });

  it("passes without looking at e-mails that go to a server outside", async () => {
    const result = await verifyShop(shop, { mail: { server: "smtp.example.com" } });
    assert.deepEqual([result.passed, detailOf(result, "e-mail")], [true, "mail goes to smtp.example.com, and is not looked at"]);
  });

  it("cancels its order, and no other, where the answer to it was lost", async () => {
    shop.place("a@example.com");
    shop.instead.set("POST /store/carts/cart_1/complete", () => (shop.place(), { silent: true }));
    const result = await verifyShop(shop, impatient(shop, 1000));
    assert.match(detailOf(result, "order"), /\/complete: no answer within 1 s$/);
    assert.equal(detailOf(result, "cancelled"), "order 41, stock is 5, 2 of it reserved again");
    assert.deepEqual(shop.orders.map(({ status }) => status), ["pending", "canceled"]);
  });

  it("cancels the order when it is interrupted", async () => {
    const controller = new AbortController();
    const result = await verifyShop(shop, {}, ({ step }) => step === "order" && controller.abort(), controller.signal);
    assert.deepEqual(resultsOf(result), { ...allPassed, admin: "skipped", "e-mail": "skipped" });
    assert.deepEqual([result.passed, shop.orders[0]!.status], [false, "canceled"]);
  });

  describe("fails", () => {
    /** The step fails in these words, those before it passed, those after it were skipped, and no order is left. */
    async function failsAt(step: string, message: RegExp, more: Partial<ShopToVerify> = {}): Promise<Verification> {
      shop.orders.length = 0;
      const result = await verifyShop(shop, more);
      const failed = stepNames.indexOf(step);
      const expected = stepNames.map((name, index) => [name, index < failed ? "passed" : index === failed ? "failed" : "skipped"]);
      const placed = shop.orders.length > 0;
      if (placed && step !== "cancelled") expected.at(-1)![1] = "passed";
      assert.deepEqual(resultsOf(result), Object.fromEntries(expected), JSON.stringify(result, null, 2));
      assert.match(detailOf(result, step), message);
      assert.equal(result.passed, false);
      if (step !== "cancelled") assert.deepEqual(shop.orders.map(({ status }) => status), placed ? ["canceled"] : []);
      return result;
    }

    it("at the front page", async () => {
      shop.instead.set("GET /", { status: 503, text: "<h1>We will be right back</h1>" });
      await failsAt("front page", /^GET http:\/\/acme\.127\.0\.0\.1\.nip\.io\/ answered 503: <h1>We will be right back/);
      shop.instead.set("GET /", { json: { message: "hello" } });
      await failsAt("front page", /answered no HTML: {"message":"hello"}$/);
    });

    it("at the login, before anything is ordered that nobody could cancel", async () => {
      await failsAt("login", /\/auth\/user\/emailpass did not let admin@example\.com in — Was the password changed/, { admin: { username: "admin@example.com", password: "other" } });
      shop.instead.set("POST /auth/user/emailpass", { status: 502, text: "Bad Gateway" });
      await failsAt("login", /answered 502: Bad Gateway$/);
      shop.instead.delete("POST /auth/user/emailpass");
      shop.instead.set("GET /admin/stores", { json: { stores: [{ metadata: null }] } });
      await failsAt("login", /\/admin\/stores\?\S+ answered 200 with JSON that is not as documented: stores\.0\.metadata/);
      assert.equal(shop.callsOf(/\/store\//).length, 0);
    });

    it("where the key is refused", async () => {
      await failsAt("catalogue", /^GET \S+\/store\/regions\?\S+ answered 400: A valid publishable key is required/, { publishableKey: "pk_other" });
    });

    it("without a product to buy", async () => {
      const mend = " — List one under `products` and apply, or publish one in the admin pages\\.$";
      shop.products = [];
      await failsAt("catalogue", new RegExp(`^the shop has no product to buy: none is published for the storefront's sales channel${mend}`));
      shop.products = [product("Mug", variant("a", 1, { inventory_quantity: 0 }), variant("b", 1, { inventory_quantity: -3 }))];
      await failsAt("catalogue", new RegExp(`no product to buy: none of 2 is in stock${mend}`));
      shop.products = [product("Mug", variant("a", null), variant("b", 0), variant("c", 1, { inventory_quantity: 0 }))];
      await failsAt("catalogue", new RegExp(`no product to buy: of 2 in stock, none has a price in EUR${mend}`));
      shop.regions = [{ id: "reg_us", currency_code: "usd", countries: [{ iso_2: "us" }] }, { id: "reg_eu", currency_code: "eur", countries: [] }];
      await failsAt("catalogue", /^no region of the shop sells in EUR to any country — /);
      assert.equal(shop.callsOf(/carts/).length, 0);
    });

    it("where the storefront shows another shop", async () => {
      shop.inStorefront = () => [product("Chair"), product("Table")];
      await failsAt("catalogue", /^the storefront's catalogue does not show "Sticker", which the store API sells \(2 pages seen\) — Does the storefront ask another server, or with another key\?$/);
      shop.inStorefront = () => [{ ...product("Sticker"), handle: "sticker-2" }];
      await failsAt("catalogue", /does not show "Sticker".*\(1 page seen\)/);
      shop.inStorefront = () => shop.products;
      shop.instead.set("GET /products/sticker", { status: 404, text: "<h1>Page not found</h1>" });
      await failsAt("catalogue", /\/products\/sticker answered 404: <h1>Page not found/);
      shop.instead.set("GET /products/sticker", { text: "<h1>Chair</h1>" });
      await failsAt("catalogue", /^http:\/\/acme\.127\.0\.0\.1\.nip\.io\/products\/sticker does not show "Sticker"$/);
    });

    it("at a storefront whose catalogue has no end", async () => {
      shop.instead.set("GET /", { text: '<a rel="next" href="/?page=2">Next</a>' });
      await failsAt("catalogue", /\(50 pages seen\)/);
    });

    it("at the cart", async () => {
      shop.instead.set("POST /store/carts/cart_1/line-items", refusal(400, "Some variant does not have the required inventory"));
      await failsAt("cart", /line-items answered 400: Some variant does not have the required inventory$/);
      shop.instead.set("POST /store/carts/cart_1/line-items", { json: { cart: { id: "cart_1", total: 0, currency_code: "eur" } } });
      await failsAt("cart", /^the cart's total is 0, although 4\.99 EUR was expected for one piece of variant_sticker$/);
      shop.instead.set("POST /store/carts", { json: { cart: { id: "../admin", total: 0, currency_code: "eur" } } });
      await failsAt("cart", /not as documented: cart\.id/);
    });

    it("without a shipping option that can be chosen", async () => {
      shop.shipping = [];
      await failsAt("shipping", /^the shop has no shipping option to DE in EUR — Add one in the admin pages/);
      shop.shipping = [{ id: "so_quoted", name: "Quoted", amount: null }, { id: "so_gone", name: "Gone", amount: 0, insufficient_inventory: true }];
      await failsAt("shipping", /^the shop has of 2 shipping options none with a price to DE in EUR/);
    });

    it("without manual payment", async () => {
      shop.providers = ["pp_stripe_stripe\u0007"];
      await failsAt("payment", /^the shop's region does not take manual payment \(pp_system_default\), only pp_stripe_stripe — Allow it/);
      shop.providers = [];
      await failsAt("payment", /\(pp_system_default\), nor anything else — /);
    });

    it("at the order, by what the answer says, not by its status", async () => {
      const complete = "POST /store/carts/cart_1/complete";
      shop.instead.set(complete, { json: { type: "cart", cart: { id: "cart_1" }, error: { message: "Payment authorization failed\u001b[2J", name: "Error", type: "payment_authorization_error" } } });
      const refused = await failsAt("order", /^the cart did not become an order: Payment authorization failed \[2J$/);
      assert.equal(detailOf(refused, "cancelled"), "there is no order");
      shop.instead.set(complete, refusal(400, "Not enough stock available for item iitem_1 at location sloc_1"));
      await failsAt("order", /\/complete answered 400: Not enough stock available/);
    });

    it("where the admin side has another order", async () => {
      const seen = (more: object) => shop.instead.set("GET /admin/orders/order_40", () => ({ json: { order: { ...shop.orders[0], ...more } } }));
      for (const [more, message] of [
        [{ total: 4.99 }, /has order 40 with total 4\.99 EUR, not 9\.89 EUR$/],
        [{ currency_code: "usd" }, /with total 9\.89 USD, not 9\.89 EUR$/],
        [{ status: "canceled" }, /with status canceled, not pending$/],
        [{ payment_status: "awaiting" }, /with payment pp_system_default, awaiting, not pp_system_default, authorized$/],
        [{ payment_collections: [] }, /with payment undefined, authorized, not /],
        [{ email: null }, /with customer null, not verify-/],
      ] as const) {
        seen(more);
        await failsAt("admin", message);
      }
      shop.instead.set("GET /admin/orders/order_40", refusal(404, "Order id not found: order_40"));
      await failsAt("admin", /answered 404: Order id not found: order_40$/);
    });

    it("without the e-mail, or with one about something else", async () => {
      shop.instead.set("GET /api/v1/search", { json: { messages: [] } });
      await failsAt("e-mail", /^http:\/\/mail\.127\.0\.0\.1\.nip\.io has no e-mail about order 40 within 0 s — /);
      shop.instead.delete("GET /api/v1/search");
      shop.subject = () => "Your order 402 at Acme";
      await failsAt("e-mail", /no e-mail with 40 in its subject within 0 s, only: Your order 402 at Acme$/);
    });

    it("where the order can not be cancelled, or its stock stays reserved", async () => {
      const cancel = "POST /admin/orders/order_40/cancel";
      shop.instead.set(cancel, refusal(400, "All fulfillments must be canceled before canceling an order"));
      await failsAt("cancelled", /orders\/order_40\/cancel answered 400: All fulfillments must be canceled/);
      shop.instead.set(cancel, () => ({ json: { order: shop.orders[0] } }));
      await failsAt("cancelled", /^order 40 is pending, not cancelled — Cancel it in the admin pages\.$/);
      shop.stock.reserved_quantity = 1;
      shop.instead.set(cancel, () => ({ json: { order: Object.assign(shop.orders[0]!, { status: "canceled" }) } }));
      await failsAt("cancelled", /^the order is cancelled, but the stock of variant_sticker is 5, 2 of it reserved, and was 5, 1 of it reserved — /);
    });
  });
});
