import type { HttpTypes } from "@medusajs/types";
import { isId, Refused } from "./api";
import type { Shop } from "./shop";
import { linesOf, totalsOf, type Line, type Totals } from "./totals";

/** A delivery address, in Medusa's words, which are the form's too. */
export const addressFields = ["first_name", "last_name", "address_1", "address_2", "postal_code", "city", "province", "country_code", "phone"] as const;
export type Address = Partial<Record<(typeof addressFields)[number], string>>;

export interface Cart {
  id: string;
  /** It became an order. */
  completed: boolean;
  currency: string;
  email?: string;
  address: Address;
  lines: Line[];
  /** Pieces in it. */
  count: number;
  deliveryId?: string;
  deliveryName?: string;
  totals: Totals;
}

const fields = "+completed_at,*items,*shipping_address,*shipping_methods";

export async function findCart(shop: Shop, id: string): Promise<Cart | undefined> {
  if (!isId(id, "cart")) return undefined;
  const answer = await shop.api.find<HttpTypes.StoreCartResponse>(`/store/carts/${id}`, { fields });
  return answer && toCart(answer.cart);
}

export async function createCart(shop: Shop): Promise<Cart> {
  const { cart } = await shop.api.post<HttpTypes.StoreCartResponse>("/store/carts", { region_id: shop.regionId }, { fields });
  return toCart(cart);
}

export async function addToCart(shop: Shop, cartId: string, variant: string, quantity: number): Promise<Cart> {
  const { cart } = await shop.api.post<HttpTypes.StoreCartResponse>(`/store/carts/${cartId}/line-items`, { variant_id: variant, quantity }, { fields });
  return toCart(cart);
}

/** Sets a line's quantity; 0 removes it. A line that is gone already is no error. */
export async function setQuantity(shop: Shop, cartId: string, line: string, quantity: number): Promise<void> {
  if (!isId(line, "cali")) return;
  const path = `/store/carts/${cartId}/line-items/${line}`;
  const change = quantity > 0 ? shop.api.post(path, { quantity }) : shop.api.delete(path);
  await change.catch((error) => {
    if (!(error instanceof Refused && error.status === 404)) throw error;
  });
}

export async function setAddress(shop: Shop, cartId: string, email: string, address: Address): Promise<void> {
  // Null clears what an earlier address had.
  const whole = Object.fromEntries(addressFields.map((field) => [field, address[field] ?? null]));
  await shop.api.post(`/store/carts/${cartId}`, { email, shipping_address: whole, billing_address: whole });
}

export function toCart(cart: HttpTypes.StoreCart): Cart {
  const lines = linesOf(cart);
  // A cart keeps at most one: choosing another replaces it.
  const delivery = cart.shipping_methods?.at(-1);
  const address = Object.fromEntries(addressFields.map((field) => [field, cart.shipping_address?.[field] ?? undefined]));
  return {
    id: cart.id,
    completed: "completed_at" in cart && cart.completed_at != null,
    currency: cart.currency_code,
    email: cart.email ?? undefined,
    address,
    lines,
    count: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    deliveryId: delivery?.shipping_option_id,
    deliveryName: delivery?.name,
    totals: totalsOf(cart, delivery !== undefined),
  };
}
