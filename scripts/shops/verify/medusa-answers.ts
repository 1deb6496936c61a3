import { z } from "zod";

// The parts of Medusa's answers that verifying looks at: of the store API, then of the admin API. Ids become parts of paths.

const id = z.string().regex(/^\w+$/);
const currency_code = z.string().regex(/^[a-z]{3}$/);
const country_code = z.string().regex(/^[a-z]{2}$/);

export const regions = z.object({
  regions: z.array(z.object({ id, currency_code, countries: z.array(z.object({ iso_2: country_code })) })),
});
const variant = z.object({
  id, manage_inventory: z.boolean(), allow_backorder: z.boolean(), inventory_quantity: z.number().nullish(),
  calculated_price: z.object({ calculated_amount: z.number().nullable() }).nullish(),
});
export const products = z.object({
  products: z.array(z.object({ id, title: z.string(), handle: z.string(), variants: z.array(variant).nullable() })),
  count: z.int(),
});
export const cart = z.object({ cart: z.object({ id, total: z.number(), currency_code }) });
export const shippingOptions = z.object({
  shipping_options: z.array(z.object({ id, name: z.string(), amount: z.number().nullish(), insufficient_inventory: z.boolean().nullish() })),
});
export const paymentProviders = z.object({ payment_providers: z.array(z.object({ id: z.string() })) });
export const paymentCollection = z.object({ payment_collection: z.object({ id }) });
/** A cart that could not become an order is answered with 200 as well. */
export const completed = z.discriminatedUnion("type", [
  z.object({ type: z.literal("order"), order: z.object({ id, display_id: z.int(), status: z.string() }) }),
  z.object({ type: z.literal("cart"), error: z.object({ message: z.string() }) }),
]);

export const token = z.object({ token: z.string() });
/** What the shop's set-up notes down, and the storefront goes by. */
export const stores = z.object({ stores: z.array(z.object({ metadata: z.object({ storefleet: z.object({ country: country_code, currency: currency_code }) }) })).min(1) });
const payments = z.array(z.object({ payments: z.array(z.object({ provider_id: z.string() })) }));
export const order = z.object({
  order: z.object({ status: z.string(), payment_status: z.string(), total: z.number(), currency_code, email: z.string().nullable(), payment_collections: payments }),
});
export const orders = z.object({ orders: z.array(z.object({ id, display_id: z.int(), email: z.string().nullable() })) });
export const cancelled = z.object({ order: z.object({ status: z.string() }) });
const level = z.object({ stocked_quantity: z.number(), reserved_quantity: z.number() });
export const stock = z.object({
  variant: z.object({ inventory_items: z.array(z.object({ inventory: z.object({ location_levels: z.array(level) }) })) }),
});

/** Medusa's amounts are in major units: 19.5 is 19.50 EUR. */
export function amount(value: number, currency: string): string {
  const { maximumFractionDigits } = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
  return `${value.toFixed(maximumFractionDigits)} ${currency.toUpperCase()}`;
}
