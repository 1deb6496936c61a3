import { relative } from "node:path";
import { stringify } from "yaml";
import type { StoreSpec } from "./spec";

/** The key of a stack's config that may hold its store, as such a list. */
export const specKey = "storefleet:spec";

/**
 * A list with one store, in which all is written out: what it is read as is the spec again, without the defaults and the neighbours of
 * the list that the spec came from.
 * @param folder from which the paths of images count
 */
export function listOfOne({ name, engine, decimals: _, products, medusa, ...entry }: StoreSpec, folder: string): string {
  const store = {
    name,
    engine,
    ...entry,
    ...(medusa && { medusa: { ...medusa, accent: medusa.accent || undefined } }),
    products: products.map(({ image, ...product }) => ({ ...product, ...(image && { image: "path" in image ? relative(folder, image.path) : image.url }) })),
  };
  return stringify({ stores: [store] }, { lineWidth: 0 });
}
