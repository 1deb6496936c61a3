/** Whose an object is. */
export interface StoreIdentity {
  /** The store's name in the list. */
  store: string;
  /** The environment's name, such as `local`. */
  env: string;
  /** The store's engine, such as `woocommerce`. */
  engine: string;
}

/**
 * The labels that every object of a store carries, whoever creates it: they prove ownership and find leftovers.
 * `app.kubernetes.io/name`, `instance`, `component` and `managed-by` differ by object and are not among them.
 */
export function storeLabels({ store, env, engine }: StoreIdentity): Record<string, string> {
  return {
    "app.kubernetes.io/part-of": "storefleet",
    "storefleet.dev/store": store,
    "storefleet.dev/env": env,
    "storefleet.dev/engine": engine,
  };
}

/** The labels that every object of an environment's shared parts carries. */
export function environmentLabels(env: string): Record<string, string> {
  return { "app.kubernetes.io/part-of": "storefleet", "storefleet.dev/env": env };
}

/** `labels` for an object that Pulumi creates itself; Helm marks its own with `managed-by: Helm`. */
export function pulumiLabels(labels: Record<string, string>, component: string): Record<string, string> {
  return {
    ...labels,
    "app.kubernetes.io/component": component,
    "app.kubernetes.io/managed-by": "Pulumi",
  };
}
