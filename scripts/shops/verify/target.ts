import type { Engine } from "../../../config/spec";
import type { Access } from "./site";

/** A shop to verify. */
export interface ShopToVerify {
  name: string;
  engine: Engine;
  url: string;
  admin: { username: string; password: string };
  /** What the storefront of a Medusa shop asks the store API with. */
  publishableKey?: string;
  /** Where its e-mails can be read, or else the server that they go to. */
  mail: { catcher: string; login?: { username: string; password: string } } | { server: string };
  access: Access;
  /** Milliseconds until the e-mail of an order has to be there. */
  mailWait: number;
}
