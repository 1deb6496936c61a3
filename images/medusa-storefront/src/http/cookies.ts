import { getCookie, setCookie } from "hono/cookie";
import type { Ctx } from "./context";

/** The cart's id, and how many pieces are in it: so that pages can show that without asking the backend. */
export interface CartCookie {
  id: string;
  count: number;
}

const day = 24 * 60 * 60;

export function readCart(c: Ctx): CartCookie | undefined {
  const [, id, count] = /^(cart_[0-9A-Za-z]{8,64})\.(\d{1,6})$/.exec(read(c, "cart") ?? "") ?? [];
  return id && count ? { id, count: Number(count) } : undefined;
}

/** Undefined forgets the cart. */
export function writeCart(c: Ctx, cart: CartCookie | undefined): void {
  c.set("cart", cart);
  if (cart) write(c, "cart", `${cart.id}.${cart.count}`, 30 * day);
  else if (read(c, "cart") !== undefined) write(c, "cart", "", 0);
}

/** Orders placed with this browser, newest first: only it may see them, for they hold an address. */
export const readOrders = (c: Ctx): string[] => (read(c, "orders") ?? "").split(".").filter((id) => /^order_[0-9A-Za-z]{8,64}$/.test(id));

export function rememberOrder(c: Ctx, id: string): void {
  write(c, "orders", [id, ...readOrders(c).filter((other) => other !== id)].slice(0, 5).join("."), 7 * day);
}

// With TLS the name starts with __Host-, which browsers accept from this very host only: shops of other tenants live on sibling
// hosts, and could otherwise slip a cart of theirs to a visitor, and then read the address that goes in.
const read = (c: Ctx, name: string) => getCookie(c, name, c.get("https") ? "host" : undefined);

function write(c: Ctx, name: string, value: string, maxAge: number): void {
  const https = c.get("https");
  setCookie(c, name, value, { path: "/", httpOnly: true, sameSite: "Lax", maxAge, secure: https, prefix: https ? "host" : undefined });
}
