import { z } from "zod";
import { fixed } from "./fixed";
import { known, timezones } from "./known";
import { isReservedName, maxNameLength, namePattern } from "./names";

// The values of a stores list. Messages read "what is wrong — how to mend it"; the loader puts place and value around them.

export const name = z
  .string()
  .max(maxNameLength, { error: `is longer than ${maxNameLength} characters — shorten it` })
  .regex(namePattern, {
    error: "is not a store name — use lowercase letters, digits and hyphens, starting with a letter and ending with a letter or digit",
  })
  .refine((value) => !isReservedName(value), { error: "is a reserved name — choose another, such as one with -shop at its end" })
  .describe(
    `Unique name: lowercase letters, digits and hyphens, starting with a letter, ending with a letter or digit, at most ${maxNameLength} characters. ${fixed.name}`,
  );

/** Any text, but what XML, databases and terminals choke on. */
export const text = (max: number) =>
  z
    .string()
    .max(max, { error: `is longer than ${max} characters — shorten it` })
    .regex(/\S/, { error: "is empty — write something or leave the key out" })
    .regex(/^(?:[^\p{Cc}\p{Cs}]|[\n\t])*$/u, { error: "holds a control character — remove it (line breaks and tabs are fine)" });

const hostLabel = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
export const domain = z
  .string()
  .max(253, { error: "is longer than 253 characters — shorten it" })
  .regex(new RegExp(`^(${hostLabel}\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`), {
    error: "is not a domain name — write it in lowercase, without scheme, port, path or wildcard, such as shop.example.com (non-ASCII names in their xn-- form)",
  });

/** How many decimals a price may have depends on the currency, see check-money.ts. */
const priceError = { error: "is not a price — write a number from 0 to 9999999.99 in plain digits, with a point before its decimals, such as 49.99" };
export const price = z
  .union([z.number().min(0, priceError).lt(10_000_000, priceError).refine((value) => Number(value.toFixed(3)) === value, priceError), z.string().regex(/^(0|[1-9]\d{0,6})(\.\d{1,3})?$/, priceError)], priceError)
  .describe("Price in the store's currency, with no more decimals than that has.");

const description = text(5_000).describe("Text about the product, shown to shoppers as it is: no HTML.");

const imageError = { error: "is not an image — write its https:// address, or the path of a PNG, JPEG or WebP file from this list's folder, such as images/mug.png" };
export const image = z
  .string()
  .max(2_000, imageError)
  .regex(/^(https:\/\/[^\s/@]+\/\S+|(?![A-Za-z]+:|\/)[^\\\p{Cc}]+)$/u, imageError)
  .describe("Picture of the product: an https:// address, where stores may reach the internet (`egress: allow`), or the path of a PNG, JPEG or WebP file from the list's folder, at most 512 KiB.");

const stockError = { error: "is not a number of pieces — write a whole number from 0 to 1000000000, in plain digits" };
export const product = z
  .strictObject({
    name: text(200).describe("Name shown to shoppers."),
    sku: z
      .string()
      .max(100, { error: "is longer than 100 characters — shorten it" })
      .regex(/^(?!\s)[^\p{C}]+(?<!\s)$/u, { error: "is not a SKU — write something, without spaces at its ends, line breaks and invisible characters" })
      .describe("Stock-keeping unit: 1 to 100 characters, unique in the store without regard to case and accents. Products are recognised by it."),
    price,
    stock: z
      .int(stockError)
      .min(0, stockError)
      .max(1_000_000_000, stockError)
      .default(100)
      .describe("Pieces in stock at the start."),
    description: description.optional(),
    image: image.optional(),
  })
  .describe("A product that the store starts with.");

const labelKey = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const reservedLabel = /^(([^/]+\.)?(storefleet\.dev|kubernetes\.io|k8s\.io|helm\.sh|pulumi\.com)\/.*|app)$/;
export const labels = z
  .record(
    z
      .string()
      .regex(labelKey, { error: 'is not a label key — write it like "team" or "example.com/team", the name at most 63 letters, digits, dots, hyphens and underscores' })
      .refine((key) => !reservedLabel.test(key), { error: 'is a reserved label key — use another prefix, such as "example.com/"' }),
    z.string().regex(/^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/, {
      error: "is not a label value — use at most 63 letters, digits, dots, hyphens and underscores, starting and ending with a letter or digit",
    }),
  )
  .describe("Kubernetes labels for the store's namespace, such as a team or a cost centre.");

/** What our own objects in a store's namespace are called. */
const ownSecret = /^(woocommerce|medusa)-|^(image-pull|smtp)$/;
export const secretName = z
  .string()
  .max(253, { error: "is longer than 253 characters — shorten it" })
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, { error: "is not the name of a Secret — use lowercase letters, digits, hyphens and dots" })
  .refine((value) => !ownSecret.test(value), { error: "is a name that Storefleet gives to Secrets of its own — choose another, such as acme-database" });

export const colour = z
  .string()
  .regex(/^#[0-9A-Fa-f]{6}$/, { error: 'is not a colour — write it in quotes, as # and six hexadecimal digits, such as "#0a7d5c"' });

const isCountry = (code: string) => Object.values(known).every(({ countries }) => countries.has(code));
export const country = z
  .string()
  .regex(/^[A-Z]{2}$/, { error: "is not a country code — write its two capital letters, such as DE" })
  .refine((code) => !/^[A-Z]{2}$/.test(code) || isCountry(code), { error: "is not a country code of ISO 3166-1 — such are DE, GB (not UK), GR (not EL) and US" });

export const email = z
  .email({ error: "is not an e-mail address — write it like admin@example.com" })
  .max(100, { error: "is longer than 100 characters — use a shorter address" });

export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: "is not a currency code — write its three capital letters, such as EUR" })
  .refine((code) => !/^[A-Z]{3}$/.test(code) || Object.values(known).some(({ decimals }) => decimals.has(code)), { error: "is not a currency code of ISO 4217 — such are EUR, GBP and USD" });

export const timezone = z.string().superRefine((zone, context) => {
  const near = timezones.get(zone.trim().replaceAll(" ", "_").toLowerCase());
  if (near === zone) return;
  context.addIssue(near ? `is not a time zone — did you mean "${near}"?` : "is not a time zone — write its IANA name, such as Europe/Berlin or UTC");
});
