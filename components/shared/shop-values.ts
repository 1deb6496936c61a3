import { secondsForProducts } from "../../config/catalogue";
import { portIn } from "../../config/url";
import type { ShopArgs } from "./shop-args";

/** The chart values that every engine's chart takes. */
export function commonValues({ smtp, imagePullSecret, labels, ingressClass, host, domains, tls, ports, suspended, products = [], chartDigest }: ShopArgs) {
  const port = portIn(tls !== undefined, ports);
  return {
    imagePullSecrets: imagePullSecret === undefined ? [] : [imagePullSecret],
    labels: labels ?? {},
    ingress: { className: ingressClass ?? "traefik", host, domains: domains ?? [], tlsIssuer: tls?.issuer ?? "", wildcard: tls?.wildcard ?? false, ...(port && { port }) },
    ...(smtp && { smtp: { host: smtp.host, port: smtp.port, from: smtp.from, ...(smtp.login && { username: smtp.login.username, passwordSecret: smtp.login.passwordSecret }) } }),
    suspended: suspended ?? false,
    productSeconds: secondsForProducts(products.length),
    chartDigest: chartDigest ?? "",
  };
}

/** The part of `shop:` in the chart values that every engine's chart takes. */
export function commonShopValues({ title, adminEmail, currency, decimals, country, products }: ShopArgs) {
  return { title, adminEmail, currency: currency ?? "EUR", decimals: decimals ?? 2, country: country ?? "DE", products: products ?? [] };
}

/**
 * The names of a shop's Secrets, and what changes with those from outside.
 * @param own names of the generated ones, by kind
 */
export function secretValues(own: Record<string, string>, { secrets = {} }: ShopArgs) {
  const outside = Object.entries(secrets);
  return {
    secrets: { ...own, ...Object.fromEntries(outside.map(([kind, { name }]) => [kind, name])) },
    secretRevisions: Object.fromEntries(outside.flatMap(([kind, { revision }]) => (revision === undefined ? [] : [[kind, revision]]))),
  };
}
