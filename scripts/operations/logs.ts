import { UserError } from "../../config/errors";
import type { KubeObject } from "../../kube";
import { findStore, type RunningStore } from "./running-store";
import type { Scope } from "./scope";

export interface ContainerLog {
  pod: string;
  container: string;
  text: string;
}

export interface LogOptions {
  /** A container, such as `worker` or `mariadb`, or a pod; absent: all of them. */
  part?: string;
  /** So many last lines of each container. */
  tail: number;
  /** Of the container before its last restart. */
  previous?: boolean;
  /** No older than so many seconds. */
  since?: number;
  /** Each line with its time. */
  timestamps?: boolean;
}

/** The last lines of the containers of a store. */
export async function logs(scope: Scope, name: string, options: LogOptions): Promise<{ logs: ContainerLog[]; simulated: boolean }> {
  const running = await findStore(scope, name);
  const found: ContainerLog[] = [];
  for (const { pod, container, path } of await containers(running, name, options)) {
    const text = await running.session.kube.text(path).catch((error: Error) => `(no log: ${error.message})`);
    found.push({ pod, container, text });
  }
  return { logs: found, simulated: running.session.cluster.simulated };
}

/** Tells the lines as they come, until the last pod ends or `signal` is aborted. */
export async function followLogs(scope: Scope, name: string, options: LogOptions, onLine: (pod: string, container: string, line: string) => void, signal: AbortSignal): Promise<void> {
  const running = await findStore(scope, name);
  const all = await containers(running, name, options);
  await Promise.all(
    all.map(({ pod, container, path }) =>
      // One that has not begun, or is gone, does not keep the others from being heard.
      running.session.kube.lines(`${path}&follow=true`, (line) => onLine(pod, container, line), signal).catch((error: Error) => onLine(pod, container, `(no log: ${error.message})`)),
    ),
  );
}

interface Container {
  pod: string;
  container: string;
  path: string;
}

/** The containers that are asked for, each with the place of its log. */
async function containers({ session, store }: RunningStore, name: string, { part, tail, previous, since, timestamps }: LogOptions): Promise<Container[]> {
  const pods = await session.kube.list(`/api/v1/namespaces/${store.namespace}/pods`);
  const all = pods.flatMap((pod) => containersOf(pod).map((container) => ({ pod: pod.metadata.name, container })));
  const chosen = part === undefined ? all : all.filter(({ pod, container }) => container === part || pod === part);
  if (chosen.length === 0 && part !== undefined) {
    throw new UserError(`${name} has no part "${part}"`, `It has: ${[...new Set(all.map(({ container }) => container))].sort().join(", ") || "no pods"}.`, "usage");
  }
  const query = new URLSearchParams({ tailLines: String(tail) });
  if (previous) query.set("previous", "true");
  if (since !== undefined) query.set("sinceSeconds", String(since));
  if (timestamps) query.set("timestamps", "true");
  return chosen.map(({ pod, container }) => ({ pod, container, path: `/api/v1/namespaces/${store.namespace}/pods/${pod}/log?container=${container}&${query}` }));
}

const containersOf = ({ spec }: KubeObject) =>
  [...((spec?.initContainers ?? []) as { name: string }[]), ...((spec?.containers ?? []) as { name: string }[])].map(({ name }) => name);
