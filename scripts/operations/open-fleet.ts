import { secondsForProducts } from "../../config/catalogue";
import { UserError } from "../../config/errors";
import type { StoreList } from "../../config/load";
import type { EnvironmentName } from "../../config/names";
import { policyOf, type RolloutPolicy } from "../../config/rollout";
import type { StoreSpec } from "../../config/spec";
import { storesCommand } from "../../config/stores-command";
import { environmentDigest } from "../../infra/digest";
import { storeDigest } from "../../stores/digest";
import { listedStores } from "../../stores/listed";
import { openSession, type Session } from "../engine/session";
import type { Wanted } from "../fleet/classify";
import { readEnvironment, type EnvironmentReceipt } from "../fleet/environment";
import { hostHolders, type HostHolder } from "../fleet/hosts";
import { observeFleet, type Observed } from "../fleet/observe";
import { noteChangedSecrets } from "../fleet/outside-secrets";
import { requireKnown, type Scope } from "./scope";

/** The list, and the fleet as the cluster has it, seen together. */
export interface Fleet {
  session: Session;
  shared: EnvironmentReceipt;
  wanted: { spec: StoreSpec; digest: string; engineAt: Wanted["engineAt"] }[];
  observed: Map<string, Observed>;
  holders: HostHolder[];
  /** How another release reaches the stores; undefined: at once. */
  policy?: RolloutPolicy;
}

/** Reads the list first: while it is invalid, nothing else is even looked at. */
export async function openFleet(scope: Scope): Promise<Fleet> {
  const list = listedStores(scope.env, scope.file);
  return readFleet(await openSession(scope), list);
}

/** The fleet as it is now, beside a list. */
export async function readFleet(session: Session, list: StoreList): Promise<Fleet> {
  const { env, kube } = session;
  const [shared, observed, holders] = await Promise.all([readEnvironment(kube, env), observeFleet(kube, env), hostHolders(kube)]);
  if (!shared) {
    throw new UserError(notUp(env, session.cluster.context), `Bring it up: ${storesCommand("cluster up")}`, "no-environment");
  }
  await noteChangedSecrets(kube, observed);
  const wanted = list.stores.map(({ spec, engine }) => ({ spec, digest: storeDigest(spec, shared), engineAt: { file: list.file, ...engine } }));
  return { session, shared, wanted, observed, holders, policy: policyOf(env, list.rollout) };
}

/** The same list beside the cluster as it is now. */
export async function seeAgain(fleet: Fleet): Promise<Fleet> {
  const { kube, env } = fleet.session;
  const [observed, holders] = await Promise.all([observeFleet(kube, env), hostHolders(kube)]);
  await noteChangedSecrets(kube, observed);
  return { ...fleet, observed, holders };
}

export const notUp = (env: EnvironmentName, context: string) => `the environment's stack "${env}" is not up yet on ${context}`;

/** What to say of an edit of the settings' file that is not in effect: stores follow the environment's stack. */
export function staleSettings(env: EnvironmentName, shared: EnvironmentReceipt): string | undefined {
  if (shared.digest === environmentDigest(env)) return undefined;
  return `note: the environment's stack is older than Pulumi.${env}.yaml or its programs; to bring it up to date: ${storesCommand("cluster up")}`;
}

/** Opens the fleet for an operation on these stores, or on all. */
export async function openNamed(scope: Scope, names: string[], say: (text: string) => void): Promise<Fleet> {
  const fleet = await openFleet(scope);
  requireKnown(names, fleet.wanted.map(({ spec }) => spec.name), fleet.observed);
  const remark = staleSettings(scope.env, fleet.shared);
  if (remark) say(remark);
  return fleet;
}

/** Name → spec of every listed store. */
export const specsOf = (fleet: Fleet) => new Map(fleet.wanted.map(({ spec }) => [spec.name, spec]));

/** Seconds that the installation of the listed store with the most products may take. */
export const longestInstallation = ({ shared, wanted }: Fleet) =>
  shared.settings.helmTimeout + secondsForProducts(wanted.reduce((most, { spec }) => Math.max(most, spec.products.length), 0));

