import type { JobSize, WooCommerceSizes } from "../../config/plans";
import { mebibytes } from "../../config/quantity";
import { certificateSolvers, roomOf, type PodDemand, type Room } from "../shared/room";

/** Logs, temporary files and uploads on their way; the same in every plan. */
const ephemeral = {
  wordpress: { ephemeralRequest: "128Mi", ephemeralLimit: "1Gi" },
  mariadb: { ephemeralRequest: "128Mi", ephemeralLimit: "1Gi" },
  job: { ephemeralRequest: "64Mi", ephemeralLimit: "512Mi" },
} as const;

/**
 * The values of the chart that follow from sizes.
 * @param shared whether the uploads' volume serves many pods; else there is one
 */
export function sizeValues({ wordpress, mariadb, job, volumes }: WooCommerceSizes, shared: boolean) {
  return {
    wordpress: { replicas: shared ? wordpress.replicas : 1, maxWorkers: workersIn(wordpress.memoryLimit), resources: resourcesOf(wordpress, "wordpress"), uploads: volumes.wordpress },
    mariadb: { bufferPool: bufferPoolIn(mariadb.memoryRequest), resources: resourcesOf(mariadb, "mariadb"), volume: volumes.mariadb },
    jobs: { resources: resourcesOf(job, "job") },
  };
}

/**
 * Room for a shop at its busiest: a roll-out with the pods that it starts beside those that still end, and the Jobs
 * that may overlap (the set-up before and after a change, and one turn of scheduled work).
 * @param more pods of others beside the shop
 */
export function roomFor({ wordpress, mariadb, job, volumes }: WooCommerceSizes, more: PodDemand[] = []): Room {
  const demand = (count: number, size: JobSize, part: keyof typeof ephemeral): PodDemand => ({ count, ...size, ...ephemeral[part] });
  const pods = [demand(wordpress.replicas + 2, wordpress, "wordpress"), demand(1, mariadb, "mariadb"), demand(3, job, "job"), certificateSolvers, ...more];
  return roomOf(pods, [volumes.wordpress, volumes.mariadb]);
}

/** A container's `resources`. */
function resourcesOf(size: JobSize, part: keyof typeof ephemeral) {
  const { ephemeralRequest, ephemeralLimit } = ephemeral[part];
  return {
    requests: { cpu: size.cpuRequest, memory: size.memoryRequest, "ephemeral-storage": ephemeralRequest },
    limits: { ...(size.cpuLimit && { cpu: size.cpuLimit }), memory: size.memoryLimit, "ephemeral-storage": ephemeralLimit },
  };
}

/** PHP processes that fit: some 64Mi each, beside the 128Mi that they share for compiled code. */
const workersIn = (memoryLimit: string) => Math.max(2, Math.floor((mebibytes(memoryLimit) - 128) / 64));

/** Half of what the database is sure to have. */
const bufferPoolIn = (memoryRequest: string) => `${Math.floor(mebibytes(memoryRequest) / 2)}Mi`;
