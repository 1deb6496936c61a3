import { createHash } from "node:crypto";
import { filesDigest } from "../config/files-digest";
import type { StoreSpec } from "../config/spec";
import type { SharedParts } from "./shared-parts";

/** Whatever a store's stack is made from, besides its spec and its environment. */
const programFiles = ["stores", "components", "config", "package.json"];
let program: string | undefined;

/**
 * Digest of everything that decides a store's resources: spec, environment, programs, charts and package versions.
 * `helmTimeout` is left out: how long an installation may take changes nothing about the store.
 */
export function storeDigest(spec: StoreSpec, { settings, secretRevisions }: SharedParts): string {
  program ??= filesDigest(programFiles);
  const inputs = { spec, settings: { ...settings, helmTimeout: undefined }, secretRevisions, program };
  return createHash("sha256").update(canonical(inputs)).digest("hex").slice(0, 32);
}

/** JSON with sorted keys: the same for equal values, however they were put together. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    item !== null && typeof item === "object" && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
