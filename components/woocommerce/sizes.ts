import { mebibytes } from "../../config/quantity";
import type { JobSize, WorkloadSize } from "../shared/sizes";

/** How much the parts of one shop get. */
export interface WooCommerceSizes {
  /** Replicas above 1 take effect where uploads are shared (`sharedStorageClass`). */
  wordpress: WorkloadSize;
  mariadb: WorkloadSize;
  /** The set-up Job's pod and those of the CronJob. */
  job: JobSize;
  volumes: { wordpress: string; mariadb: string };
}

/** Logs, temporary files and uploads on their way; the same in every plan. */
export const ephemeral = {
  wordpress: { ephemeralRequest: "128Mi", ephemeralLimit: "1Gi" },
  mariadb: { ephemeralRequest: "128Mi", ephemeralLimit: "1Gi" },
  job: { ephemeralRequest: "64Mi", ephemeralLimit: "512Mi" },
} as const;

/** A container's `resources`. */
export function resourcesOf(size: JobSize, part: keyof typeof ephemeral) {
  const { ephemeralRequest, ephemeralLimit } = ephemeral[part];
  return {
    requests: { cpu: size.cpuRequest, memory: size.memoryRequest, "ephemeral-storage": ephemeralRequest },
    limits: { ...(size.cpuLimit && { cpu: size.cpuLimit }), memory: size.memoryLimit, "ephemeral-storage": ephemeralLimit },
  };
}

/** PHP processes that fit: some 64Mi each, beside the 128Mi that they share for compiled code. */
export function workersIn(memoryLimit: string): number {
  return Math.max(2, Math.floor((mebibytes(memoryLimit) - 128) / 64));
}

/** Half of what the database is sure to have. */
export function bufferPoolIn(memoryRequest: string): string {
  return `${Math.floor(mebibytes(memoryRequest) / 2)}Mi`;
}
