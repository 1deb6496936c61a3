import type { KubeObject } from "../machine/kube";
import { findStore } from "./running-store";
import type { Scope } from "./scope";

export interface ContainerLog {
  pod: string;
  container: string;
  text: string;
}

/** The last lines of every container of a store. */
export async function logs(scope: Scope, name: string, tail: number): Promise<{ logs: ContainerLog[]; simulated: boolean }> {
  const { session: { kube, cluster }, store } = await findStore(scope, name);
  const found: ContainerLog[] = [];
  for (const pod of await kube.list(`/api/v1/namespaces/${store.namespace}/pods`)) {
    for (const container of containersOf(pod)) {
      const path = `/api/v1/namespaces/${store.namespace}/pods/${pod.metadata.name}/log?container=${container}&tailLines=${tail}`;
      const text = await kube.text(path).catch((error: Error) => `(no log: ${error.message})`);
      found.push({ pod: pod.metadata.name, container, text });
    }
  }
  return { logs: found, simulated: cluster.simulated };
}

const containersOf = ({ spec }: KubeObject) =>
  [...((spec?.initContainers ?? []) as { name: string }[]), ...((spec?.containers ?? []) as { name: string }[])].map(({ name }) => name);
