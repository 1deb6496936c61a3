import { certificateSolvers, containerMaxOf, quotaOf, type PodDemand } from "../shared/quota";
import { ephemeral, type WooCommerceSizes } from "./sizes";

/**
 * The pods of a shop at its busiest: a roll-out with the pods that it starts beside those that still end, and the Jobs
 * that may overlap (the set-up before and after a change, and one turn of scheduled work).
 */
const podsFor = (sizes: WooCommerceSizes): PodDemand[] => [
  { count: sizes.wordpress.replicas + 2, ...sizes.wordpress, ...ephemeral.wordpress },
  { count: 1, ...sizes.mariadb, ...ephemeral.mariadb },
  { count: 3, ...sizes.job, ...ephemeral.job },
  certificateSolvers,
];

/** The quota that fits a shop at its busiest. */
export const quotaFor = (sizes: WooCommerceSizes) => quotaOf(podsFor(sizes), [sizes.volumes.wordpress, sizes.volumes.mariadb]);

/** The most that one container of a shop may use. */
export const containerMaxFor = (sizes: WooCommerceSizes) => containerMaxOf(podsFor(sizes));
