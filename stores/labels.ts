/** Labels by which the fleet is found and owned; `components/shared/labels.ts` puts them on every object. */
export const labels = {
  store: "storefleet.dev/store",
  env: "storefleet.dev/env",
  engine: "storefleet.dev/engine",
  receipt: "storefleet.dev/receipt",
} as const;

/** Notes on a store's namespace. */
export const annotations = {
  /** What the running or last operation sets out to reach: the namespace is the first thing it writes. */
  digest: "storefleet.dev/digest",
  protected: "storefleet.dev/protected",
  suspended: "storefleet.dev/suspended",
  /** On the quota: the sizes that it is made for, as JSON. */
  sizes: "storefleet.dev/sizes",
  /** Written by `stores apply` when an operation failed, removed when one succeeds. */
  lastError: "storefleet.dev/last-error",
  /** Which snapshot a restore puts back that has not come to its end. */
  restoring: "storefleet.dev/restoring",
  /** Written by a roll-out when the store had passed its gate: the digest with which it did. */
  verified: "storefleet.dev/verified",
} as const;

/** The last thing a store's stack writes, in the store's namespace. */
export const receiptName = "storefleet-receipt";
