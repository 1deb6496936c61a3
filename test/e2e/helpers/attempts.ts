import type { Kube } from "../../../kube";
import { managers } from "../../../stores/managers";
import type { Fleet } from "./fleet";

const rbac = "/apis/rbac.authorization.k8s.io/v1";
const right = / cannot \S+ resource /;
const more = /attempting to grant RBAC permissions not currently held/;
const records = "/api/v1/namespaces/storefleet-control/configmaps";
const audit = /storefleet-audit.* denied request: /;
const fence = /storefleet-fence.* denied request: /;

const binding = (namespace: string, name: string, role: string) => ({
  apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", metadata: { name, namespace }, roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role }, subjects: managers.subjects,
});
const namespace = (name: string, labels: Record<string, string> = {}) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });

/** How a deployer could try to get beyond the namespaces of stores, and by what each is refused. `store-theirs` is somebody else's. */
export function attempts(kube: Kube, fleet: Fleet): [string, () => Promise<unknown>, RegExp][] {
  const own = fleet.namespace("shop");
  const ours = { "storefleet.dev/env": "local", "storefleet.dev/store": "shop", "pod-security.kubernetes.io/enforce": "restricted" };
  return [
    ["reads the cluster's own Secrets", () => kube.list("/api/v1/namespaces/kube-system/secrets"), right],
    ["reads the Secrets of all namespaces", () => kube.list("/api/v1/secrets"), right],
    ["reads a Secret of the environment", () => kube.get("/api/v1/namespaces/storefleet-mail/secrets/mail-catcher-login"), right],
    ["writes into another namespace", () => kube.create("/api/v1/namespaces/kube-system/configmaps", { metadata: { name: "mine" } }), right],
    ["opens another namespace to itself", () => kube.apply(`${rbac}/namespaces/kube-system/rolebindings/mine`, binding("kube-system", "mine", managers.clusterRole)), fence],
    ["opens a namespace to itself that is called like a store's", () => kube.apply(`${rbac}/namespaces/store-theirs/rolebindings/mine`, binding("store-theirs", "mine", managers.clusterRole)), fence],
    ["becomes an administrator of a store's namespace", () => kube.apply(`${rbac}/namespaces/${own}/rolebindings/mine`, binding(own, "mine", "cluster-admin")), more],
    ["becomes an administrator of the cluster", () => kube.create(`${rbac}/clusterrolebindings`, { ...binding("", "mine", "cluster-admin"), kind: "ClusterRoleBinding", metadata: { name: "mine" } }), right],
    ["gives more than it has", () => kube.create(`${rbac}/namespaces/${own}/roles`, { metadata: { name: "mine" }, rules: [{ apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] }] }), more],
    ["makes a namespace that is no store's", () => kube.create("/api/v1/namespaces", namespace("mine")), fence],
    ["makes one that is only called like a store's", () => kube.create("/api/v1/namespaces", namespace("store-mine")), fence],
    ["takes somebody else's namespace by labels", () => kube.merge("/api/v1/namespaces/store-theirs", namespace("store-theirs", ours)), fence],
    ["deletes somebody else's namespace", () => kube.remove("/api/v1/namespaces/store-theirs"), fence],
    ["has a store's pods do what they like", () => kube.merge(`/api/v1/namespaces/${own}`, namespace(own, { "pod-security.kubernetes.io/enforce": "privileged" })), fence],
    ["takes the fence down", () => kube.remove("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/storefleet-fence"), right],
    ["changes an entry of the audit trail", () => kube.merge(`${records}/storefleet-audit-0000`, { data: { e000000001: "{}" } }), audit],
    ["takes one away", () => kube.merge(`${records}/storefleet-audit-0000`, { data: { e000000001: null } }), audit],
    ["deletes the audit trail", () => kube.remove(`${records}/storefleet-audit-0000`), fence],
    ["makes pods beside it", () => kube.create("/api/v1/namespaces/storefleet-control/pods", { metadata: { name: "mine" } }), right],
    ["takes another account's token", () => kube.create("/api/v1/namespaces/kube-system/serviceaccounts/default/token", {}), right],
  ];
}
