import { namespaceOf, stackOf } from "../../config/names";
import type { StoreSpec } from "../../config/spec";
import { annotations, receiptName } from "../../stores/labels";
import { changedByHand } from "../fleet/classify";
import { isOfStore, type Observed } from "../fleet/observe";
import { refusesObject } from "../fleet/refusals";
import { troubleIn } from "../fleet/trouble";
import { dropUnused } from "./certificates";
import type { ReleaseName } from "./helm";
import { openNamespace } from "./open-namespace";
import { noChanges, sum, type Failure, type Operation } from "./operation";
import { awaitDeletion, storeReleases, perform, type Performed } from "./perform";
import type { Repair } from "./repairs";
import { operationOn, type RunContext } from "./run-context";

/** Brings one store's stack to what the list says, whatever an earlier run left behind. Never rejects for the store's own faults. */
export async function reconcileStore(context: RunContext, spec: StoreSpec, observed: Observed | undefined, onStep: (text: string) => void): Promise<Performed> {
  const { env } = context.session;
  const namespace = namespaceOf(env, spec.name);
  const refusal = observed ? await awaitDeletion(context, observed, onStep) : await refuseForeign(context, spec.name, namespace);
  if (refusal) return { changes: noChanges(), steps: [], failure: refusal, repairs: [] };

  const gone = !observed || observed.deleting;
  if (!gone) await openNamespace(context.session.kube, namespace);
  const operation: Operation = { kind: "up", spec, ...operationOn(context, stackOf(env, spec.name)), fresh: gone || context.adopt, adopt: context.adopt, drawPasswords: context.drawPasswords, refresh: !gone && (changedByHand(observed) || context.mend !== undefined) };
  const result = await performTwice(context, namespace, storeReleases(namespace), operation, onStep, context.mend ? [context.mend(spec.name)] : []);
  const { failure } = result;
  // Hosts that it has no more, or that are covered by another certificate now. What stays goes with the store's next change.
  if (!failure && !gone) await dropUnused(context.session.kube, namespace).catch(() => undefined);
  if (failure?.kind === "resource") failure.message = await withReason(context, namespace, failure.message);
  // What the store had no part in (a lock, a wrong passphrase, Ctrl-C) is not held against it.
  if (!failure || failure.kind === "resource" || failure.kind === "program") await noteResult(context, namespace, failure);
  return result;
}

/** A store that became smaller has kept the room that it had, until its new pods were ready: the second time the walls are lowered. */
async function performTwice(context: RunContext, namespace: string, releases: ReleaseName[], operation: Operation, onStep: (text: string) => void, due: Repair[]): Promise<Performed> {
  const first = await perform(context, releases, operation, onStep, due);
  if (first.failure) return first;
  const receipt = await context.session.kube.get(`/api/v1/namespaces/${namespace}/configmaps/${receiptName}`).catch(() => undefined);
  if (receipt?.data?.held === undefined) return first;
  onStep("lowering quota and limits");
  const second = await perform(context, releases, { ...operation, fresh: false, refresh: false }, onStep);
  return { ...second, changes: sum(first.changes, second.changes), steps: [...first.steps, ...second.steps], repairs: [...first.repairs, ...second.repairs] };
}

/** The pods' own words first, where all that Pulumi and Helm say is that they waited in vain. */
async function withReason({ session }: RunContext, namespace: string, message: string): Promise<string> {
  if (refusesObject(message)) return message;
  const trouble = await troubleIn(session.kube, namespace).catch(() => undefined);
  return trouble ? `${trouble}\n${message}` : message;
}

/** A namespace of the store's name that does not carry the store's labels is somebody else's: hands off. */
async function refuseForeign({ session }: RunContext, store: string, namespace: string): Promise<Failure | undefined> {
  const existing = await session.kube.get(`/api/v1/namespaces/${namespace}`);
  if (!existing || isOfStore(existing, session.env, store)) return undefined;
  return {
    kind: "resource",
    message:
      `namespace ${namespace} exists, but it does not carry this store's labels, so it is not touched. ` +
      `If it is a leftover of yours: kubectl delete namespace ${namespace}`,
  };
}

/** Leaves the reason where every operator's `status` finds it. */
async function noteResult({ session }: RunContext, namespace: string, failure: Failure | undefined): Promise<void> {
  const note = failure ? failure.message.slice(0, 2000) : null;
  const patch = { metadata: { annotations: { [annotations.lastError]: note } } };
  // The store's own result counts, also when the API server has just gone away.
  await session.kube.merge(`/api/v1/namespaces/${namespace}`, patch).catch(() => undefined);
}
