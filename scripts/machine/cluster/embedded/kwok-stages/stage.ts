/** Building blocks of kwok `Stage` objects: what happens to which objects in place of kubelets and drivers. */
interface Condition {
  key: string;
  operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  values?: string[];
}

export const exists = (key: string): Condition => ({ key, operator: "Exists" });
export const missing = (key: string): Condition => ({ key, operator: "DoesNotExist" });
export const isOneOf = (key: string, ...values: string[]): Condition => ({ key, operator: "In", values });
export const isNoneOf = (key: string, ...values: string[]): Condition => ({ key, operator: "NotIn", values });

export const stage = (kind: string, name: string, when: Condition[], steps: object[], apiGroup = "v1") => ({
  apiVersion: "kwok.x-k8s.io/v1alpha1",
  kind: "Stage",
  metadata: { name },
  spec: { resourceRef: { apiGroup, kind }, selector: { matchExpressions: when.map((jq) => ({ jq })) }, steps },
});

export const status = (template: string) => ({ patch: { subresource: "status", root: "status", template } });
export const warning = (reason: string, message: string) => ({ event: { type: "Warning", reason, message } });

export const kept = missing(".metadata.deletionTimestamp");
/** Of pods and nodes: whether they are ready, as True, False or Unknown. */
export const ready = '.status.conditions.[]? | select(.type == "Ready") | .status';
