import { openSession, type Session } from "../engine/session";
import { observeFleet, type Observed } from "../fleet/observe";
import { requireKnown, type Scope } from "./scope";

export interface RunningStore {
  session: Session;
  store: Observed;
}

/** A store that is on the cluster, listed or not. */
export async function findStore(scope: Scope, name: string): Promise<RunningStore> {
  const session = await openSession(scope);
  const observed = await observeFleet(session.kube, scope.env);
  requireKnown([name], [], observed);
  return { session, store: observed.get(name) as Observed };
}
