import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../../config/errors";
import type { EnvironmentName } from "../../../config/names";
import { recordLabels, recordsPath } from "../../../infra/control";
import type { Kube } from "../../../kube";
import { Claims } from "../../engine/claims";
import type { StoreEnd, StoreRecord } from "../../engine/store-record";
import { commitOfCheckout } from "../../machine/checkout";
import { placed } from "../../machine/os/placed-process";
import { AuditTrail } from "./audit";
import { Batched } from "./batched";
import type { AuditFields, Head } from "./chain";
import { cancelAnnotation, endPatch, forgetOldest, heartbeatEvery, isSilent, newId, operationOf, pathOf, storeKey, tenths, whoAsks, writeRecord, type End, type Kind, type Operation, type Place } from "./operation";

/** What an operation is about to do. */
export interface Intended {
  kind: Kind;
  /** By name of a store: what is to be done with it. */
  stores: Record<string, string>;
  /** Milliseconds after which it gives up, so that nothing is under way for ever. */
  limit: number;
  /** The record that waits for it, where it was asked for before. */
  queued?: string;
}

/** An operation that is recorded, to those who carry it out. */
export interface Recorded {
  id: string;
  /** Aborted by the caller's, by `stores operations ID --cancel`, at the deadline, and where another run took this one for dead. */
  signal: AbortSignal;
  stores: StoreRecord;
}

/** What a caller is told of the record. */
export interface OperationNote {
  id: string;
  /** The audit trail's last entry: kept elsewhere, it proves later that nothing was taken away. */
  audit: Head;
}

/** Tries, a second apart, to note down what has happened already. */
const tries = 15;
/** Why a run ends that was silent for too long. */
const takenForDead = "another run took it for dead";

/**
 * Carries out an operation under a record: written before the work, with a key for each store, a sign of life every few seconds, and how
 * it ended. The audit trail has its start and its end. Where either can not be written, nothing is done.
 */
export async function recorded<T>(
  place: Place, intended: Intended, { signal, say }: { signal: AbortSignal; say: (text: string) => void },
  body: (operation: Recorded) => Promise<T>, endOf: (result: T) => { end: End; error?: string },
): Promise<{ result: T; note: OperationNote }> {
  const run = new RecordedRun(place, intended, signal, say);
  await run.begin();
  let end: { end: End; error?: string } = { end: "failed" };
  try {
    const result = await body(run);
    end = run.gaveUp ? { end: "failed", error: run.gaveUp } : endOf(result);
    return { result, note: run.note };
  } catch (error) {
    end = { end: signal.aborted ? "cancelled" : "failed", error: (error as Error).message };
    throw error;
  } finally {
    const lost = await run.end(end.end, end.error);
    if (lost) say(`note: how operation ${run.id} ended could not be recorded: ${lost}`);
  }
}

class RecordedRun implements Recorded {
  readonly stores: StoreRecord;
  readonly signal: AbortSignal;
  readonly note: OperationNote;
  /** Why it ended itself. */
  gaveUp?: string;
  private readonly controller = new AbortController();
  private readonly trail: AuditTrail;
  private started = 0;
  private readonly steps = new Map<string, string>();
  /** What goes wrong with each is known when it ends. */
  private readonly notedDown: Promise<Error | undefined>[] = [];
  private readonly parts = new Batched((all: Record<string, string>[]) => this.kube.merge(pathOf(this.id), { data: Object.assign({}, ...all) as object }, { metadataOnly: true }));
  private claims?: Claims;
  private who?: Awaited<ReturnType<typeof whoAsks>>;
  private commit?: string;
  private beating?: Promise<void>;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly place: Place,
    private readonly intended: Intended,
    caller: AbortSignal,
    private readonly say: (text: string) => void,
  ) {
    this.signal = AbortSignal.any([caller, this.controller.signal]);
    this.trail = new AuditTrail(this.kube, place.env);
    this.note = { id: "", audit: this.trail.head };
    this.stores = { begin: (store, action) => this.beginStore(store, action), claim: (what) => this.claim(what), step: (store, text) => void this.steps.set(store, text), end: (report) => this.endStore(report) };
  }

  get id(): string {
    return this.note.id;
  }

  private get kube(): Kube {
    return this.place.kube;
  }

  async begin(): Promise<void> {
    const { env } = this.place;
    const [who, commit] = await Promise.all([whoAsks(this.place), commitOfCheckout(), noteInterrupted(this.kube, env, this.trail)]);
    this.who = who;
    this.commit = "id" in commit ? `${commit.id}${commit.dirty ? "+" : ""}` : undefined;
    const { kind, stores, limit, queued } = this.intended;
    const now = (this.started = this.kube.now());
    this.note.id = queued ?? newId(now);
    const own = placed(process.pid);
    const run = { startedAt: iso(now), deadline: iso(now + limit), ...(this.commit && { commit: this.commit }), stores };
    if (queued === undefined) await writeRecord(this.kube, this.id, { kind, env, ...who, requestedAt: iso(now) }, { state: "running", process: own, run });
    else await this.kube.merge(pathOf(queued), { metadata: { labels: { [recordLabels.state]: "running" } }, data: { run: JSON.stringify(run), process: JSON.stringify(own) } });
    await this.audit({ action: "operation.start", outcome: "accepted", ...(Object.keys(stores).length > 0 && { stores }) });
    this.claims = new Claims(this.kube, { env, inWords: `operation ${this.id} of ${who.actor.person} on ${who.actor.host}, process ${process.pid}`, process: own });
    this.timer = setInterval(() => (this.beating ??= this.beat().finally(() => (this.beating = undefined))), heartbeatEvery);
  }

  private audit(fields: Pick<AuditFields, "action" | "outcome"> & Partial<AuditFields>): Promise<void> {
    return this.trail.append({ time: iso(this.kube.now()), ...(this.who as NonNullable<typeof this.who>), operation: this.id, ...(this.commit && { commit: this.commit }), ...fields });
  }

  /** A sign of life, with what is done just now; the answer says whether it is still wanted. */
  private async beat(): Promise<void> {
    if (this.kube.now() - this.started > this.intended.limit) this.giveUp("it took longer than its deadline");
    const [record] = await Promise.all([
      this.kube.merge(pathOf(this.id), { data: { beat: iso(this.kube.now()), steps: JSON.stringify(Object.fromEntries(this.steps)) } }, { metadataOnly: true }).catch(() => null),
      this.claims?.renew(),
    ]);
    if (record === null) return; // the API server is away: the next beat tells
    if (!record) this.giveUp("its record was removed");
    else if (record.metadata.labels?.[recordLabels.state] !== "running") this.giveUp(takenForDead);
    else if (record.metadata.annotations?.[cancelAnnotation]) this.stop("somebody asked it to");
  }

  private giveUp(why: string): void {
    this.gaveUp ??= why;
    this.stop(why);
  }

  private stop(why: string): void {
    if (this.signal.aborted) return;
    this.say(`stopping operation ${this.id}, since ${why}: no new store starts, those under way are cancelled`);
    this.controller.abort();
  }

  private async beginStore(store: string, action: string): Promise<{ signal: AbortSignal } | { heldBy: string }> {
    const lost = new AbortController();
    const heldBy = await this.claims?.take(store, () => lost.abort());
    if (heldBy !== undefined) return { heldBy };
    try {
      if (!(await this.parts.add({ [storeKey(store)]: JSON.stringify({ action, result: "working" }) }))) throw new UserError("its record was removed");
    } catch (error) {
      await this.claims?.giveBack(store).catch(() => undefined);
      throw error;
    }
    return { signal: AbortSignal.any([this.signal, lost.signal]) };
  }

  private async claim(what: string): Promise<{ signal: AbortSignal; giveBack: () => Promise<void> } | { heldBy: string }> {
    const lost = new AbortController();
    const heldBy = await this.claims?.take(what, () => lost.abort());
    // What can not be given back ends by itself.
    return heldBy === undefined ? { signal: AbortSignal.any([this.signal, lost.signal]), giveBack: async () => this.claims?.giveBack(what).catch(() => undefined) } : { heldBy };
  }

  /** Nobody waits for it but the end of the operation. */
  private endStore({ name, action, result, seconds, error, repairs }: StoreEnd): void {
    this.steps.delete(name);
    const told = { action, result, seconds, ...(error && { error: error.slice(0, 400) }), ...(repairs.length > 0 && { repairs: repairs.map((it) => it.slice(0, 200)).slice(0, 5) }) };
    const outcome = result === "failed" || result === "refused" ? "failed" : result === "cancelled" || result === "not started" ? "cancelled" : "succeeded";
    this.notedDown.push(
      // What can not be given back ends by itself.
      Promise.resolve(this.claims?.giveBack(name)).then(() => undefined, () => undefined),
      this.insistently(() => this.parts.add({ [storeKey(name)]: JSON.stringify(told) })),
      this.insistently(() => this.audit({ action: actionOf(action), store: name, outcome, seconds, ...(error && { reason: error.slice(0, 300) }) })),
    );
  }

  /** Tries again for a while. Never rejects, as nobody waits for it until the operation ends: returns what was wrong to the last. */
  private async insistently(write: () => Promise<unknown>): Promise<Error | undefined> {
    for (let left = tries; ; left--) {
      try {
        await write();
        return undefined;
      } catch (error) {
        if (left === 0) return error as Error;
        await delay(1000);
      }
    }
  }

  /** Returns why it could not be noted down. */
  async end(end: End, error?: string): Promise<string | undefined> {
    clearInterval(this.timer);
    await this.beating;
    const before = await Promise.all(this.notedDown);
    const seconds = tenths(this.kube.now() - this.started);
    const reason = error?.slice(0, 300);
    // Who took it for dead has written how it ended.
    const last = this.gaveUp === takenForDead ? [] : await Promise.all([
      this.insistently(() => this.audit({ action: "operation.end", outcome: end, seconds, ...(reason && { reason }) })),
      this.insistently(() => this.kube.merge(pathOf(this.id), endPatch(end, iso(this.kube.now()), error))),
    ]);
    this.note.audit = this.trail.head;
    await forgetOldest(this.kube).catch(() => undefined);
    return [...before, ...last].find((it) => it !== undefined)?.message;
  }
}

/** A store that was only looked into, or is protected by now, was to be updated or deleted. */
const actionOf = (action: string): AuditFields["action"] => named.find((it) => it === `store.${action}`) ?? "store.update";
const named = ["store.create", "store.delete", "store.restart", "store.verify", "store.backup", "store.restore"] as const;

const iso = (time: number) => new Date(time).toISOString();

/** Notes down of operations whose process was killed that they were cut off: how each ended is always there. */
async function noteInterrupted(kube: Kube, env: EnvironmentName, trail: AuditTrail): Promise<void> {
  const running = await kube.list(recordsPath, { labels: `${recordLabels.kind}=operation,${recordLabels.state}=running,${recordLabels.env}=${env}` });
  for (const object of running) {
    if (!isSilent(object, kube.now())) continue;
    const [cut] = operationOf(object, kube.now());
    // What an API was asked for is carried out by whoever runs its queue now.
    if (!cut || cut.via === "api") continue;
    await closeRecord(kube, trail, cut, "interrupted");
  }
}

/** Has the trail tell how an operation ended that another process had begun, or nobody. */
export const tellEnd = (now: number, trail: AuditTrail, { actor, via, id }: Operation, outcome: End, error?: string): Promise<void> =>
  trail.append({ time: iso(now), actor, via, action: "operation.end", operation: id, outcome, ...(error && { reason: error.slice(0, 300) }) });

/** Ends the record of such an operation. Rather told twice, where two notice at the same time, than not at all, where this process is killed in between. */
export async function closeRecord(kube: Kube, trail: AuditTrail, it: Operation, end: End, error?: string): Promise<void> {
  const now = kube.now();
  await tellEnd(now, trail, it, end, error);
  await kube.merge(pathOf(it.id), endPatch(end, iso(now), error));
}
