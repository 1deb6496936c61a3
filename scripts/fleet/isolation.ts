import { environmentReceipt } from "../../infra/digest";
import type { Kube } from "../../kube";

/**
 * What a cluster makes of network policies. `enforced`: a connection that a policy forbids was refused; `open`: it went through;
 * `unknown`: it could not be tried.
 */
export type Enforcement = "enforced" | "open" | "unknown";

/** What was found when it was last tried, kept beside the environment's receipt. */
export interface Isolation {
  enforcement: Enforcement;
  /** Why it is unknown; else empty. */
  reason: string;
}

const path = `/api/v1/namespaces/${environmentReceipt.namespace}/configmaps/storefleet-isolation`;

/** Undefined where nobody has tried yet; what was found on another cluster, from which a copy came, does not count. */
export async function readIsolation(kube: Kube, cluster: string): Promise<Isolation | undefined> {
  const data = (await kube.get(path))?.data;
  if (!data || data.cluster !== cluster) return undefined;
  return { enforcement: data.enforcement as Enforcement, reason: data.reason ?? "" };
}

export async function writeIsolation(kube: Kube, cluster: string, { enforcement, reason }: Isolation): Promise<void> {
  const metadata = { name: "storefleet-isolation", namespace: environmentReceipt.namespace, labels: { "app.kubernetes.io/managed-by": "storefleet" } };
  await kube.apply(path, { apiVersion: "v1", kind: "ConfigMap", metadata, data: { cluster, enforcement, reason } });
}
