import type { Phase } from "./contenders";
import type { Row } from "./report";

export interface Target {
  text: string;
  /** What was measured; absent when these runs say nothing about it. */
  measured?: string;
  met?: boolean;
}

/** The limits that this project set itself, for two cores. */
export function checkTargets(rows: readonly Row[]): Target[] {
  const find = (contender: string, phase: Phase) => rows.find((row) => row.contender === contender && row.phase === phase);
  const ourCreate = find("ours", "create");

  const within = (phase: Phase, stores: number, limit: number): Target => {
    const text = `${phase} with ${stores} stores: at most ${limit} s`;
    const row = find("ours", phase);
    return row && row.stores >= stores ? { text, measured: `${row.seconds} s`, met: row.seconds <= limit } : { text };
  };
  const rate = (contender: string, factor: number, text: string): Target => {
    const theirs = find(contender, "create");
    if (!ourCreate || !theirs) return { text };
    const times = ourCreate.storesPerMinute / theirs.storesPerMinute;
    return { text, measured: `${times.toFixed(2)} times`, met: factor === 1 ? times > 1 : times >= factor };
  };
  const memory: Target = { text: "cold create: at most 450 MiB for each store in flight" };
  if (ourCreate?.storeMiB !== undefined) Object.assign(memory, { measured: `${ourCreate.storeMiB} MiB`, met: ourCreate.storeMiB <= 450 });

  return [
    within("no-op", 200, 3),
    within("change", 200, 10),
    rate("loop", 2.5, "cold create: at least 2.5 times the rate of a loop of pulumi up"),
    rate("automation", 1, "cold create: faster than the stock Automation API"),
    memory,
  ];
}

export function describeTarget({ text, measured, met }: Target): string {
  return met === undefined ? `not measured  ${text}` : `${met ? "met   " : "missed"}        ${text}: ${measured}`;
}
