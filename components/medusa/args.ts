import type { Input } from "@pulumi/pulumi";

import type { ShopArgs } from "../shared/shop-args";
import type { MedusaSizes } from "./sizes";

export interface MedusaArgs extends ShopArgs {
  /** CPU, memory, replicas and volumes of each part. */
  sizes: MedusaSizes;
  /**
   * Countries that the shop sells to, as ISO 3166-1 alpha-2 codes, upper case.
   * @default its own
   */
  countries?: Input<Input<string>[]>;
  /**
   * Flat price of the standard shipping option.
   * @default 5
   */
  shippingPrice?: Input<number>;
  /**
   * Colour of the storefront's buttons and links, `#rrggbb` in lower case.
   * @default one that follows from the title
   */
  accent?: Input<string>;
  /**
   * Whether the namespace's own policies deny all connections that nothing allows; the chart then allows what its parts need.
   * @default false
   */
  isolated?: Input<boolean>;
  /**
   * The application and the storefront of this project, Postgres and Redis.
   * @default the chart's
   */
  images?: { medusa?: Input<string>; storefront?: Input<string>; postgres?: Input<string>; redis?: Input<string> };
}
