import { UserError } from "../../config/errors";
import type { Kube, KubeObject } from "../../kube";
import { roleOf } from "../fleet/containers";
import { until } from "../machine/os/until";

/** Milliseconds for pods to come or to go. */
const patience = { stop: 180_000, start: 300_000 };

const kinds = ["deployments", "statefulsets"];

/** A Deployment or StatefulSet, and where the API has it. */
export interface Workload {
  path: string;
  object: KubeObject;
}

/** What keeps pods of a store. */
export async function workloadsIn(kube: Kube, namespace: string): Promise<Workload[]> {
  const lists = await Promise.all(kinds.map((kind) => kube.list(`/apis/apps/v1/namespaces/${namespace}/${kind}`)));
  return lists.flatMap((objects, index) => objects.map((object) => ({ path: `/apis/apps/v1/namespaces/${namespace}/${kinds[index]}/${object.metadata.name}`, object })));
}

const isDatabase = ({ object }: Workload) => roleOf(object) === "database";

/** Ends all that uses a shop's data but the databases themselves, and waits until its pods are gone. Scheduled work stops as well. */
export async function stopShop(kube: Kube, namespace: string, signal: AbortSignal): Promise<void> {
  for (const { path, object } of (await workloadsIn(kube, namespace)).filter((it) => !isDatabase(it))) {
    if (object.spec?.replicas !== 0) await kube.merge(path, { spec: { replicas: 0 } });
  }
  const batch = `/apis/batch/v1/namespaces/${namespace}`;
  // Those of the chart: their next turn, and the one that is at it.
  for (const { metadata } of await kube.list(`${batch}/cronjobs`, { labels: "app.kubernetes.io/managed-by=Helm" })) await kube.merge(`${batch}/cronjobs/${metadata.name}`, { spec: { suspend: true } });
  for (const { metadata } of await kube.list(`${batch}/jobs`, { labels: "app.kubernetes.io/component in (cron, setup, prepare)" })) await kube.remove(`${batch}/jobs/${metadata.name}?propagationPolicy=Background`);
  const gone = async () => (await kube.list(`/api/v1/namespaces/${namespace}/pods`)).every((pod) => roleOf(pod) === "database" || pod.metadata.labels?.["app.kubernetes.io/component"] === "backup" || ["Succeeded", "Failed"].includes(pod.status?.phase ?? ""));
  if (!(await until(gone, { within: patience.stop, every: 500, signal }))) throw new UserError(signal.aborted ? "cancelled" : `the shop's pods in ${namespace} do not end`);
}

/** Runs `body` while the databases of a shop run, which are suspended before and after. */
export async function withDatabases<T>(kube: Kube, namespace: string, signal: AbortSignal, body: () => Promise<T>): Promise<T> {
  const stopped = (await workloadsIn(kube, namespace)).filter((it) => isDatabase(it) && it.object.spec?.replicas === 0);
  const scale = (replicas: number) => Promise.all(stopped.map(({ path }) => kube.merge(path, { spec: { replicas } })));
  await scale(1);
  try {
    const ready = async () => (await Promise.all(stopped.map(({ path }) => kube.get(path)))).every((it) => (it?.status?.readyReplicas ?? 0) >= 1);
    if (!(await until(ready, { within: patience.start, every: 500, signal }))) throw new UserError(signal.aborted ? "cancelled" : `the databases in ${namespace} do not come up`);
    return await body();
  } finally {
    await scale(0);
  }
}
