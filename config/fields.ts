import { z } from "zod";
import { fixed } from "./fixed";
import { isReservedName, maxNameLength, namePattern } from "./names";

// The values of a stores list. Messages read "what is wrong — how to mend it"; the loader puts place and value around them.

/** ISO codes as this Node knows them; `UK`, an alias of `GB`, is not one. */
const regionNames = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });
const isCountry = (code: string) => regionNames.of(code) !== undefined && new Intl.Locale("und", { region: code }).region === code;
const currencies = new Set(Intl.supportedValuesOf("currency"));

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

const priceError = { error: "is not a price — write a number from 0 to 9999999.99 with at most two decimals, such as 49.99" };
export const price = z
  .union(
    [
      z.number().min(0, priceError).max(9_999_999.99, priceError).refine((value) => Number(value.toFixed(2)) === value, priceError),
      z.string().regex(/^\d{1,7}(\.\d{1,2})?$/, priceError),
    ],
    priceError,
  )
  .describe("Price in the store's currency, at most two decimals.");

const stockError = { error: "is not a number of pieces — write a whole number from 0 to 1000000000" };
export const product = z
  .strictObject({
    name: text(200).describe("Name shown to shoppers."),
    sku: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/, {
        error: "is not a SKU — use 1 to 64 letters, digits, dots, hyphens, underscores or slashes, starting with a letter or digit",
      })
      .describe("Stock-keeping unit, unique in the store; products are recognised by it."),
    price,
    stock: z
      .int(stockError)
      .min(0, stockError)
      .max(1_000_000_000, stockError)
      .default(100)
      .describe("Pieces in stock at the start."),
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

export const colour = z
  .string()
  .regex(/^#[0-9A-Fa-f]{6}$/, { error: 'is not a colour — write it in quotes, as # and six hexadecimal digits, such as "#0a7d5c"' });

export const country = z
  .string()
  .regex(/^[A-Z]{2}$/, { error: "is not a country code — write its two capital letters, such as DE" })
  .refine((code) => !/^[A-Z]{2}$/.test(code) || isCountry(code), { error: "is not a country code of ISO 3166-1 — such are DE, GB and US" });

export const email = z
  .email({ error: "is not an e-mail address — write it like admin@example.com" })
  .max(100, { error: "is longer than 100 characters — use a shorter address" });

export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: "is not a currency code — write its three capital letters, such as EUR" })
  .refine((code) => !/^[A-Z]{3}$/.test(code) || currencies.has(code), { error: "is not a currency code of ISO 4217 — such are EUR, GBP and USD" });

export const timezone = z
  .string()
  .refine((zone) => /^(UTC|[A-Z][A-Za-z_]+(\/[A-Za-z0-9_+-]+)+)$/.test(zone) && isTimeZone(zone), {
    error: "is not a time zone — write its IANA name, such as Europe/Berlin or UTC",
  });

function isTimeZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: zone }));
  } catch {
    return false;
  }
}
