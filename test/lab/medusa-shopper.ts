import type { Answer, Lab } from "./lab";

const form = { "content-type": "application/x-www-form-urlencoded" };

/** Somebody without JavaScript in the storefront of a Medusa shop. Throws at the first page that is not as it should be. */
export class MedusaShopper {
  private readonly cookies = new Map<string, string>();
  readonly milliseconds: number[] = [];

  constructor(
    private readonly lab: Lab,
    private readonly store: string,
    private readonly email = "shopper@example.com",
  ) {}

  /** A page, or the one that a form leads to; redirects are followed. */
  async visit(path: string, fields?: Record<string, string>): Promise<Answer & { path: string }> {
    const host = this.lab.host(this.store);
    const cookie = [...this.cookies].map((pair) => pair.join("=")).join("; ");
    const headers = { ...(cookie && { cookie }), ...(fields && { ...form, origin: `http://${host}` }) };
    const answer = await this.lab.send(host, fields ? "POST" : "GET", path, headers, fields && String(new URLSearchParams(fields)));
    if (answer.status >= 400) throw new Error(`${path}: HTTP ${answer.status}: ${mainText(answer.body)}`);
    for (const line of [answer.headers["set-cookie"] ?? []].flat()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    this.milliseconds.push(answer.milliseconds);
    const { location } = answer.headers;
    if (typeof location === "string") return this.visit(location);
    return { ...answer, path };
  }

  /** Looks around, and puts a product into the cart: the first one, or that with this handle. */
  async fill(handle?: string): Promise<void> {
    const shelf = (await this.visit("/")).body;
    const path = handle ? `/products/${handle}` : first(shelf, /href="(\/products\/[^"]+)"/);
    const variant = first((await this.visit(path)).body, /name="variant" value="([^"]+)"/);
    await this.visit("/cart/add", { handle: path.split("/").at(-1)!, variant, quantity: "1" });
  }

  /** Orders what is in the cart. It may be tried again: an order is placed once. */
  async order(): Promise<{ id: string; number: number; total: number }> {
    const address = { first_name: "Lab", last_name: "Shopper", address_1: "Teststr. 1", postal_code: "10115", city: "Berlin", country_code: "de" };
    let answer = await this.visit("/checkout", { email: this.email, ...address });
    let total = "";
    if (answer.path === "/checkout/review") {
      total = first(answer.body, /name="total" value="([^"]+)"/);
      answer = await this.visit("/checkout/order", { total });
    }
    const id = first(answer.path, /^\/order\/(order_\w+)$/, mainText(answer.body));
    return { id, number: Number(first(answer.body, /number is <strong>(\d+)/)), total: Number(total) };
  }

  /** From the front page to the confirmation. */
  async buy(handle?: string) {
    await this.fill(handle);
    return this.order();
  }
}

function first(text: string, pattern: RegExp, context = mainText(text)): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`nothing like ${pattern} in: ${context}`);
  return textOf(found);
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
/** What a browser shows of a piece of HTML without tags. */
export const textOf = (html: string) => html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name]!);
const mainText = (html: string) => textOf(html.replace(/^[^]*<main[^>]*>/, "").replace(/<[^>]*>/g, " ")).replace(/\s+/g, " ").trim().slice(0, 300);
