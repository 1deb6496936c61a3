import { larger, mebibytes, millicores } from "../../config/quantity";

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

/** What the walls of a shop allow. */
export interface Room {
  /** The namespace's quota: its `hard`. */
  quota: Record<string, string>;
  /** The most that one container may use: the `max` map of a LimitRange. */
  containerMax: Record<string, string>;
}

/** The room for all of these pods and volumes at once. */
export const roomOf = (pods: PodDemand[], volumes: string[]): Room => ({ quota: quotaOf(pods, volumes), containerMax: containerMaxOf(pods) });

/**
 * A ResourceQuota's `hard` map that holds all of these pods and volumes at once. CPU limits are counted only when
 * every pod has one: a quota on them would refuse the others.
 */
function quotaOf(pods: PodDemand[], volumes: string[]): Record<string, string> {
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

function containerMaxOf(pods: PodDemand[]): Room["containerMax"] {
  const most = (value: (pod: PodDemand) => string) => pods.map(value).reduce(larger);
  return { memory: most((pod) => pod.memoryLimit), "ephemeral-storage": most((pod) => pod.ephemeralLimit) };
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
