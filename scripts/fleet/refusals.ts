import { quantity } from "../../config/quantity";
import { labels } from "../../stores/labels";
import type { KubeObject } from "../../kube";
import { words } from "../machine/foreign-words";
import { roleOf } from "./containers";
import { timeOf, type Event } from "./event";
import type { Finding } from "./finding";

/** Who makes pods in a namespace, and what there is of those. */
export interface Makers {
  /** ReplicaSets and StatefulSets. */
  sets: KubeObject[];
  jobs: KubeObject[];
  pods: KubeObject[];
  quotas: KubeObject[];
}

/**
 * Pods that never came to be leave their reason in events of whoever was to make them, one for each try. Told is what
 * still holds: whoever has its pods by now, or is gone, was not refused in the end.
 */
export function refusalFindings(events: Event[], makers: Makers): Finding[] {
  const refused = events.filter(({ reason, involvedObject: { kind } }) => reason === "FailedCreate" && ["ReplicaSet", "StatefulSet", "Job"].includes(kind));
  const newest = [...new Map([...refused].reverse().map((event) => [event.involvedObject.name, event])).values()];
  return newest.map((event) => refusal(event, makers)).filter((finding) => finding !== undefined);
}

function refusal(event: Event, { sets, jobs, pods, quotas }: Makers): Finding | undefined {
  const { message, involvedObject: { kind, name } } = event;
  const maker = (kind === "Job" ? jobs : sets).find((it) => it.metadata.name === name);
  if (!maker || roleOf(maker) === "chore") return undefined;
  if (kind !== "Job" && (maker.status?.replicas ?? 0) >= (maker.spec?.replicas ?? 1)) return undefined;
  // A later pod of the same part: that was got over, by whichever ReplicaSet or Job.
  const part = kind === "StatefulSet" ? name : name.slice(0, name.lastIndexOf("-"));
  if (pods.some(({ metadata }) => metadata.name.startsWith(`${part}-`) && Date.parse(metadata.creationTimestamp) > Date.parse(timeOf(event)))) return undefined;

  const [, quota, figures, requested] = words.kubernetes.quotaDetails.exec(message) ?? [];
  if (!requested) return { cause: "refused", text: `pod refused: ${message.trim()}` };
  if (!hasRoom(quotas.find(({ metadata }) => metadata.name === quota), requested)) {
    return { cause: "refused", text: `quota too small for ${part}: ${figures}`, mend: quotaMend(maker) };
  }
  const text = `${part} waits for a pod: the quota that was too small has room by now, and Kubernetes tries again by itself within minutes`;
  return roleOf(maker) === "database" ? { cause: "database", text: `database not up: ${text}` } : { cause: "waiting", text };
}

/** Whether a quota, as it is now, admits what it once refused (`a=1,b=2`). One that is gone refuses nothing. */
function hasRoom(quota: KubeObject | undefined, requested: string): boolean {
  const { hard = {}, used = {} } = (quota?.status ?? {}) as Record<string, Record<string, string>>;
  return requested.split(",").every((term) => {
    const [resource = "", wanted = "0"] = term.split("=");
    const limit = hard[resource];
    return limit === undefined || quantity(used[resource] ?? "0") + quantity(wanted) <= quantity(limit);
  });
}

/** A quota follows from the sizes of the store's plan, so those are what to set. */
function quotaMend(maker: KubeObject): string {
  const { [labels.engine]: engine = "ENGINE", [labels.env]: env = "ENV" } = maker.metadata.labels ?? {};
  const part = roleOf(maker) === "set-up" ? "job" : maker.metadata.name.split("-")[1];
  return `it follows from the store's plan: choose a larger plan: in the list, or raise ${engine}.${part} of its plan under plans: in Pulumi.${env}.yaml and cluster up; then apply`;
}

/**
 * Whether an operation failed because the API server, or the chart itself, refused an object. Then no pod is the cause;
 * of whatever else Helm says, all that counts is that it waited for pods in vain.
 */
export const refusesObject = (message: string) => {
  const [line = ""] = message.split("\n", 1);
  return (words.kubernetes.refusedObject.test(line) || words.helm.refusedObject.test(line)) && !/^(pod refused|quota too small)/.test(message);
};
