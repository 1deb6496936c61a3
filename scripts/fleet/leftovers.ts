import type { EnvironmentName } from "../../config/names";
import { labels } from "../../stores/labels";
import type { Kube } from "../../kube";

/** Kinds outside namespaces that can carry a store's label; what is inside a namespace goes with it. */
const clusterKinds = [
  ["namespace", "/api/v1/namespaces"],
  ["persistentvolume", "/api/v1/persistentvolumes"],
  ["clusterrole", "/apis/rbac.authorization.k8s.io/v1/clusterroles"],
  ["clusterrolebinding", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"],
] as const;

/** Whatever of a store is still in the cluster, as `kind/name`: by label, by namespace, and volumes by their claim. */
export async function findLeftovers(kube: Kube, env: EnvironmentName, store: string, namespace: string): Promise<string[]> {
  const ofStore = `${labels.env}=${env},${labels.store}=${store}`;
  const [left, volumes, byName] = await Promise.all([
    Promise.all(
      clusterKinds.map(async ([kind, path]) =>
        (await kube.list(path, { labels: ofStore, metadataOnly: true })).map(({ metadata }) => `${kind}/${metadata.name}`),
      ),
    ),
    kube.list("/api/v1/persistentvolumes"),
    kube.get(`/api/v1/namespaces/${namespace}`),
  ]);
  const claimed = volumes.filter(({ spec }) => spec?.claimRef?.namespace === namespace).map(({ metadata }) => `persistentvolume/${metadata.name}`);
  return [...new Set([...left.flat(), ...claimed, ...(byName ? [`namespace/${namespace}`] : [])])].sort();
}
