/** What one kind of pod asks for, and how many of them there may be at once. */
export interface PodDemand {
  /** Pods at the same time, roll-outs and terminating ones included. */
  count: number;
  cpuRequest: string;
  memoryRequest: string;
  memoryLimit: string;
  cpuLimit?: string;
  ephemeralRequest: string;
  ephemeralLimit: string;
}

const mebi: Record<string, number> = { Mi: 1, Gi: 1024, Ti: 1024 * 1024 };

/** `100m` or `0.5` in thousandths of a CPU. */
export function millicores(quantity: string): number {
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(quantity);
  if (!match) throw new Error(`"${quantity}" is not a CPU quantity: write it like "100m" or "2"`);
  return Math.ceil(Number(match[1]) * (match[2] ? 1 : 1000));
}

/** `1Gi` in mebibytes. */
export function mebibytes(quantity: string): number {
  const match = /^(\d+)(Mi|Gi|Ti)$/.exec(quantity);
  if (!match) throw new Error(`"${quantity}" is not a size: write it like "256Mi" or "2Gi"`);
  return Number(match[1]) * (mebi[match[2]!] ?? 0);
}

/**
 * A ResourceQuota's `hard` map that holds all of these pods and volumes at once. CPU limits are counted only when
 * every pod has one: a quota on them would refuse the others.
 */
export function quotaOf(pods: PodDemand[], volumes: string[]): Record<string, string> {
  const total = (value: (pod: PodDemand) => number) => pods.reduce((sum, pod) => sum + pod.count * value(pod), 0);
  const everyPodHasCpuLimit = pods.every((pod) => pod.cpuLimit !== undefined);
  return {
    pods: String(total(() => 1)),
    "requests.cpu": `${total((pod) => millicores(pod.cpuRequest))}m`,
    "requests.memory": `${total((pod) => mebibytes(pod.memoryRequest))}Mi`,
    "limits.memory": `${total((pod) => mebibytes(pod.memoryLimit))}Mi`,
    ...(everyPodHasCpuLimit && { "limits.cpu": `${total((pod) => millicores(pod.cpuLimit ?? "0"))}m` }),
    "requests.ephemeral-storage": `${total((pod) => mebibytes(pod.ephemeralRequest))}Mi`,
    "limits.ephemeral-storage": `${total((pod) => mebibytes(pod.ephemeralLimit))}Mi`,
    persistentvolumeclaims: String(volumes.length),
    "requests.storage": `${volumes.reduce((sum, volume) => sum + mebibytes(volume), 0)}Mi`,
    "services.nodeports": "0",
    "services.loadbalancers": "0",
  };
}

/** Short-lived helpers of others in the namespace: cert-manager's solvers, one for each certificate under way. */
export const certificateSolvers: PodDemand = {
  count: 2,
  cpuRequest: "10m",
  memoryRequest: "64Mi",
  memoryLimit: "64Mi",
  cpuLimit: "100m",
  ephemeralRequest: "64Mi",
  ephemeralLimit: "512Mi",
};
