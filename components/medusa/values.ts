import type { MedusaArgs } from "./args";

/** The release's name in every store's namespace, and the first part of its objects' names. */
export const release = "medusa";
/** The Secrets whose names the chart gets instead of their values. */
export const secretNames = {
  admin: `${release}-admin`,
  database: `${release}-database`,
  redis: `${release}-redis`,
  app: `${release}-app`,
};

/** What differs from the chart's own values.yaml, which describes every one of them. */
export function chartValues(args: MedusaArgs) {
  const { smtp } = args;
  return {
    ...(args.images && { images: args.images }),
    imagePullSecrets: args.imagePullSecret === undefined ? [] : [args.imagePullSecret],
    labels: args.labels ?? {},
    shop: {
      title: args.title,
      adminEmail: args.adminEmail,
      currency: args.currency ?? "EUR",
      country: args.country ?? "DE",
      countries: args.countries ?? [],
      shippingPrice: args.shippingPrice ?? 5,
      products: args.products ?? [],
    },
    ingress: {
      className: args.ingressClass ?? "traefik",
      host: args.host,
      domains: args.domains ?? [],
      tlsIssuer: args.tls?.issuer ?? "",
    },
    ...(smtp && { smtp: { host: smtp.host, port: smtp.port, from: smtp.from, ...smtp.login } }),
    secrets: secretNames,
    storageClass: args.storageClass ?? "",
    sizes: args.sizes,
    suspended: args.suspended ?? false,
    chartDigest: args.chartDigest ?? "",
  };
}
