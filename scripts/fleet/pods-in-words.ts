import type { KubeObject } from "../../kube";
import { conditionOf, containersOf, isReady, roleOf } from "./containers";

/** Where a release is, by its pods: `mariadb ready, wordpress 0/2 ready: waiting for image and volumes`; empty while there are none. */
export function podsInWords(pods: KubeObject[]): string {
  const parts = new Map<string, KubeObject[]>();
  for (const pod of pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)) {
    const part = partOf(pod);
    if (roleOf(pod) !== "chore") parts.set(part, [...(parts.get(part) ?? []), pod]);
  }
  return [...parts].sort(([a], [b]) => a.localeCompare(b)).map(([part, its]) => `${part} ${partInWords(its)}`).join(", ");
}

const partOf = ({ metadata: { name, labels } }: KubeObject) => labels?.["app.kubernetes.io/component"] ?? labels?.["app.kubernetes.io/name"] ?? name;

function partInWords(pods: KubeObject[]): string {
  if (pods.some((pod) => pod.status?.phase === "Succeeded")) return "done";
  const waiting = pods.filter((pod) => !isReady(pod) && pod.status?.phase !== "Failed");
  // A set-up is not waited for to be ready, but to end.
  if (pods.every((pod) => roleOf(pod) === "set-up")) return waiting.length > 0 ? stateOf(waiting[0]!) : pods.some(isReady) ? "running" : "failed, is tried again";
  if (waiting.length === 0 && pods.every(isReady)) return "ready";
  return `${pods.filter(isReady).length}/${pods.length} ready${waiting[0] ? `: ${stateOf(waiting[0])}` : ""}`;
}

/** What keeps a pod, in a few words; the cluster's own where it has any. That an image is being pulled stands in events alone, which would be a list more. */
function stateOf(pod: KubeObject): string {
  if (conditionOf(pod, "PodScheduled") === "False") return "not scheduled yet";
  for (const { name, state } of containersOf(pod)) {
    const reason = state?.waiting?.reason;
    if (reason === "PodInitializing") continue;
    if (reason !== undefined) return reason === "ContainerCreating" ? "waiting for image and volumes" : `${name} ${reason}`;
    if (state?.running && (pod.spec?.initContainers as { name: string }[] | undefined)?.some((it) => it.name === name)) return `${name} is running first`;
  }
  return pod.status?.phase === "Running" ? "running" : "starting";
}
