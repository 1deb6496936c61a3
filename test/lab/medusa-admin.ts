import type { Lab } from "./lab";

/** The admin API of a Medusa shop, as its owner uses it. */
export class MedusaAdmin {
  private constructor(
    private readonly lab: Lab,
    private readonly store: string,
    private readonly token: string,
  ) {}

  static async login(lab: Lab, store: string): Promise<MedusaAdmin> {
    const { username: email, password } = await lab.json<{ username: string; password: string }>("credentials", store);
    const { token } = await new MedusaAdmin(lab, store, "").post("/auth/user/emailpass", { email, password });
    return new MedusaAdmin(lab, store, token);
  }

  get = (path: string): Promise<any> => this.ask("GET", path);
  post = (path: string, body: object): Promise<any> => this.ask("POST", path, body);
  delete = (path: string): Promise<any> => this.ask("DELETE", path);

  private async ask(method: string, path: string, body?: object): Promise<any> {
    const headers = { "content-type": "application/json", ...(this.token && { authorization: `Bearer ${this.token}` }) };
    const answer = await this.lab.send(this.lab.host(this.store), method, path, headers, body && JSON.stringify(body));
    if (answer.status !== 200) throw new Error(`${method} ${path}: HTTP ${answer.status}: ${answer.body.slice(0, 300)}`);
    return JSON.parse(answer.body);
  }

  /** Ids of all orders. */
  async orders(): Promise<string[]> {
    return (await this.get("/admin/orders?fields=id&limit=10000")).orders.map(({ id }: { id: string }) => id);
  }

  /** The product that has a SKU, with its only variant; undefined where there is none. */
  async product(sku: string): Promise<any> {
    const { products } = await this.get(`/admin/products?limit=1000&fields=id,title,description,handle,status,*variants,*variants.prices`);
    return products.find(({ variants }: { variants: { sku: string }[] }) => variants.some((variant) => variant.sku === sku));
  }

  /** How many there are of each kind of thing that the seed makes. */
  async counts(): Promise<Record<string, number>> {
    const kinds = ["products", "regions", "tax-regions", "stock-locations", "shipping-options", "shipping-profiles", "sales-channels", "users", "api-keys"];
    return Object.fromEntries(await Promise.all(kinds.map(async (kind) => [kind, (await this.get(`/admin/${kind}?limit=1&fields=id`)).count as number])));
  }
}
