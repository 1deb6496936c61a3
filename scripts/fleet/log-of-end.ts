import type { Kube, KubeObject } from "../../kube";
import { containersOf } from "./containers";

/** The rest of a line of JSON, of which only the end was kept. */
const cutLine = /^(?!\{)[^\n]*"\}\s*(?:\n|$)/;

/**
 * Medusa logs an error and its stack as one line of JSON, of which a pod's status keeps the last two kilobytes: the stack.
 * Ends of containers that say no more than that are read anew from the log.
 */
export async function readWholeEnds(kube: Kube, pod: KubeObject): Promise<void> {
  const { name, namespace } = pod.metadata;
  for (const container of containersOf(pod)) {
    const end = container.state?.terminated ?? container.lastState?.terminated;
    if (!end || end.exitCode === 0 || !cutLine.test(end.message ?? "")) continue;
    // A log that is gone leaves what there is.
    end.message = await kube.text(`/api/v1/namespaces/${namespace}/pods/${name}/log?container=${container.name}&tailLines=20&limitBytes=65536`).catch(() => end.message);
  }
}
