import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { compress } from "hono/compress";
import type { Env } from "./http/context";
import { readCart } from "./http/cookies";
import { isHttps, isOwnForm, onlyHttps, securityHeaders } from "./http/security";
import { assets } from "./look/assets";
import { KeyRefused, Unavailable } from "./medusa/api";
import type { ShopSource } from "./medusa/shop";
import { brokenPage, forbiddenPage, notFoundPage, tooLargePage, unavailablePage } from "./pages/errors";
import { cart } from "./routes/cart";
import { catalogue } from "./routes/catalogue";
import { checkout } from "./routes/checkout";

/** The Ingress leads these to the server. While none of its pods is ready, some ingress controllers send them here. */
const serverPaths = ["/app", "/admin", "/auth", "/store", "/hooks", "/static", "/health"];

export function createApp(publicUrl: URL, shops: ShopSource): Hono<Env> {
  const app = new Hono<Env>();
  app.use(onlyHttps(publicUrl));

  // For probes. Ready once the shop's settings are known; while the backend is away later, a friendly page is better than none.
  app.get("/alive", (c) => c.text("OK"));
  app.get("/ready", (c) =>
    shops.get().then(
      () => c.text("ready"),
      () => c.text("not ready", 503),
    ),
  );

  app.use(async (c, next) => {
    c.set("publicUrl", publicUrl);
    c.set("https", isHttps(c));
    c.set("cart", readCart(c));
    await next();
  });
  app.use(securityHeaders, compress());
  app.route("/assets", assets);
  app.get("/robots.txt", (c) => c.text("User-agent: *\nDisallow: /cart\nDisallow: /checkout\nDisallow: /order\n"));

  app.use(async (c, next) => {
    c.set("shop", await shops.get());
    await next();
  });
  for (const path of serverPaths) app.all(`${path}/*`, unavailablePage);
  app.post("*", bodyLimit({ maxSize: 64 * 1024, onError: tooLargePage }), (c, next) => (isOwnForm(c) ? next() : forbiddenPage(c)));
  app.route("/", catalogue).route("/cart", cart).route("/", checkout);

  app.notFound(notFoundPage);
  app.onError((error, c) => {
    const expected = error instanceof Unavailable;
    console.error(`storefront: ${c.req.method} ${c.req.path}: ${expected ? error.message : error.stack}`);
    if (error instanceof KeyRefused) shops.doubtKey();
    return expected ? unavailablePage(c) : brokenPage(c);
  });
  return app;
}
