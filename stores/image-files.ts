import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { UserError } from "../config/errors";
import type { StoreSpec } from "../config/spec";

/** The products as the set-up Job reads them: a picture by its address, or by its file's name. */
export const productsOf = ({ products }: StoreSpec) => products.map(({ image, ...product }) => ({ ...product, ...(image && { image: "url" in image ? image.url : image.name }) }));

/** The products' image files in base64, each once, by the names that the spec has for them. */
export function imageFilesOf({ products }: StoreSpec): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { image } of products) {
    if (image && "path" in image) files[image.name] ??= contentOf(image);
  }
  return files;
}

/** A file that was exchanged since the list was read is an error: it was not checked, and the digest does not know it. */
function contentOf({ name, path }: { name: string; path: string }): string {
  const content = readFileSync(path);
  const digest = createHash("sha256").update(content).digest("hex");
  if (!digest.startsWith(name.split(".")[0]!)) throw new UserError(`${path} changed since the list was read`, "Run again, once it is written.");
  return content.toString("base64");
}
