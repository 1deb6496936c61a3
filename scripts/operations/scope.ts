import { distance } from "fastest-levenshtein";
import { UserError } from "../../config/errors";
import { concurrencyFor, tooMany } from "../engine/concurrency";
import type { Progress } from "../engine/progress";
import type { Target } from "../engine/session";
import type { Observed } from "../fleet/observe";

export type { Progress };

/** Whose fleet: an environment's, by its own list or by another file, on its own cluster or on a named one. */
export interface Scope extends Target {
  file?: string;
}

/** What an operation tells on its way; results are what it returns. */
export interface Listener {
  /** Aborted to end the operation early: what is under way is cancelled cleanly. */
  signal: AbortSignal;
  progress: Progress;
  /** Told a sentence at a time. */
  say: (text: string) => void;
}

/** How many stores at a time: as asked for, or as this machine bears. More than memory seems to hold is remarked on, and done. */
export function lanes(requested: number | undefined, say: Listener["say"], standard: (requested?: number) => number = concurrencyFor): number {
  const remark = tooMany(requested);
  if (remark) say(remark);
  return standard(requested);
}

/** Refuses names that neither the list nor the cluster knows, with the nearest one that they do. */
export function requireKnown(names: string[], listed: string[], observed: Map<string, Observed>): void {
  const known = [...new Set([...listed, ...observed.keys()])];
  for (const name of names) {
    if (known.includes(name)) continue;
    const nearest = known.sort((a, b) => distance(a, name) - distance(b, name))[0];
    const close = nearest !== undefined && distance(nearest, name) <= 3;
    throw new UserError(`there is no store "${name}", neither listed nor running`, close ? `Did you mean "${nearest}"?` : `Stores: ${known.join(", ") || "none"}.`, "unknown-store");
  }
}
