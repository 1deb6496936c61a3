import type { Explanation } from "./explain";
import { engineNames } from "./spec";

/** What a rule over several values found, with the second place to name at the end of its repair. */
export interface Finding extends Explanation {
  other?: (string | number)[];
}

type Entry = Record<string, unknown>;
const isEntry = (value: unknown): value is Entry => typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/**
 * Names, domains and SKUs that clash, engines that are missing or at odds with the settings given.
 * Sees unchecked data, so that all errors come at once: what has the wrong type is not its concern.
 */
export function crossCheck(data: unknown, hostSuffix: string | undefined): Finding[] {
  if (!isEntry(data)) return [];
  const defaults = isEntry(data.defaults) ? data.defaults : {};
  const stores = list(data.stores).map((store) => (isEntry(store) ? store : {}));
  const names = new Map<string, Finding["path"]>();
  const domains = new Map<string, Finding["path"]>();
  const findings = skuFindings(defaults, ["defaults"]);

  /** Notes a value's first place; later ones are findings. */
  const once = (seen: Map<string, Finding["path"]>, value: unknown, path: Finding["path"], message: string, repair: string) => {
    if (typeof value !== "string") return;
    const other = seen.get(value);
    if (other) findings.push({ path, other, message, repair });
    else seen.set(value, path);
  };

  for (const [index, store] of stores.entries()) {
    const at = ["stores", index];
    once(names, store.name, [...at, "name"], "is used by another store", "rename one; the other is at");
    for (const [position, domain] of list(store.domains).entries()) {
      const path = [...at, "domains", position];
      once(domains, domain, path, "is listed twice", "a domain leads to one store: remove one; the other is at");
      if (hostSuffix && typeof domain === "string" && domain.endsWith(hostSuffix)) {
        findings.push({ path, message: `is under ${hostSuffix}, where generated addresses are`, repair: "use a domain of the store's own, or remove it: a store has its generated address anyway" });
      }
    }
    findings.push(...skuFindings(store, at), ...engineFindings(store, defaults, at));
  }
  return findings;
}

/** Databases compare SKUs without regard to case. */
function skuFindings(holder: Entry, at: Finding["path"]): Finding[] {
  const seen = new Map<string, Finding["path"]>();
  return list(holder.products).flatMap((product, index) => {
    if (!isEntry(product) || typeof product.sku !== "string") return [];
    const path = [...at, "products", index, "sku"];
    const other = seen.get(product.sku.toLowerCase());
    if (!other) seen.set(product.sku.toLowerCase(), path);
    return other ? [{ path, other, message: "is used by another product", repair: "change one; the other is at" }] : [];
  });
}

function engineFindings(store: Entry, defaults: Entry, at: Finding["path"]): Finding[] {
  const engine = store.engine ?? defaults.engine;
  if (engine === undefined) {
    return typeof store.name === "string" ? [{ path: [...at, "engine"], message: "is missing", repair: `write engine: ${engineNames.join(" or engine: ")}` }] : [];
  }
  return engineNames
    .filter((other) => other !== engine && engineNames.some((known) => known === engine) && store[other] !== undefined)
    .map((other) => ({ path: [...at, other], key: true, message: `does not apply to a store of engine ${String(engine)}`, repair: `remove it, or write engine: ${other}` }));
}
