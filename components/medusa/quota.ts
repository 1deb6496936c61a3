import { certificateSolvers, quotaOf } from "../shared/quota";
import type { WorkloadSize } from "../shared/sizes";
import { ephemeral, type MedusaSizes } from "./sizes";

/**
 * The quota that fits a shop at its busiest: all parts rolling out at once, each with a pod that starts and one that
 * still ends, and the Job before and after a change.
 */
export function quotaFor(sizes: MedusaSizes): Record<string, string> {
  const rolling = (size: WorkloadSize) => ({ count: size.replicas + 2, ...size, ...ephemeral });
  return quotaOf(
    [
      rolling(sizes.server),
      rolling(sizes.worker),
      rolling(sizes.storefront),
      { count: 1, ...sizes.postgres, ...ephemeral },
      { count: 1, ...sizes.redis, ...ephemeral },
      { count: 2, ...sizes.job, ...ephemeral },
      certificateSolvers,
    ],
    [sizes.volumes.postgres, sizes.volumes.redis],
  );
}
