/**
 * What Pulumi and Helm say where they have no code or type for it, in one place. test/e2e/faults-found.test.ts asks
 * the very versions of scripts/machine/tools/table.ts, and no other is used. A chart's error may hold the same words: those of the CLI count only while
 * the engine had not begun (worker.ts).
 */
export const words = {
  noStack: /no stack named '.*' found/,
  stackExists: /stack '.*' already exists/,
  /** File and bucket backends; then Pulumi Cloud. */
  locked: /the stack is currently locked by|\[409\] Conflict: Another update/,
  nameInUse: /cannot re-use a name that is still in use/,
  quotaExceeded: /exceeded quota/,
};

export interface LockHolder {
  host: string;
  pid: number;
  /** When the lock was taken; milliseconds since 1970. */
  since: number;
}

/** `created by user@host (pid 123) at 2026-…`, as a file or bucket backend words each lock. */
const holder = /created by \S+@(\S+) \(pid (\d+)\) at (\S+)/g;

/** Who holds the locks that the CLI complains of; none where it does not say. */
export const holdersIn = (complaint: string): LockHolder[] =>
  [...complaint.matchAll(holder)].map(([, host = "", pid, at = ""]) => ({ host, pid: Number(pid), since: Date.parse(at) }));
