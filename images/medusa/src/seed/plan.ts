import type { ListedProduct } from "./list";

// What the seed decides without asking anybody.

/** Under this key the seed marks what it made, in the entity's metadata. Names are the shop owner's to change. */
export const mark = "storefleet";

/** What the last seed that went through has left in the store's metadata, to tell its own doing from the owner's. */
export interface SeedRecord {
  country: string;
  countries: string[];
  currency: string;
  /** The storefront's colour, "#rrggbb"; empty for the storefront's own. */
  accent: string;
}

export function recordOf(metadata: Record<string, unknown> | null | undefined): SeedRecord | undefined {
  return metadata?.[mark] as SeedRecord | undefined;
}

/** The one that the seed made. */
export function marked<T extends { metadata?: Record<string, unknown> | null }>(entities: readonly T[]): T | undefined {
  return entities.find(({ metadata }) => metadata?.[mark] !== undefined);
}

/** Countries once the list is followed: what an earlier list named and this one does not goes, the owner's own stay. */
export function planCountries(current: readonly string[], wanted: readonly string[], previous: readonly string[] = []) {
  const remove = current.filter((code) => previous.includes(code) && !wanted.includes(code));
  const add = wanted.filter((code) => !current.includes(code));
  return { add, remove, result: [...current.filter((code) => !remove.includes(code)), ...add] };
}

/** The store's currencies with `wanted` as the default one. A first seed replaces what Medusa chose; later ones add. */
export function planCurrencies(current: readonly { currency_code: string; is_default?: boolean }[], wanted: string, first: boolean) {
  const others = first ? [] : current.map(({ currency_code }) => currency_code).filter((code) => code !== wanted);
  const isDone = current.length === others.length + 1 && current.find(({ is_default }) => is_default)?.currency_code === wanted;
  return { isDone, result: [wanted, ...others].map((code) => ({ currency_code: code, is_default: code === wanted })) };
}

/** Addresses of products: readable, of the characters that Medusa allows, and none twice. */
export function handlesFor(products: readonly Pick<ListedProduct, "name" | "sku">[], taken: Iterable<string>): string[] {
  const used = new Set(taken);
  const counts = new Map<string, number>();
  return products.map(({ name, sku }) => {
    const base = slug(name) || slug(sku) || "product";
    let handle = base;
    let count = counts.get(base) ?? 1;
    while (used.has(handle)) handle = `${base}-${++count}`;
    counts.set(base, count);
    used.add(handle);
    return handle;
  });
}

const slug = (text: string) =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");

export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
