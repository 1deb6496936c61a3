import type { HttpTypes } from "@medusajs/types";
import { isId, Refused, Unavailable } from "./api";
import { addressFields, type Address } from "./cart";
import type { Shop } from "./shop";
import { linesOf, totalsOf, type Line, type Totals } from "./totals";

/** Medusa's payment provider for money that changes hands without it. */
const cashOnDelivery = "pp_system_default";

export interface DeliveryOption {
  id: string;
  name: string;
  description?: string;
  /** Undefined: the price depends on more than is known here. */
  price?: number;
}

export interface Order {
  id: string;
  /** The number that shop and customer use. */
  number: number;
  currency: string;
  email?: string;
  address: Address;
  lines: Line[];
  deliveryName?: string;
  totals: Totals;
}

export async function deliveryOptions(shop: Shop, cartId: string): Promise<DeliveryOption[]> {
  const answer = await shop.api.get<HttpTypes.StoreShippingOptionListResponse>("/store/shipping-options", { cart_id: cartId });
  return answer.shipping_options.map(({ id, name, amount, type }) => ({ id, name, description: type?.description ?? undefined, price: amount ?? undefined }));
}

export async function chooseDelivery(shop: Shop, cartId: string, optionId: string): Promise<void> {
  await shop.api.post(`/store/carts/${cartId}/shipping-methods`, { option_id: optionId });
}

export async function takesCashOnDelivery(shop: Shop): Promise<boolean> {
  const answer = await shop.api.get<HttpTypes.StorePaymentProviderListResponse>("/store/payment-providers", { region_id: shop.regionId });
  return answer.payment_providers.some(({ id }) => id === cashOnDelivery);
}

/** Orders that are being placed, by cart: a second click waits for what the first one started. */
const placing = new Map<string, Promise<string>>();

/** Makes the cart an order, paid in cash on delivery, and returns the order's id; of a cart that is one already, the same. */
export function placeOrder(shop: Shop, cartId: string): Promise<string> {
  const running = placing.get(cartId) ?? payAndComplete(shop, cartId).finally(() => placing.delete(cartId));
  placing.set(cartId, running);
  return running;
}

async function payAndComplete(shop: Shop, cartId: string): Promise<string> {
  try {
    const { payment_collection: payment } = await shop.api.post<HttpTypes.StorePaymentCollectionResponse>("/store/payment-collections", { cart_id: cartId });
    await shop.api.post(`/store/payment-collections/${payment.id}/payment-sessions`, { provider_id: cashOnDelivery });
  } catch (error) {
    // A cart that is an order takes no payment; completing it anew returns that order. Any other reason shows there as well.
    if (!(error instanceof Refused)) throw error;
    return completeCart(shop, cartId).catch(() => Promise.reject(error));
  }
  return completeCart(shop, cartId);
}

/** @throws Refused with the backend's reason, such as sold-out items */
export async function completeCart(shop: Shop, cartId: string): Promise<string> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    try {
      const answer = await shop.api.post<HttpTypes.StoreCompleteCartResponse>(`/store/carts/${cartId}/complete`);
      if (answer.type === "order") return answer.order.id;
      throw new Refused(422, answer.error.message);
    } catch (error) {
      // Another pod is completing it.
      if (!(error instanceof Refused && error.status === 409)) throw error;
      if (Date.now() > deadline) throw new Unavailable(error.message, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
}

export async function findOrder(shop: Shop, id: string): Promise<Order | undefined> {
  if (!isId(id, "order")) return undefined;
  const fields = "*items,*shipping_address,*shipping_methods";
  const answer = await shop.api.find<HttpTypes.StoreOrderResponse>(`/store/orders/${id}`, { fields });
  if (!answer) return undefined;
  const { order } = answer;
  return {
    id: order.id,
    number: order.display_id ?? 0,
    currency: order.currency_code,
    email: order.email ?? undefined,
    address: Object.fromEntries(addressFields.map((field) => [field, order.shipping_address?.[field] ?? undefined])),
    lines: linesOf(order),
    deliveryName: order.shipping_methods?.at(-1)?.name,
    totals: totalsOf(order, true),
  };
}
