import { certificateSolvers, containerMaxOf, quotaOf, type PodDemand } from "../shared/quota";
import type { WorkloadSize } from "../shared/sizes";
import { ephemeral, type MedusaSizes } from "./sizes";

const rolling = (size: WorkloadSize): PodDemand => ({ count: size.replicas + 2, ...size, ...ephemeral });

/**
 * The pods of a shop at its busiest: all parts rolling out at once, each with a pod that starts and one that still
 * ends, and the Job before and after a change.
 */
const podsFor = (sizes: MedusaSizes): PodDemand[] => [
  rolling(sizes.server),
  rolling(sizes.worker),
  rolling(sizes.storefront),
  { count: 1, ...sizes.postgres, ...ephemeral },
  { count: 1, ...sizes.redis, ...ephemeral },
  { count: 2, ...sizes.job, ...ephemeral },
  certificateSolvers,
];

/** The quota that fits a shop at its busiest. */
export const quotaFor = (sizes: MedusaSizes) => quotaOf(podsFor(sizes), [sizes.volumes.postgres, sizes.volumes.redis]);

/** The most that one container of a shop may use. */
export const containerMaxFor = (sizes: MedusaSizes) => containerMaxOf(podsFor(sizes));
