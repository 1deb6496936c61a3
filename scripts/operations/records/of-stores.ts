import { UserError } from "../../../config/errors";
import { storesCommand } from "../../../config/stores-command";
import { operationLimit } from "../../engine/run-context";
import { isWork, type AppliedStore } from "../../engine/run-decisions";
import type { StoreRecord } from "../../engine/store-record";
import type { Decision } from "../../fleet/classify";
import type { Listener } from "../scope";
import { AuditTrail } from "./audit";
import type { AuditFields } from "./chain";
import { tenths, whoAsks, type End, type Kind, type Place } from "./operation";
import { recorded, type OperationNote } from "./recorded";

/** Of a run that does nothing. */
const nothing = () => Promise.reject(new Error("nothing was to be done"));
const nothingToDo: StoreRecord = { begin: nothing, claim: nothing, step() {}, end() {} };

/**
 * Carries out decisions under a record; a run that does nothing has none, unless one waits for it or the run has to wait.
 * @param helmTimeout seconds
 * @param waits milliseconds that it waits besides, where it does
 */
export async function recordedDecisions(
  place: Place, kind: Kind, decisions: Decision[], how: { lanes: number; helmTimeout: number; queued?: string; waits?: number }, listener: Listener,
  body: (listener: Listener, record: StoreRecord) => Promise<AppliedStore[]>,
): Promise<{ stores: AppliedStore[]; operation: OperationNote | null }> {
  const work = decisions.filter(isWork);
  if (work.length === 0 && how.queued === undefined && how.waits === undefined) return { stores: await body(listener, nothingToDo), operation: null };
  const stores = Object.fromEntries(work.map(({ name, action }) => [name, action]));
  // Each store waits its turn, and may be tried a second time.
  const limit = 2 * operationLimit(how.helmTimeout) * Math.ceil(Math.max(1, work.length) / how.lanes) + (how.waits ?? 0);
  const { result, note } = await recorded(place, { kind, stores, limit, queued: how.queued }, listener, ({ signal, stores: record }) => body({ ...listener, signal }, record), endOf);
  return { stores: result, operation: note };
}

/** The same where nothing can be recorded, which is said. */
export async function unrecordedDecisions(...[, , , , listener, body]: Parameters<typeof recordedDecisions>): ReturnType<typeof recordedDecisions> {
  listener.say("note: this is not recorded, since the environment's stack is not up");
  const record: StoreRecord = { begin: async () => ({ signal: listener.signal }), claim: async () => ({ signal: listener.signal, giveBack: async () => {} }), step() {}, end() {} };
  return { stores: await body(listener, record), operation: null };
}

function endOf(stores: AppliedStore[]): { end: End; error?: string } {
  const failed = stores.filter(({ result }) => result === "failed").map(({ name }) => name);
  if (failed.length > 0) return { end: "failed", error: `failed: ${failed.join(", ")}` };
  return { end: stores.some(({ result }) => result === "cancelled" || result === "not started") ? "cancelled" : "succeeded" };
}

/** Milliseconds for what is done with one store without Pulumi. */
const shortWork = 30 * 60_000;

/** Who listens to work on one store, and the record that waits for it. */
export type OneListener = Pick<Listener, "signal" | "say"> & { queued?: string };

/** Does something with one store under a record, while no other run works on it. */
export async function recordedStore<T>(place: Place, kind: Kind, store: string, listener: OneListener, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { result } = await recorded(place, { kind, stores: { [store]: kind }, limit: shortWork, queued: listener.queued }, listener, async ({ stores }) => {
    const begun = await stores.begin(store, kind);
    if ("heldBy" in begun) throw new UserError(`${store} is being worked on by ${begun.heldBy}`, `Wait for it: ${storesCommand("operations")}`, "not-ready");
    const started = performance.now();
    const end = (result: string, error: string | null) => stores.end({ name: store, action: kind, result, seconds: tenths(performance.now() - started), error, repairs: [] });
    try {
      const done = await body(begun.signal);
      end("done", null);
      return done;
    } catch (error) {
      end("failed", (error as Error).message);
      throw error;
    }
  }, () => ({ end: "succeeded" }));
  return result;
}

/** An order is placed and cancelled again, beside whatever else is done with the store. */
export async function recordedVerification<T extends { passed: boolean }>(place: Place, store: string, listener: OneListener, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { result } = await recorded(place, { kind: "verify", stores: { [store]: "verify" }, limit: shortWork, queued: listener.queued }, listener, async ({ signal, stores }) => {
    const started = performance.now();
    const done = await body(signal);
    stores.end({ name: store, action: "verify", result: done.passed ? "passed" : "failed", seconds: tenths(performance.now() - started), error: null, repairs: [] });
    return done;
  }, ({ passed }) => ({ end: passed ? "succeeded" : "failed" }));
  return result;
}

/** Notes something down that is no operation, before it happens; where it can not be noted down, it must not. */
export async function noteDown(place: Place, fields: Pick<AuditFields, "action"> & Partial<AuditFields>): Promise<void> {
  try {
    const who = await whoAsks(place);
    await new AuditTrail(place.kube, place.env).append({ time: new Date(place.kube.now()).toISOString(), ...who, outcome: "accepted", ...fields });
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "failed") throw error;
    throw new UserError(`it can not be noted down in the audit trail, so it is not done: ${error.message}`, error.hint, "not-recorded");
  }
}
