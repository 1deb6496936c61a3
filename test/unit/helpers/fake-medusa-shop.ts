import type { IncomingHttpHeaders } from "node:http";
import { FakeSite, type Answer, type Asked } from "./fake-site";

interface Order {
  id: string;
  display_id: number;
  status: string;
  payment_status: string;
  total: number;
  currency_code: string;
  email: string;
  address: Record<string, string>;
  note: string;
  payment_collections: { payments: { provider_id: string }[] }[];
}

const bearer = "Bearer an-admin-token";
const key = "pk_0123";

export const variant = (id: string, price: number | null, more: object = {}) => ({
  id: `variant_${id}`, manage_inventory: true, allow_backorder: false, inventory_quantity: 5,
  calculated_price: price === null ? null : { calculated_amount: price, currency_code: "eur" }, ...more,
});
export const product = (name: string, ...variants: object[]) => ({ id: `prod_${name}`, title: name, handle: name.toLowerCase(), variants });

/** A Medusa server, its storefront and a Mailpit on one loopback port, as far as `verify` uses them. Each `verify` needs a fresh one. */
export class FakeMedusaShop extends FakeSite {
  readonly target = { engine: "medusa" as const, admin: { username: "admin@example.com", password: "s3cret" }, publishableKey: key };
  readonly orders: Order[] = [];
  products: ReturnType<typeof product>[] = [
    product("Hoodie", variant("hoodie", 49.99)),
    product("Sticker", variant("gone", 1, { inventory_quantity: 0 }), variant("sticker", 4.99), variant("unpriced", null)),
  ];
  /** Of the server, and of the storefront: they may have different shops behind them. */
  pageSize = 100;
  shown = 1;
  inStorefront = (): { title: string; handle: string }[] => this.products;
  home: object = { country: "de", currency: "eur", countries: ["de", "at"] };
  regions = [
    { id: "reg_us", currency_code: "usd", countries: [{ iso_2: "us" }] },
    { id: "reg_pl", currency_code: "eur", countries: [{ iso_2: "pl" }] },
    { id: "reg_eu", currency_code: "eur", countries: [{ iso_2: "at" }, { iso_2: "de" }] },
  ];
  shipping: object[] = [
    { id: "so_express", name: "Express", amount: 15 }, { id: "so_quoted", name: "Quoted", amount: null },
    { id: "so_standard", name: "Standard", amount: 4.9 }, { id: "so_gone", name: "Gone", amount: 0, insufficient_inventory: true },
  ];
  providers = ["pp_stripe_stripe", "pp_system_default"];
  stock = { stocked_quantity: 5, reserved_quantity: 1 };
  subject = ({ display_id }: Order) => `Your order ${display_id} at Acme`;
  private cart: Record<string, any> = {};

  protected answer(asked: Asked): Answer {
    const { method, headers } = asked;
    const url = new URL(asked.path, "http://shop");
    const [, api, path = ""] = /^\/(store|admin)\/(.*)$/.exec(url.pathname) ?? [];
    const fields = (headers["content-type"] === "application/json" && asked.body ? JSON.parse(asked.body) : {}) as Record<string, any>;
    if (url.pathname === "/auth/user/emailpass") return fields.email === "admin@example.com" && fields.password === "s3cret" ? { json: { token: "an-admin-token" } } : refusal(401, "Invalid email or password");
    if (url.pathname === "/api/v1/search") return { json: { messages: this.mail(url.searchParams.get("query") ?? "") } };
    if (api === "store") return this.storeApi(`${method} ${path}`, headers, url.searchParams, fields);
    if (api === "admin") return headers.authorization === bearer ? this.adminApi(`${method} ${path}`) : refusal(401, "Unauthorized");
    return this.storefront(url);
  }

  private storefront(url: URL): Answer {
    const products = this.inStorefront();
    const one = products.find(({ handle }) => url.pathname === `/products/${encodeURIComponent(handle)}`);
    if (one) return { text: `<h1>${escape(one.title)}</h1>` };
    if (url.pathname !== "/") return { status: 404, text: "<h1>Page not found</h1>" };
    const page = Number(url.searchParams.get("page") ?? 1);
    const links = products.slice((page - 1) * this.shown, page * this.shown).map(({ title, handle }) => `<a href="/products/${encodeURIComponent(handle)}">${escape(title)}</a>`);
    return { text: `<!doctype html><main>${links.join("")}${page * this.shown < products.length ? `<a rel="next" href="/?page=${page + 1}">Next</a>` : ""}</main>` };
  }

  private storeApi(call: string, headers: IncomingHttpHeaders, query: URLSearchParams, fields: Record<string, any>): Answer {
    if (headers["x-publishable-api-key"] !== key) return refusal(400, "A valid publishable key is required to proceed with the request");
    const offset = Number(query.get("offset"));
    if (call === "GET regions") return { json: { regions: this.regions } };
    if (call === "GET products") return { json: { products: this.products.slice(offset, offset + this.pageSize), count: this.products.length } };
    if (call === "GET shipping-options") return { json: { shipping_options: this.shipping } };
    if (call === "GET payment-providers") return { json: { payment_providers: this.providers.map((id) => ({ id })) } };
    if (call === "POST payment-collections") return { json: { payment_collection: { id: "pay_col_1" } } };
    if (call === "POST payment-collections/pay_col_1/payment-sessions") return (this.cart.provider = fields.provider_id), { json: { payment_collection: { id: "pay_col_1" } } };
    if (call === "POST carts/cart_1/complete") return { json: { type: "order", order: this.place() } };
    if (call === "POST carts") this.cart = { id: "cart_1", currency_code: "eur", total: 0, ...fields };
    else if (call === "POST carts/cart_1/line-items") Object.assign(this.cart, { variant: fields.variant_id, total: 4.99 });
    else if (call === "POST carts/cart_1/shipping-methods") Object.assign(this.cart, { option: fields.option_id, total: 9.89 });
    else if (call === "POST carts/cart_1") Object.assign(this.cart, fields);
    else return refusal(404, "Not found");
    return { json: { cart: this.cart } };
  }

  /** What completing the cart does. */
  place(email: string = this.cart.email): Order {
    const { total, shipping_address: address, metadata, provider } = this.cart;
    const number = 40 + this.orders.length;
    const payments = [{ provider_id: provider }];
    const order = { id: `order_${number}`, display_id: number, status: "pending", payment_status: "authorized", total, currency_code: "eur", email, address, note: metadata?.note, payment_collections: [{ payments }] };
    this.orders.push(order);
    this.stock.reserved_quantity += 1;
    return order;
  }

  private adminApi(call: string): Answer {
    const order = this.orders.find(({ id }) => call.includes(id));
    if (call === "GET stores") return { json: { stores: [{ id: "store_1", metadata: { storefleet: this.home } }] } };
    if (call === "GET orders") return { json: { orders: [...this.orders].reverse() } };
    if (/^GET products\/prod_\w+\/variants\/variant_\w+$/.test(call)) return { json: { variant: { inventory_items: [{ inventory: { location_levels: [this.stock] } }] } } };
    if (!order) return refusal(404, "Order not found");
    if (call === `POST orders/${order.id}/cancel`) {
      order.status = "canceled";
      this.stock.reserved_quantity -= 1;
    }
    return { json: { order } };
  }

  private mail(query: string): object[] {
    return this.orders.filter(({ email }) => query === `"${email}"`).map((order) => ({ Subject: this.subject(order), To: [{ Name: "", Address: order.email }] }));
  }
}

const escape = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
export const refusal = (status: number, message: string): Answer => ({ status, json: { type: "invalid_data", message } });
