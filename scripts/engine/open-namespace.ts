import type { Kube } from "../../kube";
import { managers, managersInEffect } from "../../stores/managers";

/**
 * Makes the RoleBinding of a store's namespace where it is missing, as in one of an older version, or of a run that was ended between the
 * two: a deployer could not look inside, and what lives there has to be known before anything is written. The store's program has the same.
 */
export async function openNamespace(kube: Kube, namespace: string): Promise<void> {
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings/${managers.name}`;
  if (await kube.get(path)) return;
  const { name, clusterRole, subjects } = managers;
  await kube.apply(path, {
    apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", metadata: { name, namespace },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: clusterRole }, subjects,
  });
  await managersInEffect(kube, namespace);
}
