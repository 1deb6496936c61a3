import type { Input } from "@pulumi/pulumi";

import type { ShopArgs } from "../shared/shop-args";
import type { UploadsAccessMode, WooCommerceSizes } from "./sizes";

export interface WooCommerceArgs extends ShopArgs {
  /** CPU, memory, replicas and volumes of each part. */
  sizes: WooCommerceSizes;
  /**
   * ReadWriteMany, where the storage class can do it, lets several WordPress pods share the uploads.
   * @default "ReadWriteOnce"
   */
  uploadsAccessMode?: UploadsAccessMode;
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
