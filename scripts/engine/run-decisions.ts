import type { StoreSpec } from "../../config/spec";
import { labels } from "../../stores/labels";
import type { Action, Decision } from "../fleet/classify";
import { observeStore, type Observed } from "../fleet/observe";
import { changedSecrets } from "../fleet/outside-secrets";
import { forEachLimited } from "../machine/os/limited";
import { withAwaitedPods } from "./awaited-pods";
import { destroyStore } from "./destroy";
import { whileLocked } from "./locks";
import { hasChanges, noChanges, type Changes, type FailureKind, type Outcome, type StoreReport } from "./operation";
import type { Progress } from "./progress";
import { reconcileStore } from "./reconcile";
import type { RunContext } from "./run-context";
import type { StoreRecord } from "./store-record";

export type Result = "created" | "updated" | "unchanged" | "deleted" | "kept" | "refused" | "failed" | "cancelled" | "not started";

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

/** Whether something is done with a store. */
export const isWork = ({ action }: Pick<Decision, "action">): boolean => idleResults[action] === undefined;

/** Decides about one store again, by what is there when its turn has come; throws where what was meant is no longer possible. */
export type Anew = (decision: Decision, now: Observed | undefined) => Decision;

/**
 * Carries out decisions, several stores at a time; one store's failure is its own. Other runs go on meanwhile, so each
 * store is looked at and decided about again when its turn has come.
 */
export async function runDecisions({ record, ...context }: RunContext & { record: StoreRecord }, specs: Map<string, StoreSpec>, decisions: Decision[], anew: Anew, concurrency: number, listener: Progress): Promise<AppliedStore[]> {
  const { kube, env } = context.session;
  const progress = withAwaitedPods(listener, () => kube.list("/api/v1/pods", { labels: `${labels.env}=${env},${labels.store}` }), ({ metadata }) => metadata.labels?.[labels.store]);
  const reports = new Map<string, AppliedStore>();
  const work: Decision[] = [];
  for (const decision of decisions) {
    const { name, action, reason = null } = decision;
    const idle = idleResults[action];
    reports.set(name, { name, action, changes: noChanges(), result: idle ?? "not started", seconds: 0, error: reason, code: null, repairs: [] });
    if (isWork(decision)) work.push(decision);
  }

  progress.begin(work.length);
  const carryOut = async (decision: Decision) => {
    const { name, after = [] } = decision;
    let { action, reason } = decision;
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
      if (idleResults[action]) return nothingDone();
      if (action !== "delete" && spec) return reconcileStore(own, spec, observed, onStep);
      if (observed && !observed.deleting) await context.lastBackup?.(observed, onStep, begun.signal);
      const destroyed = await destroyStore(own, name, observed, onStep);
      // Another run was faster.
      return destroyed.failure?.kind === "not-found" && decision.observed ? nothingDone() : destroyed;
    });
    const outcome: Outcome & { repairs?: string[] } = await whileLocked(attempt, onStep, context.signal);
    const seconds = (Date.now() - started) / 1000;
    const { failure, changes, repairs = [] } = outcome;
    const result = failure ? (failure.kind === "cancelled" ? "cancelled" : "failed") : (idleResults[action] ?? resultOf(action, changes));
    const report = { name, action, changes, result, seconds: Math.round(seconds * 10) / 10, error: failure?.message ?? reason ?? null, code: failure?.kind ?? null, repairs };
    reports.set(name, report);
    record.end(report);
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
