import { commonShopValues, commonValues } from "../shared/shop-values";
import type { WooCommerceArgs } from "./args";
import { bufferPoolIn, resourcesOf, workersIn } from "./sizes";

/** The release's name in every store's namespace, and the first part of its objects' names. */
export const engine = "woocommerce";
/** The Secrets whose names the chart gets instead of their values. */
export const secretNames = { admin: `${engine}-admin`, database: `${engine}-database`, salts: `${engine}-salts` };

/** What differs from the chart's own values.yaml, which describes every one of them. */
export function chartValues(args: WooCommerceArgs) {
  const { sizes } = args;
  const storageClass = args.storageClass ?? "";
  const uploads = args.sharedStorageClass
    ? { storageClass: args.sharedStorageClass, accessMode: "ReadWriteMany" }
    : { storageClass, accessMode: "ReadWriteOnce" };
  return {
    ...commonValues(args),
    ...(args.images && { images: args.images }),
    shop: { ...commonShopValues(args), timezone: args.timezone ?? "UTC", guestCheckout: args.guestCheckout ?? true },
    egress: args.egress ?? "deny",
    secrets: secretNames,
    wordpress: {
      replicas: args.sharedStorageClass ? sizes.wordpress.replicas : 1,
      maxWorkers: workersIn(sizes.wordpress.memoryLimit),
      resources: resourcesOf(sizes.wordpress, "wordpress"),
      uploads: { size: sizes.volumes.wordpress, ...uploads },
    },
    mariadb: {
      bufferPool: bufferPoolIn(sizes.mariadb.memoryRequest),
      resources: resourcesOf(sizes.mariadb, "mariadb"),
      volume: { size: sizes.volumes.mariadb, storageClass },
    },
    jobs: { resources: resourcesOf(sizes.job, "job") },
  };
}
