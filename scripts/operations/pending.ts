import { listedStores } from "../../stores/listed";
import type { Session } from "../engine/session";
import type { Cause } from "../fleet/causes";
import type { Action } from "../fleet/classify";
import { decideFleet, whyOf } from "./decide";
import { refreshList } from "./list-in-cluster";
import { readFleet } from "./open-fleet";
import type { Scope } from "./scope";

/** What `apply` would do with a store, as far as that is known without looking into it. */
export interface PendingStore {
  name: string;
  /** orphan, protected: it left the list, and stays unless pruning is asked for. */
  action: Exclude<Action, "unchanged">;
  why: Cause[];
  /** Why it is refused. */
  reason: string | null;
}

/** Stores with which something is to be done, by the list and the cluster as they are now: a few list calls, and Pulumi is not started. @throws ListErrors */
export async function pendingStores(scope: Scope, session: Session): Promise<PendingStore[]> {
  await refreshList(scope, session.kube);
  const fleet = await readFleet(session, listedStores(scope.env, scope.file));
  return decideFleet(fleet, { prune: false, skipUnchanged: true, names: [] }).flatMap(({ name, action, observed, reason = null }) =>
    action === "unchanged" ? [] : [{ name, action, why: whyOf(fleet, { name, action, observed }), reason }],
  );
}
