import { accountsNamespace, deployers } from "./deployers";

/**
 * Where an environment's records are: what was done, by whom, and who is at it. A namespace of its own, since deployers write there, and
 * what the engine trusts about the environment is not theirs to write.
 */
export const control = { namespace: "storefleet-control" } as const;

/** The API's account, where it runs in the cluster. */
export const apiAccount = { kind: "ServiceAccount", name: "api", namespace: accountsNamespace } as const;

/** Who writes records without being an administrator: the role is made by `infra/rbac`. */
export const recorders = { name: "storefleet-recorder", clusterRole: "storefleet-recorder", subjects: [...deployers, apiAccount], inEffect: async () => undefined };

/** Labels of records. */
export const recordLabels = {
  /** `operation`, `plan`, `rollout`, `audit`, `list`, `tokens` or `claim`. */
  kind: "storefleet.dev/record",
  /** Of an operation: `running`, or how it ended; of a roll-out likewise. Of a segment of the audit trail: `open` or `sealed`. */
  state: "storefleet.dev/state",
  env: "storefleet.dev/env",
} as const;

/** Who looks into backups without being an administrator: the role is made by `infra/rbac`. */
export const keepers = { name: "storefleet-keeper", clusterRole: "storefleet-keeper", subjects: [...deployers], inEffect: async () => undefined };

/** Where records are that are ConfigMaps. */
export const recordsPath = `/api/v1/namespaces/${control.namespace}/configmaps`;

/** The labels of a record, which it is found by. */
export const labelsOfRecord = (kind: "operation" | "plan" | "rollout" | "audit" | "list" | "tokens", env: string, state?: string): Record<string, string> => ({
  "app.kubernetes.io/part-of": "storefleet", [recordLabels.kind]: kind, ...(state !== undefined && { [recordLabels.state]: state }), [recordLabels.env]: env,
});
