import { commonShopValues, commonValues, secretValues } from "../shared/shop-values";
import { requireSizes } from "../shared/wrong-args";
import type { WooCommerceArgs } from "./args";
import { sizeValues } from "./sizes";

/** The release's name in every store's namespace, and the first part of its objects' names. */
export const engine = "woocommerce";
/** The Secrets whose names the chart gets instead of their values. */
export const secretNames = { admin: `${engine}-admin`, database: `${engine}-database`, salts: `${engine}-salts` };

/** What differs from the chart's own values.yaml, which describes every one of them. */
export function chartValues(args: WooCommerceArgs) {
  const { wordpress, mariadb, jobs } = sizeValues(requireSizes("woocommerce", args.sizes), Boolean(args.sharedStorageClass));
  const storageClass = args.storageClass ?? "";
  const uploads = args.sharedStorageClass
    ? { storageClass: args.sharedStorageClass, accessMode: "ReadWriteMany" }
    : { storageClass, accessMode: "ReadWriteOnce" };
  return {
    ...commonValues(args),
    ...(args.images && { images: args.images }),
    shop: { ...commonShopValues(args), timezone: args.timezone ?? "UTC", guestCheckout: args.guestCheckout ?? true },
    egress: args.egress ?? "deny",
    ...secretValues(secretNames, args),
    wordpress: { ...wordpress, uploads: { size: wordpress.uploads, ...uploads } },
    mariadb: { ...mariadb, volume: { size: mariadb.volume, storageClass } },
    jobs,
  };
}
