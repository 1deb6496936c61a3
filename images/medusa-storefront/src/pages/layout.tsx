import { html } from "hono/html";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Ctx } from "../http/context";
import { Icon, type IconName } from "../look/icons";
import { iconPath, scriptPath, stylePath } from "../look/assets";
import { colourOf } from "../look/colour";
import type { Shop } from "../medusa/shop";

interface Page {
  /** Of the document; the shop's title is added. */
  title: string;
  status?: ContentfulStatusCode;
  /** Text in the search field. */
  search?: string;
  /** For search engines; pages that they should not know have none. */
  listed?: { path: string; description: string };
}

/** Answers with a page of the shop around `body`. Works without shop and cart, too: when the backend is down. */
export function page(c: Ctx, { title, status = 200, search, listed }: Page, body: Child) {
  const shop: Shop | undefined = c.get("shop");
  const name = shop?.title ?? "Shop";
  const colour = shop?.accent || colourOf(name);
  // A page tells what is in the cart, and stock changes: browsers ask again, and nobody else keeps it.
  c.header("Cache-Control", "private, no-cache");
  const document = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title === name ? name : `${title} – ${name}`}</title>
        {listed ? <meta name="description" content={listed.description.slice(0, 160)} /> : <meta name="robots" content="noindex" />}
        {listed && <link rel="canonical" href={new URL(listed.path, c.get("publicUrl")).href} />}
        <meta name="color-scheme" content="light dark" />
        <link rel="stylesheet" href={stylePath(colour)} />
        <link rel="icon" type="image/svg+xml" href={iconPath(colour)} />
        <script type="module" src={scriptPath}></script>
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <header class="top">
          <a class="brand" href="/">
            {name}
          </a>
          <form class="search" action="/" role="search" aria-label="Products">
            <label class="hidden" for="search">
              Search products
            </label>
            <Icon name="search" />
            <input id="search" name="q" type="search" value={search} placeholder="Search" maxlength={100} autocomplete="off" />
          </form>
          <CartLink count={c.get("cart")?.count ?? 0} />
        </header>
        <p id="live" class="hidden" role="status"></p>
        <main id="main" tabindex={-1}>
          {body}
        </main>
        <footer class="bottom">
          <p>{name}</p>
        </footer>
      </body>
    </html>
  );
  return c.html(html`<!doctype html>${document}`, status);
}

const CartLink = ({ count }: { count: number }) => (
  <a class="cart-link" id="cart-link" href="/cart">
    <Icon name="bag" />
    <span class="hidden">Cart, </span>
    <span class={count > 0 ? "count" : "count none"}>{count}</span>
    <span class="hidden">{count === 1 ? " item" : " items"}</span>
  </a>
);

/** Good news after something was done. The browser script reads it out. */
export const Notice = ({ children }: { children?: Child }) => (
  <p class="notice" data-announce>
    {children}
  </p>
);

/** For a cart that the backend does not know any more. */
export const lostCart = "Your last cart was no longer there, so this is a new one.";

/** What went wrong and what to do now; screen readers say it at once. */
export const Alert = ({ children }: { children?: Child }) => (
  <div class="alert" role="alert">
    {children}
  </div>
);

/** A page that says one thing: errors, empty states, thanks. */
export const Message = ({ icon, title, children }: { icon: IconName; title: string; children?: Child }) => (
  <section class="message">
    <span class="mark">
      <Icon name={icon} />
    </span>
    <h1>{title}</h1>
    {children}
  </section>
);
