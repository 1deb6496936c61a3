import type { JobSize, MedusaSizes, WorkloadSize } from "../../config/plans";
import { certificateSolvers, roomOf, type PodDemand, type Room } from "../shared/room";

/** The chart takes sizes as plans have them, and makes each container's `resources` of them. */
export const sizeValues = (sizes: MedusaSizes) => ({ sizes });

/** Logs and temporary files of one container, as `medusa.resources` of the chart has them. */
const demand = (count: number, size: JobSize): PodDemand => ({ count, ...size, ephemeralRequest: "32Mi", ephemeralLimit: "512Mi" });
const rolling = (size: WorkloadSize) => demand(size.replicas + 2, size);

/**
 * Room for a shop at its busiest: all parts rolling out at once, each with a pod that starts and one that still
 * ends, and the Job before and after a change.
 * @param more pods of others beside the shop
 */
export const roomFor = ({ server, worker, storefront, postgres, redis, job, volumes }: MedusaSizes, more: PodDemand[] = []): Room =>
  roomOf(
    [rolling(server), rolling(worker), rolling(storefront), demand(1, postgres), demand(1, redis), demand(2, job), certificateSolvers, ...more],
    [volumes.postgres, volumes.redis],
  );
