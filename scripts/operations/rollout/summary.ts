import type { Rollout, RolloutState } from "./record";

/** A roll-out for people and programs. */
export interface RolloutSummary {
  id: string;
  state: RolloutState;
  /** Why it halted, or who aborted it; null otherwise. */
  why: string | null;
  /** The wave that it is at, from 1; one more than there are when it is done. */
  wave: number;
  /** When that has baked, ISO 8601; null while it does not. */
  bakeEnds: string | null;
  waves: { name: string; members: number; bake: number }[];
  failed: { name: string; why: string }[];
  sick: { name: string; why: string }[];
}

export const summaryOf = ({ id, state, why, wave, bakeEnds, waves, failed, sick }: Rollout): RolloutSummary => ({
  id, state, why: why ?? null, wave: wave + 1, bakeEnds: bakeEnds ?? null,
  waves: waves.map(({ name, members, bake }) => ({ name, members: members.length, bake })), failed: listed(failed), sick: listed(sick),
});

const listed = (reasons: Record<string, string>) => Object.entries(reasons).map(([name, why]) => ({ name, why }));

/** One line: `roll-out … halted in wave 1 of 4 (first): acme: …`. */
export function rolloutInWords({ id, state, why, wave, bakeEnds, waves, sick }: RolloutSummary): string {
  const at = waves[wave - 1];
  const where = at ? `wave ${wave} of ${waves.length} (${at.name})` : "";
  const says = {
    running: bakeEnds === null ? `is not finished: ${where}` : `bakes until ${bakeEnds}: ${where}`,
    halted: `halted in ${where}: ${why}`, aborted: `was aborted: ${why}`, done: "is done", superseded: "was superseded by another release",
  }[state];
  return `roll-out ${id} ${says}${sick.length > 0 ? `; set aside, since not well: ${sick.map(({ name }) => name).join(", ")}` : ""}`;
}
