import { listedStores } from "../../stores/listed";
import { openSession, type Session } from "../engine/session";
import { readEnvironment } from "../fleet/environment";
import { mendMark } from "../fleet/finding";
import { observeFleet } from "../fleet/observe";
import { fleetStatus, type StoreStatus } from "../fleet/status";
import { requireKnown, type Scope } from "./scope";

export { mendMark, type StoreStatus };

/** Said wherever somebody could take a simulated pod for a shop. */
export const simulationNote =
  "Pods are simulated on this embedded cluster: it proves provisioning, it does not serve a page. For shops that answer: Docker or Podman with kind or k3d, or any cluster by --context.";

/** A fleet to be looked at, once or again and again. */
export interface StatusReader {
  /** Whether its pods only pretend to run. */
  simulated: boolean;
  /** These stores, or all that are listed or run, as they are now. */
  read(names?: string[]): Promise<StoreStatus[]>;
}

export async function openStatus(scope: Scope): Promise<StatusReader> {
  const session = await openSession(scope.env);
  return { simulated: session.cluster.simulated, read: (names) => readStatus(session, scope, names) };
}

/** The listed stores and those that run, as they are now. */
export async function readStatus({ kube }: Session, { env, file }: Scope, names: string[] = []): Promise<StoreStatus[]> {
  const specs = listedStores(env, file).stores.map(({ spec }) => spec);
  const [observed, shared] = await Promise.all([observeFleet(kube, env), readEnvironment(kube, env)]);
  requireKnown(names, specs.map(({ name }) => name), observed);
  const rows = await fleetStatus(kube, env, specs, observed, shared);
  return names.length === 0 ? rows : rows.filter(({ name }) => names.includes(name));
}
