import { withRenamed, type EnvironmentSettings } from "../../config/environment";
import { hostOf, type EnvironmentName } from "../../config/names";
import { urlOf } from "../../config/url";
import { clusterMark } from "../../infra/cluster-identity";
import { environmentReceipt } from "../../infra/digest";
import type { SharedParts } from "../../stores/environment-outputs";
import type { Kube } from "../../kube";

/** The environment's shared parts as its stack left them in the cluster. */
export interface EnvironmentReceipt extends SharedParts {
  /** The digest that the stack reached; empty where a later operation set out for another one and did not get there. */
  digest: string;
  /** What the stack made of `storefleet:controlPlane`. */
  controlPlane?: string;
  /** The `uid` of the cluster. */
  cluster: string;
}

/** Where a store answers, or will. */
export const addressOf = (env: EnvironmentName, store: string, { settings: { hostSuffix, tls, ingress } }: SharedParts) => urlOf(hostOf(env, store, hostSuffix), tls !== undefined, ingress.ports);

/** What a cluster is known by. */
export const clusterUid = async (kube: Kube): Promise<string | undefined> => (await kube.get(`/api/v1/namespaces/${clusterMark.name}`))?.metadata.uid;

/** Undefined while the environment's stack is not up on this cluster; a receipt that was copied from another one does not count. */
export async function readEnvironment(kube: Kube, env: EnvironmentName): Promise<EnvironmentReceipt | undefined> {
  const path = `/api/v1/namespaces/${environmentReceipt.namespace}`;
  const [heading, receipt, uid] = await Promise.all([kube.get(path), kube.get(`${path}/configmaps/${environmentReceipt.name}`), clusterUid(kube)]);
  const { environment, cluster = uid, digest: reached = "", controlPlane, settings, secretRevisions } = receipt?.data ?? {};
  if (environment !== env || cluster !== uid || !settings) return undefined;
  const digest = heading?.metadata.annotations?.[environmentReceipt.annotation] === reached ? reached : "";
  return { digest, ...(controlPlane !== undefined && { controlPlane }), cluster: uid ?? "", settings: withRenamed(JSON.parse(settings)) as EnvironmentSettings, secretRevisions: JSON.parse(secretRevisions ?? "{}") };
}
