import type { MiddlewareHandler } from "hono";
import type { Ctx, Env } from "./context";

/** How the browser came, if a proxy in front says so. */
const forwardedProtocol = (c: Ctx) => c.req.header("x-forwarded-proto")?.split(",")[0]?.trim();

/** What the proxy in front says, else what the shop's own address says. */
export const isHttps = (c: Ctx): boolean => (forwardedProtocol(c) ?? c.get("publicUrl").protocol.slice(0, -1)) === "https";

/**
 * A shop on https has no page without it, but for what proves to a certificate authority that the host is ours. Probes and whoever
 * else comes past the proxy are not sent on.
 */
export const onlyHttps = (publicUrl: URL): MiddlewareHandler<Env> => async (c, next) => {
  const { hostname, pathname, search } = new URL(c.req.url);
  if (publicUrl.protocol !== "https:" || forwardedProtocol(c) !== "http" || pathname.startsWith("/.well-known/acme-challenge/")) return next();
  // By its port, where that is not the usual one: the ingress answers all hosts on the same.
  return c.redirect(`https://${hostname}${publicUrl.port && `:${publicUrl.port}`}${pathname}${search}`, 308);
};

/** Nothing may load but the storefront's own files; pictures may come from wherever the shop keeps them. */
const policy = (https: boolean) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    `img-src 'self' https:${https ? "" : " http:"}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

export const securityHeaders: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  const https = c.get("https");
  c.header("Content-Security-Policy", policy(https));
  c.header("X-Content-Type-Options", "nosniff");
  // Not "no-referrer": with that, browsers would send no origin with a form either.
  c.header("Referrer-Policy", "strict-origin-when-cross-origin");
  c.header("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()");
  // Over plain HTTP browsers ignore these, and complain of the first.
  if (!https) return;
  c.header("Cross-Origin-Opener-Policy", "same-origin");
  c.header("Strict-Transport-Security", "max-age=31536000");
};

/** A form counts only if a page of this very shop sent it: browsers name the origin of every POST. */
export function isOwnForm(c: Ctx): boolean {
  const origin = c.req.header("origin") ?? "";
  if (!URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  return host === c.req.header("host")?.toLowerCase() || host === c.get("publicUrl").host;
}
