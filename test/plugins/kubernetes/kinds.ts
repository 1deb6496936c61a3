/** How one kind of object is reached at the API server, and what the real provider does differently for it. */
export interface Kind {
  apiVersion: string;
  kind: string;
  /** The kind's name in request paths. */
  plural: string;
  namespaced: boolean;
  /** Properties that cannot change in place: a change replaces the object. */
  replaceOn?: string[];
}

const clusterWide = (apiVersion: string, kind: string, plural: string, replaceOn?: string[]): Kind =>
  ({ apiVersion, kind, plural, namespaced: false, replaceOn });

const namespaced = (apiVersion: string, kind: string, plural: string, replaceOn?: string[]): Kind =>
  ({ apiVersion, kind, plural, namespaced: true, replaceOn });

const kinds: { [type: string]: Kind } = {
  "kubernetes:batch/v1:CronJob": namespaced("batch/v1", "CronJob", "cronjobs"),
  "kubernetes:core/v1:Namespace": clusterWide("v1", "Namespace", "namespaces"),
  "kubernetes:core/v1:ConfigMap": namespaced("v1", "ConfigMap", "configmaps"),
  "kubernetes:core/v1:LimitRange": namespaced("v1", "LimitRange", "limitranges"),
  "kubernetes:core/v1:ResourceQuota": namespaced("v1", "ResourceQuota", "resourcequotas", ["spec.scopes"]),
  "kubernetes:core/v1:Secret": namespaced("v1", "Secret", "secrets", ["type"]),
  "kubernetes:core/v1:ServiceAccount": namespaced("v1", "ServiceAccount", "serviceaccounts"),
  "kubernetes:external-secrets.io/v1:ExternalSecret": namespaced("external-secrets.io/v1", "ExternalSecret", "externalsecrets"),
  "kubernetes:networking.k8s.io/v1:Ingress": namespaced("networking.k8s.io/v1", "Ingress", "ingresses"),
  "kubernetes:networking.k8s.io/v1:IngressClass": clusterWide("networking.k8s.io/v1", "IngressClass", "ingressclasses"),
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": namespaced("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies"),
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": namespaced("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings", ["roleRef"]),
  "kubernetes:storage.k8s.io/v1:StorageClass": clusterWide(
    "storage.k8s.io/v1", "StorageClass", "storageclasses", ["parameters", "provisioner"],
  ),
};

export const releaseType = "kubernetes:helm.sh/v3:Release";

export function kindOf(type: string): Kind {
  const kind = kinds[type];
  if (kind) return kind;
  throw new Error(
    `resource type ${type} is not part of Storefleet's stand-in for the Pulumi kubernetes provider, which knows ` +
      `${[...Object.keys(kinds), releaseType].join(", ")}; install the real plugin ` +
      "(pulumi plugin install resource kubernetes) to use it",
  );
}

/** Request path of a kind's collection, or of one object. */
export function pathOf(kind: Kind, namespace: string, name?: string): string {
  const root = kind.apiVersion.includes("/") ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
  const scope = kind.namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}${scope}/${kind.plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}
