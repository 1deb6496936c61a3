import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** As much of Medusa's store API as the storefront uses, in memory, on loopback. Tests bend its fields. */
export interface FakeProduct {
  id: string;
  title: string;
  handle: string;
  thumbnail?: string | null;
  subtitle?: string;
  description?: string;
  images?: { url: string }[];
  variants: any[];
}

let counter = 0;
export const newId = (prefix: string) => `${prefix}_01TEST${String(++counter).padStart(20, "0")}`;

export function variant(options: Record<string, string>, price: number | null, stock = 10): any {
  return {
    id: newId("variant"),
    title: Object.values(options).join(" / "),
    variant_rank: counter,
    manage_inventory: true,
    allow_backorder: false,
    inventory_quantity: stock,
    options: Object.entries(options).map(([title, value]) => ({ value, option: { title } })),
    calculated_price: price === null ? null : { calculated_amount: price, original_amount: price },
  };
}

export function product(title: string, variants = [variant({ "Default option": "Default option value" }, 19.5)], more: Partial<FakeProduct> = {}): FakeProduct {
  return { id: newId("prod"), title, handle: `p-${++counter}`, variants, ...more };
}

class Refusal extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

export class FakeMedusa {
  settings: Record<string, unknown> = { title: "Blue Bird", currency: "eur", country: "de", accent: "" };
  key = "pk_one";
  regions: any[] = [
    { id: "reg_us", currency_code: "usd", countries: [{ iso_2: "us", display_name: "United States" }] },
    { id: "reg_eu", currency_code: "eur", countries: [{ iso_2: "de", display_name: "Germany" }, { iso_2: "at", display_name: "Austria" }] },
  ];
  products: FakeProduct[] = [];
  shipping: any[] = [{ id: newId("so"), name: "Standard", amount: 5, type: { description: "2-3 days" } }];
  providers = [{ id: "pp_system_default" }];
  carts = new Map<string, any>();
  orders = new Map<string, any>();
  /** "GET /store/products" → what happens instead. A number is a status; "hang" never answers; "wait" does after `resume`; "drop" cuts the connection. */
  faults = new Map<string, number | "hang" | "wait" | "drop" | { status: number; message: string }>();
  /** All requests so far, as "METHOD /path". */
  seen: string[] = [];
  url = "";
  private server?: Server;
  resume = () => {};
  private readonly resumed = new Promise<void>((resolve) => (this.resume = resolve));

  async start(): Promise<this> {
    this.server = createServer((request, response) => void this.answer(request, response)).listen(0, "127.0.0.1");
    await once(this.server, "listening");
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url!, this.url);
    const name = `${request.method} ${url.pathname.replace(/\/[a-z]+_01[^/]*/g, "/ID")}`;
    this.seen.push(name);
    let text = "";
    for await (const chunk of request) text += chunk;
    const send = (status: number, body: object) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const fault = this.faults.get(name);
    if (fault === "hang") return;
    if (fault === "wait") await this.resumed;
    if (fault === "drop") {
      this.faults.delete(name);
      return request.socket.destroy();
    }
    if (typeof fault === "number") return send(fault, { message: "An unknown error occurred." });
    if (typeof fault === "object") return send(fault.status, { message: fault.message });
    if (url.pathname === "/storefront") return send(200, this.settings);
    if (request.headers["x-publishable-api-key"] !== this.key) return send(400, { message: "A valid publishable key is required to proceed with the request" });
    try {
      send(200, this.route(request.method!, url, text ? JSON.parse(text) : {}));
    } catch (error) {
      send(error instanceof Refusal ? error.status : 500, { message: (error as Error).message });
    }
  }

  private route(method: string, url: URL, body: any): object {
    const [, , kind, id, part, line] = url.pathname.split("/");
    const query = url.searchParams;
    if (kind === "regions") return { regions: this.regions };
    if (kind === "products") {
      const wanted = this.products.filter(({ title, handle }) => (query.has("handle") ? handle === query.get("handle") : title.toLowerCase().includes((query.get("q") ?? "").toLowerCase())));
      const offset = Number(query.get("offset") ?? 0);
      return { products: wanted.slice(offset, offset + Number(query.get("limit"))), count: wanted.length };
    }
    if (kind === "shipping-options") return { shipping_options: this.shipping };
    if (kind === "payment-providers") return { payment_providers: this.providers };
    if (kind === "payment-collections") {
      if (part === "payment-sessions") this.carts.get(id!.replace("paycol", "cart")).provider = body.provider_id;
      else this.open(body.cart_id);
      return { payment_collection: { id: part ? id : body.cart_id.replace("cart", "paycol") } };
    }
    if (kind === "orders") return { order: this.orders.get(id!) ?? this.refuse(404, "Order not found") };
    if (kind !== "carts") return this.refuse(404, "No such route");
    if (!id) return { cart: this.create(body.region_id) };
    if (method === "GET") return { cart: this.priced(this.carts.get(id) ?? this.refuse(404, `Cart id not found: ${id}`)) };
    if (part === "complete") return this.complete(id);
    const cart = this.open(id);
    if (part === "line-items") this.changeLine(cart, method, line, body);
    else if (part === "shipping-methods") {
      const option = this.shipping.find((one) => one.id === body.option_id) ?? this.refuse(400, "Shipping Options are invalid for cart.");
      cart.shipping_methods = [{ name: option.name, amount: option.amount, shipping_option_id: option.id }];
    } else Object.assign(cart, body);
    return { cart: this.priced(cart) };
  }

  private create(region: string) {
    const cart = { id: newId("cart"), region_id: region, currency_code: "eur", items: [], shipping_methods: [], completed_at: null };
    this.carts.set(cart.id, cart);
    return this.priced(cart);
  }

  private changeLine(cart: any, method: string, line: string | undefined, { variant_id, quantity }: any) {
    const known = cart.items.find((item: any) => item.id === line || item.variant_id === variant_id);
    if (line && !known) this.refuse(404, "Line item not found");
    if (method === "DELETE") return (cart.items = cart.items.filter((item: any) => item !== known));
    const product = this.products.find(({ variants }) => variants.some(({ id }) => id === (variant_id ?? known.variant_id)));
    const chosen = product?.variants.find(({ id }) => id === (variant_id ?? known.variant_id)) ?? this.refuse(400, `Items ${variant_id} do not exist or are not published`);
    const wanted = line ? quantity : (known?.quantity ?? 0) + quantity;
    if (wanted > chosen.inventory_quantity) this.refuse(400, "Some variant does not have the required inventory");
    if (known) return (known.quantity = wanted);
    cart.items.push({
      id: newId("cali"),
      variant_id,
      product_id: product!.id,
      product_title: product!.title,
      product_handle: product!.handle,
      variant_title: chosen.title,
      unit_price: chosen.calculated_price.calculated_amount,
      quantity,
      is_tax_inclusive: true,
    });
  }

  private complete(id: string): object {
    const cart = this.carts.get(id) ?? this.refuse(404, "Cart not found");
    if (!cart.completed_at) {
      if (cart.provider !== "pp_system_default") return { type: "cart", cart, error: { message: "Payment sessions are required to complete cart" } };
      for (const item of cart.items) {
        const chosen = this.products.flatMap(({ variants }) => variants).find((one) => one.id === item.variant_id);
        if (item.quantity > chosen.inventory_quantity) this.refuse(400, "Not enough stock available for item iitem_1 at location sloc_1");
      }
      cart.completed_at = new Date().toISOString();
      cart.order = newId("order");
      this.orders.set(cart.order, { ...this.priced(cart), id: cart.order, display_id: this.orders.size + 1 });
    }
    return { type: "order", order: this.orders.get(cart.order) };
  }

  private open(id: string) {
    const cart = this.carts.get(id) ?? this.refuse(404, "Cart not found");
    return cart.completed_at ? this.refuse(400, "Cart is already completed") : cart;
  }

  private priced(cart: any) {
    const items = cart.items.map((item: any) => ({ ...item, original_total: item.unit_price * item.quantity }));
    const goods = items.reduce((sum: number, item: any) => sum + item.original_total, 0);
    const delivery = cart.shipping_methods[0]?.amount ?? 0;
    return { ...cart, items, original_item_total: goods, original_shipping_total: delivery, total: goods + delivery, tax_total: 0, discount_total: 0 };
  }

  private refuse(status: number, message: string): never {
    throw new Refusal(status, message);
  }
}
