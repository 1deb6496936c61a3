import { z } from "zod";
import { fixed } from "./fixed";
import { colour, country, currency, domain, email, labels, name, price, product, secretName, text, timezone } from "./fields";
import { decimalsOf } from "./known";
import { rolloutSchema } from "./rollout";
import { keysOf, secretKinds, type SecretKind } from "./secret-kinds";

export const engineNames = ["woocommerce", "medusa"] as const;
export type Engine = (typeof engineNames)[number];
export const engineTitles: Record<Engine, string> = { woocommerce: "WooCommerce", medusa: "Medusa" };
export const planNames = ["small", "medium", "large"] as const;
export type Plan = (typeof planNames)[number];

const woocommerce = z
  .strictObject({
    guestCheckout: z.boolean().describe("Shoppers can order without an account."),
    timezone: timezone.describe("Time zone of dates in the shop and its admin pages, such as Europe/Berlin."),
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
    accent: colour.describe("Colour of the storefront's buttons and links, such as \"#0a7d5c\" (default: one that follows from the title)."),
  })
  .partial();

/** What `defaults:` may hold: every key of a store that can apply to several. */
const shared = {
  engine: z.enum(engineNames).describe(`Shop software. ${fixed.engine}`),
  plan: z.enum(planNames).describe(`Size: CPU, memory, replicas, volumes and quota (default: small). Volumes: ${fixed.volumes}`),
  products: z
    .array(product)
    .max(10_000, { error: "are too many — list at most 10000, import the rest in the shop" })
    .describe("Products that the store starts with (default: three samples; [] for none)."),
  adminEmail: email.describe("Address of the shop's administrator (default: admin@example.com)."),
  currency: currency.describe("ISO 4217 code of the prices' currency (default: EUR)."),
  country: country.describe("ISO 3166-1 code of the store's country (default: DE)."),
  labels,
  protected: z.boolean().describe("true: neither pruning nor destroy --all deletes this store (default: false)."),
  suspended: z.boolean().describe("true: no pods run, data and addresses stay (default: false)."),
  woocommerce: woocommerce.describe("Settings of WooCommerce stores."),
  medusa: medusa.describe("Settings of Medusa stores."),
};

const keysInWords = (kind: SecretKind) =>
  engineNames.filter((engine) => keysOf(engine, kind)).map((engine) => `${engineTitles[engine]}: ${keysOf(engine, kind)!.join(", ")}`).join("; ");
const secrets = z
  .strictObject(Object.fromEntries(secretKinds.map((kind) => [kind, secretName.describe(`Its keys, for ${keysInWords(kind)}.`)])) as Record<SecretKind, typeof secretName>)
  .partial();

export const defaultsSchema = z.strictObject(shared).partial().describe("Values for every store that does not set them itself.");
export const storeSchema = z
  .strictObject(shared)
  .partial()
  .extend({
    name,
    title: text(200).optional().describe("Name shown to shoppers, any characters (default: from the name)."),
    domains: z.array(domain).optional().describe("Custom domains, besides the generated address; unique in the list."),
    secrets: secrets.optional().describe("Names of Secrets in the store's namespace that somebody else writes, by kind: admin, database, salts (WooCommerce), redis and app (Medusa). A kind that is left out is generated, or comes from the environment's secret store."),
  })
  .describe("One store. `engine` comes from here or from `defaults`.");
export const listSchema = z
  .strictObject({
    defaults: defaultsSchema.nullish(),
    rollout: rolloutSchema.optional().describe("How another release (program, charts, images, settings) reaches the stores: in waves."),
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
  /** In the store's currency, with no more decimals than that has. */
  price: number;
  stock: number;
  /** Plain text. */
  description?: string;
  image?: ProductImage;
}
/** An https address; or a file by the name that it gets in the cluster, which its content decides, and the path that it has here. */
export type ProductImage = { url: string } | { name: string; path: string };
export interface WooCommerceSettings {
  guestCheckout: boolean;
  timezone: string;
}
export interface MedusaSettings {
  countries: string[];
  shippingPrice: number;
  /** `#rrggbb` in lower case; empty: the storefront picks one. */
  accent: string;
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
  /** How many the currency has, as the engine knows it. */
  decimals: number;
  /** ISO 3166-1 alpha-2, upper case. */
  country: string;
  labels: Record<string, string>;
  protected: boolean;
  suspended: boolean;
  /** Names of Secrets that somebody else writes. */
  secrets: Partial<Record<SecretKind, string>>;
}
/** A store with every value decided: built-in values < `defaults` < the store's own. */
export type StoreSpec = CommonSpec &
  (
    | { engine: "woocommerce"; woocommerce: WooCommerceSettings; medusa?: undefined }
    | { engine: "medusa"; medusa: MedusaSettings; woocommerce?: undefined }
  );

const sampleProducts: readonly Product[] = [
  { name: "Sample Hoodie", sku: "SAMPLE-HOODIE", price: 49.99, stock: 100 },
  { name: "Sample Mug", sku: "SAMPLE-MUG", price: 9.99, stock: 500 },
  { name: "Sample Sticker Pack", sku: "SAMPLE-STICKER-PACK", price: 4.99, stock: 1000 },
];
/** Where a currency has no decimals, its units are small: 49.99 EUR, 4999 JPY. */
const samplesFor = (decimals: number) => sampleProducts.map((product) => ({ ...product, price: decimals === 0 ? Math.round(product.price * 100) : product.price }));

/** `blue-bird` → `Blue Bird`. */
const titleOf = (storeName: string) => storeName.split("-").filter(Boolean).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");

/**
 * A valid entry and the list's defaults become one spec. Labels and engine settings merge by key, lists replace.
 * @param imageOf what a product's `image` stands for
 */
export function resolveStore(store: StoreEntry & { engine: Engine }, defaults: DefaultsEntry, imageOf: (image: string) => ProductImage = (url) => ({ url })): StoreSpec {
  const country = store.country ?? defaults.country ?? "DE";
  const currency = store.currency ?? defaults.currency ?? "EUR";
  const decimals = decimalsOf(store.engine, currency) ?? 2;
  const listed = store.products ?? defaults.products;
  const common: CommonSpec = {
    name: store.name,
    title: store.title ?? titleOf(store.name),
    plan: store.plan ?? defaults.plan ?? "small",
    domains: store.domains ?? [],
    products: listed?.map(({ image, ...entry }) => ({ ...entry, price: Number(entry.price), ...(image !== undefined && { image: imageOf(image) }) })) ?? samplesFor(decimals),
    adminEmail: store.adminEmail ?? defaults.adminEmail ?? "admin@example.com",
    currency,
    decimals,
    country,
    labels: { ...defaults.labels, ...store.labels },
    protected: store.protected ?? defaults.protected ?? false,
    suspended: store.suspended ?? defaults.suspended ?? false,
    secrets: store.secrets ?? {},
  };
  if (store.engine === "woocommerce") {
    return { ...common, engine: store.engine, woocommerce: { guestCheckout: true, timezone: "UTC", ...defaults.woocommerce, ...store.woocommerce } };
  }
  const { countries = [country], shippingPrice = 5, accent = "" } = { ...defaults.medusa, ...store.medusa };
  return { ...common, engine: store.engine, medusa: { countries, shippingPrice: Number(shippingPrice), accent: accent.toLowerCase() } };
}
