import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "@medusajs/framework/zod";

const country = z.string().regex(/^[A-Z]{2}$/).transform((code) => code.toLowerCase());
const listSchema = z
  .object({
    title: z.string().min(1),
    adminEmail: z.string().min(3),
    currency: z.string().regex(/^[A-Z]{3}$/).transform((code) => code.toLowerCase()),
    country,
    countries: z.array(country),
    accent: z.string().regex(/^(#[0-9a-f]{6})?$/),
    shippingPrice: z.number().min(0),
    products: z.array(
      z.object({
        name: z.string().min(1), sku: z.string().min(1), price: z.number().min(0), stock: z.number().int().min(0),
        description: z.string().min(1).optional(),
        /** An https address: Medusa stores it as it is, and the shopper's browser loads it. */
        image: z.string().startsWith("https://").optional(),
      }),
    ),
  })
  // A shop that names no countries sells to its own.
  .transform((list) => ({ ...list, countries: [...new Set(list.countries.length ? list.countries : [list.country])] }));

/** What the stores list says about this shop; codes in lower case, as Medusa has them. */
export type ShopList = z.infer<typeof listSchema>;
export type ListedProduct = ShopList["products"][number];

/** @param folder of files with more products, each a JSON array of them */
export function readList(file: string | undefined, folder?: string): ShopList {
  if (!file) throw new Error("the variable SEED_FILE is missing: set it to the JSON file that describes the shop");
  const files = folder ? readdirSync(folder).filter((name) => name.endsWith(".json")).sort() : [];
  return parseList(readFileSync(file, "utf8"), file, files.flatMap((name) => JSON.parse(readFileSync(join(folder!, name), "utf8"))));
}

export function parseList(json: string, file: string, more: unknown[] = []): ShopList {
  const list = JSON.parse(json);
  const result = listSchema.safeParse(more.length > 0 ? { ...list, products: [...list.products, ...more] } : list);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join(".") || "the file"}: ${message}`);
  throw new Error(`${file} does not describe a shop:\n${problems.join("\n")}`);
}
