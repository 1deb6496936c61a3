import type { Observed } from "./observe";

/** What the list asks for, as far as telling a change goes. */
export interface Wanted {
  name: string;
  /** Digest of everything the store is made from. */
  digest: string;
}

export type Action = "create" | "update" | "unchanged" | "delete" | "orphan" | "protected";

export interface Decision {
  name: string;
  action: Action;
  observed?: Observed;
}

const isDeployed = ({ releases }: Observed) => releases.length > 0 && releases.every(({ status }) => status === "deployed");

/** The last operation got where it set out for, but Helm has something else now: Pulumi's state does not know. */
export const changedByHand = (observed: Observed) =>
  observed.receipt !== undefined && observed.receipt.digest === observed.intendedDigest && !isDeployed(observed);

/** A store is unchanged when its last operation set out for what is wanted now and got there, and Helm agrees. */
export function isUnchanged(observed: Observed, digest: string): boolean {
  return (
    !observed.deleting &&
    observed.lastError === undefined &&
    observed.intendedDigest === digest &&
    observed.receipt?.digest === digest &&
    isDeployed(observed)
  );
}

/**
 * What a run over the fleet does with each store, in the order of the list, then the stores that left it.
 * Stores that left the list are `orphan` unless pruning was asked for; protected ones are never deleted.
 */
export function decide(wanted: Wanted[], fleet: Map<string, Observed>, options: { prune: boolean; skipUnchanged: boolean }): Decision[] {
  const listed = new Set(wanted.map(({ name }) => name));
  const decisions = wanted.map(({ name, digest }): Decision => {
    const observed = fleet.get(name);
    if (!observed) return { name, action: "create" };
    return { name, action: options.skipUnchanged && isUnchanged(observed, digest) ? "unchanged" : "update", observed };
  });
  for (const observed of fleet.values()) {
    if (listed.has(observed.store)) continue;
    const action = observed.protected ? "protected" : options.prune ? "delete" : "orphan";
    decisions.push({ name: observed.store, action, observed });
  }
  return decisions;
}
