import type { Input } from "@pulumi/pulumi";

import type { MedusaSizes } from "../../config/plans";
import type { ShopArgs } from "../shared/shop-args";

export interface MedusaArgs extends ShopArgs {
  /**
   * CPU, memory, replicas and volumes of each part.
   * @example `plans.medusa.small` of `config/plans`
   */
  readonly sizes: MedusaSizes;
  /**
   * Countries that the shop sells to, as ISO 3166-1 alpha-2 codes, upper case.
   * @default its own
   * @example `["DE", "FR"]`
   */
  readonly countries?: Input<Input<string>[]>;
  /**
   * Flat price of the standard shipping option, in the shop's currency.
   * @default 5
   */
  readonly shippingPrice?: Input<number>;
  /**
   * Colour of the storefront's buttons and links, `#rrggbb` in lower case.
   * @default one that follows from the title
   * @example "#0a7d5c"
   */
  readonly accent?: Input<string>;
  /**
   * Whether the namespace's own policies deny all connections that nothing allows; the chart then allows what its parts need.
   * @default false
   */
  readonly isolated?: Input<boolean>;
  /**
   * The application and the storefront of this project, Postgres and Redis.
   * @default the chart's
   * @example `{ postgres: "registry.example.com/postgres:17" }`
   */
  readonly images?: { readonly medusa?: Input<string>; readonly storefront?: Input<string>; readonly postgres?: Input<string>; readonly redis?: Input<string> };
}
