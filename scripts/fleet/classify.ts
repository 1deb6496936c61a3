import { formatProblem, type ListProblem } from "../../config/errors";
import { engineRefusal } from "../../config/fixed";
import { storesCommand } from "../../config/stores-command";
import { releaseOf } from "../../stores/digest";
import type { Observed } from "./observe";

/** What the list asks for, as far as telling a change goes. */
export interface Wanted {
  name: string;
  /** Digest of everything the store is made from. */
  digest: string;
  engine: string;
  /** Where the list says so. */
  engineAt: Omit<ListProblem, "message" | "repair">;
}

/**
 * `upgrade`: a store that runs gets another release than it has, whatever the list changes besides. `refused`: the list asks for what can not be, or for
 * what another has; the store is left as it runs.
 */
export type Action = "create" | "update" | "upgrade" | "unchanged" | "refused" | "delete" | "orphan" | "protected";

export interface Decision {
  name: string;
  action: Action;
  /** Why it is `refused`, and how to mend that. */
  reason?: string;
  observed?: Observed;
  /** Stores whose operations have to be over, and well, before. */
  after?: string[];
}

/** Whether a store is made or changed: Pulumi is asked about it. */
export const isMade = ({ action }: Pick<Decision, "action">): boolean => action === "create" || isChanged({ action });
/** Whether one that is there is changed. */
export const isChanged = ({ action }: Pick<Decision, "action">): boolean => action === "update" || action === "upgrade";

const isDeployed = ({ releases }: Observed) => releases.length > 0 && releases.every(({ status }) => status === "deployed");

/** Of a store whose data is being put back: whatever else is done with it waits. */
export const restoringInWords = ({ store, restoring = "" }: Pick<Observed, "store" | "restoring">) =>
  `snapshot ${restoring.split("@")[1]} of ${store} is being put back, or that was cut off; to go on with it: ${storesCommand(`restore ${store} --snapshot ${restoring.split("@")[1]}`)}`;

/** The last operation got where it set out for, but Helm has something else now: Pulumi's state does not know. */
export const changedByHand = (observed: Observed) =>
  observed.receipt !== undefined && observed.receipt.digest === observed.intendedDigest && !isDeployed(observed);

/**
 * A store is unchanged when its last operation set out for what is wanted now and got there, Helm agrees, and its Secrets from
 * outside are the ones that it was started with. Walls that still have room for what it was before are lowered by another one.
 */
export function isUnchanged(observed: Observed, digest: string): boolean {
  return (
    !observed.deleting &&
    observed.lastError === undefined &&
    observed.intendedDigest === digest &&
    observed.receipt?.digest === digest &&
    !observed.receipt.held &&
    (observed.changedSecrets ?? []).length === 0 &&
    isDeployed(observed)
  );
}

/** Whether the release that a store got to is another than the wanted one. */
const hasOtherRelease = ({ deleting, receipt }: Observed, digest: string): boolean => !deleting && receipt !== undefined && releaseOf(receipt.digest) !== releaseOf(digest);

/**
 * The engine whose data a store has: of the last operation that got to its end, else of a release that one began. The
 * namespace's label tells only what the last one set out for, and a store that has neither holds no data yet.
 */
function engineIn({ receipt, releases, deleting }: Observed, wanted: string): string | undefined {
  if (deleting) return undefined;
  return receipt?.engine || releases.find(({ name }) => name === wanted)?.name || releases[0]?.name;
}

/**
 * What a run over the fleet does with each store, in the order of the list, then the stores that left it.
 * Stores that left the list are `orphan` unless pruning was asked for; protected ones are never deleted.
 */
export function decide(wanted: Wanted[], fleet: Map<string, Observed>, options: { prune: boolean; skipUnchanged: boolean }): Decision[] {
  const listed = new Set(wanted.map(({ name }) => name));
  const decisions = wanted.map(({ name, digest, engine, engineAt }): Decision => {
    const observed = fleet.get(name);
    if (!observed) return { name, action: "create" };
    const refusal = engineRefusal(name, engine, engineIn(observed, engine));
    if (observed.restoring !== undefined) return { name, action: "refused", reason: restoringInWords(observed), observed };
    if (refusal) return { name, action: "refused", reason: formatProblem({ ...engineAt, ...refusal }), observed };
    return { name, action: options.skipUnchanged && isUnchanged(observed, digest) ? "unchanged" : hasOtherRelease(observed, digest) ? "upgrade" : "update", observed };
  });
  for (const observed of fleet.values()) {
    if (listed.has(observed.store)) continue;
    const action = observed.protected ? "protected" : options.prune ? "delete" : "orphan";
    decisions.push({ name: observed.store, action, observed });
  }
  return decisions;
}

/**
 * Which stores a `destroy` takes, and which it keeps because they are protected: by the list, applied or not, or by
 * what was applied last, whatever the list says by now.
 * @param names stores to remove; all that run where none are named
 * @param listed names that the list protects
 */
export function decideDestroy(names: string[], fleet: Map<string, Observed>, listed: ReadonlySet<string>): { doomed: string[]; kept: string[] } {
  const wanted = names.length > 0 ? [...new Set(names)] : [...fleet.keys()];
  const isProtected = (name: string) => listed.has(name) || (fleet.get(name)?.protected ?? false);
  return { doomed: wanted.filter((name) => !isProtected(name)), kept: wanted.filter(isProtected) };
}
