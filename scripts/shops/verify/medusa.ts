import type { z } from "zod";
import { UserError } from "../../../config/errors";
import { orderMail } from "./mailpit";
import { MedusaAdmin } from "./medusa-admin";
import * as answers from "./medusa-answers";
import { amount } from "./medusa-answers";
import { oneLine, Site, type Content } from "./site";
import type { Skipped, Step } from "./steps";
import { findInStorefront, pageOf } from "./storefront";
import type { ShopToVerify } from "./target";
import { testAddress, testCustomer, testNote } from "./test-customer";

/** A guest buys the cheapest product through the store API, cash on delivery, and an administrator cancels the order. */
export function medusaSteps(target: ShopToVerify): Step[] {
  const purchase = new Purchase(target);
  return [
    { name: "front page", run: () => purchase.frontPage() },
    // First of all: without an administrator nobody could cancel an order, nor tell which region is the shop's own.
    { name: "login", run: () => purchase.login() },
    { name: "catalogue", run: () => purchase.catalogue() },
    { name: "cart", run: () => purchase.fillCart() },
    { name: "shipping", run: () => purchase.chooseShipping() },
    { name: "payment", run: () => purchase.choosePayment() },
    { name: "order", run: () => purchase.order() },
    { name: "admin", run: () => purchase.seenByAdmin() },
    { name: "e-mail", run: (signal) => purchase.mailed(signal) },
    { name: "cancelled", run: () => purchase.cancel(), cleanup: true },
  ];
}

/** Medusa's manual payment: cash on delivery. */
const cashOnDelivery = "pp_system_default";
/** Products that are asked for at once. */
const pageSize = 100;

type Region = z.infer<typeof answers.regions>["regions"][number];
type Product = z.infer<typeof answers.products>["products"][number];
type Variant = NonNullable<Product["variants"]>[number];
type Choice = { product: Product; variant: Variant; price: number };

const priceOf = ({ calculated_price }: Variant) => calculated_price?.calculated_amount ?? 0;
const isInStock = ({ manage_inventory, allow_backorder, inventory_quantity }: Variant) => !manage_inventory || allow_backorder || (inventory_quantity ?? 0) > 0;
const query = (parameters: Record<string, string | number>) => new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)])).toString();

class Purchase {
  private readonly shop: Site;
  private readonly customer = testCustomer();
  // Each is set by the step that comes before its use.
  private admin!: MedusaAdmin;
  private home!: { country: string; currency: string };
  private region!: Region;
  private chosen!: Choice;
  private stockBefore!: string;
  private cart!: z.infer<typeof answers.cart>["cart"];
  private asked = false;
  private placed?: { id: string; display_id: number; status: string };

  constructor(private readonly target: ShopToVerify) {
    this.shop = new Site(target.url, target.access);
  }

  async frontPage(): Promise<string> {
    return `${Math.ceil((await pageOf(this.shop, "/")).length / 1000)} kB of HTML`;
  }

  async login(): Promise<string> {
    this.admin = await MedusaAdmin.login(this.shop, this.target.admin);
    const { stores } = await this.admin.json(answers.stores, "GET", "stores?limit=1&fields=id,metadata");
    this.home = stores[0]!.metadata.storefleet;
    return `as ${this.target.admin.username}`;
  }

  /** With the very key that the storefront has. */
  private store<T>(shape: z.ZodType<T>, method: "GET" | "POST", path: string, json?: Content["json"]): Promise<T> {
    return this.shop.json(shape, 200, method, `/store/${path}`, { json, headers: { "x-publishable-api-key": this.target.publishableKey ?? "" } });
  }

  async catalogue(): Promise<string> {
    this.region = await this.ownRegion();
    const choices = await this.findChoices();
    const [cheapest] = choices.sort((a, b) => a.price - b.price || a.variant.id.localeCompare(b.variant.id));
    this.chosen = cheapest!;
    const { product, price } = this.chosen;
    await findInStorefront(this.shop, product);
    this.stockBefore = await this.stock();
    return `"${oneLine(product.title, 60)}" for ${this.money(price)}, the cheapest of ${choices.length}`;
  }

  private money = (value: number) => amount(value, this.region.currency_code);

  /** As the storefront picks it: of the shop's own country, or else another in its currency. */
  private async ownRegion(): Promise<Region> {
    const { country, currency } = this.home;
    const { regions } = await this.store(answers.regions, "GET", `regions?${query({ limit: 100, fields: "id,currency_code,*countries" })}`);
    const inCurrency = regions.filter(({ currency_code, countries }) => currency_code === currency && countries.length > 0);
    const region = inCurrency.find(({ countries }) => countries.some(({ iso_2 }) => iso_2 === country)) ?? inCurrency[0];
    if (!region) throw new UserError(`no region of the shop sells in ${currency.toUpperCase()} to any country`, "Put one right in the admin pages, under Settings, Regions.");
    return region;
  }

  /** What can be bought of the newest products, or of older ones if none of those. */
  private async findChoices(): Promise<Choice[]> {
    const fields = "id,title,handle,*variants,*variants.calculated_price,+variants.inventory_quantity";
    const seen: Variant[] = [];
    for (let offset = 0; ; offset += pageSize) {
      const page = query({ limit: pageSize, offset, order: "-created_at", region_id: this.region.id, fields });
      const { products, count } = await this.store(answers.products, "GET", `products?${page}`);
      const choices = products.flatMap((product) => (product.variants ?? []).map((variant) => ({ product, variant, price: priceOf(variant) })));
      const fit = choices.filter(({ variant, price }) => price > 0 && isInStock(variant));
      if (fit.length > 0) return fit;
      seen.push(...choices.map(({ variant }) => variant));
      if (products.length === 0 || offset + pageSize >= count) throw this.nothingToBuy(seen);
    }
  }

  private nothingToBuy(variants: Variant[]): UserError {
    const inStock = variants.filter(isInStock).length;
    const why =
      variants.length === 0 ? "none is published for the storefront's sales channel"
      : inStock === 0 ? `none of ${variants.length} is in stock`
      : `of ${inStock} in stock, none has a price in ${this.region.currency_code.toUpperCase()}`;
    return new UserError(`the shop has no product to buy: ${why}`, "List one under `products` and apply, or publish one in the admin pages.");
  }

  /** What of the variant is there and what of it is reserved, in each place. */
  private async stock(): Promise<string> {
    const { product, variant } = this.chosen;
    if (!variant.manage_inventory) return "";
    const fields = "id,*inventory_items.inventory.location_levels";
    const { variant: seen } = await this.admin.json(answers.stock, "GET", `products/${product.id}/variants/${variant.id}?${query({ fields })}`);
    const levels = seen.inventory_items.flatMap(({ inventory }) => inventory.location_levels);
    const sum = (key: keyof (typeof levels)[number]) => levels.reduce((total, level) => total + level[key], 0);
    return `${sum("stocked_quantity")}, ${sum("reserved_quantity")} of it reserved`;
  }

  async fillCart(): Promise<string> {
    const { cart } = await this.store(answers.cart, "POST", "carts", { region_id: this.region.id, metadata: { note: testNote } });
    await this.change(`carts/${cart.id}/line-items`, { variant_id: this.chosen.variant.id, quantity: 1 });
    if (!(this.cart.total > 0)) throw new UserError(`the cart's total is ${this.cart.total}, although ${this.money(this.chosen.price)} was expected for one piece of ${this.chosen.variant.id}`);
    return `1 piece, ${this.money(this.cart.total)} in total`;
  }

  private async change(path: string, json: object): Promise<void> {
    this.cart = (await this.store(answers.cart, "POST", path, json)).cart;
  }

  async chooseShipping(): Promise<string> {
    const { email, ...name } = this.customer;
    const { iso_2 } = this.region.countries.find((it) => it.iso_2 === this.home.country) ?? this.region.countries[0]!;
    const { address_1, city, postcode: postal_code, phone } = testAddress(iso_2.toUpperCase(), "");
    const address = { ...name, address_1, city, postal_code, phone, country_code: iso_2 };
    await this.change(`carts/${this.cart.id}`, { email, shipping_address: address, billing_address: address });

    const { shipping_options: all } = await this.store(answers.shippingOptions, "GET", `shipping-options?cart_id=${this.cart.id}`);
    const priced = all.flatMap(({ id, name: its, amount: price, insufficient_inventory }) => (typeof price === "number" && !insufficient_inventory ? { id, its, price } : []));
    const [cheapest] = priced.sort((a, b) => a.price - b.price || a.id.localeCompare(b.id));
    if (!cheapest) {
      const which = all.length === 0 ? "no shipping option" : `of ${all.length} shipping options none with a price`;
      throw new UserError(`the shop has ${which} to ${iso_2.toUpperCase()} in ${this.region.currency_code.toUpperCase()}`, "Add one in the admin pages, under Settings, Locations & Shipping.");
    }
    await this.change(`carts/${this.cart.id}/shipping-methods`, { option_id: cheapest.id });
    return `"${oneLine(cheapest.its, 60)}" to ${iso_2.toUpperCase()} for ${this.money(cheapest.price)}`;
  }

  async choosePayment(): Promise<string> {
    const { payment_providers } = await this.store(answers.paymentProviders, "GET", `payment-providers?region_id=${this.region.id}`);
    const ids = payment_providers.map(({ id }) => id);
    if (!ids.includes(cashOnDelivery)) {
      const others = ids.length > 0 ? `only ${oneLine(ids.join(", "))}` : "nor anything else";
      throw new UserError(`the shop's region does not take manual payment (${cashOnDelivery}), ${others}`, "Allow it in the admin pages, under Settings, Regions.");
    }
    const { payment_collection: payment } = await this.store(answers.paymentCollection, "POST", "payment-collections", { cart_id: this.cart.id });
    await this.store(answers.paymentCollection, "POST", `payment-collections/${payment.id}/payment-sessions`, { provider_id: cashOnDelivery });
    return "cash on delivery";
  }

  async order(): Promise<string> {
    this.asked = true;
    const answer = await this.store(answers.completed, "POST", `carts/${this.cart.id}/complete`);
    if (answer.type === "cart") throw new UserError(`the cart did not become an order: ${oneLine(answer.error.message, 400)}`);
    this.placed = answer.order;
    return `number ${this.placed.display_id}, ${oneLine(this.placed.status)}, ${this.money(this.cart.total)}`;
  }

  async seenByAdmin(): Promise<string> {
    const { id, display_id } = this.placed!;
    const fields = "status,payment_status,total,currency_code,email,payment_collections.payments.provider_id";
    const { order } = await this.admin.json(answers.order, "GET", `orders/${id}?${query({ fields })}`);
    const [payment] = order.payment_collections.flatMap(({ payments }) => payments);
    const seen = { status: order.status, total: amount(order.total, order.currency_code), payment: `${payment?.provider_id}, ${order.payment_status}`, customer: order.email };
    const expected = { status: "pending", total: this.money(this.cart.total), payment: `${cashOnDelivery}, authorized`, customer: this.customer.email };
    for (const [what, value] of Object.entries(expected)) {
      const other = seen[what as keyof typeof seen];
      if (other !== value) throw new UserError(`the admin side has order ${display_id} with ${what} ${oneLine(String(other))}, not ${value}`);
    }
    return `${seen.status}, ${seen.total}, cash on delivery, ${seen.customer}`;
  }

  async mailed(signal: AbortSignal): Promise<string | Skipped> {
    return orderMail(this.target, this.customer.email, String(this.placed?.display_id), signal);
  }

  /** Takes back what was ordered, also where no answer told of it. */
  async cancel(): Promise<string | Skipped> {
    const orders = this.placed ? [this.placed] : this.asked ? await this.unanswered() : [];
    if (orders.length === 0) return { skipped: this.asked ? "there is no order" : "no order was placed" };
    for (const { id, display_id } of orders) {
      const { order } = await this.admin.json(answers.cancelled, "POST", `orders/${id}/cancel`);
      if (order.status !== "canceled") throw new UserError(`order ${display_id} is ${oneLine(order.status)}, not cancelled`, "Cancel it in the admin pages.");
    }
    const stock = await this.stock();
    if (stock !== this.stockBefore) {
      throw new UserError(`the order is cancelled, but the stock of ${this.chosen.variant.id} is ${stock}, and was ${this.stockBefore}`, "Or has somebody else bought it meanwhile?");
    }
    return `order ${orders.map(({ display_id }) => display_id).join(", ")}${stock && `, stock is ${stock} again`}`;
  }

  private async unanswered(): Promise<{ id: string; display_id: number }[]> {
    const { orders } = await this.admin.json(answers.orders, "GET", `orders?${query({ limit: 50, order: "-created_at", fields: "id,display_id,email" })}`);
    return orders.filter(({ email }) => email === this.customer.email);
  }
}
