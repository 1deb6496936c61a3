import { UserError } from "../../config/errors";
import { operationLimit } from "../engine/run-context";
import { openSession } from "../engine/session";
import { isWork } from "../engine/run-decisions";
import { commitOfCheckout } from "../machine/checkout";
import { applySaved, openPlanned, type Applied } from "./apply";
import { ask, type At, type Sent } from "./asked";
import { keepPlan, readKeptPlan, type KeptPlan } from "./kept-plan";
import { longestInstallation, openNamed } from "./open-fleet";
import { planOpened, type PlannedStore } from "./plan";
import { readOperations, type End, type Operation } from "./records/operation";
import { recorded } from "./records/recorded";
import type { SavedPlan } from "./saved-plan";
import { lanes, type Listener, type Scope } from "./scope";

/** Has looked at what an apply would change, in the whole fleet or in the named stores. */
export const requestPlan = ({ session }: At, asked: { names?: string[]; prune?: boolean }, { key }: Pick<Sent, "key"> = {}): Promise<Operation> =>
  ask(session, { kind: "plan", ...asked }, { key, body: asked });

/** Has exactly that done which a plan says. @throws UserError `plan-out-of-date` where the ground has moved since */
export async function requestPlanned({ scope, session }: At, plan: string, { maxDeletes = 0 }: { maxDeletes?: number }, { key }: Pick<Sent, "key"> = {}): Promise<Operation> {
  const saved = await savedPlanOf(session, plan);
  const names = saved.stores.filter(isWork).map(({ name }) => name);
  return ask(session, { kind: "apply", names, maxDeletes, plan }, { key, body: { plan, maxDeletes } }, () => openPlanned(scope, saved, { maxDeletes }, () => {}));
}

/** What comes of a plan: also where stores could not be looked at, as far as they were. */
export async function planOfOperation({ kube, env }: At["session"], id: string): Promise<KeptPlan> {
  const [found] = await readOperations(kube, env, id);
  if (found?.kind !== "plan") throw new UserError(`no operation "${id}" of ${env} made a plan`, undefined, "usage");
  const plan = await readKeptPlan(kube, env, id);
  if (plan) return plan;
  if (found.endedAt === undefined) throw new UserError(`the plan ${id} is not made yet: ${found.state}`, "Wait until its operation has ended.", "not-ready");
  throw new UserError(found.error ? `nothing came of the plan ${id}: ${found.error}` : `the plan ${id} is not kept any more`, "Make a new one.", "usage");
}

async function savedPlanOf(session: At["session"], id: string): Promise<SavedPlan> {
  const { saved } = await planOfOperation(session, id);
  if (!saved) throw new UserError(`the plan ${id} is none to go by: not all of its stores could be looked at`, "Make a new one.", "plan-invalid");
  return saved;
}

/** Looks at what an apply would change, under the record that waits for that, and keeps what comes of it. */
export async function planQueued(scope: Scope, { names, prune, queued, concurrency }: { names: string[]; prune: boolean; queued: string; concurrency: number }, listener: Listener): Promise<void> {
  const at = await commitOfCheckout();
  const fleet = await openNamed(scope, names, listener.say);
  const { kube, env } = fleet.session;
  const limit = operationLimit(longestInstallation(fleet)) * Math.ceil(Math.max(1, fleet.wanted.length) / lanes(concurrency, listener.say));
  await recorded({ kube, env, by: scope.by }, { kind: "plan", stores: {}, limit, queued }, listener, async ({ signal }) => {
    const { stores, toSave } = await planOpened(scope, fleet, at, { names, prune, skipUnchanged: true, concurrency }, { ...listener, signal });
    await keepPlan(kube, env, queued, { stores, saved: toSave });
    return stores;
  }, endOf);
}

function endOf(stores: PlannedStore[]): { end: End; error?: string } {
  const failed = stores.flatMap(({ name, error }) => (error === undefined ? [] : [name]));
  if (failed.length > 0) return { end: "failed", error: `could not be looked at: ${failed.join(", ")}` };
  return { end: stores.every(({ looked }) => looked) ? "succeeded" : "cancelled" };
}

/** Does what a plan says that is kept. */
export async function applyKept(scope: Scope, plan: string, how: Parameters<typeof applySaved>[2], listener: Listener): Promise<Applied> {
  return applySaved(scope, await savedPlanOf(await openSession(scope), plan), how, listener);
}
