import type { EnvironmentName } from "../../config/names";
import { labels } from "../../stores/marks";
import type { Kube, KubeObject } from "./kube";

/** A Deployment or StatefulSet by its pods. */
export interface Workload {
  name: string;
  ready: number;
  wanted: number;
}

/** Namespace → its workloads, for a whole environment in two calls. */
export async function workloadsByNamespace(kube: Kube, env: EnvironmentName): Promise<Map<string, Workload[]>> {
  const selector = { labels: `${labels.env}=${env},${labels.store}` };
  const lists = await Promise.all(["deployments", "statefulsets"].map((kind) => kube.list(`/apis/apps/v1/${kind}`, selector)));
  const found = new Map<string, Workload[]>();
  for (const { metadata, spec, status } of lists.flat()) {
    const workload = { name: metadata.name, ready: status?.readyReplicas ?? 0, wanted: spec?.replicas ?? 1 };
    found.set(metadata.namespace ?? "", [...(found.get(metadata.namespace ?? "") ?? []), workload]);
  }
  return found;
}

interface End {
  /** The kubelet's word; `Error` for any exit code but 0. */
  reason?: string;
  exitCode: number;
  message?: string;
}

interface ContainerStatus {
  name: string;
  image: string;
  restartCount: number;
  state?: { waiting?: { reason?: string; message?: string }; terminated?: End };
  lastState?: { terminated?: End };
}

/** The most telling thing that is wrong in a namespace, in the cluster's own words; undefined when nothing is. */
export async function troubleIn(kube: Kube, namespace: string): Promise<string | undefined> {
  const pods = await kube.list(`/api/v1/namespaces/${namespace}/pods`);
  const ofPods = pods.map(podTrouble).filter((text) => text !== undefined);
  if (ofPods.length > 0) return [...new Set(ofPods)].slice(0, 3).join("; ");
  return refusedPods(await kube.list(`/api/v1/namespaces/${namespace}/events`, { fields: "type=Warning" }));
}

function podTrouble({ metadata, status }: KubeObject): string | undefined {
  const containers = [...((status?.initContainerStatuses ?? []) as ContainerStatus[]), ...((status?.containerStatuses ?? []) as ContainerStatus[])];
  for (const { name, image, state, lastState, restartCount } of containers) {
    const waiting = state?.waiting;
    if (waiting?.reason && /Err|BackOff|Invalid|Config/.test(waiting.reason)) {
      // How it ended says more than how long the next start is put off.
      const exit = lastState?.terminated;
      const detail = exit ? describeEnd(exit) : (waiting.message ?? image);
      return `${metadata.name}/${name}: ${waiting.reason}: ${detail}${restartCount > 0 ? ` (${restartCount} restarts)` : ""}`;
    }
    const ended = state?.terminated;
    if (ended && ended.exitCode !== 0) return `${metadata.name}/${name}: ended with ${describeEnd(ended)}`;
  }
  const unscheduled = ((status?.conditions ?? []) as { type: string; status: string; message?: string }[]).find(
    ({ type, status: value }) => type === "PodScheduled" && value === "False",
  );
  return unscheduled && `${metadata.name}: can not be scheduled: ${unscheduled.message ?? "no reason given"}`;
}

function describeEnd({ reason, exitCode, message }: End): string {
  return `exit code ${exitCode}${reason && reason !== "Error" ? ` (${reason})` : ""}${message ? `: ${message.trim()}` : ""}`;
}

interface Refusal {
  metadata: { creationTimestamp: string };
  reason: string;
  message: string;
  lastTimestamp?: string | null;
  eventTime?: string | null;
}

const timeOf = ({ lastTimestamp, eventTime, metadata }: Refusal) => lastTimestamp ?? eventTime ?? metadata.creationTimestamp;

/** Pods that never came to be leave their reason only in events: a quota that is too small, a rule of Pod Security. */
function refusedPods(events: KubeObject[]): string | undefined {
  const refusals = (events as unknown as Refusal[]).filter(({ reason }) => /^Failed|Unhealthy|ProvisioningFailed/.test(reason));
  const latest = refusals.sort((a, b) => timeOf(a).localeCompare(timeOf(b))).at(-1);
  return latest && `${latest.reason}: ${latest.message}`;
}
