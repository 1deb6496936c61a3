/** An object of the cluster, as the API calls it. */
export interface PartName {
  apiVersion: string;
  kind: "Namespace" | "Deployment" | "IngressClass" | "ClusterRole" | "ClusterRoleBinding" | "ClusterIssuer" | "ClusterSecretStore" | "ServiceAccount";
  name: string;
  namespace?: string;
}

const plurals: Record<PartName["kind"], string> = {
  Namespace: "namespaces", Deployment: "deployments", IngressClass: "ingressclasses", ClusterRole: "clusterroles", ClusterRoleBinding: "clusterrolebindings",
  ClusterIssuer: "clusterissuers", ClusterSecretStore: "clustersecretstores", ServiceAccount: "serviceaccounts",
};

/** Where the API has a part of an environment. */
export function pathOfPart({ apiVersion, kind, name, namespace }: PartName): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}${namespace ? `/namespaces/${namespace}` : ""}/${plurals[kind]}/${name}`;
}
