import type { HttpTypes } from "@medusajs/types";
import { imageUrl } from "./images";

/** One position of a cart or an order. */
export interface Line {
  id: string;
  productId: string;
  title: string;
  /** What sets this variant apart, if anything. */
  variant?: string;
  handle?: string;
  image?: string;
  quantity: number;
  unitPrice: number;
  total: number;
}

export interface Totals {
  /** They add up to the total, but for a cent that Medusa rounds at the end. */
  rows: { label: string; amount: number }[];
  total: number;
  /** Tax that the rows include already. */
  includedTax: number;
}

type Document = HttpTypes.StoreCart | HttpTypes.StoreOrder;
type Item = HttpTypes.StoreCartLineItem | HttpTypes.StoreOrderLineItem;

/** Prices are shown as the shop states them: with tax included, or with the tax as a row of its own. */
const includesTax = (document: Document) => (document.items ?? []).every(({ is_tax_inclusive }) => is_tax_inclusive);

export function linesOf(document: Document): Line[] {
  const inclusive = includesTax(document);
  return (document.items ?? []).toSorted(oldestFirst).map((item) => ({
    id: item.id,
    productId: item.product_id ?? item.id,
    title: item.product_title || item.title,
    // Medusa's own names for the only variant of a product.
    variant: item.variant_title && !/^default( variant| option value)?$/i.test(item.variant_title) && item.variant_title !== item.product_title ? item.variant_title : undefined,
    handle: item.product_handle ?? undefined,
    image: imageUrl(item.thumbnail),
    quantity: item.quantity,
    unitPrice: item.unit_price,
    total: (inclusive ? item.original_total : item.subtotal) ?? item.unit_price * item.quantity,
  }));
}

export function totalsOf(document: Document, withDelivery: boolean): Totals {
  const inclusive = includesTax(document);
  const tax = document.tax_total ?? 0;
  const discount = (inclusive ? document.discount_total : (document.discount_total ?? 0) - (document.discount_tax_total ?? 0)) ?? 0;
  const rows = [{ label: "Items", amount: (inclusive ? document.original_item_total : document.item_subtotal) ?? 0 }];
  if (withDelivery) rows.push({ label: "Delivery", amount: (inclusive ? document.original_shipping_total : document.shipping_subtotal) ?? 0 });
  if (discount > 0) rows.push({ label: "Discount", amount: -discount });
  if (!inclusive && tax > 0) rows.push({ label: "Tax", amount: tax });
  return { rows, total: document.total ?? 0, includedTax: inclusive ? tax : 0 };
}

const time = ({ created_at }: Item) => new Date(created_at ?? 0).getTime();
const oldestFirst = (a: Item, b: Item) => time(a) - time(b) || a.id.localeCompare(b.id);
