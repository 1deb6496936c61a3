import type { KubeObject } from "../../kube";
import { parseStack } from "../../config/names";
import { engineNames } from "../../config/spec";
import type { Observed } from "../fleet/observe";
import { holdersIn } from "../machine/foreign-words";
import { until } from "../machine/os/until";
import { helmRecords, rollBack, type ReleaseName } from "./helm";
import { holderInWords, unlockCommand } from "./locks";
import { hasOldRecords, moveRecords } from "./old-records";
import { knownRepairs, needsTakingBack, takeBack, type Repair } from "./repairs";
import type { Outcome, Operation, Failure } from "./operation";
import { cancelLocks } from "./recorded-stacks";
import type { RunContext } from "./run-context";
import { breakStaleLock } from "./stale-lock";
import { stateTrouble } from "./state-trouble";
import { notItsPasswords } from "../../stores/not-its-passwords";

export interface Performed extends Outcome {
  /** Repairs that were needed on the way, and what Helm said to those that it refused. */
  repairs: string[];
}

/** What a store's stack may have installed: the release is called after the engine. */
export const storeReleases = (namespace: string): ReleaseName[] => engineNames.map((name) => ({ namespace, name }));

/**
 * Runs an operation, with each repair of repairs.ts tried at most once, those of the cluster while the stack's lock is held.
 * @param releases what the stack installs
 * @param first repairs that are due before anything fails
 */
export async function perform(context: RunContext, releases: ReleaseName[], operation: Operation, onStep: (text: string) => void, first: Repair[] = []): Promise<Performed> {
  const { session, pool, signal } = context;
  const repairs: string[] = [];
  const look = async () => (operation.kind === "up" ? helmRecords(session.kube, releases) : []);
  let before = await look();
  const cancelLock = async () => cancelLocks(context, operation.stack);
  const breakLock = ({ message }: Failure) => breakStaleLock(session.env, operation.stack, message, cancelLock);
  const refusals: string[] = [];
  const rollBackAny = async () => (await Promise.all(releases.map((release) => rollBack(session, release, signal, (words) => refusals.push(words))))).some(Boolean);
  const place = { kube: session.kube, releases, rollBack: rollBackAny, breakLock };
  const attemptRepair = async (repair: Repair, failure?: Failure) => {
    const repaired = await repair.repair({ ...place, before }, failure);
    if (repaired) {
      repairs.push(repair.name);
      onStep(repair.name);
    }
    return repaired;
  };
  // What Helm refused is told whatever becomes of the operation.
  const end = ({ changes, steps, failure }: Outcome) => ({
    changes, steps, failure: failure && explain({ ...failure, message: [failure.message, ...refusals].join("\n") }, operation.stack), repairs: [...repairs, ...refusals],
  });

  const old = operation.kind === "up" && (await hasOldRecords(session.kube, releases));
  // The state's own provider would look for the records where they were, and have the release as gone.
  let next = old ? { ...operation, refresh: false } : operation;
  let due: { repairs: Repair[]; failed?: Outcome } | undefined = { repairs: [...(old ? [moveRecords] : []), ...(old || needsTakingBack(before) ? [takeBack] : []), ...first] };
  for (;;) {
    const { repairs: now = [], failed } = due ?? {};
    let repaired: boolean | undefined;
    const outcome = await pool.run(
      { ...next, hold: now.length > 0 },
      onStep,
      signal,
      async () => {
        repaired = false;
        for (const repair of now) repaired = (await attemptRepair(repair, failed?.failure)) || repaired;
        before = await look();
        return repaired || !failed;
      },
    );
    if (failed && repaired === false) return end(failed);
    if (repaired !== undefined) due = undefined;

    const { failure } = outcome;
    const repair = failure && knownRepairs.find((candidate) => !repairs.includes(candidate.name) && candidate.matches(failure));
    if (!repair || (operation.kind !== "up" && repair.retry.fresh)) return end(outcome);
    if (repair.needsLock) due = { repairs: [repair], failed: outcome };
    else if (!(await attemptRepair(repair, failure))) return end(outcome);
    next = { ...next, ...repair.retry };
  }
}

function explain(failure: Failure, stack: string): Failure {
  const { env, store } = parseStack(stack);
  if (failure.kind === "not-found" && store) return { ...failure, message: notItsPasswords(env, store) };
  const trouble = failure.kind === "cli" ? stateTrouble(failure.message) : undefined;
  if (trouble) return { ...failure, message: `${trouble.what}. ${trouble.mend(env)}\n${failure.message}` };
  if (failure.kind !== "locked") return failure;
  const holders = holdersIn(failure.message);
  const who = holders.map((holder) => holderInWords(holder)).join(" and ") || "another operation";
  return { ...failure, message: `${failure.message}\nHeld by ${who}. If that is gone for certain: ${unlockCommand(stack, holders)}` };
}

const deletionLimit = 120_000;

/** Waits for a namespace that is on its way out; names what holds it when it takes too long. */
export async function awaitDeletion({ session, signal }: RunContext, observed: Pick<Observed, "namespace" | "deleting">, onStep: (text: string) => void): Promise<Failure | undefined> {
  if (!observed.deleting) return undefined;
  onStep(`waiting for the deletion of namespace ${observed.namespace}`);
  let namespace: KubeObject | undefined;
  const gone = async () => (namespace = await session.kube.get(`/api/v1/namespaces/${observed.namespace}`)) === undefined;
  if (await until(gone, { within: deletionLimit, every: 500, signal })) return undefined;
  if (signal.aborted) return { kind: "cancelled", message: "cancelled" };
  const blockers = ((namespace?.status?.conditions ?? []) as { type: string; status: string; message: string }[])
    .filter(({ type, status }) => /Remaining|Failure/.test(type) && status === "True")
    .map(({ message }) => message);
  return { kind: "resource", message: `namespace ${observed.namespace} does not go away: ${blockers.join("; ") || "no reason given"}` };
}
