import { createHash } from "node:crypto";
import type { Wave } from "../../../config/rollout";

/** A store that is to have another release. */
export interface Candidate {
  name: string;
  labels: Record<string, string>;
  suspended: boolean;
  /** What was done last with it did not get to its end, so it has least to lose. */
  broken: boolean;
  /** Stores that give up a host to it, and so come before. */
  after: string[];
}

/** Stores that get the release together, and for how many seconds they have to stay well before the next do. */
export interface PlannedWave {
  name: string;
  bake: number;
  members: string[];
}

/**
 * Which stores get a release when. In each wave broken ones come first and suspended ones last; between them the order is another one with each
 * roll-out, so that no shop is always the first. Suspended ones are in the last wave unless labels call them earlier.
 */
export function planWaves(rollout: string, candidates: Candidate[], waves: Wave[]): PlannedWave[] {
  const rank = ({ suspended, broken }: Candidate) => (suspended ? 2 : broken ? 0 : 1);
  const chance = new Map(candidates.map(({ name }) => [name, createHash("sha256").update(`${rollout}/${name}`).digest("hex")]));
  let left = [...candidates].sort((a, b) => rank(a) - rank(b) || (chance.get(a.name)! < chance.get(b.name)! ? -1 : 1));
  const planned = waves.map(({ name, select, percent, bake }, index): PlannedWave => {
    const taken = candidates.length - left.length;
    const room = percent === undefined ? left.length : Math.max(1, Math.ceil((percent * candidates.length) / 100) - taken);
    const isLast = index === waves.length - 1;
    const members = isLast ? left : select ? left.filter((it) => hasLabels(it, select)) : left.slice(0, room);
    left = left.filter((it) => !members.includes(it));
    return { name, bake, members: members.map((it) => it.name) };
  });
  const filled = withGivers(planned, candidates).filter(({ members }) => members.length > 0);
  // Nothing comes after the last one but what its own bake was meant for.
  return filled.map((it, index) => (index === filled.length - 1 ? { ...it, bake: waves.at(-1)?.bake ?? 0 } : it));
}

const hasLabels = ({ labels }: Candidate, select: Record<string, string | string[]>): boolean =>
  Object.entries(select).every(([key, value]) => (Array.isArray(value) ? value : [value]).includes(labels[key] ?? ""));

/** Whoever takes a host goes with the last of those that give one to it, who are known not to wait for each other. */
function withGivers(waves: PlannedWave[], candidates: Candidate[]): PlannedWave[] {
  const waveOf = new Map(waves.flatMap(({ members }, index) => members.map((name) => [name, index])));
  const late = candidates.filter(({ after }) => after.length > 0);
  for (let moved = true; moved; ) {
    moved = false;
    for (const { name, after } of late) {
      const needed = Math.max(...after.map((giver) => waveOf.get(giver) ?? 0));
      if (needed <= waveOf.get(name)!) continue;
      waveOf.set(name, needed);
      moved = true;
    }
  }
  const order = waves.flatMap(({ members }) => members);
  return waves.map((wave, index) => ({ ...wave, members: order.filter((name) => waveOf.get(name) === index) }));
}
