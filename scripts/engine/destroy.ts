import { namespaceOf, stackOf, type EnvironmentName } from "../../config/names";
import { storesCommand } from "../../config/stores-command";
import { findLeftovers } from "../fleet/leftovers";
import { isOfStore, type Observed } from "../fleet/observe";
import { until } from "../machine/os/until";
import type { Failure } from "./operation";
import { awaitDeletion, perform, storeReleases, type Performed } from "./perform";
import { operationOn, type RunContext } from "./run-context";

const releaseOfVolumes = 30_000;

/**
 * Removes one store: its stack with everything in it, then a look at the cluster for anything that stayed behind.
 * A store without a stack but with a namespace of ours goes by its namespace where it was named. Its state may be lost, but it may as well
 * be in another backend, and then `--all` and `--prune` of this one are not about it.
 */
export async function destroyStore(context: RunContext, name: string, observed: Observed | undefined, onStep: (text: string) => void): Promise<Performed> {
  const { session } = context;
  const stack = stackOf(session.env, name);
  const namespace = observed?.namespace ?? namespaceOf(session.env, name);
  const refresh = !observed || observed.deleting;
  const result = await perform(context, storeReleases(namespace), { kind: "destroy", ...operationOn(context, stack), refresh }, onStep);

  const noStack = result.failure?.kind === "not-found";
  if (noStack && !observed) return { ...result, failure: { kind: "not-found", message: `there is no store "${name}": no stack, no namespace` } };
  if (result.failure && !noStack) return result;
  if (noStack && !observed?.deleting && !context.named?.includes(name)) return { ...result, failure: { kind: "resource", message: notOfThisState(session.env, name) } };

  const changes = { ...result.changes };
  let failure: Failure | undefined;
  // A run that was killed may have created the namespace without recording it. One that came after the lock was given
  // up is another run's new store.
  const unrecorded = await session.kube.get(`/api/v1/namespaces/${namespace}`);
  if (observed && unrecorded?.metadata.uid === observed.uid && isOfStore(unrecorded, session.env, name)) {
    onStep("not in the stack: deleting the namespace");
    await session.kube.remove(`/api/v1/namespaces/${namespace}`, observed.uid);
    failure = await awaitDeletion(context, { namespace, deleting: true }, onStep);
    changes.delete += 1;
  }
  onStep("looking for leftovers");
  return { ...result, changes, failure: failure ?? (await leftoverFailure(context, name, namespace)) };
}

const notOfThisState = (env: EnvironmentName, name: string) =>
  `store ${name} runs, and this state has no stack of it; nothing was done.
Where its stack is in another backend, use that one: pulumi login URL, or PULUMI_BACKEND_URL.
Where that state is lost, remove it by name: ${storesCommand(`destroy ${name}`, { env })}`;

/** Volumes are released a moment after their namespace is gone; anything later is a leftover, and is named. */
async function leftoverFailure({ session, signal }: RunContext, name: string, namespace: string): Promise<Failure | undefined> {
  let leftovers: string[] = [];
  const none = async () => (leftovers = await findLeftovers(session.kube, session.env, name, namespace)).length === 0;
  if (await until(none, { within: releaseOfVolumes, every: 250, signal })) return undefined;
  return { kind: "resource", message: `destroyed, but these stayed behind: ${leftovers.join(", ")}` };
}
