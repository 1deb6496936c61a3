import { z } from "zod";
import { isReservedName, maxNameLength, namePattern } from "./names";

// Messages read "what is wrong — how to mend it"; the loader puts place and value around them.

export const engineNames = ["woocommerce", "medusa"] as const;
export type Engine = (typeof engineNames)[number];
export const planNames = ["small", "medium", "large"] as const;
export type Plan = (typeof planNames)[number];

/** ISO codes as this Node knows them; `UK`, an alias of `GB`, is not one. */
const regionNames = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });
const isCountry = (code: string) => regionNames.of(code) !== undefined && new Intl.Locale("und", { region: code }).region === code;
const currencies = new Set(Intl.supportedValuesOf("currency"));

const name = z
  .string()
  .max(maxNameLength, { error: `is longer than ${maxNameLength} characters — shorten it` })
  .regex(namePattern, {
    error: "is not a store name — use lowercase letters, digits and hyphens, starting with a letter and ending with a letter or digit",
  })
  .refine((value) => !isReservedName(value), { error: "is a reserved name — choose another, such as one with -shop at its end" })
  .describe(
    `Unique name: lowercase letters, digits and hyphens, starting with a letter, ending with a letter or digit, at most ${maxNameLength} characters. It can not be changed: another name is another store.`,
  );

/** Any text, but what XML, databases and terminals choke on. */
const text = (max: number) =>
  z
    .string()
    .max(max, { error: `is longer than ${max} characters — shorten it` })
    .regex(/\S/, { error: "is empty — write something or leave the key out" })
    .regex(/^(?:[^\p{Cc}\p{Cs}]|[\n\t])*$/u, { error: "holds a control character — remove it (line breaks and tabs are fine)" });

const hostLabel = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const domain = z
  .string()
  .max(253, { error: "is longer than 253 characters — shorten it" })
  .regex(new RegExp(`^(${hostLabel}\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`), {
    error: "is not a domain name — write it in lowercase, without scheme, port, path or wildcard, such as shop.example.com (non-ASCII names in their xn-- form)",
  });

const price = z
  .union(
    [
      z.number().min(0).max(9_999_999.99).refine((value) => Number(value.toFixed(2)) === value),
      z.string().regex(/^\d{1,7}(\.\d{1,2})?$/),
    ],
    { error: "is not a price — write a number from 0 to 9999999.99 with at most two decimals, such as 49.99" },
  )
  .describe("Price in the store's currency, at most two decimals.");

const product = z
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
      .int({ error: "is not a stock — write a whole number from 0 to 1000000000" })
      .min(0, { error: "is negative — write a whole number from 0 to 1000000000" })
      .max(1_000_000_000, { error: "is too large — write a whole number from 0 to 1000000000" })
      .default(100)
      .describe("Pieces in stock at the start."),
  })
  .describe("A product that the store starts with.");

const labelKey = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const reservedLabel = /^(([^/]+\.)?(storefleet\.dev|kubernetes\.io|k8s\.io|helm\.sh|pulumi\.com)\/.*|app)$/;
const labels = z
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

const country = z
  .string()
  .regex(/^[A-Z]{2}$/, { error: "is not a country code — write its two capital letters, such as DE" })
  .refine((code) => !/^[A-Z]{2}$/.test(code) || isCountry(code), { error: "is not a country code of ISO 3166-1 — such are DE, GB and US" });

const woocommerce = z
  .strictObject({
    guestCheckout: z.boolean().describe("Shoppers can order without an account."),
    timezone: z
      .string()
      .refine((zone) => /^(UTC|[A-Z][A-Za-z_]+(\/[A-Za-z0-9_+-]+)+)$/.test(zone) && isTimeZone(zone), {
        error: "is not a time zone — write its IANA name, such as Europe/Berlin or UTC",
      })
      .describe("Time zone of dates in the shop and its admin pages, such as Europe/Berlin."),
  })
  .partial();
const medusa = z
  .strictObject({
    countries: z
      .array(country)
      .min(1, { error: "is empty — name at least one country or leave the key out" })
      .refine((codes) => new Set(codes).size === codes.length, { error: "names a country twice — remove one" })
      .describe("Countries that the store sells to (default: its own)."),
    shippingPrice: price.describe("Flat price of the standard shipping option, in the store's currency."),
  })
  .partial();

function isTimeZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: zone }));
  } catch {
    return false;
  }
}

/** What `defaults:` may hold: every key of a store that can apply to several. */
const shared = {
  engine: z.enum(engineNames).describe("Shop software. It can not be changed once the store runs."),
  plan: z.enum(planNames).describe("Size: CPU, memory, replicas, volumes and quota (default: small)."),
  products: z
    .array(product)
    .max(10_000, { error: "are too many — list at most 10000, import the rest in the shop" })
    .describe("Products that the store starts with (default: three samples; [] for none)."),
  adminEmail: z
    .email({ error: "is not an e-mail address — write it like admin@example.com" })
    .max(100, { error: "is longer than 100 characters — use a shorter address" })
    .describe("Address of the shop's administrator (default: admin@example.com)."),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, { error: "is not a currency code — write its three capital letters, such as EUR" })
    .refine((code) => !/^[A-Z]{3}$/.test(code) || currencies.has(code), { error: "is not a currency code of ISO 4217 — such are EUR, GBP and USD" })
    .describe("ISO 4217 code of the prices' currency (default: EUR)."),
  country: country.describe("ISO 3166-1 code of the store's country (default: DE)."),
  labels,
  protected: z.boolean().describe("true: neither pruning nor destroy --all deletes this store (default: false)."),
  suspended: z.boolean().describe("true: no pods run, data and addresses stay (default: false)."),
  woocommerce: woocommerce.describe("Settings of WooCommerce stores."),
  medusa: medusa.describe("Settings of Medusa stores."),
};

export const defaultsSchema = z.strictObject(shared).partial().describe("Values for every store that does not set them itself.");
export const storeSchema = z
  .strictObject(shared)
  .partial()
  .extend({
    name,
    title: text(200).optional().describe("Name shown to shoppers, any characters (default: from the name)."),
    domains: z.array(domain).optional().describe("Custom domains, besides the generated address; unique in the list."),
  })
  .describe("One store. `engine` comes from here or from `defaults`.");
export const listSchema = z
  .strictObject({
    defaults: defaultsSchema.nullish(),
    stores: z
      .array(storeSchema, {
        // Half a file must never read as "no stores".
        error: ({ input }) => (input == null ? 'is missing or empty — list the stores below it, or write "stores: []" if none is to run' : undefined),
      })
      .describe("The stores; [] for none."),
  })
  .describe("The stores of one environment: what is listed is what runs.");

export type DefaultsEntry = z.infer<typeof defaultsSchema>;
export type StoreEntry = z.infer<typeof storeSchema>;
export type ListDocument = z.infer<typeof listSchema>;

export interface Product {
  name: string;
  sku: string;
  /** In the store's currency, at most two decimals. */
  price: number;
  stock: number;
}
export interface WooCommerceSettings {
  guestCheckout: boolean;
  timezone: string;
}
export interface MedusaSettings {
  countries: string[];
  shippingPrice: number;
}

interface CommonSpec {
  name: string;
  title: string;
  plan: Plan;
  /** Custom domains, besides the generated host. */
  domains: string[];
  products: Product[];
  adminEmail: string;
  /** ISO 4217, upper case. */
  currency: string;
  /** ISO 3166-1 alpha-2, upper case. */
  country: string;
  labels: Record<string, string>;
  protected: boolean;
  suspended: boolean;
}
/** A store with every value decided: built-in values < `defaults` < the store's own. */
export type StoreSpec = CommonSpec &
  (
    | { engine: "woocommerce"; woocommerce: WooCommerceSettings; medusa?: undefined }
    | { engine: "medusa"; medusa: MedusaSettings; woocommerce?: undefined }
  );

export const sampleProducts: readonly Product[] = [
  { name: "Sample Hoodie", sku: "SAMPLE-HOODIE", price: 49.99, stock: 100 },
  { name: "Sample Mug", sku: "SAMPLE-MUG", price: 9.99, stock: 500 },
  { name: "Sample Sticker Pack", sku: "SAMPLE-STICKER-PACK", price: 4.99, stock: 1000 },
];

/** `blue-bird` → `Blue Bird`. */
const titleOf = (storeName: string) => storeName.split("-").filter(Boolean).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");

/** A valid entry and the list's defaults become one spec. Labels and engine settings merge by key, lists replace. */
export function resolveStore(store: StoreEntry & { engine: Engine }, defaults: DefaultsEntry): StoreSpec {
  const country = store.country ?? defaults.country ?? "DE";
  const common: CommonSpec = {
    name: store.name,
    title: store.title ?? titleOf(store.name),
    plan: store.plan ?? defaults.plan ?? "small",
    domains: store.domains ?? [],
    products: (store.products ?? defaults.products ?? sampleProducts).map((entry) => ({ ...entry, price: Number(entry.price) })),
    adminEmail: store.adminEmail ?? defaults.adminEmail ?? "admin@example.com",
    currency: store.currency ?? defaults.currency ?? "EUR",
    country,
    labels: { ...defaults.labels, ...store.labels },
    protected: store.protected ?? defaults.protected ?? false,
    suspended: store.suspended ?? defaults.suspended ?? false,
  };
  if (store.engine === "woocommerce") {
    return { ...common, engine: store.engine, woocommerce: { guestCheckout: true, timezone: "UTC", ...defaults.woocommerce, ...store.woocommerce } };
  }
  const { countries = [country], shippingPrice = 5 } = { ...defaults.medusa, ...store.medusa };
  return { ...common, engine: store.engine, medusa: { countries, shippingPrice: Number(shippingPrice) } };
}
