import type { EnvironmentSettings } from "../../config/environment";
import type { EnvironmentName } from "../../config/names";
import { storesCommand } from "../../config/stores-command";
import { labels } from "../../stores/labels";
import type { Kube, KubeObject } from "../../kube";
import { isReady } from "./containers";
import { mendSeparator } from "./finding";
import type { Observed } from "./observe";

/** By what requests come in, for a whole environment in three calls. */
export interface Entrances {
  /** Namespaces with an Ingress of their store. */
  open: Set<string>;
  /** Why no request reaches any store, and how to mend that. */
  closed?: string;
}

/** @param ingress of the environment; unknown while its stack is not up */
export async function findEntrances(kube: Kube, env: EnvironmentName, ingress: EnvironmentSettings["ingress"] | undefined): Promise<Entrances> {
  const [ingresses, closed] = await Promise.all([
    kube.list("/apis/networking.k8s.io/v1/ingresses", { labels: `${labels.env}=${env},${labels.store}`, metadataOnly: true }),
    ingress && whyClosed(kube, env, ingress),
  ]);
  return { open: new Set(ingresses.map(({ metadata }) => metadata.namespace ?? "")), ...(closed && { closed }) };
}

async function whyClosed(kube: Kube, env: EnvironmentName, { className, controllerNamespace, controllerLabels, install }: EnvironmentSettings["ingress"]): Promise<string | undefined> {
  const selector = Object.entries(controllerLabels).map(([key, value]) => `${key}=${value}`).join();
  const [ingressClass, pods] = await Promise.all([
    kube.get(`/apis/networking.k8s.io/v1/ingressclasses/${className}`),
    kube.list(`/api/v1/namespaces/${controllerNamespace}/pods`, { labels: selector }),
  ]);
  const mend = install ? `bring it back: ${storesCommand("cluster up", { env })}` : undefined;
  if (!ingressClass) return `the cluster has no IngressClass "${className}"${mendSeparator}${mend ?? "install the ingress controller, or correct ingress.className in the environment's settings"}`;
  if (pods.some(serves)) return undefined;
  const found = pods.length > 0 ? `no pod with ${selector} in namespace ${controllerNamespace} is ready` : `namespace ${controllerNamespace} has no pod with ${selector}`;
  return `the ingress controller is ${pods.length > 0 ? "not ready" : "not there"} (${found})${mendSeparator}${
    pods.length > 0 ? `see kubectl describe pods -n ${controllerNamespace}` : mend ?? "start it, or correct ingress.controllerNamespace and controllerLabels in the environment's settings"
  }`;
}

const serves = (pod: KubeObject) => pod.metadata.deletionTimestamp === undefined && isReady(pod);

/** Why no request reaches a store whose pods are well, and how to mend that; undefined when one does. */
export function noEntrance({ open, closed }: Entrances, { namespace, releases }: Observed): string | undefined {
  if (closed) return closed;
  if (open.has(namespace)) return undefined;
  // Helm puts back what is missing, and changes nothing else, when it goes back to where it is.
  const [release] = releases;
  return `Ingress missing: bring it back with helm rollback ${release?.name} ${release?.revision} -n ${namespace}`;
}
