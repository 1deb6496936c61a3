import type { AuditEntry } from "../../api/types";

type Action = AuditEntry["action"];

/** All that is recorded, as it is called there. */
export const actions = [
  "store.create", "store.update", "store.delete", "store.restart", "store.verify", "store.backup", "store.restore", "store.exec", "operation.start", "operation.end", "operation.cancel", "list.changed",
  "credentials.read", "session.created", "session.failed", "access.denied", "token.created", "token.revoked", "environment.up", "state.unlocked", "state.rekeyed", "audit.pruned",
] as const satisfies readonly Action[];

export const ages = [["", "Ever"], ["3600", "Last hour"], ["86400", "Last day"], ["604800", "Last week"], ["2592000", "Last 30 days"]] as const;

/** What is asked for, as the address has it. */
export interface Sieve {
  store?: string;
  who?: string;
  action?: Action;
  since?: number;
}

/** Nothing but what means something: an address is written by anybody. */
export function sieveIn(params: URLSearchParams): Sieve {
  const [store, who] = ["store", "who"].map((key) => params.get(key)?.trim() || undefined);
  const action = actions.find((it) => it === params.get("action"));
  const since = ages.find(([its]) => its !== "" && its === params.get("since"))?.[0];
  return { ...(store && { store }), ...(who && { who }), ...(action && { action }), ...(since && { since: Number(since) }) };
}

/** As they are kept, for another program to read: one a line. */
export const jsonLines = (entries: readonly AuditEntry[]): string => entries.map((it) => `${JSON.stringify(it)}\n`).join("");

/** Who did it, and from where. */
export const whoOf = ({ actor: { person, user }, via }: Pick<AuditEntry, "actor" | "via">): string => `${person || user}${via === "external" ? ", by hand" : ` by ${via === "cli" ? "command" : "API"}`}`;

/** What an entry has besides what is seen at once; secrets are in none. */
export function detailsOf(entry: AuditEntry): [name: string, value: string][] {
  const { actor, via, stores = {}, commit, seconds, times, pruned, seq, prev, hash, time } = entry;
  const told: [string, string | undefined][] = [
    ["time", time], ["person", actor.person], ["account", actor.user], ["host", actor.host], ["via", via],
    ["stores", Object.entries(stores).map(([name, what]) => `${name}: ${what}`).join(", ")], ["commit", commit],
    ["took", seconds === undefined ? undefined : `${seconds} s`], ["besides", times === undefined ? undefined : `${times} times`],
    ["taken away", pruned && `up to entry ${pruned.seq}, ${pruned.hash}`], ["entry", String(seq)], ["hash", hash], ["before it", prev],
  ];
  return told.filter((it): it is [string, string] => Boolean(it[1]));
}
