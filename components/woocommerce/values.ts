import type { WooCommerceArgs } from "./args";
import { bufferPoolIn, resourcesOf, workersIn } from "./sizes";

/** The release's name in every store's namespace, and the first part of its objects' names. */
export const release = "woocommerce";
/** The Secrets whose names the chart gets instead of their values. */
export const secretNames = { admin: `${release}-admin`, database: `${release}-database`, salts: `${release}-salts` };

/** What differs from the chart's own values.yaml, which describes every one of them. */
export function chartValues(args: WooCommerceArgs) {
  const { sizes, smtp } = args;
  const accessMode = args.uploadsAccessMode ?? "ReadWriteOnce";
  const storageClass = args.storageClass ?? "";
  return {
    ...(args.images && { images: args.images }),
    imagePullSecrets: args.imagePullSecret === undefined ? [] : [args.imagePullSecret],
    labels: args.labels ?? {},
    shop: {
      title: args.title,
      adminEmail: args.adminEmail,
      currency: args.currency ?? "EUR",
      country: args.country ?? "DE",
      timezone: args.timezone ?? "UTC",
      guestCheckout: args.guestCheckout ?? true,
      products: args.products ?? [],
    },
    ingress: {
      className: args.ingressClass ?? "traefik",
      host: args.host,
      domains: args.domains ?? [],
      tlsIssuer: args.tls?.issuer ?? "",
    },
    egress: args.egress ?? "deny",
    ...(smtp && { smtp: { host: smtp.host, port: smtp.port, from: smtp.from, ...smtp.login } }),
    secrets: secretNames,
    wordpress: {
      replicas: accessMode === "ReadWriteMany" ? sizes.wordpress.replicas : 1,
      maxWorkers: workersIn(sizes.wordpress.memoryLimit),
      resources: resourcesOf(sizes.wordpress, "wordpress"),
      uploads: { size: sizes.volumes.wordpress, storageClass, accessMode },
    },
    mariadb: {
      bufferPool: bufferPoolIn(sizes.mariadb.memoryRequest),
      resources: resourcesOf(sizes.mariadb, "mariadb"),
      volume: { size: sizes.volumes.mariadb, storageClass },
    },
    jobs: { resources: resourcesOf(sizes.job, "job") },
    suspended: args.suspended ?? false,
    chartDigest: args.chartDigest ?? "",
  };
}
