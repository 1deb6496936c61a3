import assert from "node:assert/strict";
import { takeSteps, type StepReport } from "../../../../../scripts/shops/verify/steps";
import { FakeShop } from "../../../helpers/fake-shop";
import { allPassed, detailOf, impatient, resultsOf, verifyShop } from "../../../helpers/verification";

describe("verify", () => {
  let shop: FakeShop;
  beforeEach(async () => {
    shop = await new FakeShop().start();
  });
  afterEach(() => shop.stop());

  it("buys the cheapest product as a guest and takes it back", async () => {
    const seen: StepReport[] = [];
    const result = await verifyShop(shop, {}, (report) => seen.push(report));
    assert.deepEqual(resultsOf(result), allPassed, JSON.stringify(result, null, 2));
    assert.deepEqual(seen, result.steps);
    assert.deepEqual([result.name, result.engine, result.url, result.passed], ["acme", "woocommerce", "http://acme.127.0.0.1.nip.io", true]);
    assert.ok(result.seconds > 0 && result.steps.every(({ seconds }) => seconds >= 0));
    assert.equal(detailOf(result, "catalogue"), '"Sticker" for 4.99 EUR, the cheapest of 2');
    assert.equal(detailOf(result, "order"), "number 40, processing, 8.99 EUR");
    assert.equal(detailOf(result, "e-mail"), '"[Acme]: New order #40" to owner@example.com');
    assert.equal(detailOf(result, "cancelled"), "order 40, stock is 5 again");
    assert.equal(shop.orders[0]!.status, "cancelled");
  });

  it("orders as somebody who is no person, with a note that says so", async () => {
    await verifyShop(shop);
    await verifyShop(shop);
    const [first, second] = shop.orders;
    const { first_name, last_name, email } = first!.billing;
    assert.deepEqual([first_name, last_name, first!.payment_method], ["Storefleet", "Verification", "cod"]);
    assert.match(email, /^verify-\w+@storefleet\.invalid$/);
    assert.notEqual(email, second!.billing.email);
    assert.match(first!.customer_note, /test.*cancelled/i);
  });

  it("is a guest until it looks at the order, always under the shop's name", async () => {
    await verifyShop(shop);
    const guest = shop.callsOf(/\/wc\/store\//);
    assert.ok(guest.length >= 5);
    assert.deepEqual(guest.map(({ headers }) => headers.cookie), guest.map(() => undefined));
    for (const { path, headers } of shop.asked) assert.equal(headers.host, `${path.startsWith("/api/") ? "mail" : "acme"}.127.0.0.1.nip.io`);
  });

  it("looks for a postcode and a state that the shop's country takes", async () => {
    const expected = { DE: ["DE", "Test", "10115"], US: ["US", "AL", "10115"], "US:CA": ["US", "CA", "10115"], GB: ["GB", "Test", "SW1A 1AA"], "ES:*": ["ES", "Test", "10115"] };
    for (const [base, address] of Object.entries(expected)) {
      shop.baseCountry = base;
      assert.equal((await verifyShop(shop)).passed, true);
      const { billing_address: billing, shipping_address: shipping } = JSON.parse(shop.callsOf(/^POST .*\/checkout$/).at(-1)!.body) as Record<string, Record<string, string>>;
      for (const it of [billing!, shipping!]) assert.deepEqual([it.country, it.state, it.postcode], address, base);
    }
  });

  it("follows the front page within the shop", async () => {
    shop.instead.set("GET /", { status: 302, headers: { location: "/de/" } });
    shop.instead.set("GET /de/", { text: "<html>woocommerce" });
    assert.equal((await verifyShop(shop)).passed, true);
  });

  it("takes the same product each time, and shows its name as harmless text", async () => {
    const name = `Mug\u001b[2J\n"; rm -rf / #${"x".repeat(5000)}`;
    const prices = { price: "300", currency_code: "JPY", currency_minor_unit: 0 };
    const [product] = shop.products;
    shop.products = [9, 7, 8].map((id) => ({ ...product, id, name: id === 7 ? name : "Other", prices }));
    const text = detailOf(await verifyShop(shop), "catalogue");
    assert.match(text, /^"Mug \[2J "; rm -rf \/ #x+…" for 300 JPY, the cheapest of 3$/);
    assert.ok(text.length < 120);
    assert.equal((JSON.parse(shop.callsOf(/add-item/)[0]!.body) as { id: number }).id, 7);
  });

  it("waits for an e-mail that is on its way", async () => {
    let looks = 0;
    shop.instead.set("GET /api/v1/search", () => (looks++ === 0 ? { json: { messages: [] } } : undefined));
    assert.equal((await verifyShop(shop, { mailWait: 5000 })).passed, true);
    assert.equal(looks, 2);
  });

  it("passes without looking at e-mails that go to a server outside", async () => {
    const result = await verifyShop(shop, { mail: { server: "smtp.example.com" } });
    assert.equal(result.passed, true);
    assert.equal(resultsOf(result)["e-mail"], "skipped");
    assert.equal(detailOf(result, "e-mail"), "mail goes to smtp.example.com, and is not looked at");
  });

  it("removes the account that a shop without guests makes", async () => {
    shop.guests = false;
    assert.equal((await verifyShop(shop)).passed, true);
    assert.equal(shop.callsOf(/^DELETE \/wp-json\/wc\/v3\/customers\/7\?force=true$/).length, 1);
    assert.deepEqual(shop.customers, []);
  });

  it("cancels its order, and no other, where the answer to it was lost", async () => {
    shop.place({ billing_address: { email: "a@example.com", last_name: "B" }, payment_method: "cod" });
    shop.instead.set("POST /wp-json/wc/store/v1/checkout", ({ body }) => (shop.place(JSON.parse(body)), { silent: true }));
    const result = await verifyShop(shop, impatient(shop, 1000));
    assert.match(detailOf(result, "order"), /no answer within 1 s$/);
    assert.equal(detailOf(result, "cancelled"), "order 41, stock is 4 again");
    assert.deepEqual(shop.orders.map(({ id, status }) => [id, status]), [[40, "processing"], [41, "cancelled"]]);
  });

  it("cancels the order when it is interrupted", async () => {
    const controller = new AbortController();
    const result = await verifyShop(shop, {}, ({ step }) => step === "order" && controller.abort(), controller.signal);
    assert.deepEqual(resultsOf(result), { ...allPassed, admin: "skipped", "e-mail": "skipped" });
    assert.deepEqual([result.passed, detailOf(result, "admin")], [false, "interrupted"]);
    assert.equal(shop.orders[0]!.status, "cancelled");
  });

  it("does not wait for an e-mail when it is interrupted", async () => {
    const controller = new AbortController();
    shop.instead.set("GET /api/v1/search", () => (controller.abort(), { json: { messages: [] } }));
    const started = performance.now();
    assert.equal(resultsOf(await verifyShop(shop, { mailWait: 60_000 }, () => {}, controller.signal))["e-mail"], "failed");
    assert.ok(performance.now() - started < 5000);
  });
});

describe("steps", () => {
  it("clean up after a defect too, which then is told as one", async () => {
    const taken: string[] = [];
    const step = (name: string, run: () => Promise<string>, cleanup = false) => ({ name, cleanup, run: () => (taken.push(name), run()) });
    const steps = [step("a", async () => Promise.reject(new TypeError("no such field"))), step("b", async () => ""), step("c", async () => "done", true)];
    const reports: StepReport[] = [];
    await assert.rejects(takeSteps(steps, (report) => reports.push(report), new AbortController().signal), /^TypeError: no such field$/);
    assert.deepEqual(taken, ["a", "c"]);
    assert.deepEqual(reports.map(({ result, detail }) => `${result}: ${detail}`), ["failed: no such field", 'skipped: "a" failed', "passed: done"]);
  });
});
