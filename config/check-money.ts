import { engineOf, type Finding, type Holder, holdersOf, isEntry, productsOf } from "./checks";
import { currency as currencySchema, price as priceSchema } from "./fields";
import { decimalsOf } from "./known";
import { type Engine, engineTitles } from "./spec";

interface Price {
  value: unknown;
  path: Finding["path"];
}

const productPrices = (holder: Holder): Price[] => productsOf(holder).map(({ product, path }) => ({ value: product.price, path: [...path, "price"] }));

function shippingPrices({ entry: { medusa }, path }: Holder): Price[] {
  return isEntry(medusa) && medusa.shippingPrice !== undefined ? [{ value: medusa.shippingPrice, path: [...path, "medusa", "shippingPrice"] }] : [];
}

/** Currencies that a store's engine does not know, and prices with more decimals than their currency has there. */
export function moneyFindings(data: unknown): Finding[] {
  const { defaults, stores } = holdersOf(data);
  const seen = new Set<string>();
  return stores.flatMap((store): Finding[] => {
    const engine = engineOf(store, defaults);
    const listed = [store, defaults].find(({ entry }) => entry.currency !== undefined);
    const currency = currencySchema.safeParse(listed?.entry.currency ?? "EUR").data;
    if (!engine || !currency) return [];
    const place = listed && [...listed.path, "currency"];
    const decimals = decimalsOf(engine, currency);
    if (decimals === undefined) {
      return place ? [{ path: place, message: `is not a currency that ${engineTitles[engine]} knows`, repair: "choose another" }] : [];
    }

    /** What all stores share is looked at once for each engine and currency: there may be much of it. */
    const shared = (prices: (holder: Holder) => Price[]) => {
      const key = `${prices.name} ${engine} ${currency}`;
      return seen.has(key) ? [] : seen.add(key) && prices(defaults);
    };
    const own = shippingPrices(store);
    const shipping = own.length > 0 ? own : shared(shippingPrices);
    const prices = [...(store.entry.products === undefined ? shared(productPrices) : productPrices(store)), ...(engine === "medusa" ? shipping : [])];
    return prices.filter(({ value }) => !fits(value, decimals)).map(({ path }) => decimalsFinding(path, place, engine, currency, decimals));
  });
}

/** A price that is none is not of concern here. */
function fits(value: unknown, decimals: number): boolean {
  const price = Number(priceSchema.safeParse(value).data ?? 0);
  return Number(price.toFixed(decimals)) === price;
}

function decimalsFinding(path: Finding["path"], place: Finding["path"] | undefined, engine: Engine, currency: string, decimals: number): Finding {
  const message = `has more decimals than ${currency} has in ${engineTitles[engine]}`;
  const repair = decimals === 0 ? "write a whole number" : `write at most ${decimals}`;
  return place ? { path, message, repair: `${repair}; the currency is at`, other: place } : { path, message, repair };
}
