import { createHash } from "node:crypto";

// A store's products on their way to its set-up Job: in ConfigMaps of their own, since one ConfigMap holds 1 MiB, and so does
// Helm's record of a release with all that is in it.

/** Room for other keys and for escapes in what the API server is sent. */
const partBytes = 768 * 1024;
/** More than a list's file holds; only aliases and line breaks can stand for more. */
export const maxCatalogueBytes = 6 * 1024 * 1024;
/** Measured on a busy machine: 0.11 s in WooCommerce. */
const secondsPerProduct = 0.5;

/** The products as JSON texts, each an array of whole products and small enough for a ConfigMap. No products, no text. */
export function catalogueParts(products: readonly object[]): string[] {
  const parts: string[][] = [];
  let bytes = Infinity;
  for (const product of products) {
    const json = JSON.stringify(product);
    const size = Buffer.byteLength(json) + 1;
    if (bytes + size > partBytes) {
      parts.push([]);
      bytes = 1;
    }
    parts.at(-1)!.push(json);
    bytes += size;
  }
  return parts.map((part) => `[${part.join(",")}]`);
}

/** What a part is called: after its content, so that another catalogue runs another set-up Job. */
export const partName = (json: string, index: number) => `products-${index}-${createHash("sha256").update(json).digest("hex").slice(0, 16)}`;

/** Seconds that so many products may add to the set-up of a store. */
export const secondsForProducts = (count: number) => Math.ceil(count * secondsPerProduct);
