import { readDrift } from "../../config/drift";
import { UserError } from "../../config/errors";
import type { EnvironmentName } from "../../config/names";
import { storesCommand } from "../../config/stores-command";
import { storeDigest } from "../../stores/digest";
import { listedStores } from "../../stores/listed";
import { ownObjects } from "../../stores/own-objects";
import { openSession, type Session } from "../engine/session";
import { toldOf, type Drift, type Finding } from "../fleet/drift/findings";
import { lookForDrift, type Subject } from "../fleet/drift/look";
import { tryFindings } from "../fleet/drift/trial";
import { readEnvironment } from "../fleet/environment";
import { observeFleet, observeStore, type Observed } from "../fleet/observe";
import { forEachLimited } from "../machine/os/limited";
import { requireKnown, type Scope } from "./scope";

/** One store, and how it is not as it was made. */
export interface DriftedStore {
  name: string;
  drift: Drift[];
  /** It is not as listed: of what Pulumi made only others' writing is told, not what is missing. */
  pending: boolean;
  /** Why it was not looked at. */
  skipped: string | null;
}

export interface FleetDrift {
  env: EnvironmentName;
  stores: DriftedStore[];
  /** Kinds that this account may not list. */
  unseen: string[];
  /** Whether the cluster itself was asked about changes; false: this account may not; null: there was no change to ask about. */
  tried: boolean | null;
}

/** What was found, for whoever mends it. */
export interface Found extends FleetDrift {
  findings: Map<string, Finding[]>;
}

/** Opens a fleet to be held against what it was made as, once or again and again. */
export async function openDrift(scope: Scope): Promise<{ session: Session; look: (names: string[]) => Promise<Found> }> {
  const session = await openSession(scope);
  const { ignore } = readDrift(scope.env);
  return { session, look: (names) => lookAt(session, scope, ignore, names) };
}

/** Holds stores against what they were made as, and changes nothing. */
export async function drift(scope: Scope, names: string[]): Promise<FleetDrift> {
  const { look } = await openDrift(scope);
  const { findings: _, ...told } = await look(names);
  return told;
}

async function lookAt({ kube, env }: Session, { file }: Scope, ignore: Parameters<typeof lookForDrift>[3], names: string[]): Promise<Found> {
  const [observed, shared] = await Promise.all([observeFleet(kube, env), readEnvironment(kube, env)]);
  requireKnown(names, [], observed);
  const specs = new Map(listedIfReadable(env, file).map((spec) => [spec.name, spec]));
  const ownOf = ({ store, receipt, intendedDigest }: Observed): Subject["own"] => {
    const spec = specs.get(store);
    if (!spec || !shared || !receipt || receipt.held) return undefined;
    const digest = storeDigest(spec, shared);
    return receipt.digest === digest && intendedDigest === digest ? ownObjects(env, spec, shared) : undefined;
  };
  const chosen = [...observed.values()].filter(({ store }) => names.length === 0 || names.includes(store));
  const subjects = chosen.filter((it) => whySkipped(it) === null).map((it): Subject => ({ observed: it, own: ownOf(it) }));
  const alone = names.length > 0 && subjects.length === 1 ? subjects[0]!.observed.namespace : undefined;
  const { found, unseen } = await lookForDrift(kube, env, subjects, ignore, alone);

  // Once more, one by one: what was under way in between is no drift.
  const findings = new Map<string, Finding[]>();
  const skipped = new Map(chosen.map((it) => [it.store, whySkipped(it)]));
  const trials: boolean[] = [];
  await forEachLimited(subjects.filter(({ observed: { store } }) => found.get(store)!.length > 0), 4, new AbortController().signal, async (subject) => {
    const { store, namespace } = subject.observed;
    const now = await observeStore(kube, env, store);
    const why = now ? whySkipped(now) : "it is gone";
    if (!now || why !== null) return void skipped.set(store, why);
    const again = await lookForDrift(kube, env, [{ observed: now, own: subject.own && ownOf(now) }], ignore, namespace);
    const { findings: left, refused } = await tryFindings(kube, again.found.get(store)!);
    if (left.some(({ class: its }) => its === "changed") || left.length < again.found.get(store)!.length) trials.push(!refused);
    if (left.length > 0) findings.set(store, left);
  });
  const pending = new Set(subjects.filter(({ own }) => !own).map(({ observed: { store } }) => store));
  return {
    env, findings, unseen, tried: trials.length === 0 ? null : trials.every(Boolean),
    stores: chosen.map(({ store: name }) => ({ name, drift: (findings.get(name) ?? []).map(toldOf), pending: pending.has(name), skipped: skipped.get(name) ?? null })),
  };
}

/** Why a store can not be held against what it was made as: that is just changing, or was cut off. */
function whySkipped({ store, deleting, releases }: Observed): string | null {
  if (deleting) return "it is being deleted";
  const other = releases.find(({ status }) => status !== "deployed");
  if (other) return `Helm has release ${other.name} as ${other.status}: ${storesCommand(`status ${store}`)}`;
  return releases.length === 0 ? `Helm has no release here: ${storesCommand(`status ${store}`)}` : null;
}

/** While the list can not be read, no store is known to be as listed. */
function listedIfReadable(env: EnvironmentName, file: string | undefined) {
  try {
    return listedStores(env, file).stores.map(({ spec }) => spec);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [];
  }
}
