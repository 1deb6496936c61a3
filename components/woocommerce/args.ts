import type { Input } from "@pulumi/pulumi";

import type { WooCommerceSizes } from "../../config/plans";
import type { ShopArgs } from "../shared/shop-args";

export interface WooCommerceArgs extends ShopArgs {
  /**
   * CPU, memory, replicas and volumes of each part.
   * @example `plans.woocommerce.small` of `config/plans`
   */
  readonly sizes: WooCommerceSizes;
  /**
   * A StorageClass whose volumes many pods mount at the same time (ReadWriteMany): the uploads go there, and as many
   * WordPress pods serve as `sizes` says.
   * @default none: the uploads go to `storageClass`, and one pod serves
   * @example "nfs-client"
   */
  readonly sharedStorageClass?: Input<string>;
  /**
   * The shop's time, by its IANA name.
   * @default "UTC"
   * @example "Europe/Berlin"
   */
  readonly timezone?: Input<string>;
  /**
   * Whether shoppers can order without an account.
   * @default true
   */
  readonly guestCheckout?: Input<boolean>;
  /**
   * Whether network policies let the shop's pods reach the internet.
   * @default "deny"
   */
  readonly egress?: "allow" | "deny";
  /**
   * Images with WordPress, WooCommerce and WP-CLI, and with MariaDB.
   * @default the chart's
   * @example `{ mariadb: "registry.example.com/mariadb:10.11" }`
   */
  readonly images?: { readonly wordpress?: Input<string>; readonly mariadb?: Input<string> };
}
