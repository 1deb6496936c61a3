import { Api, KeyRefused, Unavailable, type Limits, defaultLimits } from "./api";

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
  /** The shop's colour, "#rrggbb"; "" if it has named none. */
  accent: string;
  regionId: string;
  /** Where the shop delivers to. */
  countries: Country[];
  api: Api;
}

type Settings = Pick<Shop, "title" | "currency" | "country" | "accent">;
interface Options {
  /** Called when the backend refuses the key: with this one there is nothing left to show. */
  onKeyRefused?: () => void;
  /** Milliseconds. */
  maxAge?: number;
  limits?: Limits;
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
  private readonly api: Api;
  private readonly maxAge: number;
  private readonly limits: Limits;

  constructor(
    private readonly backendUrl: string,
    publishableKey: string,
    private readonly options: Options = {},
  ) {
    this.maxAge = options.maxAge ?? 60_000;
    this.limits = options.limits ?? defaultLimits;
    this.api = new Api(backendUrl, publishableKey, this.limits);
  }

  /** @throws Unavailable as long as the backend has never answered */
  async get(): Promise<Shop> {
    if (!this.pending && Date.now() >= this.askAgainAt) {
      this.pending = this.load().finally(() => (this.pending = undefined));
      this.pending.catch((error) => {
        console.error(`storefront: no settings from the backend: ${error.message}`);
        if (error instanceof KeyRefused) this.options.onKeyRefused?.();
      });
    }
    if (this.shop) return this.shop;
    if (this.pending) return this.pending;
    throw new Unavailable("the backend has no settings for the shop yet");
  }

  /**
   * Asks anew at once, after an answer that speaks of the key. It may have been about a visitor's words ("variant_publishable");
   * the shop's own questions hold none, so theirs are the answers that count.
   */
  doubtKey(): void {
    this.askAgainAt = 0;
    this.get().catch(() => {});
  }

  private async load(): Promise<Shop> {
    // After a failure sooner, yet not with every request.
    this.askAgainAt = Date.now() + this.maxAge / 12;
    const settings = await this.settings();
    const { regions } = await this.api.get<{ regions: Region[] }>("/store/regions", { limit: 100, fields: "id,currency_code,*countries" });
    const region = pickRegion(regions, settings.currency, settings.country);
    const countries = (region.countries ?? [])
      .map(({ iso_2: code = "", display_name: name }) => ({ code, name: name || code.toUpperCase() }))
      .sort((a, b) => a.name.localeCompare(b.name, "en"));
    this.shop = { ...settings, regionId: region.id, countries, api: this.api };
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
  const { title, currency, country, accent } = Object(body) as Record<string, unknown>;
  if (typeof title !== "string" || !title.trim()) throw new Error("no title");
  if (typeof currency !== "string" || !/^[a-z]{3}$/i.test(currency)) throw new Error("no currency");
  if (typeof country !== "string" || !/^[a-z]{2}$/i.test(country)) throw new Error("no country");
  // A colour is no reason to close a shop.
  const known = typeof accent === "string" && /^#[0-9a-f]{6}$/i.test(accent);
  return { title: title.trim(), currency: currency.toLowerCase(), country: country.toLowerCase(), accent: known ? accent.toLowerCase() : "" };
}

/** The region of the shop's own country, or else another in its currency: a shop may sell only abroad. */
function pickRegion(regions: Region[], currency: string, country: string): Region {
  const inCurrency = regions.filter(({ currency_code }) => currency_code === currency);
  const region = inCurrency.find(({ countries }) => countries?.some(({ iso_2 }) => iso_2 === country)) ?? inCurrency[0];
  if (!region) throw new Unavailable(`no region of the shop sells in ${currency}`);
  return region;
}
