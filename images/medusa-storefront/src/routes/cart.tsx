import { Hono } from "hono";
import { rememberOrder, writeCart } from "../http/cookies";
import type { Ctx, Env } from "../http/context";
import { readForm } from "../http/form";
import { isId, Refused } from "../medusa/api";
import { addToCart, createCart, findCart, setQuantity, type Cart } from "../medusa/cart";
import { completeCart } from "../medusa/checkout";
import { productPath } from "../pages/catalogue";
import { CartPage } from "../pages/cart";
import { lostCart, page } from "../pages/layout";
import { moneyOf, productPage } from "./catalogue";

export const cart = new Hono<Env>()
  .get("/", (c) => withCart(c, async (found) => cartPage(c, found, { notice: c.req.query("lost") !== undefined ? lostCart : undefined })))

  .post("/add", async (c) => {
    const field = await readForm(c);
    const [handle, variant, quantity] = [field("handle"), field("variant"), pieces(field("quantity"))];
    if (!isId(variant, "variant")) return productPage(c, handle, { problem: "Please choose what to buy." });
    if (!quantity) return productPage(c, handle, { variant, problem: "Please give a quantity from 1 to 999." });
    let fresh: boolean;
    try {
      fresh = await add(c, variant, quantity);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return productPage(c, handle, { variant, problem: reason(error) });
    }
    return c.redirect(`${productPath(handle, variant)}&added=${fresh ? "new" : ""}`, 303);
  })

  .post("/line", (c) =>
    withCart(c, async (found) => {
      if (!found) return c.redirect("/cart", 303);
      const field = await readForm(c);
      const [line, quantity] = [field("line"), pieces(field("quantity"))];
      if (quantity === undefined) return cartPage(c, found, { problem: { line, text: "Please give a quantity from 0 to 999." } });
      try {
        await setQuantity(c.get("shop"), found.id, line, quantity);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return cartPage(c, found, { problem: { line, text: reason(error) } });
      }
      return c.redirect("/cart", 303);
    }),
  );

/**
 * Calls `next` with the visitor's cart, if there is one. A cart that became an order leads to that order: its confirmation did
 * not reach the browser. A cart that is gone is forgotten, and the visitor told.
 */
export async function withCart(c: Ctx, next: (cart: Cart | undefined) => Promise<Response>): Promise<Response> {
  const known = c.get("cart");
  if (!known) return next(undefined);
  const found = await findCart(c.get("shop"), known.id);
  if (found?.completed) return confirm(c, await completeCart(c.get("shop"), found.id));
  if (!found) {
    writeCart(c, undefined);
    return c.redirect("/cart?lost", 303);
  }
  if (found.count !== known.count) writeCart(c, found);
  return next(found);
}

/** Leads to the confirmation of an order, which this browser may see from now on. */
export function confirm(c: Ctx, order: string): Response {
  writeCart(c, undefined);
  rememberOrder(c, order);
  return c.redirect(`/order/${order}`, 303);
}

/** Adds to the visitor's cart, or to a new one where there is none or it became an order. True if the one they had is gone. */
async function add(c: Ctx, variant: string, quantity: number): Promise<boolean> {
  const shop = c.get("shop");
  const known = c.get("cart");
  const found = known && (await findCart(shop, known.id));
  const { id } = found && !found.completed ? found : await createCart(shop);
  writeCart(c, await addToCart(shop, id, variant, quantity));
  return known !== undefined && !found;
}

function cartPage(c: Ctx, found: Cart | undefined, { notice, problem }: { notice?: string; problem?: { line: string; text: string } }) {
  const money = moneyOf(c, found?.currency);
  return page(c, { title: problem ? "Problem in your cart" : "Your cart", status: problem ? 422 : 200 }, <CartPage cart={found} money={money} notice={notice} problem={problem} />);
}

const pieces = (text: string): number | undefined => (/^\d{1,3}$/.test(text) ? Number(text) : undefined);

const reason = (refused: Refused): string => (refused.lacksStock ? "There are not that many left. Please choose a smaller quantity." : refused.message);
