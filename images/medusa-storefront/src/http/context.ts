import type { Context } from "hono";
import type { Shop } from "../medusa/shop";
import type { CartCookie } from "./cookies";

/** What every handler finds in its context. */
export interface Variables {
  /** The shop's address, as browsers see it. */
  publicUrl: URL;
  /** The browser speaks TLS, be it to a proxy in front. */
  https: boolean;
  /** Undefined only on the page that tells that the backend is down. */
  shop: Shop;
  cart: CartCookie | undefined;
}
export type Env = { Variables: Variables };
export type Ctx = Context<Env>;
