import { podStages } from "./pods";
import { isNoneOf, isOneOf, kept, missing, ready, stage, status } from "./stage";

export const storageClass = "standard";
export const provisioner = "storefleet.dev/simulated";

/** As a storage driver would: makes a volume for the claim, and deletes it once released. Kubernetes binds the two. */
const volumeStages = [
  stage(
    "PersistentVolumeClaim", "claim-provision",
    [kept, isOneOf(".spec.storageClassName", storageClass), missing(".spec.volumeName"), isOneOf(".status.phase", "Pending")],
    [
      {
        apply: {
          template: `
apiVersion: v1
kind: PersistentVolume
metadata:
  name: pvc-{{ .metadata.uid }}
  annotations: { pv.kubernetes.io/provisioned-by: ${provisioner} }
spec:
  accessModes: {{ YAML .spec.accessModes 2 }}
  capacity: { storage: {{ .spec.resources.requests.storage | Quote }} }
  persistentVolumeReclaimPolicy: Delete
  storageClassName: ${storageClass}
  volumeMode: {{ or .spec.volumeMode "Filesystem" }}
  claimRef:
    apiVersion: v1
    kind: PersistentVolumeClaim
    name: {{ .metadata.name | Quote }}
    namespace: {{ .metadata.namespace | Quote }}
    uid: {{ .metadata.uid | Quote }}
  hostPath: { path: /simulated/{{ .metadata.namespace }}/{{ .metadata.name }} }
`,
        },
      },
    ],
  ),
  stage(
    "PersistentVolume", "volume-delete",
    [kept, isOneOf(".spec.storageClassName", storageClass), isOneOf(".status.phase", "Released", "Failed")],
    [{ delete: true }],
  ),
];

/** As a load balancer and an ingress controller would: both say that they are reached on this machine. */
const here = status("loadBalancer: { ingress: [{ ip: 127.0.0.1 }] }");
const trafficStages = [
  stage("Service", "load-balancer", [kept, isOneOf(".spec.type", "LoadBalancer"), missing(".status.loadBalancer.ingress")], [here]),
  stage("Ingress", "ingress", [kept, missing(".status.loadBalancer.ingress")], [here], "networking.k8s.io/v1"),
];

/** Nodes report that they are well (their leases are kwok's own doing). */
const nodeStages = [
  stage("Node", "node-ready", [isNoneOf(ready, "True")], [
    status(`
phase: Running
conditions:
{{ $now := Now }}
{{ range NodeConditions }}
- { type: {{ .type | Quote }}, status: {{ .status | Quote }}, reason: {{ .reason | Quote }}, message: {{ .message | Quote }}, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $now | Quote }} }
{{ end }}`),
  ]),
];

export const stages = [...nodeStages, ...podStages, ...volumeStages, ...trafficStages];
