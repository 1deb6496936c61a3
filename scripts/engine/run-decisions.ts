import type { StoreSpec } from "../../config/spec";
import { labels } from "../../stores/labels";
import type { Action, Decision } from "../fleet/classify";
import { observeStore, type Observed } from "../fleet/observe";
import { changedSecrets } from "../fleet/outside-secrets";
import { forEachLimited } from "../machine/os/limited";
import { withAwaitedPods } from "./awaited-pods";
import { destroyStore } from "./destroy";
import { whileLocked } from "./locks";
import { hasChanges, noChanges, type Changes, type Failure, type FailureKind, type Outcome, type StoreReport } from "./operation";
import type { Progress } from "./progress";
import { reconcileStore } from "./reconcile";
import type { RunContext } from "./run-context";
import type { StoreRecord } from "./store-record";

/** deferred, held, sick: it keeps the release that it has; until its wave, until somebody says otherwise, and until it is well. */
export type Result = "created" | "updated" | "unchanged" | "deleted" | "kept" | "refused" | "failed" | "cancelled" | "not started" | "deferred" | "held" | "sick";

export interface AppliedStore extends StoreReport {
  result: Result;
  /** Wall time of this store's operation. */
  seconds: number;
  /** Why it failed or is refused; null when neither. */
  error: string | null;
  /** What kind of failure; null where it did not fail. */
  code: FailureKind | null;
  /** Leftovers of earlier runs that were repaired on the way. */
  repairs: string[];
}

/** What becomes of a store that nothing is done with. */
const idleResults: { [A in Action]?: Result } = { unchanged: "unchanged", orphan: "kept", protected: "kept", refused: "refused" };

/** What surrounds the work on a store. */
export interface Around {
  /** Whether one more may begin. */
  mayBegin?: () => Promise<boolean>;
  /** Before it gets another release. */
  before: (spec: StoreSpec, observed: Observed | undefined, onStep: (text: string) => void, signal: AbortSignal) => Promise<Failure | undefined>;
  /** When it is as wanted, also where it was before. */
  after?: (spec: StoreSpec, onStep: (text: string) => void, signal: AbortSignal) => Promise<Failure | undefined>;
  /** Before another one begins in its place. */
  ended?: (report: AppliedStore) => Promise<void>;
}

/** A store with which nothing is done, and why. */
export const idleStore = ({ name, action }: Pick<Decision, "name" | "action">, result: Result, error: string | null = null): AppliedStore => ({ name, action, changes: noChanges(), result, seconds: 0, error, code: null, repairs: [] });

/** Whether something is done with a store. */
export const isWork = ({ action }: Pick<Decision, "action">): boolean => idleResults[action] === undefined;

/** Decides about one store again, by what is there when its turn has come; throws where what was meant is no longer possible. */
export type Anew = (decision: Decision, now: Observed | undefined) => Decision;

/**
 * Carries out decisions, several stores at a time; one store's failure is its own. Other runs go on meanwhile, so each
 * store is looked at and decided about again when its turn has come.
 */
export async function runDecisions({ record, around, ...context }: RunContext & { record: StoreRecord; around?: Around }, specs: Map<string, StoreSpec>, decisions: Decision[], anew: Anew, concurrency: number, listener: Progress): Promise<AppliedStore[]> {
  const { kube, env } = context.session;
  const progress = withAwaitedPods(listener, () => kube.list("/api/v1/pods", { labels: `${labels.env}=${env},${labels.store}` }), ({ metadata }) => metadata.labels?.[labels.store]);
  const reports = new Map<string, AppliedStore>();
  const work: Decision[] = [];
  for (const decision of decisions) {
    const { name, action, reason = null } = decision;
    reports.set(name, idleStore(decision, idleResults[action] ?? "not started", reason));
    if (isWork(decision)) work.push(decision);
  }

  progress.begin(work.length);
  const carryOut = async (decision: Decision) => {
    const { name, after = [] } = decision;
    let { action, reason } = decision;
    if (around?.mayBegin && !(await around.mayBegin())) return;
    const started = Date.now();
    const unwell = after.filter((other) => !done.includes(reports.get(other)?.result));
    const onStep = (text: string) => {
      progress.step(name, text);
      record.step(name, text);
    };
    onStep(action === "delete" ? "deleting" : action === "create" ? "creating" : action === "upgrade" ? "upgrading" : "updating");
    const spec = specs.get(name);
    const attempt = (): Promise<Outcome & { repairs?: string[] }> => guard(async () => {
      const { session } = context;
      if (unwell.length > 0) return refused(`has to come after ${unwell.join(", ")}, which did not get there`);
      const begun = await record.begin(name, action);
      if ("heldBy" in begun) return { ...nothingDone(), failure: { kind: "locked", message: `${name} is being worked on by ${begun.heldBy}`, heldBy: begun.heldBy } };
      const own = { ...context, signal: begun.signal };
      const now = await observeStore(session.kube, session.env, name);
      if (now && !now.deleting) now.changedSecrets = await changedSecrets(session.kube, now.namespace, now.receipt?.outside ?? {});
      const { observed, ...decided } = anew(decision, now);
      ({ action, reason } = decided);
      const passed = async (outcome: Outcome): Promise<Outcome> => (spec && !outcome.failure ? { ...outcome, failure: await around?.after?.(spec, onStep, own.signal) } : outcome);
      if (idleResults[action]) return action === "unchanged" ? passed(nothingDone()) : nothingDone();
      if (action !== "delete" && spec) {
        const refusal = action === "upgrade" ? await around?.before(spec, observed, onStep, own.signal) : undefined;
        return refusal ? { ...nothingDone(), failure: refusal } : passed(await reconcileStore(own, spec, observed, onStep));
      }
      if (observed && !observed.deleting) await context.lastBackup?.(observed, onStep, begun.signal);
      const destroyed = await destroyStore(own, name, observed, onStep);
      // Another run was faster.
      return destroyed.failure?.kind === "not-found" && decision.observed ? nothingDone() : destroyed;
    });
    const outcome: Outcome & { repairs?: string[] } = await whileLocked(attempt, onStep, context.signal);
    const seconds = (Date.now() - started) / 1000;
    const { failure, changes, repairs = [] } = outcome;
    const result = failure ? (failure.kind === "cancelled" ? "cancelled" : "failed") : (idleResults[action] ?? resultOf(action, changes));
    const report: AppliedStore = { name, action, changes, result, seconds: Math.round(seconds * 10) / 10, error: failure?.message ?? reason ?? null, code: failure?.kind ?? null, repairs };
    reports.set(name, report);
    record.end(report);
    await around?.ended?.(report);
    progress.end(name, failure ? `${result}: ${failure.message}` : `${result} in ${seconds.toFixed(1)} s`, failure !== undefined);
  };
  for (let rest = work; rest.length > 0; ) {
    const names = new Set(rest.map(({ name }) => name));
    const next = rest.filter(({ after = [] }) => !after.some((other) => names.has(other)));
    await forEachLimited(next, concurrency, context.signal, carryOut);
    rest = rest.filter((decision) => !next.includes(decision));
  }
  progress.close();
  return decisions.map(({ name }) => reports.get(name) as AppliedStore);
}

/** Results after which another store can count on this one. */
const done: (Result | undefined)[] = ["created", "updated", "unchanged", "deleted"];

const nothingDone = (): Outcome => ({ changes: noChanges(), steps: [] });
const refused = (message: string): Outcome => ({ ...nothingDone(), failure: { kind: "cli", message } });

function resultOf(action: string, changes: Changes): Result {
  if (action === "create") return "created";
  if (action === "delete") return "deleted";
  return hasChanges(changes) ? "updated" : "unchanged";
}

/** What goes wrong around a store's operation, such as an API server that went away, is that store's failure. */
export async function guard<T extends Outcome>(work: () => Promise<T>): Promise<T | Outcome> {
  try {
    return await work();
  } catch (error) {
    return { changes: noChanges(), steps: [], failure: { kind: "resource", message: (error as Error).message } };
  }
}
