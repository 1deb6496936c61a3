import assert from "node:assert/strict";
import type { Verification } from "../../../../../scripts/shops/verify";
import type { ShopToVerify } from "../../../../../scripts/shops/verify/target";
import { FakeShop, refusal } from "../../../helpers/fake-shop";
import { detailOf, impatient, resultsOf, stepNames, verifyShop } from "../../../helpers/verification";

describe("verify fails", () => {
  let shop: FakeShop;
  beforeEach(async () => {
    shop = await new FakeShop().start();
  });
  afterEach(() => shop.stop());

  /** The step fails in these words, those before it passed, those after it were skipped, and no order is left. */
  async function failsAt(step: string, message: RegExp, more: Partial<ShopToVerify> = {}): Promise<Verification> {
    const result = await verifyShop(shop, more);
    const failed = stepNames.indexOf(step);
    const expected = stepNames.map((name, index) => [name, index < failed ? "passed" : index === failed ? "failed" : "skipped"]);
    const placed = shop.orders.length > 0;
    if (placed && step !== "cancelled") expected[stepNames.length - 1]![1] = "passed";
    assert.deepEqual(resultsOf(result), Object.fromEntries(expected), JSON.stringify(result, null, 2));
    assert.match(detailOf(result, step), message);
    assert.equal(result.passed, false);
    if (step !== "cancelled") assert.deepEqual(shop.orders.map(({ status }) => status), placed ? ["cancelled"] : []);
    return result;
  }

  it("at the front page", async () => {
    const page = (text: string) => ({ text });
    const cases: [Parameters<FakeShop["instead"]["set"]>[1], RegExp][] = [
      [{ status: 500, text: "Error establishing a database connection" }, /^GET http:\/\/acme\.127\.0\.0\.1\.nip\.io\/ answered 500: Error establishing a database connection$/],
      [{ json: { woocommerce: true } }, /answered no HTML/],
      [page("<h1>It works!</h1>"), /a page without WooCommerce: <h1>It works!/],
      [page("<head><meta name='woo-coming-soon-page' content='yes'></head> woocommerce"), /"coming soon" — Open the shop/],
      [{ status: 302, headers: { location: "http://acme.127.0.0.1.nip.io/wp-admin/install.php" } }, /WordPress' installer/],
      [{ status: 301, headers: { location: "https://www.example.com/" } }, /leads to another host: https:\/\/www\.example\.com\/$/],
      [{ status: 301, headers: { location: "http://[" } }, /leads to another host: http:\/\/\[$/],
      [{ status: 302, headers: { location: "/" } }, /answered 302 \(to \/\)/],
    ];
    for (const [answer, message] of cases) {
      shop.instead.set("GET /", answer);
      await failsAt("front page", message);
    }
    shop.instead.set("GET /", { silent: true });
    await failsAt("front page", /no answer within 0\.1 s/, impatient(shop, 100));
  });

  it("at the catalogue", async () => {
    const path = "GET /wp-json/wc/store/v1/products";
    shop.instead.set(path, { text: "<!DOCTYPE html><title>Shop</title>" });
    await failsAt("catalogue", /^GET \S+\/wp-json\/wc\/store\/v1\/products\?\S+ answered 200 without JSON: <!DOCTYPE html>/);
    shop.instead.set(path, { status: 500, text: "" });
    await failsAt("catalogue", /answered 500: \(nothing\)/);
    shop.instead.set(path, { json: [{ id: "10" }] });
    await failsAt("catalogue", /not as documented: 0\.id/);
    shop.instead.delete(path);
    shop.instead.set("GET /product/sticker/", { text: "<meta name='woo-coming-soon-page' content='yes'> woocommerce" });
    await failsAt("catalogue", /^GET http:\/\/acme\.127\.0\.0\.1\.nip\.io\/product\/sticker\/ shows "coming soon"/);
    const [product] = shop.products;
    shop.products = [{ ...product, permalink: "https://www.example.com/product/hoodie/" }];
    await failsAt("catalogue", /leads to another host: https:\/\/www\.example\.com\/product\/hoodie\/$/);
    const unfit = [{ type: "variable" }, { is_purchasable: false }, { is_in_stock: false }, { prices: { price: "0", currency_code: "EUR", currency_minor_unit: 2 } }, { prices: { price: "", currency_code: "EUR", currency_minor_unit: 2 } }];
    shop.products = unfit.map((more) => ({ ...product, ...more }));
    await failsAt("catalogue", /no product to buy: of 5 in stock, none .* — List one under `products` and apply/);
    shop.products = [];
    await failsAt("catalogue", /no product to buy: none is published and in stock — /);
  });

  it("at the cart", async () => {
    const cart = { totals: { total_price: "0", currency_code: "EUR", currency_minor_unit: 2 } };
    shop.instead.set("GET /wp-json/wc/store/v1/cart", { json: cart });
    await failsAt("cart", /without a Cart-Token header/);
    shop.instead.delete("GET /wp-json/wc/store/v1/cart");
    shop.instead.set("POST /wp-json/wc/store/v1/cart/add-item", { status: 201, json: cart });
    await failsAt("cart", /the cart's total is 0/);
    shop.instead.set("POST /wp-json/wc/store/v1/cart/add-item", refusal(400, "You cannot add that amount to the cart."));
    await failsAt("cart", /answered 400: You cannot add that amount to the cart\.$/);
  });

  it("at the login, before anything is ordered that nobody could cancel", async () => {
    await failsAt("login", /did not let admin in — Was the password changed/, { admin: { username: "admin", password: "other" } });
    shop.instead.set("POST /wp-login.php", { status: 503, text: "Briefly unavailable for scheduled maintenance." });
    await failsAt("login", /answered 503: Briefly unavailable/);
    shop.instead.set("POST /wp-login.php", { status: 302, headers: { location: "/" } });
    await failsAt("login", /wp-login\.php answered 302 \(to \/\)/);
    shop.instead.delete("POST /wp-login.php");
    shop.instead.set("GET /wp-admin/admin-ajax.php", { status: 400, text: "0" });
    await failsAt("login", /admin-ajax\.php\?action=rest-nonce answered 400: 0$/);
    assert.equal(shop.callsOf(/checkout/).length, 0);
  });

  it("at the order, in the API's words", async () => {
    const checkout = "POST /wp-json/wc/store/v1/checkout";
    shop.instead.set(checkout, refusal(400, "Cash on delivery is not available for this order"));
    const refused = await failsAt("order", /\/checkout answered 400: Cash on delivery is not available for this order$/);
    assert.equal(detailOf(refused, "cancelled"), "there is no order");
    shop.instead.set("POST /wp-json/wc/store/v1/cart/update-customer", refusal(400, "Invalid parameter(s): billing_address", { params: { billing_address: "The provided postcode / ZIP is not valid" } }));
    await failsAt("order", /Invalid parameter\(s\): billing_address The provided postcode/);
  });

  it("at the order, where that is not as it must be, and cancels it", async () => {
    const place = (status: string, payment_result: object | null) =>
      shop.instead.set("POST /wp-json/wc/store/v1/checkout", ({ body }) => ({ json: { order_id: shop.place(JSON.parse(body), status).id, status, customer_id: 0, payment_result } }));
    place("pending", { payment_status: "failure" });
    await failsAt("order", /^order 40 is pending, its payment failure$/);
    shop.orders.length = 0;
    place("processing", null);
    await failsAt("order", /^order 40 is processing, its payment not processed$/);
  });

  it("where the admin side has another order", async () => {
    const seen = (more: object) => shop.instead.set("GET /wp-json/wc/v3/orders/40", () => ({ json: { ...shop.orders[0], ...more } }));
    const again = () => (shop.orders.length = 0);
    for (const [more, message] of [
      [{ total: "7.49" }, /has order 40 with total 749, not 899/],
      [{ status: "failed" }, /with status failed, not processing/],
      [{ payment_method: "bacs" }, /with payment bacs, not cod/],
      [{ billing: { email: "a@example.com" } }, /with customer a@example\.com, not verify-/],
    ] as const) {
      seen(more);
      await failsAt("admin", message);
      again();
    }
    shop.instead.set("GET /wp-json/wc/v3/orders/40", refusal(404, "Invalid ID."));
    await failsAt("admin", /orders\/40 answered 404: Invalid ID\.$/);
  });

  it("without the e-mail, or with one about something else", async () => {
    shop.instead.set("GET /api/v1/search", { json: { messages: [] } });
    await failsAt("e-mail", /^http:\/\/mail\.127\.0\.0\.1\.nip\.io has no e-mail about order 40 within 0 s — /);
    shop.orders.length = 0;
    shop.instead.delete("GET /api/v1/search");
    shop.subject = () => "Your order\u0007 1402 has been received";
    await failsAt("e-mail", /no e-mail with 40 in its subject within 0 s, only: Your order 1402 has been received$/);
    shop.orders.length = 0;
    shop.instead.set("GET /api/v1/search", { status: 404, text: "404 page not found" });
    await failsAt("e-mail", /\/api\/v1\/search\?query=%22verify-\w+%40storefleet\.invalid%22 answered 404: 404 page not found$/);
  });

  it("where the order can not be cancelled, or the stock does not come back", async () => {
    const put = "PUT /wp-json/wc/v3/orders/40";
    shop.instead.set(put, refusal(403, "Sorry, you are not allowed to edit this resource."));
    await failsAt("cancelled", /orders\/40 answered 403: Sorry, you are not allowed/);
    shop.orders.length = 0;
    shop.instead.set(put, () => ({ json: shop.orders[0] }));
    await failsAt("cancelled", /^order 40 is processing, not cancelled — Cancel it in the admin pages\.$/);
    shop.orders.length = 0;
    shop.instead.set(put, () => ({ json: Object.assign(shop.orders[0]!, { status: "cancelled" }) }));
    await failsAt("cancelled", /the stock of product 10 is 2, and was 3/);
    shop.orders.length = 0;
    shop.stock.manage_stock = false;
    assert.equal(detailOf(await verifyShop(shop), "cancelled"), "order 40");
  });
});
