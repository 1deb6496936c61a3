import { z } from "zod";
import { UserError } from "../../../config/errors";
import { orderMail } from "./mailpit";
import { htmlOf, jsonOf, oneLine, Site, type Answer } from "./site";
import type { Skipped, Step } from "./steps";
import type { ShopToVerify } from "./target";
import { testAddress, testCustomer, testNote } from "./test-customer";
import { amount, cart, order, placed, products, stock, type Totals } from "./woocommerce-answers";
import { WordPressAdmin } from "./wordpress-admin";

/** A guest buys the cheapest product, cash on delivery, and an administrator cancels the order. */
export function woocommerceSteps(target: ShopToVerify): Step[] {
  const purchase = new Purchase(target);
  return [
    { name: "front page", run: () => purchase.frontPage() },
    { name: "catalogue", run: () => purchase.catalogue() },
    { name: "cart", run: () => purchase.fillCart() },
    // Before there is an order: without an administrator nobody could cancel it.
    { name: "login", run: () => purchase.login() },
    { name: "order", run: () => purchase.order() },
    { name: "admin", run: () => purchase.seenByAdmin() },
    { name: "e-mail", run: (signal) => purchase.mailed(signal) },
    { name: "cancelled", run: () => purchase.cancel(), cleanup: true },
  ];
}

const storeApi = (path: string) => `/wp-json/wc/store/v1/${path}`;

class Purchase {
  private readonly shop: Site;
  private readonly customer = testCustomer();
  // Each is set by the step that comes before its use.
  private product!: z.infer<typeof products>[number];
  private guest!: { "cart-token": string };
  private admin!: WordPressAdmin;
  private stockBefore!: z.infer<typeof stock>;
  private totals!: Totals;
  private asked = false;
  private placed?: z.infer<typeof placed>;

  constructor(private readonly target: ShopToVerify) {
    this.shop = new Site(target.url, target.access);
  }

  async frontPage(): Promise<string> {
    return `${Math.ceil((await this.page("/")).length / 1000)} kB of HTML`;
  }

  /** What a visitor sees. */
  private async page(path: string): Promise<string> {
    let answer = await this.shop.send("GET", path);
    for (let hops = 0; hops < 3 && [301, 302, 303, 307, 308].includes(answer.status); hops++) answer = await this.shop.send("GET", this.ownPage(answer, String(answer.headers.location)));
    const { request } = answer;
    const text = htmlOf(answer);
    if (text.includes("woo-coming-soon-page")) throw new UserError(`${request} shows "coming soon"`, "Open the shop in its admin pages: WooCommerce, Settings, Site visibility, Live.");
    if (!/woocommerce/i.test(text)) throw new UserError(`${request} shows a page without WooCommerce: ${oneLine(text)}`);
    return text;
  }

  /** Where an answer leads, if that is within the shop's own host. */
  private ownPage({ request, url }: Pick<Answer, "request" | "url">, location: string): string {
    const to = URL.canParse(location, url) ? new URL(location, url) : undefined;
    if (!to || to.host !== new URL(this.target.url).host) throw new UserError(`${request} leads to another host: ${oneLine(location)}`);
    if (to.pathname.endsWith("/wp-admin/install.php")) throw new UserError(`${request} leads to WordPress' installer: the shop was never set up`);
    return to.href;
  }

  async catalogue(): Promise<string> {
    const answer = await this.shop.send("GET", storeApi("products?per_page=100&stock_status=instock&type=simple&orderby=price&order=asc"));
    const all = jsonOf(products, 200, answer);
    const price = ({ prices }: (typeof all)[number]) => Number(prices.price);
    const fit = all.filter((it) => it.type === "simple" && it.is_purchasable && it.is_in_stock && price(it) > 0);
    const [cheapest] = fit.sort((a, b) => price(a) - price(b) || a.id - b.id);
    if (!cheapest) {
      throw new UserError(
        `the shop has no product to buy: ${all.length === 0 ? "none is published and in stock" : `of ${all.length} in stock, none has a price and can be bought as it is`}`,
        "List one under `products` and apply, or publish one in the admin pages.",
      );
    }
    this.product = cheapest;
    // The front page may be open, and the shop not.
    await this.page(this.ownPage(answer, cheapest.permalink));
    return `"${oneLine(cheapest.name, 60)}" for ${amount(cheapest.prices.price, cheapest.prices)}, the cheapest of ${fit.length}`;
  }

  async fillCart(): Promise<string> {
    const empty = await this.shop.send("GET", storeApi("cart"));
    jsonOf(cart, 200, empty);
    const token = empty.headers["cart-token"];
    if (typeof token !== "string") throw new UserError(`${empty.request} answered without a Cart-Token header`, "Does a proxy on the way drop it?");
    this.guest = { "cart-token": token };
    const { totals } = await this.shop.json(cart, 201, "POST", storeApi("cart/add-item"), { headers: this.guest, json: { id: this.product.id, quantity: 1 } });
    return `1 piece, ${this.totalOf(totals)} in total`;
  }

  private totalOf(totals: Totals): string {
    if (!(Number(totals.total_price) > 0)) throw new UserError(`the cart's total is ${oneLine(totals.total_price)}, although ${this.product.prices.price} was expected for one piece of product ${this.product.id}`);
    return amount(totals.total_price, totals);
  }

  async login(): Promise<string> {
    const { username } = this.target.admin;
    this.admin = await WordPressAdmin.login(this.shop, this.target.admin);
    this.stockBefore = await this.stock();
    return `as ${username}`;
  }

  private stock = () => this.admin.json(stock, "GET", `products/${this.product.id}`);

  async order(): Promise<string> {
    const { email, ...name } = this.customer;
    const shipping_address = { ...name, ...testAddress(...(await this.country())) };
    const addresses = { billing_address: { ...shipping_address, email }, shipping_address };
    // Taxes and shipping are known now.
    const { totals } = await this.shop.json(cart, 200, "POST", storeApi("cart/update-customer"), { headers: this.guest, json: addresses });
    const total = this.totalOf(totals);
    this.totals = totals;

    this.asked = true;
    const payment = { payment_method: "cod", payment_data: [], customer_note: testNote };
    this.placed = await this.shop.json(placed, 200, "POST", storeApi("checkout"), { headers: this.guest, json: { ...addresses, ...payment } });
    const { status, payment_result } = this.placed;
    if (!["processing", "on-hold"].includes(status) || payment_result?.payment_status !== "success") {
      throw new UserError(`order ${this.number} is ${oneLine(status)}, its payment ${oneLine(payment_result?.payment_status ?? "not processed")}`);
    }
    return `number ${this.number}, ${status}, ${total}`;
  }

  /** The shop's own country, and a state of it where it has any. */
  private async country(): Promise<[country: string, state: string]> {
    const setting = await this.admin.json(z.object({ value: z.string() }), "GET", "settings/general/woocommerce_default_country");
    const [country = "", state = "*"] = setting.value.split(":");
    if (state !== "*") return [country, state];
    const { states } = await this.admin.json(z.object({ states: z.array(z.object({ code: z.string() })) }), "GET", `data/countries/${country.toLowerCase()}`);
    return [country, states[0]?.code ?? "Test"];
  }

  private get number(): string {
    return oneLine(this.placed?.order_number ?? String(this.placed?.order_id), 40);
  }

  async seenByAdmin(): Promise<string> {
    const { status, total, payment_method, billing } = await this.admin.json(order, "GET", `orders/${this.placed?.order_id}`);
    const seen = { status, total: Math.round(Number(total) * 10 ** this.totals.currency_minor_unit), payment: payment_method, customer: billing.email };
    const expected = { status: this.placed?.status, total: Number(this.totals.total_price), payment: "cod", customer: this.customer.email };
    for (const [what, value] of Object.entries(expected)) {
      const other = seen[what as keyof typeof seen];
      if (other !== value) throw new UserError(`the admin side has order ${this.number} with ${what} ${oneLine(String(other))}, not ${value}`);
    }
    return `${status}, ${amount(this.totals.total_price, this.totals)}, cash on delivery, ${billing.email}`;
  }

  async mailed(signal: AbortSignal): Promise<string | Skipped> {
    return orderMail(this.target, this.customer.email, this.number, signal);
  }

  /** Takes back what was ordered, also where no answer told of it. */
  async cancel(): Promise<string | Skipped> {
    const orders = this.placed ? [{ id: this.placed.order_id, customer_id: this.placed.customer_id }] : this.asked ? await this.unanswered() : [];
    if (orders.length === 0) return { skipped: this.asked ? "there is no order" : "no order was placed" };
    for (const { id, customer_id } of orders) {
      const { status } = await this.admin.json(order, "PUT", `orders/${id}`, { json: { status: "cancelled" } });
      if (status !== "cancelled") throw new UserError(`order ${id} is ${oneLine(status)}, not cancelled`, "Cancel it in the admin pages.");
      // A shop without guests makes an account of its own for each order.
      if (customer_id > 0) await this.admin.json(z.unknown(), "DELETE", `customers/${customer_id}?force=true`);
    }
    const { manage_stock, stock_quantity } = await this.stock();
    if (manage_stock === true && stock_quantity !== this.stockBefore.stock_quantity) {
      throw new UserError(`the order is cancelled, but the stock of product ${this.product.id} is ${stock_quantity}, and was ${this.stockBefore.stock_quantity}`, "Or has somebody else bought it meanwhile?");
    }
    return `order ${orders.map(({ id }) => id).join(", ")}${manage_stock === true ? `, stock is ${stock_quantity} again` : ""}`;
  }

  private async unanswered(): Promise<z.infer<typeof order>[]> {
    const found = await this.admin.json(z.array(order), "GET", `orders?search=${encodeURIComponent(this.customer.email)}`);
    return found.filter(({ billing }) => billing.email === this.customer.email);
  }
}
