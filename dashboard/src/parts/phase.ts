import type { Store } from "../api/types";

/** The phases of the API, and two that tell them apart further: listed and not there yet; there and not listed any more. */
export const phases = ["READY", "PROVISIONING", "FAILED", "SUSPENDED", "DELETING", "NOT_CREATED", "LEFT_LIST"] as const;
export type Phase = (typeof phases)[number];

/** A store, and the phase that it is shown in. */
export interface StoreInPhase {
  id: string;
  store: Store;
  phase: Phase;
}

export const phaseNames: Record<Phase, string> = {
  READY: "Ready", PROVISIONING: "Provisioning", FAILED: "Failed", SUSPENDED: "Suspended", DELETING: "Deleting", NOT_CREATED: "Not created", LEFT_LIST: "Left the list",
};

export function phaseOf({ phase, createdAt, listed }: Pick<Store, "phase" | "createdAt" | "listed">): Phase {
  if (phase === "DELETING") return phase;
  if (phase === "PROVISIONING" && createdAt === null) return "NOT_CREATED";
  return listed === false ? "LEFT_LIST" : phase;
}
