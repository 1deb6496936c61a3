import type { IncomingHttpHeaders } from "node:http";
import { FakeSite, type Answer, type Asked } from "./fake-site";

interface Order {
  id: number;
  status: string;
  total: string;
  payment_method: string;
  customer_id: number;
  billing: { email: string; first_name: string; last_name: string; country: string; state: string };
  customer_note: string;
}

const token = "a-cart-token";
const nonce = "0123456789";
const prices = (price: string) => ({ price, currency_code: "EUR", currency_minor_unit: 2 });

/** A WooCommerce shop and a Mailpit on one loopback port, as far as `verify` uses them. Each `verify` needs a fresh one. */
export class FakeShop extends FakeSite {
  readonly target = { engine: "woocommerce" as const, admin: { username: "admin", password: "s3cret" } };
  readonly orders: Order[] = [];
  readonly customers: number[] = [];
  products: object[] = [
    { id: 11, name: "Hoodie", permalink: "http://acme.127.0.0.1.nip.io/product/hoodie/", type: "simple", is_purchasable: true, is_in_stock: true, prices: prices("4999") },
    { id: 10, name: "Sticker", permalink: "http://acme.127.0.0.1.nip.io/product/sticker/", type: "simple", is_purchasable: true, is_in_stock: true, prices: prices("499") },
  ];
  stock = { manage_stock: true, stock_quantity: 5 };
  baseCountry = "DE";
  guests = true;
  password = "s3cret";
  subject = (order: Order) => `[Acme]: New order #${order.id}`;

  protected answer(asked: Asked): Answer {
    const { method, headers } = asked;
    const url = new URL(asked.path, "http://shop");
    const fields = (headers["content-type"] === "application/json" ? JSON.parse(asked.body) : {}) as Record<string, any>;
    if (url.pathname === "/" || url.pathname.startsWith("/product/")) return { text: '<html><body class="woocommerce-no-js">Acme</body></html>' };
    if (url.pathname === "/wp-login.php") return this.login(new URLSearchParams(asked.body));
    if (url.pathname === "/wp-admin/admin-ajax.php") return isLoggedIn(headers) ? { text: nonce } : { status: 400, text: "0" };
    if (url.pathname === "/api/v1/search") return { json: { messages: this.mail(url.searchParams.get("query") ?? "") } };
    const [, api, path = ""] = /^\/wp-json\/(wc\/(?:store\/v1|v3))\/(.*)$/.exec(url.pathname) ?? [];
    if (api === "wc/store/v1") return this.storeApi(`${method} ${path}`, headers, fields);
    if (api !== "wc/v3") return { status: 404, text: "<h1>Not found</h1>" };
    if (!isLoggedIn(headers) || headers["x-wp-nonce"] !== nonce) return refusal(401, "Sorry, you cannot view this resource.");
    return this.adminApi(method, path, url.searchParams, fields);
  }

  private login(form: URLSearchParams): Answer {
    if (form.get("log") !== "admin" || form.get("pwd") !== this.password) return { text: '<div id="login_error">The password is incorrect.</div>' };
    const cookies = ["wordpress_ab=1; path=/wp-admin; HttpOnly", "wordpress_logged_in_ab=1%7C2; path=/; HttpOnly"];
    return { status: 302, headers: { location: "/wp-admin/", "set-cookie": cookies } };
  }

  private storeApi(call: string, headers: IncomingHttpHeaders, fields: Record<string, any>): Answer {
    if (call === "GET products") return { json: this.products };
    if (call === "GET cart") return { headers: { "cart-token": token }, json: { totals: totals(0) } };
    if (headers["cart-token"] !== token) return refusal(401, "Missing the Nonce header.");
    if (call === "POST cart/add-item") return { status: 201, json: { totals: totals(499) } };
    // Shipping comes on top once the address is known.
    if (call === "POST cart/update-customer") return { json: { totals: totals(899) } };
    if (call !== "POST checkout") return refusal(404, "No route was found.");
    const { id, status, customer_id } = this.place(fields);
    return { json: { order_id: id, order_number: String(id), status, customer_id, payment_result: { payment_status: "success" } } };
  }

  /** What a checkout does. */
  place({ billing_address: billing, payment_method, customer_note }: Record<string, any>, status = "processing"): Order {
    const order = { id: 40 + this.orders.length, status, total: "8.99", payment_method, customer_id: this.guests ? 0 : 7, billing, customer_note } as Order;
    this.orders.push(order);
    if (!this.guests) this.customers.push(order.customer_id);
    this.stock.stock_quantity -= 1;
    return order;
  }

  private adminApi(method: string, path: string, query: URLSearchParams, fields: Record<string, any>): Answer {
    const order = this.orders.find(({ id }) => path === `orders/${id}`);
    if (path === "settings/general/woocommerce_default_country") return { json: { id: "woocommerce_default_country", value: this.baseCountry } };
    if (path === "data/countries/us") return { json: { code: "US", states: [{ code: "AL", name: "Alabama" }, { code: "AK", name: "Alaska" }] } };
    if (path.startsWith("data/countries/")) return { json: { states: [] } };
    if (path.startsWith("products/")) return { json: this.stock };
    // As lenient as WooCommerce's own search.
    if (path === "orders") return { json: query.get("search") ? this.orders : [] };
    if (method === "DELETE" && path.startsWith("customers/")) return { json: { id: this.customers.splice(this.customers.indexOf(Number(path.split("/")[1])), 1)[0] } };
    if (!order) return refusal(404, "Invalid ID.");
    if (method === "PUT") {
      if (fields.status === "cancelled" && order.status !== "cancelled") this.stock.stock_quantity += 1;
      Object.assign(order, fields);
    }
    return { json: order };
  }

  private mail(query: string): object[] {
    return this.orders.filter(({ billing }) => query === `"${billing.email}"`).map((order) => ({ Subject: this.subject(order), To: [{ Name: "", Address: "owner@example.com" }] }));
  }
}

const totals = (cents: number) => ({ total_price: String(cents), currency_code: "EUR", currency_minor_unit: 2 });
const isLoggedIn = ({ cookie = "" }: IncomingHttpHeaders) => cookie.split("; ").includes("wordpress_logged_in_ab=1%7C2");
export const refusal = (status: number, message: string, data: object = {}): Answer => ({ status, json: { code: "refused", message, data: { status, ...data } } });
