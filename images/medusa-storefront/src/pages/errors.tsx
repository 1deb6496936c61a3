import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Ctx } from "../http/context";
import type { IconName } from "../look/icons";
import { Message, page } from "./layout";

interface Said {
  icon: IconName;
  /** Of the document. */
  title: string;
  /** @default the title */
  heading?: string;
  text: string;
}

/** A page that says what is wrong, and leads back to the products. */
const saying =
  (status: ContentfulStatusCode, { icon, title, heading = title, text }: Said) =>
  (c: Ctx) =>
    page(
      c,
      { title, status },
      <Message icon={icon} title={heading}>
        <p>{text}</p>
        <p>
          <a class="button" href="/">
            See all products
          </a>
        </p>
      </Message>,
    );

export const notFoundPage = saying(404, { icon: "signpost", title: "Page not found", text: "It may have moved, or the product is no longer sold." });

/** Only the browser that placed an order may see it. */
export const orderNotFoundPage = saying(404, {
  icon: "signpost",
  title: "Order not found",
  text: "Orders are shown for a week, in the browser that placed them. The shop has yours nevertheless.",
});

export const forbiddenPage = saying(403, {
  icon: "warning",
  title: "Form refused",
  heading: "This form did not come from our shop",
  text: "Nothing was changed. Please open the shop and try again from there.",
});

export const tooLargePage = saying(413, { icon: "warning", title: "Too much", heading: "That was too much at once", text: "Please send less." });

export const brokenPage = saying(500, { icon: "warning", title: "Something went wrong", text: "That is our fault. Please try again; your cart is kept." });

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
