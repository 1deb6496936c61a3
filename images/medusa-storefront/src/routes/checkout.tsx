import { Hono } from "hono";
import { readOrders } from "../http/cookies";
import type { Ctx, Env } from "../http/context";
import { readForm } from "../http/form";
import { Refused } from "../medusa/api";
import { setAddress, type Cart } from "../medusa/cart";
import { chooseDelivery, deliveryOptions, findOrder, placeOrder, takesCashOnDelivery } from "../medusa/checkout";
import { AddressPage, type AddressForm, type Problems } from "../pages/address";
import { DeliveryPage, ReviewPage } from "../pages/delivery";
import { orderNotFoundPage } from "../pages/errors";
import { page } from "../pages/layout";
import { OrderPage } from "../pages/order";
import { checkAddress, fieldOf, readAddress } from "./address-form";
import { confirm, withCart } from "./cart";
import { moneyOf } from "./catalogue";

// Address, delivery, review: each step is a form that leads on to the next, and back to the first one that lacks something.
export const checkout = new Hono<Env>()
  .get("/checkout", (c) => withFullCart(c, async (cart) => addressPage(c, cart, { ...cart.address, email: cart.email })))

  .post("/checkout", (c) =>
    withFullCart(c, async (cart) => {
      const shop = c.get("shop");
      const values = readAddress(await readForm(c));
      const problems = checkAddress(values, shop.countries);
      if (Object.keys(problems).length > 0) return addressPage(c, cart, values, problems);
      try {
        const { email = "", ...address } = values;
        await setAddress(shop, cart.id, email, address);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return addressPage(c, cart, values, { [fieldOf(error.message)]: error.message });
      }
      // Where there is nothing to choose, it is not asked.
      const [option, ...more] = await deliveryOptions(shop, cart.id);
      if (!option || more.length > 0) return c.redirect("/checkout/delivery", 303);
      return deliver(c, cart, option.id);
    }),
  )

  .get("/checkout/delivery", (c) => withAddress(c, (cart) => deliveryPage(c, cart)))
  .post("/checkout/delivery", (c) => withAddress(c, async (cart) => deliver(c, cart, (await readForm(c))("option"))))

  .get("/checkout/review", (c) => withDelivery(c, (cart) => reviewPage(c, cart)))

  .post("/checkout/order", (c) =>
    withDelivery(c, async (cart) => {
      const total = (await readForm(c))("total");
      if (total !== String(cart.totals.total)) return reviewPage(c, cart, "The price has changed in the meantime. Please check it once more.");
      try {
        return confirm(c, await placeOrder(c.get("shop"), cart.id));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return reviewPage(c, cart, orderProblem(error));
      }
    }),
  )

  .get("/order/:id", async (c) => {
    const id = c.req.param("id");
    const { countries } = c.get("shop");
    const order = readOrders(c).includes(id) ? await findOrder(c.get("shop"), id) : undefined;
    if (!order) return orderNotFoundPage(c);
    return page(c, { title: "Thank you for your order" }, <OrderPage order={order} countries={countries} money={moneyOf(c, order.currency)} />);
  });

/** An order form that is sent again when its cart is gone already leads to the same confirmation. */
const withFullCart = (c: Ctx, next: (cart: Cart) => Promise<Response>) =>
  withCart(c, async (cart) => {
    if (cart && cart.lines.length > 0) return next(cart);
    const [placed] = readOrders(c);
    return c.redirect(placed && c.req.path === "/checkout/order" ? `/order/${placed}` : "/cart", 303);
  });

const withAddress = (c: Ctx, next: (cart: Cart) => Promise<Response>) =>
  withFullCart(c, async (cart) => (cart.email && cart.address.address_1 ? next(cart) : c.redirect("/checkout", 303)));

const withDelivery = (c: Ctx, next: (cart: Cart) => Promise<Response>) =>
  withAddress(c, async (cart) => (cart.deliveryId ? next(cart) : c.redirect("/checkout/delivery", 303)));

async function deliver(c: Ctx, cart: Cart, option: string): Promise<Response> {
  try {
    await chooseDelivery(c.get("shop"), cart.id, option);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return deliveryPage(c, cart, `Please choose how to deliver. (${error.message})`);
  }
  return c.redirect("/checkout/review", 303);
}

async function addressPage(c: Ctx, cart: Cart, values: AddressForm, problems?: Problems) {
  const { countries, country } = c.get("shop");
  const title = problems ? "Problem with the address" : "Address";
  const known = { ...values, country_code: values.country_code ?? country };
  return page(
    c,
    { title, status: problems ? 422 : 200 },
    <AddressPage cart={cart} money={moneyOf(c, cart.currency)} countries={countries} values={known} problems={problems} />,
  );
}

async function deliveryPage(c: Ctx, cart: Cart, problem?: string) {
  const options = await deliveryOptions(c.get("shop"), cart.id);
  const body = <DeliveryPage cart={cart} money={moneyOf(c, cart.currency)} options={options} problem={problem} />;
  return page(c, { title: problem ? "Problem with the delivery" : "Delivery", status: problem ? 422 : 200 }, body);
}

async function reviewPage(c: Ctx, cart: Cart, problem?: string) {
  const payable = await takesCashOnDelivery(c.get("shop"));
  const body = <ReviewPage cart={cart} money={moneyOf(c, cart.currency)} countries={c.get("shop").countries} payable={payable} problem={problem} />;
  return page(c, { title: problem ? "Problem with the order" : "Review", status: problem ? 422 : 200 }, body);
}

const orderProblem = (refused: Refused): string =>
  refused.lacksStock ? "There is no longer enough of something in your cart. Please change your cart and try again." : `The order was not placed: ${refused.message}`;
