import type { Input } from "@pulumi/pulumi";

import type { ShopArgs } from "../shared/shop-args";
import type { WooCommerceSizes } from "./sizes";

export interface WooCommerceArgs extends ShopArgs {
  /** CPU, memory, replicas and volumes of each part. */
  sizes: WooCommerceSizes;
  /**
   * A StorageClass whose volumes many pods mount at the same time (ReadWriteMany): the uploads go there, and as many
   * WordPress pods serve as `sizes` says.
   * @default none: the uploads go to `storageClass`, and one pod serves
   */
  sharedStorageClass?: Input<string>;
  /**
   * IANA name.
   * @default "UTC"
   */
  timezone?: Input<string>;
  /**
   * Whether shoppers can order without an account.
   * @default true
   */
  guestCheckout?: Input<boolean>;
  /**
   * Whether network policies let the shop's pods reach the internet.
   * @default "deny"
   */
  egress?: "allow" | "deny";
  /**
   * Images with WordPress, WooCommerce and WP-CLI, and with MariaDB.
   * @default the chart's
   */
  images?: { wordpress?: Input<string>; mariadb?: Input<string> };
}
