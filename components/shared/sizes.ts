/** What one container of a Job gets. */
export interface JobSize {
  cpuRequest: string;
  /** Absent: as much as the node has free. */
  cpuLimit?: string;
  memoryRequest: string;
  memoryLimit: string;
}

/** What each pod of a workload gets. */
export interface WorkloadSize extends JobSize {
  replicas: number;
}
