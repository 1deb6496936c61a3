import type { Health, Operation, Store } from "../api/types";

/** The fleet as it was told last. */
export interface Fleet {
  stores: readonly Store[];
  /** Newest first. */
  operations: readonly Operation[];
  health: Health;
}

/** What the stream of the API tells. */
export type Told =
  | { event: "snapshot"; data: Fleet }
  | { event: "store"; data: { id: string; store: Store | null } }
  | { event: "operation"; data: { id: string; operation: Operation | null } }
  | { event: "health"; data: { health: Health } };

/** The fleet after something was told. Differences mean nothing to who has not got the whole. Rows that did not change stay the same objects. */
export function afterwards(fleet: Fleet | undefined, told: Told): Fleet | undefined {
  if (told.event === "snapshot") return told.data;
  if (!fleet) return undefined;
  if (told.event === "health") return { ...fleet, health: told.data.health };
  if (told.event === "store") return { ...fleet, stores: replaced(fleet.stores, told.data.id, told.data.store) };
  const operations = replaced(fleet.operations, told.data.id, told.data.operation);
  // Their names sort by time.
  return { ...fleet, operations: [...operations].sort((a, b) => (a.id < b.id ? 1 : -1)) };
}

/** With one in its place, at the end where it is new, or gone. */
function replaced<T extends { id: string }>(all: readonly T[], id: string, it: T | null): readonly T[] {
  if (it === null) return all.filter((each) => each.id !== id);
  return all.some((each) => each.id === id) ? all.map((each) => (each.id === id ? it : each)) : [...all, it];
}

/** Of each store the newest operation that had to do with it. */
export function lastChanges(operations: readonly Operation[]): Map<string, Operation> {
  const last = new Map<string, Operation>();
  for (const it of operations) for (const name of [...Object.keys(it.stores), ...(it.names ?? [])]) if (!last.has(name)) last.set(name, it);
  return last;
}

export const isUnderWay = ({ state }: Pick<Operation, "state">): boolean => ["editing", "queued", "running", "stopping"].includes(state);
