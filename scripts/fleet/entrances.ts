import type { EnvironmentName } from "../../config/names";
import { labels } from "../../stores/marks";
import type { Kube } from "./kube";
import type { Observed } from "./observe";

/** By what requests come in, for a whole environment in two calls. */
export interface Entrances {
  /** Namespaces with an Ingress of their store. */
  open: Set<string>;
  /** The environment's IngressClass, if the cluster does not have it. */
  missingClass?: string;
}

/** @param className of the environment; unknown while its stack is not up */
export async function findEntrances(kube: Kube, env: EnvironmentName, className: string | undefined): Promise<Entrances> {
  const [ingresses, ingressClass] = await Promise.all([
    kube.list("/apis/networking.k8s.io/v1/ingresses", { labels: `${labels.env}=${env},${labels.store}`, metadataOnly: true }),
    className === undefined ? true : kube.get(`/apis/networking.k8s.io/v1/ingressclasses/${className}`),
  ]);
  return {
    open: new Set(ingresses.map(({ metadata }) => metadata.namespace ?? "")),
    ...(!ingressClass && { missingClass: className }),
  };
}

/** Why no request reaches a store whose pods are well, and how to mend that; undefined when one does. */
export function noEntrance({ open, missingClass }: Entrances, { namespace, releases }: Observed): string | undefined {
  if (missingClass) return `the cluster has no IngressClass "${missingClass}": install the ingress controller, or correct ingress.className in the environment's settings`;
  if (open.has(namespace)) return undefined;
  // Helm puts back what is missing, and changes nothing else, when it goes back to where it is.
  const [release] = releases;
  return `Ingress missing: bring it back with helm rollback ${release?.name} ${release?.revision} -n ${namespace}`;
}
