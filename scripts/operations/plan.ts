import type { EnvironmentName } from "../../config/names";
import type { EnvironmentSettings } from "../../config/environment";
import { noChanges, hasChanges, type Step, type StoreReport, type Changes } from "../engine/operation";
import { Scratch, previewStore } from "../engine/preview";
import type { Progress } from "../engine/progress";
import { withRunContext, type RunContext } from "../engine/run-context";
import { guard } from "../engine/run-decisions";
import { causesInWords, type Cause } from "../fleet/causes";
import { isChanged, isMade } from "../fleet/classify";
import { addressOf } from "../fleet/environment";
import { lackingSecrets, type NeededSecret } from "../fleet/outside-secrets";
import { commitOfCheckout, type Commit } from "../machine/checkout";
import { forEachLimited } from "../machine/os/limited";
import { annotations } from "../../stores/labels";
import { decideFleet, whyOf, type PlanOptions } from "./decide";
import { isolationState } from "./isolation";
import { specsOf, openNamed, openFleet, type Fleet } from "./open-fleet";
import { wavesRemark } from "./rollout/remark";
import { savedPlanOf, type SavedPlan } from "./saved-plan";
import { lanes, type Scope, type Listener } from "./scope";

export { causesInWords, type Cause, type Changes };

export interface PlannedStore extends StoreReport {
  engine: string;
  /** Its size; null where it is not listed. */
  plan: string | null;
  /** Where it answers, or will. */
  url: string;
  /** Why it is updated; nothing where it is only looked into. */
  why: Cause[];
  /** Resource by resource; `delete` of a whole store has none, since everything goes. */
  resources: Step[];
  /** Why it is refused. */
  reason?: string;
  /** False where the run was ended before its preview was, or the preview failed: what would change is not known. */
  looked: boolean;
  error?: string;
  /** Secrets that others have to write before it can be applied. */
  needs?: NeededSecret[];
}

/** Every store was looked at; anything less is no plan, and is neither saved nor called one. */
export const isWhole = (planned: PlannedStore[]) => planned.every(({ looked }) => looked);

/** Previews every store that would change; Pulumi is not started for the others. */
export async function planFleet(context: RunContext, fleet: Fleet, options: PlanOptions, concurrency: number, progress: Progress): Promise<PlannedStore[]> {
  const decisions = decideFleet(fleet, options);
  const specs = specsOf(fleet);
  const planned = new Map<string, PlannedStore>();
  for (const decision of decisions) {
    const { name, action, reason, observed } = decision;
    const { engine = observed?.engine ?? "", plan = null } = specs.get(name) ?? {};
    const url = observed?.receipt?.url || addressOf(context.session.env, name, fleet.shared);
    planned.set(name, { name, action, engine, plan, url, why: whyOf(fleet, decision), changes: noChanges(), resources: [], reason, looked: !isMade(decision) });
  }
  const changing = decisions.filter(isMade);
  const scratch = new Scratch(context, fleet.shared);

  progress.begin(changing.length);
  try {
    await forEachLimited(changing, concurrency, context.signal, async ({ name, observed }) => {
      const spec = specs.get(name);
      const entry = planned.get(name);
      if (!spec || !entry) return;
      const needs = await lackingSecrets(context.session.kube, context.session.env, spec, observed !== undefined);
      if (needs.length > 0) entry.needs = needs;
      const { changes, steps, failure } = await guard(() => previewStore(context, scratch, spec, observed !== undefined, (text) => progress.step(name, text)));
      if (!failure) Object.assign(entry, { changes, resources: steps, looked: true });
      else if (failure.kind !== "cancelled") entry.error = failure.message;
      progress.end(name, failure?.message ?? entry.action, failure !== undefined);
    });
  } finally {
    scratch.remove();
    progress.close();
  }
  return decisions.map(({ name }) => planned.get(name) as PlannedStore);
}

/** Looks at what `apply` would change in the whole fleet, or in the named stores, and changes nothing. */
export async function plan(scope: Scope, options: PlanOptions & { concurrency?: number; save?: boolean }, listener: Listener): Promise<Plan> {
  // Before the work: what is committed meanwhile is not what was looked at.
  const at = options.save ? await commitOfCheckout() : undefined;
  return planOpened(scope, await openNamed(scope, options.names, listener.say), at, options, listener);
}

/** The same for a fleet that is open. @param at the commit that it was opened at, where the plan is to be saved */
export async function planOpened(scope: Scope, fleet: Fleet, at: Commit | undefined, options: PlanOptions & { concurrency?: number }, listener: Listener): Promise<Plan> {
  const { isolationProblem } = await isolationState(fleet.session.kube, fleet.session.env, fleet.shared);
  if (isolationProblem) listener.say(`note: apply will refuse: ${isolationProblem}`);
  const waves = await wavesRemark(fleet);
  if (waves) listener.say(waves);
  const stores = await withRunContext(fleet.session, fleet.shared.settings.helmTimeout, listener, (context) =>
    planFleet(context, fleet, options, lanes(options.concurrency, listener.say), listener.progress),
  );
  const toSave = at && isWhole(stores) ? savedPlanOf(fleet, stores, at, scope.file) : undefined;
  if (at && toSave && "unknown" in at) listener.say(`note: the plan is bound to no commit: ${at.unknown}`);
  return { env: scope.env, stores, toSave };
}

export interface Plan {
  env: EnvironmentName;
  stores: PlannedStore[];
  /** What `apply --plan` takes, where it was asked for; undefined where stores could not be looked at. */
  toSave?: SavedPlan;
}

/** Whether `apply` would do something with a store. */
export const isChanging = ({ action, changes }: PlannedStore) => action === "create" || action === "delete" || (isChanged({ action }) && hasChanges(changes));

/** A component, which is only a frame, or a note by which a store is known to be unchanged: the digest on its namespace, and its receipt. */
export const isFrameOrNote = ({ type, name, values }: Step) =>
  type.startsWith("storefleet:") ||
  (type === "kubernetes:core/v1:ConfigMap" && name === "receipt") ||
  (type === "kubernetes:core/v1:Namespace" && values.length > 0 && values.every(({ path }) => path === `metadata.annotations["${annotations.digest}"]`));

/** Whether `apply` has nothing to do, as far as can be told without looking into the stores that change. */
export async function outlook(scope: Scope): Promise<{ idle: boolean; settings: EnvironmentSettings }> {
  const fleet = await openFleet(scope);
  const decisions = decideFleet(fleet, { prune: false, skipUnchanged: true, names: [] });
  return { idle: !decisions.some(isMade), settings: fleet.shared.settings };
}
