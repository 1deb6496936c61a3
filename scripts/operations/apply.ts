import { hostOf, type EnvironmentName } from "../../config/names";
import { UserError } from "../../config/errors";
import { setGiven, storesCommand } from "../../config/stores-command";
import { requireCertificates } from "../engine/certificates";
import { withRunContext } from "../engine/run-context";
import { ofPart } from "../engine/progress";
import { isWork, runDecisions, type AppliedStore as Reported, type Anew } from "../engine/run-decisions";
import { causesInWords, type Cause } from "../fleet/causes";
import { isMade, type Decision } from "../fleet/classify";
import { commitOfCheckout } from "../machine/checkout";
import { addressRemark } from "./addresses";
import { decideAnew, decideFleet, whyOf } from "./decide";
import { clusterAddressOf, requireConsent, requireFew, requirePermission, type ClusterAddress, type Consent } from "./deletion-guards";
import type { DoomedStore } from "./doomed";
import { requireIsolation } from "./isolation";
import { askedFor, lastBackup } from "./last-backup";
import { longestInstallation, openNamed, specsOf, type Fleet } from "./open-fleet";
import { decideByPlan, decisionsOf, readSavedPlan, refuseContradiction, refuseStale, type SavedPlan } from "./saved-plan";
import { recordedDecisions } from "./records/of-stores";
import type { OperationNote } from "./records/recorded";
import { programRemark } from "./remarks";
import { prepareRollout, roll, type Prepared, type RolloutOptions } from "./rollout";
import { aroundUpgrades } from "./rollout/ground";
import type { Rollout } from "./rollout/record";
import { summaryOf, type RolloutSummary } from "./rollout/summary";
import { lanes, type Listener, type Scope } from "./scope";

export { causesInWords };

export interface AppliedStore extends Reported {
  /** Why it was to be updated; nothing where it was only looked into. */
  why: Cause[];
}

/** What was lost with a store. */
export type Had = Omit<DoomedStore, "name">;

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
  /** Draw passwords for the named stores, where they had them from outside. */
  drawPasswords?: boolean;
  /** false: nothing is saved before stores are deleted. @default true where the environment keeps backups */
  backup?: boolean;
  /** Stores at a time; absent: as many as this machine bears. */
  concurrency?: number;
  /** The record that waits for this. */
  queued?: string;
  /** How a roll-out is gone on with. */
  rollout?: RolloutOptions;
}

type PasswordOption = "adopt" | "drawPasswords";

export interface Applied {
  env: EnvironmentName;
  cluster: ClusterAddress;
  /** Those that were to be deleted with what they had before. */
  stores: (AppliedStore & { had?: Had })[];
  /** Its record; null: there was nothing to do. */
  operation: OperationNote | null;
  /** The roll-out that brings another release, as far as it is; null: there is none. */
  rollout: RolloutSummary | null;
}

/** Brings the fleet to what the list says. */
export async function apply(scope: Scope, options: ApplyOptions, consent: Consent, listener: Listener): Promise<Applied> {
  const { names, adopt } = options;
  requireNames(options, names);
  const fleet = await openNamed(scope, names, listener.say);
  const how = { ...options, skipUnchanged: options.skipUnchanged && !adopt };
  const decisions = decideFleet(fleet, how);
  await requireIsolation(fleet.session, fleet.shared, decisions);
  const doomed = await requirePermission(decisions, fleet, options, consent, savingFor(fleet, options) !== undefined);
  return carryOut(scope, fleet, decisions, doomed, decideAnew(fleet, how), { ...options, anyUpdates: !how.skipUnchanged || names.length > 0 }, listener);
}

/** Does what a saved plan says, or refuses where the ground has moved. Whoever made the plan has seen what it deletes. */
export async function applyPlan(file: string, said: { env?: string; file?: string; context?: string; names: string[] }, options: Pick<ApplyOptions, "maxDeletes" | "concurrency" | "backup" | "rollout" | PasswordOption>, listener: Listener): Promise<Applied> {
  requireNames(options, said.names);
  const plan = readSavedPlan(file);
  refuseContradiction(plan, said);
  const scope = { env: plan.env, file: plan.file ?? undefined };
  setGiven(scope);
  return applySaved({ ...scope, context: said.context ?? plan.context }, plan, options, listener);
}

/** The same, of a plan that was kept. */
export async function applySaved(scope: Scope, plan: SavedPlan, options: Pick<ApplyOptions, "maxDeletes" | "concurrency" | "queued" | "backup" | "rollout" | PasswordOption>, listener: Listener): Promise<Applied> {
  const { fleet, decisions, deletions } = await openPlanned(scope, plan, options, listener.say);
  const doomed = await requireConsent(fleet.session, deletions, async () => undefined, savingFor(fleet, options) !== undefined);
  return carryOut(scope, fleet, decisions, doomed, decideByPlan(plan, fleet), { ...options, anyUpdates: false }, listener);
}

/** The fleet and what a plan decided about it. @throws UserError where the ground has moved, or it must not be done as it is */
export async function openPlanned(scope: Scope, plan: SavedPlan, { maxDeletes }: Pick<ApplyOptions, "maxDeletes">, say: Listener["say"]): Promise<{ fleet: Fleet; decisions: Decision[]; deletions: Decision[] }> {
  refuseStale(plan, await commitOfCheckout());
  const fleet = await openNamed(scope, [], say);
  const decisions = decisionsOf(plan, fleet);
  await requireIsolation(fleet.session, fleet.shared, decisions);
  return { fleet, decisions, deletions: requireFew(decisions, fleet.wanted, { maxDeletes, prune: false, names: [] }) };
}

/** Whose passwords count is said store by store. */
function requireNames({ adopt, drawPasswords }: Pick<ApplyOptions, PasswordOption>, names: string[]): void {
  const option = adopt ? "--adopt" : drawPasswords ? "--draw-passwords" : undefined;
  if (option && names.length === 0) throw new UserError(`${option} needs the names of stores`, `Such as: ${storesCommand(`apply acme ${option}`)}`, "usage");
}

interface CarryOut extends Pick<ApplyOptions, "concurrency" | "queued" | "backup" | "rollout" | PasswordOption> {
  names?: string[];
  anyUpdates: boolean;
  /** Nothing but the roll-out. */
  upgrade?: boolean;
}

export async function carryOut(scope: Scope, fleet: Fleet, decisions: Decision[], doomed: DoomedStore[], anew: Anew, options: CarryOut, listener: Listener): Promise<Applied> {
  const { adopt, drawPasswords, concurrency, names = [], queued, anyUpdates, upgrade } = options;
  const { session, shared } = fleet;
  if (decisions.some(isMade)) await requireCertificates(session.kube, session.env, shared.settings);
  const why = new Map(decisions.map((decision) => [decision.name, whyOf(fleet, decision)]));
  const remark = programRemark([...why.values()]);
  if (remark) listener.say(remark);
  const asked = { ...options.rollout, names, upgrade, anyUpdates };
  // Whoever says whose passwords count mends those stores, as they are.
  const { atOnce, ...waves }: Prepared = adopt || drawPasswords ? { atOnce: decisions, waved: [] } : await prepareRollout(fleet, decisions, asked);
  const how = { lanes: lanes(concurrency, listener.say), helmTimeout: longestInstallation(fleet), queued, waits: waves.waits };
  const busy = [...atOnce, ...(waves.waits === undefined ? [] : waves.waved)];
  let rollout: Rollout | undefined;
  const [{ stores, operation }, addresses] = await Promise.all([
    recordedDecisions(session, "apply", busy, how, listener, (itsListener, record) =>
      withRunContext(session, how.helmTimeout, itsListener, async (context) => {
        const { progress } = listener;
        progress.begin(busy.filter(isWork).length);
        const done = await runDecisions({ ...context, record, adopt, drawPasswords, lastBackup: savingFor(fleet, options), named: names, around: aroundUpgrades(fleet) }, specsOf(fleet), atOnce, anew, how.lanes, ofPart(progress));
        const rolled = await roll({ fleet, scope, context, record, lanes: how.lanes, progress }, { atOnce, ...waves }, asked, listener.say);
        progress.close();
        rollout = rolled.rollout;
        const reports = new Map([...done, ...rolled.stores].map((it) => [it.name, it]));
        return decisions.map(({ name }) => reports.get(name)!);
      }),
    ),
    // Beside the work: where names are not found, that takes a second and more.
    addressRemark(session.env, session.cluster, fleet.wanted.map(({ spec }) => hostOf(session.env, spec.name, fleet.shared.settings.hostSuffix))),
  ]);
  if (addresses) listener.say(addresses);
  const told = withLosses(stores.map((store) => ({ ...store, why: why.get(store.name) ?? [] })), doomed);
  return { env: session.env, cluster: clusterAddressOf(session), stores: told, operation, rollout: rollout ? summaryOf(rollout) : null };
}

const savingFor = ({ session, shared }: Fleet, { backup = true, names = [] }: Pick<ApplyOptions, "backup"> & { names?: string[] }) =>
  lastBackup(session, shared.settings, backup, askedFor("apply", names, "--prune"));

/** Each store beside what it had. */
export function withLosses(stores: AppliedStore[], doomed: DoomedStore[]): Applied["stores"] {
  const losses = new Map(doomed.map(({ name, ...had }) => [name, had]));
  return stores.map((store) => ({ ...store, ...(losses.has(store.name) && { had: losses.get(store.name) }) }));
}
