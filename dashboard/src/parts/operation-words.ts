import type { Operation } from "../api/types";
import { isUnderWay } from "../live/fleet";

/** What is done to which stores: `apply acme`, `apply 12 stores`. */
export function whatOf({ kind, names, stores }: Pick<Operation, "kind" | "names" | "stores">): string {
  const all = storesOf({ names, stores });
  return [kind, all.length === 1 ? all[0] : all.length > 1 ? `${all.length} stores` : ""].filter(Boolean).join(" ");
}

export const storesOf = ({ names = [], stores }: Pick<Operation, "names" | "stores">): string[] => [...new Set([...names, ...Object.keys(stores)])];

/** Whom a record names: the person who asked, and from where. */
export const whoOf = ({ actor: { person, host }, via }: Pick<Operation, "actor" | "via">): string => `${person} · ${host} · ${via}`;

/** Seconds that it took, or has taken so far; undefined while nobody has begun. @param now milliseconds */
export function tookOf(it: Operation, now: number): number | undefined {
  if (it.startedAt === undefined) return undefined;
  const end = it.endedAt !== undefined ? Date.parse(it.endedAt) : isUnderWay(it) ? now : undefined;
  return end === undefined ? undefined : Math.max(0, (end - Date.parse(it.startedAt)) / 1000);
}

/** `2 of 5 done` while it is under way. */
export function progressOf({ stores }: Pick<Operation, "stores">): string {
  const parts = Object.values(stores);
  const open = parts.filter(({ result }) => result === "waiting" || result === "working").length;
  return parts.length > 1 ? `${parts.length - open} of ${parts.length} done` : "";
}
