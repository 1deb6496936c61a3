import { hostOf, type EnvironmentName } from "../../config/names";
import { UserError } from "../../config/errors";
import { setGiven, storesCommand } from "../../config/stores-command";
import { withRunContext } from "../engine/run-context";
import { runDecisions, type AppliedStore, type Anew } from "../engine/run-decisions";
import type { Decision } from "../fleet/classify";
import { addressRemark } from "./addresses";
import { decideAnew, decideFleet } from "./decide";
import { requirePermission } from "./deletion-guards";
import { longestInstallation, openNamed, specsOf, type Fleet } from "./open-fleet";
import { decideByPlan, decisionsOf, readSavedPlan, refuseContradiction } from "./saved-plan";
import { lanes, type Consent, type Listener, type Scope } from "./scope";

export type { AppliedStore };

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
  const stores = await withRunContext(session, longestInstallation(fleet), listener.signal, (context) =>
    runDecisions({ ...context, adopt }, specsOf(fleet), decisions, anew, lanes(concurrency, listener.say), listener.progress),
  );
  const remark = await addressRemark(session.env, session.cluster, fleet.wanted.map(({ spec }) => hostOf(session.env, spec.name, fleet.shared.settings.hostSuffix)));
  if (remark) listener.say(remark);
  return { env: session.env, stores };
}
