import type { Ctx } from "../http/context";
import { Message, page } from "./layout";

const Home = () => (
  <p>
    <a class="button" href="/">
      See all products
    </a>
  </p>
);

export const notFoundPage = (c: Ctx) =>
  page(
    c,
    { title: "Page not found", status: 404 },
    <Message icon="signpost" title="Page not found">
      <p>It may have moved, or the product is no longer sold.</p>
      <Home />
    </Message>,
  );

/** Only the browser that placed an order may see it. */
export const orderNotFoundPage = (c: Ctx) =>
  page(
    c,
    { title: "Order not found", status: 404 },
    <Message icon="signpost" title="Order not found">
      <p>Orders are shown for a week, in the browser that placed them. The shop has yours nevertheless.</p>
      <Home />
    </Message>,
  );

export const forbiddenPage = (c: Ctx) =>
  page(
    c,
    { title: "Form refused", status: 403 },
    <Message icon="warning" title="This form did not come from our shop">
      <p>Nothing was changed. Please open the shop and try again from there.</p>
      <Home />
    </Message>,
  );

export const tooLargePage = (c: Ctx) =>
  page(
    c,
    { title: "Too much", status: 413 },
    <Message icon="warning" title="That was too much at once">
      <p>Please send less.</p>
      <Home />
    </Message>,
  );

export function unavailablePage(c: Ctx) {
  c.header("Retry-After", "30");
  return page(
    c,
    { title: "Back soon", status: 503 },
    <Message icon="clock" title="We will be right back">
      <p>The shop is taking a short break. Please try again in a minute; your cart is kept.</p>
      {c.req.path === "/checkout/order" && <p>If you were placing an order: repeat it without worry, it is placed only once.</p>}
      <p>
        <a class="button" href={c.req.method === "GET" ? c.req.path : "/cart"}>
          Try again
        </a>
      </p>
    </Message>,
  );
}

export const brokenPage = (c: Ctx) =>
  page(
    c,
    { title: "Something went wrong", status: 500 },
    <Message icon="warning" title="Something went wrong">
      <p>That is our fault. Please try again; your cart is kept.</p>
      <Home />
    </Message>,
  );
