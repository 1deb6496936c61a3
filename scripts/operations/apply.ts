import { hostOf, type EnvironmentName } from "../../config/names";
import { UserError } from "../../config/errors";
import { setGiven, storesCommand } from "../../config/stores-command";
import { withRunContext } from "../engine/run-context";
import { runDecisions, type AppliedStore as Reported, type Anew } from "../engine/run-decisions";
import { causesInWords, type Cause } from "../fleet/causes";
import type { Decision } from "../fleet/classify";
import { addressRemark } from "./addresses";
import { decideAnew, decideFleet, whyOf } from "./decide";
import { requirePermission } from "./deletion-guards";
import { longestInstallation, openNamed, specsOf, type Fleet } from "./open-fleet";
import { decideByPlan, decisionsOf, readSavedPlan, refuseContradiction } from "./saved-plan";
import { programRemark } from "./remarks";
import { lanes, type Consent, type Listener, type Scope } from "./scope";

export { causesInWords };

export interface AppliedStore extends Reported {
  /** Why it was to be updated; nothing where it was only looked into. */
  why: Cause[];
}

export interface ApplyOptions {
  /** Stores to apply; empty: the whole fleet. */
  names: string[];
  /** Delete stores that left the list, but never protected ones. */
  prune: boolean;
  maxDeletes: number;
  /** Leave out stores that are as they should be, without asking Pulumi. */
  skipUnchanged: boolean;
  /** Keep the passwords that the named stores run with. */
  adopt?: boolean;
  /** Stores at a time; absent: as many as this machine bears. */
  concurrency?: number;
}

export interface Applied {
  env: EnvironmentName;
  stores: AppliedStore[];
}

/** Brings the fleet to what the list says. */
export async function apply(scope: Scope, options: ApplyOptions, consent: Consent, listener: Listener): Promise<Applied> {
  const { names, adopt } = options;
  requireNamesToAdopt(adopt, names);
  const fleet = await openNamed(scope, names, listener.say);
  const how = { ...options, skipUnchanged: options.skipUnchanged && !adopt };
  const decisions = decideFleet(fleet, how);
  await requirePermission(decisions, fleet, options, consent);
  return carryOut(fleet, decisions, decideAnew(fleet, how), options, listener);
}

/** Does what a saved plan says, or refuses where the ground has moved. Whoever made the plan has seen what it deletes. */
export async function applyPlan(file: string, said: { env?: string; file?: string; names: string[] }, options: Pick<ApplyOptions, "maxDeletes" | "concurrency" | "adopt">, listener: Listener): Promise<Applied> {
  requireNamesToAdopt(options.adopt, said.names);
  const plan = readSavedPlan(file);
  refuseContradiction(plan, said);
  const scope = { env: plan.env, file: plan.file ?? undefined };
  setGiven(scope);
  const fleet = await openNamed(scope, [], listener.say);
  const decisions = decisionsOf(plan, fleet);
  await requirePermission(decisions, fleet, { ...options, prune: false, names: [] }, async () => undefined);
  return carryOut(fleet, decisions, decideByPlan(plan, fleet), options, listener);
}

/** Whose passwords count is said store by store. */
function requireNamesToAdopt(adopt: boolean | undefined, names: string[]): void {
  if (adopt && names.length === 0) throw new UserError("--adopt needs the names of stores", `Such as: ${storesCommand("apply acme --adopt")}`, "usage");
}

async function carryOut(fleet: Fleet, decisions: Decision[], anew: Anew, { adopt, concurrency }: Pick<ApplyOptions, "adopt" | "concurrency">, listener: Listener): Promise<Applied> {
  const { session } = fleet;
  const why = new Map(decisions.map((decision) => [decision.name, whyOf(fleet, decision)]));
  const remark = programRemark([...why.values()]);
  if (remark) listener.say(remark);
  const stores = await withRunContext(session, longestInstallation(fleet), listener.signal, (context) =>
    runDecisions({ ...context, adopt }, specsOf(fleet), decisions, anew, lanes(concurrency, listener.say), listener.progress),
  );
  const addresses = await addressRemark(session.env, session.cluster, fleet.wanted.map(({ spec }) => hostOf(session.env, spec.name, fleet.shared.settings.hostSuffix)));
  if (addresses) listener.say(addresses);
  return { env: session.env, stores: stores.map((store) => ({ ...store, why: why.get(store.name) ?? [] })) };
}
