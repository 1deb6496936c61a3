import { UserError } from "../../config/errors";
import { storesCommand } from "../../config/stores-command";
import { openSession } from "../engine/session";
import { readTrail } from "./records/audit";
import { whereBroken, type AuditEntry, type Break, type Head } from "./records/chain";
import { noteDown } from "./records/of-stores";
import { askToEnd, readOperations, type Operation } from "./records/operation";
import type { Scope } from "./scope";

export type { AuditEntry, Break, Operation };

/** What was done to the fleet and what is under way, newest first. */
export async function operations(scope: Scope): Promise<Operation[]> {
  const { kube, env } = await openSession(scope);
  return readOperations(kube, env);
}

/** One of them. @param cancel asks it to end: what is under way is cancelled cleanly, and no further store is begun */
export async function operation(scope: Scope, id: string, { cancel = false } = {}): Promise<Operation> {
  const session = await openSession(scope);
  const { kube, env } = session;
  const [found] = await readOperations(kube, env, id);
  if (!found) throw new UserError(`there is no operation "${id}" in ${env}`, `Those that there are: ${storesCommand("operations")}`, "usage");
  if (!cancel) return found;
  if (found.state !== "running" && found.state !== "stopping") throw new UserError(`operation ${id} is over: ${found.state}`, undefined, "not-ready");
  await noteDown(session, { action: "operation.cancel", operation: id });
  await askToEnd(kube, id);
  return { ...found, state: "stopping" };
}

export interface AuditQuery {
  /** Only what is about this store. */
  store?: string;
  /** No older than so many seconds. */
  since?: number;
  /** A hash that the trail is known to have had: it has to be in there still. */
  anchor?: string;
}

export interface Audited {
  entries: AuditEntry[];
  head: Head;
  /** Where the trail stops being whole. */
  broken: Break | null;
}

/** What the audit trail tells, oldest first; the whole of it is checked, whatever is shown. */
export async function audit(scope: Scope, { store, since, anchor }: AuditQuery): Promise<Audited> {
  const { kube } = await openSession(scope);
  const { entries, start } = await readTrail(kube);
  const last = entries.at(-1);
  const head = last ? { seq: last.seq, hash: last.hash } : start;
  const broken = whereBroken(entries, start) ?? (anchor === undefined || [start, ...entries].some(({ hash }) => hash.startsWith(anchor)) ? null : { seq: head.seq, reason: `no entry has the hash ${anchor}: what came after it was taken away, or written anew${start.seq > 0 ? `; entries 1 to ${start.seq} were exported, and may have it` : ""}` });
  const from = since === undefined ? "" : new Date(kube.now() - since * 1000).toISOString();
  return { entries: entries.filter((entry) => entry.time >= from && (store === undefined || concerns(entry, store))), head, broken };
}

const concerns = (entry: AuditEntry, store: string) => entry.store === store || (entry.stores !== undefined && Object.hasOwn(entry.stores, store));
