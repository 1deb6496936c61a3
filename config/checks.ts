import { maxCatalogueBytes } from "./catalogue";
import type { Explanation } from "./explain";
import { keysOf, kindsOf, secretKinds } from "./secret-kinds";
import { type Engine, engineNames } from "./spec";

/** What a rule over several values found, with the second place to name at the end of its repair. */
export interface Finding extends Explanation {
  other?: (string | number)[];
}

export type Entry = Record<string, unknown>;
/** The defaults or a store, whatever is written there. */
export interface Holder {
  entry: Entry;
  path: (string | number)[];
}
export const isEntry = (value: unknown): value is Entry => typeof value === "object" && value !== null && !Array.isArray(value);
/** Bytes of a product that its entry need not name: its stock, and a long name for its image. */
const mostAdded = 64;
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export function holdersOf(data: unknown): { defaults: Holder; stores: Holder[] } {
  const { defaults, stores } = isEntry(data) ? data : {};
  const holder = (entry: unknown, ...path: Holder["path"]): Holder => ({ entry: isEntry(entry) ? entry : {}, path });
  return { defaults: holder(defaults, "defaults"), stores: list(stores).map((store, index) => holder(store, "stores", index)) };
}

export function productsOf({ entry, path }: Holder): { product: Entry; path: Finding["path"] }[] {
  return list(entry.products).flatMap((product, index) => (isEntry(product) ? [{ product, path: [...path, "products", index] }] : []));
}

/** A store's engine, if it is one. */
export function engineOf(store: Holder, defaults: Holder): Engine | undefined {
  const engine = store.entry.engine ?? defaults.entry.engine;
  return engineNames.find((known) => known === engine);
}

/**
 * Names, domains and SKUs that clash, engines that are missing or at odds with the settings given.
 * Sees unchecked data, so that all errors come at once: what has the wrong type is not its concern.
 */
export function crossCheck(data: unknown, hostSuffix: string | undefined): Finding[] {
  const { defaults, stores } = holdersOf(data);
  const names = new Map<string, Finding["path"]>();
  const domains = new Map<string, Finding["path"]>();
  const findings = skuFindings(defaults);

  /** Notes a value's first place; later ones are findings. */
  const once = (seen: Map<string, Finding["path"]>, value: unknown, path: Finding["path"], message: string, repair: string) => {
    if (typeof value !== "string") return;
    const other = seen.get(value);
    if (other) findings.push({ path, other, message, repair });
    else seen.set(value, path);
  };

  for (const holder of stores) {
    const { entry: store, path: at } = holder;
    once(names, store.name, [...at, "name"], "is used by another store", "rename one; the other is at");
    for (const [position, domain] of list(store.domains).entries()) {
      const path = [...at, "domains", position];
      once(domains, domain, path, "is listed twice", "a domain leads to one store: remove one; the other is at");
      if (hostSuffix && typeof domain === "string" && domain.endsWith(hostSuffix)) {
        findings.push({ path, message: `is under ${hostSuffix}, where generated addresses are`, repair: "use a domain of the store's own, or remove it: a store has its generated address anyway" });
      }
    }
    findings.push(...skuFindings(holder), ...engineFindings(holder, defaults), ...secretFindings(holder, defaults));
  }
  return [...findings, ...[defaults, ...stores].flatMap(sizeFindings)];
}

/** What a list stands for, aliases and all, can be more than the cluster takes. */
function sizeFindings(holder: Holder): Finding[] {
  let bytes = 0;
  for (const { product } of productsOf(holder)) {
    bytes += Buffer.byteLength(JSON.stringify(product)) + mostAdded;
    if (bytes > maxCatalogueBytes) {
      return [{ path: [...holder.path, "products"], message: `are together more than ${maxCatalogueBytes / 1024 ** 2} MiB`, repair: "shorten their descriptions, or list fewer and import the rest in the shop" }];
    }
  }
  return [];
}

/** MariaDB compares SKUs without regard to case and accents: to WooCommerce "Größe-L" and "GROSSE-L" are one product. */
const alike = new Intl.Collator("und", { sensitivity: "base" });

function skuFindings(holder: Holder): Finding[] {
  const skus = productsOf(holder).flatMap(({ product: { sku }, path }) => (typeof sku === "string" ? [{ sku, path: [...path, "sku"] }] : []));
  // Sorted, what is alike stands together, the first in the list first.
  const sorted = [...skus].sort((a, b) => alike.compare(a.sku, b.sku));
  let first = sorted[0];
  return sorted.slice(1).flatMap((entry) => {
    if (!first || alike.compare(first.sku, entry.sku) !== 0) {
      first = entry;
      return [];
    }
    return [{ path: entry.path, other: first.path, message: "is used by another product", repair: "change one; the other is at" }];
  });
}

function engineFindings(holder: Holder, defaults: Holder): Finding[] {
  const { entry: store, path: at } = holder;
  if ((store.engine ?? defaults.entry.engine) === undefined) {
    return typeof store.name === "string" ? [{ path: [...at, "engine"], message: "is missing", repair: `write engine: ${engineNames.join(" or engine: ")}` }] : [];
  }
  const engine = engineOf(holder, defaults);
  return engineNames
    .filter((other) => engine && other !== engine && store[other] !== undefined)
    .map((other) => ({ path: [...at, other], key: true, message: `does not apply to a store of engine ${engine}`, repair: `remove it, or write engine: ${other}` }));
}

/** Kinds of Secrets that another engine's shops have, and one Secret for two kinds: a password for each is the least. */
function secretFindings(store: Holder, defaults: Holder): Finding[] {
  const { secrets } = store.entry;
  const engine = engineOf(store, defaults);
  if (!isEntry(secrets) || !engine) return [];
  const first = new Map<unknown, Finding["path"]>();
  return secretKinds.filter((kind) => secrets[kind] !== undefined).flatMap((kind): Finding[] => {
    const path = [...store.path, "secrets", kind];
    if (!keysOf(engine, kind)) return [{ path, key: true, message: `is no Secret of a store of engine ${engine}`, repair: `remove it; its kinds are ${kindsOf(engine).join(", ")}` }];
    const other = first.get(secrets[kind]);
    if (!other) first.set(secrets[kind], path);
    return other ? [{ path, other, message: "names a Secret that is another kind's", repair: "give each kind a Secret of its own; the other is at" }] : [];
  });
}
