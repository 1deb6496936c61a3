import { commonShopValues, commonValues, secretValues } from "../shared/shop-values";
import { requireSizes } from "../shared/wrong-args";
import type { MedusaArgs } from "./args";
import { sizeValues } from "./sizes";

/** The release's name in every store's namespace, and the first part of its objects' names. */
export const engine = "medusa";
/** The Secrets whose names the chart gets instead of their values. */
export const secretNames = {
  admin: `${engine}-admin`,
  database: `${engine}-database`,
  redis: `${engine}-redis`,
  app: `${engine}-app`,
};

/** What differs from the chart's own values.yaml, which describes every one of them. */
export function chartValues(args: MedusaArgs) {
  return {
    ...commonValues(args),
    smtpRevision: args.smtp?.login?.revision ?? "",
    ...(args.images && { images: args.images }),
    shop: { ...commonShopValues(args), countries: args.countries ?? [], shippingPrice: args.shippingPrice ?? 5, accent: args.accent ?? "" },
    ...secretValues(secretNames, args),
    storageClass: args.storageClass ?? "",
    isolated: args.isolated ?? false,
    ...sizeValues(requireSizes("medusa", args.sizes)),
  };
}
