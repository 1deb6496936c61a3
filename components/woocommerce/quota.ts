import { certificateSolvers, quotaOf } from "../shared/quota";
import { ephemeral, type WooCommerceSizes } from "./sizes";

/**
 * The quota that fits a shop at its busiest: a roll-out with the pods that it starts beside those that still end, and
 * the Jobs that may overlap (the set-up before and after a change, and one turn of scheduled work).
 */
export function quotaFor(sizes: WooCommerceSizes): Record<string, string> {
  return quotaOf(
    [
      { count: sizes.wordpress.replicas + 2, ...sizes.wordpress, ...ephemeral.wordpress },
      { count: 1, ...sizes.mariadb, ...ephemeral.mariadb },
      { count: 3, ...sizes.job, ...ephemeral.job },
      certificateSolvers,
    ],
    [sizes.volumes.wordpress, sizes.volumes.mariadb],
  );
}
