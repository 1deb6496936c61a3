import type { EnvironmentName } from "../../config/names";
import { labels } from "../../stores/labels";
import { KubeError, type Kube, type KubeObject } from "../../kube";
import { roleOf } from "./containers";
import { byTime, type Event } from "./event";
import { causes, mendSeparator, type CauseOfTrouble, type Finding } from "./finding";
import { readWholeEnds } from "./log-of-end";
import { jobFinding, podFinding } from "./pod-trouble";
import { pullSecretsOf } from "./pull-trouble";
import { refusalFindings } from "./refusals";

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

/** The most telling thing that is wrong in a namespace, in the cluster's own words; undefined when nothing is. */
export async function troubleIn(kube: Kube, namespace: string): Promise<string | undefined> {
  const inNamespace = `/api/v1/namespaces/${namespace}`;
  const apps = `/apis/apps/v1/namespaces/${namespace}`;
  const [pods, claims, jobs, said, quotas, deployments, replicaSets, statefulSets] = await Promise.all([
    kube.list(`${inNamespace}/pods`),
    kube.list(`${inNamespace}/persistentvolumeclaims`),
    kube.list(`/apis/batch/v1/namespaces/${namespace}/jobs`),
    kube.list(`${inNamespace}/events`),
    kube.list(`${inNamespace}/resourcequotas`),
    ...["deployments", "replicasets", "statefulsets"].map((kind) => kube.list(`${apps}/${kind}`)),
  ]);
  const secretNames = pods.some((pod) => pullSecretsOf(pod).length > 0) ? await secretsIn(kube, namespace) : undefined;
  const events = (said as unknown as Event[]).sort(byTime).reverse();
  const about = (kind: string, { metadata }: KubeObject) => events.filter(({ involvedObject: it }) => it.kind === kind && it.name === metadata.name);

  const telling = attempts(pods);
  await Promise.all(telling.map(({ pod }) => readWholeEnds(kube, pod)));
  const ofPods = telling.map(({ pod, again }) => podFinding(pod, about("Pod", pod), again, secretNames));
  const findings = [
    ...refusalFindings(events, { sets: [...replicaSets!, ...statefulSets!], jobs, pods, quotas }),
    ...stoppedDatabases(statefulSets!, deployments!),
    ...claims.map((claim) => claimFinding(claim, about("PersistentVolumeClaim", claim))),
    ...ofPods,
    // A Job that ran out of time takes its pods along.
    ...(ofPods.some((it) => it?.cause === "set-up") ? [] : jobs.map(jobFinding)),
  ].filter((finding) => finding !== undefined);
  const cause = (Object.keys(causes) as CauseOfTrouble[]).find((candidate) => findings.some((finding) => finding.cause === candidate));
  const alike = new Map(findings.filter((finding) => finding.cause === cause).map((finding) => [finding.text, finding]));
  const [first, ...more] = alike.values();
  return first && [first.text + (more.length > 0 ? ` (and ${more.length} more like it)` : ""), first.mend].filter(Boolean).join(mendSeparator);
}

/** Names of the Secrets in a namespace; undefined where this account must not see them. */
async function secretsIn(kube: Kube, namespace: string): Promise<Set<string> | undefined> {
  try {
    return new Set((await kube.list(`/api/v1/namespaces/${namespace}/secrets`, { metadataOnly: true })).map(({ metadata }) => metadata.name));
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) return undefined;
    throw error;
  }
}

/** A database that somebody stopped by hand has no pod that would say why the others fail; a suspended shop has stopped all. */
function stoppedDatabases(statefulSets: KubeObject[], deployments: KubeObject[]): Finding[] {
  if (!deployments.some(({ spec }) => (spec?.replicas ?? 1) > 0)) return [];
  return statefulSets
    .filter((set) => roleOf(set) === "database" && set.spec?.replicas === 0)
    .map(({ metadata: { name, namespace } }) => ({
      cause: "database", text: `database not up: ${name} is scaled to 0`, mend: `kubectl scale statefulset ${name} --replicas 1 --namespace ${namespace}`,
    }));
}

/** A volume that waits for its first pod, or whose making is under way, is no trouble yet. */
function claimFinding({ metadata, status }: KubeObject, events: Event[]): Finding | undefined {
  if (status?.phase === "Bound") return undefined;
  if (status?.phase === "Lost") return { cause: "volume", text: `volume ${metadata.name} is lost: the PersistentVolume that it was bound to is gone` };
  const refused = events.find(({ type, reason }) => type === "Warning" || reason === "FailedBinding");
  if (refused) return { cause: "volume", text: `volume ${metadata.name} can not be bound: ${refused.message.trim()}` };
  const awaited = events.find(({ reason }) => reason === "ExternalProvisioning");
  return awaited && { cause: "waiting", text: `volume ${metadata.name} is not bound yet: ${awaited.message.trim()}` };
}

/**
 * The pods that tell how things are now: none that is on its way out, no scheduled chore, and of those that one owner
 * made, no ended one that a later one replaced. While a set-up is tried again, its last failure still tells.
 */
function attempts(pods: KubeObject[]): { pod: KubeObject; again: boolean }[] {
  const present = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && roleOf(pod) !== "chore");
  const owner = ({ metadata }: KubeObject) => metadata.ownerReferences?.[0]?.uid ?? metadata.name;
  const laterThan = (pod: KubeObject) => present.filter((other) => owner(other) === owner(pod) && other.metadata.creationTimestamp > pod.metadata.creationTimestamp);
  return present
    .map((pod) => ({ pod, later: hasEnded(pod) ? laterThan(pod) : [] }))
    .filter(({ pod, later }) => later.length === 0 || (roleOf(pod) === "set-up" && !later.some(hasEnded)))
    .map(({ pod, later }) => ({ pod, again: later.length > 0 }));
}

const hasEnded = ({ status }: KubeObject) => status?.phase === "Failed" || status?.phase === "Succeeded";
