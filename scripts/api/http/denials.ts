import type { AuditFields } from "../../operations/records/chain";
import type { Caller } from "./caller";
import type { Problem } from "./problem";

/** Milliseconds in which the same is told once, and how often besides. */
const window = 10 * 60_000;

/** Enters something into the audit trail, on behalf of who asked. */
export type Note = (fields: Pick<AuditFields, "action" | "outcome" | "reason" | "times">, caller: Pick<Caller, "name" | "address">) => Promise<void>;

interface Kind {
  fields: Pick<AuditFields, "action" | "reason">;
  caller: Pick<Caller, "name" | "address">;
  until: number;
  /** Since it was told. */
  times: number;
}

/**
 * What was refused for want of a right, entered into the audit trail: the first time at once, what follows by its number, since whoever
 * tries a thousand times must not fill it. Nobody waits for that, and nothing is done that would need it.
 */
export class Denials {
  private readonly kinds = new Map<string, Kind>();

  constructor(
    private readonly note: Note,
    private readonly report: (text: string) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** @param what was asked for, such as `GET /api/v1/list` */
  count({ code, message, more: { denied } }: Problem, what: string, address: string): void {
    if (!denied) return;
    const { id, name } = denied;
    // Whoever has no token is one and the same, whatever they ask for.
    const key = JSON.stringify(id === "" ? [address, what === newSession] : [id, address, what, code]);
    const before = this.kinds.get(key);
    if (before && this.now() < before.until) return void (before.times += 1);
    if (before) void this.tell(before, key);
    const kind: Kind = { fields: { action: what === newSession ? "session.failed" : "access.denied", reason: `${what}: ${message}`.slice(0, 300) }, caller: { name, address }, until: this.now() + window, times: 0 };
    this.kinds.set(key, kind);
    void this.enter(kind);
  }

  /** Tells how often besides, where that time is over. @param all whatever the time */
  async flush(all = false): Promise<void> {
    await Promise.all([...this.kinds].map(([key, kind]) => (all || this.now() >= kind.until ? this.tell(kind, key) : undefined)));
  }

  private async tell(kind: Kind, key: string): Promise<void> {
    this.kinds.delete(key);
    if (kind.times > 0) await this.enter(kind, kind.times);
  }

  private enter({ fields, caller }: Kind, times?: number): Promise<void> {
    return this.note({ ...fields, outcome: "denied", ...(times && { times }) }, caller).catch((error: Error) => this.report(`note: a denial is not in the audit trail: ${error.message}`));
  }
}

const newSession = "POST /api/v1/session";
