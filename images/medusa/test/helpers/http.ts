import assert from "node:assert/strict";

/** Asks an API in JSON; any answer but a good one throws with what it said. */
export class Http {
  constructor(
    private readonly url: string,
    private readonly headers: Record<string, string> = {},
  ) {}

  with(headers: Record<string, string>): Http {
    return new Http(this.url, { ...this.headers, ...headers });
  }

  get = (path: string): Promise<any> => this.ask("GET", path);
  post = (path: string, body?: object): Promise<any> => this.ask("POST", path, body);

  private async ask(method: string, path: string, body?: object): Promise<any> {
    const headers = { "content-type": "application/json", ...this.headers };
    const answer = await fetch(this.url + path, { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(30_000) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return JSON.parse(text);
  }
}

/** Two pieces of a product, bought as a guest who pays on delivery. */
export async function placeOrder(store: Http, handle: string, email: string): Promise<{ id: string; display_id: number; total: number }> {
  const { regions } = await store.get("/store/regions");
  const region = regions[0].id;
  const { products } = await store.get(`/store/products?handle=${handle}&region_id=${region}&fields=id,*variants,*variants.calculated_price`);
  assert.equal(products.length, 1, `no product ${handle}`);
  const { cart } = await store.post("/store/carts", { region_id: region });
  await store.post(`/store/carts/${cart.id}/line-items`, { variant_id: products[0].variants[0].id, quantity: 2 });
  const address = { first_name: "Ada", last_name: "<b>Lovelace</b>", address_1: "Main 1", city: "Berlin", postal_code: "10115", country_code: "de" };
  await store.post(`/store/carts/${cart.id}`, { email, shipping_address: address, billing_address: address });
  const { shipping_options } = await store.get(`/store/shipping-options?cart_id=${cart.id}`);
  assert.equal(shipping_options.length, 1);
  await store.post(`/store/carts/${cart.id}/shipping-methods`, { option_id: shipping_options[0].id });
  const { payment_providers } = await store.get(`/store/payment-providers?region_id=${region}`);
  assert.deepEqual(payment_providers.map(({ id }: { id: string }) => id), ["pp_system_default"]);
  const { payment_collection } = await store.post("/store/payment-collections", { cart_id: cart.id });
  await store.post(`/store/payment-collections/${payment_collection.id}/payment-sessions`, { provider_id: "pp_system_default" });
  const completed = await store.post(`/store/carts/${cart.id}/complete`);
  assert.equal(completed.type, "order", JSON.stringify(completed));
  return completed.order;
}
