import assert from "node:assert/strict";
import { createApp } from "../src/app";
import { ShopSource } from "../src/medusa/shop";
import { address, Browser } from "./browser";
import { FakeMedusa, newId, product, variant } from "./fake-medusa";

describe("security", () => {
  let medusa: FakeMedusa;
  let browser: Browser;
  beforeEach(async () => {
    medusa = await new FakeMedusa().start();
    medusa.products = [product("Mug")];
    browser = new Browser(medusa);
  });
  afterEach(() => medusa.stop());

  const item = () => ({ handle: medusa.products[0]!.handle, variant: medusa.products[0]!.variants[0].id, quantity: "1" });
  const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>'\`\${7*7}&lt;\n\tĄ😀${"x".repeat(120)}`;
  const attributes = (shop: Browser) => [...shop.document.querySelectorAll("*")].flatMap((element) => [...element.attributes].map(({ name }) => name));

  it("escapes whatever shop, products and visitors put in", async () => {
    Object.assign(medusa.settings, { title: hostile });
    const evil = variant({ [hostile]: hostile }, 5);
    medusa.products = [product(hostile, [evil, variant({ [hostile]: "b" }, 6)], { handle: hostile.replace(/\s/g, ""), subtitle: hostile, description: hostile, thumbnail: `https://cdn.test/"onload="alert(1)` })];
    medusa.regions[1].countries[0].display_name = hostile;
    medusa.shipping = [{ id: newId("so"), name: hostile, amount: 1, type: { description: hostile } }, { id: newId("so"), name: "b", amount: 2 }];
    const clean = () => {
      assert.equal(browser.document.querySelectorAll("script").length, 1, browser.path);
      assert.ok(!attributes(browser).some((name) => name.startsWith("on")), browser.path);
      assert.equal(browser.document.querySelectorAll('[src="x"], main style').length, 0, browser.path);
    };
    const shown = () => assert.ok(browser.document.querySelector("main")!.textContent!.includes(hostile), `${browser.path} lost the text`);
    await browser.open("/");
    clean(), shown();
    assert.equal(browser.document.querySelector(".brand")!.textContent!.trim(), hostile.trim());
    await browser.open(`/?q=${encodeURIComponent(hostile.slice(0, 90))}`);
    clean();
    await browser.open(`/products/${encodeURIComponent(medusa.products[0]!.handle)}`);
    clean(), shown();
    await browser.submit("Add to cart");
    clean(), shown();
    await browser.open("/cart");
    clean(), shown();
    await browser.open("/checkout");
    await browser.submit("Continue", { ...address, first_name: hostile, last_name: `${hostile}${hostile}` });
    clean();
    await browser.submit("Continue", { ...address, first_name: hostile });
    clean(), shown();
    await browser.submit("Continue");
    clean(), shown();
    await browser.submit("Place order");
    assert.equal(browser.heading, "Thank you for your order");
    clean(), shown();
    medusa.faults.set("POST /store/carts", { status: 400, message: hostile });
    medusa.carts.clear();
    await browser.post("/cart/add", item());
    assert.equal(browser.status, 422);
    clean();
    assert.ok(browser.alert.includes(hostile.trim()));
  });

  it("sends a shop on https nobody without it, but a certificate authority", async () => {
    const app = createApp(new URL("https://shop.example.com"), new ShopSource(medusa.url, "pk_test"));
    const ask = (path: string, protocol?: string, method = "GET") => app.request(`http://other.example.com${path}`, { method, headers: protocol ? { "x-forwarded-proto": protocol } : {} });
    for (const path of ["/", "/products/a%20b?q=ü&x", "/alive", "/assets/style.css", "//evil.example.com/", "/app/login"]) {
      for (const method of ["GET", "POST"]) {
        const answer = await ask(path, "http", method);
        assert.deepEqual([answer.status, answer.headers.get("location")], [308, `https://other.example.com${path.replace("ü", "%C3%BC")}`], path);
      }
    }
    const onPort = createApp(new URL("https://shop.example.com:8443"), new ShopSource(medusa.url, "pk_test"));
    const sentOn = await onPort.request("http://shop.example.com:8080/x", { headers: { "x-forwarded-proto": "http" } });
    assert.equal(sentOn.headers.get("location"), "https://shop.example.com:8443/x");
    assert.notEqual((await ask("/.well-known/acme-challenge/token", "http")).status, 308);
    for (const protocol of ["https", undefined]) assert.equal((await ask("/alive", protocol)).status, 200);
    const plain = createApp(new URL("http://shop.example.com"), new ShopSource(medusa.url, "pk_test"));
    assert.equal((await plain.request("http://shop.example.com/alive", { headers: { "x-forwarded-proto": "http" } })).status, 200);
  });

  it("allows no scripts, styles or frames but its own", async () => {
    await browser.open("/");
    const policy = browser.headers.get("content-security-policy")!;
    for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"]) {
      assert.ok(policy.includes(rule), rule);
    }
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.equal(browser.headers.get("x-content-type-options"), "nosniff");
    assert.equal(browser.headers.get("strict-transport-security"), null);
    assert.ok(!attributes(browser).includes("style"), "the policy would ignore style attributes");
    for (const path of ["/nothing", "/cart", "/assets/x/enhance.js"]) {
      assert.ok((await browser.request(path)).headers.has("content-security-policy"), path);
    }
  });

  it("takes forms from its own pages only", async () => {
    const refused: Record<string, string>[] = [{}, { origin: "null" }, { origin: "https://evil.test" }, { origin: "http://shop.test.evil.test" }, { origin: "http://shop.test:81" }];
    for (const headers of refused) {
      for (const path of ["/cart/add", "/cart/line", "/checkout", "/checkout/delivery", "/checkout/order"]) {
        await browser.post(path, item(), headers);
        assert.equal(browser.status, 403, `${path} ${JSON.stringify(headers)}`);
      }
    }
    assert.equal(medusa.carts.size, 0);
    // A custom domain: the browser's address is not the shop's first one.
    for (const headers of [{ origin: "http://other.test", host: "other.test" }, { origin: "http://shop.test" }]) {
      await browser.post("/cart/add", item(), headers as Record<string, string>);
      assert.equal(browser.status, 200);
    }
  });

  it("keeps the cart in a cookie that scripts and other sites do not get", async () => {
    const cookieOf = async (shop: Browser) => (await shop.request("/cart/add", { method: "POST", body: new URLSearchParams(item()), headers: { origin: "http://shop.test" } })).headers.get("set-cookie")!;
    assert.match(await cookieOf(browser), /^cart=cart_\w+\.1; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
    const behindTls = new Browser(medusa, { headers: { "x-forwarded-proto": "https" } });
    assert.match(await cookieOf(behindTls), /^__Host-cart=cart_\w+\.1; .*Secure/);
    await behindTls.open("/cart");
    assert.match(behindTls.text, /Total€19.50/);
    assert.match(behindTls.headers.get("strict-transport-security")!, /max-age=/);
    assert.doesNotMatch(behindTls.headers.get("content-security-policy")!, /http:/);
    const httpsAddress = new Browser(medusa, { publicUrl: "https://shop.test" });
    assert.match((await httpsAddress.request("/cart/add", { method: "POST", body: new URLSearchParams(item()), headers: { origin: "https://shop.test" } })).headers.get("set-cookie")!, /Secure/);
  });

  it("takes nothing but ids from cookies to the backend", async () => {
    for (const value of ["cart_../../admin/users.1", "..%2Fadmin.1", "cart_01TEST/complete.1", "x", "cart_1.99999999"]) {
      browser.cookies.set("cart", value);
      assert.equal((await browser.open("/cart")).heading, "Your cart is empty", value);
    }
    browser.cookies.set("orders", "order_../admin.1");
    assert.equal((await browser.open("/order/order_..%2Fadmin")).status, 404);
    assert.ok(medusa.seen.every((one) => !one.includes("admin") && !one.includes("carts") && !one.includes("orders")), medusa.seen.join());
  });

  it("leads nowhere but to its own pages", async () => {
    for (const handle of ["//evil.test", "https://evil.test", "\\\\evil.test", "/../../evil", "\r\nLocation: https://evil.test"]) {
      const response = await browser.request("/cart/add", { method: "POST", body: new URLSearchParams({ ...item(), handle }), headers: { origin: "http://shop.test" } });
      const location = new URL(response.headers.get("location")!, "http://shop.test");
      assert.equal(location.origin, "http://shop.test");
      assert.match(location.pathname, /^\/products\/[^/]+$/);
    }
  });

  it("shows an order to the browser that placed it, and to no other", async () => {
    await browser.post("/cart/add", item());
    await browser.open("/checkout");
    await browser.submit("Continue", address);
    await browser.submit("Place order");
    const [id] = medusa.orders.keys();
    assert.equal((await browser.open(`/order/${id}`)).status, 200);
    assert.equal((await new Browser(medusa).open(`/order/${id}`)).status, 404);
  });

  it("lets nobody else keep pages that tell of a visitor", async () => {
    for (const path of ["/", "/cart", "/nothing"]) assert.match((await browser.open(path)).headers.get("cache-control")!, /private/, path);
  });

  it("reads no form that is too large", async () => {
    await browser.post("/cart/add", { ...item(), handle: "x".repeat(70_000) });
    assert.equal(browser.status, 413);
  });

  it("sends its key to the backend alone", async () => {
    await browser.open("/");
    assert.doesNotMatch(browser.html, /pk_one/);
  });
});
