import { hostOf, type EnvironmentName } from "../../config/names";
import { UserError } from "../../config/errors";
import { setGiven, storesCommand } from "../../config/stores-command";
import { requireCertificates } from "../engine/certificates";
import { withRunContext } from "../engine/run-context";
import { runDecisions, type AppliedStore as Reported, type Anew } from "../engine/run-decisions";
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
}

type PasswordOption = "adopt" | "drawPasswords";

export interface Applied {
  env: EnvironmentName;
  cluster: ClusterAddress;
  /** Those that were to be deleted with what they had before. */
  stores: (AppliedStore & { had?: Had })[];
  /** Its record; null: there was nothing to do. */
  operation: OperationNote | null;
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
  return carryOut(fleet, decisions, doomed, decideAnew(fleet, how), options, listener);
}

/** Does what a saved plan says, or refuses where the ground has moved. Whoever made the plan has seen what it deletes. */
export async function applyPlan(file: string, said: { env?: string; file?: string; context?: string; names: string[] }, options: Pick<ApplyOptions, "maxDeletes" | "concurrency" | "backup" | PasswordOption>, listener: Listener): Promise<Applied> {
  requireNames(options, said.names);
  const plan = readSavedPlan(file);
  refuseContradiction(plan, said);
  const scope = { env: plan.env, file: plan.file ?? undefined };
  setGiven(scope);
  return applySaved({ ...scope, context: said.context ?? plan.context }, plan, options, listener);
}

/** The same, of a plan that was kept. */
export async function applySaved(scope: Scope, plan: SavedPlan, options: Pick<ApplyOptions, "maxDeletes" | "concurrency" | "queued" | "backup" | PasswordOption>, listener: Listener): Promise<Applied> {
  const { fleet, decisions, deletions } = await openPlanned(scope, plan, options, listener.say);
  const doomed = await requireConsent(fleet.session, deletions, async () => undefined, savingFor(fleet, options) !== undefined);
  return carryOut(fleet, decisions, doomed, decideByPlan(plan, fleet), options, listener);
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

async function carryOut(fleet: Fleet, decisions: Decision[], doomed: DoomedStore[], anew: Anew, options: Pick<ApplyOptions, "concurrency" | "queued" | "backup" | PasswordOption> & { names?: string[] }, listener: Listener): Promise<Applied> {
  const { session, shared } = fleet;
  const { adopt, drawPasswords, concurrency, names = [], queued } = options;
  if (decisions.some(isMade)) await requireCertificates(session.kube, session.env, shared.settings);
  const why = new Map(decisions.map((decision) => [decision.name, whyOf(fleet, decision)]));
  const remark = programRemark([...why.values()]);
  if (remark) listener.say(remark);
  const how = { lanes: lanes(concurrency, listener.say), helmTimeout: longestInstallation(fleet), queued };
  const [{ stores, operation }, addresses] = await Promise.all([
    recordedDecisions(session, "apply", decisions, how, listener, (itsListener, record) =>
      withRunContext(session, how.helmTimeout, itsListener, (context) =>
        runDecisions({ ...context, record, adopt, drawPasswords, lastBackup: savingFor(fleet, options), named: names }, specsOf(fleet), decisions, anew, how.lanes, listener.progress),
      ),
    ),
    // Beside the work: where names are not found, that takes a second and more.
    addressRemark(session.env, session.cluster, fleet.wanted.map(({ spec }) => hostOf(session.env, spec.name, fleet.shared.settings.hostSuffix))),
  ]);
  if (addresses) listener.say(addresses);
  return { env: session.env, cluster: clusterAddressOf(session), stores: withLosses(stores.map((store) => ({ ...store, why: why.get(store.name) ?? [] })), doomed), operation };
}

const savingFor = ({ session, shared }: Fleet, { backup = true, names = [] }: Pick<ApplyOptions, "backup"> & { names?: string[] }) =>
  lastBackup(session, shared.settings, backup, askedFor("apply", names, "--prune"));

/** Each store beside what it had. */
export function withLosses(stores: AppliedStore[], doomed: DoomedStore[]): Applied["stores"] {
  const losses = new Map(doomed.map(({ name, ...had }) => [name, had]));
  return stores.map((store) => ({ ...store, ...(losses.has(store.name) && { had: losses.get(store.name) }) }));
}
