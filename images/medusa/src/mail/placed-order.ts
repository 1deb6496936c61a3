import type { PlacedOrder } from "./order-placed";

export const orderFields = [
  "id",
  "display_id",
  "email",
  "currency_code",
  "total",
  "tax_total",
  "discount_subtotal",
  "shipping_subtotal",
  "item_subtotal",
  "items.*",
  "items.subtotal",
  "shipping_address.*",
];

/** An order as Medusa's query tells it, down to what the mail says. */
export function placedOrder(order: any, shop: string): PlacedOrder {
  const { first_name, last_name, company, address_1, address_2, postal_code, city, province, country_code } = order.shipping_address ?? {};
  // Medusa's amounts are objects at times, and absent where there is nothing to pay.
  const amount = (value: unknown) => Number(value ?? 0);
  const words = (...parts: (string | null | undefined)[]) => parts.filter(Boolean).join(" ");
  return {
    shop,
    number: order.display_id,
    currency: order.currency_code,
    lines: order.items.map((item: any) => ({
      title: item.product_title ?? item.title,
      variant: item.variant_title === "Default variant" ? undefined : item.variant_title,
      quantity: Number(item.quantity),
      total: amount(item.subtotal),
    })),
    subtotal: amount(order.item_subtotal),
    shipping: amount(order.shipping_subtotal),
    discount: amount(order.discount_subtotal),
    tax: amount(order.tax_total),
    total: amount(order.total),
    address: [words(first_name, last_name), company, address_1, address_2, words(postal_code, city), province, country_code?.toUpperCase()].filter(Boolean),
  };
}
