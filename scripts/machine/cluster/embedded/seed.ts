import type { Kube } from "../../../../kube";
import { until } from "../../os/until";
import { provisioner, storageClass } from "./kwok-stages";

/** The label that says: test tools may do as they like here. */
export const testClusterLabel = "storefleet.dev/test-cluster";

/** The label of nodes whose pods only pretend to run, whichever way one got to this cluster. */
export const simulatedNodeLabel = "storefleet.dev/simulated";

/** Two, so that replicas can be spread; each with addresses of its own for 16,382 pods. */
const nodes = [
  { name: "simulated-1", podCIDR: "10.64.0.0/18" },
  { name: "simulated-2", podCIDR: "10.64.64.0/18" },
];
const capacity = { cpu: "1000", memory: "4Ti", pods: "16000", "ephemeral-storage": "64Ti" };

/** Repeats a call until its answer will do; one that fails is repeated, too. */
export async function eventually<T>(what: string, deadline: number, attempt: () => Promise<T | undefined>): Promise<NonNullable<T>> {
  const answer = await until(() => attempt().catch(() => undefined), { within: deadline - Date.now(), every: 25 });
  if (answer === undefined) throw new Error(`the embedded cluster is not ready: ${what}`);
  return answer as NonNullable<T>;
}

/** Creates what an empty API server needs to be a cluster: label, storage class, nodes. May be repeated. */
export async function seed(kube: Kube, kubeletPort: number, deadline: number): Promise<void> {
  const apply = (path: string, object: object) => eventually(`cannot write ${path}`, deadline, () => kube.apply(path, object).then(() => true));
  await Promise.all([
    apply("/api/v1/namespaces/kube-system", {
      apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system", labels: { [testClusterLabel]: "true" } },
    }),
    apply(`/apis/storage.k8s.io/v1/storageclasses/${storageClass}`, {
      apiVersion: "storage.k8s.io/v1", kind: "StorageClass",
      metadata: { name: storageClass, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner, reclaimPolicy: "Delete", volumeBindingMode: "Immediate",
    }),
    ...nodes.map(async ({ name, podCIDR }) => {
      const metadata = { name, labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", [simulatedNodeLabel]: "true" } };
      await apply(`/api/v1/nodes/${name}`, { apiVersion: "v1", kind: "Node", metadata, spec: { podCIDR, podCIDRs: [podCIDR] } });
      await apply(`/api/v1/nodes/${name}/status`, {
        apiVersion: "v1", kind: "Node", metadata: { name },
        status: {
          capacity, allocatable: capacity,
          addresses: [{ type: "InternalIP", address: "127.0.0.1" }, { type: "Hostname", address: name }],
          daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
        },
      });
      // A lease of the kwok before would keep the new one waiting until it runs out.
      await kube.remove(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`);
    }),
  ]);
}

export interface NodeState {
  name: string;
  ready: boolean;
}

/** Nodes as the API server knows them; ready means that pods are placed there. */
export async function readNodes(kube: Kube): Promise<NodeState[]> {
  const nodes = await kube.list("/api/v1/nodes");
  return nodes.map(({ metadata, spec, status }) => ({
    name: metadata.name,
    ready: !spec?.taints?.length && ((status?.conditions ?? []) as { type: string; status: string }[]).some(({ type, status: is }) => type === "Ready" && is === "True"),
  }));
}

/** Whether nodes take pods and the controllers have made the first service account: everything takes part. */
export async function isWorking(kube: Kube): Promise<boolean> {
  const found = await readNodes(kube);
  if (found.length < nodes.length || !found.every(({ ready }) => ready)) return false;
  return (await kube.isReady()) && (await kube.get("/api/v1/namespaces/default/serviceaccounts/default")) !== undefined;
}
