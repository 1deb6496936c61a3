import { z } from "zod";

// The parts of WooCommerce's answers that verifying looks at: of the Store API, then of the REST API for administrators.

const currency = { currency_code: z.string(), currency_minor_unit: z.int().min(0) };
export const products = z.array(
  z.object({
    id: z.number(), name: z.string(), permalink: z.string(), type: z.string(), is_purchasable: z.boolean(), is_in_stock: z.boolean(),
    prices: z.object({ price: z.string(), ...currency }),
  }),
);
export const cart = z.object({ totals: z.object({ total_price: z.string(), ...currency }) });
export const placed = z.object({
  order_id: z.number(), order_number: z.string().optional(), status: z.string(), customer_id: z.number(),
  payment_result: z.object({ payment_status: z.string() }).nullable(),
});
export const order = z.object({
  id: z.number(), status: z.string(), total: z.string(), payment_method: z.string(), customer_id: z.number(),
  billing: z.object({ email: z.string() }),
});
export const stock = z.object({ manage_stock: z.union([z.boolean(), z.string()]), stock_quantity: z.number().nullable() });

export type Totals = z.infer<typeof cart>["totals"];
export const amount = (minorUnits: string, { currency_code, currency_minor_unit: digits }: Pick<Totals, "currency_code" | "currency_minor_unit">) =>
  `${(Number(minorUnits) / 10 ** digits).toFixed(digits)} ${currency_code}`;
