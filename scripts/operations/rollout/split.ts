import { atOnceOf, type RolloutPolicy } from "../../../config/rollout";
import { engineNames } from "../../../config/spec";
import { releaseOf } from "../../../stores/digest";
import type { Decision } from "../../fleet/classify";
import type { Fleet } from "../open-fleet";
import type { RolloutNotes } from "./record";

type Target = RolloutNotes["target"];

/** By engine: the release that its stores are to have. */
export const targetOf = (wanted: Fleet["wanted"]): Target =>
  Object.fromEntries(engineNames.flatMap((engine) => wanted.filter(({ spec }) => spec.engine === engine).slice(0, 1).map(({ digest }) => [engine, releaseOf(digest) ?? ""])));

/** Whether a roll-out is about the release that is wanted now. */
export const isAbout = ({ target }: Pick<RolloutNotes, "target">, wanted: Target): boolean => engineNames.every((engine) => target[engine] === undefined || wanted[engine] === undefined || target[engine] === wanted[engine]);

/** What decides when a change is made. */
interface SplitBy {
  policy: RolloutPolicy;
  /** How many stores are listed. */
  listed: number;
  /** The open roll-out to the wanted release. */
  open?: Pick<RolloutNotes, "waves" | "wave">;
  /** Stores that are about to be suspended, or to run again: nobody shops there, so they take the release along. */
  turning?: ReadonlySet<string>;
  /** Updates that somebody asked for one by one are made, however many they are. */
  anyUpdates: boolean;
}

/**
 * Which stores are changed at once, and which in waves: those that get another release, those that an open roll-out has yet to come to, and
 * those of an edit that changes too many.
 */
export function split(decisions: Decision[], { policy, listed, open, anyUpdates, turning }: SplitBy): { atOnce: Decision[]; waved: Decision[] } {
  const ahead = new Set(open?.waves.slice(open.wave).flatMap(({ members }) => members));
  const edited = decisions.filter(({ name, action }) => action === "update" && !ahead.has(name));
  const tooMany = !anyUpdates && edited.length > atOnceOf(policy, listed);
  const waved = new Set(decisions.filter(({ name, action }) => !turning?.has(name) && (action === "upgrade" || (action === "update" && (ahead.has(name) || tooMany)))));
  // Whoever waits for a host waits for the wave of the store that gives it up.
  for (let before = -1; before !== waved.size; ) {
    before = waved.size;
    const names = new Set([...waved].map(({ name }) => name));
    for (const it of decisions) if (it.after?.some((giver) => names.has(giver))) waved.add(it);
  }
  return { atOnce: decisions.filter((it) => !waved.has(it)), waved: decisions.filter((it) => waved.has(it)) };
}
