import { setTimeout as delay } from "node:timers/promises";
import { namespaceOf, parseStack, stackOf } from "../../config/names";
import { engineNames, type StoreSpec } from "../../config/spec";
import { byHand } from "../../config/stores-command";
import { notItsPasswords } from "../../stores/living";
import { annotations, receiptName } from "../../stores/marks";
import { changedByHand } from "../fleet/classify";
import { isOfStore, type Observed } from "../fleet/observe";
import { refusesObject } from "../fleet/refusals";
import { troubleIn } from "../fleet/trouble";
import { helmRecords, rollBack, type ReleaseName } from "./helm";
import { mends, needsTakingBack, takeBack, type Mend } from "./mend";
import { noChanges, sum, type Failure, type Operation, type Outcome } from "./operation";
import type { Pool } from "./pool";
import { runCli } from "./run-cli";
import { breakStaleLock } from "./stale-lock";
import { logFile, type Session } from "./session";

/** What operations on the stacks of one environment share. */
export interface Engine {
  session: Session;
  pool: Pool;
  workFolder: string;
  /** Aborted by the first Ctrl-C: operations under way are cancelled cleanly. */
  signal: AbortSignal;
  /** Stores keep the passwords that they run with, also where the state knows others or none. */
  adopt?: boolean;
}

export interface Reconciled extends Outcome {
  /** Repairs that were needed on the way, and what Helm said to those that it refused. */
  repairs: string[];
}

/** Brings one store's stack to what the list says, whatever an earlier run left behind. Never rejects for the store's own faults. */
export async function reconcileStore(engine: Engine, spec: StoreSpec, observed: Observed | undefined, onStep: (text: string) => void): Promise<Reconciled> {
  const { env } = engine.session;
  const namespace = namespaceOf(env, spec.name);
  const refusal = observed ? await awaitDeletion(engine, observed, onStep) : await refuseForeign(engine, spec.name, namespace);
  if (refusal) return { changes: noChanges(), steps: [], failure: refusal, repairs: [] };

  const gone = !observed || observed.deleting;
  const operation: Operation = { kind: "up", spec, ...target(engine, stackOf(env, spec.name)), fresh: gone || engine.adopt, adopt: engine.adopt, refresh: !gone && changedByHand(observed) };
  const result = await performTwice(engine, namespace, storeReleases(namespace), operation, onStep);
  const { failure } = result;
  if (failure?.kind === "resource") failure.message = await withReason(engine, namespace, failure.message);
  // What the store had no part in (a lock, a wrong passphrase, Ctrl-C) is not held against it.
  if (!failure || failure.kind === "resource" || failure.kind === "program") await noteResult(engine, namespace, failure);
  return result;
}

/** A store that became smaller has kept the room that it had, until its new pods were ready: the second time the walls are lowered. */
async function performTwice(engine: Engine, namespace: string, releases: ReleaseName[], operation: Operation, onStep: (text: string) => void): Promise<Reconciled> {
  const first = await perform(engine, releases, operation, onStep);
  if (first.failure) return first;
  const receipt = await engine.session.kube.get(`/api/v1/namespaces/${namespace}/configmaps/${receiptName}`).catch(() => undefined);
  if (receipt?.data?.held === undefined) return first;
  onStep("lowering quota and limits");
  const second = await perform(engine, releases, { ...operation, fresh: false, refresh: false }, onStep);
  return { ...second, changes: sum(first.changes, second.changes), steps: [...first.steps, ...second.steps], repairs: [...first.repairs, ...second.repairs] };
}

/** The pods' own words first, where all that Pulumi and Helm say is that they waited in vain. */
async function withReason({ session }: Engine, namespace: string, message: string): Promise<string> {
  if (refusesObject(message)) return message;
  const trouble = await troubleIn(session.kube, namespace).catch(() => undefined);
  return trouble ? `${trouble}\n${message}` : message;
}

/** What a store's stack may have installed: the release is called after the engine. */
export const storeReleases = (namespace: string): ReleaseName[] => engineNames.map((name) => ({ namespace, name }));

export function target(engine: Engine, stack: string): Pick<Operation, "env" | "stack" | "workFolder" | "logFile"> {
  const { env } = engine.session;
  return { env, stack, workFolder: engine.workFolder, logFile: logFile(env, stack) };
}

/**
 * Runs an operation, with each repair of mend.ts tried at most once, those of the cluster while the stack's lock is held.
 * @param releases what the stack installs
 * @param first repairs that are due before anything fails
 */
export async function perform(engine: Engine, releases: ReleaseName[], operation: Operation, onStep: (text: string) => void, first: Mend[] = []): Promise<Reconciled> {
  const { session, pool, signal } = engine;
  const repairs: string[] = [];
  const look = async () => (operation.kind === "up" ? helmRecords(session.kube, releases) : []);
  let before = await look();
  const cancelLock = async () => void (await runCli(engine, ["cancel", "--yes", "--stack", operation.stack], `the lock of stack ${operation.stack} can not be broken`));
  const breakLock = ({ message }: Failure) => breakStaleLock(session.env, operation.stack, message, cancelLock);
  const refusals: string[] = [];
  const rollBackAny = async () => (await Promise.all(releases.map((release) => rollBack(session, release, signal, (words) => refusals.push(words))))).some(Boolean);
  const place = { kube: session.kube, releases, rollBack: rollBackAny, breakLock };
  const repair = async (mend: Mend, failure?: Failure) => {
    const repaired = await mend.repair({ ...place, before }, failure);
    if (repaired) {
      repairs.push(mend.name);
      onStep(mend.name);
    }
    return repaired;
  };
  // What Helm refused is told whatever becomes of the operation.
  const end = ({ changes, steps, failure }: Outcome) => ({
    changes, steps, failure: failure && explain({ ...failure, message: [failure.message, ...refusals].join("\n") }, operation.stack), repairs: [...repairs, ...refusals],
  });

  let attempt = operation;
  let due: { mends: Mend[]; failed?: Outcome } | undefined = { mends: [...(needsTakingBack(before) ? [takeBack] : []), ...first] };
  for (;;) {
    const { mends: now = [], failed } = due ?? {};
    let repaired: boolean | undefined;
    const outcome = await pool.run(
      { ...attempt, hold: now.length > 0 },
      onStep,
      signal,
      async () => {
        repaired = false;
        for (const mend of now) repaired = (await repair(mend, failed?.failure)) || repaired;
        before = await look();
        return repaired || !failed;
      },
    );
    if (failed && repaired === false) return end(failed);
    if (repaired !== undefined) due = undefined;

    const { failure } = outcome;
    const mend = failure && mends.find((candidate) => !repairs.includes(candidate.name) && candidate.matches(failure));
    if (!mend || (operation.kind !== "up" && mend.retry.fresh)) return end(outcome);
    if (mend.needsLock) due = { mends: [mend], failed: outcome };
    else if (!(await repair(mend, failure))) return end(outcome);
    attempt = { ...attempt, ...mend.retry };
  }
}

function explain(failure: Failure, stack: string): Failure {
  const { env, store } = parseStack(stack);
  if (failure.kind === "not-found" && store) return { ...failure, message: notItsPasswords(env, store) };
  if (failure.kind !== "locked") return failure;
  return {
    ...failure,
    message: `${failure.message}\nAnother operation holds the stack. If its process is gone for certain: ${byHand(`pulumi cancel --yes --stack ${stack}`)}`,
  };
}

/** A namespace of the store's name that does not carry the store's labels is somebody else's: hands off. */
async function refuseForeign({ session }: Engine, store: string, namespace: string): Promise<Failure | undefined> {
  const existing = await session.kube.get(`/api/v1/namespaces/${namespace}`);
  if (!existing || isOfStore(existing, session.env, store)) return undefined;
  return {
    kind: "resource",
    message:
      `namespace ${namespace} exists, but it does not carry this store's labels, so it is not touched. ` +
      `If it is a leftover of yours: kubectl delete namespace ${namespace}`,
  };
}

const deletionLimit = 120_000;

/** Waits for a namespace that is on its way out; names what holds it when it takes too long. */
export async function awaitDeletion({ session, signal }: Engine, observed: Pick<Observed, "namespace" | "deleting">, onStep: (text: string) => void): Promise<Failure | undefined> {
  if (!observed.deleting) return undefined;
  onStep(`waiting for the deletion of namespace ${observed.namespace}`);
  const end = Date.now() + deletionLimit;
  for (;;) {
    const namespace = await session.kube.get(`/api/v1/namespaces/${observed.namespace}`);
    if (!namespace) return undefined;
    if (signal.aborted) return { kind: "cancelled", message: "cancelled" };
    if (Date.now() > end) {
      const blockers = ((namespace.status?.conditions ?? []) as { type: string; status: string; message: string }[])
        .filter(({ type, status }) => /Remaining|Failure/.test(type) && status === "True")
        .map(({ message }) => message);
      return { kind: "resource", message: `namespace ${observed.namespace} does not go away: ${blockers.join("; ") || "no reason given"}` };
    }
    await delay(500, undefined, { signal }).catch(() => undefined);
  }
}

/** Leaves the reason where every operator's `status` finds it. */
async function noteResult({ session }: Engine, namespace: string, failure: Failure | undefined): Promise<void> {
  const note = failure ? failure.message.slice(0, 2000) : null;
  const patch = { metadata: { annotations: { [annotations.lastError]: note } } };
  // The store's own result counts, also when the API server has just gone away.
  await session.kube.merge(`/api/v1/namespaces/${namespace}`, patch).catch(() => undefined);
}
