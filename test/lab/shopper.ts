import type { Answer, Lab } from "./lab";

/** Somebody who looks around, fills a cart and, if asked, orders. Throws at the first page that is not as it should be. */
export class Shopper {
  private token = "";
  readonly milliseconds: number[] = [];

  constructor(
    private readonly lab: Lab,
    private readonly store: string,
  ) {}

  private async call(method: string, path: string, body?: object): Promise<Answer> {
    const headers = { ...(this.token && { "cart-token": this.token }), ...(body && { "content-type": "application/json" }) };
    const answer = await this.lab.send(this.lab.host(this.store), method, path, headers, body && JSON.stringify(body));
    if (answer.status >= 400) throw new Error(`${method} ${path}: HTTP ${answer.status}: ${answer.body.slice(0, 300)}`);
    this.milliseconds.push(answer.milliseconds);
    this.token = String(answer.headers["cart-token"] ?? this.token);
    return answer;
  }

  async browse(): Promise<void> {
    await this.call("GET", "/");
    const products = await this.products();
    await this.call("GET", new URL(products[0]!.permalink).pathname);
    await this.fill(products[0]!.id);
  }

  async products(): Promise<{ id: number; name: string; permalink: string }[]> {
    return JSON.parse((await this.call("GET", "/wp-json/wc/store/v1/products")).body);
  }

  async fill(product: number): Promise<void> {
    await this.call("GET", "/wp-json/wc/store/v1/cart");
    await this.call("POST", "/wp-json/wc/store/v1/cart/add-item", { id: product, quantity: 1 });
  }

  /** Places the order; returns its number. */
  async order(): Promise<number> {
    const address = { first_name: "Lab", last_name: "Shopper", address_1: "Teststr. 1", city: "Berlin", postcode: "10115", country: "DE", state: "DE-BE" };
    const answer = await this.call("POST", "/wp-json/wc/store/v1/checkout", {
      billing_address: { ...address, email: "shopper@example.com", phone: "" }, shipping_address: address, payment_method: "cod", payment_data: [],
    });
    return (JSON.parse(answer.body) as { order_id: number }).order_id;
  }
}
