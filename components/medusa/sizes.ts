import type { JobSize, WorkloadSize } from "../shared/sizes";

/** A part whose volume serves one pod. */
export interface SingleSize extends JobSize {
  replicas: 1;
}

/** How much the parts of one shop get. */
export interface MedusaSizes {
  server: WorkloadSize;
  worker: WorkloadSize;
  storefront: WorkloadSize;
  postgres: SingleSize;
  redis: SingleSize;
  /** The Job that migrates and seeds. */
  job: JobSize;
  volumes: { postgres: string; redis: string };
}

/** Logs and temporary files of one container, as `medusa.resources` of the chart has them. */
export const ephemeral = { ephemeralRequest: "32Mi", ephemeralLimit: "512Mi" } as const;
