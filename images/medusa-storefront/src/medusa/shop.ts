import { Api, Unavailable, type Limits, defaultLimits } from "./api";

export interface Country {
  /** ISO 3166-1, lower case, as Medusa wants it. */
  code: string;
  name: string;
}

/** What the backend says about the shop, and the API to ask it more. */
export interface Shop {
  title: string;
  currency: string;
  /** ISO 3166-1, lower case. */
  country: string;
  regionId: string;
  /** Where the shop delivers to. */
  countries: Country[];
  api: Api;
}

interface Settings {
  title: string;
  publishableKey: string;
  currency: string;
  country: string;
}
interface Region {
  id: string;
  currency_code: string;
  countries?: { iso_2?: string; display_name?: string }[];
}

/** Asks for the shop's settings when they are needed and a minute old; meanwhile the ones at hand go on serving. */
export class ShopSource {
  private shop?: Shop;
  private pending?: Promise<Shop>;
  private askAgainAt = 0;

  constructor(
    private readonly backendUrl: string,
    private readonly maxAge = 60_000,
    private readonly limits: Limits = defaultLimits,
  ) {}

  /** @throws Unavailable as long as the backend has never answered */
  async get(): Promise<Shop> {
    if (!this.pending && Date.now() >= this.askAgainAt) {
      this.pending = this.load().finally(() => (this.pending = undefined));
      this.pending.catch((error) => console.error(`storefront: no settings from the backend: ${error.message}`));
    }
    if (this.shop) return this.shop;
    if (this.pending) return this.pending;
    throw new Unavailable("the backend has no settings for the shop yet");
  }

  private async load(): Promise<Shop> {
    // After a failure sooner, yet not with every request.
    this.askAgainAt = Date.now() + this.maxAge / 12;
    const { title, publishableKey, currency, country } = await this.settings();
    const api = new Api(this.backendUrl, publishableKey, this.limits);
    const { regions } = await api.get<{ regions: Region[] }>("/store/regions", { limit: 100, fields: "id,currency_code,*countries" });
    const region = pickRegion(regions, currency, country);
    const countries = (region.countries ?? [])
      .map(({ iso_2: code = "", display_name: name }) => ({ code, name: name || code.toUpperCase() }))
      .sort((a, b) => a.name.localeCompare(b.name, "en"));
    this.shop = { title, currency, country, regionId: region.id, countries, api };
    this.askAgainAt = Date.now() + this.maxAge;
    return this.shop;
  }

  private async settings(): Promise<Settings> {
    const url = new URL("/storefront", this.backendUrl);
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(this.limits.read), headers: { accept: "application/json" } });
      if (!response.ok) throw new Error(`status ${response.status}`);
      return parseSettings(await response.json());
    } catch (error) {
      throw new Unavailable(`${url}: ${(error as Error).message}`, { cause: error });
    }
  }
}

function parseSettings(body: unknown): Settings {
  const { title, publishableKey, currency, country } = Object(body) as Record<string, unknown>;
  if (typeof title !== "string" || !title.trim()) throw new Error("no title");
  if (typeof publishableKey !== "string" || !/^pk_[\x21-\x7e]+$/.test(publishableKey)) throw new Error("no publishable key");
  if (typeof currency !== "string" || !/^[a-z]{3}$/i.test(currency)) throw new Error("no currency");
  if (typeof country !== "string" || !/^[a-z]{2}$/i.test(country)) throw new Error("no country");
  return { title: title.trim(), publishableKey, currency: currency.toLowerCase(), country: country.toLowerCase() };
}

/** The region of the shop's own country, or else another in its currency: a shop may sell only abroad. */
function pickRegion(regions: Region[], currency: string, country: string): Region {
  const inCurrency = regions.filter(({ currency_code }) => currency_code === currency);
  const region = inCurrency.find(({ countries }) => countries?.some(({ iso_2 }) => iso_2 === country)) ?? inCurrency[0];
  if (!region) throw new Unavailable(`no region of the shop sells in ${currency}`);
  return region;
}
