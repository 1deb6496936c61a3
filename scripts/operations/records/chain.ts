import { createHash } from "node:crypto";
import { z } from "zod";
import { canonical } from "../../../config/canonical";

/** Who did it: the cluster's name for the login, and this machine's for the person. */
const actor = z.strictObject({ user: z.string(), person: z.string(), host: z.string() });
export type Actor = z.infer<typeof actor>;

/** What is recorded; without a secret, and without a value of the list. */
export const auditFields = z.strictObject({
  time: z.string().describe("ISO 8601, by the API server's clock."),
  actor: actor.describe("user: whom the cluster knows; person, host: whom the machine that asked knows."),
  via: z.enum(["cli", "api", "external"]).describe("external: by none of our own, such as an edit of the list by hand; seen by whoever serves the API."),
  action: z.enum(["operation.start", "operation.end", "operation.cancel", "list.changed", "token.created", "token.revoked", "store.create", "store.update", "store.delete", "store.restart", "store.verify", "store.backup", "store.restore", "credentials.read", "store.exec", "environment.up", "state.unlocked", "state.rekeyed", "session.created", "session.failed", "access.denied", "audit.pruned"]),
  store: z.string().optional(),
  stores: z.record(z.string(), z.string()).optional().describe("Of the start of an operation: what is to be done with which store. Of an edit by hand: what became of which entry."),
  operation: z.string().optional(),
  commit: z.string().optional().describe("Of the checkout that the list is from; with a + where it had been changed since."),
  outcome: z.enum(["accepted", "succeeded", "failed", "cancelled", "interrupted", "abandoned", "denied"]),
  reason: z.string().optional(),
  seconds: z.number().optional(),
  times: z.int().min(1).optional().describe("Of what was denied: how often besides, since the entry before of its kind."),
  pruned: z.strictObject({ seq: z.int().min(1), hash: z.string() }).optional().describe("The last of the entries that were exported and taken away: the trail goes on from it."),
});
export type AuditFields = z.infer<typeof auditFields>;

/** An entry in its place: each holds the digest of the one before. */
export const auditEntry = auditFields.extend({ seq: z.int().min(1), prev: z.string().describe("Of the entry before; empty for the first."), hash: z.string().describe("SHA-256 of everything else here.") });
export type AuditEntry = z.infer<typeof auditEntry>;

/** The last entry's place; of an empty trail: 0 and nothing. */
export interface Head {
  seq: number;
  hash: string;
}
export const noEntries: Head = { seq: 0, hash: "" };

const digest = (entry: object) => createHash("sha256").update(canonical(entry)).digest("hex");

/** The entry that comes after `head`. */
export function chained(fields: AuditFields, head: Head): AuditEntry {
  const entry = { ...fields, seq: head.seq + 1, prev: head.hash };
  return { ...entry, hash: digest(entry) };
}

/** Where a trail stops being whole. */
export interface Break {
  seq: number;
  reason: string;
}

/** Looks that nothing was changed, left out or put in between. @param start what came before the first of them */
export function firstBreak(entries: AuditEntry[], start: Head = noEntries): Break | undefined {
  let head = start;
  for (const { hash, ...entry } of entries) {
    const seq = head.seq + 1;
    if (entry.seq !== seq) return { seq, reason: entry.seq > seq ? `entries ${seq} to ${entry.seq - 1} are missing` : `entry ${entry.seq} stands twice` };
    if (digest(entry) !== hash) return { seq, reason: "was changed" };
    if (entry.prev !== head.hash) return { seq, reason: "does not follow from the one before, which is another than it was" };
    head = { seq, hash };
  }
  return undefined;
}

/** Looks that what came before the first entry was exported and taken away, as an entry tells that is there, and not just taken away. */
export function whereBroken(entries: AuditEntry[], start: Head): Break | undefined {
  const later = (head: Head) => entries.some(({ seq, hash }) => seq === head.seq && hash === head.hash);
  // Whoever was killed in the middle of it left some of the last that were to go.
  const told = entries.some(({ pruned }) => pruned && (pruned.seq === start.seq ? pruned.hash === start.hash : pruned.seq > start.seq && later(pruned)));
  return firstBreak(entries, start) ?? (start.seq === 0 || told ? undefined : { seq: 1, reason: `entries 1 to ${start.seq} are missing` });
}
