import type { Operation, Store } from "../../api/types";
import { isUnderWay, lastChanges } from "../../live/fleet";
import { phaseOf, phases, type Phase, type StoreInPhase } from "../../parts/phase";

/** Which stores are to be seen. */
export interface Sieve {
  phase?: Phase;
  engine?: string;
  /** Part of a name, an address or a reason. */
  q: string;
}

/** A line of the table. */
export interface Row extends StoreInPhase {
  /** The newest operation that had to do with it. */
  change?: { id: string; kind: string; at: string };
  /** What is done with it just now. */
  step?: string;
}

/** Rows of stores that did not change stay the same objects, so that they are not drawn again. @param before the rows of the last time */
export function rowsOf(stores: readonly Store[], operations: readonly Operation[], before: ReadonlyMap<string, Row> = new Map()): Row[] {
  const last = lastChanges(operations);
  return stores.map((store) => {
    const operation = last.get(store.id);
    const part = operation && isUnderWay(operation) ? operation.stores[store.id] : undefined;
    const row: Row = {
      id: store.id, store, phase: phaseOf(store), step: part?.step ?? (part?.result === "waiting" ? "waiting" : undefined),
      change: operation && { id: operation.id, kind: operation.kind, at: operation.endedAt ?? operation.startedAt ?? operation.requestedAt },
    };
    const known = before.get(store.id);
    return known && known.store === store && known.step === row.step && known.change?.id === row.change?.id && known.change?.at === row.change?.at ? known : row;
  });
}

/** Those that fit. @param but leaves one part of the sieve out, so that it can be told what each of its values would show */
export function sieved(rows: readonly Row[], { phase, engine, q }: Sieve, but?: "phase"): Row[] {
  const part = q.trim().toLowerCase();
  return rows.filter(
    (row) =>
      (but === "phase" || phase === undefined || row.phase === phase) &&
      (engine === undefined || row.store.engine === engine) &&
      (part === "" || [row.id, row.store.url, row.store.reason ?? ""].some((text) => text.toLowerCase().includes(part))),
  );
}

/** How many there are of each phase that there is any of; those that matter always are told. */
export function countsOf(rows: readonly Row[]): [Phase, number][] {
  const counts = new Map<Phase, number>();
  for (const { phase } of rows) counts.set(phase, (counts.get(phase) ?? 0) + 1);
  const always: Phase[] = ["READY", "PROVISIONING", "FAILED"];
  return phases.filter((it) => always.includes(it) || counts.has(it)).map((it) => [it, counts.get(it) ?? 0]);
}
