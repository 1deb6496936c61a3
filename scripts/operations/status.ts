import { readSettings } from "../../config/environment";
import { UserError } from "../../config/errors";
import type { EnvironmentName } from "../../config/names";
import type { StoreSpec } from "../../config/spec";
import { listedStores } from "../../stores/listed";
import { openSession, type Session } from "../engine/session";
import { readEnvironment, type EnvironmentReceipt } from "../fleet/environment";
import { mendSeparator } from "../fleet/finding";
import { observeFleet } from "../fleet/observe";
import { fleetStatus, type StoreStatus } from "../fleet/status";
import { isolationState, type IsolationState } from "./isolation";
import { notUp, staleSettings, type Fleet } from "./open-fleet";
import { refreshIfThere } from "./list-in-cluster";
import { readOpenRollout } from "./rollout/record";
import { summaryOf, type RolloutSummary } from "./rollout/summary";
import { requireKnown, type Scope } from "./scope";

export { mendSeparator, type StoreStatus };

/** Said wherever somebody could take a simulated pod for a shop. */
export const simulationNote =
  "Pods are simulated on this embedded cluster: it proves provisioning, it does not serve a page. For shops that answer: start Docker or Podman, or name any cluster by --context.";

/** A fleet as it is at one moment. */
export interface FleetStatus {
  env: EnvironmentName;
  /** Whether its pods only pretend to run. */
  simulated: boolean;
  stores: StoreStatus[];
  /** Why the list can not be read, in which case only what runs is shown; null when it can. */
  listProblem: string | null;
  /** What is to be said of the environment's stack: that it is not up, or older than its settings; null: nothing. */
  environmentProblem: string | null;
  isolation: IsolationState;
  /** Why its stores are not known to be walled off from each other, where that is asked for; null otherwise. */
  isolationProblem: string | null;
  /** The roll-out that is not over; null: there is none. */
  rollout: RolloutSummary | null;
}

/**
 * Opens a fleet to be looked at, once or again and again: these stores, or all that are listed or run.
 * @param signal ends a look that is under way
 */
export async function openStatus(scope: Scope, signal?: AbortSignal): Promise<(names?: string[]) => Promise<FleetStatus>> {
  const session = await openSession(scope);
  const kube = signal ? session.kube.heeding(signal) : session.kube;
  return async (names) => {
    await refreshIfThere(scope, kube);
    return readStatus({ ...session, kube }, scope, names);
  };
}

/**
 * The listed stores and those that run, as they are now. On a bad list those that run are still worth a look.
 * @param seen list and fleet, where they were just read
 */
export async function readStatus({ kube, cluster }: Session, { env, file }: Scope, names: string[] = [], seen?: Fleet): Promise<FleetStatus> {
  const [specs, listProblem] = seen ? [seen.wanted.map(({ spec }) => spec), null] : listedIfReadable({ env, file });
  const [observed, shared] = seen ? [seen.observed, seen.shared] : await Promise.all([observeFleet(kube, env), readEnvironment(kube, env)]);
  requireKnown(names, (specs ?? []).map(({ name }) => name), observed);
  const [rows, isolation, open] = await Promise.all([fleetStatus(kube, env, specs, observed, shared), shared ? isolationState(kube, env, shared) : notKnown, readOpenRollout(kube, env)]);
  return { env, simulated: cluster.simulated, stores: names.length === 0 ? rows : rows.filter(({ name }) => names.includes(name)), listProblem, environmentProblem: problemOf(env, cluster.context, shared), ...isolation, rollout: open ? summaryOf(open.now) : null };
}

/** The environment's stack, which would say, is not up. */
const notKnown = { isolation: "unknown", isolationProblem: null } as const;

function problemOf(env: EnvironmentName, context: string, shared: EnvironmentReceipt | undefined): string | null {
  try {
    readSettings(env);
    return shared ? (staleSettings(env, shared) ?? null) : notUp(env, context);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}

function listedIfReadable({ env, file }: Scope): [StoreSpec[] | undefined, string | null] {
  try {
    return [listedStores(env, file).stores.map(({ spec }) => spec), null];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [undefined, error.message];
  }
}
