import { setTimeout as delay } from "node:timers/promises";
import { namespaceOf, stackOf } from "../../config/names";
import { findLeftovers } from "../fleet/leftovers";
import type { Observed } from "../fleet/observe";
import { noChanges, type Failure } from "./operation";
import { awaitDeletion, perform, target, type Engine, type Reconciled } from "./reconcile";

const releaseOfVolumes = 30_000;

/**
 * Removes one store: its stack with everything in it, then a look at the cluster for anything that stayed behind.
 * A store without a stack but with a namespace of ours (a lost state) goes by its namespace.
 */
export async function destroyStore(engine: Engine, name: string, observed: Observed | undefined, onStep: (text: string) => void): Promise<Reconciled> {
  const { session } = engine;
  const stack = stackOf(session.env, name);
  const namespace = observed?.namespace ?? namespaceOf(session.env, name);
  const refresh = !observed || observed.deleting;
  const result = await perform(engine, namespace, { kind: "destroy", ...target(engine, stack), refresh }, onStep);

  if (result.failure?.kind === "not-found") {
    if (!observed) return { ...result, failure: { kind: "not-found", message: `there is no store "${name}": no stack, no namespace` } };
    onStep("no stack: deleting the namespace");
    await session.kube.remove(`/api/v1/namespaces/${namespace}`);
    const failure = await awaitDeletion(engine, { ...observed, deleting: true }, onStep);
    return { ...result, changes: { ...noChanges(), delete: 1 }, failure: failure ?? (await leftoverFailure(engine, name, namespace)) };
  }
  if (result.failure) return result;
  onStep("looking for leftovers");
  return { ...result, failure: await leftoverFailure(engine, name, namespace) };
}

/** Volumes are released a moment after their namespace is gone; anything later is a leftover, and is named. */
async function leftoverFailure({ session, signal }: Engine, name: string, namespace: string): Promise<Failure | undefined> {
  const end = Date.now() + releaseOfVolumes;
  for (;;) {
    const leftovers = await findLeftovers(session.kube, session.env, name, namespace);
    if (leftovers.length === 0) return undefined;
    if (Date.now() > end || signal.aborted) {
      return { kind: "resource", message: `destroyed, but these stayed behind: ${leftovers.join(", ")}` };
    }
    await delay(250);
  }
}
